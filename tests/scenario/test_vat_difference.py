"""# VAT corrected by hand

A customer's paper may say a few cents more or less VAT than ours. On the statistics of an open document the VAT of a
group can be typed, within a limit; the difference is spread over its lines and reaches the VAT entries as such.
"""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from posting.models import Currency, VATEntry
from sales.arithmetic.vat import document_vat
from sales.models import SalesInvoiceLine
from sales.plans.totals import amount_line
from sales.routines.type_vat import type_vat
from sales.values import SalesValues


@pytest.fixture
def tolerant(world):
    """A company that allows differences up to five cents."""
    world.sales_setup(allow_vat_difference=True)
    world.ledger_setup(max_vat_difference_allowed=D("0.05"))
    return world


def correct(world, story, amount, *, vat_identifier="V25", **more):
    return type_vat(
        story.document, D(amount), vat_identifier=vat_identifier, by=world.by, at=world.at(), **more
    )


def codes(step, *args, **values) -> list[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return [problem.code for problem in caught.value.problems]


def differences(story) -> list[D]:
    return [line.vat_difference for line in story.lines]


def vat_of(story) -> list[D]:
    return [line.amount_including_vat - line.amount for line in story.lines]


def test_five_cents_are_accepted_and_six_are_not(tolerant):
    """T34: VAT of 95.00 is 23.75. The customer's 23.80 is accepted with a difference of 0.05; 23.81 is too much."""
    order = tolerant.order(tolerant.customer()).sells(1, tolerant.item(stock=5, cost=60), at=95)
    correct(tolerant, order, "23.80")
    assert differences(order) == [D("0.05")]
    assert vat_of(order) == [D("23.80")]
    assert codes(correct, tolerant, order, "23.81") == ["E-VATDIFF-MAX"]
    assert differences(order) == [D("0.05")]

    # What was calculated takes the correction back.
    correct(tolerant, order, "23.75")
    assert differences(order) == [D(0)]


def test_corrected_vat_is_posted_with_its_difference(tolerant):
    """Three lines of one group: the five cents are shared by their amounts, and everything agrees in the ledgers."""
    adatum, item = tolerant.customer(), tolerant.item(stock=9, cost=10)
    order = tolerant.order(adatum).sells(1, item, at=20).sells(1, item, at=30).sells(1, item, at=45)
    correct(tolerant, order, "23.80")
    assert differences(order) == [D("0.01"), D("0.02"), D("0.02")]
    order.release()
    assert sum(vat_of(order)) == D("23.80")
    invoice = order.post()
    assert invoice.amount_including_vat == D("118.80")
    assert tolerant.balance(adatum) == D("118.80")
    assert tolerant.vat(invoice.number) == [("V25", D("-95.00"), D("-23.80"))]
    assert VATEntry.objects.get(document_no=invoice.number).vat_difference == D("-0.05")
    lines = SalesInvoiceLine.objects.filter(document=invoice).order_by("line_no")
    assert [line.vat_difference for line in lines] == [D("0.01"), D("0.02"), D("0.02")]
    tolerant.check()


def test_a_part_of_the_order_takes_a_part_of_the_difference(tolerant):
    """Ten of 100.00 with four cents more VAT: three invoices of 5, 2 and 3 give the four cents away, and no more."""
    order = tolerant.order(tolerant.customer()).sells(10, tolerant.item(stock=20, cost=10), at=100)
    correct(tolerant, order, "250.04")
    order.release()
    given = []
    for quantity in (5, 2, 3):
        order.changes(qty_to_ship=D(quantity))
        invoice = order.post()
        given.append(invoice.amount_including_vat - invoice.amount)
    assert given == [D("125.02"), D("50.01"), D("75.01")]
    tolerant.check()


def test_prices_that_include_vat_keep_their_total(tolerant):
    """The customer pays 125.00 either way; with 25.03 of VAT we are left with 99.97."""
    order = tolerant.order(tolerant.customer(), prices_including_vat=True)
    order.sells(1, tolerant.item(stock=5, cost=60), at=125)
    correct(tolerant, order, "25.03")
    (line,) = order.lines
    assert (line.amount, line.amount_including_vat) == (D("99.97"), D("125.00"))
    invoice = order.post()
    assert (invoice.amount, invoice.amount_including_vat) == (D("99.97"), D("125.00"))
    tolerant.check()


def test_a_difference_needs_permission_and_the_right_sign(tolerant):
    """Without Allow VAT Difference nothing is typed; VAT on a sale of four cents is not negative; a group that the
    document does not have is named."""
    item = tolerant.item(stock=5, cost=0)
    order = tolerant.order(tolerant.customer()).sells(1, item, at="0.04")
    assert codes(correct, tolerant, order, "-0.01") == ["E-VATDIFF-SIGN"]
    assert codes(correct, tolerant, order, "0.01", vat_identifier="V10") == ["E-VATDIFF-NONE"]
    tolerant.sales_setup(allow_vat_difference=False)
    assert codes(correct, tolerant, order, "0.02") == ["E-VATDIFF-OFF"]
    order.release()
    tolerant.sales_setup(allow_vat_difference=True)
    assert codes(correct, tolerant, order, "0.02") == ["E-LINE-STATUS"]


def test_each_currency_has_its_own_limit(tolerant):
    """US dollars allow two cents, whatever the local currency allows."""
    tolerant.rate("USD", 100, 80, on=tolerant.today)
    Currency.objects.filter(code="USD").update(max_vat_difference_allowed=D("0.02"))
    customer = tolerant.customer(currency="USD")
    order = tolerant.order(customer).sells(1, tolerant.item(stock=5, cost=10), at=100)
    assert codes(correct, tolerant, order, "25.03") == ["E-VATDIFF-MAX"]
    correct(tolerant, order, "25.02")
    invoice = order.post()
    assert invoice.amount_including_vat == D("125.02")
    assert tolerant.balance(customer) == D("100.02")
    tolerant.check()


def test_returns_and_sales_are_corrected_apart(tolerant):
    """One document sells and takes back: each side is a group of its own."""
    item = tolerant.item(stock=5, cost=10)
    order = tolerant.order(tolerant.customer()).sells(3, item, at=100).sells(-1, item, at=100)
    correct(tolerant, order, "75.02")
    correct(tolerant, order, "-24.99", positive=False)
    assert differences(order) == [D("0.02"), D("0.01")]
    groups = document_vat([amount_line(line) for line in order.lines]).groups
    assert [group.vat_amount for group in groups] == [D("-24.99"), D("75.02")]
    assert order.post().amount_including_vat == D("250.03")
    tolerant.check()


def test_a_new_amount_is_calculated_afresh(tolerant):
    """The difference belongs to an amount: a new price takes it away from that line, and from no other."""
    item = tolerant.item(stock=5, cost=10)
    order = tolerant.order(tolerant.customer()).sells(1, item, at=100).sells(1, item, at=100)
    correct(tolerant, order, "50.04")
    assert differences(order) == [D("0.02"), D("0.02")]
    order.changes(1, unit_price=D(200))
    assert differences(order) == [D(0), D("0.02")]
    assert vat_of(order) == [D("50.00"), D("25.02")]


def test_a_new_quantity_to_invoice_keeps_a_difference_only_while_it_is_allowed(tolerant):
    """The set-up allows it: five of ten are invoiced with their share. Once it forbids it, choosing another quantity
    takes the rest of the difference away."""
    order = tolerant.order(tolerant.customer()).sells(10, tolerant.item(stock=20, cost=10), at=100)
    correct(tolerant, order, "250.04")
    order.changes(qty_to_ship=D(5))
    assert differences(order) == [D("0.04")]
    tolerant.sales_setup(allow_vat_difference=False)
    order.changes(qty_to_invoice=D(4))
    assert differences(order) == [D(0)]
    assert vat_of(order) == [D("250.00")]


def test_typing_vat_takes_as_many_queries_for_fifty_lines_as_for_one(tolerant, django_assert_max_num_queries):
    item = tolerant.item(stock=5, cost=10)
    order = tolerant.order(tolerant.customer())
    for _place in range(20):
        order.sells(1, item, at=10)
    document, values = order.document, SalesValues.load()
    with django_assert_max_num_queries(11):
        type_vat(document, D("50.01"), vat_identifier="V25", by=None, at=tolerant.at(), values=values)
