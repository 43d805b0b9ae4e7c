"""What is worth knowing about a document and stops nothing. Pure: facts in, problems with a "W-" code out.

A warning goes away with its cause. Each kind can be hidden by each user for themselves. Source: Business Central,
notifications on sales documents.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import Problem
from erp.kernel.quantity import to_base
from inventory.availability import Outlook
from inventory.models.setup import Policy
from inventory.selectors import Available, Place
from sales.arithmetic.revenue import DiscountPosting
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.line import plain

CREDIT, OVERDUE, STOCK = "W-CREDIT", "W-OVERDUE", "W-STOCK"
EXTERNAL_NO, PAST_DATE, CENTER, DISCOUNT_ACCOUNT = "W-EXTDOC", "W-PASTDATE", "W-RESP", "W-DISC-ACC"
DISCOUNT_LOST = "W-INVD-RESET"
KINDS = {
    CREDIT: gettext_lazy("Credit limit exceeded"),
    OVERDUE: gettext_lazy("Overdue entries"),
    STOCK: gettext_lazy("Not enough in stock"),
    EXTERNAL_NO: gettext_lazy("External document no. used before"),
    PAST_DATE: gettext_lazy("Shipment date in the past"),
    CENTER: gettext_lazy("Another responsibility center"),
    DISCOUNT_ACCOUNT: gettext_lazy("Discount account missing"),
    DISCOUNT_LOST: gettext_lazy("Invoice discount cleared"),
}
Type = SalesDocument.Type
# What a customer comes to owe by, and what takes goods out of stock.
ON_CREDIT = frozenset({Type.QUOTE, Type.ORDER, Type.INVOICE})
FROM_STOCK = frozenset({Type.ORDER, Type.INVOICE})


class StockItem(NamedTuple):
    """What of an item says whether its stock is watched."""

    number: str
    keeps_stock: bool
    warns: str


@dataclass(frozen=True, slots=True)
class StockView:
    """What the stock says to one line; base units.

    available  without the line itself
    needed     what the line still wants
    earliest   the first day on which that could be promised; None: not as things stand
    """

    line: SalesLine
    item_no: str
    on: date
    available: Available
    needed: Decimal
    earliest: date | None

    @property
    def left(self) -> Decimal:
        """What is available when the line is served, below zero when it is not enough."""
        return self.available.quantity - self.needed


def watched(
    document: SalesDocument, lines: Iterable[SalesLine], items: Mapping[int, StockItem], *, by_default: bool
) -> list[SalesLine]:
    """The lines whose stock matters: goods that this document still has to take out.

    by_default  what the sales set-up says of items that leave it open
    """
    if document.type not in FROM_STOCK:
        return []
    wanted = {Policy.YES, Policy.DEFAULT} if by_default else {Policy.YES}
    return [
        line
        for line in lines
        if line.type == LineType.ITEM
        and not line.is_fetched
        and line.outstanding_quantity > 0
        and items[line.item_id].keeps_stock
        and items[line.item_id].warns in wanted
    ]


def place_of(line: SalesLine) -> Place:
    return Place(line.item_id, line.variant_code, line.location_code)


def view_stock(
    document: SalesDocument,
    lines: Iterable[SalesLine],
    items: Mapping[int, StockItem],
    outlooks: Mapping[Place, Outlook],
    *,
    on: date,
) -> list[StockView]:
    """What the stock says to some watched lines.

    An order looks at its shipment date, at what others want and what comes by then. An invoice takes the goods when it
    is posted, on the work date `on`, and waits for nothing.
    """
    is_order = document.type == Type.ORDER
    known: dict[tuple[Place, date], Available] = {}
    views = []
    for line in lines:
        needed = to_base(line.outstanding_quantity, line.per_unit)
        day = (line.shipment_date or on) if is_order else on
        own = needed if is_order and line.pk else Decimal(0)  # only orders that are stored count as demand
        place = place_of(line)
        outlook = outlooks[place]
        if (place, day) not in known:
            known[place, day] = outlook.by(day, receipts=is_order)
        available = replace(known[place, day], wanted=known[place, day].wanted - own)
        is_enough = available.quantity >= needed
        views.append(
            StockView(
                line=line,
                item_no=items[line.item_id].number,
                on=day,
                available=available,
                needed=needed,
                earliest=day if is_enough else outlook.earliest(needed, since=day, own=own),
            )
        )
    return views


def warn_stock(views: Iterable[StockView]) -> list[Problem]:
    """W-STOCK for each line that wants more than there will be; in the line's unit."""
    message = _("Only {available} {unit} of {item} are available; {entered} were entered.")
    return [
        Problem(
            STOCK,
            message.format(
                available=plain(round(max(view.available.quantity, Decimal(0)) / view.line.per_unit, 5)),
                unit=view.line.unit_code,
                item=view.item_no,
                entered=plain(view.line.outstanding_quantity),
            ),
            line_no=view.line.line_no,
            field="quantity",
        )
        for view in views
        if view.left < 0
    ]


