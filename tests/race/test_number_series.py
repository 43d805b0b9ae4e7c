"""Number series under real concurrency: two connections, commits and rollbacks."""

import random
from datetime import date
from threading import Event

import pytest
from django.db import transaction

from erp.kernel.models import NumberSeries, NumberSeriesLine
from erp.kernel.numbering import next_number, next_numbers
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 3, 10)


class ChangedMyMind(Exception):
    """Rolls a posting back."""


def make_line(implementation: str, **values) -> NumberSeriesLine:
    series, _ = NumberSeries.objects.get_or_create(code="SI")
    line_no = 10000 * (series.lines.count() + 1)
    values = {"starting_number": "SI-0001", "line_no": line_no, **values}
    return NumberSeriesLine.objects.create(series=series, implementation=implementation, **values)


def post_some(seed: int, postings: int = 25):
    """Draws numbers in transactions of which every third or so is rolled back; returns what was committed."""

    def run() -> list[str]:
        dice, kept = random.Random(seed), []
        for _ in range(postings):
            try:
                with transaction.atomic():
                    numbers = next_numbers("SI", on=ON, count=dice.randint(1, 3))
                    if dice.random() < 0.35:
                        raise ChangedMyMind
            except ChangedMyMind:
                continue
            kept += numbers
        return kept

    return run


def test_gapless_means_gapless():
    """Four people post and change their minds; the numbers kept are 1, 2, 3 … without a hole or a double."""
    make_line("normal")
    kept = [number for numbers in race(*(post_some(seed) for seed in range(4))) for number in numbers]
    assert sorted(kept) == [f"SI-{n:04d}" for n in range(1, len(kept) + 1)]
    assert NumberSeriesLine.objects.get().last_number_used == f"SI-{len(kept):04d}"


def test_gaps_but_never_doubles():
    make_line("sequence")
    kept = [number for numbers in race(*(post_some(seed) for seed in range(4))) for number in numbers]
    assert len(kept) == len(set(kept)) > 40


def test_a_gapless_draw_waits_for_the_posting_before_it():
    """The second posting gets its number when the first is decided: the same one, as the first is rolled back."""
    make_line("normal")
    drawn, events = Event(), []

    def first():
        try:
            with transaction.atomic():
                number = next_number("SI", on=ON)
                drawn.set()
                assert not decided.wait(0.5)
                events.append("first rolls back")
                raise ChangedMyMind
        except ChangedMyMind:
            return number

    def second():
        assert drawn.wait(10)
        with transaction.atomic():
            number = next_number("SI", on=ON)
            events.append("second has its number")
        decided.set()
        return number

    decided = Event()
    assert race(first, second) == ["SI-0001", "SI-0001"]
    assert events == ["first rolls back", "second has its number"]


def test_a_draw_with_gaps_waits_for_nobody():
    """The second clerk has a number while the first one's transaction is still open, and whatever becomes of it."""
    make_line("sequence")
    drawn, second_done = Event(), Event()

    def first():
        with transaction.atomic():
            number = next_number("SI", on=ON)
            drawn.set()
            assert second_done.wait(10), "the second had to wait"
            return number

    def second():
        assert drawn.wait(10)
        with transaction.atomic():
            number = next_number("SI", on=ON)
        second_done.set()
        return number

    assert race(first, second) == ["SI-0001", "SI-0002"]


def test_closing_a_line_with_gaps_waits_for_nobody_either():
    """Somebody holds the row; the last number is drawn all the same."""
    line = make_line("sequence", ending_number="SI-0001")
    held, done = Event(), Event()

    def hold():
        with transaction.atomic():
            NumberSeriesLine.objects.select_for_update().get(pk=line.pk)
            held.set()
            assert done.wait(10), "the draw had to wait"

    def draw():
        assert held.wait(10)
        with transaction.atomic():
            number = next_number("SI", on=ON)
        done.set()
        return number

    assert race(hold, draw) == [None, "SI-0001"]


def test_a_line_that_closes_while_we_wait_hands_over_to_the_next():
    """Two lines of the same date: the last number of the first goes to one, the second line serves the other."""
    make_line("normal", starting_number="A9", ending_number="A9")
    make_line("normal", starting_number="B1")
    drawn = Event()

    def first():
        with transaction.atomic():
            number = next_number("SI", on=ON)
            drawn.set()
            Event().wait(0.3)
            return number

    def second():
        assert drawn.wait(10)
        with transaction.atomic():
            return next_number("SI", on=ON)

    assert race(first, second) == ["A9", "B1"]
