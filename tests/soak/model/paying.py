"""Money in the model: payments, what they settle, and how that is undone."""

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.soak.model import chart
from tests.soak.model.money import Name
from tests.soak.model.posting import Posting
from tests.soak.model.words import Refused

if TYPE_CHECKING:
    from tests.soak.model.deeds import Told


class Paying(Posting):
    """What customers pay, and what is done about it."""

    def pay(
        self, customer, amount, day, to=(), oldest=False, refund=False, key="", told: "Told" = None
    ) -> dict | None:
        """Money comes in (or goes back), for entries that are named, for the oldest, or for nothing yet."""
        if key and key in self.keys:
            return self.keys[key]
        on = self._open_day(day)
        self._not_blocked(customer, "pay", "payment")
        sign = 1 if refund else -1
        number = self._draw("PAY")
        name = Name("refund" if refund else "payment", number)
        new = self.owed.owe(name, customer, on, on, sign * Decimal(amount))
        chosen = [(self.owed.named(Name(*each)), None) for each in to]
        if oldest:
            there = [entry for entry in self.owed.open_of(customer) if entry is not new]
            chosen = [
                (each, None) for each in there if (each.amount > 0) != (new.amount > 0) and each.day <= on
            ]
        if any(entry.day > on for entry, _amount in chosen):
            raise Refused("E-AP-EARLY")
        if chosen:
            self.owed.settle(new, chosen)
        self._book(self._receivable(customer), new.amount)
        self._book(chart.BANK, -new.amount)
        done = {"payment": number}
        if key:
            self.keys[key] = done
        return done

    def apply_entries(self, applying, to, amount=None, told: "Told" = None) -> None:
        entry = self.owed.named(Name(*applying))
        if not entry.remaining:
            raise Refused("E-AP-NOTOPEN")
        chosen = [(self.owed.named(Name(*each)), None if amount is None else Decimal(amount)) for each in to]
        chosen = [pair for pair in chosen if pair[0] is not entry]
        if not chosen:
            raise Refused("E-AP-NONE", "E-AP-NOTOPEN")
        if not self._is_open(self.owed.settle(entry, chosen)):
            raise Refused("E-AP-RANGE")

    def unapply(self, name, told: "Told") -> None:
        day = self.owed.unapply(Name(*name))
        if not self._is_open(day):
            raise Refused("E-UN-DATE")

    def reverse(self, name, told: "Told") -> None:
        """A payment is taken back with mirror entries."""
        entry = self.owed.reverse(Name(*name))
        if not self._is_open(entry.day):
            raise Refused("E-REV-DATE")
        self._book(self._receivable(entry.customer), -entry.amount)
        self._book(chart.BANK, entry.amount)
