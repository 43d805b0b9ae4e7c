"""A journal as a grid: its columns, its cells with what is wrong with them, and how they are written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import work_date
from erp.kernel.views.grid import Cell, Column, Grid, New, Row, Sheet, cell_of, columns_for
from receivables import selectors
from receivables.forms import stored
from receivables.journals import account_names, lines_of, numbers_to_come
from receivables.models import JournalBatch, JournalLine
from receivables.plans.journal_draft import Kind
from receivables.routines.post_journal_batch import check_batch
from receivables.routines.write_journal import change_line, draft_line, locked_batch, remove_line

# Where Enter stops, by kind of journal.
QUICK = {
    Kind.CASH_RECEIPTS: {"account_no", "applies_to_document_no", "amount"},
    Kind.SALES: {"document_no", "account_no", "amount", "bal_account_no"},
    Kind.GENERAL: {"account_no", "amount", "bal_account_no"},
}
# Problems that name a field which is no column of its own, and where they are shown.
SHOWN_AT = {
    "customer": "account_no",
    "customer_posting_group": "account_no",
    "currency": "currency_code",
    "currency_amount": "amount",
    "applies_to_id": "applies_to_document_no",
    "posting_group": "account_no",
}


def columns_of(kind: str) -> list[Column]:
    """The columns of a journal in their order; labels are the fields' own words."""
    quick = QUICK[Kind(kind)]

    def column(name: str, sort: str = "text", **more: Any) -> Column:
        field = JournalLine._meta.get_field(name)
        more.setdefault("length", getattr(field, "max_length", None) or 100)
        if sort == "choice":
            more["choices"] = tuple((value, str(word)) for value, word in field.flatchoices)
        return Column(name, capfirst(str(field.verbose_name)), sort, quick=name in quick, **more)

    return [
        column("posting_date", "day", fixed=True),
        column("document_date", "day", hidden=True),
        column("document_type", "choice"),
        column("document_no", fixed=True),
        column("account_type", "choice"),
        column("account_no", lookup="side" if kind == Kind.GENERAL else "customer", fixed=True),
        column("description", width="stretch"),
        column("applies_to_document_type", "choice", hidden=True),
        column("applies_to_document_no", lookup="open-entry"),
        column("amount", "amount", fixed=True),
        column("currency_code", lookup="currency", width="narrow"),
        column("bal_account_type", "choice", hidden=kind == Kind.CASH_RECEIPTS),
        column("bal_account_no", lookup="side"),
        column("external_document_no", hidden=kind != Kind.CASH_RECEIPTS),
        column("due_date", "day", hidden=True),
        column("payment_terms_code", lookup="payment-terms", hidden=True),
        column("payment_discount_date", "day", hidden=True),
        column("payment_discount_percent", "percent", hidden=True),
        column("on_hold", hidden=True),
        column("salesperson_code", lookup="salesperson", hidden=True),
        column("reason_code", lookup="reason", hidden=True),
        column("gen_posting_type", "choice", hidden=True),
        column("gen_bus", hidden=True),
        column("gen_prod", hidden=True),
        column("vat_bus", hidden=True),
        column("vat_prod", hidden=True),
    ]


