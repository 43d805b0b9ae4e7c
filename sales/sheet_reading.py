"""Rows of a spreadsheet as texts: of a file (xlsx, csv), or pasted. Pure but for the file that it is given."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import BinaryIO
from zipfile import BadZipFile

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, ProblemsFound

MOST_ROWS = 2000
MOST_COLUMNS = 60
MOST_BYTES = 2 * 1024 * 1024

Table = list[list[str]]


def read_file(file: BinaryIO, name: str, size: int) -> Table:
    """The first sheet of a workbook, or a csv file with any of the usual separators.

    raises  ProblemsFound: E-IMPORT-SIZE, E-IMPORT-FILE
    """
    if size > MOST_BYTES:
        raise _refused("E-IMPORT-SIZE", _("The file is larger than 2 MB. Split it."))
    if name.lower().endswith((".xlsx", ".xlsm")):
        return _workbook(file)
    content = file.read()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return read_text(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise _refused("E-IMPORT-FILE", _("{name} cannot be read: save it as .xlsx or .csv.").format(name=name))


def read_text(text: str) -> Table:
    """Pasted rows, or the text of a csv file: the separator is the one that the first row has most of."""
    text = text.replace("\0", "").strip("\r\n")
    first = text.split("\n", 1)[0]
    separator = max("\t;,", key=first.count) if first else "\t"
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error:
        raise _refused(
            "E-IMPORT-FILE", _("The rows cannot be read: copy them again from the sheet.")
        ) from None
    return _checked(rows)


def write_text(table: Iterable[Sequence[str]]) -> str:
    """A table as text that `read_text` and spreadsheets take."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(table)
    return out.getvalue()


def columns_named(header: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The columns that a header names, "" for those that are not known.

    raises  ProblemsFound E-IMPORT-HEADER: neither a number nor a text is among them
    """
    found = [names.get(cell.lower(), "") for cell in header]
    if not {"number", "description"} & set(found):
        message = _("The first row names no column for the item or the text. Begin with: {example}.")
        example = ", ".join([_("Item"), _("Quantity"), _("Price")])
        raise _refused("E-IMPORT-HEADER", message.format(example=example))
    return found


def _workbook(file: BinaryIO) -> Table:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
        rows = []
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            rows.append([_text(value) for value in row])
            if len(rows) > MOST_ROWS * 2:
                break
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError):
        message = _("This is no workbook that can be read: save it as .xlsx or .csv.")
        raise _refused("E-IMPORT-FILE", message) from None
    return _checked(rows)


def _text(value: object) -> str:
    """A cell as a clerk of this locale would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        plain = f"{value:.10f}".rstrip("0").rstrip(".")
        return plain.replace(".", get_format("DECIMAL_SEPARATOR"))
    return str(value).replace("\0", "").strip()


def _checked(rows: Table) -> Table:
    width = max((place for row in rows for place, cell in enumerate(row, start=1) if cell), default=0)
    rows = [row[: min(width, MOST_COLUMNS)] for row in rows if any(row)]
    if len(rows) > MOST_ROWS + 1:
        message = _("{count} rows are too many: at most {most} at a time.")
        raise _refused("E-IMPORT-ROWS", message.format(count=len(rows) - 1, most=MOST_ROWS))
    return rows


def _refused(code: str, message: str) -> ProblemsFound:
    return ProblemsFound([Problem(code, message)])
