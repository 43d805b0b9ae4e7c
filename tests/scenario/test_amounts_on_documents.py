"""# Amounts on a document

Line amounts, discounts, VAT and rounding, as they stand on the paper and as they reach the ledgers.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import Customer
from erp.kernel.errors import ErpError
from posting.models import (
    Currency,
    GeneralLedgerSetup,
    GLAccount,
    VATEntry,
    VATPostingSetup,
    VATProductGroup,
)
from sales.masters import NewLine
from sales.models import CustomerInvoiceDiscount, SalesDocument, SalesLine
from sales.routines.discount import discount_invoice, type_invoice_discount
from sales.routines.draft import draft
from sales.selectors import outstanding_orders
from sales.values import SalesValues
from sales.warnings import warnings_of


def codes(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def amounts(story) -> list[tuple[D, D]]:
    return [(line.amount, line.amount_including_vat - line.amount) for line in story.lines]


def discounted(story, world) -> list[D]:
    """Calculate the invoice discount; the share of every line."""
    document = SalesDocument.objects.get(pk=story.key)
    values = SalesValues.load(document.currency_code)
    return [line.inv_discount_amount for line in discount_invoice(document, values=values, at=world.at())]


# Line amounts


def test_line_amounts_are_rounded_half_away_from_zero(world):
    customer = world.customer()
    item = world.item(cost=1)
    first = world.order(customer).sells(3, item, at="33.333").lines[0]
    assert (first.line_amount, first.amount_including_vat) == (D("100.00"), D("125.00"))
    second = world.order(customer).sells(7, item, at="12.345", discount=5).lines[0]
    assert (second.line_discount_amount, second.line_amount) == (D("4.32"), D("82.10"))
    third = world.order(customer).sells(-1, item, at="0.125").lines[0]
    assert third.line_amount == D("-0.13")


def test_a_typed_line_amount_becomes_a_discount(world):
    order = world.order(world.customer()).sells(3, world.item(cost=1), at=100)
    order.changes(line_amount=D(250))
    (line,) = order.lines
    assert (line.line_discount_amount, line.line_discount_percent) == (D("50.00"), D("16.66667"))
    assert codes(order.changes, line_amount=D(350)) == {"E-LINEAMT-HIGH"}
    assert order.lines[0].line_amount == D("250.00")


def test_a_typed_discount_amount_stays_as_it_was_typed(world):
    """1.00 off twenty million is 0.00001 %; reckoned back from the percentage it would be 2.00."""
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=20_000_000)
    order.changes(line_discount_amount=D(1))
    (line,) = order.lines
    assert (line.line_discount_percent, line.line_discount_amount) == (D("0.00001"), D("1.00"))


def test_a_line_of_many_decimals(world):
    order = world.order(world.customer()).sells("19.625", world.item(cost=1), at=1192)
    order.changes(line_amount=D("16559.33"))
    (line,) = order.lines
    assert (line.line_discount_amount, line.line_discount_percent) == (D("6833.67"), D("29.21246"))


@pytest.mark.parametrize("percent", ["100.5", "-1"])
def test_a_discount_lies_between_nothing_and_everything(world, percent):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=100)
    assert codes(order.changes, line_discount_percent=D(percent)) == {"E-DISC-RANGE"}


def test_a_box_costs_and_is_priced_twelvefold(world):
    """The card says 4.00 a piece; two and a half boxes of twelve come to 120.00."""
    item = world.item(price=4, cost=3, units={"BOX": 12})
    (line,) = world.order(world.customer()).sells("2.5", item, unit="BOX").lines
    assert (line.quantity_base, line.unit_price, line.line_amount) == (30, 48, D("120.00"))
    assert line.unit_cost_lcy == 36


# VAT


def test_vat_is_right_for_the_group_not_for_the_line(world):
    """Three lines of 0.10 carry 0.08 of VAT together, where each by itself would carry 0.03."""
    item = world.item(cost=1)
    order = (
        world.order(world.customer())
        .sells(1, item, at="0.10")
        .sells(1, item, at="0.10")
        .sells(1, item, at="0.10")
    )
    order.release()
    assert [vat for _amount, vat in amounts(order)] == [D("0.03"), D("0.02"), D("0.03")]


def test_vat_identifiers_are_rounded_apart(world):
    group = VATProductGroup.objects.create(code="V25B")
    VATPostingSetup.objects.create(
        vat_bus_posting_group=VATPostingSetup.objects.get(
            vat_bus_posting_group__code="DOM", vat_prod_posting_group__code="V25"
        ).vat_bus_posting_group,
        vat_prod_posting_group=group,
        vat_percent=25,
        vat_identifier="V25B",
        sales_vat_account=GLAccount.objects.get(number="2200"),
    )
    item = world.item(cost=1)
    order = world.order(world.customer()).sells(1, item, at="0.10")
    order.sells(1, item, at="0.10", vat_prod_posting_group="V25B").release()
    assert [vat for _amount, vat in amounts(order)] == [D("0.03"), D("0.03")]


def test_prices_including_vat_hit_the_gross(world):
    VATPostingSetup.objects.filter(vat_identifier="V25").update(vat_percent=19)
    item = world.item(cost=1)
    order = world.order(world.customer(), prices_including_vat=True)
    order.sells(1, item, at="9.99").sells(1, item, at="9.99").sells(1, item, at="9.99").release()
    assert [amount for amount, _vat in amounts(order)] == [D("8.39"), D("8.40"), D("8.39")]
    assert sum(line.amount_including_vat for line in order.lines) == D("29.97")


@pytest.mark.parametrize(
    "gross, direction, net, vat",
    [
        ("25066.79", "nearest", "21064.53", "4002.26"),
        ("25066.79", "up", "21064.52", "4002.27"),
        ("25066.78", "down", "21064.53", "4002.25"),
    ],
)
def test_vat_is_rounded_as_the_set_up_says(world, gross, direction, net, vat):
    """19 % out of a gross amount: to the nearest cent, always up, or always down."""
    VATPostingSetup.objects.filter(vat_identifier="V25").update(vat_percent=19)
    world.ledger_setup(vat_rounding_type=direction)
    order = world.order(world.customer(), prices_including_vat=True).sells(1, world.item(cost=1), at=gross)
    assert amounts(order.release()) == [(D(net), D(vat))]


def test_returns_on_an_order_are_taxed_with_its_sales(world):
    """+10.08 and −0.10 together carry 2.50; rounded apart they would carry 2.49."""
    item = world.item(stock=5, cost=1)
    order = world.order(world.customer()).sells(1, item, at="10.08").sells(-1, item, at="0.10")
    invoice = order.post()
    assert invoice.amount_including_vat - invoice.amount == D("2.50")
    world.check()


def test_every_invoice_taxes_its_own_base(world):
    """Three pieces of 33.33 invoiced one by one: 24.99 of VAT, a cent less than in one invoice."""
    order = world.order(world.customer()).sells(3, world.item(stock=3, cost=1), at="33.33")
    order.ship()
    invoices = [order.invoice(1) for _piece in range(3)]
    assert [invoice.amount_including_vat for invoice in invoices] == [D("41.66")] * 3
    assert sum(invoice.amount_including_vat - invoice.amount for invoice in invoices) == D("24.99")
    world.check()


def test_a_line_given_away_is_invoiced_in_parts(world):
    """100 % discount on 136.36: the parts of the discount add up, and the customer owes nothing."""
    world.sales_setup(discount_posting="line_discounts")
    order = world.order(world.customer()).charges("4520", "9.0909", quantity=15)
    order.changes(line_discount_percent=D(100))
    order.ship()
    first, second = order.invoice(9), order.invoice()
    parts = [invoice.lines.get().line_discount_amount for invoice in (first, second)]
    assert parts == [D("81.82"), D("54.54")]
    assert first.amount_including_vat == second.amount_including_vat == 0
    world.check()


def test_reverse_charge_leaves_the_tax_to_the_customer(world):
    item = world.item(stock=10, cost=60)
    invoice = world.order(world.customer("Rotterdam", group="EU")).sells(10, item, at=100).post()
    assert world.ledger(invoice.number)["1110"] == D("1000.00")
    assert "2200" not in world.ledger(invoice.number)
    assert world.vat(invoice.number) == [("EU25", D("-1000.00"), D("0.00"))]
    world.check()


def test_a_full_vat_line_is_nothing_but_tax(world):
    """250.00 of VAT by itself belongs on the VAT account; anywhere else it is refused."""
    VATPostingSetup.objects.filter(
        vat_prod_posting_group__code="V0", vat_bus_posting_group__code="DOM"
    ).update(calculation_type="full", vat_percent=100, vat_identifier="FULL")
    GLAccount.objects.filter(number="2200").update(direct_posting=True, control="")
    customer = world.customer()
    order = world.order(customer).charges(
        "2200", 250, vat_prod_posting_group="V0", gen_prod_posting_group="NOVAT"
    )
    order.release()
    assert amounts(order) == [(D("0.00"), D("250.00"))]
    invoice = order.post()
    assert world.ledger(invoice.number) == {"1100": D("250.00"), "2200": D("-250.00")}
    wrong = world.order(customer).charges("4520", 250, vat_prod_posting_group="V0")
    assert "E-VAT-FULLACC" in codes(wrong.post)


def test_vat_may_count_on_the_payment_discount(world):
    """2 % within the tolerance of 5 %: VAT is 25 % of 980.00, and the customer owes 1,245.00."""
    GeneralLedgerSetup.objects.update(vat_tolerance_percent=5, adjust_for_payment_discount=True)
    adatum = world.customer(terms="1M(8D)")
    item = world.item(stock=20, cost=60)
    invoice = world.order(adatum).sells(10, item, at=100).post()
    assert invoice.amount_including_vat == D("1245.00")
    gross = world.order(adatum, prices_including_vat=True).sells(10, item, at=125).post()
    assert (gross.amount, gross.amount_including_vat) == (D("1000.00"), D("1245.00"))
    world.check()


def test_vat_corrected_by_hand_is_invoiced_in_parts(world):
    """0.05 more than 25 % on four pieces: the parts of the correction add up, and VAT entries tell of it."""
    world.sales_setup(allow_vat_difference=True)
    order = world.order(world.customer()).sells(4, world.item(stock=5, cost=1), at=100)
    SalesLine.objects.update(vat_difference=D("0.05"))
    order.ship()
    invoices = [order.invoice(3), order.invoice()]
    assert [invoice.amount_including_vat for invoice in invoices] == [D("375.04"), D("125.01")]
    assert [invoice.lines.get().vat_difference for invoice in invoices] == [D("0.04"), D("0.01")]
    told = VATEntry.objects.order_by("entry_no").values_list("amount", "vat_difference")
    assert list(told) == [(D("-75.04"), D("-0.04")), (D("-25.01"), D("-0.01"))]
    world.check()


# Invoice discount and service charge


def test_charge_and_discount_have_bases_of_their_own(world):
    """1,100.00 in all pays the service charge of the higher step; 600.00 of it earns the lower discount."""
    adatum = world.customer()
    for minimum, percent, charge in ((500, 2, 0), (1000, 5, 25)):
        CustomerInvoiceDiscount.objects.create(
            code=adatum.number, minimum_amount=minimum, discount_percent=percent, service_charge=charge
        )
    allowed, other = world.item("A", cost=1), world.item("B", cost=1, allow_invoice_discount=False)
    order = world.order(adatum).sells(1, allowed, at=600).sells(1, other, at=500)
    assert discounted(order, world) == [D("12.00"), 0, 0]
    lines = order.lines
    assert (lines[2].line_amount, lines[2].number) == (D("25.00"), "4520")
    assert sum(line.amount for line in lines) == D("1113.00")
    order.release()
    assert sum(line.amount_including_vat for line in order.lines) == D("1391.25")


def test_a_discount_is_spread_to_the_cent(world):
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=5)
    item = world.item(cost=1)
    order = (
        world.order(adatum).sells(1, item, at="33.33").sells(1, item, at="33.33").sells(1, item, at="33.33")
    )
    assert discounted(order, world) == [D("1.67"), D("1.66"), D("1.67")]
    order.release()
    assert [vat for _amount, vat in amounts(order)] == [D("7.92"), D("7.91"), D("7.92")]


@pytest.mark.parametrize("per_identifier, shares", [(False, ["2.50", "2.51"]), (True, ["2.50", "2.50"])])
def test_a_percentage_is_rounded_over_all_vat_or_for_each(world, per_identifier, shares):
    """2.5 % of 100.10 under two VAT identifiers: half a cent is carried from one to the next, or is not."""
    world.sales_setup(calc_invoice_discount_per_vat_id=per_identifier)
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=D("2.5"))
    order = world.order(adatum).sells(1, world.item("BOOK", cost=1, group="REDUCED"), at="100.10")
    order.sells(1, world.item("LAMP", cost=1), at="100.10")
    assert discounted(order, world) == [D(share) for share in shares]


def test_steps_in_local_currency_serve_foreign_documents(world):
    """From 1,000 on a charge of 10: an order for 600 foreign is worth 1,200, and pays 5 of its own currency."""
    world.rate("USD", "0.5", 1, on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="USD")
    CustomerInvoiceDiscount.objects.create(code=adatum.number, minimum_amount=1000, service_charge=10)
    order = world.order(adatum).sells(1, world.item(cost=1), at=600)
    discounted(order, world)
    assert order.lines[1].line_amount == D("5.00")


def test_a_typed_discount_is_shared_and_invoiced_in_parts(world):
    """1,000.00 off three lines of 10,000: thirds, and half of the middle one with half of its quantity."""
    order = world.order(world.customer())
    item = world.item(stock=100, cost=1)
    for _line in range(3):
        order.sells(10, item, at=1000)
    document = SalesDocument.objects.get(pk=order.key)
    type_invoice_discount(document, D(1000), values=SalesValues.load(), at=world.at())
    assert [line.inv_discount_amount for line in order.lines] == [D("333.33"), D("333.34"), D("333.33")]
    order.ship()
    invoice = order.invoice(0, 5, 10)
    assert invoice.inv_discount_amount == D("500.00")
    assert order.invoice().inv_discount_amount == D("500.00")
    world.check()


def test_a_price_changed_between_two_invoices_leaves_the_given_discount_alone(world):
    """100.00 typed, half of it given with the first five pieces; the new price of the rest takes the other half away,
    and does not charge the first one back."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=1), at=100)
    type_invoice_discount(order.document, D(100), values=SalesValues.load(), at=world.at())
    order.ship()
    assert order.invoice(5).amount == D("450.00")
    order.reopen().changes(unit_price=D(90))
    assert order.document.invoice_discount_value == D("50.00")
    assert order.invoice().amount == D("450.00")
    world.check()


