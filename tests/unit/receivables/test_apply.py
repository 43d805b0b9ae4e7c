"""Applying posted entries and taking it back; refusals."""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from erp.kernel.ledger import LedgerHead
from posting.models.entries import GLEntry, Register, VATEntry
from receivables import selectors
from receivables.models.entries import DetailedCustomerLedgerEntry
from receivables.plans.values import ApplyRequest
from receivables.routines.apply import preview_application
from receivables.routines.edit_open_item import edit_open_item, mark_to_apply
from tests.support.statements import count_statements
from tests.unit.receivables.company import AT
from tests.unit.receivables.refusals import refused


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def test_oldest_first_by_due_date(company):
    a = company.invoice("500.00", "0.00", due=day(10))
    b = company.invoice("700.00", "0.00", due=day(5))
    c = company.invoice("300.00", "0.00", due=day(20))
    company.customer.application_method = "apply_to_oldest"
    company.customer.save()
    company.pay("1000.00", day(25))

    assert [company.remaining(entry) for entry in (a, b, c)] == [D("200.00"), 0, D("300.00")]
    company.check()


def test_an_invoice_settles_an_old_payment_oldest_first(company):
    payment = company.pay("600.00")
    invoice = company.invoice(on=day(2), apply=ApplyRequest.oldest())
    assert company.remaining(payment.entry_no) == 0
    assert company.remaining(invoice) == D("650.00")
    assert selectors.entry(invoice).discount == D("25.00")
    company.check()


def test_groups_with_different_accounts(company):
    invoice = company.invoice("500.00", "0.00", group="EU", discount="0.00")
    payment = company.pay("500.00")
    applied = company.apply(payment.entry_no, invoice)

    lines = GLEntry.objects.filter(register_id=applied.register_no).order_by("entry_no")
    assert {line.account.number: line.amount for line in lines} == {"1100": D("500.00"), "1110": D("-500.00")}
    company.check()
    company.unapply(payment.entry_no)
    assert (company.net("1100"), company.net("1110")) == (D("-500.00"), D("500.00"))
    company.check()


def test_a_plain_application_leaves_the_general_ledger_alone(company):
    invoice = company.invoice(discount="0.00")
    payment = company.pay("1250.00")
    entries = GLEntry.objects.count()
    applied = company.apply(payment.entry_no, invoice)
    undone = company.unapply(invoice)

    assert GLEntry.objects.count() == entries
    for done in (applied, undone):
        register = Register.objects.get(pk=done.register_no)
        assert (register.from_gl_entry_no, register.to_gl_entry_no) == (None, None)
        assert register.to_customer_detail_no == register.from_customer_detail_no + 1
    rows = DetailedCustomerLedgerEntry.objects.filter(customer_entry_id=invoice).order_by("entry_no")
    assert [(row.amount, row.transaction_no) for row in rows][1:] == [(D("-1250.00"), 0), (D("1250.00"), 0)]
    assert company.remaining(invoice) == D("1250.00")
    company.check()


def test_unapplying_brings_discount_and_vat_back(company):
    company.ledger_setup(adjust_for_payment_discount=True)
    invoice = company.invoice()
    before = {number: company.net(number) for number in ("4420", "2200")}
    payment = company.pay("1225.00", day(9), to=invoice)
    receivable = company.net("1100")
    company.unapply(payment.entry_no, day(9))

    row = selectors.entry(invoice)
    assert (row.remaining, row.discount, row.discount_date) == (D("1250.00"), D("25.00"), day(9))
    assert company.remaining(payment.entry_no) == D("-1225.00")
    assert {number: company.net(number) for number in ("4420", "2200")} == before
    assert company.net("1100") == receivable + D("25.00") == D("25.00")
    vat = VATEntry.objects.filter(document_no=payment.document_no).order_by("entry_no")
    assert [(entry.base, entry.amount) for entry in vat] == [
        (D("20.00"), D("5.00")),
        (D("-20.00"), D("-5.00")),
    ]
    assert vat[1].reverses_id == vat[0].entry_no
    undone = [row for row in selectors.details_of(payment.entry_no) if row.type != "initial_entry"]
    assert all(row.unapplied_by or row.reverses for row in undone)
    company.check()


def test_the_last_application_goes_first(company):
    invoice = company.invoice()
    first = company.pay("600.00", day(20), to=invoice)
    second = company.pay("650.00", day(21), to=invoice)

    with refused("E-UN-LATER"):
        company.unapply(first.entry_no)
    company.unapply(second.entry_no)
    company.unapply(first.entry_no)
    assert company.remaining(invoice) == D("1250.00")
    company.check()


def test_unapplying_has_a_date_of_its_own(company):
    invoice = company.invoice()
    payment = company.pay("1250.00", day(18))
    company.apply(payment.entry_no, invoice, on=day(20))
    with refused("E-UN-DATE"):
        company.unapply(invoice, day(19))
    company.ledger_setup(allow_posting_to=day(25))
    with refused("E-UN-DATE"):
        company.unapply(invoice, day(26))
    company.unapply(invoice, day(22))
    with refused("E-UN-NONE"):
        company.unapply(invoice)


def test_an_application_is_not_dated_before_its_entries(company):
    payment = company.pay("1250.00", day(28, 2))
    invoice = company.invoice()
    with refused("E-AP-EARLY"):
        company.pay(
            "1.00",
            day(28, 2),
            apply=ApplyRequest.to_document("invoice", selectors.entry(invoice).document_no),
        )
    with refused("E-AP-DATE"):
        company.apply(payment.entry_no, invoice, on=day(28, 2))
    assert company.apply(payment.entry_no, invoice).on == day(1)


