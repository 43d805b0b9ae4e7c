"""Reading a G/L journal from a CSV file: lines, or what is wrong with each row."""

import csv
import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from posting.models import GLEntry, VATEntry
from posting.plans.journal import JournalLine

# Column of the file, field of the line; names are matched without regard to case, dots and spaces.
COLUMNS = {
    "posting_date": "posting_date",
    "document_no": "document_no",
    "account": "account_no",
    "account_no": "account_no",
    "amount": "amount",
    "bal_account": "bal_account_no",
    "bal_account_no": "bal_account_no",
    "description": "description",
    "document_type": "document_type",
    "external_document_no": "external_document_no",
    "document_date": "document_date",
    "vat_date": "vat_date",
    "currency_code": "currency_code",
    "gen_posting_type": "gen_posting_type",
    "gen_bus_posting_group": "gen_bus",
    "gen_prod_posting_group": "gen_prod",
    "vat_bus_posting_group": "vat_bus",
    "vat_prod_posting_group": "vat_prod",
    "reason_code": "reason_code",
    "correction": "correction",
}
REQUIRED = ("posting_date", "document_no", "account_no", "amount")


class JournalFile(NamedTuple):
    """The lines that could be read, numbered as the rows of the file, and the problems of the others."""

    lines: list[JournalLine]
    problems: list[Problem]


def read_journal(text: str) -> JournalFile:
    """Read a CSV file with a header row; commas, semicolons or tabs.

    Dates as 2026-03-31. Amounts with a point, or with a comma where there is no point; no thousands separators.
    Codes of the problems: E-CSV-COLUMN, E-CSV-ROW, E-CSV-DATE, E-CSV-NUMBER, E-CSV-CHOICE, E-CSV-LENGTH
    """
    rows = csv.reader(StringIO(text.lstrip("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(rows, [])
        fields, problems = _fields(header)
        if problems:
            return JournalFile([], problems)
        lines: list[JournalLine] = []
        for row in rows:
            if any(cell.strip() for cell in row):
                _read_row(rows.line_num, row, fields, lines, problems)
    except csv.Error as error:
        message = _("The file cannot be read: {error}.").format(error=error)
        return JournalFile([], [Problem("E-CSV-ROW", message, rows.line_num)])
    return JournalFile(lines, problems)


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _fields(header: Iterable[str]) -> tuple[list[str], list[Problem]]:
    fields, problems = [], []
    for title in header:
        name = re.sub(r"[^a-z0-9]+", "_", title.strip().lower()).strip("_")
        field = COLUMNS.get(name)
        if field is None or field in fields:
            known = ", ".join(COLUMNS)
            template = (
                _("Column {title} stands twice.")
                if field
                else _("Unknown column {title}; known are {known}.")
            )
            problems.append(
                Problem("E-CSV-COLUMN", template.format(title=title or "''", known=known), 1, name)
            )
        fields.append(field or "")
    for field in REQUIRED:
        if field not in fields:
            name = next(name for name, known in COLUMNS.items() if known == field)
            problems.append(
                Problem("E-CSV-COLUMN", _("Column {name} is missing.").format(name=name), 1, name)
            )
    return fields, problems


def _read_row(
    line_no: int, row: list[str], fields: list[str], lines: list[JournalLine], problems: list[Problem]
) -> None:
    if len(row) != len(fields):
        message = _("The row has {count} columns, the header {wanted}.").format(
            count=len(row), wanted=len(fields)
        )
        problems.append(Problem("E-CSV-ROW", message, line_no))
        return
    found = len(problems)
    values: dict[str, Any] = {}
    for field, cell in zip(fields, row, strict=True):
        try:
            values[field] = READERS.get(field, _text(field))(cell.strip())
        except ValueError as error:
            code, message = error.args
            problems.append(Problem(code, message, line_no, field))
    if len(problems) == found:
        lines.append(JournalLine(line_no=line_no, **values))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = _("{text} is not a date; write it as 2026-03-31.").format(text=text)
        raise ValueError("E-CSV-DATE", message) from None


def _amount(text: str) -> Decimal:
    plain = text.replace(",", ".") if "." not in text else text
    try:
        amount = Decimal(plain)
        if not re.fullmatch(r"[+-]?\d{1,18}(\.\d+)?", plain):
            raise InvalidOperation
    except InvalidOperation:
        message = _("{text} is not an amount.").format(text=text or "''")
        raise ValueError("E-CSV-NUMBER", message) from None
    return amount


def _yes(text: str) -> bool:
    answers = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}
    if text.lower() not in answers:
        raise ValueError("E-CSV-CHOICE", _("{text} is neither yes nor no.").format(text=text))
    return answers[text.lower()]


def _choice(model, name: str) -> Callable[[str], str]:
    allowed = [str(value) for value, _label in model._meta.get_field(name).choices]

    def read(text: str) -> str:
        value = text.lower().replace(" ", "_")
        if value and value not in allowed:
            message = _("{text} is not one of {allowed}.").format(text=text, allowed=", ".join(allowed))
            raise ValueError("E-CSV-CHOICE", message)
        return value

    return read


LENGTHS = {"description": 100, "external_document_no": 35, "currency_code": 10, "reason_code": 10}


def _text(field: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        longest = LENGTHS.get(field, 20)
        if len(text) > longest:
            message = _("{text} is longer than {longest} characters.").format(text=text, longest=longest)
            raise ValueError("E-CSV-LENGTH", message)
        return text

    return read


READERS: dict[str, Callable[[str], Any]] = {
    "posting_date": _date,
    "document_date": _date,
    "vat_date": _date,
    "amount": _amount,
    "correction": _yes,
    "document_type": _choice(GLEntry, "document_type"),
    "gen_posting_type": _choice(VATEntry, "type"),
}
