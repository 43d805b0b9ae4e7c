"""What customers wait for."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Round

from customers.models import Customer
from erp.kernel.money import ZERO
from sales.models import SalesDocument, SalesLine


class Waiting(NamedTuple):
    """An order line with something still to ship; quantities in the line's unit, the amount in local currency."""

    customer_no: str
    customer_name: str
    order_no: str
    order_status: str
    line_no: int
    type: str
    number: str
    description: str
    location_code: str
    unit_code: str
    shipment_date: date | None
    promised_date: date | None
    quantity: Decimal
    outstanding: Decimal
    amount: Decimal


def _lines(
    *, until: date | None, customer: Customer | None, location: str, released: bool
) -> QuerySet[SalesLine]:
    lines = SalesLine.objects.filter(document__type=SalesDocument.Type.ORDER).exclude(outstanding_base=0)
    if until is not None:
        lines = lines.filter(shipment_date__lte=until)
    if customer is not None:
        lines = lines.filter(document__customer=customer)
    if location:
        lines = lines.filter(location_code=location)
    if released:
        lines = lines.filter(document__status=SalesDocument.Status.RELEASED)
    share = F("amount") * (F("quantity") - F("quantity_shipped")) / F("quantity")
    return lines.annotate(worth=Round(share / F("document__currency_factor"), precision=2))


def waiting(
    *, until: date | None = None, customer: Customer | None = None, location: str = "", released: bool = False
) -> Iterator[Waiting]:
    """Lines with something still to ship, by customer and shipment date. One query, fetched while walked through."""
    rows = _lines(until=until, customer=customer, location=location, released=released).order_by(
        "document__customer__number", F("shipment_date").asc(nulls_last=True), "document__number", "line_no"
    )
    columns = (
        "document__customer__number", "document__sell_to_name", "document__number", "document__status", "line_no",
        "type", "number", "description", "location_code", "unit_code", "shipment_date", "promised_delivery_date",
        "quantity",
    )  # fmt: skip
    outstanding = F("quantity") - F("quantity_shipped")
    for row in rows.values_list(*columns, outstanding, "worth").iterator(chunk_size=2000):
        yield Waiting(*row)


def worth_of_waiting(
    *, until: date | None = None, customer: Customer | None = None, location: str = "", released: bool = False
) -> Decimal:
    """What all that customers wait for comes to, in local currency, VAT excluded. One query."""
    lines = _lines(until=until, customer=customer, location=location, released=released)
    return lines.order_by().aggregate(sum=Sum("worth", default=ZERO))["sum"]
