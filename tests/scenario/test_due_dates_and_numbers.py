"""# Due dates, discounts and numbers

When an invoice is due follows from its document date and the payment terms; which number a paper gets follows from its
series. Both are settled when the paper is written, and shown before anything is posted.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import PaymentTerms
from erp.kernel.errors import ErpError
from erp.kernel.models import NumberSeries, NumberSeriesLine
from receivables.models import CustomerLedgerEntry


def refusal(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def terms(code: str, due: str, *, discount_until: str = "", percent=0) -> str:
    """Payment terms under a code."""
    PaymentTerms.objects.create(
        code=code,
        due_date_calculation=due,
        discount_date_calculation=discount_until,
        discount_percent=D(percent),
    )
    return code


@pytest.mark.parametrize(
    "document_date, due, due_date",
    [
        (date(2026, 1, 31), "1M", date(2026, 2, 28)),
        (date(2026, 1, 15), "CM+10D", date(2026, 2, 10)),
        (date(2026, 3, 10), "1M", date(2026, 4, 10)),
    ],
)
def test_an_invoice_is_due_as_its_terms_say(world, document_date, due, due_date):
    """A month from 31 January ends with February; ten days after the end of the month is ten days into the next."""
    adatum = world.customer(terms=terms("NET", due))
    invoice = world.sales_invoice(adatum, document_date=document_date)
    assert invoice.document.due_date == due_date


def test_paying_early_earns_a_discount(world):
    """Due in a month, 2 % within eight days: an invoice of 10 March is due on 10 April, its discount on the 18th."""
    adatum = world.customer(terms=terms("2-8", "1M", discount_until="8D", percent=2))
    document = world.sales_invoice(adatum, document_date=date(2026, 3, 10)).document
    assert (document.due_date, document.payment_discount_date) == (date(2026, 4, 10), date(2026, 3, 18))
    assert document.payment_discount_percent == 2


def test_credit_memos_are_due_at_once(world):
    """The same terms, but we owe the money: no discount, due on the day of the credit memo."""
    adatum = world.customer(terms=terms("2-8", "1M", discount_until="8D", percent=2))
    document = world.credit_memo(adatum, document_date=date(2026, 3, 10)).document
    assert (document.due_date, document.payment_discount_date) == (date(2026, 3, 10), None)
    assert document.payment_discount_percent == 0


@pytest.mark.parametrize("without_vat, possible", [(False, "25.00"), (True, "20.00")])
def test_the_discount_counts_on_the_total_or_on_the_net(world, without_vat, possible):
    """2 % of 1,250.00, or of the 1,000.00 before tax."""
    world.ledger_setup(payment_discount_excl_vat=without_vat)
    adatum = world.customer(terms=terms("2-8", "1M", discount_until="8D", percent=2))
    invoice = world.order(adatum).sells(10, world.item(stock=10, cost=60), at=100).post()
    entry = CustomerLedgerEntry.objects.get(entry_no=invoice.customer_entry_no)
    assert entry.original_payment_discount_possible == D(possible)
    world.check()


def series(world, code: str, **values) -> NumberSeries:
    """Invoices are numbered by this series from now on."""
    made = NumberSeries.objects.create(code=code, date_order=values.pop("date_order", False))
    NumberSeriesLine.objects.create(series=made, starting_date=date(2026, 1, 1), **values)
    world.sales_setup(posted_invoice_nos=code)
    return made


def test_a_series_ends(world):
    """SI-0999 is the last number; the invoice after it is refused before anything is written."""
    series(world, "SI", starting_number="SI-0001", ending_number="SI-0999", last_number_used="SI-0998")
    adatum, lamp = world.customer(), world.item(stock=10, cost=60)
    assert world.order(adatum).sells(1, lamp, at=100).post().number == "SI-0999"
    assert refusal(world.order(adatum).sells(1, lamp, at=100).post) == {"E-NS-NOLINE"}

    # Without an end the numbers go on, and grow when they have to.
    NumberSeriesLine.objects.filter(series__code="SI").update(ending_number="", is_open=True)
    assert world.order(adatum).sells(1, lamp, at=100).post().number == "SI-1000"
    NumberSeriesLine.objects.filter(series__code="SI").update(starting_number="A1", last_number_used="A9")
    assert world.order(adatum).sells(1, lamp, at=100).post().number == "A10"


def test_a_series_may_want_its_dates_in_order(world):
    """An invoice of 10 March has been posted; none of the 9th comes after it."""
    series(world, "SI", date_order=True, starting_number="SI-0001")
    adatum, lamp = world.customer(), world.item(stock=10, cost=60)
    world.order(adatum).sells(1, lamp, at=100).post(on=date(2026, 3, 10))
    order = world.order(adatum).sells(1, lamp, at=100)
    (code,) = refusal(order.post, on=date(2026, 3, 9))
    assert code.startswith("E-NS")
    assert order.post(on=date(2026, 3, 10)).number == "SI-0002"
