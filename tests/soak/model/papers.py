"""Documents in the model: lines with quantities and amounts, and what an invoice takes of them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tests.soak.model.words import ZERO, Refused, cents, part


class Sort(NamedTuple):
    """What is sold: an item or an account; and its product group, which decides on revenue account and VAT."""

    type: str
    group: str


@dataclass(eq=False)
class Line:
    """A line of a working document. `discount` is what was taken off for the line itself, `given` of the whole.

    waiting  entries of goods that left and are not invoiced, with how much of each
    source   the issue that comes back by this line
    order    reference of the order, and place of the line in it, that this line moves back
    """

    no: int
    number: str
    quantity: Decimal
    price: Decimal
    percent: Decimal = ZERO
    place: str = ""
    discount: Decimal = ZERO
    amount: Decimal = ZERO
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    to_ship: Decimal = ZERO
    to_invoice: Decimal = ZERO
    given: Decimal = ZERO
    given_invoiced: Decimal = ZERO
    waiting: list[list] = field(default_factory=list)
    source: int | None = None
    order: tuple[str, int] | None = None

    def __post_init__(self):
        if not self.amount:
            self.reckon()
        self.begin()

    def reckon(self) -> None:
        """The amount of the line; its share of the invoice discount is lost by that."""
        gross = cents(self.quantity * self.price)
        self.discount = cents(gross * self.percent / 100)
        self.amount = gross - self.discount
        self.given = self.given_invoiced

    def begin(self) -> None:
        """What is to be done next: all that is left."""
        self.to_ship = self.quantity - self.shipped
        self.to_invoice = self.most_to_invoice

    @property
    def most_to_invoice(self) -> Decimal:
        return self.shipped + self.to_ship - self.invoiced

    def change(self, quantity=None, price=None, percent=None, to_ship=None, to_invoice=None) -> None:
        if quantity is not None:
            if quantity < self.shipped:
                raise Refused("E-LINE-QTYSHIPPED")
            self.quantity = quantity
            self.begin()
        self.price = self.price if price is None else price
        self.percent = self.percent if percent is None else percent
        if not (quantity is price is percent is None):
            self.reckon()
        if to_ship is not None:
            if to_ship > self.quantity - self.shipped:
                raise Refused("E-QTY-SHIP")
            self.to_ship = to_ship
            self.to_invoice = self.most_to_invoice
        if to_invoice is not None:
            if to_invoice > self.most_to_invoice:
                raise Refused("E-QTY-INV")
            self.to_invoice = to_invoice

    def billed(self, quantity: Decimal) -> tuple[Decimal, Decimal]:
        """What an invoice of so much of the line comes to, less invoice discount; and that discount."""
        after = part(self.amount, self.invoiced + quantity, self.quantity)
        amount = after - part(self.amount, self.invoiced, self.quantity)
        open_quantity = self.quantity - self.invoiced
        discount = part(self.given - self.given_invoiced, quantity, open_quantity)
        return amount - discount, discount

    def move(self, shipped: Decimal, invoiced: Decimal, discount: Decimal) -> None:
        self.shipped += shipped
        self.invoiced += invoiced
        self.given_invoiced += discount
        self.begin()

    def take_waiting(self, quantity: Decimal) -> list[tuple[int, Decimal]]:
        """The oldest goods that left and are not invoiced."""
        found = []
        while quantity:
            entry = self.waiting[0]
            taken = min(entry[1], quantity)
            found.append((entry[0], taken))
            entry[1] -= taken
            quantity -= taken
            if not entry[1]:
                self.waiting.pop(0)
        return found


@dataclass(eq=False)
class Paper:
    """A working document. Its reference is what the operation that wrote it is called.

    last_text  number of the last line of text above the copied lines; 0 without one
    """

    ref: str
    type: str
    number: str
    customer: str
    status: str = "open"
    lines: list[Line] = field(default_factory=list)
    pays_by: str = ""
    applies_to: str = ""
    last_text: int = 0

    @property
    def receives(self) -> bool:
        return self.type in ("credit_memo", "return_order")

    @property
    def at_once(self) -> bool:
        return self.type in ("invoice", "credit_memo")

    def picture(self) -> tuple:
        lines = tuple(
            (
                line.no, line.number, line.quantity, line.price, line.amount, line.given, line.shipped,
                line.invoiced, line.to_ship, line.to_invoice,
            )
            for line in self.lines
        )  # fmt: skip
        return self.type, self.status, self.customer, lines


@dataclass(eq=False)
class Row:
    """A line of a posted invoice or credit memo, and the goods that it invoiced."""

    number: str
    quantity: Decimal
    amount: Decimal
    discount: Decimal
    goods: list[tuple[int, Decimal]]
    order: tuple[str, int] | None = None


@dataclass(eq=False)
class Posted:
    """A posted invoice or credit memo."""

    number: str
    type: str
    customer: str
    day: date
    rows: list[Row]
    cancelled_by: str = ""


@dataclass(eq=False)
class Shipment:
    """A posted shipment: by line number, what left on it, of which order line, and in which entries."""

    number: str
    order: str
    day: date
    lines: dict[int, tuple[Decimal, int, list[int]]]
    undone: set[int] = field(default_factory=set)
