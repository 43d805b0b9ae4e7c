"""Figures of pages: how long they took, beside what was promised."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.results import aligned, write


@dataclass(frozen=True)
class Figure:
    """What one thing took.

    value, p95  median and 95th percentile, in milliseconds
    budget      what it may take at the 95th percentile; None where nothing was promised
    """

    name: str
    title: str
    value: float
    p95: float
    budget: float | None
    runs: int

    @property
    def is_within(self) -> bool:
        return self.budget is None or self.p95 <= self.budget

    def as_json(self) -> dict:
        return {
            "value": round(self.value, 2),
            "p95": round(self.p95, 2),
            "unit": "ms",
            "budget": self.budget,
            "runs": self.runs,
            "title": self.title,
        }


def take(
    name: str,
    title: str,
    work: Callable[[int], object],
    *,
    budget: float | None,
    runs: int = 40,
    warm: int = 3,
) -> Figure:
    """Time a piece of work; it is told which run it is, so that it can ask for something else each time."""
    for place in range(warm):
        work(place)
    taken = []
    for place in range(warm, warm + runs):
        begun = time.perf_counter()
        work(place)
        taken.append((time.perf_counter() - begun) * 1000)
    return of(name, title, taken, budget=budget)


def of(name: str, title: str, taken: list[float], *, budget: float | None) -> Figure:
    """The figures of times taken elsewhere, in milliseconds."""
    p95 = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    return Figure(name, title, statistics.median(taken), p95, budget, len(taken))


def keep(figures: list[Figure], facts: dict) -> None:
    """Write the figures, and the company that they were taken from, beside what other benches left in the file."""
    write({figure.name: figure.as_json() for figure in figures} | {"company": facts})


def table(figures: list[Figure]) -> str:
    """The figures for people."""
    rows = [("", "median ms", "P95 ms", "budget ms", "")]
    rows += [
        (
            figure.title,
            f"{figure.value:,.0f}",
            f"{figure.p95:,.0f}",
            "–" if figure.budget is None else f"{figure.budget:,.0f}",
            "" if figure.is_within else "over",
        )
        for figure in figures
    ]
    return aligned(rows, left=(0, 4))
