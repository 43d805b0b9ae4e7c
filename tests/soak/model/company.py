"""What the company does: every operation as the manual tells it, with what is refused."""

import pickle
from typing import Any

from tests.soak.model import chart
from tests.soak.model.deeds import Deeds
from tests.soak.model.words import Op, Refused


class Unexpected(AssertionError):
    """The house did something else than the model."""


class Company(Deeds):
    """Everything together; see the package for how it is asked."""

    def forecast(self, op: Op) -> frozenset[str] | None:
        """The codes of a refusal, or None; done on a copy, so that nothing changes.

        What only the house can tell (numbers of drafts, copied lines) is not needed to see whether it goes.
        """
        copy = pickle.loads(pickle.dumps(self))
        try:
            copy._do(op, None)
        except Refused as refusal:
            return refusal.codes
        return None

    def apply(self, op: Op, told: dict[str, Any]) -> None:
        """Do it, and hold what the house told against what should have come out of it."""
        try:
            expected = self._do(op, told)
        except Refused as refusal:
            raise Unexpected(f"{op} was done, and should be refused: {sorted(refusal.codes)}") from None
        for name, value in (expected or {}).items():
            if told.get(name) != value:
                raise Unexpected(f"{op} told {name} = {told.get(name)!r}, and it should be {value!r}")
        self.done += 1

    def _do(self, op: Op, told: dict[str, Any] | None) -> dict[str, Any] | None:
        return getattr(self, op.name)(**op.given, told=told)

    def picture(self) -> dict[str, dict]:
        """By kind of fact: what should be known of whom, without what is nothing."""
        return {
            "accounts": {number: amount for number, amount in self.accounts.items() if amount},
            "VAT": {key: row for key, row in self.vat.items() if any(row)},
            **self.owed.picture(),
            **self.stock.picture(),
            "documents": {paper.ref: paper.picture() for paper in self.papers.values()},
            "numbers": dict(self.drawn),
            "mails": dict.fromkeys(self.mails, 1),
        }


def begin() -> Company:
    """A company on its first day, with customers and items and nothing else."""
    return Company(methods={number: method for number, (method, _group) in chart.ITEMS.items()})
