"""Tables for spreadsheets, written row by row: a hundred thousand rows need the memory of one.

    csv_rows(("No.", "Amount"), rows)     texts of lines, for a streaming answer
    xlsx_stream(("No.", "Amount"), rows)  an open temporary file, at its beginning

Texts that a spreadsheet would take for a formula get an apostrophe before them.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.utils import timezone

FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST = 32_767  # signs in a cell
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(value: Any) -> Any:
    """The value as a cell holds it: text that looks like a formula is made text, moments are local."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else value
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    if isinstance(value, int | float | Decimal | date):
        return value
    text = _UNWRITABLE.sub(" ", str(value))[: LONGEST - 1]
    return f"'{text}" if text.startswith(FORMULA) else text


class _Line:
    """A file that hands every line on."""

    def write(self, text: str) -> str:
        return text


def csv_rows(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV file: UTF-8 with a mark that spreadsheets know, commas, a point in figures, ISO days."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    yield writer.writerow([safe(value) for value in header])
    for row in rows:
        yield writer.writerow([_plain(safe(value)) for value in row])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def xlsx_stream(
    header: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str = "", formats: Sequence[str] = ()
) -> BinaryIO:
    """A workbook of one sheet with its first row fixed.

    title    of the sheet; at most 31 signs of it are used
    formats  of each column, as "#,##0.00"; blank: as the value is
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(len(str(name)) + 2, 12), 40)
    bold = Font(bold=True)
    heads = []
    for name in header:
        cell = WriteOnlyCell(sheet, value=safe(str(name)))
        cell.font = bold
        heads.append(cell)
    sheet.append(heads)
    for row in rows:
        cells = []
        for place, value in enumerate(row):
            value = safe(value)
            wanted = formats[place] if place < len(formats) else ""
            if wanted and value != "" and not isinstance(value, str):
                cell = WriteOnlyCell(sheet, value=value)
                cell.number_format = wanted
                cells.append(cell)
            else:
                cells.append(value)
        sheet.append(cells)
    file = TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    book.save(file)
    file.seek(0)
    return file
