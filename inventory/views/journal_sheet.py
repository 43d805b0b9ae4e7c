"""An item journal as a grid: its columns, its cells with what is wrong with them, and how they are written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import work_date
from erp.kernel.views.grid import Cell, Column, Grid, New, Row, Sheet, cell_of, columns_for
from inventory.forms import stored_item_value
from inventory.journals import (
    goes_short,
    item_lines_of,
    item_numbers_to_come,
    items_by_number,
    line_amount,
    on_hand,
)
from inventory.models import ItemJournalBatch, ItemJournalLine
from inventory.routines.post_item_journal_batch import check_item_batch
from inventory.routines.write_item_journal import (
    change_item_line,
    draft_item_line,
    locked_item_batch,
    remove_item_line,
)

PREFERENCE = "grid.item-journal"
QUICK = {"item_no", "quantity", "unit_amount"}
FOLLOWS = {"amount", "in_stock"}  # nobody types them
SHOWN_AT = {"item": "item_no", "location": "location_code", "variant": "variant_code"}


def columns_of(*, sees_cost: bool) -> list[Column]:
    """The columns of an item journal in their order; labels are the fields' own words."""

    def column(name: str, sort: str = "text", **more: Any) -> Column:
        field = ItemJournalLine._meta.get_field(name)
        more.setdefault("length", getattr(field, "max_length", None) or 19)
        if sort == "choice":
            more["choices"] = tuple((value, str(word)) for value, word in field.flatchoices)
        return Column(name, capfirst(str(field.verbose_name)), sort, quick=name in QUICK, **more)

    columns = [
        column("posting_date", "day", fixed=True),
        column("document_date", "day", hidden=True),
        column("entry_type", "choice", fixed=True),
        column("document_no", fixed=True),
        column("item_no", lookup="item", fixed=True),
        column("variant_code", lookup="variant", hidden=True),
        column("description", width="stretch"),
        column("location_code", lookup="location"),
        column("quantity", "quantity", fixed=True),
        column("unit_code", lookup="unit"),
        column("unit_amount", "price"),
        Column("amount", _("Amount"), "amount", locked=True),
        Column("in_stock", _("In stock"), "quantity", locked=True),
        column("discount", "amount", hidden=True),
        column("external_document_no", hidden=True),
        column("applies_to", hidden=True),
        column("applies_from", hidden=True),
        column("salesperson_code", lookup="salesperson", hidden=True),
        column("gen_bus", hidden=True),
        column("gen_prod", hidden=True),
        column("serial_no", hidden=True),
        column("lot_no", hidden=True),
    ]
    return [column for column in columns if sees_cost or column.name != "amount"]


