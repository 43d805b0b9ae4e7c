"""The item ledger as the cost engine sees it: entries that hold a cost, and the ties along which cost flows."""

from datetime import date
from decimal import Decimal

from erp.kernel.money import WIDE, ZERO, round_to


class Entry:
    """One item ledger entry while a posting is planned; loaded from the database, or new.

    cost    of everything known by now, expected and actual, signed as the quantity, without rounding entries
    posted  the same as value entries say; the difference is what has to be adjusted
    known   all issues that this receipt feeds are loaded, so its cost may change
    """

    __slots__ = (
        "actual", "carried", "correction", "cost", "drop", "entry_type", "expected", "expected_total", "feeds",
        "fixed", "forwarded", "invoiced", "item_id", "kind", "known", "location", "lot", "new", "no", "place",
        "posted", "posting_date", "quantity", "remaining", "returned", "returned_before",
        "reversed", "rounding", "sequence",
        "serial", "source", "stocked", "takes", "touched", "unit_cost", "valuation_date", "variant",
    )  # fmt: skip

    def __init__(
        self,
        *,
        item_id: int,
        quantity: Decimal,
        posting_date: date,
        no: int | None = None,
        sequence: int = 0,
        variant: str = "",
        location: str = "",
        drop: bool = False,
        entry_type: str = "",
        serial: str = "",
        lot: str = "",
        valuation_date: date | None = None,
        remaining: Decimal | None = None,
        invoiced: Decimal = ZERO,
        returned: Decimal = ZERO,
        unit_cost: Decimal = ZERO,
        actual: Decimal = ZERO,
        expected: Decimal = ZERO,
        expected_total: Decimal = ZERO,
        forwarded: Decimal = ZERO,
        rounding: Decimal = ZERO,
        fixed: bool = False,
        correction: bool = False,
        reversed: bool = False,
    ):
        self.no = no
        self.sequence = sequence if no is None else no
        self.new = no is None
        self.item_id = item_id
        self.variant = variant
        self.location = location
        self.drop = drop
        self.entry_type = entry_type
        self.posting_date = posting_date
        self.valuation_date = valuation_date or posting_date
        self.serial = serial
        self.lot = lot
        self.quantity = quantity
        self.remaining = quantity if remaining is None else remaining
        self.invoiced = invoiced
        self.returned = self.returned_before = returned
        self.unit_cost = unit_cost
        self.actual = actual
        self.expected = expected
        self.expected_total = expected_total
        self.forwarded = forwarded
        self.rounding = rounding
        self.cost = self.posted = actual + expected - rounding
        self.fixed = fixed
        self.correction = correction
        self.reversed = reversed
        self.known = no is None
        self.stocked = True
        self.touched = False
        self.place = -1
        self.source: Entry | None = None
        self.kind = ""
        self.takes: list[Match] = []
        self.feeds: list[Match] = []
        self.carried: list[Entry] = []

    def __repr__(self) -> str:
        return f"<Entry {self.no or self.sequence}: {self.quantity} at {self.cost}>"

    @property
    def inbound(self) -> bool:
        return self.quantity > 0

    @property
    def key(self) -> tuple:
        """Where the goods lie; drop shipments lie nowhere, so that nobody else takes them."""
        return self.item_id, self.variant, self.location, self.drop

    @property
    def order(self) -> tuple:
        """The order in which entries are applied: by posting date, then as they were posted."""
        return self.posting_date, self.new, self.sequence

    @property
    def value_order(self) -> tuple:
        return self.valuation_date, self.new, self.sequence

    @property
    def completely_invoiced(self) -> bool:
        return self.invoiced == self.quantity

    def share(self, quantity: Decimal) -> Decimal:
        """What a part of a receipt costs, in cents."""
        return round_to(WIDE.divide(WIDE.multiply(self.cost, quantity), self.quantity))

    def carry_cost_of(self, source: "Entry", kind: str) -> None:
        """Goods that come back, or come in from elsewhere, cost what they cost when they went out."""
        self.source, self.kind = source, kind
        source.carried.append(self)


class Match:
    """An issue took this much from a receipt; the quantity is positive."""

    __slots__ = ("inbound", "new", "outbound", "quantity")

    def __init__(self, inbound: Entry, outbound: Entry, quantity: Decimal, *, new: bool):
        self.inbound, self.outbound, self.quantity, self.new = inbound, outbound, quantity, new
        inbound.feeds.append(self)
        outbound.takes.append(self)

    @property
    def cost(self) -> Decimal:
        return self.inbound.share(self.quantity)