def test_a_percentage_counts_on_what_is_not_invoiced(world):
    """5 % of 500.00, then the price doubles: 5 % of the other 1,000.00, not of the whole order again."""
    world.sales_setup(calc_invoice_discount=True)
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=5)
    order = world.order(adatum).sells(10, world.item(stock=10, cost=1), at=100)
    order.ship()
    assert order.invoice(5).inv_discount_amount == D("25.00")
    order.reopen().changes(unit_price=D(200))
    assert order.invoice().inv_discount_amount == D("50.00")
    world.check()


def test_a_discount_typed_again_keeps_what_was_given(world):
    """Of 100.00 for two lines 75.00 are given; typing 85.00 leaves 10.00 for the rest, 70.00 is less than was given."""
    order = world.order(world.customer()).sells(10, world.item(stock=50, cost=1), at=100)
    order.sells(10, "BICYCLE", at=100)
    give = {"values": SalesValues.load(), "at": world.at()}
    type_invoice_discount(order.document, D(100), **give)
    order.ship()
    assert order.invoice(10, 5).inv_discount_amount == D("75.00")
    assert codes(type_invoice_discount, order.document, D(85), **give) == {"E-LINE-STATUS"}
    order.reopen()
    assert codes(type_invoice_discount, order.document, D(70), **give) == {"E-INVD-MAX"}
    type_invoice_discount(order.document, D(85), **give)
    assert order.invoice().inv_discount_amount == D("10.00")
    world.check()


