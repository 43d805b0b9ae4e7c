"""Payment discounts: all or nothing, by the payment's date, with or without the VAT."""

from datetime import date
from decimal import Decimal as D

from posting.models.entries import VATEntry
from receivables import selectors
from receivables.plans.values import ApplyRequest


def day(number: int) -> date:
    return date(2026, 3, number)


def test_an_invoice_paid_in_time_less_its_discount_is_closed(company):
    invoice = company.invoice()
    payment = company.pay("1225.00", day(9), to=invoice)

    assert company.remaining(invoice) == company.remaining(payment.entry_no) == 0
    assert company.details(payment.entry_no) == [
        ("initial_entry", D("-1225.00"), D("-1225.00")),
        ("payment_discount", D("-25.00"), D("-25.00")),
        ("application", D("1250.00"), D("1250.00")),
    ]
    assert company.posted(payment.document_no) == {
        "1020": D("1225.00"), "4420": D("25.00"), "1100": D("-1250.00"),
    }  # fmt: skip
    company.check()


def test_a_day_late_and_the_discount_stays_open(company):
    invoice = company.invoice()
    payment = company.pay("1225.00", day(10), to=invoice)

    row = selectors.entry(invoice)
    assert (row.remaining, row.discount) == (D("25.00"), D("25.00"))
    assert company.remaining(payment.entry_no) == 0
    company.check()


def test_the_payment_that_completes_the_invoice_takes_the_whole_discount(company):
    invoice = company.invoice()
    first = company.pay("600.00", day(5), to=invoice)
    second = company.pay("625.00", day(8), to=invoice)

    assert company.detail(first.entry_no, "payment_discount") == []
    assert company.detail(second.entry_no, "payment_discount") == [(D("-25.00"), D("-25.00"))]
    assert company.remaining(invoice) == company.remaining(second.entry_no) == 0
    company.check()


def test_a_cent_too_little_and_there_is_no_discount(company):
    invoice = company.invoice()
    company.pay("625.00", day(5), to=invoice)
    second = company.pay("599.99", day(8), to=invoice)

    assert company.remaining(invoice) == D("25.01")
    assert company.detail(second.entry_no, "payment_discount") == []


def test_whoever_pays_in_full_in_time_gets_the_discount_as_a_credit(company):
    invoice = company.invoice()
    payment = company.pay("1250.00", day(5), to=invoice)

    assert company.remaining(invoice) == 0
    assert company.remaining(payment.entry_no) == payment.remaining == D("-25.00")
    company.check()


def test_what_is_paid_too_much_stays_open_on_the_payment(company):
    invoice = company.invoice()
    payment = company.pay("1300.00", day(20), to=invoice)

    assert company.remaining(invoice) == 0
    assert company.remaining(payment.entry_no) == D("-50.00")
    company.check()


def test_a_discount_lowers_the_vat_where_the_setup_says_so(company):
    company.ledger_setup(adjust_for_payment_discount=True)
    invoice = company.invoice()
    payment = company.pay("1225.00", day(9), to=invoice)

    assert company.posted(payment.document_no) == {
        "1020": D("1225.00"), "4420": D("20.00"), "2200": D("5.00"), "1100": D("-1250.00"),
    }  # fmt: skip
    assert company.details(payment.entry_no)[1:4] == [
        ("payment_discount", D("-25.00"), D("0.00")),
        ("payment_discount_vat_excl", D("0.00"), D("-20.00")),
        ("payment_discount_vat_adjustment", D("0.00"), D("-5.00")),
    ]
    assert company.vat(payment.document_no) == [(D("20.00"), D("5.00"))]
    assert company.remaining(invoice) == company.remaining(payment.entry_no) == 0
    company.check()


def test_two_rates_share_a_discount_to_the_cent(company):
    company.ledger_setup(adjust_for_payment_discount=True)
    invoice = company.invoice(more=(("333.33", "33.33", "V10"),))
    assert selectors.entry(invoice).discount == D("32.33")
    payment = company.pay("1584.33", day(9), to=invoice)

    assert company.vat(payment.document_no) == [(D("20.00"), D("5.00")), (D("6.66"), D("0.67"))]
    assert company.posted(payment.document_no)["4420"] == D("26.66")
    assert company.remaining(invoice) == company.remaining(payment.entry_no) == 0
    company.check()


def test_a_discount_on_the_net_amount_leaves_the_vat_alone(company):
    company.ledger_setup(payment_discount_excl_vat=True)
    invoice = company.invoice()
    assert selectors.entry(invoice).discount == D("20.00")
    payment = company.pay("1230.00", day(9), to=invoice)

    assert company.posted(payment.document_no) == {
        "1020": D("1230.00"), "4420": D("20.00"), "1100": D("-1250.00"),
    }  # fmt: skip
    assert company.vat(payment.document_no) == []
    company.check()


def test_a_credit_memo_without_discount_leaves_the_invoice_its_own(company):
    invoice = company.invoice()
    memo = company.credit_memo("250.00")
    company.apply(memo, invoice)
    row = selectors.entry(invoice)
    assert (row.remaining, row.discount) == (D("1000.00"), D("25.00"))

    company.pay("975.00", day(9), to=invoice)
    assert company.remaining(invoice) == 0
    company.check()


def test_a_credit_memo_with_discount_takes_its_share_from_the_invoice(company):
    company.terms.calc_pmt_disc_on_credit_memos = True
    company.terms.save()
    invoice = company.invoice()
    memo = company.credit_memo("250.00")
    assert selectors.entry(memo).discount == D("-5.00")
    company.apply(memo, invoice)
    assert selectors.entry(invoice).discount == D("20.00")

    payment = company.pay("980.00", day(9), to=invoice)
    assert company.remaining(invoice) == company.remaining(payment.entry_no) == 0
    company.check()


def test_a_refund_returns_the_discount_of_a_credit_memo(company):
    memo = company.credit_memo("1000.00", discount="-20.00", discount_date=day(9))
    refund = company.refund("980.00", day(9), to=memo)

    assert company.remaining(memo) == company.remaining(refund.entry_no) == 0
    assert company.posted(refund.document_no) == {
        "1020": D("-980.00"), "4430": D("-20.00"), "1100": D("1000.00"),
    }  # fmt: skip
    company.check()


def test_a_lowered_amount_to_apply_takes_the_discount_only_when_it_settles_the_rest(company):
    invoice = company.invoice()
    part = ApplyRequest.to_entries([(invoice, D("600.00"))])
    payment = company.pay("1225.00", day(9), apply=part)
    assert company.remaining(invoice) == D("650.00")
    assert company.remaining(payment.entry_no) == D("-625.00")

    other = company.invoice()
    whole = ApplyRequest.to_entries([(other, D("1225.00"))])
    company.pay("1225.00", day(9), apply=whole)
    assert company.remaining(other) == 0
    company.check()


def test_the_vat_of_an_adjusted_discount_stands_on_its_base_entry(company):
    company.ledger_setup(adjust_for_payment_discount=True)
    invoice = company.invoice()
    payment = company.pay("1225.00", day(9), to=invoice)
    entry = VATEntry.objects.get(document_no=payment.document_no)
    assert (entry.vat_identifier, entry.vat_account.number, entry.type) == ("V25", "2200", "sale")
