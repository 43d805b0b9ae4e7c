"""Foreign currency: gains, losses, cents, and payments in another currency."""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from posting.models import Currency
from receivables import selectors


def day(number: int) -> date:
    return date(2026, 3, number)


@pytest.fixture
def export(company):
    """C2, who buys in dollars; 100 USD = 125 EUR from 1 March, 133.33 from the 10th."""
    company.rate(day(1), "125")
    return company.add_customer("C2", customer_posting_group=company.groups["EXPORT"])


def usd(company, export, amount="1000.00", factor="0.8", **given):
    return company.invoice(amount, "0.00", customer=export, currency="USD", factor=D(factor), **given)


def pay_usd(company, export, amount, factor, on, to):
    return company.pay(
        amount,
        on,
        to=to,
        customer=export,
        bank=company.usd_bank,
        currency_code="USD",
        currency_factor=D(factor),
    )


@pytest.mark.parametrize(
    ("factor", "paid_lcy", "kind", "gain", "account"),
    [
        ("0.75", "1333.33", "realized_gain", "83.33", "7100"),
        ("0.85", "1176.47", "realized_loss", "-73.53", "7110"),
    ],
)
def test_a_rate_that_moved_is_realized_with_the_payment(
    company, export, factor, paid_lcy, kind, gain, account
):
    invoice = usd(company, export)
    assert company.left(invoice) == (D("1000.00"), D("1250.00"))
    payment = pay_usd(company, export, "1000.00", factor, day(20), invoice)

    assert company.detail(payment.entry_no, "initial_entry") == [(D("-1000.00"), -D(paid_lcy))]
    assert company.detail(payment.entry_no, kind) == [(0, D(gain))]
    assert company.posted(payment.document_no) == {
        "1030": D(paid_lcy),
        "1120": D("-1250.00"),
        account: -D(gain),
    }
    assert company.left(invoice) == company.left(payment.entry_no) == (0, 0)
    company.check()


def test_a_discount_and_a_gain_leave_nothing(company, export):
    invoice = usd(company, export)
    payment = pay_usd(company, export, "980.00", "0.75", day(9), invoice)

    assert company.details(payment.entry_no) == [
        ("initial_entry", D("-980.00"), D("-1306.67")),
        ("payment_discount", D("-20.00"), D("-26.66")),
        ("realized_gain", D("0.00"), D("83.33")),
        ("application", D("1000.00"), D("1250.00")),
    ]
    assert company.left(invoice) == company.left(payment.entry_no) == (0, 0)
    company.check()


def test_cents_of_partial_payments_are_corrected_on_the_invoice(company, export):
    invoice = usd(company, export, "100.00", "0.7")
    assert company.left(invoice) == (D("100.00"), D("142.86"))

    pay_usd(company, export, "33.33", "0.7", day(10), invoice)
    assert company.detail(invoice, "application")[-1] == (D("-33.33"), D("-47.61"))
    assert company.detail(invoice, "correction_of_remaining_amount") == [(0, D("-0.01"))]
    assert company.left(invoice) == (D("66.67"), D("95.24"))

    pay_usd(company, export, "33.33", "0.7", day(11), invoice)
    assert company.left(invoice) == (D("33.34"), D("47.63"))
    assert len(company.detail(invoice, "correction_of_remaining_amount")) == 1

    pay_usd(company, export, "33.34", "0.7", day(12), invoice)
    assert company.left(invoice) == (0, 0)
    company.check()


def test_the_cent_of_a_split_payment_is_corrected_on_the_payment(company, export):
    first = usd(company, export, "55.55", "0.7")
    second = usd(company, export, "44.44", "0.7")
    payment = pay_usd(company, export, "99.99", "0.7", day(20), [first, second])

    assert company.detail(payment.entry_no, "correction_of_remaining_amount") == [(0, D("-0.01"))]
    assert company.left(first) == company.left(second) == company.left(payment.entry_no) == (0, 0)
    company.check()


