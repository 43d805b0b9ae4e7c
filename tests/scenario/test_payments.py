"""# Payments

A customer pays: in time or late, too little, too much, several invoices at once. What is settled can be taken back,
and every step leaves the customer ledger, the bank and the general ledger in agreement.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from posting.routines.reverse import reverse_transaction
from receivables import selectors
from receivables.ledger import ApplyRequest
from receivables.routines.apply import apply_entries
from receivables.routines.unapply import unapply

MARCH_1 = date(2026, 3, 1)


def march(number: int) -> date:
    return date(2026, 3, number)


def invoice_of(world, customer, amount, *, on=MARCH_1):
    """An invoice over a net amount; the goods are of no concern here."""
    return world.sales_invoice(customer, on=on).charges("4520", amount).post()


def entry_no(document_no: str) -> int:
    return selectors.entries_named(document_no)[0].entry_no


def test_a_customer_pays_in_time_and_deducts_the_discount(world):
    """Adatum owes 1,250 and may deduct 2 % until 9 March. On the 9th 1,225 arrive at the bank: all is settled."""
    adatum = world.customer("Adatum", terms="1M(8D)")
    invoice = invoice_of(world, adatum, 1000)
    assert invoice.amount_including_vat == D("1250.00")

    payment = world.pay(adatum, 1225, on=march(9), apply=invoice.number)
    assert world.ledger(payment.document_no) == {
        "1020": D("1225.00"),
        "1100": D("-1250.00"),
        "4420": D("25.00"),
    }
    assert world.open_items(adatum) == {}
    assert world.balance(adatum) == 0
    world.check()


def test_a_day_late_the_discount_stays_to_be_paid(world):
    adatum = world.customer("Adatum", terms="1M(8D)")
    invoice = invoice_of(world, adatum, 1000)
    world.pay(adatum, 1225, on=march(10), apply=invoice.number)
    assert world.open_items(adatum) == {invoice.number: D("25.00")}
    world.check()


def test_a_payment_without_a_purpose_settles_the_oldest(world):
    """Three invoices are open. Fabrikam pays 1,000 without a word, and its card says: oldest first."""
    fabrikam = world.customer("Fabrikam", terms="", application_method="apply_to_oldest")
    first = invoice_of(world, fabrikam, 400, on=march(1))
    second = invoice_of(world, fabrikam, 560, on=march(2))
    third = invoice_of(world, fabrikam, 240, on=march(3))

    world.pay(fabrikam, 1000, on=march(20))
    assert world.open_items(fabrikam) == {second.number: D("200.00"), third.number: D("300.00")}
    assert selectors.entry(entry_no(first.number)).is_open is False
    world.check()


def test_one_payment_for_several_invoices_leaves_a_credit(world):
    adatum = world.customer("Adatum")
    first, second = invoice_of(world, adatum, 400), invoice_of(world, adatum, 400)
    payment = world.pay(adatum, 1100, on=march(9), apply=[first.number, second.number])
    assert world.open_items(adatum) == {payment.document_no: D("-100.00")}

    # The credit goes back to the customer: a refund settles what is left of the payment.
    refund = world.pay(adatum, 100, on=march(10), refund=True, apply=[payment.document_no])
    assert world.ledger(refund.document_no) == {"1020": D("-100.00"), "1100": D("100.00")}
    assert world.open_items(adatum) == {}
    world.check()


def test_a_credit_memo_and_a_payment_settle_an_invoice_together(world):
    """Adatum owes 1,250, gets a credit of 250, and pays the rest."""
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    memo = world.credit_memo(adatum, on=march(5)).charges("4520", 200).post()
    payment = world.pay(adatum, 1000, on=march(9), apply=[invoice.number, memo.number])

    assert payment.remaining == 0
    assert world.open_items(adatum) == {}
    pairs = [row for row in selectors.details_of(payment.entry_no) if row.type == "application"]
    assert [row.amount for row in pairs] == [D("-250.00"), D("1250.00")]
    world.check()


def test_a_payment_is_applied_later_and_taken_back(world):
    """A payment arrives without a purpose. It is applied by hand, to the wrong invoice, and then to the right one."""
    adatum = world.customer("Adatum", terms="1M(8D)")
    wrong, right = invoice_of(world, adatum, 1000), invoice_of(world, adatum, 1000)
    payment = world.pay(adatum, 1225, on=march(9))
    assert world.balance(adatum) == D("1275.00")

    def apply(invoice):
        given = {"applying": payment.entry_no, "to": [entry_no(invoice.number)], "on": march(15)}
        return apply_entries(by=world.by, at=world.at(march(15)), **given)

    # The payment is dated in time, so the discount is granted although it is applied on the 15th.
    apply(wrong)
    assert world.open_items(adatum) == {right.number: D("1250.00")}
    unapply(payment.entry_no, by=world.by, at=world.at(march(16)), on=march(16))
    assert world.open_items(adatum) == {
        wrong.number: D("1250.00"), right.number: D("1250.00"), payment.document_no: D("-1225.00"),
    }  # fmt: skip
    assert world.account("4420") == 0

    apply(right)
    assert world.open_items(adatum) == {wrong.number: D("1250.00")}
    assert world.account("4420") == D("25.00")
    world.check()


def test_a_payment_that_bounced_is_reversed(world):
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    payment = world.pay(adatum, 600, on=march(9), apply=invoice.number)
    transaction_no = selectors.entry(payment.entry_no).transaction_no
    with pytest.raises(ErpError) as refused:
        reverse_transaction(transaction_no, by=world.by, at=world.at())
    assert refused.value.code == "E-REV-APPLIED"

    unapply(payment.entry_no, by=world.by, at=world.at())
    reverse_transaction(transaction_no, by=world.by, at=world.at())
    assert world.open_items(adatum) == {invoice.number: D("1250.00")}
    assert world.account("1020") == 0
    world.check()


def test_a_small_difference_is_tolerated(world):
    """Half a percent, at most 5, may be missing: 1,246 for 1,250 will do."""
    world.ledger_setup(payment_tolerance_percent=D("0.5"), max_payment_tolerance_amount=D(5))
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    payment = world.pay(adatum, 1246, on=march(20), apply=invoice.number)
    assert world.ledger(payment.document_no) == {
        "1020": D("1246.00"),
        "1100": D("-1250.00"),
        "4440": D("4.00"),
    }
    assert world.open_items(adatum) == {}

    # Who is excluded from tolerance owes the difference.
    strict = world.customer("Strict", block_payment_tolerance=True)
    invoice = invoice_of(world, strict, 1000)
    world.pay(strict, 1246, on=march(20), apply=invoice.number)
    assert world.open_items(strict) == {invoice.number: D("4.00")}
    world.check()


def test_a_discount_takes_its_vat_along(world):
    """Where the company adjusts VAT for payment discounts, 25 of 1,250 are 20 of sales and 5 of VAT."""
    world.ledger_setup(adjust_for_payment_discount=True)
    adatum = world.customer("Adatum", terms="1M(8D)")
    invoice = invoice_of(world, adatum, 1000)
    payment = world.pay(adatum, 1225, on=march(9), apply=invoice.number)
    assert world.ledger(payment.document_no) == {
        "1020": D("1225.00"), "1100": D("-1250.00"), "4420": D("20.00"), "2200": D("5.00"),
    }  # fmt: skip
    assert world.vat(payment.document_no) == [("V25", D("20.00"), D("5.00"))]
    world.check()


def test_what_is_asked_for_twice_is_posted_once(world):
    adatum = world.customer("Adatum")
    invoice = invoice_of(world, adatum, 1000)
    first = world.pay(adatum, 1250, apply=invoice.number, idempotency_key="bank-4711")
    assert world.pay(adatum, 1250, apply=invoice.number, idempotency_key="bank-4711") == first
    assert world.account("1020") == D("1250.00")


def test_who_owes_us_what_and_since_when(world):
    """At the end of May: what is not due yet, what is a month late, and what is older."""
    adatum, fabrikam = world.customer("Adatum", terms="30D"), world.customer("Fabrikam", terms="30D")
    old = invoice_of(world, adatum, 1000, on=march(1))
    invoice_of(world, adatum, 400, on=date(2026, 4, 10))
    invoice_of(world, fabrikam, 80, on=date(2026, 5, 20))
    world.pay(adatum, 250, on=date(2026, 5, 5), apply=ApplyRequest.to_document("invoice", old.number))

    aged = selectors.aged_receivables(on=date(2026, 5, 31), period="30D")
    assert [(row.customer_name, row.buckets) for row in aged.rows] == [
        ("Adatum", (0, D("500.00"), 0, D("1000.00"), 0)),
        ("Fabrikam", (D("100.00"), 0, 0, 0, 0)),
    ]
    assert aged.total == world.account("1100") == D("1600.00")
    world.check()
