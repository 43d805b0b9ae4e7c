"""Archived versions of documents: to find, to read, to compare, and to put back."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.models import ArchivedDocument, SalesDocument
from sales.plans.archive import rows_of
from sales.plans.archive_rules import ARCHIVED
from sales.plans.paper_totals import totals_of
from sales.routines.archive import archive
from sales.routines.compare import compare
from sales.routines.restore import restore
from sales.selectors import made_of_quote
from sales.views.comparison import shown_head, shown_lines
from sales.views.finding import document_or_404
from sales.views.page import show_document

Type = SalesDocument.Type
RESTORES = ("sales.view_archiveddocument", "sales.change_salesdocument", "sales.change_salesline")
SEES_COST = "inventory.view_valueentry"
NOW = "now"  # the document as it is, among its versions


@may("sales.view_archiveddocument")
def archive_document(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Every version of one document, with a choice of two to compare."""
    versions = list(_versions(type, number).defer("content"))
    live = _live(request, type, number)
    if not versions and live is None:
        raise Http404
    context = _named(type, number) | {
        "versions": versions,
        "live": live,
        "now": NOW,
        "made": made_of_quote(number) if type == Type.QUOTE else {},
        "idempotency_key": new_key(),
    }
    return render(request, "sales/archive/document.html", context)


def _named(type: str, number: str) -> dict:
    return {"type": type, "type_name": Type(type).label, "number": number}


def _versions(type: str, number: str) -> QuerySet:
    if type not in ARCHIVED:
        raise Http404
    return ArchivedDocument.objects.filter(type=type, number=number).order_by("-id")


def _live(request: HttpRequest, type: str, number: str) -> SalesDocument | None:
    """The working document of this number, for those who may see it."""
    if not request.user.has_perm("sales.view_salesdocument"):
        return None
    return SalesDocument.objects.filter(type=type, number=number).first()


@may("sales.view_archiveddocument")
def archive_version(
    request: HttpRequest, type: str, number: str, occurrence: int, version: int
) -> HttpResponse:
    """One version, as it was."""
    return _show_version(request, _version_or_404(type, number, occurrence, version))


def _version_or_404(type: str, number: str, occurrence: int, version: int) -> ArchivedDocument:
    return get_object_or_404(_versions(type, number), occurrence=occurrence, version=version)


def _show_version(
    request: HttpRequest, version: ArchivedDocument, refusal: Refusal | None = None
) -> HttpResponse:
    live = _live(request, version.type, version.number)
    document, lines = rows_of(version.content)
    context = {
        "version": version,
        "document": document,
        "lines": lines,
        "totals": totals_of(lines),
        "comments": version.content["comments"],
        "live": live,
        "now": NOW,
        "may_restore": live is not None
        and live.occurrence == version.occurrence
        and request.user.has_perms(RESTORES),
        "idempotency_key": new_key(),
        "refusal": refusal,
    }
    return render(request, "sales/archive/version.html", context, status=refusal.status if refusal else 200)


@may("sales.view_archiveddocument")
def archive_compare(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Two versions side by side, the earlier one first, or one and the document as it is now."""
    sides = [_side(request, type, number, request.GET.get(name, "")) for name in ("one", "other")]
    sides.sort(key=lambda side: (isinstance(side, SalesDocument), side.pk))
    one, other = sides
    comparison = compare(one, other)
    context = _named(type, number) | {
        "one": _name_of(one),
        "other": _name_of(other),
        "is_same": comparison.is_same,
        "head": shown_head(comparison),
        "lines": shown_lines(comparison, sees_cost=request.user.has_perm(SEES_COST)),
    }
    return render(request, "sales/archive/compare.html", context)


def _side(request: HttpRequest, type: str, number: str, name: str) -> ArchivedDocument | SalesDocument:
    """What a parameter of the comparison names: "2.1", the first version of the second document, or "now"."""
    versions = _versions(type, number)
    if name == NOW and (live := _live(request, type, number)) is not None:
        return live
    occurrence, _dot, version = name.partition(".")
    if not (occurrence.isdecimal() and version.isdecimal() and len(name) < 16):
        raise Http404
    return get_object_or_404(versions, occurrence=occurrence, version=version)


def _name_of(side: ArchivedDocument | SalesDocument) -> str:
    if isinstance(side, SalesDocument):
        return _("Now")
    if side.occurrence == 1:
        return _("Version {version}").format(version=side.version)
    return _("Version {version} of document {place}").format(version=side.version, place=side.occurrence)


@require_POST
@may(*RESTORES)
def archive_restore(
    request: HttpRequest, type: str, number: str, occurrence: int, version: int
) -> HttpResponse:
    """Put the version in place of the document as it is now, once that is confirmed."""
    found = _version_or_404(type, number, occurrence, version)

    def work() -> str:
        at, today = timezone.now(), work_date(request)
        return restore(found, by=request.user, at=at, on=today).number

    try:
        post_once(request, operation="sales.restore", work=work, version=found.pk)
    except ErpError as error:
        return _show_version(request, found, refusal_of(error))
    said = _("Version {version} is restored; what it replaced is kept as a version as well.")
    messages.success(request, said.format(version=version))
    return redirect("sales:document", type, number)


@require_POST
@may("sales.view_salesdocument", "sales.change_salesdocument")
def document_archive(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Keep a version by hand."""
    document = document_or_404(type, number)

    def work() -> int:
        return archive(document, by=request.user, at=timezone.now()).version

    try:
        version = post_once(request, operation="sales.archive", work=work, type=type, number=number)
    except ErpError as error:
        return show_document(request, document, refusal=refusal_of(error))
    said = _("{document} is archived as version {version}.")
    messages.success(request, said.format(document=document, version=version))
    return redirect("sales:document", type, number)
