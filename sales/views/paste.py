"""Lines from a spreadsheet: looked at first, with what is wrong beside each row, then taken over."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of
from erp.kernel.views.grid import Asked, Outcome, Typed, add_rows
from sales.models import SalesDocument
from sales.sheet_reading import Table, columns_named, read_file, read_text, write_text
from sales.views.finding import document_or_404
from sales.views.grid import LineSheet
from sales.views.grid_table import columns_of, names_of
from sales.views.page import Rights


@dataclass(frozen=True)
class Checked:
    """A row of the sheet and what is wrong with it; blank where nothing is."""

    place: int
    cells: list[str]
    reason: str


@may("sales.view_salesdocument", "sales.change_salesdocument", "sales.add_salesline")
def lines_import(request: HttpRequest, type: str, number: str) -> HttpResponse:
    document = document_or_404(type, number)
    if not Rights(request.user, document).may_change_lines:
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, document, text="")
    text, whole = request.POST.get("rows", ""), "whole" in request.POST
    try:
        table = _table(request)
        text = write_text(table)
        checked = _attempt(request, document, table, write=False)
    except ErpError as error:
        return _show(request, document, text=text, refusal=refusal_of(error))
    wrong = [row for row in checked if row.reason]
    taken = len(checked) - len(wrong)
    if request.POST.get("do") != "take" or not taken or (whole and wrong):
        refusal = None
        if request.POST.get("do") == "take":
            message = _("Nothing was taken over: put the rows below right, or leave them out.")
            refusal = Refusal((Problem("E-IMPORT-WRONG", message),))
        return _show(request, document, text=text, checked=checked, table=table, refusal=refusal)

    def work() -> list[int]:
        return [row.place for row in _attempt(request, document, table, write=True) if row.reason]

    refused = set(
        post_once(request, operation="sales.import_lines", work=work, type=type, number=number, text=text)
    )
    taken = len(table) - 1 - len(refused)
    said = ngettext("{count} line was taken over.", "{count} lines were taken over.", taken)
    messages.success(request, said.format(count=taken))
    if not refused:
        return redirect("sales:document", type, number)
    left = [table[0], *(row.cells for row in checked if row.place in refused)]
    again = [row for row in checked if row.place in refused]
    return _show(request, document, text=write_text(left), checked=again, table=left)


def _table(request: HttpRequest) -> Table:
    """The sheet that was sent; raises ProblemsFound, also where there is none."""
    file = request.FILES.get("file")
    table = read_file(file, file.name, file.size) if file else read_text(request.POST.get("rows", ""))
    if len(table) < 2:
        message = _("Choose a file, or paste rows with a header.")
        raise ProblemsFound([Problem("E-IMPORT-EMPTY", message)])
    return table


def _attempt(request: HttpRequest, document: SalesDocument, table: Table, *, write: bool) -> list[Checked]:
    """Every row with what is wrong with it; what is right is written, or taken back again."""
    sheet = LineSheet(request, document)
    names = {
        name: column.name for column in columns_of(document) for name in names_of(column) if not column.locked
    }
    header = columns_named(table[0], names)
    asked = [
        Asked(
            f"new-{place}",
            {name: Typed("", cell) for name, cell in zip(header, cells, strict=False) if name and cell},
        )
        for place, cells in enumerate(table[1:], start=1)
    ]
    with transaction.atomic():
        sheet.lock()
        outcomes = add_rows(sheet, asked)
        if not write:
            transaction.set_rollback(True)
    return [
        Checked(place, cells, _reason(outcome))
        for place, (cells, outcome) in enumerate(zip(table[1:], outcomes, strict=True), start=1)
    ]


def _reason(outcome: Outcome) -> str:
    return " ".join(problem.message for problem in outcome.problems)


def _show(
    request: HttpRequest,
    document: SalesDocument,
    *,
    text: str,
    checked: list[Checked] | None = None,
    table: Table | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    wrong = sum(1 for row in checked or () if row.reason)
    context = {
        "document": document,
        "text": text,
        "header": table[0] if table else [],
        "checked": checked,
        "wrong": wrong,
        "right": len(checked or ()) - wrong,
        "whole": request.method != "POST" or "whole" in request.POST,
        "columns": [column.label for column in columns_of(document) if column.also],
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    return render(request, "sales/import/page.html", context, status=refusal.status if refusal else 200)
