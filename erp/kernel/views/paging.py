"""A long list, one page at a time, by the key of its rows: the millionth page costs what the first one does."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

LIMIT = 50


@dataclass(frozen=True)
class Page:
    """The rows of a page; `after` and `before` are the keys for its neighbours, None where there are none."""

    rows: list[Any]
    after: Any = None
    before: Any = None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(
    rows: QuerySet, request: HttpRequest, *, key: str = "pk", descending: bool = True, limit: int = LIMIT
) -> Page:
    """The page that ?after= or ?before= asks for, in the order of a unique column.

    key         the column; no row is counted and none is skipped over
    descending  the newest, or highest, first
    """
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    backwards = bool(before) and not after
    downwards = descending != backwards
    bound = _clean(rows, key, after or before)
    if bound is not None:
        rows = rows.filter(**{f"{key}__{'lt' if downwards else 'gt'}": bound})
    found = list(rows.order_by(f"{'-' if downwards else ''}{key}")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    first, last = _key(found[0], key), _key(found[-1], key)
    has_previous = more if backwards else bound is not None
    has_next = True if backwards else more
    return Page(found, after=last if has_next else None, before=first if has_previous else None)


def _clean(rows: QuerySet, key: str, text: str) -> Any:
    """The typed key as a value of its column; None where it is none."""
    if not text or "\0" in text:
        return None
    field = rows.model._meta.pk if key == "pk" else rows.model._meta.get_field(key)
    try:
        return field.get_prep_value(text)
    except (ValueError, TypeError):
        return None


def _key(row: Any, key: str) -> Any:
    return row[key] if isinstance(row, dict) else getattr(row, key)
