"""What people type where a figure or a day is wanted, in the reader's own locale and with a clerk's shorthand.

    read_figure("19+19")      38
    read_figure("20-")        -20
    read_figure("1.234,5")    1234.5 where the reader writes decimals with a comma

    read_day("t+5")           five days from today; w: from the work date; t+2W, w-1M: a date formula
    read_day("0103")          1 March (3 January where people write the month first)
    read_day("mon")           Monday of the week of the work date

Either returns the value, or the Problem that says what was typed and what would do. Blank is for the caller.
"""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from decimal import Decimal, DecimalException, localcontext
from typing import NamedTuple

from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from erp.kernel.errors import ErpError, Problem
from erp.kernel.periods import DateFormula

LONGEST = 60
FIRST_YEAR, LAST_YEAR = 1900, 2199
_BLANKS = str.maketrans(
    {" ": None, "\u00a0": None, "\u202f": None, "'": None, "−": "-", "–": "-", "×": "*", "÷": "/"}
)
_NUMBER = re.compile(r"[\d.,]+", re.ASCII)
_SUM = re.compile(r"[\d.+*/()-]+", re.ASCII)


class Days(NamedTuple):
    """What "w" and "t" stand for; the work date also completes "15" and "0103"."""

    work_date: date
    today: date


_days: ContextVar[Callable[[], Days] | None] = ContextVar("days", default=None)


@contextmanager
def working_on(days: Callable[[], Days]) -> Iterator[None]:
    """The days of whoever types meanwhile; asked only when a day is read."""
    token = _days.set(days)
    try:
        yield
    finally:
        _days.reset(token)


def read_figure(text: str, *, places: int = 5) -> Decimal | Problem:
    """A figure, or a small sum of + - * / and brackets; "20-" is minus 20.

    places  decimals that the result of a sum is rounded to; what is typed as it stands keeps all of its decimals
    """
    typed = text.strip()
    compact = typed.translate(_BLANKS).removeprefix("=")
    if len(compact) > LONGEST or not compact:
        return _no_figure(typed)
    if compact[-1] == "-" and _NUMBER.fullmatch(compact[:-1]):
        compact = f"-{compact[:-1]}"
    plain = _NUMBER.sub(lambda found: _plain_number(found.group()), compact)
    if "?" in plain or not _SUM.fullmatch(plain):
        return _no_figure(typed)
    if re.fullmatch(r"[+-]?\d*\.?\d+", plain):
        return Decimal(plain)
    try:
        with localcontext(prec=40):
            value = _value(ast.parse(plain, mode="eval").body)
            rounded = round(value, places).normalize()
            return rounded if rounded.as_tuple().exponent <= 0 else rounded.quantize(Decimal(1))
    except (SyntaxError, ValueError, DecimalException, RecursionError):
        return _no_figure(typed)


def read_day(text: str, *, work_date: date | None = None, today: date | None = None) -> date | Problem:
    """A day between 1900 and 2199: what lies further off was mistyped, and leads out of the calendar.

    work_date  the reader's; None: that of the request. Where there is none either, only whole days are read
    today      what "t" stands for; None: the work date, or the day of the request
    """
    typed = text.strip()
    ask = _days.get()
    days = Days(work_date, today or work_date) if work_date else (ask() if ask else None)
    try:
        found = _day(typed.lower(), days)
    except (ValueError, OverflowError, ErpError):
        found = None
    if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR:
        return found
    message = _(
        "Enter a valid date: “{text}” is none. Type it like {example}, or t for today, w for the work date, t+5, mon."
    )
    example = (days.work_date if days else date(2026, 1, 31)).strftime(_EXAMPLES[_order()])
    return Problem("E-TYPED-DAY", message.format(text=typed, example=example))


_EXAMPLES = {"dmy": "%d%m%y", "mdy": "%m%d%y", "ymd": "%y%m%d"}


def _no_figure(typed: str) -> Problem:
    message = _("Enter a number: “{text}” is none. Type it like {example}.")
    mark = get_format("DECIMAL_SEPARATOR")
    return Problem("E-TYPED-FIGURE", message.format(text=typed, example=f"12{mark}5"))


def _plain_number(text: str) -> str:
    """A number of the reader's locale as Python writes it; "?" for what is none.

    A mark of thousands counts where three digits follow it. Where it cannot be one, a point is a decimal point: the
    figures of other programs are read as well.
    """
    decimal, group = get_format("DECIMAL_SEPARATOR"), get_format("THOUSAND_SEPARATOR")
    if group in (",", ".") and re.fullmatch(
        rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d*)?", text
    ):
        text = text.replace(group, "")
    if decimal == "," and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    if "," in text or text.count(".") > 1 or text == ".":
        return "?"
    whole, _point, part = text.partition(".")
    return f"{whole.lstrip('0') or '0'}.{part}" if part else whole.lstrip("0") or "0"


