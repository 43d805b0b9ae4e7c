"""What people type to filter a column, read into a condition.

    a..b  ..b  a..     from, up to, between            x|y        this or that
    <>x   < <= > >=    not, and comparisons            x&y        this and that; binds closer than |
    *  ?               any letters, one letter         ''         blank
    @x                 also whatever the accents       'a|b'      a text that has signs like these in it
    %me                me, or my salesperson           %mycustomers  %myitems

Upper and lower case are the same, but between quotes. Days know t, w, mon, 0103, t+5, and periods: 2026, q1, q-1, m,
y, jan, jan 2026. Whatever is typed is a filter or a `Refusing` that says why not; nothing that is typed fails later.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.models import F, Func, Model, Q, TextField, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact, IRegex
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.listing.days import read_period
from erp.kernel.listing.declaration import Column, Facts, Kind, Refusing, choices_of, field_of
from erp.kernel.listing.tokens import read_token
from erp.kernel.search import FROM, TO
from erp.kernel.typed import read_figure

LONGEST, MOST_TERMS = 300, 60
COMPARISONS = ("<>", "<=", ">=", "<", ">", "=")
LARGEST = Decimal(10) ** 15
ACCENTS = str.maketrans(FROM, TO)


class Span(NamedTuple):
    """What was meant: one value (both ends the same) or a period."""

    low: Any
    high: Any


@dataclass(frozen=True)
class Reader:
    """What it takes to read a filter on one column."""

    column: Column
    model: type[Model]
    facts: Facts

    def refuse(self, text: str, expected: str) -> Refusing:
        message = _("{column}: “{text}” cannot be read. {expected}")
        return Refusing(
            Problem(
                "E-FILTER",
                message.format(column=self.column.label, text=text, expected=expected),
                field=self.column.name,
            )
        )


def condition(text: str, column: Column, *, model: type[Model], facts: Facts) -> Q:
    """The condition that a typed filter sets on a column; raises Refusing."""
    reader = Reader(column, model, facts)
    if "\0" in text or len(text) > LONGEST:
        raise reader.refuse(
            text.replace("\0", "")[:30], _("A filter has at most {n} signs.").format(n=LONGEST)
        )
    if not text.strip():
        return Q()
    ways = [_split(part, "&") for part in _split(text, "|")]
    if sum(map(len, ways)) > MOST_TERMS:
        raise reader.refuse(text[:30], _("A filter has at most {n} parts.").format(n=MOST_TERMS))
    return reduce(or_, [reduce(and_, [_term(part.strip(), reader) for part in way]) for way in ways])


def quoted(text: str) -> str:
    """A value as a filter that means exactly it: for links to filtered lists."""
    plain = not re.search(r"[|&<>=*?@%'\s]|\.\.", text) and text
    return text if plain else f"'{text}'"


def _split(text: str, mark: str) -> list[str]:
    """Parts between marks that are outside of quotes."""
    parts, quotes = [""], False
    for letter in text:
        if letter == "'":
            quotes = not quotes
        if letter == mark and not quotes:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _term(text: str, reader: Reader) -> Q:
    if not text:
        raise reader.refuse("|", _("Something is missing before or after | or &."))
    sign = next((sign for sign in COMPARISONS if text.startswith(sign)), "")
    rest = text[len(sign) :].strip()
    if rest == "''":
        if sign in ("<", "<=", ">", ">="):
            raise reader.refuse(text, _("Blank is neither more nor less than anything: type '' or <>''."))
        return ~_blank(reader) if sign == "<>" else _blank(reader)
    if not rest:
        raise reader.refuse(text, _("A value is missing after {sign}.").format(sign=sign))
    if rest.startswith("%"):
        return _token(rest, sign, text, reader)
    low, dots, high = _range(rest)
    if dots:
        if sign not in ("", "=", "<>"):
            raise reader.refuse(text, _("Type either {sign} or a range.").format(sign=sign))
        found = _between(low, high, text, reader)
        return ~found if sign == "<>" else found
    return _compare(sign, rest, text, reader)


def _range(text: str) -> tuple[str, str, str]:
    if text.startswith("'") and text.endswith("'") and len(text) > 1 and "'" not in text[1:-1]:
        return text, "", ""
    low, dots, high = text.partition("..")
    return low.strip(), dots, high.lstrip(".").strip()


def _blank(reader: Reader) -> Q:
    path, kind = reader.column.path, reader.column.kind
    if kind is Kind.YES_NO:
        raise reader.refuse("''", _("Type yes or no."))
    none = Q(**{f"{path}__isnull": True})
    if kind in (Kind.DAY, Kind.MOMENT):
        return none
    return none | Q(**{path: 0 if reader.column.is_figure else ""})


def _token(rest: str, sign: str, text: str, reader: Reader) -> Q:
    if sign not in ("", "=", "<>") or reader.column.kind not in (Kind.TEXT, Kind.CODE):
        raise reader.refuse(
            text, _("Words with % stand alone, in columns of codes: %me, %mycustomers, %myitems.")
        )
    meant = read_token(rest[1:].lower(), reader.column, reader.facts)
    if isinstance(meant, str):
        raise reader.refuse(text, meant)
    found = Q(**{f"{reader.column.path}__in": meant})
    return ~found if sign == "<>" else found


def _between(low: str, high: str, text: str, reader: Reader) -> Q:
    kind = reader.column.kind
    if kind in (Kind.CHOICE, Kind.YES_NO):
        raise reader.refuse(text, _expected(reader))
    if not low and not high:
        raise reader.refuse(text, _("A range has a beginning or an end: a.., ..b or a..b."))
    found = Q()
    if low:
        found &= _at_least(_span(low, reader).low, reader)
    if high:
        found &= _at_most(_span(high, reader).high, reader)
    return found


def _compare(sign: str, rest: str, text: str, reader: Reader) -> Q:
    kind = reader.column.kind
    if kind in (Kind.CHOICE, Kind.YES_NO):
        if sign not in ("", "=", "<>"):
            raise reader.refuse(text, _expected(reader))
        found = _chosen(rest, reader)
        return ~found if sign == "<>" else found
    if sign in ("", "=", "<>"):
        found = _same(rest, reader)
        return ~found if sign == "<>" else found
    span = _span(rest, reader)
    if sign == "<":
        return ~_at_least(span.low, reader) & _known(reader)
    if sign == "<=":
        return _at_most(span.high, reader)
    if sign == ">":
        return ~_at_most(span.high, reader) & _known(reader)
    return _at_least(span.low, reader)


def _known(reader: Reader) -> Q:
    return Q(**{f"{reader.column.path}__isnull": False})


def _at_least(value: Any, reader: Reader) -> Q:
    if reader.column.kind is Kind.MOMENT:
        return Q(**{f"{reader.column.path}__gte": _start(value)})
    return Q(**{f"{reader.column.path}__gte": value})


def _at_most(value: Any, reader: Reader) -> Q:
    if reader.column.kind is Kind.MOMENT:
        return Q(**{f"{reader.column.path}__lt": _start(value + timedelta(days=1))})
    return Q(**{f"{reader.column.path}__lte": value})


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _same(text: str, reader: Reader) -> Q:
    kind, path = reader.column.kind, reader.column.path
    if kind in (Kind.TEXT, Kind.CODE):
        return _same_text(text, reader)
    span = _span(text, reader)
    if span.low == span.high and kind is not Kind.MOMENT:
        return Q(**{path: span.low})
    return _at_least(span.low, reader) & _at_most(span.high, reader)


def _same_text(text: str, reader: Reader) -> Q:
    path = reader.column.path
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        return Q(**{path: text[1:-1].replace("'", "")})
    if text.startswith("@"):
        return _whatever_accents(text[1:], path)
    if "*" not in text and "?" not in text:
        if reader.column.kind is Kind.CODE:
            return Q(**{f"{path}__in": list(dict.fromkeys((text, text.upper())))})
        return Q(**{f"{path}__iexact": text})
    inner = text.strip("*")
    if "*" in inner or "?" in inner or not inner:
        return Q(**{f"{path}__iregex": _pattern(text)})
    lookup = {(True, True): "icontains", (True, False): "iendswith", (False, True): "istartswith"}
    return Q(**{f"{path}__{lookup[text.startswith('*'), text.endswith('*')]}": inner})


class _Plain(Func):
    """A text without its accents, as the search compares it."""

    function = "TRANSLATE"
    output_field = TextField()

    def __init__(self, path: str):
        super().__init__(F(path), Value(FROM), Value(TO))


def _whatever_accents(text: str, path: str) -> Q:
    plain = text.translate(ACCENTS).lower()
    if "*" in text or "?" in text:
        return Q(IRegex(_Plain(path), Value(_pattern(plain))))
    return Q(Exact(Lower(_Plain(path)), Value(plain)))


def _pattern(text: str) -> str:
    letters = {"*": ".*", "?": "."}
    return "^" + "".join(letters.get(letter) or re.escape(letter) for letter in text) + "$"


def _chosen(text: str, reader: Reader) -> Q:
    path = reader.column.path
    if reader.column.kind is Kind.YES_NO:
        yes = {"yes", "true", "1", _("Yes").lower()}
        no = {"no", "false", "0", _("No").lower()}
        word = text.strip("'").lower()
        if word not in yes | no:
            raise reader.refuse(text, _("Type yes or no."))
        return Q(**{path: word in yes})
    word = text.strip("'").removeprefix("@").lower()
    matches: Callable[[str], bool] = word.__eq__
    if "*" in word or "?" in word:
        pattern = re.compile(_pattern(word).removeprefix("^").removesuffix("$"), re.DOTALL)
        matches = lambda name: pattern.fullmatch(name) is not None  # noqa: E731
    known = choices_of(reader.column, reader.model)
    found = [value for value, label in known if matches(str(value).lower()) or matches(label.lower())]
    if not found:
        raise reader.refuse(text, _expected(reader))
    return Q(**{f"{path}__in": found})


def _span(text: str, reader: Reader) -> Span:
    """What a value means in this column; raises Refusing."""
    kind = reader.column.kind
    if kind in (Kind.TEXT, Kind.CODE):
        return Span(text.strip("'"), text.strip("'"))
    if kind in (Kind.DAY, Kind.MOMENT):
        found = read_period(text.strip("'"), today=reader.facts.today, work_date=reader.facts.work_date)
        if found is None:
            raise reader.refuse(text, _expected(reader))
        return Span(*found)
    figure = read_figure(text.strip("'"))
    if isinstance(figure, Problem) or not figure.is_finite() or abs(figure) >= LARGEST:
        raise reader.refuse(text, _expected(reader))
    if kind is Kind.NUMBER:
        if figure != figure.to_integral_value():
            raise reader.refuse(text, _expected(reader))
        return Span(int(figure), int(figure))
    return Span(figure, figure)


def _expected(reader: Reader) -> str:
    kind = reader.column.kind
    if kind is Kind.CHOICE:
        labels = ", ".join(label for _value, label in choices_of(reader.column, reader.model) if label != "–")
        return _("Type one of: {choices}.").format(choices=labels)
    if kind is Kind.YES_NO:
        return _("Type yes or no.")
    if kind in (Kind.DAY, Kind.MOMENT):
        return _(
            "Type a day, t for today, w for the work date, a period like q1 or 2026, or a range like m-1..t."
        )
    return _("Type a figure, a range like 10..20, or >100.")


def suits(column: Column, model: type[Model]) -> bool:
    """Whether a column's declared path leads to a field of the model; for a test of every list."""
    return column.is_derived or not column.expression or field_of(model, column.expression) is not None
