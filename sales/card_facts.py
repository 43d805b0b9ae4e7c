"""What sales has to tell on the cards of customers and items: prices that apply, and what was sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from customers.models import Customer
from erp.kernel.money import ZERO
from inventory.models import Item
from sales.models import CustomerInvoiceDiscount, PriceList, PriceListLine, SalesDocument
from sales.models.credit_memo import SalesCreditMemoLine
from sales.models.invoice import SalesInvoiceLine

MONTHS = 12
PRICES = 50
LATEST = 10
Source = PriceListLine.Source
Asset = PriceListLine.Asset


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale of an item on a posted invoice."""

    invoice_no: str
    on: date
    customer_no: str
    customer_name: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    line_discount_percent: Decimal
    currency_code: str


@dataclass(frozen=True, slots=True)
class SoldByMonth:
    """Base units sold by month, less what was credited; January first. Months to come are None."""

    this_year: tuple[Decimal | None, ...]
    last_year: tuple[Decimal, ...]


def prices_for(customer: Customer, *, on: date) -> Sequence[PriceListLine]:
    """Prices and discounts of active lists that a customer gets and others do not. One query."""
    theirs = Q(source_type=Source.CUSTOMER, source_no=customer.number)
    if customer.price_group_code:
        theirs |= Q(source_type=Source.CUSTOMER_PRICE_GROUP, source_no=customer.price_group_code)
    if customer.discount_group_code:
        theirs |= Q(source_type=Source.CUSTOMER_DISCOUNT_GROUP, source_no=customer.discount_group_code)
    return list(_valid(on).filter(theirs)[:PRICES])


def prices_of(item: Item, *, on: date) -> Sequence[PriceListLine]:
    """Prices and discounts of active lists that an item has. One query."""
    own = Q(asset_type=Asset.ITEM, asset_no=item.number) | Q(asset_type=Asset.ALL_ITEMS)
    if item.discount_group_code:
        own |= Q(asset_type=Asset.ITEM_DISCOUNT_GROUP, asset_no=item.discount_group_code)
    return list(_valid(on).filter(own)[:PRICES])


def invoice_discounts_of(customer: Customer) -> Sequence[CustomerInvoiceDiscount]:
    """From which amount on invoices of a customer earn a discount."""
    return list(CustomerInvoiceDiscount.objects.filter(code=customer.invoice_discount_code))


def documents_of(customer: Customer, *, limit: int) -> Sequence[SalesDocument]:
    """The latest documents under way, of the customer who buys or pays."""
    theirs = Q(customer=customer) | Q(bill_to_customer=customer)
    return list(SalesDocument.objects.filter(theirs).with_totals().order_by("-id")[:limit])


def sold_by_month(item_id: int, *, on: date) -> SoldByMonth:
    """How much of an item was invoiced, less what was credited, this year and last. Two queries."""
    sums: dict[date, Decimal] = {}
    for model, sign in ((SalesInvoiceLine, 1), (SalesCreditMemoLine, -1)):
        lines = model.objects.filter(
            item_id=item_id,
            document__posting_date__gte=date(on.year - 1, 1, 1),
            document__posting_date__lte=on,
        )
        rows = lines.order_by().annotate(month=TruncMonth("document__posting_date")).values_list("month")
        for month, quantity in rows.annotate(Sum("quantity_base")):
            sums[month] = sums.get(month, ZERO) + sign * quantity
    months = range(1, MONTHS + 1)
    return SoldByMonth(
        tuple(sums.get(date(on.year, month, 1), ZERO) if month <= on.month else None for month in months),
        tuple(sums.get(date(on.year - 1, month, 1), ZERO) for month in months),
    )


def latest_sales(item_id: int) -> Sequence[Sold]:
    """To whom an item was sold last, and for how much. One query."""
    lines = SalesInvoiceLine.objects.filter(item_id=item_id).exclude(quantity=0)
    rows = lines.order_by("-document__posting_date", "-document_id", "line_no").values_list(
        "document__number",
        "document__posting_date",
        "document__customer__number",
        "document__sell_to_name",
        "quantity",
        "unit_code",
        "unit_price",
        "line_discount_percent",
        "document__currency_code",
    )
    return [Sold(*row) for row in rows[:LATEST]]


def _valid(on: date) -> QuerySet[PriceListLine]:
    lines = PriceListLine.objects.filter(price_list__status=PriceList.Status.ACTIVE)
    lines = lines.filter(Q(starting_date=None) | Q(starting_date__lte=on))
    lines = lines.filter(Q(ending_date=None) | Q(ending_date__gte=on)).select_related("price_list")
    return lines.order_by("asset_type", "asset_no", F("source_type").asc(), "minimum_quantity", "id")
