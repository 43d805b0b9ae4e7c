"""Whatever is on an invoice, cancelling it leaves nothing behind in any ledger, to the cent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from inventory.models import ResourceLedgerEntry, Stock, ValueEntry
from posting.models import Currency, GLEntry, VATEntry
from receivables.models import CustomerLedgerEntry, DetailedCustomerLedgerEntry, OpenItem
from sales.models import ReturnReceipt, SalesCreditMemo, SalesInvoice, SalesSetup, SalesShipment
from sales.routines.cancel_credit_memo import cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.discount import type_invoice_discount
from sales.values import SalesValues
from tests.world import World

DAY = date(2026, 3, 2)
AVERAGED = "LAMP"
SELLS = ("BICYCLE", "LAMP", "CABLE", "SETUP", "FITTER", "4200")


@dataclass(frozen=True)
class Sold:
    """One line: what is sold, how much of it on each shipment, the price and the discount percentage."""

    what: str
    shipped: tuple[D, ...]
    price: D
    discount: D


@dataclass(frozen=True)
class Sale:
    """An invoice and the set-up that it is posted with."""

    customer: str
    prices_including_vat: bool
    discount_posting: str
    rounds: bool
    marks_corrections: bool
    invoice_discount: D
    lines: tuple[Sold, ...]


quantities = st.decimals(D("0.1"), D("12"), places=1) | st.integers(1, 12).map(D)
shipments = st.integers(1, 3).flatmap(lambda count: st.tuples(*[quantities] * count))
lines = st.builds(
    Sold,
    what=st.sampled_from(SELLS),
    shipped=shipments,
    price=st.decimals(D("0.01"), D("900"), places=2),
    discount=st.sampled_from([D(0), D(5), D("33.33")]) | st.decimals(D(0), D(100), places=2),
)
sales = st.builds(
    Sale,
    customer=st.sampled_from(["DOMESTIC", "EU", "EXPORT", "DOLLARS", "KRONOR"]),
    prices_including_vat=st.booleans(),
    discount_posting=st.sampled_from(SalesSetup.DiscountPosting.values),
    rounds=st.booleans(),
    marks_corrections=st.booleans(),
    invoice_discount=st.sampled_from([D(0), D("0.07"), D("3.33")]),
    lines=st.lists(lines, min_size=1, max_size=5).map(tuple),
)


@pytest.fixture
def shop(world) -> World:
    """Customers at home and abroad; goods of three VAT groups with costs that do not come out even."""
    world.rate("USD", 100, "91.37", on=date(2026, 1, 1))
    world.rate("SEK", 100, "8.73", on=date(2026, 1, 1))
    Currency.objects.update(invoice_rounding_precision=D(1))
    world.ledger_setup(invoice_rounding_precision=D("0.05"))
    for group in ("DOMESTIC", "EU", "EXPORT"):
        world.customer(group.title(), number=group, group=group)
    world.customer("Dollars", currency="USD")
    world.customer("Kronor", currency="SEK")
    for number, method, group in (
        ("BICYCLE", "fifo", "GOODS"),
        ("LAMP", "average", "REDUCED"),
        ("CABLE", "standard", "NOVAT"),
    ):
        item = world.item(number, stock=17, cost="3.37", costing_method=method, group=group)
        world.receive(60, item, at="4.19")
    world.item("SETUP", type="service", cost="1.11", group="SERVICES")
    world.resource("FITTER", price=80, cost="29.99")
    return world


# Per ledger: its rows, what they are summed by, and the figures.
LEDGERS = {
    "accounts": (GLEntry, "account__number", ("amount",)),
    "VAT": (VATEntry, "vat_identifier", ("base", "amount")),
    "customers": (
        CustomerLedgerEntry,
        "customer__number",
        ("amount", "amount_lcy", "sales_lcy", "profit_lcy", "invoice_discount_lcy"),
    ),
    "details": (DetailedCustomerLedgerEntry, "customer_entry__customer__number", ("amount", "amount_lcy")),
    "items": (
        ValueEntry,
        "item__number",
        (
            "item_entry_quantity",
            "cost_amount_actual",
            "cost_amount_expected",
            "cost_amount_non_inventoriable",
            "sales_amount_actual",
            "sales_amount_expected",
            "discount_amount",
        ),
    ),
    "resources": (ResourceLedgerEntry, "resource__number", ("quantity", "total_cost", "total_price")),
}


def sums() -> dict[str, list[tuple]]:
    """What all papers of the sale come to, in every ledger; where they come to nothing, the ledger is left out.

    Cents that a receipt of goods keeps or lacks once it is used up belong to the receipt, and to no sale.
    """
    papers = [SalesShipment, SalesInvoice, ReturnReceipt, SalesCreditMemo]
    numbers = [number for model in papers for number in model.objects.values_list("number", flat=True)]
    found = {}
    for name, (model, key, figures) in LEDGERS.items():
        rows = model.objects.filter(document_no__in=numbers).order_by(key).values_list(key)
        rows = rows.annotate(*[Sum(figure) for figure in figures])
        found[name] = [tuple(row) for row in rows if any(row[1:])]
    return {name: rows for name, rows in found.items() if rows}


def stock() -> list[tuple]:
    return list(Stock.objects.order_by("id").values_list("item_id", "location_code", "quantity"))


def sell(shop: World, sale: Sale):
    """Ship an order in as many parts as the lines say, and invoice all of them at once."""
    shop.sales_setup(discount_posting=sale.discount_posting, invoice_rounding=sale.rounds)
    shop.ledger_setup(mark_credit_memos_as_corrections=sale.marks_corrections)
    customer = Customer.objects.get(number=sale.customer)
    order = shop.order(customer, prices_including_vat=sale.prices_including_vat)
    for line in sale.lines:
        given = {"at": line.price, "discount": line.discount}
        ordered = sum(line.shipped) + 1
        if line.what == "4200":
            order.charges("4200", line.price, quantity=ordered, line_discount_percent=line.discount)
        elif line.what == "FITTER":
            order.works(ordered, "FITTER", **given)
        else:
            order.sells(ordered, line.what, **given)
    document = order.document
    if (
        sale.invoice_discount
        and sum(line.line_amount for line in order.lines if line.allow_invoice_discount) > 10
    ):
        values = SalesValues.load(document.currency_code)
        type_invoice_discount(document, sale.invoice_discount, values=values, at=shop.at())
    for turn in range(3):
        quantities = [line.shipped[turn] if turn < len(line.shipped) else D(0) for line in sale.lines]
        if any(quantities):
            order.ship(*quantities)
    return order, order.invoice(*[sum(line.shipped) for line in sale.lines])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sale=sales)
def test_a_cancelled_invoice_leaves_nothing(shop, sale):
    """G/L by account, VAT, customer, goods, their cost and their revenue are what they were; and so is the order.

    Taken back again, everything is what it was with the invoice. Only the average of a day is reckoned anew from all
    that was posted on it, so that goods at average cost may have moved by a cent.
    """
    with transaction.atomic():
        before = stock()
        order, invoice = sell(shop, sale)
        standing, owed = sums(), list(OpenItem.objects.values_list("remaining_amount"))
        who = {"by": shop.by, "at": shop.at(), "on": DAY}
        credit_memo = cancel_invoice(invoice, **who)
        assert (sums(), stock()) == ({}, before)
        assert not OpenItem.objects.exists()
        assert not any(line.quantity_shipped or line.quantity_invoiced for line in order.lines)
        assert credit_memo.amount_including_vat == invoice.amount_including_vat

        cancel_credit_memo(credit_memo, **who)
        if not any(line.what == AVERAGED for line in sale.lines):
            assert sums() == standing
        assert list(OpenItem.objects.values_list("remaining_amount")) == owed
        shop.check()
        transaction.set_rollback(True)
