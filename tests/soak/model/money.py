"""What customers owe in the model: open items, what settled them, and what can be taken back."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tests.soak.model.words import ZERO, Refused


class Name(NamedTuple):
    """A paper as the customer ledger knows it."""

    type: str
    number: str


@dataclass(eq=False)
class Owed:
    """An entry of a customer: invoices are positive, payments negative."""

    name: Name
    customer: str
    day: date
    due: date
    amount: Decimal
    place: int
    remaining: Decimal = ZERO
    is_reversed: bool = False


@dataclass(eq=False)
class Application:
    """What one deed settled: by entry, how much its remaining amount changed."""

    day: date = date.min
    changes: dict[Name, Decimal] = field(default_factory=dict)


class Receivables:
    """The customer ledger; `applications` are those in force, in the order in which they were made."""

    def __init__(self):
        self.entries: dict[Name, Owed] = {}
        self.applications: list[Application] = []

    def owe(self, name: Name, customer: str, day: date, due: date, amount: Decimal) -> Owed:
        entry = Owed(name, customer, day, due, amount, len(self.entries), amount)
        assert name not in self.entries, name
        self.entries[name] = entry
        return entry

    def named(self, name: Name) -> Owed:
        if name not in self.entries:
            raise Refused("E-AP-NOTOPEN")
        return self.entries[name]

    def open_of(self, customer: str) -> list[Owed]:
        return [entry for entry in self.entries.values() if entry.customer == customer and entry.remaining]

    def settle(self, new: Owed, chosen: list[tuple[Owed, Decimal | None]]) -> date:
        """Apply an entry to others, those that are due first before the rest; returns the latest day of all it touched.

        chosen  with the amount to apply of each; None applies all of it
        """
        if any(entry.customer != new.customer for entry, _amount in chosen):
            raise Refused("E-AP-OTHERCUST")
        if not new.remaining or any(not entry.remaining for entry, _amount in chosen):
            raise Refused("E-AP-NOTOPEN")
        for entry, amount in chosen:
            if amount is not None and (amount > 0) != (entry.remaining > 0):
                raise Refused("E-AR-SIGN")
            if amount is not None and abs(amount) > abs(entry.remaining):
                raise Refused("E-AR-TOOBIG")
        own = new.remaining > 0
        if all((entry.remaining > 0) == own for entry, _amount in chosen):
            raise Refused("E-AP-SIGN")
        wanted = [(entry, entry.remaining if amount is None else amount) for entry, amount in chosen]
        wanted.sort(key=lambda pair: (pair[0].due, pair[0].place))
        application = Application()
        if any((amount > 0) == own for _entry, amount in wanted):
            self._net(application, new, wanted)
        else:
            for entry, amount in wanted:
                self._pay(application, new, entry, amount)
        application.day = max(self.entries[name].day for name in (new.name, *application.changes))
        if application.changes:
            self.applications.append(application)
        return application.day

    def _net(self, application: Application, new: Owed, wanted: list[tuple[Owed, Decimal]]) -> None:
        """Entries of both signs: those of the lesser side count in whole, then the others as far as it goes."""
        is_short = new.remaining + sum(amount for _entry, amount in wanted) < 0
        for entry, amount in wanted:
            if (amount > 0) == is_short:
                self._change(application, new, entry, amount)
        for entry, amount in wanted:
            if (amount > 0) != is_short and new.remaining and (new.remaining > 0) != (amount > 0):
                self._pay(application, new, entry, amount)

    def _pay(self, application: Application, new: Owed, entry: Owed, amount: Decimal) -> None:
        part = min(abs(new.remaining), abs(amount))
        self._change(application, new, entry, part.copy_sign(amount))

    @staticmethod
    def _change(application: Application, new: Owed, entry: Owed, amount: Decimal) -> None:
        if not amount:
            return
        for owed, change in ((entry, -amount), (new, amount)):
            owed.remaining += change
            application.changes[owed.name] = application.changes.get(owed.name, ZERO) + change

    def unapply(self, name: Name) -> date:
        """Undo the last application of an entry; returns its day."""
        self.named(name)
        last = self._last_of(name)
        if last is None:
            raise Refused("E-UN-REV" if self.entries[name].is_reversed else "E-UN-NONE")
        if any(self._last_of(other) is not last for other in last.changes):
            raise Refused("E-UN-LATER")
        for other, change in last.changes.items():
            self.entries[other].remaining -= change
        self.applications.remove(last)
        return last.day

    def _last_of(self, name: Name) -> Application | None:
        return next((each for each in reversed(self.applications) if name in each.changes), None)

    def reverse(self, name: Name) -> Owed:
        """A payment that never was: nothing may be settled with it."""
        entry = self.named(name)
        if name.type not in ("payment", "refund"):
            raise Refused("E-REV-JNL")
        if entry.is_reversed:
            raise Refused("E-REV-DONE")
        if self._last_of(name) is not None:
            raise Refused("E-REV-APPLIED")
        entry.remaining, entry.is_reversed = ZERO, True
        return entry

    def picture(self) -> dict[str, dict]:
        balances: dict[str, Decimal] = {}
        for entry in self.entries.values():
            balances[entry.customer] = balances.get(entry.customer, ZERO) + entry.remaining
        items = {
            entry.name: (entry.customer, entry.remaining, entry.due)
            for entry in self.entries.values()
            if entry.remaining
        }
        return {"balances": {who: total for who, total in balances.items() if total}, "open items": items}