def test_a_service_charge_that_was_charged_is_not_charged_again(world):
    """The charge goes with the first part of the order; the second part finds it there."""
    world.sales_setup(calc_invoice_discount=True)
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, service_charge=25)
    order = world.order(adatum).sells(10, world.item(stock=10, cost=1), at=100)
    order.changes(qty_to_ship=D(4))
    assert order.post().amount == D("425.00")
    assert order.post().amount == D("600.00")
    assert order.is_done
    world.check()


def test_a_discount_has_a_ceiling(world):
    order = world.order(world.customer()).sells(3, world.item(cost=1), at=100)
    document = SalesDocument.objects.get(pk=order.key)
    give = {"values": SalesValues.load(), "at": world.at()}
    for amount in ("300.01", "-1"):
        assert codes(type_invoice_discount, document, D(amount), **give) == {"E-INVD-MAX"}
    other = world.order(Customer.objects.get()).charges("4520", 100)
    document = SalesDocument.objects.get(pk=other.key)
    assert codes(type_invoice_discount, document, D(1), **give) == {"E-INVD-NOBASE"}


def test_editing_a_line_takes_its_discount_away(world):
    """30.00 typed on three equal lines; the one whose discount changes drops out, with its 10.00."""
    order = world.order(world.customer())
    item = world.item(cost=1)
    for _line in range(3):
        order.sells(1, item, at=100)
    document = SalesDocument.objects.get(pk=order.key)
    type_invoice_discount(document, D(30), values=SalesValues.load(), at=world.at())
    order.changes(1, line_discount_percent=D(5))
    assert [line.inv_discount_amount for line in order.lines] == [0, 10, 10]
    assert order.document.invoice_discount_value == D("20.00")

    # The line says so until its discount is calculated or typed again.
    def told():
        found = warnings_of(order.document, lines=order.lines, on=world.today, by=None)
        return [(problem.code, problem.line_no) for problem in found if problem.code == "W-INVD-RESET"]

    assert told() == [("W-INVD-RESET", 10000)]
    type_invoice_discount(order.document, D(30), values=SalesValues.load(), at=world.at())
    assert told() == []


