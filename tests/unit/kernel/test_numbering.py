"""Number series: which number comes next, and which does not come at all."""

import logging
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from erp.kernel.errors import ErpError, ProblemsFound
from erp.kernel.models import NumberSeries, NumberSeriesLine, NumberSeriesRelationship
from erp.kernel.numbering import (
    check_related,
    check_typed_number,
    last_number,
    next_number,
    next_numbers,
    number_for,
    peek_number,
    related_series,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 10)
BOTH = pytest.mark.parametrize("implementation", ["normal", "sequence"])


def series(code: str = "SI", **values) -> NumberSeries:
    return NumberSeries.objects.create(code=code, **values)


def line(of: NumberSeries | None = None, **values) -> NumberSeriesLine:
    of = of or series()
    values.setdefault("line_no", 10000 * (of.lines.count() + 1))
    return NumberSeriesLine.objects.create(series=of, **{"starting_number": "SI-0001", **values})


def refusal(draw, *args, **values) -> str:
    with pytest.raises(ErpError) as caught:
        draw(*args, **values)
    return caught.value.code


@BOTH
def test_the_first_number_is_the_starting_number(implementation):
    line(implementation=implementation)
    assert [next_number("SI", on=ON) for _ in range(3)] == ["SI-0001", "SI-0002", "SI-0003"]


@BOTH
@pytest.mark.parametrize(
    ("last", "expected"), [("A099B", "A100B"), ("X9", "X10"), ("X099", "X100"), ("A9", "A10")]
)
def test_the_last_digits_grow(implementation, last, expected):
    """T109."""
    line(starting_number=last.replace("9", "0"), last_number_used=last, implementation=implementation)
    assert next_number("SI", on=ON) == expected


@BOTH
def test_many_at_once(implementation):
    """Forty shipments, numbered together."""
    line(implementation=implementation, increment_by=5)
    assert next_numbers("SI", on=ON, count=3) == ["SI-0001", "SI-0006", "SI-0011"]
    assert next_number("SI", on=ON) == "SI-0016"
    with pytest.raises(ValueError, match="at least one"):
        next_numbers("SI", on=ON, count=0)


def test_two_statements_for_a_gapless_block(django_assert_num_queries):
    line()
    with django_assert_num_queries(2):
        next_numbers("SI", on=ON, count=100)


def test_the_ending_number_closes_the_line():
    """T106: SI-0100 is the last one; afterwards there is no open line."""
    drawn_from = line(last_number_used="SI-0099", ending_number="SI-0100")
    assert next_number("SI", on=ON) == "SI-0100"
    drawn_from.refresh_from_db()
    assert (drawn_from.is_open, drawn_from.last_number_used, drawn_from.last_date_used) == (
        False,
        "SI-0100",
        ON,
    )
    with pytest.raises(ErpError, match="Series SI has no open line on 2026-03-10") as caught:
        next_number("SI", on=ON)
    assert caught.value.code == "E-NS-NOLINE"
    assert caught.value.setup == "admin:kernel_numberseries_changelist"


def test_the_last_of_the_range_then_nothing():
    """T63: SI-0999 is drawn, the next is refused; without an ending number SI-1000 follows."""
    ending = line(ending_number="SI-0999", last_number_used="SI-0998")
    assert next_number("SI", on=ON) == "SI-0999"
    assert refusal(next_number, "SI", on=ON) == "E-NS-NOLINE"
    NumberSeriesLine.objects.filter(pk=ending.pk).update(is_open=True)
    assert refusal(next_number, "SI", on=ON) == "E-NS-END"
    NumberSeriesLine.objects.filter(pk=ending.pk).update(ending_number="")
    assert next_number("SI", on=ON) == "SI-1000"


@BOTH
def test_all_of_a_block_or_nothing(implementation):
    """Three are left: four cannot be had, and three still can be from a gapless line."""
    line(last_number_used="SI-0006", ending_number="SI-0009", implementation=implementation)
    with pytest.raises(ErpError, match="Series SI is exhausted at SI-0009") as caught:
        next_numbers("SI", on=ON, count=4)
    assert caught.value.code == "E-NS-END"
    if implementation == "normal":
        assert next_numbers("SI", on=ON, count=3)[-1] == "SI-0009"


def test_an_increment_that_steps_over_the_end():
    line(last_number_used="SI-0008", ending_number="SI-0010", increment_by=5)
    assert refusal(next_number, "SI", on=ON) == "E-NS-END"


def test_a_sequence_line_closes_at_its_end_too():
    drawn_from = line(starting_number="C8", ending_number="C10", implementation="sequence")
    assert [next_number("SI", on=ON) for _ in range(3)] == ["C8", "C9", "C10"]
    drawn_from.refresh_from_db()
    assert not drawn_from.is_open
    assert refusal(next_number, "SI", on=ON) == "E-NS-NOLINE"


