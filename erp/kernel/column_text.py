"""Many values at once as text: rows for COPY, columns as arrays.

Put together by column and not by row: most columns of a ledger hold one value, and nearly all others one type.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

Adapter = Callable[[Any], Any]
Writer = Callable[[Any], str]

_WRITERS: dict[type, Writer] = {
    bool: lambda value: "t" if value else "f",
    int: lambda value: str(int(value)),
    Decimal: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    UUID: str,
    float: repr,
}
_IN_ROWS = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_IN_ARRAYS = str.maketrans({"\\": r"\\", '"': r"\""})


class _Form(NamedTuple):
    """How values stand in a text. `is_special` finds what keeps a string from standing there as it is."""

    null: str
    string: Writer
    is_special: Callable[[str], Any]


_ROWS = _Form(r"\N", lambda value: str(value).translate(_IN_ROWS), re.compile(r"[\\\t\n\r]").search)
_ARRAYS = _Form("NULL", lambda value: f'"{str(value).translate(_IN_ARRAYS)}"', lambda _text: True)


def copy_text(adapters: Sequence[Adapter | None], rows: Sequence[Sequence]) -> str:
    """Rows as COPY reads them.

    adapters  of each column: turns a value into text, a number, a date, a time, a UUID or None; None where it is one
    raises    TypeError for a value of another type
    """
    columns = zip(*rows, strict=True)
    texts = [_texts(adapt, values, _ROWS) for adapt, values in zip(adapters, columns, strict=True)]
    return "\n".join(map("\t".join, zip(*texts, strict=True))) + "\n"


def array_text(adapt: Adapter | None, values: Sequence[Any]) -> str:
    """Values, at least one, as an array of PostgreSQL is written; see `copy_text`."""
    return f"{{{','.join(_texts(adapt, values, _ARRAYS))}}}"


def _texts(adapt: Adapter | None, values: Sequence[Any], form: _Form) -> Sequence[str]:
    first, kinds = values[0], set(map(type, values))
    if len(kinds) == 1 and _are_one(first, values):
        return [_text(adapt(first) if adapt else first, form)] * len(values)
    if adapt is not None:
        values = list(map(adapt, values))
        kinds = set(map(type, values))
    if kinds == {str} and not form.is_special("".join(values)):
        return values
    if len(kinds) == 1:
        return list(map(_writer(kinds.pop(), form), values))
    return [_text(value, form) for value in values]


def _are_one(first: Any, values: Sequence[Any]) -> bool:
    """Whether all values, of one type, are written alike; [1] equals [True] and is not."""
    if isinstance(first, dict | list):
        return all(value is first for value in values)
    return values.count(first) == len(values)


def _text(value: Any, form: _Form) -> str:
    return _writer(type(value), form)(value)


@cache
def _writer(kind: type, form: _Form) -> Writer:
    if kind is type(None):
        return lambda _value: form.null
    if issubclass(kind, str):
        return form.string
    for known, write in _WRITERS.items():
        if issubclass(kind, known):
            return write
    raise TypeError(f"Cannot write a {kind.__name__}")
