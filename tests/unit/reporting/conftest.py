"""Reports asked the way their pages ask: by an address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reporting.catalogue import REPORTS
from reporting.report import Outcome, Row, Sums, as_seen_by, last_lines
from tests.world import TODAY


@dataclass(frozen=True)
class Answer:
    """What a report said: its rows as values by column name."""

    outcome: Outcome
    lines: list[Row]
    sums: Row | None
    names: list[str]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [dict(zip(self.names, row.values, strict=True)) for row in self.lines if row.kind == "row"]

    @property
    def headings(self) -> list[str]:
        return [row.values[0] for row in self.lines if row.kind == "heading"]

    def column(self, key: str, name: str) -> dict[Any, Any]:
        """One column by another."""
        return {row[key]: row[name] for row in self.rows}

    def total(self, name: str) -> Decimal:
        return self.sums.values[self.names.index(name)]


@pytest.fixture
def ask(world) -> Callable[..., Answer]:
    """Ask a report; what is not said is as by default. `user` sees what the user may."""

    def of(key: str, *, on: date = TODAY, user=None, **said) -> Answer:
        report = REPORTS[key]
        form = report.form.reading({name: str(value) for name, value in said.items()}, on=on)
        assert form.is_valid(), form.errors
        outcome = as_seen_by(report.make({**form.cleaned_data, "today": on}), user or world.by)
        sums = Sums(outcome.columns)
        lines = list(sums.passing(outcome.rows))
        last = last_lines(outcome, sums.sums)
        return Answer(outcome, lines, last[0] if last else None, [column.name for column in outcome.columns])

    return of
