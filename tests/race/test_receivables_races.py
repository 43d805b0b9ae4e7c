"""Two clerks at the same entry: one settles it, the other hears that it is not open."""

from datetime import date
from decimal import Decimal as D

import pytest

from receivables import selectors
from reporting.catalogue import REPORTS
from reporting.selectors import statement
from tests.support.races import race
from tests.unit.receivables.company import build

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 3, 20)


def codes(outcomes) -> list[str]:
    return sorted(getattr(outcome, "code", "done") for outcome in outcomes)


def test_an_invoice_is_settled_once():
    company = build()
    invoice = company.invoice(discount="0.00")
    payments = [company.pay("1250.00", ON).entry_no for _ in range(2)]
    outcomes = race(*(lambda payment=payment: company.apply(payment, invoice) for payment in payments))

    assert codes(outcomes) == ["E-AP-NOTOPEN", "done"]
    assert company.remaining(invoice) == 0
    assert sorted(company.remaining(payment) for payment in payments) == [D("-1250.00"), 0]
    company.check()


def test_two_payments_of_one_invoice():
    company = build()
    invoice = company.invoice(discount="0.00")
    outcomes = race(*(lambda: company.pay("1250.00", ON, to=invoice) for _ in range(2)))

    assert codes(outcomes) == ["E-AP-NOTOPEN", "done"]
    assert selectors.balance(company.customer.pk) == 0
    assert [row.document_no for row in selectors.customer_ledger(company.customer)] == ["INV0001", "PAY0001"]
    company.check()


def test_an_application_is_undone_once():
    company = build()
    invoice = company.invoice(discount="0.00")
    company.pay("1250.00", ON, to=invoice)
    outcomes = race(*(lambda: company.unapply(invoice) for _ in range(2)))

    assert codes(outcomes) == ["E-UN-NONE", "done"]
    company.check()


def test_a_key_posts_one_payment():
    company = build()
    outcomes = race(*(lambda: company.pay("5.00", ON, idempotency_key="same") for _ in range(2)))

    assert outcomes[0] == outcomes[1]
    assert selectors.balance(company.customer.pk) == D("-5.00")


def test_payments_of_different_customers_do_not_wait_for_ever():
    company = build()
    others = [company.add_customer(f"R{number}") for number in range(4)]
    outcomes = race(*(lambda other=other: company.pay("5.00", ON, customer=other) for other in others))

    assert codes(outcomes) == ["done"] * 4
    assert sorted(outcome.document_no for outcome in outcomes) == [
        f"PAY000{number}" for number in range(1, 5)
    ]
    company.check()


def test_a_statement_is_of_one_moment(monkeypatch):
    """A payment is posted after the entries were read and before their movements: the statement knows nothing of it."""
    company = build()
    invoice = company.invoice(discount="0.00")
    read, paid = statement._facts, []

    def read_and_pay(details):
        facts = read(details)
        paid.extend(race(lambda: company.pay("5.00", ON)))
        return facts

    monkeypatch.setattr(statement, "_facts", read_and_pay)
    report = REPORTS["customer-statement"]
    asked = {"customer": company.customer.number, "start": "2026-01-01", "end": ON.isoformat()}
    form = report.form.reading(asked, on=ON)
    assert form.is_valid(), form.errors
    told = report.make({**form.cleaned_data, "today": ON})
    assert paid[0].entry_no != invoice and selectors.balance(company.customer.pk) == D("1245.00")
    documents = [row.values[1] for row in told.rows if row.kind == "row" and row.values[1]]
    assert documents and not any("PAY" in document for document in documents)