# Discounts with accounts of their own


@pytest.mark.parametrize(
    ("posting", "accounts"),
    [
        ("all_discounts", {"4100": "-1000.00", "4400": "100.00", "4410": "45.00"}),
        ("line_discounts", {"4100": "-955.00", "4400": "100.00"}),
        ("invoice_discounts", {"4100": "-900.00", "4410": "45.00"}),
        ("no_discounts", {"4100": "-855.00"}),
    ],
)
def test_discounts_on_accounts_of_their_own(world, posting, accounts):
    """1,000.00 less 10 % less 5 %: whatever the accounts, the customer owes 1,068.75 and VAT is 213.75."""
    world.sales_setup(discount_posting=posting)
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=5)
    order = world.order(adatum).sells(1, world.item(type="service", cost=0), at=1000, discount=10)
    discounted(order, world)
    invoice = order.post()
    expected = {"1100": "1068.75", "2200": "-213.75"} | accounts
    assert world.ledger(invoice.number) == {number: D(amount) for number, amount in expected.items()}
    assert sum(base for _id, base, _vat in world.vat(invoice.number)) == D("-855.00")
    world.check()


def test_a_gift_shows_on_both_accounts(world):
    world.sales_setup(discount_posting="line_discounts")
    order = world.order(world.customer()).sells(1, world.item(type="service", cost=0), at=1000, discount=100)
    invoice = order.post()
    assert world.ledger(invoice.number) == {"4100": D("-1000.00"), "4400": D("1000.00")}
    assert [vat for _id, _base, vat in world.vat(invoice.number)] == [D("-250.00"), D("250.00")]
    world.check()


