"""From an address to rows: view, search, filters and order of a list, as far as they can be understood."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.listing import filters
from erp.kernel.listing.address import Asked
from erp.kernel.listing.counting import estimate
from erp.kernel.listing.declaration import SMALL, Column, Facts, Listing, Refusing, View, field_of
from erp.kernel.listing.keyset import Order


@dataclass
class Answer:
    """What a list is asked for, understood.

    rows      every row that fits, without an order; none where something was refused
    about     how many the database expects, before columns are filtered that are worked out for each row
    exactly   whether the rows are few enough to be counted and added up
    problems  what could not be understood: the rows are not shown
    notes     what could not be done and harms nothing: an order that would take too long
    """

    listing: Listing
    facts: Facts
    asked: Asked
    view: View | None
    visible: list[Column]
    rows: QuerySet
    about: int = 0
    order: list[Order] = field(default_factory=list)
    sorted_by: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def ordered(self) -> QuerySet:
        return self.rows.order_by(*(f"{'-' if each.descending else ''}{each.path}" for each in self.order))

    def sorts(self, column: Column) -> bool:
        """Whether the list can be sorted by a column without making anybody wait."""
        return bool(column.expression) and (column.indexed or self.about <= SMALL)


def answer(listing: Listing, asked: Asked, facts: Facts) -> Answer:
    """Understand what is asked of a list. One query, which only estimates."""
    visible = listing.visible(facts.user)
    view = listing.view(asked.view or listing.default_view) or (listing.views[0] if listing.views else None)
    rows = listing.rows(facts)
    found = Answer(listing, facts, asked, view, visible, rows)
    if view is not None and view.condition is not None:
        rows = view.condition(rows, facts)
    if asked.text and listing.search is not None:
        rows = listing.search(rows, asked.text, facts)
    derived = []
    for name, text in asked.filters.items():
        column = _column(visible, name)
        if column is None or not column.expression:
            found.problems.append(_unknown(name))
        elif column.is_derived:
            derived.append((column, text))
        else:
            rows = _filtered(rows, column, text, found)
    if found.problems:
        found.rows = rows.none()
        _set_order(found)
        return found
    found.about = estimate(rows)
    for column, text in derived:
        if found.about > SMALL:
            found.problems.append(_too_many(column))
        else:
            rows = _filtered(rows.alias(**{column.path: column.expression(facts)}), column, text, found)
    found.rows = rows.none() if found.problems else rows
    _set_order(found)
    return found


def _column(columns: Sequence[Column], name: str) -> Column | None:
    return next((column for column in columns if column.name == name), None)


def _filtered(rows: QuerySet, column: Column, text: str, found: Answer) -> QuerySet:
    try:
        return rows.filter(filters.condition(text, column, model=rows.model, facts=found.facts))
    except Refusing as refusing:
        found.problems.append(refusing.problem)
        return rows


def _unknown(name: str) -> Problem:
    message = _("This list has no column “{name}” to filter by.")
    return Problem("E-FILTER-COLUMN", message.format(name=name[:40]), field=name[:40])


def _too_many(column: Column) -> Problem:
    message = _(
        "{column} is worked out row by row: filter by something else first, until fewer than {n} are left."
    )
    return Problem("E-FILTER-MANY", message.format(column=column.label, n=f"{SMALL:,}"), field=column.name)


def _set_order(found: Answer) -> None:
    """The order that was asked for, as far as it can be had, else the list's own; the primary key decides the rest."""
    names = found.asked.sort or tuple(found.listing.default_sort)
    order, sorted_by = [], []
    for place, name in enumerate(names):
        column = _column(found.visible, name.removeprefix("-"))
        if column is None or not column.expression:
            continue
        # A second column only sorts within the first one, which an index has brought together.
        if not found.sorts(column) and (place == 0 or not order):
            message = _("Sorting by {column} would take long: filter first, until fewer than {n} are left.")
            text = message.format(column=column.label, n=f"{SMALL:,}")
            found.notes.append(Problem("W-SORT-MANY", text, field=column.name))
            continue
        order.append(_order(found, column, descending=name.startswith("-")))
        sorted_by.append(name)
    pk = found.rows.model._meta.pk
    if not order or order[-1].path not in ("pk", pk.name):
        downwards = order[-1].descending if order else found.listing.newest_first
        order.append(Order("pk", downwards, False, pk))
    found.order, found.sorted_by = order, tuple(sorted_by)


def _order(found: Answer, column: Column, *, descending: bool) -> Order:
    if column.is_derived:
        expression = column.expression(found.facts)
        found.rows = found.rows.annotate(**{column.path: expression})
        return Order(column.path, descending, True, found.rows.query.annotations[column.path].output_field)
    target = field_of(found.rows.model, column.path)
    if target is None:  # the room's own annotation
        target = found.rows.query.annotations[column.path].output_field
        return Order(column.path, descending, True, target)
    return Order(column.path, descending, _may_be_null(found.rows.model, column.path), target)


def _may_be_null(model, path: str) -> bool:
    for part in path.split("__"):
        found = model._meta.pk if part == "pk" else model._meta.get_field(part)
        if found.null or (found.auto_created and not found.concrete):
            return True
        model = found.related_model or model
    return False
