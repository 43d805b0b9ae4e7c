"""Pages by the key of their rows, whatever they are sorted by: the millionth page costs what the first one does.

A page begins after the last row of the one before: after its values in the columns of the order, and its primary key.
Rows without a value come last where the order is upwards and first where it is downwards, as PostgreSQL has it, so
that an index serves both directions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import F, Field, Q, QuerySet

LIMIT = 50
_signer = Signer(salt="list")


class Order(NamedTuple):
    """One column of the order. `nullable`: there may be rows without a value."""

    path: str
    descending: bool
    nullable: bool
    field: Field

    def turned(self) -> "Order":
        return self._replace(descending=not self.descending)


@dataclass(frozen=True)
class Page:
    """The rows of a page, and the tokens of its neighbours, blank where there are none."""

    rows: list[Any]
    after: str = ""
    before: str = ""


def page_of(
    rows: QuerySet, order: Sequence[Order], *, after: str = "", before: str = "", limit: int = LIMIT
) -> Page:
    """The page that a token asks for; a token of another order, or of nobody's, asks for the first one.

    rows   with every path of the order as a field or an annotation
    order  its last column is unique and never without a value
    One query; one more where a page ends the rows with a value and begins those without.
    """
    backwards = bool(before) and not after
    place = _place(before if backwards else after, order)
    way = [each.turned() for each in order] if backwards else list(order)
    found: list[Any] = []
    ordered = rows.order_by(*(F(each.path).desc() if each.descending else F(each.path).asc() for each in way))
    for part in [Q()] if place is None else following(way, place):
        found += ordered.filter(part)[: limit + 1 - len(found)]
        if len(found) > limit:
            break
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_previous = more if backwards else place is not None
    has_next = True if backwards else more
    return Page(
        found,
        after=_token(found[-1], order) if has_next else "",
        before=_token(found[0], order) if has_previous else "",
    )


def following(way: Sequence[Order], place: Sequence[Any]) -> list[Q]:
    """The rows after a place, in parts that each are one stretch of the order: with a first value, or without one."""
    first, value = way[0], place[0]
    rest = _after(way, place)
    none = Q(**{f"{first.path}__isnull": True})
    if value is None:
        return [none & rest] if not first.descending else [none & rest, ~none]
    bound = Q(**{f"{first.path}__{'lte' if first.descending else 'gte'}": value})
    return [bound & rest, none] if first.nullable and not first.descending else [bound & rest]


def _after(way: Sequence[Order], place: Sequence[Any]) -> Q:
    """Beyond the first value, or the same value and beyond in the rest."""
    first, value = way[0], place[0]
    none = Q(**{f"{first.path}__isnull": True})
    if value is None:
        same, beyond = none, (~none if first.descending else None)
    else:
        same = Q(**{first.path: value})
        beyond = Q(**{f"{first.path}__{'lt' if first.descending else 'gt'}": value})
        if first.nullable and not first.descending and len(way) > 1:
            beyond |= none
    if len(way) == 1:
        return beyond if beyond is not None else Q(pk__in=[])
    further = same & _after(way[1:], place[1:])
    return further if beyond is None else beyond | further


def value_of(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row


def _shape(order: Sequence[Order]) -> list[str]:
    return [f"{'-' if each.descending else ''}{each.path}" for each in order]


def _token(row: Any, order: Sequence[Order]) -> str:
    values = [value_of(row, each.path) for each in order]
    stored = [None if value is None else str(value) for value in values]
    return _signer.sign_object([_shape(order), stored], compress=True)


def _place(token: str, order: Sequence[Order]) -> list[Any] | None:
    """The values that a token carries; None where it was not written here for this order."""
    if not token:
        return None
    try:
        shape, values = _signer.unsign_object(token)
        if shape != _shape(order) or len(values) != len(order):
            return None
        return [
            None if value is None else each.field.to_python(value)
            for value, each in zip(values, order, strict=True)
        ]
    except (BadSignature, ValidationError):  # typed into the address, or from before a column was changed
        return None


__all__ = ["LIMIT", "Order", "Page", "following", "page_of", "value_of"]