def _value(node: ast.expr) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number)) if isinstance(number, float) else Decimal(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left) + _value(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left) - _value(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left) * _value(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _value(left) / _value(right)
    raise ValueError("no sum")


def _day(text: str, days: Days | None) -> date | None:
    if not text or len(text) > LONGEST:
        return None
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        return date(*map(int, text.split("-")))
    if days is None:
        is_whole = (text.isdecimal() and len(text) > 4) or len(re.split(r"[\s./-]+", text)) == 3
        if not is_whole or not text[0].isdecimal():
            return None
        days = Days(date.min, date.min)
    work_date, today = days
    if text.isdecimal() and text.isascii():
        return _of_digits(text, work_date)
    named = _named(text, work_date, today)
    if named is not None:
        return named
    parts = [part for part in re.split(r"[\s./-]+", text) if part]
    return _of_parts(parts, work_date)


def _named(text: str, work_date: date, today: date) -> date | None:
    """t, w, t+5, w-2W, mon."""
    letters = {
        pgettext("letter for today", "t").lower(): today,
        pgettext("letter for the work date", "w").lower(): work_date,
    }
    for letter, day in ({"t": today, "w": work_date} | letters).items():
        if text == letter:
            return day
        found = re.fullmatch(rf"{re.escape(letter)}\s*([+-])\s*(\w+)", text)
        if found:
            steps = found.group(2)
            formula = f"{steps}D" if steps.isdecimal() else steps.upper()
            return DateFormula.parse(f"{found.group(1)}{formula}").on(day)
    place = _by_beginning(text, [WEEKDAYS[number] for number in range(7)], "Monday")
    if place is not None:
        return work_date + timedelta(days=place - work_date.weekday())
    return None


def _of_digits(text: str, work_date: date) -> date | None:
    order, two = _order(), [text[place : place + 2] for place in range(0, len(text), 2)]
    if len(text) <= 2:
        return work_date.replace(day=int(text))
    if len(text) == 4:
        named = dict(zip([part for part in order if part != "y"], map(int, two), strict=True))
        return date(work_date.year, named["m"], named["d"])
    if len(text) == 6:
        named = dict(zip(order, map(int, two), strict=True))
        return date(_century(named["y"]), named["m"], named["d"])
    if len(text) == 8:
        if order == "ymd" or text[:2] in ("19", "20"):
            year_first = [text[:4], text[4:6], text[6:]]
            if order == "ymd" or int(text[4:]) < 1900:
                return date(*map(int, year_first))
        named = dict(zip(order, map(int, [text[:2], text[2:4], text[4:]]), strict=True))
        return date(named["y"], named["m"], named["d"])
    return None


def _of_parts(parts: list[str], work_date: date) -> date | None:
    """1.3, 1/3/26, 2026-3-1, 1 Mar 2026."""
    if not 2 <= len(parts) <= 3:
        return None
    for place, part in enumerate(parts):
        if not part.isdecimal():
            month = _by_beginning(part, [MONTHS[number] for number in range(1, 13)], "January")
            others = [int(other) for at, other in enumerate(parts) if at != place]
            if month is None:
                return None
            year = _century(others[1]) if len(others) == 2 else work_date.year
            return date(year, month + 1, others[0])
    order = "ymd" if len(parts[0]) == 4 else _order()
    if len(parts) == 2:
        order = order.replace("y", "")
    named = dict(zip(order, map(int, parts), strict=True))
    return date(_century(named["y"]) if "y" in named else work_date.year, named["m"], named["d"])


def _by_beginning(text: str, names: list, first_in_english: str) -> int | None:
    """The place of the one name that begins so, in the reader's language or in English; two letters at least."""
    wanted = text.rstrip(".")
    if len(wanted) < 2:
        return None
    here = [str(name).lower() for name in names]
    with translation.override("en"):
        english = [str(name).lower() for name in names]
    for known in (here, english):
        found = [place for place, name in enumerate(known) if name.startswith(wanted)]
        if len(found) == 1:
            return found[0]
    return None


def _order() -> str:
    """The order in which the reader writes a day: dmy, mdy or ymd. English days are written day first here."""
    if (translation.get_language() or "en").startswith("en"):
        return "dmy"
    letters = {"d": "d", "j": "d", "m": "m", "n": "m", "M": "m", "b": "m", "y": "y", "Y": "y"}
    order = "".join(letters[letter] for letter in get_format("SHORT_DATE_FORMAT") if letter in letters)
    return order if sorted(order) == ["d", "m", "y"] else "dmy"


def _century(year: int) -> int:
    if year >= 100:
        return year
    return year + (2000 if year < 80 else 1900)
