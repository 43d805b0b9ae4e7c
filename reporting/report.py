"""What a report is: a declaration of plain values, and one function that asks the ledgers.

A report shows what its readers may read anyway, added up: `permissions` are those of the tables behind it. A column
with a permission of its own is left out for readers without it, on the page and in every export.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from erp.kernel.charts import Chart
from erp.kernel.money import ZERO, round_to

if TYPE_CHECKING:
    from reporting.parameters import ReportForm

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")
SEES_COST = "inventory.view_valueentry"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    kind        "text", "day", "amount", "quantity", "percent" or "count"
    permission  without it the column is not there
    adds_up     the rows' values are summed in the last line
    ratio       of a percentage: the two columns that it is of, so that the last line can have one too
    is_wide     left out on a telephone
    stretches   takes what room is left
    """

    name: str
    label: str
    kind: str = "text"
    permission: str = ""
    adds_up: bool = False
    ratio: tuple[str, str] = ()
    is_wide: bool = False
    stretches: bool = False

    @property
    def is_figure(self) -> bool:
        return self.kind not in ("text", "day")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a value per column, None where there is nothing to say.

    links  addresses by the name of the column that carries them
    kind   "row"; "heading" and "total" group rows and are not added up
    """

    values: tuple[Any, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    kind: str = "row"
    level: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a report found. The rows can be walked through once; long reports fetch them while they are.

    totals    the last line where it is known without the rows
    facts     what stands above the rows: label and value
    expected  how many rows there will be, 0 where nobody knows
    closing   label of the last line; blank: it has none
    shares_of the column of which a line below the last says how many percent each sum is; blank: no such line
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    totals: Mapping[str, Decimal] | None = None
    chart: Callable[[], Chart | None] = lambda: None
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    expected: int = 0
    closing: str = ""
    shares_of: str = ""


@dataclass(frozen=True)
class Report:
    """A report as it is offered.

    key   its part of the address
    make  asks the ledgers: takes what the form has cleaned, gives an outcome
    """

    key: str
    title: str
    question: str
    group: str
    permissions: tuple[str, ...]
    form: type["ReportForm"]
    make: Callable[[Mapping[str, Any]], Outcome]
    lies: bool = False  # printed across: more columns than a page is wide

    def is_for(self, user) -> bool:
        return user.has_perms(self.permissions)


class Sums:
    """Adds up the rows that pass by, for the last line."""

    def __init__(self, columns: Sequence[Column]):
        self.columns = columns
        self.places = [place for place, column in enumerate(columns) if column.adds_up]
        self.sums = dict.fromkeys((columns[place].name for place in self.places), ZERO)
        self.rows = 0

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            if row.kind == "row":
                self.rows += 1
                for place in self.places:
                    self.sums[self.columns[place].name] += row.values[place] or 0
            yield row


def last_lines(outcome: Outcome, sums: Mapping[str, Decimal]) -> list[Row]:
    """The lines below all rows: sums and percentages of sums; how many percent each sum is of the whole."""
    if not outcome.closing:
        return []
    known = outcome.totals if outcome.totals is not None else sums
    values: list[Any] = [outcome.closing]
    for column in outcome.columns[1:]:
        if column.ratio:
            part, whole = (known.get(name, ZERO) for name in column.ratio)
            values.append(percent(part, whole))
        else:
            values.append(known.get(column.name))
    lines = [Row(tuple(values), kind="total")]
    whole = known.get(outcome.shares_of)
    if whole:
        names = [column.name for column in outcome.columns]
        shares = [percent(known[name], whole) if name in known else None for name in names]
        shares[0] = _("Share in %")
        lines.append(Row(tuple(shares), kind="share"))
    return lines


def as_seen_by(outcome: Outcome, user) -> Outcome:
    """The same without the columns that the user may not see; facts and charts never show those."""
    kept = [
        place
        for place, column in enumerate(outcome.columns)
        if not column.permission or user.has_perm(column.permission)
    ]
    if len(kept) == len(outcome.columns):
        return outcome
    rows = (replace(row, values=tuple(row.values[place] for place in kept)) for row in outcome.rows)
    return replace(outcome, columns=tuple(outcome.columns[place] for place in kept), rows=rows)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """To one decimal; None of nothing."""
    return round_to(HUNDRED * part / whole, TENTH) if whole else None