@pytest.fixture
def mixed(company, export):
    """Applications between currencies are allowed; 1,000 USD are worth 1,270 EUR from the 10th."""
    company.receivables_setup(application_between_currencies="all")
    company.rate(day(10), "127")
    return company


def test_a_payment_in_local_currency_settles_an_invoice_in_dollars(mixed, export):
    invoice = usd(mixed, export)
    payment = mixed.pay("1270.00", day(20), to=invoice, customer=export)

    assert mixed.details(invoice) == [
        ("initial_entry", D("1000.00"), D("1250.00")),
        ("realized_gain", D("0.00"), D("20.00")),
        ("application", D("-1000.00"), D("-1270.00")),
    ]
    assert mixed.left(invoice) == mixed.left(payment.entry_no) == (0, 0)
    assert mixed.posted(payment.document_no) == {
        "1020": D("1270.00"),
        "1120": D("-1250.00"),
        "7100": D("-20.00"),
    }
    mixed.check()


def test_cents_between_currencies_are_rounded_off(mixed, export):
    mixed.ledger_setup(application_rounding_precision=D("0.05"))
    invoice = usd(mixed, export)
    payment = mixed.pay("1269.96", day(20), to=invoice, customer=export)

    assert mixed.detail(payment.entry_no, "application_rounding") == [(D("-0.04"), D("-0.04"))]
    assert mixed.detail(invoice, "realized_gain") == [(0, D("20.00"))]
    assert mixed.posted(payment.document_no)["4610"] == D("0.04")
    assert mixed.left(invoice) == mixed.left(payment.entry_no) == (0, 0)
    mixed.check()


def test_a_part_in_local_currency_leaves_the_rest_at_its_own_rate(mixed, export):
    invoice = usd(mixed, export)
    payment = mixed.pay("635.00", day(20), to=invoice, customer=export)
    assert mixed.left(invoice) == (D("500.00"), D("625.00"))
    assert mixed.left(payment.entry_no) == (0, 0)
    mixed.check()


def test_a_payment_in_dollars_settles_an_invoice_in_local_currency(mixed, export):
    invoice = mixed.invoice("1270.00", "0.00", customer=export)
    payment = pay_usd(mixed, export, "1000.00", "0.787401574803150", day(20), invoice)
    assert mixed.left(invoice) == mixed.left(payment.entry_no) == (0, 0)
    mixed.check()


def test_without_permission_currencies_do_not_meet(company, export):
    invoice = usd(company, export)
    with pytest.raises(ProblemsFound) as caught:
        company.pay("1270.00", day(20), to=invoice, customer=export)
    assert caught.value.code == "E-AP-CURR"


def test_tolerances_of_a_currency_are_its_own(company, export):
    Currency.objects.filter(code="USD").update(
        payment_tolerance_percent=D("1"), max_payment_tolerance_amount=D("3")
    )
    invoice = usd(company, export)
    payment = pay_usd(company, export, "997.00", "0.8", day(20), invoice)
    assert company.detail(payment.entry_no, "payment_tolerance") == [(D("-3.00"), D("-3.75"))]
    assert company.left(invoice) == company.left(payment.entry_no) == (0, 0)
    company.check()


def test_unapplying_takes_gains_and_corrections_back(company, export):
    first = usd(company, export, "55.55", "0.7")
    second = usd(company, export, "44.44", "0.7")
    before = company.left(first), company.left(second), company.net("7100"), company.net("1120")
    payment = pay_usd(company, export, "99.99", "0.65", day(20), None)
    with_payment = company.net("1120")
    company.apply(payment.entry_no, first, second)
    company.unapply(payment.entry_no)

    assert (company.left(first), company.left(second)) == before[:2]
    assert (company.net("7100"), company.net("1120")) == (before[2], with_payment)
    assert selectors.balances_by_currency(export.pk) == {}
    company.check()
