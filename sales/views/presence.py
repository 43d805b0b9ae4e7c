"""Who else has a document open, and whether it changed since the page was read."""

from django.core.cache import cache
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import may
from erp.kernel.views.json import problems_json, read_json
from sales.models import SalesDocument
from sales.views.finding import document_or_404

LASTS = 45  # seconds after which somebody who says nothing more is gone; pages say something every twenty
REMEMBERED = 3600


@require_POST
@may("sales.view_salesdocument")
def document_presence(request: HttpRequest, type: str, number: str) -> JsonResponse:
    """Say that this user is here. Takes {"editing", "leaving"}; answers who else is, and the document's version.

    A lost entry of the cache is back with the next message: nothing relies on it.
    """
    try:
        sent = read_json(request)
    except ErpError as error:
        return problems_json(error)
    try:
        document = document_or_404(type, number)
    except Http404:
        return JsonResponse({"others": [], "version": "", "changed_by": ""})
    now = timezone.now().timestamp()
    key = f"sales.presence.{document.pk}"
    here = {user: row for user, row in (cache.get(key) or {}).items() if now - row[2] < LASTS}
    me = str(request.user.pk)
    here.pop(me, None)
    others = [{"name": name, "editing": editing} for name, editing, _at in here.values()]
    if not sent.get("leaving"):
        here[me] = (_name(request.user), bool(sent.get("editing")), now)
    cache.set(key, here, LASTS)
    by = cache.get(_change_key(document)) or ("", "", "")
    known = by[2] == document.modified_at.isoformat() and by[0] != me
    answer = {
        "others": sorted(others, key=lambda other: other["name"]),
        "version": document.modified_at.isoformat(),
        "changed_by": by[1] if known else "",
    }
    return JsonResponse(answer)


def note_change(document: SalesDocument, user) -> None:
    """Remember who changed the document last, so that others can be told by name."""
    row = (str(user.pk), _name(user), document.modified_at.isoformat())
    cache.set(_change_key(document), row, REMEMBERED)


def _change_key(document: SalesDocument) -> str:
    return f"sales.changed.{document.pk}"


def _name(user) -> str:
    return user.get_full_name() or user.username
