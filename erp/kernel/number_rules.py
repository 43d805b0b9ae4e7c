"""What number series refuse, and the checks of one line. Pure.

The sales documents know the same refusals under older codes: E-NOS-DATE and E-NOS-NONE are E-NS-NOLINE here,
E-NOS-END is E-NS-END (or E-NS-NOLINE once the last number has closed the line), E-NOS-ORDER is E-NS-DATE,
E-NOS-MANUAL is E-NS-MANUAL, E-NOS-AUTO is E-NS-NODEFAULT, E-NOS-RELATED is E-NS-RELATED, W-NOS-LOW is W-NS-LOW.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from erp.kernel import number_text
from erp.kernel.errors import ErpError, Problem

SETUP = "admin:kernel_numberseries_changelist"
LOW = "W-NS-LOW"


class SeriesError(ErpError):
    """Something about a number series; mended on its card."""

    setup = SETUP


class NoSuchSeries(SeriesError):
    """The set-up names a series that does not exist."""

    code, status = "E-NS-NOSERIES", 422
    template = _("There is no number series {series}.")


class NoOpenLine(SeriesError):
    """No line starts by the date, or the newest that does is closed; an older open line does not step in."""

    code, status = "E-NS-NOLINE", 422
    template = _("Series {series} has no open line on {date}.")


class SeriesExhausted(SeriesError):
    """The next number would lie beyond the ending number."""

    code, status = "E-NS-END", 422
    template = _("Series {series} is exhausted at {number}.")


class DateOrderBroken(SeriesError):
    """The series promises that later numbers have later dates."""

    code, status = "E-NS-DATE", 422
    template = _("Series {series} cannot go back before {date}.")


class TypingNotAllowed(SeriesError):
    """A number was typed although the series assigns them."""

    code, status = "E-NS-MANUAL", 422
    template = _("Numbers of series {series} cannot be typed.")


class NumberMustBeTyped(SeriesError):
    """The series does not assign numbers by itself."""

    code, status = "E-NS-NODEFAULT", 422
    template = _("A number must be typed: series {series} does not assign one.")


class NumberTooLong(SeriesError):
    """Numbers have at most 20 characters."""

    code, status = "E-NS-LEN", 422
    template = _("Number too long: {number} has more than 20 characters.")


class PatternsDiffer(SeriesError):
    """Starting, ending, warning and last number differ in more than their digits, or are out of order."""

    code, status = "E-NS-PATTERN", 422
    template = _("Numbers of a line must share one pattern: {number} does not fit {starting_number}.")


class SeriesNotRelated(SeriesError):
    """Another series may be chosen only where a relationship allows it."""

    code, status = "E-NS-RELATED", 422
    template = _("{chosen} is not related to {series}.")


class DateOrderNeedsRows(SeriesError):
    """A sequence line does not know the last date used, so it cannot keep the order of dates."""

    code, status = "E-NS-DATEORDER", 422
    template = _("Series {series} keeps date order; its lines cannot allow gaps.")


def check_line(line) -> list[Problem]:
    """What is wrong with a number series line, field by field; also used by its form."""
    found: list[Problem] = []
    first, ends = line.starting_number, ("starting_number", "ending_number")
    if not number_text.has_digits(first):
        found.append(
            PatternsDiffer(number=first, starting_number="A0001").as_problem(field="starting_number")
        )
        return found
    for field in ("starting_number", "ending_number", "warning_number", "last_number_used"):
        number = getattr(line, field)
        if len(number) > number_text.MAX_LENGTH:
            found.append(NumberTooLong(number=number).as_problem(field=field))
        elif number and not number_text.is_between(
            number, first, "" if field in ends else line.ending_number
        ):
            found.append(PatternsDiffer(number=number, starting_number=first).as_problem(field=field))
    if line.allows_gaps and line.series.date_order:
        found.append(DateOrderNeedsRows(series=line.series.code).as_problem(field="implementation"))
    return found


def check_range(line, number: str) -> None:
    """Refuse a number that the line may not give out: too long, or beyond its ending number."""
    if len(number) > number_text.MAX_LENGTH:
        raise NumberTooLong(number=number)
    if not number_text.is_between(number, line.starting_number, line.ending_number):
        raise SeriesExhausted(series=line.series.code, number=line.ending_number or line.starting_number)


def check_date(line, on: date) -> None:
    """Refuse a date before the last one used, where the series keeps date order."""
    if line.series.date_order and line.last_date_used and on < line.last_date_used:
        raise DateOrderBroken(series=line.series.code, date=line.last_date_used)


def check_low(line, number: str) -> list[Problem]:
    """A warning when the line is running out."""
    if not line.warning_number or number_text.order(number) < number_text.order(line.warning_number):
        return []
    message = _("Series {series} is running out: {number} of {last}.").format(
        series=line.series.code, number=number, last=line.ending_number or "…"
    )
    return [Problem(LOW, message, setup=SETUP)]