def test_the_date_of_an_application_must_be_open(company):
    invoice, payment = company.invoice(), company.pay("1250.00")
    company.ledger_setup(allow_posting_to=day(25))
    with refused("E-AP-RANGE"):
        company.apply(payment.entry_no, invoice, on=day(26))


def test_what_is_closed_or_somebody_elses_cannot_be_settled(company):
    invoice = company.invoice()
    number = selectors.entry(invoice).document_no
    other = company.add_customer("C2")
    theirs = company.invoice(customer=other)
    company.pay("1250.00", day(20), to=invoice)

    with refused("E-AP-NOTOPEN"):
        company.pay("1.00", day(20), to=invoice)
    with refused("E-AP-NOTOPEN"):
        company.pay("1.00", day(20), apply=ApplyRequest.to_document("invoice", number))
    with refused("E-AP-NOTOPEN"):
        company.pay("1.00", day(20), apply=ApplyRequest.to_document("invoice", "NONE"))
    with refused("E-AP-OTHERCUST"):
        company.pay("1.00", day(20), to=theirs)
    with refused("E-AP-OTHERCUST"):
        company.pay(
            "1.00", day(20), apply=ApplyRequest.to_document("invoice", selectors.entry(theirs).document_no)
        )
    with refused("E-AP-NOTOPEN"):
        company.apply(invoice, theirs)
    with refused("E-AP-NOTOPEN"):
        company.apply(999, theirs)


def test_nothing_chosen(company):
    payment = company.pay("100.00")
    with refused("E-AP-NONE"):
        company.apply(payment.entry_no)
    with refused("E-AP-NONE"):
        company.pay("100.00", apply=ApplyRequest.by_id("JIM"))


def test_an_id_marks_entries_for_an_application(company):
    a, b = company.invoice("500.00", "0.00"), company.invoice("700.00", "0.00")
    mark_to_apply([a, b], applies_to_id="JIM", by=company.by, at=AT)
    edit_open_item(a, amount_to_apply=D("100.00"), by=company.by, at=AT)
    payment = company.pay("1000.00", day(20), apply=ApplyRequest.by_id("JIM"))

    assert (company.remaining(a), company.remaining(b)) == (D("400.00"), 0)
    assert company.remaining(payment.entry_no) == D("-200.00")
    assert selectors.entry(a).applies_to_id == ""

    mark_to_apply([a], applies_to_id="JIM", by=company.by, at=AT)
    mark_to_apply([a], applies_to_id="JIM", by=company.by, at=AT)
    assert selectors.entry(a).applies_to_id == ""
    company.check()


def test_an_application_can_be_previewed(company):
    invoice, payment = company.invoice(), company.pay("1225.00", day(9))
    head = LedgerHead.objects.values().get()
    planned = preview_application(by=company.by, applying=payment.entry_no, to=[invoice])

    assert not planned.problems
    assert planned.plan.after[invoice].remaining == 0
    assert LedgerHead.objects.values().get() == head
    assert company.remaining(invoice) == D("1250.00")


def test_what_was_changed_on_an_item_survives_being_settled_and_unapplied(company):
    invoice = company.invoice()
    edit_open_item(
        invoice, due_date=day(15), payment_discount_date=day(12), remaining_payment_discount=D("30.00"),
        on_hold="CHK", payment_discount_tolerance_date=day(14), by=company.by, at=AT,
    )  # fmt: skip
    before = selectors.entry(invoice)
    payment = company.pay("1220.00", day(12), to=invoice)
    assert company.remaining(invoice) == 0
    company.unapply(payment.entry_no)
    assert selectors.entry(invoice) == before
    company.check()


def test_limits_of_what_may_be_changed(company):
    invoice = company.invoice()

    def edit(**fields):
        edit_open_item(invoice, by=company.by, at=AT, **fields)

    with refused("E-AR-SIGN"):
        edit(remaining_payment_discount=D("-1.00"))
    with refused("E-AR-TOOBIG"):
        edit(amount_to_apply=D("1250.01"))
    with refused("E-AR-TOLDATE"):
        edit(payment_discount_tolerance_date=day(1))
    with pytest.raises(TypeError):
        edit(remaining_amount=D("1.00"))
    company.pay("1250.00", day(20), to=invoice)
    with refused("E-AR-CLOSED"):
        edit(on_hold="ABC")


def test_closing_says_by_what(company):
    a, b = company.invoice("500.00", "0.00"), company.invoice("700.00", "0.00")
    payment = company.pay("1200.00", day(20), to=[a, b])
    closings = selectors.closings([a, b, payment.entry_no])
    assert (closings[a].by, closings[b].by, closings[payment.entry_no].by) == (
        payment.entry_no,
        payment.entry_no,
        None,
    )
    assert closings[a].on == day(20)


def test_one_payment_of_many_invoices_takes_a_constant_number_of_statements(company):
    def statements(count: int) -> int:
        customer = company.add_customer(f"N{count}")
        entries = [company.invoice("10.00", "0.00", customer=customer, discount="0.00") for _ in range(count)]
        payments = []

        def pay() -> None:
            oldest = ApplyRequest.oldest()
            payments.append(company.pay(f"{count * 10}.00", day(20), customer=customer, apply=oldest))

        taken = count_statements(pay)
        assert payments[0].remaining == 0
        assert all(company.remaining(entry) == 0 for entry in entries[:3])
        return taken

    assert statements(2) == statements(12)


def test_a_problem_writes_nothing_and_draws_no_number(company):
    invoice = company.invoice()
    head = LedgerHead.objects.values().get()
    with pytest.raises(ProblemsFound):
        company.pay("100.00", day(20), to=[invoice, 4711])
    assert LedgerHead.objects.values().get() == head
    assert company.pay("1.00").document_no == "PAY0001"
