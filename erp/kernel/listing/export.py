"""A list as a file: the rows that are filtered, in their order, with the columns that are shown."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.listing.asking import Answer
from erp.kernel.listing.declaration import EXPORT_EVERYTHING, Column, Kind, choices_of
from erp.kernel.listing.shown import fill

CHUNK = 500
FEW = 10_000  # rows that everybody may take along
FORMATS = {
    Kind.AMOUNT: "#,##0.00",
    Kind.PRICE: "#,##0.00###",
    Kind.QUANTITY: "#,##0.#####",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}


def check_export(answer: Answer) -> list[Problem]:
    """Why a list cannot be taken along: it is not understood, or longer than this user may have."""
    if answer.problems:
        return answer.problems
    if answer.facts.user.has_perm(EXPORT_EVERYTHING) or answer.ordered[: FEW + 1].count() <= FEW:
        return []
    message = _(
        "You may export {n} rows at a time: filter the list first, or ask somebody who may export all."
    )
    return [Problem("E-EXPORT-MANY", message.format(n=number_format(FEW, 0, force_grouping=True)))]


def header(columns: Sequence[Column]) -> list[str]:
    """The names of the columns; an amount that may be in several currencies is followed by its currency."""
    found = []
    for column in columns:
        found.append(str(column.label))
        if column.prefix:
            found.append(_("Currency"))
    return found


def formats(columns: Sequence[Column]) -> list[str]:
    found = []
    for column in columns:
        found.append(FORMATS.get(column.kind, ""))
        if column.prefix:
            found.append("")
    return found


def values(answer: Answer, columns: Sequence[Column]) -> Iterator[list[Any]]:
    """Every row; the database hands them over in chunks, and no more than a chunk is held."""
    words = {
        column.name: dict(choices_of(column, answer.rows.model))
        for column in columns
        if column.kind is Kind.CHOICE
    }
    rows = iter(answer.ordered.iterator(chunk_size=CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        fill(answer, chunk, columns)
        for row in chunk:
            yield _values(row, columns, words)


def _values(row: Any, columns: Sequence[Column], words: dict[str, dict]) -> list[Any]:
    found = []
    for column in columns:
        value = column.of(row)
        if column.kind is Kind.CHOICE:
            value = str(words[column.name].get(value, "" if value is None else value))
            value = "" if value == "–" else value
        elif column.kind is Kind.YES_NO:
            value = _("Yes") if value else _("No")
        found.append(value)
        if column.prefix:
            found.append(column.prefix(row))
    return found
