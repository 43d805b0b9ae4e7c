"""Due dates and discounts."""

from datetime import date
from decimal import Decimal as D

from customers.models import PaymentTerms
from customers.terms import discount_possible, due_on

TERMS = PaymentTerms(
    code="2%8D", due_date_calculation="1M", discount_date_calculation="8D", discount_percent=D(2)
)


def test_the_document_date_counts_and_months_are_clamped():
    assert due_on(TERMS, date(2026, 1, 31)).due_date == date(2026, 2, 28)


def test_credit_memos_are_due_at_once_unless_the_terms_say_otherwise():
    on = date(2026, 3, 1)
    assert due_on(TERMS, on, is_credit_memo=True) == (on, None, 0)
    generous = PaymentTerms(
        due_date_calculation="1M",
        discount_date_calculation="8D",
        discount_percent=2,
        calc_pmt_disc_on_credit_memos=True,
    )
    assert due_on(generous, on, is_credit_memo=True) == (date(2026, 4, 1), date(2026, 3, 9), 2)


def test_without_terms_or_formula_the_document_date_is_the_due_date():
    on = date(2026, 3, 1)
    assert due_on(None, on).due_date == on
    assert due_on(PaymentTerms(), on) == (on, on, 0)


def test_a_discount_that_ran_out_before_posting_is_none():
    due = due_on(TERMS, date(2026, 3, 1))
    late = {"posting_date": date(2026, 3, 15), "basis": D("1250.00")}
    assert discount_possible(due, **late) == 0
    assert discount_possible(due, grace_period="7D", **late) == D("25.00")
    assert discount_possible(due, posting_date=date(2026, 3, 9), basis=D("-1250.00")) == D("-25.00")
