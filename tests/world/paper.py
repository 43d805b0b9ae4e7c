"""A sales paper told step by step: `world.order(adatum).sells(2, bicycle, at=D(400)).release()`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from customers.models import Customer
from erp.kernel.errors import Problem
from inventory.models import Item, ItemCharge, Resource
from sales.masters import NewLine
from sales.models import ChargeAssignment, SalesDocument, SalesLine, SalesShipment
from sales.models.base import LineType
from sales.plans.charges import Method
from sales.plans.fulfilment import document_fulfilment
from sales.routines.add_lines import add_lines
from sales.routines.assign_charge import assign_charge
from sales.routines.call_off import call_off
from sales.routines.cancel_remainder import cancel_remainder
from sales.routines.change_customer import change_customer
from sales.routines.change_document import change_document
from sales.routines.change_line import change_line
from sales.routines.change_ship_to import change_ship_to
from sales.routines.convert import make_invoice, make_order
from sales.routines.draft import draft
from sales.routines.get_return_receipt_lines import get_return_receipt_lines
from sales.routines.get_shipment_lines import get_shipment_lines
from sales.routines.post import Posted, post
from sales.routines.release import release, reopen
from sales.routines.remove_line import remove_line
from sales.routines.suggest_assignment import suggest_assignment
from sales.targets import Kind, Target

if TYPE_CHECKING:
    from tests.world.world import World


class Story:
    """One working document and what became of it. Steps that only change it return the story again.

    posted  everything posted from it, oldest first
    warned  what the last change of its head warned of
    """

    def __init__(self, world: "World", document: SalesDocument, on: date):
        self.world = world
        self.key = document.pk
        self.number = document.number
        self.on = on
        self.posted: list[Posted] = []
        self.warned: list[Problem] = []

    @classmethod
    def begin(cls, world: "World", type: str, customer: Customer | None, *, on: date, **given) -> "Story":
        if customer is not None:
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

    def works(self, quantity, resource: Resource | str, *, at=None, discount=None, **values) -> "Story":
        """A line with the time of a resource; without `at` at the price that the price lists find."""
        return self._add(
            NewLine(
                type=LineType.RESOURCE,
                number=resource if isinstance(resource, str) else resource.number,
                quantity=Decimal(quantity),
                unit_price=None if at is None else Decimal(at),
                line_discount_percent=None if discount is None else Decimal(discount),
                **values,
            )
        )

    def adds_charge(self, charge: ItemCharge | str, amount, *, quantity=1, **values) -> "Story":
        """A line with an item charge, to be assigned to goods."""
        return self._add(
            NewLine(
                type=LineType.CHARGE,
                number=charge if isinstance(charge, str) else charge.number,
                quantity=Decimal(quantity),
                unit_price=Decimal(amount),
                **values,
            )
        )

    def assigns(self, quantities: Mapping, *, charge: int | None = None) -> "Story":
        """Assign an item charge: quantities by the place of a line of this document, or by a posted shipment or return
        receipt, whose first line is meant. `charge` is the place of its line; without it the first charge is meant."""
        targets = {self._target(place): Decimal(quantity) for place, quantity in quantities.items()}
        assign_charge(self._charge(charge), targets, by=self.world.by, at=self.world.at(self.on))
        return self

    def shares(self, method: str, *places, charge: int | None = None) -> "Story":
        """Let a charge be shared: "equally", by "amount", "weight" or "volume"; over all goods where none are named."""
        targets = [self._target(place) for place in places] or None
        who = {"by": self.world.by, "at": self.world.at(self.on)}
        suggest_assignment(self._charge(charge), Method(method), targets, **who)
        return self

    def assignments(self, charge: int | None = None) -> list[ChargeAssignment]:
        """What a charge is assigned to, in the order in which it was."""
        return list(self._charge(charge).charge_assignments.order_by("id"))

    def _charge(self, place: int | None) -> SalesLine:
        if place is not None:
            return self.lines[place - 1]
        return next(line for line in self.lines if line.type == LineType.CHARGE)

    def _target(self, place) -> Target:
        if isinstance(place, int):
            return Target(Kind.LINE, self.lines[place - 1].line_no)
        kind = Kind.SHIPMENT if isinstance(place, SalesShipment) else Kind.RETURN_RECEIPT
        return Target(kind, place.lines.order_by("line_no")[0].line_no, place.number)

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

    def edits(self, **changes) -> "Story":
        """Type into the head: posting_date, currency_code …; with answers, as `change_document` takes them."""
        return self._head(change_document, **changes)

    def goes_to(self, customer: Customer | None, **answers) -> "Story":
        """Somebody else orders."""
        return self._head(change_customer, sell_to=customer, **answers)

    def is_billed_to(self, customer: Customer | None, **answers) -> "Story":
        """Somebody else pays; None: who orders."""
        return self._head(change_customer, bill_to=customer, **answers)

    def ships_to(self, code: str) -> "Story":
        """Goods go to an address of the customer; blank is the customer's own."""
        return self._head(change_ship_to, code)

    def _head(self, change, *what, **changes) -> "Story":
        self.warned = []
        done = {"by": self.world.by, "at": self.world.at(self.on), "on": self.on, "warnings": self.warned}
        change(self.document, *what, **done, **changes)
        return self

    def removes(self, line: int) -> "Story":
        """Take the line of this place off."""
        remove_line(self.lines[line - 1], by=self.world.by, at=self.world.at(self.on))
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

    def receives(self, *, on: date | None = None):
        """Post the return receipt of what the lines say is to come back."""
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

    def takes(self, *papers) -> "Story":
        """Lines for what is left of posted shipments; on a credit memo of return receipts."""
        get = get_return_receipt_lines if self.document.traits.receives else get_shipment_lines
        lines = [line for paper in papers for line in paper.lines.select_related("document")]
        wanted = [line for line in lines if line.quantity]
        get(self.document, wanted, by=self.world.by, at=self.world.at(self.on))
        return self

    def cancels_rest(self, *places: int) -> "Story":
        """Close what is outstanding of the lines of these places; without places, of all."""
        line_nos = [self.lines[place - 1].line_no for place in places] or None
        cancel_remainder(self.document, line_nos=line_nos, by=self.world.by, at=self.world.at(self.on))
        return self

    @property
    def fulfilment(self) -> str:
        """How far the document has come: open, partly_shipped …"""
        return document_fulfilment(self.lines)

    def becomes_order(self, *, on: date | None = None, **given) -> "Story":
        """A quote is accepted; in part with `part={10000: D(3)}`."""
        day = on or self.on
        order = make_order(self.document, by=self.world.by, at=self.world.at(day), on=day, **given)
        return Story(self.world, order, day)

    def becomes_invoice(self, *, on: date | None = None, **given) -> "Story":
        day = on or self.on
        invoice = make_invoice(self.document, by=self.world.by, at=self.world.at(day), on=day, **given)
        return Story(self.world, invoice, day)

    def calls_off(self, *quantities, on: date | None = None) -> "Story":
        """An order of so much of each line of a blanket order, in their order."""
        for place, quantity in enumerate(quantities, start=1):
            self.changes(place, qty_to_ship=Decimal(quantity))
        day = on or self.on
        order = call_off(self.document, by=self.world.by, at=self.world.at(day), on=day)
        return Story(self.world, order, day)