def test_partial_invoices_share_a_line_discount(world):
    """Ten at 9.99 less 10 %: three for 26.97, seven for 62.94, together 89.91."""
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=1), at="9.99", discount=10)
    order.ship()
    assert [order.invoice(3).amount, order.invoice().amount] == [D("26.97"), D("62.94")]
    world.check()


# Rounding and currency


@pytest.mark.parametrize(
    ("precision", "direction", "price", "total", "rounding"),
    [
        ("1", "nearest", "987.648", "1235.00", "0.44"),
        ("0.05", "nearest", "952.088", "1190.10", "-0.01"),
        ("1", "down", "79.992", "99.00", "-0.99"),
        ("1", "up", "987.608", "1235.00", "0.49"),
    ],
)
def test_invoices_are_rounded_to_what_can_be_paid(world, precision, direction, price, total, rounding):
    world.sales_setup(invoice_rounding=True)
    GeneralLedgerSetup.objects.update(
        invoice_rounding_precision=D(precision), invoice_rounding_type=direction
    )
    invoice = world.order(world.customer()).sells(1, world.item(stock=1, cost=1), at=price).post()
    assert invoice.amount_including_vat == D(total)
    last = invoice.lines.order_by("line_no").last()
    assert (last.number, last.amount_including_vat) == ("4600", D(rounding))
    world.check()