def warn_past_date(document: SalesDocument, lines: Sequence[SalesLine], *, on: date) -> list[Problem]:
    """W-PASTDATE for goods that should have left before the work date; of the head while there are no lines."""
    if document.traits.receives:
        return []
    message = _("Shipment Date {date} is before the work date.")
    waiting = [line for line in lines if line.sells_something and not line.is_fetched]
    late = [(line.line_no, line.shipment_date) for line in waiting if line.outstanding_quantity]
    if not waiting:
        late = [(None, document.shipment_date)]
    return [
        Problem(PAST_DATE, message.format(date=day), line_no=line_no, field="shipment_date")
        for line_no, day in late
        if day is not None and day < on
    ]


def warn_external_no(document: SalesDocument, others: Sequence[object]) -> list[Problem]:
    """W-EXTDOC when the customer's number of this document stands on another one, too."""
    if not others:
        return []
    message = _("External Document No. {number} is already used for this customer: {others}.")
    named = ", ".join(str(other) for other in others)
    text = message.format(number=document.external_document_no, others=named)
    return [Problem(EXTERNAL_NO, text, field="external_document_no")]


def warn_center(document: SalesDocument, *, of_customer: str, ours: str) -> list[Problem]:
    """W-RESP when the customer is looked after by others than those who write."""
    if not of_customer or not ours or of_customer == ours:
        return []
    message = _("Customer {customer} belongs to responsibility center {center}, this document to {ours}.")
    text = message.format(customer=document.customer_number, center=of_customer, ours=ours)
    return [Problem(CENTER, text, field="responsibility_center_code")]


def warn_discount_lost(lines: Iterable[SalesLine]) -> list[Problem]:
    """W-INVD-RESET for lines that lost their share of the invoice discount when they were changed."""
    message = _(
        "The invoice discount of line {line_no} was cleared; calculate it again, or type it in the statistics."
    )
    return [
        Problem(
            DISCOUNT_LOST,
            message.format(line_no=line.line_no),
            line_no=line.line_no,
            field="inv_discount_amount",
        )
        for line in lines
        if line.recalculate_invoice_discount
    ]


def warn_discount_accounts(
    lines: Iterable[SalesLine], accounts: Mapping[tuple[str, str], tuple[bool, bool]], *, posting: str
) -> list[Problem]:
    """W-DISC-ACC for discounts that are posted by themselves where no account is named for them, once per account.

    accounts  by business and product group: whether line and invoice discounts have an account
    posting   Discount Posting of the sales set-up
    """
    shown = DiscountPosting(posting)
    problems: dict[tuple, Problem] = {}
    message = _("{field} of {group} is empty in the general posting set-up: the discount cannot be posted.")
    names = (_("Sales Line Disc. Account"), _("Sales Inv. Disc. Account"))
    for line in lines:
        given = (
            shown.shows_line_discount and line.line_discount_amount,
            shown.shows_invoice_discount and line.inv_discount_amount,
        )
        group = line.gen_bus_posting_group, line.gen_prod_posting_group
        has = accounts.get(group, (False, False))
        for place, name in enumerate(names):
            if given[place] and not has[place] and (group, place) not in problems:
                text = message.format(field=name, group=" × ".join(group))
                setup = "admin:posting_generalpostingsetup_changelist"
                problems[group, place] = Problem(DISCOUNT_ACCOUNT, text, line.line_no, setup=setup)
    return list(problems.values())
