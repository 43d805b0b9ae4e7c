"""The numbers of posted papers: from which to which, and that none between them is missing."""

import re
from typing import NamedTuple

from django.db import connection
from django.db.models import Model

from erp.kernel.models import NumberSeriesLine
from sales.models import ReturnReceipt, SalesCreditMemo, SalesInvoice, SalesSetup, SalesShipment
from sales.traits import TRAITS

PAPERS: tuple[type[Model], ...] = (SalesShipment, SalesInvoice, ReturnReceipt, SalesCreditMemo)
SHOWN = 20  # gaps that are named


class NumberRange(NamedTuple):
    """Papers of one kind whose numbers differ in their last figures only: SI-0001, SI-0002 …

    pattern             SI-#
    first, last, count  the lowest and the highest number, and how many papers there are
    step                the increment of the series
    gaps                (number before, number after) of the first gaps
    shared              drafts draw from the series too, so that a deleted draft leaves a gap
    """

    paper: type[Model]
    pattern: str
    first: str
    last: str
    count: int
    step: int
    gaps: tuple[tuple[str, str], ...]
    shared: bool

    @property
    def is_whole(self) -> bool:
        return not self.gaps


def number_ranges() -> list[NumberRange]:
    """Every range of posted numbers; two queries a kind of paper, and two for the set-up."""
    steps, shared = _steps(), _shared()
    return [each for paper in PAPERS for each in _ranges_of(paper, steps, shared)]


def _ranges_of(paper: type[Model], steps: dict[str, int], shared: set[str]) -> list[NumberRange]:
    table = paper._meta.db_table
    numbered = rf"""
        SELECT number, regexp_replace(number, '\d+(\D*)$', '#\1') AS pattern,
               substring(number from '(\d+)\D*$')::numeric AS place
        FROM {table} WHERE number ~ '\d'
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT pattern, count(*), (array_agg(number ORDER BY place))[1], (array_agg(number ORDER BY place DESC))[1]
            FROM ({numbered}) AS papers GROUP BY pattern ORDER BY pattern
            """
        )
        ranges = cursor.fetchall()
        cursor.execute(
            f"""
            SELECT pattern, before, number, place - place_before FROM (
                SELECT pattern, number, place, lag(number) OVER places AS before, lag(place) OVER places AS place_before
                FROM ({numbered}) AS papers WINDOW places AS (PARTITION BY pattern ORDER BY place)
            ) AS pairs WHERE place - place_before <> 1 ORDER BY pattern, place
            """
        )
        jumps = cursor.fetchall()
    found = []
    for pattern, count, first, last in ranges:
        step = steps.get(pattern, 1)
        wide = [(before, after) for name, before, after, width in jumps if name == pattern and width != step]
        found.append(
            NumberRange(paper, pattern, first, last, count, step, tuple(wide[:SHOWN]), pattern in shared)
        )
    return found


def _steps() -> dict[str, int]:
    """The increments of the series that do not count by one, by the pattern of their numbers."""
    rows = NumberSeriesLine.objects.exclude(increment_by=1).values_list("starting_number", "increment_by")
    return {_pattern(number): step for number, step in rows}


def _shared() -> set[str]:
    """The patterns of the series from which drafts and posted papers both draw."""
    setup = SalesSetup.objects.first()
    if setup is None:
        return set()
    codes = {getattr(setup, traits.money_series) for traits in TRAITS.values() if setup.keeps_number(traits)}
    rows = NumberSeriesLine.objects.filter(series__code__in=codes).values_list("starting_number", flat=True)
    return {_pattern(number) for number in rows}


def _pattern(number: str) -> str:
    return re.sub(r"\d+(\D*)$", r"#\1", number)