@pytest.mark.parametrize("taxed, base, vat", [("V25", "0.35", "0.09"), ("V0", "0.44", "0.00")])
def test_the_rounding_is_taxed_as_its_account_is(world, taxed, base, vat):
    """1,234.56 becomes 1,235.00: the 0.44 hold VAT where the rounding account is taxed."""
    world.sales_setup(invoice_rounding=True)
    world.ledger_setup(invoice_rounding_precision=D(1))
    GLAccount.objects.filter(number="4600").update(
        vat_prod_posting_group=VATProductGroup.objects.get(code=taxed)
    )
    invoice = world.order(world.customer()).sells(1, world.item(stock=1, cost=1), at="987.648").post()
    last = invoice.lines.order_by("line_no").last()
    assert invoice.amount_including_vat == D("1235.00")
    assert (last.amount, last.amount_including_vat - last.amount) == (D(base), D(vat))
    world.check()


def test_foreign_lines_are_converted_as_one_sum(world):
    """Three lines of 10.00 at 1.23456 come to 37.04 together, not to three times 12.35."""
    world.rate("USD", 1, "1.23456", on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="USD")
    order = world.order(adatum)
    for account in ("4100", "4200", "4520"):
        order.charges(account, 10, vat_prod_posting_group="V0", gen_prod_posting_group="SERVICES")
    invoice = order.post()
    assert invoice.amount_including_vat == D("30.00")
    posted = world.ledger(invoice.number)
    assert posted == {"1120": D("37.04"), "4100": D("-12.35"), "4200": D("-12.34"), "4520": D("-12.35")}
    world.check()


def test_cents_do_not_stay_on_accounts_that_come_out_even(world):
    """Sold, taken back and sold again on one invoice: what converting leaves behind goes to the next account."""
    world.rate("USD", "0.25833118", 1, on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="USD")
    order = world.order(adatum)
    a, b, c, d = "4100", "4200", "4500", "4520"
    for account, amount in ((a, 5075), (b, 2590), (c, 1415)):
        order.charges(account, amount, vat_prod_posting_group="V0", gen_prod_posting_group="SERVICES")
    for account, amount in ((a, 5075), (b, 2590), (c, 1415)):
        order.charges(
            account, amount, quantity=-1, vat_prod_posting_group="V0", gen_prod_posting_group="SERVICES"
        )
    for account, amount in ((a, 5075), (b, 2590), (d, 1415)):
        order.charges(account, amount, vat_prod_posting_group="V0", gen_prod_posting_group="SERVICES")
    posted = world.ledger(order.post().number)
    assert posted == {
        "1120": D("35148.68"),
        a: D("-19645.33"),
        b: D("-10025.89"),
        d: D("-5477.46"),
    }
    world.check()


