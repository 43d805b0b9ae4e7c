"""Drawing numbers from number series.

    number = next_number("SALES-INV", on=posting_date)          gapless: draw it last, the others wait
    numbers = next_numbers("SALES-SHIP", on=posting_date, count=40)
    number = number_for("CUST", typed=form.number, on=today)    typed where the series allows it, else drawn

A gapless series locks its line until the transaction ends; a rollback gives the number back. A series that allows
gaps draws from a database sequence and waits for nobody; a rollback loses the number. Codes of the refusals:
`number_rules`.
"""

import logging
from datetime import date

from django.db import connections, router
from django.db.transaction import TransactionManagementError

from erp.kernel import number_rules, number_text
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.models.numbering import NumberSeries, NumberSeriesLine, NumberSeriesRelationship
from erp.kernel.prepared import Statement
from erp.kernel.together import write

logger = logging.getLogger(__name__)

# The line that serves a date: the newest starting date, the first open one of it. Asked for every document, hence
# written out: the ORM takes longer to put it together than the database to answer.
COLUMNS = [field.attname for field in NumberSeriesLine._meta.concrete_fields]
CHOSEN = f"""
SELECT series.date_order, {", ".join(f"line.{name}" for name in COLUMNS)}
FROM kernel_numberseriesline AS line JOIN kernel_numberseries AS series ON series.id = line.series_id
WHERE line.id = (
    SELECT candidate.id
    FROM kernel_numberseriesline AS candidate JOIN kernel_numberseries AS wanted ON wanted.id = candidate.series_id
    WHERE wanted.code = %s AND (candidate.starting_date IS NULL OR candidate.starting_date <= %s)
    ORDER BY candidate.starting_date DESC NULLS LAST, candidate.is_open DESC, candidate.line_no
    LIMIT 1)
"""
LOCKED = Statement(f"{CHOSEN} AND line.implementation = 'normal' FOR NO KEY UPDATE OF line")
UNLOCKED = Statement(CHOSEN)
MOVED_ON = Statement(
    "UPDATE kernel_numberseriesline SET last_number_used = %s, last_date_used = %s, is_open = %s WHERE id = %s"
)


def next_number(series_code: str, *, on: date, warnings: list[Problem] | None = None) -> str:
    """Draw the next number of a series for a date; see `next_numbers`."""
    return next_numbers(series_code, on=on, count=1, warnings=warnings)[0]


def next_numbers(
    series_code: str, *, on: date, count: int, warnings: list[Problem] | None = None
) -> list[str]:
    """Draw so many numbers of a series for a date, in ascending order.

    on        the document's date: picks the line with the newest starting date, and keeps date order
    count     at least 1; all of them or none
    warnings  a list that receives the "running out" warning; it is logged as well
    returns   the numbers; gapless and consecutive from a normal line, which stays locked until the end of the
              transaction; perhaps with gaps from a sequence line, which is never locked
    raises    E-NS-NOSERIES, E-NS-NOLINE, E-NS-DATE, E-NS-END, E-NS-LEN; TransactionManagementError when a gapless
              number is drawn outside a transaction

    A gapless draw is two statements: one that locks the line, one that moves it on.
    """
    if count < 1:
        raise ValueError("next_numbers draws at least one number")
    line, numbers = None, []
    while not numbers:  # once, unless somebody switches the line's implementation this very moment
        line = _locked_line(series_code, on)
        if line is not None:
            numbers = _draw_from_line(line, on, count)
        else:
            line = _unlocked_line(series_code, on)
            numbers = _draw_from_sequence(line, count) if line.allows_gaps else []
    low = number_rules.check_low(line, numbers[-1])
    for warning in low:
        logger.warning(warning.message)
    if warnings is not None:
        warnings.extend(low)
    return numbers


def peek_number(series_code: str, *, on: date) -> str:
    """The number that `next_number` would give now; nothing is drawn, locked or promised."""
    line = _unlocked_line(series_code, on)
    number_rules.check_date(line, on)
    steps = _sequence_position(line) if line.allows_gaps else 1
    number = line.number_after(line.last_number_used, steps)
    number_rules.check_range(line, number)
    return number


def peek_numbers(series_code: str, *, on: date, count: int) -> list[str]:
    """The next numbers, as far as the series has them; like `peek_number` they are shown and not promised."""
    line = _unlocked_line(series_code, on)
    number_rules.check_date(line, on)
    first = _sequence_position(line) if line.allows_gaps else 1
    found = []
    for step in range(first, first + count):
        number = line.number_after(line.last_number_used, step)
        if not number_text.is_between(number, line.starting_number, line.ending_number):
            break
        found.append(number)
    return found


def last_number(line: NumberSeriesLine) -> str:
    """The last number a line has given out, also where a sequence knows it; empty before the first."""
    steps = _sequence_position(line) - 1 if line.allows_gaps else 0
    return line.number_after(line.last_number_used, steps) if steps else line.last_number_used


