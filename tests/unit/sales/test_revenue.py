"""Revenue in the general ledger: net, or gross with its discounts beside it."""

from decimal import Decimal as D

import pytest

from sales.arithmetic.revenue import DiscountPosting, split_revenue
from sales.arithmetic.values import AmountLine, VATKey, VATType
from sales.arithmetic.vat import document_vat

V25 = VATKey("V25", VATType.NORMAL, D(25))


def rows(posting, *, net="900.00", line_discount="100.00", inv_discount="45.00", **options):
    line = AmountLine(10000, D(1), D(1000), D(net), V25, inv_discount_amount=D(inv_discount))
    [taxed] = document_vat([line], **options).lines
    return taxed, split_revenue(
        taxed,
        vat=V25,
        line_discount_amount=D(line_discount),
        inv_discount_amount=D(inv_discount),
        posting=posting,
        **options,
    )


def test_all_discounts_have_accounts_of_their_own():
    """1,000.00 less 10 % less 5 %: each discount takes its own VAT off, and the customer owes 1,068.75."""
    taxed, revenue = rows(DiscountPosting.ALL)
    assert taxed.amount_including_vat == D("1068.75")
    assert revenue.sales == (D(1000), D(1000), D(250))
    assert revenue.line_discount == (D(-100), D(-100), D(-25))
    assert revenue.inv_discount == (D(-45), D(-45), D("-11.25"))


@pytest.mark.parametrize(
    ("posting", "sales", "line_discount", "inv_discount"),
    [
        ("no_discounts", "855.00", "0", "0"),
        ("line_discounts", "955.00", "-100.00", "0"),
        ("invoice_discounts", "900.00", "0", "-45.00"),
    ],
)
def test_a_discount_without_an_account_is_taken_off_the_sales(posting, sales, line_discount, inv_discount):
    """Whatever is shown, customer and VAT stay the same."""
    taxed, revenue = rows(posting)
    assert [part.amount for part in revenue] == [D(sales), D(line_discount), D(inv_discount)]
    assert sum(part.vat_amount for part in revenue) == taxed.vat_amount == D("213.75")


def test_a_line_given_away_shows_its_sale_and_its_discount():
    """100 % off 1,000.00: nobody owes anything, and yet sale and discount are on record with their VAT."""
    taxed, revenue = rows(DiscountPosting.LINE, net="0.00", line_discount="1000.00", inv_discount="0.00")
    assert taxed.amount_including_vat == 0
    assert revenue.sales == (D(1000), D(1000), D(250))
    assert revenue.line_discount == (D(-1000), D(-1000), D(-250))


@pytest.mark.parametrize("base_discount", ["0", "2"])
def test_discounts_of_prices_including_vat_are_divided(base_discount):
    """125.00 off a price including VAT is 100.00 of revenue."""
    taxed, revenue = rows(
        DiscountPosting.ALL,
        net="1125.00",
        line_discount="125.00",
        inv_discount="56.25",
        prices_including_vat=True,
        vat_base_discount=D(base_discount),
    )
    assert revenue.line_discount.amount == D(-100)
    assert revenue.inv_discount.amount == D(-45)
    assert revenue.sales.amount == D(1000)
    assert sum(part.vat_base for part in revenue) == taxed.vat_base
    assert sum(part.vat_amount for part in revenue) == taxed.vat_amount


def test_a_discount_on_a_full_vat_line_is_vat():
    full = VATKey("FULL", VATType.FULL)
    [taxed] = document_vat([AmountLine(10000, D(1), D(250), D(200), full)]).lines
    revenue = split_revenue(taxed, vat=full, line_discount_amount=D(50), posting="all_discounts")
    assert [part.vat_amount for part in revenue] == [D(250), D(-50), D(0)]
    assert [part.amount for part in revenue] == [0, 0, 0]