def test_amounts_below_a_local_cent_are_posted(world):
    """A few öre under two VAT rates: VAT worth a quarter of a cent may come out a cent the other way, and is posted."""
    world.rate("SEK", 100, 9, on=date(2026, 1, 1))
    adatum = world.customer(currency="SEK")
    full, reduced = world.item("FULL", stock=50, cost=1), world.item("LOW", stock=50, cost=1, group="REDUCED")
    order = world.order(adatum)
    for price in ("0.05", "0.13", "0.07", "0.02"):
        order.sells(1, full, at=price).sells(1, reduced, at=price)
    assert order.post().amount_including_vat == D("0.64")
    assert world.balance(adatum) == D("0.06")
    world.check()


@pytest.mark.parametrize("kind", ["sales_invoice", "credit_memo"])
def test_a_cash_sale_in_foreign_currency_closes_in_both(world, kind):
    world.rate("USD", 100, "123.4567", on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="USD", terms="1M(8D)")
    paper = getattr(world, kind)(adatum, payment_method_code="CASH")
    paper.sells(1, world.item(stock=10, cost=60), at="99.99").sells(3, "BICYCLE", at="0.33").post()
    assert (world.open_items(adatum), world.balance(adatum)) == ({}, 0)
    world.check()


def test_everything_at_once_and_in_parts(world):
    """Foreign currency, prices with VAT, every discount on its account, a return among the sales, rounding to whole
    kronor, shipped and invoiced in steps, and all of it back again: the ledgers agree throughout."""
    world.sales_setup(discount_posting="all_discounts", invoice_rounding=True)
    world.rate("SEK", 100, "8.7654", on=date(2026, 1, 1))
    Currency.objects.filter(code="SEK").update(invoice_rounding_precision=1)
    adatum = world.customer(currency="SEK", terms="1M(8D)")
    CustomerInvoiceDiscount.objects.create(code=adatum.number, discount_percent=D("3.3"))
    full, reduced = (
        world.item("FULL", stock=50, cost=60),
        world.item("LOW", stock=50, cost=7, group="REDUCED"),
    )
    for kind in (world.order, world.return_order):
        paper = kind(adatum, prices_including_vat=True).sells(7, full, at="9.37", discount=7)
        paper.sells(-3, reduced, at="0.33", discount=11).sells(13, reduced, at="19.99", discount=3)
        document = paper.document
        discount_invoice(document, values=SalesValues.load("SEK"), at=world.at())
        paper.ship(3, -1, 7)
        first = paper.invoice(2, -1, 7)
        paper.ship()
        last = paper.invoice()
        assert first.amount_including_vat % 1 == last.amount_including_vat % 1 == 0
        assert paper.is_done
        world.check()
    assert world.balance(adatum) == 0


def test_amounts_are_rounded_as_the_currency_of_the_document_rounds(world):
    """Whoever brings the set-up along may have read it for another currency."""
    Currency.objects.create(code="ISK", amount_rounding_precision=1)
    world.rate("ISK", 100, "0.6", on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="ISK")
    line = NewLine(number=world.item(cost=1).number, quantity=D(3), unit_price=D("33.4"))
    who = {"by": world.by, "at": world.at(), "on": world.today}
    document = draft("order", adatum, **who, values=SalesValues.load(), lines=[line])
    assert document.lines.get().line_amount == D(100)


def test_what_is_outstanding_is_rounded_once(world):
    """Half of three pieces for 10.03 is worth 5.015, which is 5.02."""
    order = world.order(world.customer()).sells(3, world.item(stock=5, cost=1), at=1)
    order.ship("1.5")
    SalesLine.objects.update(amount_including_vat=D("10.03"))
    adatum = Customer.objects.get()
    assert outstanding_orders([adatum.pk], world.today) == {adatum.pk: D("5.02")}