def test_date_order():
    """T107, T64: a series in date order does not go back before the last date used."""
    line(series(date_order=True), last_number_used="SI-0007", last_date_used=ON)
    with pytest.raises(ErpError, match="Series SI cannot go back before 2026-03-10") as caught:
        next_number("SI", on=date(2026, 3, 9))
    assert caught.value.code == "E-NS-DATE"
    assert refusal(peek_number, "SI", on=date(2026, 3, 9)) == "E-NS-DATE"
    assert next_number("SI", on=ON) == "SI-0008"


def test_without_date_order_any_date_will_do():
    drawn_from = line(last_number_used="SI-0007", last_date_used=ON)
    assert next_number("SI", on=date(2026, 3, 9)) == "SI-0008"
    drawn_from.refresh_from_db()
    assert drawn_from.last_date_used == ON


def test_the_newest_line_that_has_started_serves():
    """T108: a line per year."""
    of = series()
    line(of, starting_date=date(2025, 1, 1), starting_number="SI25-001")
    line(of, starting_date=date(2026, 1, 1), starting_number="SI26-001")
    assert next_number("SI", on=date(2025, 12, 31)) == "SI25-001"
    assert next_number("SI", on=date(2026, 1, 1)) == "SI26-001"
    assert refusal(next_number, "SI", on=date(2024, 12, 31)) == "E-NS-NOLINE"


def test_a_line_without_a_date_is_the_earliest():
    of = series()
    line(of, starting_number="OLD-1")
    line(of, starting_date=date(2026, 1, 1), starting_number="NEW-1")
    assert next_number("SI", on=date(1999, 1, 1)) == "OLD-1"
    assert next_number("SI", on=ON) == "NEW-1"


def test_an_older_open_line_does_not_step_in():
    """Last year's numbers are not used up in this year because this year's have run out."""
    of = series()
    line(of, starting_date=date(2025, 1, 1), starting_number="SI25-001")
    line(of, starting_date=date(2026, 1, 1), starting_number="SI26-001", is_open=False)
    assert refusal(next_number, "SI", on=ON) == "E-NS-NOLINE"


def test_of_lines_of_one_date_the_first_open_one_serves():
    of = series()
    line(of, starting_number="A1", ending_number="A2")
    line(of, starting_number="B1")
    assert [next_number("SI", on=ON) for _ in range(3)] == ["A1", "A2", "B1"]


@BOTH
def test_numbers_have_twenty_characters_at_most(implementation):
    line(starting_number="SI-" + "9" * 17, implementation=implementation)
    assert next_number("SI", on=ON) == "SI-" + "9" * 17
    assert refusal(next_number, "SI", on=ON) == "E-NS-LEN"


@BOTH
def test_running_low_is_a_warning(implementation, caplog):
    line(warning_number="SI-0002", ending_number="SI-0009", implementation=implementation)
    warnings = []
    with caplog.at_level(logging.WARNING):
        next_number("SI", on=ON, warnings=warnings)
        assert warnings == []
        next_number("SI", on=ON, warnings=warnings)
    assert [(warning.code, warning.message) for warning in warnings] == [
        ("W-NS-LOW", "Series SI is running out: SI-0002 of SI-0009.")
    ]
    assert "Series SI is running out" in caplog.text


@BOTH
def test_a_peek_draws_nothing(implementation):
    drawn_from = line(implementation=implementation)
    assert [peek_number("SI", on=ON) for _ in range(2)] == ["SI-0001", "SI-0001"]
    assert last_number(drawn_from) == ""
    next_numbers("SI", on=ON, count=2)
    drawn_from.refresh_from_db()
    assert peek_number("SI", on=ON) == "SI-0003"
    assert last_number(drawn_from) == "SI-0002"


def test_an_unknown_series():
    assert refusal(next_number, "NO", on=ON) == "E-NS-NOSERIES"
    assert refusal(peek_number, "NO", on=ON) == "E-NS-NOSERIES"
    assert [problem.code for problem in check_typed_number("NO", "1")] == ["E-NS-NOSERIES"]
    series("EMPTY")
    assert refusal(next_number, "EMPTY", on=ON) == "E-NS-NOLINE"


def test_typed_numbers():
    line(series(manual_numbers=False))
    assert [problem.code for problem in check_typed_number("SI", "X1")] == ["E-NS-MANUAL"]
    assert check_typed_number("SI", "") == []
    NumberSeries.objects.update(manual_numbers=True, default_numbers=False)
    assert check_typed_number("SI", "X1") == []
    assert [problem.code for problem in check_typed_number("SI", " ")] == ["E-NS-NODEFAULT"]
    assert [problem.code for problem in check_typed_number("SI", "X" * 21)] == ["E-NS-LEN"]


def test_a_typed_number_or_the_next():
    line(series(manual_numbers=True))
    assert number_for("SI", typed=" X1 ", on=ON) == "X1"
    assert number_for("SI", on=ON) == "SI-0001"
    NumberSeries.objects.update(manual_numbers=False)
    with pytest.raises(ProblemsFound, match="Numbers of series SI cannot be typed"):
        number_for("SI", typed="X1", on=ON)


