"""A working document as JSON, exactly: what is written comes back the same, figure by figure. Pure.

Decimals, days and moments become texts that say all their digits. Masters are named by number or code, lines by line
number, so that a version can be read, and put back, when the rows it was made of are gone.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db import models

from sales.models import ChargeAssignment, QuoteProgress, SalesComment, SalesDocument, SalesLine

Row = TypeVar("Row", bound=models.Model)

# Columns that point at other rows; the content names those in words of its own.
HEAD_LINKS = ("customer", "bill_to_customer", "customer_template")
LINE_MASTERS = ("item", "gl_account", "resource", "item_charge")
LINE_LINKS = ("document", "attached_to_line", *LINE_MASTERS)
CHARGE_LINKS = ("line", "target_line")


def content_of(
    document: SalesDocument,
    lines: Iterable[SalesLine],
    *,
    comments: Iterable[SalesComment] = (),
    charges: Iterable[ChargeAssignment] = (),
    progress: QuoteProgress | None = None,
) -> dict:
    """The whole document as JSON; customers, template and reason are at hand (`select_related`)."""
    lines = list(lines)
    line_nos = {line.pk: line.line_no for line in lines}
    head = encoded(document, HEAD_LINKS) | {
        "customer": document.customer.number if document.customer else None,
        "bill_to_customer": document.bill_to_customer.number if document.bill_to_customer else None,
        "customer_template": document.customer_template.code if document.customer_template else None,
    }
    return {
        "head": head,
        "lines": [
            encoded(line, LINE_LINKS) | {"attached_to_line": line_nos.get(line.attached_to_line_id)}
            for line in lines
        ],
        "comments": [encoded(comment, ("kind", "number")) for comment in comments],
        "charges": [
            encoded(charge, CHARGE_LINKS)
            | {"line": line_nos[charge.line_id], "target_line": line_nos.get(charge.target_line_id)}
            for charge in charges
        ],
        "progress": None
        if progress is None
        else encoded(progress, ("document", "reason"))
        | {"reason": progress.reason.code if progress.reason else None},
    }


def encoded(row: models.Model, leave_out: Iterable[str] = ()) -> dict:
    """The columns of a row, by name, as JSON; without its key, what the database works out, and what is left out."""
    left_out = frozenset(leave_out)
    return {field.name: _encode(getattr(row, field.attname)) for field in _columns(type(row), left_out)}


def decoded(model: type[Row], content: Mapping, leave_out: Iterable[str] = ()) -> dict:
    """The values of a row by column name; what the model no longer has is ignored, what it has by now is left out."""
    left_out = frozenset(leave_out)
    return {
        field.name: field.to_python(content[field.name])
        for field in _columns(model, left_out)
        if field.name in content
    }


def rows_of(content: Mapping) -> tuple[SalesDocument, list[SalesLine]]:
    """A version as unsaved rows, without what they point at: to be read."""
    lines = [SalesLine(**decoded(SalesLine, facts, LINE_LINKS)) for facts in content["lines"]]
    return SalesDocument(**decoded(SalesDocument, content["head"], HEAD_LINKS)), lines


def _columns(model: type[models.Model], left_out: frozenset[str]) -> list[models.Field]:
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name not in left_out
    ]


def _encode(value: object) -> object:
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value
