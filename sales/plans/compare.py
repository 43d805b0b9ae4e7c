"""Where two versions of a document differ: field by field in the head, line by line below. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import models

from sales.models import SalesDocument, SalesLine
from sales.plans.archive import HEAD_LINKS, LINE_LINKS, decoded

# What tells nothing about the deal: keys of the machine, who wrote it when, what follows from other fields, reasons.
HEAD_SILENT = frozenset({"uuid", "occurrence", "created_at", "created_by", "modified_at"})
LINE_SILENT = frozenset({"uuid", "line_no", "quantity_base", "vat_base_amount", "price_explanation",
                         "posting_explanation", "recalculate_invoice_discount"})  # fmt: skip

LINKS = (*HEAD_LINKS, *LINE_LINKS)

Change = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True)
class FieldDifference:
    """One field with its two values, as the model knows them; None where a version has none."""

    name: str
    label: str
    one: object
    other: object


@dataclass(frozen=True)
class LineDifference:
    """One line number in both versions; `fields` is empty where they agree, or where one has no such line."""

    line_no: int
    change: Change
    one: Mapping | None
    other: Mapping | None
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The differences of two versions; lines in their order, those that agree included."""

    head: tuple[FieldDifference, ...]
    lines: tuple[LineDifference, ...]

    @property
    def changed_lines(self) -> tuple[LineDifference, ...]:
        return tuple(line for line in self.lines if line.change != "same")

    @property
    def is_same(self) -> bool:
        return not self.head and not self.changed_lines


def plan_comparison(one: Mapping, other: Mapping) -> Comparison:
    """Compare two contents, see `sales.plans.archive`; `one` is the earlier of them."""
    head = _differences(SalesDocument, one["head"], other["head"], HEAD_SILENT)
    before, after = _by_number(one["lines"]), _by_number(other["lines"])
    lines = []
    for line_no in sorted(before.keys() | after.keys()):
        left, right = before.get(line_no), after.get(line_no)
        if left is None or right is None:
            lines.append(LineDifference(line_no, "added" if left is None else "removed", left, right))
            continue
        fields = _differences(SalesLine, left, right, LINE_SILENT)
        lines.append(LineDifference(line_no, "changed" if fields else "same", left, right, fields))
    return Comparison(head, tuple(lines))


def _by_number(lines: Sequence[Mapping]) -> dict[int, Mapping]:
    return {line["line_no"]: line for line in lines}


def _differences(
    model: type[models.Model], one: Mapping, other: Mapping, silent: Iterable[str]
) -> tuple[FieldDifference, ...]:
    """Fields with different values, compared as the model reads them: 1 and 1.00 are the same quantity.

    A column that one of the versions is too old to know tells nothing.
    """
    left, right = {**one, **decoded(model, one, LINKS)}, {**other, **decoded(model, other, LINKS)}
    known = {field.name: field.verbose_name for field in model._meta.concrete_fields}
    return tuple(
        FieldDifference(name, str(label).replace("_", " "), left[name], right[name])
        for name, label in known.items()
        if name in left and name in right and name not in silent and left[name] != right[name]
    )
