"""One file of a company as a table: named columns, rows with their numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from integration.imports.errors import BadValue, Errors, RowError
from integration.imports.files.csv_file import read_csv
from integration.imports.files.excel_file import EXCEL, read_excel
from integration.imports.files.spec import FileSpec
from integration.imports.formats import Found, Value, as_text

WORKBOOKS = frozenset({".xlsx", ".xlsm"})


class Row(NamedTuple):
    """One row of a table. Cells are texts without blanks around them, or what a spreadsheet holds; None is nothing."""

    table: "Table"
    number: int
    cells: dict[str, Value]

    def find(self, column: str) -> Found:
        return Found(self.cells.get(column), column, self.table.spec.formats)

    def error(self, reason: str, *, column: str = "", value: str = "") -> RowError:
        return RowError(self.table.spec.path, self.number, column, value[:80], reason)


@dataclass
class Table:
    """A file as it was read.

    encoding  what it turned out to be in; "Excel" for a workbook
    """

    spec: FileSpec
    encoding: str = ""
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)

    def error(self, reason: str, *, row: int = 0, column: str = "", value: str = "") -> RowError:
        return RowError(self.spec.path, row, column, value, reason)


def read_table(folder: Path, spec: FileSpec, errors: Errors) -> Table:
    """Read one file; what is wrong with it as a whole, or with the width of its rows, goes to `errors`."""
    table = Table(spec)
    path = folder / spec.path
    if not path.is_file():
        if not spec.optional:
            errors.add(table.error(_("there is no such file in {folder}").format(folder=folder)))
        return table
    try:
        read = read_excel if path.suffix.lower() in WORKBOOKS else read_csv
        table.encoding, records = read(path, spec)
        _fill(table, records, errors)
    except BadValue as error:
        errors.add(table.error(error.reason))
    except OSError as error:
        errors.add(table.error(_("cannot be read: {reason}").format(reason=error.strerror or error)))
    return table


def _fill(table: Table, records: Iterable[list], errors: Errors) -> None:
    numbered = enumerate(records, start=1)
    table.columns = table.spec.columns or _header(table, numbered, errors)
    width = len(table.columns)
    nothing = frozenset({"", *table.spec.empty})
    for number, cells in numbered:
        values = [_value(cell, nothing) for cell in cells]
        while len(values) > width and values[-1] is None:
            values.pop()
        if all(value is None for value in values):
            continue
        if len(values) != width and table.encoding != EXCEL:
            reason = _("{found} cells under {wanted} columns").format(found=len(values), wanted=width)
            errors.add(table.error(reason, row=number))
            continue
        if any(isinstance(value, str) and "\0" in value for value in values):
            errors.add(
                table.error(_("holds a NUL sign, which is no text; is the encoding right?"), row=number)
            )
            continue
        values += [None] * (width - len(values))
        table.rows.append(Row(table, number, dict(zip(table.columns, values, strict=False))))
    _check_key(table, errors)


def _header(table: Table, numbered: Iterator[tuple[int, list]], errors: Errors) -> tuple[str, ...]:
    """The names in the header row; empty ones at its end are no columns, and no name stands there twice."""
    number, cells = next((pair for pair in numbered if pair[0] == table.spec.header), (0, []))
    names = [as_text(_value(cell, frozenset({""}))) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        row = table.spec.header
        raise BadValue(_("the file has no row {row} with the names of its columns").format(row=row))
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            errors.add(table.error(_("the header names this column twice"), row=number, column=name))
    return tuple(names)


def _value(cell: object, nothing: frozenset[str]) -> Value:
    """Numbers of a spreadsheet as it shows them, with fifteen digits: it counts in binary fractions."""
    if isinstance(cell, str):
        text = cell.strip()
        return None if text in nothing else text
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        return Decimal(format(cell, ".15g"))
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else str(cell)


def _check_key(table: Table, errors: Errors) -> None:
    key = table.spec.key
    missing = [column for column in key if column not in table.columns]
    for column in missing:
        errors.add(table.error(_("the key names a column that the file lacks"), column=column))
    if missing or not key:
        return
    seen: dict[tuple, int] = {}
    for row in table.rows:
        values = tuple(as_text(row.cells[column]) for column in key)
        column, value = " + ".join(key), " + ".join(values)
        if not any(values):
            errors.add(row.error(_("the key must be filled in"), column=column))
        elif values in seen:
            reason = _("this key is in row {row} already").format(row=seen[values])
            errors.add(row.error(reason, column=column, value=value))
        seen.setdefault(values, row.number)
