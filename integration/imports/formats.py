"""How a file writes numbers, dates and yes: texts into values, strictly."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from integration.imports.errors import BadValue

YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"no", "n", "false", "0"})
LONGEST_NUMBER = 25  # signs: no column holds more, and everything shorter is computed exactly
SAMPLE_DAY = date(2026, 12, 31)

Value = str | Decimal | date | bool | None


class Formats(NamedTuple):
    """How numbers and dates are written in one place.

    decimal    the decimal sign
    thousands  what separates groups of three digits, or nothing; a blank stands for every kind of space
    dates      patterns as of strptime, tried in turn
    """

    decimal: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ("%Y-%m-%d",)


USUAL = Formats()


class Found(NamedTuple):
    """A value on its way from a file to a field, with what is needed to read it and to complain about it."""

    value: Value
    column: str = ""
    formats: Formats = USUAL

    @property
    def is_empty(self) -> bool:
        return self.value is None or self.value == ""

    def refuse(self, reason: str) -> BadValue:
        return BadValue(reason, column=self.column, value=as_text(self.value))


def as_text(value: Value) -> str:
    """As a person would write it: no exponent, no needless zeros, dates as 2026-12-31, one line."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(value.split())


def as_number(found: Found) -> Decimal | None:
    value = found.value
    if isinstance(value, Decimal):
        return value
    if found.is_empty:
        return None
    if (
        isinstance(value, str)
        and len(value) <= LONGEST_NUMBER
        and (matched := _number(found.formats.decimal, found.formats.thousands)(value.strip()))
    ):
        return Decimal(_plain_digits(matched, found.formats))
    sample = f"1{found.formats.thousands}234{found.formats.decimal}56"
    raise found.refuse(_("is not a number like {sample}").format(sample=sample))


def as_date(found: Found) -> date | None:
    value = found.value
    if isinstance(value, date):
        return value
    if found.is_empty:
        return None
    if isinstance(value, str):
        for pattern in found.formats.dates:
            try:
                return parse_date(value.strip(), pattern)
            except ValueError:
                continue
    samples = " / ".join(SAMPLE_DAY.strftime(pattern) for pattern in found.formats.dates)
    raise found.refuse(_("is not a date like {sample}").format(sample=samples))


def as_flag(found: Found) -> bool | None:
    value = found.value
    if isinstance(value, bool):
        return value
    if found.is_empty:
        return None
    word = as_text(value).lower()
    if word in YES or word in NO:
        return word in YES
    raise found.refuse(_("is neither yes nor no; map other words to them"))


def plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=8192)
def parse_date(text: str, pattern: str) -> date:
    """raises  ValueError"""
    return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone


@lru_cache(maxsize=64)
def _number(decimal: str, thousands: str):
    group = r"[\s\u00a0\u202f]" if thousands == " " else re.escape(thousands)
    whole = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    point = re.escape(decimal)
    return re.compile(rf"([+-]?)(?:({whole})(?:{point}([0-9]*))?|{point}([0-9]+))(-?)").fullmatch


def _plain_digits(matched: re.Match, formats: Formats) -> str:
    """Without groups, with a point, with the minus in front wherever it stood."""
    sign, whole, places, only_places, behind = matched.groups()
    digits = "".join(filter(str.isdigit, whole or "0"))
    return f"{'-' if '-' in (sign, behind) else ''}{digits}.{places or only_places or '0'}"
