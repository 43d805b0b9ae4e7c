"""Two versions of a document as their page shows them: field by field, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from erp.kernel.fields import AmountField, UnitAmountField
from erp.kernel.templatetags.handel import amount, day, moment, price, quantity
from sales.models import SalesDocument, SalesLine
from sales.plans.archive import LINE_LINKS, decoded
from sales.plans.compare import Comparison, FieldDifference, LineDifference

NOTHING = "–"
COST = frozenset({"unit_cost_lcy"})
FIGURES = ((AmountField, amount), (UnitAmountField, price))
# What tells a line that one of the versions does not have.
TOLD = (
    "number",
    "description",
    "quantity",
    "unit_code",
    "unit_price",
    "line_discount_percent",
    "line_amount",
)


@dataclass(frozen=True)
class ShownField:
    label: str
    one: str
    other: str


@dataclass(frozen=True)
class ShownLine:
    """One line number of both versions; without rows it is the same in both."""

    line_no: int
    title: str
    change: str
    said: str
    rows: tuple[ShownField, ...] = ()


def shown_head(comparison: Comparison) -> list[ShownField]:
    return [_shown(SalesDocument, field) for field in comparison.head]


def shown_lines(comparison: Comparison, *, sees_cost: bool) -> list[ShownLine]:
    return [_shown_line(line if sees_cost else _without_cost(line)) for line in comparison.lines]


def _without_cost(line: LineDifference) -> LineDifference:
    """The difference as those see it who may not know cost: a line that differs in nothing else is the same."""
    fields = tuple(field for field in line.fields if field.name not in COST)
    return replace(line, fields=fields, change="same" if line.fields and not fields else line.change)


def _shown_line(line: LineDifference) -> ShownLine:
    said = {
        "added": _("added"),
        "removed": _("removed"),
        "changed": _("changed"),
        "same": _("no difference"),
    }[line.change]
    facts = line.other or line.one or {}
    title = f"{facts.get('number', '')} {facts.get('description', '')}".strip()
    rows = tuple(_shown(SalesLine, field) for field in line.fields)
    if line.change in ("added", "removed"):
        rows = tuple(_told(facts, is_new=line.change == "added"))
    return ShownLine(line.line_no, title, line.change, said, rows)


def _told(facts: Mapping, *, is_new: bool) -> list[ShownField]:
    """The line that only one version has, on its side of the page."""
    values = decoded(SalesLine, facts, LINE_LINKS)
    rows = []
    for name in TOLD:
        if values.get(name) not in (None, "", 0):
            label = str(SalesLine._meta.get_field(name).verbose_name)
            text = in_words(SalesLine, name, values[name])
            rows.append(ShownField(label, NOTHING, text) if is_new else ShownField(label, text, NOTHING))
    return rows


def _shown(model: type[models.Model], field: FieldDifference) -> ShownField:
    one, other = (in_words(model, field.name, value) for value in (field.one, field.other))
    return ShownField(field.label, one, other)


def in_words(model: type[models.Model], name: str, value: object) -> str:
    """A value as people read it, in their own locale."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    fields = {field.name: field for field in model._meta.concrete_fields}
    if isinstance(value, Decimal):
        return next(
            (show(value) for kind, show in FIGURES if isinstance(fields.get(name), kind)), quantity(value)
        )
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    choices = dict(fields[name].flatchoices) if name in fields else {}
    return str(choices.get(value, value))
