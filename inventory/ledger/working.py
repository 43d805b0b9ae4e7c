"""The working copy of a state: entries that a plan may change, with their ties."""

from erp.kernel.errors import Problem
from inventory.costing import Entry, Match, Shelves, settle, settle_average
from inventory.ledger.facts import Card, EntryRow, StockState
from inventory.models import CostingMethod

AVERAGE = CostingMethod.AVERAGE


class Working:
    """Entries by number, the new ones, the shelves they lie on, and the problems met so far."""

    def __init__(self, state: StockState):
        self.state = state
        self.setup = state.setup
        self.problems: list[Problem] = []
        self.entries = {
            no: self._entry(row) for no, row in state.entries.items() if row.item_id in state.cards
        }
        self.new: list[Entry] = []
        self.invoiced: list[Entry] = []
        self._tie()
        self.shelves = Shelves(
            self.entries.values(),
            {card.id: card.method for card in state.cards.values()},
        )

    def card(self, entry: Entry) -> Card:
        return self.state.cards[entry.item_id]

    def averaged(self, entry: Entry) -> bool:
        return self.state.cards[entry.item_id].method == AVERAGE

    def add(self, entry: Entry) -> None:
        entry.place = len(self.new)
        self.new.append(entry)

    @property
    def all_entries(self) -> list[Entry]:
        return [*self.entries.values(), *self.new]

    def settle(self, *, everything: bool) -> None:
        """Let costs flow: from everything that changed, or from every entry there is.

        Where the set-up leaves adjustment to the routine, only new entries get their cost.
        """
        deferred = not (everything or self.setup.adjusts_always)
        stocked = [entry for entry in self.all_entries if self.card(entry).keeps_stock]
        applied = [entry for entry in stocked if not self.averaged(entry)]
        settle(
            (entry for entry in applied if everything or entry.touched or entry.new),
            limit=lambda entry: deferred and not entry.new,
        )
        window = self.state.window
        pooled = [entry for entry in stocked if self.averaged(entry) and (entry.new or entry.no in window)]
        if pooled:
            settle_average(
                pooled,
                opening=dict(self.state.opening),
                by_item=self.setup.pool_is_item,
                period=self.setup.rules.average_cost_period,
                frozen=(lambda entry: not entry.new) if deferred else None,
            )

    def _entry(self, row: EntryRow) -> Entry:
        entry = Entry(
            no=row.no,
            item_id=row.item_id,
            variant=row.variant,
            location=row.location,
            drop=row.drop,
            entry_type=row.entry_type,
            posting_date=row.posting_date,
            valuation_date=row.valuation_date,
            serial=row.serial,
            lot=row.lot,
            quantity=row.quantity,
            remaining=row.remaining,
            invoiced=row.invoiced,
            returned=row.returned,
            unit_cost=row.unit_cost,
            actual=row.actual,
            expected=row.expected,
            expected_total=row.expected_total,
            forwarded=row.forwarded,
            rounding=row.rounding,
            fixed=row.fixed is not None or row.drop,
            correction=row.correction,
            reversed=row.reversed_by is not None,
        )
        entry.known = row.no in self.state.known
        return entry

    def _tie(self) -> None:
        entries = self.entries
        for tie in self.state.ties:
            inbound = entries.get(tie.inbound)
            if inbound is None:
                continue
            if tie.quantity < 0:
                outbound = entries.get(tie.outbound)
                if outbound is not None:
                    Match(inbound, outbound, -tie.quantity, new=False)
                continue
            source = entries.get(tie.transferred_from or tie.outbound or 0)
            if source is not None:
                inbound.carry_cost_of(source, "transfer" if tie.transferred_from else "return")
