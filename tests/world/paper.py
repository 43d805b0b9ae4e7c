"""A sales paper told step by step: `world.order(adatum).sells(2, bicycle, at=D(400)).release()`."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from customers.models import Customer
from inventory.models import Item
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.add_lines import add_lines
from sales.routines.change_line import change_line
from sales.routines.convert import make_invoice, make_order
from sales.routines.draft import draft
from sales.routines.post import Posted, post
from sales.routines.release import release, reopen

if TYPE_CHECKING:
    from tests.world.world import World


class Story:
    """One working document and what became of it. Steps that only change it return the story again.

    posted  everything posted from it, oldest first
    """

    def __init__(self, world: "World", document: SalesDocument, on: date):
        self.world = world
        self.key = document.pk
        self.number = document.number
        self.on = on
        self.posted: list[Posted] = []

    @classmethod
    def begin(cls, world: "World", type: str, customer: Customer, *, on: date, **given) -> "Story":
        customer.refresh_from_db()
        document = draft(type, customer, by=world.by, at=world.at(on), on=on, **given)
        return cls(world, document, on)

    @property
    def document(self) -> SalesDocument:
        """The working document as it is now."""
        return SalesDocument.objects.get(pk=self.key)

    @property
    def lines(self) -> list[SalesLine]:
        return list(SalesLine.objects.filter(document_id=self.key).order_by("line_no"))

    @property
    def is_done(self) -> bool:
        """Everything is invoiced; the working document is gone."""
        return not SalesDocument.objects.filter(pk=self.key).exists()

    def sells(
        self, quantity, item: Item | str, *, at=None, discount=None, unit: str = "", **values
    ) -> "Story":
        """A line with an item; without `at` at the price that the price lists find. `discount` is in percent."""
        return self._add(
            NewLine(
                number=item if isinstance(item, str) else item.number,
                quantity=Decimal(quantity),
                unit_price=None if at is None else Decimal(at),
                line_discount_percent=None if discount is None else Decimal(discount),
                unit_code=unit,
                **values,
            )
        )

    def charges(self, account: str, amount, *, quantity=1, **values) -> "Story":
        """A line with a G/L account: freight, a fee."""
        return self._add(
            NewLine(
                type=LineType.GL_ACCOUNT,
                number=account,
                quantity=Decimal(quantity),
                unit_price=Decimal(amount),
                **values,
            )
        )

    def says(self, text: str) -> "Story":
        """A line of text."""
        return self._add(NewLine(type=LineType.COMMENT, description=text))

    def _add(self, line: NewLine) -> "Story":
        add_lines(self.document, [line], by=self.world.by, at=self.world.at(self.on), on=self.on)
        return self

    def changes(self, line: int = 1, **changes) -> "Story":
        """Type into the first line, or the one of this place: quantity, unit_price, qty_to_ship …"""
        chosen = self.lines[line - 1]
        change_line(chosen, by=self.world.by, at=self.world.at(self.on), on=self.on, **changes)
        return self

    def release(self) -> "Story":
        release(self.document, by=self.world.by, at=self.world.at(self.on))
        return self

    def reopen(self) -> "Story":
        reopen(self.document, by=self.world.by, at=self.world.at(self.on))
        return self

    def ship(self, *quantities, on: date | None = None):
        """Post the shipment (or receive the return); with quantities so much of each line, in their order."""
        for place, quantity in enumerate(quantities, start=1):
            self.changes(place, qty_to_ship=Decimal(quantity))
        return self._post(on, ship=True).shipment

    def invoice(self, *quantities, on: date | None = None):
        """Post the invoice (or credit memo); with quantities so much of each line, in their order."""
        for place, quantity in enumerate(quantities, start=1):
            self.changes(place, qty_to_invoice=Decimal(quantity))
        return self._post(on, invoice=True).invoice

    def post(self, *, on: date | None = None):
        """Ship and invoice at once; returns the posted invoice (or credit memo)."""
        return self._post(on, ship=True, invoice=True).invoice

    def _post(self, on: date | None, **what) -> Posted:
        day = on or self.on
        posted = post(self.document, by=self.world.by, at=self.world.at(day), posting_date=day, **what)
        self.posted.append(posted)
        return posted

    def becomes_order(self, *, on: date | None = None) -> "Story":
        """A quote is accepted."""
        day = on or self.on
        order = make_order(self.document, by=self.world.by, at=self.world.at(day), on=day)
        return Story(self.world, order, day)

    def becomes_invoice(self, *, on: date | None = None) -> "Story":
        day = on or self.on
        invoice = make_invoice(self.document, by=self.world.by, at=self.world.at(day), on=day)
        return Story(self.world, invoice, day)
