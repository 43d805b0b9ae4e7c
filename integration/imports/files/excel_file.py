"""Excel workbooks, read row by row without loading them whole."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from integration.imports.errors import BadValue
from integration.imports.files.spec import FileSpec

EXCEL = "Excel"
FAULTS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def read_excel(path: Path, spec: FileSpec) -> tuple[str, Iterator[list]]:
    """The word "Excel", and the rows of one sheet: the one that the profile names, else the first.

    Formulas give the value that was last computed.
    raises  BadValue for a file that is no workbook and for a sheet that is not in it
    """
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise BadValue(_("is no Excel workbook: {reason}").format(reason=error)) from None
    sheets = [sheet.title for sheet in workbook.worksheets]
    if not sheets or (spec.sheet and spec.sheet not in sheets):
        names = ", ".join(sheets)
        workbook.close()
        reason = _("has no sheet {sheet}; it has: {names}").format(sheet=spec.sheet or "–", names=names)
        raise BadValue(reason)
    return EXCEL, _rows(workbook, spec.sheet or sheets[0])


def _rows(workbook, sheet: str) -> Iterator[list]:
    try:
        for number, cells in enumerate(workbook[sheet].iter_rows(values_only=True), start=1):
            for cell in cells:
                if isinstance(cell, str) and cell in FAULTS:
                    raise BadValue(_("row {row} holds the error {value}").format(row=number, value=cell))
            yield list(cells)
    finally:
        workbook.close()