def test_related_series():
    home, export, other = series("SI"), series("SI-EXP"), series("OTHER")
    NumberSeriesRelationship.objects.create(series=home, related=export)
    assert related_series("SI") == ["SI-EXP"]
    assert check_related("SI", "SI") == check_related("SI", "SI-EXP") == []
    assert [problem.code for problem in check_related("SI", other.code)] == ["E-NS-RELATED"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"starting_number": "SI-"}, "E-NS-PATTERN", "starting_number"),
        ({"ending_number": "SX-0100"}, "E-NS-PATTERN", "ending_number"),
        ({"ending_number": "SI-0000"}, "E-NS-PATTERN", "ending_number"),
        ({"ending_number": "SI-999"}, "E-NS-PATTERN", "ending_number"),
        ({"ending_number": "SI-0100", "warning_number": "SI-0101"}, "E-NS-PATTERN", "warning_number"),
        ({"warning_number": "0100"}, "E-NS-PATTERN", "warning_number"),
        ({"last_number_used": "SI-0000"}, "E-NS-PATTERN", "last_number_used"),
        ({"ending_number": "SI-" + "9" * 18}, "E-NS-LEN", "ending_number"),
    ],
)
def test_a_line_that_makes_no_sense(values, code, field):
    from erp.kernel.number_rules import check_line

    wrong = NumberSeriesLine(series=series(), **{"starting_number": "SI-0001", **values})
    assert [(problem.code, problem.field) for problem in check_line(wrong)] == [(code, field)]
    with pytest.raises(ValidationError):
        wrong.clean()


def test_lines_that_make_sense():
    for values in (
        {"ending_number": "SI-9999", "warning_number": "SI-9990", "last_number_used": "SI-0500"},
        {"ending_number": "SI-10000"},
        {},
    ):
        NumberSeriesLine(series=NumberSeries(code="SI"), starting_number="SI-0001", **values).clean()


def test_date_order_needs_a_gapless_line():
    from erp.kernel.number_rules import check_line

    wrong = NumberSeriesLine(
        series=series(date_order=True), starting_number="SI-0001", implementation="sequence"
    )
    assert [problem.code for problem in check_line(wrong)] == ["E-NS-DATEORDER"]
    wrong.save()
    assert refusal(next_number, "SI", on=ON) == "E-NS-DATEORDER"


@pytest.mark.parametrize(
    "values", [{"increment_by": 0}, {"starting_number": ""}, {"implementation": "magic"}]
)
def test_the_database_refuses_nonsense(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        line(**values)


def test_gaps_can_be_switched_on_and_off():
    """A line counts on, whichever way it counts: the database carries the last number over."""
    drawn_from = line(starting_number="D-098x", increment_by=2)
    assert next_numbers("SI", on=ON, count=2) == ["D-098x", "D-100x"]
    NumberSeriesLine.objects.update(implementation="sequence")
    assert next_numbers("SI", on=ON, count=2) == ["D-102x", "D-104x"]
    NumberSeriesLine.objects.update(implementation="normal")
    drawn_from.refresh_from_db()
    assert drawn_from.last_number_used == "D-104x"
    assert next_number("SI", on=ON) == "D-106x"
    NumberSeriesLine.objects.update(implementation="sequence")
    NumberSeriesLine.objects.update(implementation="normal")
    assert next_number("SI", on=ON) == "D-108x"


def test_switching_a_fresh_sequence_line():
    drawn_from = line(starting_number="X9", implementation="sequence")
    assert next_numbers("SI", on=ON, count=2) == ["X9", "X10"]
    NumberSeriesLine.objects.update(implementation="normal")
    drawn_from.refresh_from_db()
    assert drawn_from.last_number_used == "X10"


def test_an_edited_sequence_line_counts_from_what_was_typed():
    line(implementation="sequence")
    next_numbers("SI", on=ON, count=5)
    NumberSeriesLine.objects.update(last_number_used="SI-0700")
    assert next_number("SI", on=ON) == "SI-0701"


def test_a_deleted_line_takes_its_sequence_along():
    from django.db import connection

    gone = line(implementation="sequence")
    name = gone.sequence_name
    gone.delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        assert cursor.fetchone() == (None,)


def test_a_bad_block_of_a_sequence_is_lost_but_nothing_else():
    """A rolled-back draw leaves a gap: that is what the line allows."""
    line(implementation="sequence")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number("SI", on=ON)
        raise ZeroDivisionError
    assert next_number("SI", on=ON) == "SI-0002"


@pytest.mark.django_db(transaction=True)
def test_gapless_numbers_are_drawn_within_a_transaction():
    of = series()
    line(of)
    with pytest.raises(transaction.TransactionManagementError):
        next_number("SI", on=ON)
    NumberSeriesLine.objects.update(implementation="sequence")
    assert next_number("SI", on=ON) == "SI-0001"
