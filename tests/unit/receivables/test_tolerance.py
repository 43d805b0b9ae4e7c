"""Small differences and late discounts, without a database."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from receivables.models import DocumentType
from receivables.plans.entry import max_tolerance
from receivables.plans.values import CurrencyRules
from tests.unit.receivables.plain import RULES, accounts, amounts, day, item, left, run

# Payment date, payment, whether the late discount is accepted → discount, late discount, tolerance, what is left of
# the invoice and of the payment. The invoice: 2,000.00, discount 40.00 until the 15th, grace until the 20th,
# tolerance 10.00.
REFERENCE = [
    (15, "1970.00", True, "-40", None, "10.00", "0", "0"),
    (15, "1960.00", True, "-40", None, None, "0", "0"),
    (15, "1950.00", True, "-40", None, "-10.00", "0", "0"),
    (15, "1949.99", True, None, None, None, "50.01", "0"),
    (15, "1970.01", True, "-40", None, None, "0", "-10.01"),
    (16, "2010.00", True, None, "-40", None, "0", "-50.00"),
    (18, "2000.00", True, None, "-40", None, "0", "-40.00"),
    (20, "1990.00", True, None, "-40", None, "0", "-30.00"),
    (18, "1970.00", True, None, "-40", "10.00", "0", "0"),
    (18, "1960.00", True, None, "-40", None, "0", "0"),
    (18, "1950.00", True, None, "-40", "-10.00", "0", "0"),
    (18, "2010.00", False, None, None, "10.00", "0", "0"),
    (18, "1990.00", False, None, None, "-10.00", "0", "0"),
    (21, "2010.00", True, None, None, "10.00", "0", "0"),
    (21, "2000.00", True, None, None, None, "0", "0"),
    (21, "1990.00", True, None, None, "-10.00", "0", "0"),
    (21, "1970.00", True, None, None, None, "30.00", "0"),
    (21, "1960.00", True, None, None, None, "40.00", "0"),
    (21, "1950.00", True, None, None, None, "50.00", "0"),
]


def big_invoice(**values):
    known = {
        "discount": D("40.00"),
        "discount_date": day(15),
        "discount_tolerance_date": day(20),
        "max_tolerance": D("10.00"),
    }
    return item(1, "2000.00", **known | values)


def numbers(value: str | None) -> list[D]:
    return [] if value is None else [D(value)]


@pytest.mark.parametrize(
    ("on", "paid", "accepted", "discount", "late", "tolerance", "invoice_left", "payment_left"), REFERENCE
)
def test_reference_table(on, paid, accepted, discount, late, tolerance, invoice_left, payment_left):
    invoice = big_invoice()
    payment = item(2, f"-{paid}", on=day(on))
    effects = run(payment, invoice, accept_late_discount=accepted)

    assert amounts(effects, "payment_discount") == numbers(discount)
    assert amounts(effects, "payment_discount_tolerance") == numbers(late)
    assert amounts(effects, "payment_tolerance") == numbers(tolerance)
    assert left(effects, invoice) == D(invoice_left)
    assert left(effects, payment) == D(payment_left)


def test_a_discount_and_a_tolerance_together():
    invoice, payment = big_invoice(), item(2, "-1955.00", on=day(12))
    effects = run(payment, invoice)
    assert accounts(effects) == {4420: D("40.00"), 4440: D("5.00"), 1100: D("-45.00")}
    assert left(effects, invoice) == left(effects, payment) == 0


def test_a_tolerated_overpayment_is_income():
    effects = run(item(2, "-1970.00", on=day(18)), big_invoice())
    assert accounts(effects) == {4420: D("40.00"), 4450: D("-10.00"), 1100: D("-30.00")}


def test_a_late_discount_may_be_refused_while_the_rest_is_tolerated():
    invoice, payment = big_invoice(), item(2, "-1990.00", on=day(18))
    effects = run(payment, invoice, accept_late_discount=False)
    assert amounts(effects, "payment_tolerance") == [D("-10.00")]
    assert amounts(effects, "payment_discount_tolerance") == []
    assert left(effects, invoice) == 0


def test_tolerance_may_be_refused():
    invoice, payment = big_invoice(), item(2, "-1990.00", on=day(21))
    assert left(run(payment, invoice, accept_payment_tolerance=False), invoice) == D("10.00")


def test_beyond_the_tolerance_the_rest_stays_open():
    invoice, payment = big_invoice(), item(2, "-1980.00", on=day(21))
    assert left(run(payment, invoice), invoice) == D("20.00")


def test_full_payers_may_be_kept_from_a_late_discount():
    strict = replace(RULES, late_when_full=False)
    invoice, payment = big_invoice(), item(2, "-2000.00", on=day(18))
    effects = run(payment, invoice, rules=strict)
    assert amounts(effects, "payment_discount_tolerance") == []
    assert left(effects, invoice) == left(effects, payment) == 0


def test_the_set_up_chooses_the_accounts_of_late_discounts_and_tolerances():
    rules = replace(RULES, late_to_discount=False, tolerance_to_discount=True)
    effects = run(item(2, "-1970.00", on=day(18)), big_invoice(), rules=rules)
    assert accounts(effects) == {4440: D("40.00"), 4430: D("-10.00"), 1100: D("-30.00")}


@pytest.mark.parametrize(
    ("paid", "shares"),
    [("5988.00", ["-8.00", "-4.00"]), ("5982.00", ["-10.00", "-8.00"]), ("5980.00", ["-10.00", "-10.00"])],
)
def test_several_invoices_share_a_difference(paid, shares):
    first = item(1, "4000.00", due=day(5), max_tolerance=D("10.00"))
    second = item(2, "2000.00", due=day(6), max_tolerance=D("10.00"))
    payment = item(3, f"-{paid}", on=day(9))
    effects = run(payment, first, second)
    assert amounts(effects, "payment_tolerance") == [D(share) for share in shares]
    assert left(effects, first) == left(effects, second) == left(effects, payment) == 0


def test_a_cent_beyond_all_tolerances_and_nothing_is_tolerated():
    first = item(1, "4000.00", due=day(5), max_tolerance=D("10.00"))
    second = item(2, "2000.00", due=day(6), max_tolerance=D("10.00"))
    effects = run(item(3, "-5979.99", on=day(9)), first, second)
    assert amounts(effects, "payment_tolerance") == []
    assert (left(effects, first), left(effects, second)) == (0, D("20.01"))


def discounted_pair():
    common = {"discount_date": day(15), "max_tolerance": D("10.00")}
    return (
        item(1, "3000.00", due=day(5), discount=D("90.00"), **common),
        item(2, "3000.00", due=day(6), discount=D("60.00"), **common),
    )


@pytest.mark.parametrize(
    ("paid", "shares"),
    [
        ("5870.00", ["10.00", "10.00"]),
        ("5850.00", []),
        ("5840.00", ["-5.00", "-5.00"]),
        ("5830.00", ["-10.00", "-10.00"]),
    ],
)
def test_several_discounted_invoices_share_a_difference(paid, shares):
    first, second = discounted_pair()
    payment = item(3, f"-{paid}", on=day(9))
    effects = run(payment, first, second)
    assert amounts(effects, "payment_tolerance") == [D(share) for share in shares]
    assert amounts(effects, "payment_discount") == [D("-90.00"), D("-60.00")]
    assert left(effects, first) == left(effects, second) == left(effects, payment) == 0


def test_the_first_of_two_keeps_its_discount_when_the_payment_is_too_small():
    first, second = discounted_pair()
    effects = run(item(3, "-5829.99", on=day(9)), first, second)
    assert amounts(effects, "payment_discount") == [D("-90.00")]
    assert (left(effects, first), left(effects, second)) == (0, D("80.01"))
    assert effects.after[2].discount == D("60.00")


def test_what_a_cap_cuts_off_goes_where_there_is_room():
    small = item(1, "1.00", due=day(5), max_tolerance=D("1.00"))
    large = item(2, "1000.00", due=day(6), max_tolerance=D("12.00"))
    effects = run(item(3, "-988.50", on=day(9)), small, large)
    assert sum(amounts(effects, "payment_tolerance")) == D("-12.50")
    assert left(effects, small) == left(effects, large) == 0


@pytest.mark.parametrize(
    ("percent", "cap", "amount", "expected"),
    [
        ("0.5", "10.00", "2500.00", "10.00"),
        ("0.5", "10.00", "1000.00", "5.00"),
        ("0.5", "0", "2500.00", "12.50"),
        ("0", "10.00", "4.00", "4.00"),
        ("0", "0", "2500.00", "0"),
        ("0.5", "10.00", "-2500.00", "-10.00"),
    ],
)
def test_how_much_is_tolerated(percent, cap, amount, expected):
    currency = CurrencyRules(tolerance_percent=D(percent), tolerance_cap=D(cap))
    assert max_tolerance(DocumentType.INVOICE, D(amount), currency) == D(expected)


def test_payments_tolerate_nothing_themselves():
    assert max_tolerance(DocumentType.PAYMENT, D("100"), CurrencyRules(tolerance_cap=D(10))) == 0


def test_a_credit_memo_settles_without_any_tolerance():
    invoice = big_invoice()
    memo = item(2, "-1995.00", "credit_memo", on=day(10))
    effects = run(memo, invoice)
    assert left(effects, invoice) == D("5.00")
    assert [detail.type for detail in effects.details] == ["application", "application"]
