"""What a plan has decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from inventory.costing import Entry, Match
from inventory.ledger.facts import StockRow, StockState
from inventory.ledger.rows import CardUpdate, Value
from inventory.ledger.values import Cost, Movement
from posting.journal import Line, Transaction


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """Everything a posting will do to the item ledger. Nothing may be written while there are problems.

    problems         in the order of the lines
    movement_costs   per movement, signed as its quantity; invoicing_costs per invoicing
    adjustments      G/L transactions that adjust the cost of earlier documents; the ItemSection writes them
    entries          the new entries; changed are earlier ones, matches and values what is written besides
    """

    problems: tuple[Problem, ...]
    movement_costs: tuple[Cost, ...]
    invoicing_costs: tuple[Cost, ...]
    lines_by_paper: Mapping[str, tuple[Line, ...]]
    adjustments: tuple[Transaction, ...]
    movements: tuple[Movement, ...]
    entries: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    matches: tuple[Match, ...]
    values: tuple[Value, ...]
    stock: Mapping[tuple[int, str, str], StockRow]
    cards: tuple[CardUpdate, ...]
    state: StockState

    @property
    def lines(self) -> list[Line]:
        """The G/L lines of all papers of this posting, aggregated per account and posting groups; they balance."""
        return [line for lines in self.lines_by_paper.values() for line in lines]

    def lines_of(self, paper: str) -> list[Line]:
        """The G/L lines that stand on one paper; they balance."""
        return list(self.lines_by_paper.get(paper, ()))

    @property
    def adjusted_cost(self) -> Decimal:
        """How much the cost of earlier entries changes."""
        return sum((value.actual + value.expected for value in self.values if value.adjustment), ZERO)

    def with_problems(self, problems: Iterable[Problem]) -> "ItemPlan":
        """The same plan with the caller's own problems before its own."""
        return replace(self, problems=(*problems, *self.problems))
