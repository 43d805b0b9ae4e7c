"""Due dates and payment discounts."""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import PaymentTerms
from customers.terms import discount_possible, due_on

MONTH_8D = PaymentTerms(due_date_calculation="1M", discount_date_calculation="8D", discount_percent=D(2))


@pytest.mark.parametrize(
    ("document_date", "formula", "due"),
    [
        (date(2026, 1, 31), "1M", date(2026, 2, 28)),
        (date(2026, 1, 15), "CM+10D", date(2026, 2, 10)),
        (date(2026, 3, 10), "1M", date(2026, 4, 10)),
        (date(2026, 3, 10), "", date(2026, 3, 10)),
    ],
)
def test_due_dates_are_counted_from_the_document_date(document_date, formula, due):
    assert due_on(PaymentTerms(due_date_calculation=formula), document_date).due_date == due


def test_a_discount_has_a_date_of_its_own():
    """2 % within eight days of 10 March is 2 % until the 18th."""
    assert due_on(MONTH_8D, date(2026, 3, 10)) == (date(2026, 4, 10), date(2026, 3, 18), D(2))


def test_credit_memos_are_due_at_once():
    """Without a word in the terms a credit memo grants no payment discount."""
    day = date(2026, 3, 10)
    assert due_on(MONTH_8D, day, is_credit_memo=True) == (day, None, 0)
    granting = PaymentTerms(
        due_date_calculation="1M",
        discount_date_calculation="8D",
        discount_percent=D(2),
        calc_pmt_disc_on_credit_memos=True,
    )
    assert due_on(granting, day, is_credit_memo=True) == due_on(MONTH_8D, day)
    assert due_on(None, day) == (day, None, 0)


@pytest.mark.parametrize(("basis", "possible"), [("1250.00", "25.00"), ("1000.00", "20.00")])
def test_the_possible_discount_is_kept_on_the_invoice(basis, possible):
    """2 % of 1,250.00, or of 1,000.00 where discounts are granted on the net amount."""
    due = due_on(MONTH_8D, date(2026, 3, 10))
    assert discount_possible(due, posting_date=date(2026, 3, 18), basis=D(basis)) == D(possible)
    assert discount_possible(due, posting_date=date(2026, 3, 19), basis=D(basis)) == 0


def test_days_of_grace_count_towards_the_discount():
    due = due_on(MONTH_8D, date(2026, 3, 1))
    late = {"posting_date": date(2026, 3, 15), "basis": D(1250)}
    assert discount_possible(due, **late) == 0
    assert discount_possible(due, grace_period="7D", **late) == D(25)


def test_no_discount_date_means_no_discount():
    due = due_on(None, date(2026, 3, 10))
    assert discount_possible(due, posting_date=date(2026, 3, 10), basis=D(1250)) == 0
