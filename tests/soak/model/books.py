"""What everything that is posted in the model has in common: accounts, numbers, open days, blocked customers."""

from datetime import date, timedelta
from decimal import Decimal

from tests.soak.model import chart
from tests.soak.model.papers import Line, Paper
from tests.soak.model.stock import Move
from tests.soak.model.words import ZERO, Refused

CREDITS = ("credit_memo", "return_order")


class Books:
    """The general ledger, the number series, and who may do what on which day."""

    def _move(self, moves: list[Move]) -> None:
        _entries, worth = self.stock.post(moves)
        self._book_worth(worth)

    def _book(self, account: str, amount: Decimal) -> None:
        self.accounts[account] = self.accounts.get(account, ZERO) + amount

    def _book_worth(self, worth: dict[str, Decimal]) -> None:
        for kind, amount in worth.items():
            self._book(chart.INVENTORY, amount)
            self._book(chart.OTHER_SIDE[kind], -amount)

    def _draw(self, series: str) -> str:
        self.drawn[series] += 1
        return f"{series}-2026-{self.drawn[series]:05}"

    def _is_open(self, day: date) -> bool:
        return self.first_day is None or day >= self.first_day

    def _open_day(self, day: str) -> date:
        on = date.fromisoformat(day)
        if not self._is_open(on):
            raise Refused("E-GL-DATE")
        return on

    def _not_blocked(self, customer: str, deed: str, type: str) -> None:
        blocking = {"all"}
        if deed == "create" and type not in CREDITS:
            blocking = {"invoice", "all"} | ({"ship"} if type in ("quote", "order") else set())
        if self.blocked.get(customer) in blocking:
            raise Refused("E-CU-BLOCK")

    @staticmethod
    def _is_item(line: Line) -> bool:
        return chart.SOLD[line.number].type == "item"

    @staticmethod
    def _receivable(customer: str) -> str:
        return chart.RECEIVABLES[chart.CUSTOMERS[customer]]

    @staticmethod
    def _vat(customer: str, number: str) -> chart.VAT:
        return chart.TAXED[chart.CUSTOMERS[customer], chart.SOLD[number].group]

    @staticmethod
    def _revenue(customer: str, number: str, sign: int) -> str:
        if chart.SOLD[number].type == "account":
            return number
        return (
            chart.REVENUE[chart.CUSTOMERS[customer], chart.SOLD[number].group] if sign > 0 else chart.RETURNS
        )

    @staticmethod
    def _due(paper: Paper, on: date) -> date:
        """Thirty days for who pays us; credit at once."""
        return on if paper.receives else on + timedelta(days=30)