class ItemJournalSheet(Sheet):
    """The lines of an item journal, for reading and for writing."""

    def __init__(self, batch: ItemJournalBatch, request: HttpRequest):
        self.batch = batch
        self.user = request.user
        self.on: date = work_date(request)
        self.columns = columns_of(sees_cost=request.user.has_perm("inventory.view_valueentry"))

    def lock(self) -> None:
        self.batch = locked_item_batch(self.batch)

    def state(self) -> dict[str, tuple]:
        lines = item_lines_of(self.batch)
        facts = self._facts(lines)
        names = [column.name for column in self.columns if column.name not in FOLLOWS]
        return {
            str(line.line_no): (*(getattr(line, name) for name in names), *facts[line.line_no])
            for line in lines
        }

    def find(self, ids: Collection[str]) -> dict[str, ItemJournalLine]:
        numbers = {int(id) for id in ids if id.isdecimal()}
        return {str(line.line_no): line for line in self.batch.lines.filter(line_no__in=numbers)}

    def value(self, record: ItemJournalLine, name: str) -> Any:
        return "" if name in FOLLOWS else getattr(record, name)

    def cells(self, ids: Collection[str]) -> dict[str, dict[str, Cell]]:
        lines = item_lines_of(self.batch)
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
                typed = self._typed(row.values, None)
                line = draft_item_line(self.batch, on=self.on, after=above, typed=typed)
            except ErpError as error:
                done[row.row] = list(error.problems)
                continue
            done[row.row] = str(line.line_no)
            above = line.line_no if above is not None else None
        return done

    def change(self, record: ItemJournalLine, values: Mapping[str, Any]) -> None:
        typed = self._typed(values, record)
        if typed:
            change_item_line(self.batch, record.line_no, typed=typed)

    def remove(self, record: ItemJournalLine) -> None:
        remove_item_line(self.batch, record.line_no)

    def rows(self) -> list[Row]:
        """All rows, for the page."""
        lines = item_lines_of(self.batch)
        facts = self._facts(lines)
        return [
            Row(
                str(line.line_no),
                self._cells_of(line, *facts[line.line_no]),
                reverse("inventory:journal-line", args=[self.batch.name, line.line_no]),
            )
            for line in lines
        ]

    def _typed(self, values: Mapping[str, Any], record: ItemJournalLine | None) -> dict[str, Any]:
        """Values as lines keep them; entry numbers are numbers. A suggested number typed again stays a suggestion."""
        typed = {
            name: stored_item_value(name, value) for name, value in values.items() if name not in FOLLOWS
        }
        if record is not None and typed.get("document_no") and not record.document_no:
            shown = item_numbers_to_come(self.batch, item_lines_of(self.batch))
            if typed["document_no"] == shown.get(record.line_no):
                del typed["document_no"]
        return typed

    def _facts(self, lines: Sequence[ItemJournalLine]) -> dict[int, tuple]:
        """By line: the number to come, its amount, what is in stock and whether it suffices, and its problems."""
        numbers = item_numbers_to_come(self.batch, lines)
        items = items_by_number([line.item_no for line in lines])
        stock = on_hand(lines) if self.user.has_perm("inventory.view_stock") else {}
        problems: dict[int | None, list[Problem]] = {}
        for problem in check_item_batch(self.batch, lines, by=self.user) if lines else ():
            problems.setdefault(problem.line_no, []).append(problem)
        return {
            line.line_no: (
                numbers.get(line.line_no, ""),
                line_amount(line, items.get(line.item_no)),
                stock.get(line.line_no),
                goes_short(line, items.get(line.item_no), stock.get(line.line_no)),
                tuple(problems.get(line.line_no, ())),
            )
            for line in lines
        }

    def _cells_of(
        self,
        line: ItemJournalLine,
        number: str,
        amount: Any,
        stock: Any,
        is_short: bool,
        problems: tuple[Problem, ...],
    ) -> dict[str, Cell]:
        follows = {"amount": amount, "in_stock": stock}
        cells = {
            column.name: cell_of(
                column,
                follows[column.name] if column.name in FOLLOWS else getattr(line, column.name),
                blank=column.name in ("discount", "unit_amount") and not getattr(line, column.name),
            )
            for column in self.columns
        }
        if not line.document_no and number:
            title = _("The next number of the series: drawn when the journal is posted")
            cells["document_no"] = Cell("", number, title)
        if is_short:
            cells["in_stock"] = cells["in_stock"]._replace(
                look="warn", title=_("The line takes out more than there is.")
            )
        for problem in problems:
            name = SHOWN_AT.get(problem.field or "", problem.field or "item_no")
            name = name if name in cells else "item_no"
            look = "warn" if problem.code.startswith("W-") else "bad"
            cells[name] = cells[name]._replace(look=look, title=problem.message)
        return cells


def grid_of(sheet: ItemJournalSheet, request: HttpRequest) -> Grid:
    """The table of the page; whoever may not write reads it."""
    place = [sheet.batch.name]
    user = request.user
    may_type = user.has_perm("inventory.change_itemjournalline")
    return Grid(
        name=_("Lines"),
        row_name=_("line"),
        columns=columns_for(user, PREFERENCE, sheet.columns),
        every_column=sheet.columns,
        rows=sheet.rows(),
        save=reverse("inventory:journal-save", args=place) if may_type else "",
        may_add=may_type and user.has_perm("inventory.add_itemjournalline"),
        may_remove=may_type and user.has_perm("inventory.delete_itemjournalline"),
        preference=PREFERENCE,
        choose=reverse("inventory:journal-columns", args=place),
        extra={"address": reverse("inventory:journal-line", args=[*place, 0])},
        empty=_("Nothing is written here yet. Type an item and a quantity."),
    )
