"""The door of every list: one view helper that shows, exports, keeps views, and does things with chosen rows."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _

from erp.kernel import spreadsheet
from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.idempotency import hash_request, once
from erp.kernel.listing import address, export, saved
from erp.kernel.listing.asking import Answer, answer
from erp.kernel.listing.declaration import BulkAction, Facts, Listing
from erp.kernel.listing.shown import columns_for, show, show_rows
from erp.kernel.models import SavedView
from erp.kernel.views.once import FIELD, new_key
from erp.kernel.views.refusal import Refusal, refusal_of
from erp.kernel.views.session import work_date

MOST_CHOSEN = 500
LONGEST_ADDRESS = 4000  # signs that every server takes
OWN = ("view-save", "view-rename", "view-delete", "columns")


def show_list(
    request: HttpRequest,
    listing: Listing,
    *,
    given: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
    template: str = "list/page.html",
) -> HttpResponseBase:
    """A list, as the address asks for it; a POST does something with it.

    given  facts of the door for the listing's functions
    extra  more context, for a template of its own that extends list/page.html
    """
    facts = Facts(request.user, timezone.localdate(), work_date(request), given or {})
    asked = address.read(request.GET.items())
    if request.method == "POST":
        return _do(request, listing, asked, facts, template, extra or {})
    found = answer(listing, asked, facts)
    form = request.GET.get("format", "")
    if form in ("xlsx", "csv"):
        problems = export.check_export(found)
        if not problems:
            return _file(found, form)
        return _page(request, found, template, extra or {}, refusal_of(problems))
    if request.headers.get("X-Requested-With") == "handel":
        columns = columns_for(found, saved.kept_columns(facts.user, listing.key))
        rows, page = show_rows(found, columns)
        following = asked.with_(after=page.after).query if page.after else ""
        context = {"rows": rows, "next": following, "actions": listing.actions_for(facts.user)}
        return render(request, "list/_more.html", context)
    return _page(request, found, template, extra or {})


def _page(
    request: HttpRequest,
    found: Answer,
    template: str,
    extra: Mapping[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    shown = show(found)
    refusal = refusal or (refusal_of(shown.problems) if shown.problems else None)
    context = {"list": shown, "refusal": refusal, "idempotency_key": new_key(), **extra}
    return render(request, template, context, status=refusal.status if refusal else 200)


def _file(found: Answer, form: str) -> HttpResponseBase:
    columns = columns_for(found, saved.kept_columns(found.facts.user, found.listing.key))
    title = str(found.listing.title)
    name = f"{slugify(title) or 'list'}.{form}"
    rows = export.values(found, columns)
    if form == "csv":
        lines = spreadsheet.csv_rows(export.header(columns), rows)
        response: HttpResponseBase = StreamingHttpResponse(lines, content_type=spreadsheet.CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    formats = export.formats(columns)
    file = spreadsheet.xlsx_stream(export.header(columns), rows, title=title, formats=formats)
    return FileResponse(file, as_attachment=True, filename=name, content_type=spreadsheet.XLSX_TYPE)


def _do(
    request: HttpRequest,
    listing: Listing,
    asked: address.Asked,
    facts: Facts,
    template: str,
    extra: Mapping[str, Any],
) -> HttpResponseBase:
    what = request.POST.get("do", "")
    if what in OWN:
        try:
            return redirect(f"{request.path}{_keep(request, listing, asked, what)}")
        except ErpError as error:
            return _page(request, answer(listing, asked, facts), template, extra, refusal_of(error))
    action = next((each for each in listing.actions_for(facts.user) if each.name == what), None)
    if action is None:
        raise PermissionDenied
    chosen = [key.replace("\0", "") for key in dict.fromkeys(request.POST.getlist("chosen"))]
    address_of_page, most = "", MOST_CHOSEN
    if action.run is None and chosen:
        address_of_page = f"{action.url(facts)}?{urlencode({'chosen': chosen}, doseq=True)}"
        if len(address_of_page) > LONGEST_ADDRESS:
            most = min(most, len(chosen) * LONGEST_ADDRESS // len(address_of_page))
    if not chosen or len(chosen) > most:
        message = _("Choose rows of the list first, at most {n}.").format(n=most)
        refusal = refusal_of([Problem("E-LIST-CHOSEN", message, field="chosen")])
        return _page(request, answer(listing, asked, facts), template, extra, refusal)
    if action.run is None:
        return redirect(address_of_page)
    rows = _rows(listing, facts, chosen)
    keys = [listing.row_key(row) for row in rows]
    back = f"{request.path}{asked.query}"
    context = {"list": listing, "action": action, "back": back, "rows": rows, "chosen": keys}
    if action.question and request.POST.get("confirmed") != "1":
        return render(request, "list/confirm.html", context | {"idempotency_key": new_key()})
    outcomes = _outcomes(request, listing, action, facts, chosen, rows)
    refused = [each for each in outcomes if each.problems]
    context |= {"outcomes": outcomes, "done": len(outcomes) - len(refused), "refused": len(refused)}
    return render(request, "list/outcome.html", context, status=422 if refused else 200)


class Outcome(NamedTuple):
    """What became of one chosen row."""

    label: str
    url: str
    said: str = ""
    problems: tuple[Problem, ...] = ()


def _rows(listing: Listing, facts: Facts, chosen: list[str]) -> list[Any]:
    """The chosen rows that are still there, in the order in which they were listed."""
    found = {listing.row_key(row): row for row in listing.find(listing.rows(facts), chosen)}
    return [found[key] for key in chosen if key in found]


def _outcomes(
    request: HttpRequest,
    listing: Listing,
    action: BulkAction,
    facts: Facts,
    chosen: list[str],
    rows: list[Any],
) -> list[Outcome]:
    """Each row by itself, whatever becomes of the others. What was done with the same key is not done again."""
    key, at = request.POST.get(FIELD, "").replace("\0", ""), timezone.now()
    there = {listing.row_key(row): row for row in rows}
    outcomes = []
    for number in chosen:
        row = there.get(number)
        label = str(listing.row_label(row)) if row is not None else number
        url = listing.row_url(row) if row is not None else ""

        def work(row=row, number=number) -> str:
            if row is None:
                message = _("{number} is not there any more, or you may not see it.")
                raise ProblemsFound([Problem("E-LIST-GONE", message.format(number=number))])
            return str(action.run(row, user=facts.user, at=at, on=facts.work_date) or "")

        own = once(
            key=hash_request(key=key, row=number) if key else "",
            user=facts.user,
            operation=f"list.{listing.key}.{action.name}"[:100],
            request_hash=hash_request(row=number),
        )
        try:
            with transaction.atomic():
                said = own(work)
            outcomes.append(Outcome(label, "" if action.removes else url, said))
        except ErpError as error:
            outcomes.append(Outcome(label, url, problems=tuple(error.problems)))
    return outcomes


def _keep(request: HttpRequest, listing: Listing, asked: address.Asked, what: str) -> str:
    """Keep, rename or forget a view, or the columns; returns the address to go on at."""
    user = request.user
    if what == "columns":
        names = [name for name in request.POST.getlist("column") if listing.column(name)]
        saved.keep_columns(user, listing.key, [] if request.POST.get("reset") else names)
        return asked.with_(columns=None).query
    name = request.POST.get("name", "")
    if what == "view-save":
        columns = tuple(filter(listing.column, request.POST.get("columns", "").split(",")))
        view = saved.save_view(user, listing.key, name, asked.with_(columns=columns or asked.columns))
        return f"?{view.query}&saved={view.pk}"
    number = request.POST.get("view", "")
    own = SavedView.objects.filter(user=user, page=listing.key)
    view = own.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if view is None:
        return "?"
    if what == "view-delete":
        view.delete()
        return "?"
    saved.rename_view(view, name)
    return f"?{view.query}&saved={view.pk}"