class JournalSheet(Sheet):
    """The lines of a journal, for reading and for writing."""

    def __init__(self, batch: JournalBatch, request: HttpRequest, *, at: datetime | None = None):
        self.batch = batch
        self.user = request.user
        self.on = work_date(request)
        self.at = at or timezone.now()
        self.columns = columns_of(batch.kind)

    def lock(self) -> None:
        self.batch = locked_batch(self.batch)

    def state(self) -> dict[str, tuple]:
        lines = lines_of(self.batch)
        shown = self._facts(lines)
        names = [column.name for column in self.columns]
        return {
            str(line.line_no): (*(getattr(line, name) for name in names), *shown[line.line_no])
            for line in lines
        }

    def find(self, ids: Collection[str]) -> dict[str, JournalLine]:
        numbers = {int(id) for id in ids if id.isdecimal()}
        return {str(line.line_no): line for line in self.batch.lines.filter(line_no__in=numbers)}

    def value(self, record: JournalLine, name: str) -> Any:
        return getattr(record, name)

    def cells(self, ids: Collection[str]) -> dict[str, dict[str, Cell]]:
        lines = lines_of(self.batch)
        facts = self._facts(lines)
        return {
            str(line.line_no): self._cells_of(line, *facts[line.line_no])
            for line in lines
            if str(line.line_no) in ids
        }

    def add(self, rows: Sequence[New], *, after: str | None) -> dict[str, str | list[Problem]]:
        done: dict[str, str | list[Problem]] = {}
        above = int(after) if after and after.isdecimal() else None if after is None else 0
        for row in rows:
            try:
                line = draft_line(self.batch, on=self.on, after=above, typed=self._typed(row.values, None))
            except ErpError as error:
                done[row.row] = list(error.problems)
                continue
            done[row.row] = str(line.line_no)
            above = line.line_no if above is not None else None
        return done

    def change(self, record: JournalLine, values: Mapping[str, Any]) -> None:
        typed = self._typed(values, record)
        if typed:
            change_line(self.batch, record.line_no, typed=typed, by=self.user, at=self.at)

    def remove(self, record: JournalLine) -> None:
        remove_line(self.batch, record.line_no, by=self.user, at=self.at)

    def rows(self) -> list[Row]:
        """All rows, for the page."""
        lines = lines_of(self.batch)
        facts = self._facts(lines)
        return [
            Row(
                str(line.line_no),
                self._cells_of(line, *facts[line.line_no]),
                reverse("receivables:journal-line", args=[self.batch.kind, self.batch.name, line.line_no]),
            )
            for line in lines
        ]

    def _typed(self, values: Mapping[str, Any], record: JournalLine | None) -> dict[str, Any]:
        """Values as lines keep them. A suggested number that is typed again stays a suggestion."""
        typed = {name: stored(name, value) for name, value in values.items()}
        if record is not None and typed.get("document_no") and not record.document_no:
            shown = numbers_to_come(self.batch, lines_of(self.batch))
            if typed["document_no"] == shown.get(record.line_no):
                del typed["document_no"]
        return typed

    def _facts(self, lines: Sequence[JournalLine]) -> dict[int, tuple]:
        """By line: the number to come, what it settles, the names of its accounts, and its problems."""
        numbers = numbers_to_come(self.batch, lines)
        names = account_names(
            {(line.account_type, line.account_no) for line in lines}
            | {(line.bal_account_type, line.bal_account_no) for line in lines}
        )
        problems: dict[int | None, list[Problem]] = {}
        for problem in check_batch(self.batch, lines, by=self.user):
            problems.setdefault(problem.line_no, []).append(problem)
        marked = selectors.documents_marked({line.applies_to_id for line in lines if line.applies_to_id})
        return {
            line.line_no: (
                numbers.get(line.line_no, ""),
                tuple(marked.get(line.applies_to_id, ())),
                names.get((line.account_type, line.account_no), ""),
                names.get((line.bal_account_type, line.bal_account_no), ""),
                tuple(problems.get(line.line_no, ())),
            )
            for line in lines
        }

    def _cells_of(
        self,
        line: JournalLine,
        number: str,
        settles: tuple[str, ...],
        account: str,
        balancing: str,
        problems: tuple[Problem, ...],
    ) -> dict[str, Cell]:
        titles = {"account_no": account, "bal_account_no": balancing}
        cells = {
            column.name: cell_of(
                column,
                getattr(line, column.name),
                title=titles.get(column.name, ""),
                blank=column.name == "payment_discount_percent",
            )
            for column in self.columns
        }
        if not line.document_no and number:
            title = _("The next number of the series: drawn when the journal is posted")
            cells["document_no"] = Cell("", number, title)
        if settles and not line.applies_to_document_no:
            cells["applies_to_document_no"] = _settles(settles)
        for problem in problems:
            name = SHOWN_AT.get(problem.field or "", problem.field or "account_no")
            if name in cells:
                look = "warn" if problem.code.startswith("W-") else "bad"
                cells[name] = cells[name]._replace(look=look, title=problem.message)
        return cells


def _settles(marked: Sequence[str]) -> Cell:
    """The entries that were ticked for the line, in words; one document alone has a column of its own."""
    count = ngettext("{count} entry", "{count} entries", len(marked)).format(count=len(marked))
    return Cell("", count, title=", ".join(marked))


def preference_of(kind: str) -> str:
    """Under which a user's choice of columns is kept."""
    return f"grid.journal.{kind}"


def grid_of(sheet: JournalSheet, request: HttpRequest) -> Grid:
    """The table of the page; whoever may not write reads it."""
    batch = sheet.batch
    preference = preference_of(batch.kind)
    place = [batch.kind, batch.name]
    may_type = request.user.has_perm("receivables.change_journalline")
    return Grid(
        name=_("Lines"),
        row_name=_("line"),
        columns=columns_for(request.user, preference, sheet.columns),
        every_column=sheet.columns,
        rows=sheet.rows(),
        save=reverse("receivables:journal-save", args=place) if may_type else "",
        may_add=may_type and request.user.has_perm("receivables.add_journalline"),
        may_remove=may_type and request.user.has_perm("receivables.delete_journalline"),
        preference=preference,
        choose=reverse("receivables:journal-columns", args=place),
        extra={"address": reverse("receivables:journal-line", args=[*place, 0])},
        empty=_("Nothing is written here yet. Type the customer, the document that is paid, and the amount.")
        if batch.kind == Kind.CASH_RECEIPTS
        else _("Nothing is written here yet. Type an account, an amount, and where it goes."),
    )