def number_for(series_code: str, *, typed: str = "", on: date, warnings: list[Problem] | None = None) -> str:
    """The typed number where the series allows typing, else the next one; raises ProblemsFound."""
    raise_problems(series_code, check_typed_number(series_code, typed))
    return typed.strip() or next_number(series_code, on=on, warnings=warnings)


def check_typed_number(series_code: str, typed: str) -> list[Problem]:
    """What is wrong with a number that somebody typed, or left blank for the series to assign."""
    series = NumberSeries.objects.filter(code=series_code).first()
    typed = typed.strip()
    if series is None:
        return [number_rules.NoSuchSeries(series=series_code).as_problem(field="number")]
    if not typed:
        refusal = None if series.default_numbers else number_rules.NumberMustBeTyped(series=series_code)
    elif not series.manual_numbers:
        refusal = number_rules.TypingNotAllowed(series=series_code)
    else:
        refusal = number_rules.NumberTooLong(number=typed) if len(typed) > number_text.MAX_LENGTH else None
    return [refusal.as_problem(field="number")] if refusal else []


def check_related(series_code: str, chosen_code: str) -> list[Problem]:
    """Whether another series may be chosen instead of the one that the set-up names."""
    if series_code == chosen_code or chosen_code in related_series(series_code):
        return []
    return [
        number_rules.SeriesNotRelated(chosen=chosen_code, series=series_code).as_problem(
            field="number_series"
        )
    ]


def related_series(series_code: str) -> list[str]:
    """The codes of the series that may be chosen instead, in order."""
    rows = NumberSeriesRelationship.objects.filter(series__code=series_code)
    return list(rows.order_by("related__code").values_list("related__code", flat=True))


def _locked_line(series_code: str, on: date) -> NumberSeriesLine | None:
    """The line that serves the date, locked; None where it allows gaps, or where there is none."""
    if not _connection().in_atomic_block:
        if _unlocked_line(series_code, on).allows_gaps:
            return None
        raise TransactionManagementError("A gapless number is drawn within the transaction that uses it")
    line = _line(LOCKED, series_code, on)
    if line is not None and not line.is_open:
        line = _line(LOCKED, series_code, on)  # closed while we waited: another line of that date may be open
        if line is not None and not line.is_open:
            raise number_rules.NoOpenLine(series=series_code, date=on)
    return line


def _unlocked_line(series_code: str, on: date) -> NumberSeriesLine:
    line = _line(UNLOCKED, series_code, on)
    if line is None and not NumberSeries.objects.filter(code=series_code).exists():
        raise number_rules.NoSuchSeries(series=series_code)
    if line is None or not line.is_open:
        raise number_rules.NoOpenLine(series=series_code, date=on)
    return line


def _line(statement: Statement, series_code: str, on: date) -> NumberSeriesLine | None:
    connection = _connection()
    with connection.cursor() as cursor:
        statement.execute(cursor, [series_code, on])
        found = cursor.fetchone()
    if found is None:
        return None
    date_order, *columns = found
    values = dict(zip(COLUMNS, columns, strict=True))
    series = NumberSeries(pk=values.pop("series_id"), code=series_code, date_order=date_order)
    return NumberSeriesLine(**values, series=series)


def _draw_from_line(line: NumberSeriesLine, on: date, count: int) -> list[str]:
    number_rules.check_date(line, on)
    numbers = [line.number_after(line.last_number_used, step) for step in range(1, count + 1)]
    number_rules.check_range(line, numbers[-1])
    line.last_number_used = numbers[-1]
    line.last_date_used = max(on, line.last_date_used or on)
    line.is_open = numbers[-1] != line.ending_number
    write(_connection(), MOVED_ON, [line.last_number_used, line.last_date_used, line.is_open, line.pk])
    return numbers


def _draw_from_sequence(line: NumberSeriesLine, count: int) -> list[str]:
    if line.series.date_order:
        raise number_rules.DateOrderNeedsRows(series=line.series.code)
    with _connection().cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [line.sequence_name, count]
        )
        numbers = [line.number_after(line.last_number_used, step) for (step,) in cursor.fetchall()]
    for number in numbers:
        number_rules.check_range(line, number)
    if line.ending_number and numbers[-1] == line.ending_number:
        # Whoever else is at the line keeps it; the next draw finds the series exhausted all the same.
        free = NumberSeriesLine.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=line.pk)
        NumberSeriesLine.objects.filter(pk__in=free.values("pk")).update(is_open=False)
    return numbers


def _sequence_position(line: NumberSeriesLine) -> int:
    """How many steps after `last_number_used` the sequence stands next."""
    connection = _connection()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT last_value + is_called::int FROM {connection.ops.quote_name(line.sequence_name)}"
        )
        return cursor.fetchone()[0]


def _connection():
    return connections[router.db_for_write(NumberSeriesLine)]
