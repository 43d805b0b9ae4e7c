"""A report as a file: Excel, CSV or paper. Rows are written as they come; only paper holds them all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.listing.declaration import EXPORT_EVERYTHING
from erp.kernel.listing.export import FEW
from erp.kernel.pdf import render_pdf
from erp.kernel.spreadsheet import CSV_TYPE, XLSX_TYPE, csv_rows, xlsx_stream
from reporting.errors import TooManyRows
from reporting.report import Column, Outcome, Report, Row, Sums, last_lines

XLSX, CSV, PDF = "xlsx", "csv", "pdf"
TYPES = {XLSX: XLSX_TYPE, CSV: CSV_TYPE, PDF: "application/pdf"}
STEP = 500  # rows between two looks at whether it is still wanted
ON_PAPER = 5_000
FORMATS = {"amount": "#,##0.00", "quantity": "#,##0.#####", "percent": "0.0", "day": "yyyy-mm-dd"}

Tick = Callable[[int], None]


class TooLongForPaper(ErpError):
    """Nobody reads a hundred pages of figures, and making them takes minutes."""

    code, status = "E-RPT-PAPER", 422
    template = _("The report has more than {most} rows: narrow it down, or take it as Excel or CSV.")


def write(
    report: Report,
    outcome: Outcome,
    format: str,
    *,
    said: Sequence[tuple[str, str]] = (),
    company: str = "",
    at: datetime,
    tick: Tick = lambda rows: None,
) -> tuple[BinaryIO, int]:
    """The file, at its beginning, and how many rows are in it.

    outcome  without the columns that its reader may not see
    said     the parameters in words, for the head of a paper
    tick     called every 500 rows with how many there are; what it raises ends the work
    """
    sums = Sums(outcome.columns)
    rows = sums.passing(_counted(outcome.rows, tick))
    if format == PDF:
        return _paper(report, outcome, rows, sums, said=said, company=company, at=at), sums.rows
    header = [str(column.label) for column in outcome.columns]
    values = _values(outcome, rows, sums)
    if format == CSV:
        file = TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
        for line in csv_rows(header, values):
            file.write(line.encode())
        file.seek(0)
        return file, sums.rows
    formats = [FORMATS.get(column.kind, "") for column in outcome.columns]
    return xlsx_stream(header, values, title=str(report.title), formats=formats), sums.rows


def no_more_than(rows: Iterable[Row], most: int, refusal: type[ErpError]) -> Iterator[Row]:
    """The rows, until there are too many."""
    for count, row in enumerate(rows, start=1):
        if count > most:
            raise refusal(most=most)
        yield row


def as_far_as_allowed(outcome: Outcome, user) -> Outcome:
    """What a user may take along: everything, or as many rows as of a list."""
    if user.has_perm(EXPORT_EVERYTHING):
        return outcome
    return replace(outcome, rows=no_more_than(outcome.rows, FEW, TooManyRows))


def file_name(report: Report, asked: Mapping[str, str], format: str) -> str:
    """aged-receivables-2026-03-31.xlsx: what it is, of whom and of when; -known-2026-04-02T0800: as of which moment."""
    parts = [
        report.key,
        *(asked[name].lower() for name in ("customer", "start", "end", "on_day", "until") if name in asked),
    ]
    if "known_at" in asked:
        parts.append(f"known-{asked['known_at'][:16].replace(':', '')}")
    return f"{'-'.join(parts)}.{format}"


def _counted(rows: Iterable[Row], tick: Tick) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        if count % STEP == 0:
            tick(count)
        yield row


def _values(outcome: Outcome, rows: Iterable[Row], sums: Sums) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield row.values
    for line in last_lines(outcome, sums.sums):
        yield line.values


def _paper(
    report: Report, outcome: Outcome, rows, sums: Sums, *, said, company: str, at: datetime
) -> BinaryIO:
    found = []
    for row in rows:
        found.append(row)
        if len(found) > ON_PAPER:
            raise TooLongForPaper(most=ON_PAPER)
    context = {
        "report": report,
        "columns": outcome.columns,
        "lines": [cells_of(outcome.columns, row) for row in [*found, *last_lines(outcome, sums.sums)]],
        "facts": outcome.facts,
        "notes": outcome.notes,
        "said": said,
        "company_name": company,
        "at": at,
    }
    file = TemporaryFile()  # noqa: SIM115
    file.write(render_pdf("reporting/print.html", context, language=get_language() or "en"))
    file.seek(0)
    return file


def cells_of(columns: Sequence[Column], row: Row) -> dict[str, Any]:
    """A row as templates show it: each value beside its column, and the address behind it."""
    cells = [
        {"column": column, "value": value, "url": row.links.get(column.name, "")}
        for column, value in zip(columns, row.values, strict=True)
    ]
    return {"kind": row.kind, "level": min(row.level, 4), "cells": cells}
