"""Dice for what a document says: customers, quantities, amounts."""

import random
from datetime import date
from decimal import Decimal

from tests.soak.model import Company
from tests.soak.model.chart import ACCOUNTS, CUSTOMERS, ITEMS, PLACES
from tests.soak.model.papers import Paper

FIRST_DAY = date(2026, 3, 2)


class Dice:
    """Throws for one company; the same dice and model throw the same."""

    def __init__(self, dice: random.Random, company: Company):
        self.dice = dice
        self.company = company
        self.drawn = 0
        self.day = FIRST_DAY

    def _paper(self, *types: str) -> Paper | None:
        there = [paper for paper in self.company.papers.values() if not types or paper.type in types]
        return self.dice.choice(there) if there else None

    def _invoice(self) -> str | None:
        there = [posted.number for posted in self.company.posted.values() if posted.type == "invoice"]
        return self.dice.choice(there[-25:]) if there else None

    def _line(self) -> dict:
        number = self.dice.choice([*ITEMS, *ITEMS, *ACCOUNTS])
        return {
            "number": number, "quantity": self._quantity(1, 10), "price": self._money(2, 90),
            "percent": self._percent(), "place": self.dice.choice(PLACES) if number in ITEMS else "",
        }  # fmt: skip

    def _where(self) -> dict:
        return {"item": self.dice.choice(list(ITEMS)), "place": self.dice.choice(PLACES)}

    def _customer(self) -> str:
        return self.dice.choice(list(CUSTOMERS))

    def _today(self) -> str:
        return self.day.isoformat()

    def _quantity(self, least: int, most: int) -> str:
        whole = self.dice.randint(least, most)
        return str(whole) if self.dice.random() < 0.8 else f"{whole}.{self.dice.randint(1, 9)}"

    def _some_of(self, quantity: Decimal) -> str:
        """A part of a quantity; now and then too much."""
        if self.dice.random() < 0.05:
            return str(quantity + 1)
        return str((quantity * self.dice.choice([0, 1, 2, 3, 4]) / 4).quantize(Decimal("0.1")))

    def _money(self, least: int, most: int) -> str:
        return f"{self.dice.randint(least, most)}.{self.dice.randint(0, 99):02}"

    def _percent(self) -> str:
        return self.dice.choice(["0", "0", "0", "5", "12.5", "33.33"])
