"""The general journal, and reversing what it posted."""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError
from erp.kernel.ledger import LedgerHead
from erp.kernel.models import NumberSeriesLine, User
from posting.models import UserPostingDates
from posting.models.entries import GLEntry, Register
from posting.routines.reverse import reverse_register, reverse_transaction
from receivables import selectors
from receivables.models.entries import BankLedgerEntry, CustomerLedgerEntry
from receivables.plans.values import ApplyRequest
from receivables.routines.post_journal import JournalLine, preview_journal
from tests.unit.receivables.company import AT
from tests.unit.receivables.refusals import refused


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def payment_line(amount: str, **values) -> dict:
    return {
        "document_type": "payment", "document_no": "P1", "account_type": "customer", "account_no": "C1",
        "amount": D(amount), "bal_account_type": "bank", "bal_account_no": "BANK",
    } | values  # fmt: skip


def invoice_line(amount: str, **values) -> dict:
    return {
        "document_type": "invoice", "document_no": "I1", "account_type": "customer", "account_no": "C1",
        "amount": D(amount), "bal_account_no": "4100",
    } | values  # fmt: skip


def transaction_of(entry_no: int) -> int:
    return selectors.entry(entry_no).transaction_no


def test_three_documents_are_one_register_and_three_transactions(company):
    written = company.journal(
        *(
            {"document_no": f"J{n}", "account_no": "6500", "amount": D("80.00"), "bal_account_no": "1010"}
            for n in (1, 2)
        ),
        {"document_no": "J3", "account_no": "6300", "amount": D("5.00")},
        {"document_no": "J3", "account_no": "1010", "amount": D("-5.00")},
    )
    entries = list(GLEntry.objects.order_by("entry_no"))
    assert Register.objects.count() == 1
    assert len(set(written.transaction_nos)) == 3
    assert [entry.entry_no for entry in entries] == [1, 2, 3, 4, 5, 6]
    company.check()


def test_a_document_that_balances_in_total_but_not_by_date_is_refused(company):
    head = LedgerHead.objects.values().get()
    with refused("E-GL-DOCBAL"):
        company.journal(
            {"account_no": "6300", "amount": D("100.00"), "posting_date": day(31)},
            {"account_type": "bank", "account_no": "BANK", "amount": D("-100.00"), "posting_date": day(1, 4)},
        )
    assert LedgerHead.objects.values().get() == head
    assert not GLEntry.objects.exists()


def test_the_sign_follows_from_the_kind_of_document(company):
    with refused("E-GL-SIGN"):
        company.journal(payment_line("100.00"))
    with refused("E-GL-SIGN"):
        company.journal(invoice_line("-100.00"))
    with refused("E-GL-SIGN"):
        company.journal(payment_line("-100.00", document_type="refund"))


def test_control_accounts_are_not_typed(company):
    with refused("E-GL-DIRECT"):
        company.journal({"account_no": "1100", "amount": D("5.00"), "bal_account_no": "1010"})


def test_a_user_may_have_posting_dates_of_her_own(company):
    company.ledger_setup(allow_posting_from=day(1), allow_posting_to=day(31))
    other = User.objects.create_superuser("other")
    UserPostingDates.objects.create(user=company.by, allow_posting_from=day(1, 4))

    company.journal(payment_line("-1.00", posting_date=day(2, 4)))
    with refused("E-GL-DATE"):
        company.journal(payment_line("-1.00", posting_date=day(15)))
    with refused("E-GL-DATE"):
        company.journal(payment_line("-1.00", posting_date=day(2, 4)), by=other)
    with refused("E-GL-DATE"):
        company.pay("1.00", day(15))


def test_customers_do_not_balance_customers(company):
    company.add_customer("C2")
    with refused("E-GL-TWOSUB"):
        company.journal(invoice_line("5.00", bal_account_type="customer", bal_account_no="C2"))


def test_a_document_number_is_used_once(company):
    company.journal(invoice_line("5.00"))
    with refused("E-AR-DUPDOC"):
        company.journal(invoice_line("5.00"))
    with refused("E-AR-DUPDOC"):
        company.journal(invoice_line("5.00", document_no="I2"), invoice_line("5.00", document_no="I2"))
    company.journal(payment_line("-5.00"), payment_line("-5.00"))

    reverse_transaction(transaction_of(CustomerLedgerEntry.objects.first().pk), by=company.by, at=AT)
    company.journal(invoice_line("5.00"))
    company.check()


def test_one_way_to_apply_at_a_time(company):
    with refused("E-GL-APPLBOTH"):
        company.journal(payment_line("-5.00", applies_to_document_no="I1", applies_to_id="JIM"))


def test_lines_name_what_exists(company):
    with refused("E-GL-ACC"):
        company.journal({"account_no": "9999", "amount": D("5.00"), "bal_account_no": "1010"})
    with refused("E-CU-NONE"):
        company.journal(payment_line("-5.00", account_no="C9"))
    with refused("E-GL-BANKNONE"):
        company.journal(payment_line("-5.00", bal_account_no="NOBANK"))
    with refused("E-CX-CURRENCY"):
        company.journal(payment_line("-5.00", currency_code="XXX", amount_lcy=D("-5.00"), posting_date=None))
    with refused("E-GL-DATE0"):
        company.journal(payment_line("-5.00", posting_date=None))
    with refused("E-GL-DOCNO"):
        company.journal(payment_line("-5.00", document_no=""))
    with refused("E-GL-ROUND"):
        company.journal(payment_line("-5.001"))
    with refused("E-GL-EMPTY"):
        company.journal(payment_line("0"))


def test_a_bank_in_dollars_takes_dollars_only(company):
    company.rate(day(1), "125")
    with refused("E-GL-BANKCUR"):
        company.journal(payment_line("-5.00", bal_account_no="USDBANK"))
    with refused("E-GL-BANKCUR"):
        company.pay("5.00", bank=company.usd_bank, currency_code="")
    company.journal(payment_line("-5.00", currency_code="USD"))
    bank = BankLedgerEntry.objects.get()
    assert (bank.currency_code, bank.amount, bank.amount_lcy) == ("", D("6.25"), D("6.25"))


def test_a_blocked_bank_takes_nothing(company):
    company.bank.blocked = True
    company.bank.save()
    with refused("E-GL-BANKBLOCK"):
        company.journal(payment_line("-5.00"))
    with refused("E-GL-BANKBLOCK"):
        company.pay("5.00")


def test_invoices_of_the_journal_get_terms_and_discount(company):
    company.journal(invoice_line("1250.00"))
    row = CustomerLedgerEntry.objects.get()
    assert (row.due_date, row.payment_discount_date) == (day(1, 4), day(9))
    assert row.original_payment_discount_possible == D("25.00")


def test_a_later_line_settles_an_earlier_one(company):
    written = company.journal(
        invoice_line("1250.00"),
        payment_line("-500.00", applies_to_document_no="I1"),
        payment_line("-725.00", document_no="P2", applies_to_document_no="I1"),
    )
    assert [company.remaining(entry) for entry in written.entry_nos] == [0, 0, 0]
    assert company.net("4420") == D("25.00")
    with refused("E-AP-NOTOPEN"):
        company.journal(payment_line("-1.00", applies_to_document_no="I1"))
    company.check()


def test_two_lines_cannot_settle_the_same_rest(company):
    invoice = company.invoice(discount="0.00")
    number = selectors.entry(invoice).document_no
    with refused("E-AP-NOTOPEN"):
        company.journal(
            payment_line("-1250.00", applies_to_document_no=number),
            payment_line("-1.00", document_no="P2", applies_to_document_no=number),
        )
    assert company.remaining(invoice) == D("1250.00")


def test_a_bad_debt_gives_its_vat_back(company):
    company.invoice("400.00", "100.00")
    company.journal(
        {"document_type": "credit_memo", "document_no": "W1", "account_type": "customer", "account_no": "C1",
         "amount": D("-500.00")},
        {"document_type": "credit_memo", "document_no": "W1", "account_no": "6400", "amount": D("500.00"),
         "gen_posting_type": "sale", "gen_bus": "DOMESTIC", "gen_prod": "GOODS", "vat_bus": "DOM", "vat_prod": "V25"},
    )  # fmt: skip
    assert company.posted("W1") == {"1100": D("-500.00"), "6400": D("400.00"), "2200": D("100.00")}
    company.check()


def test_numbers_from_a_series(company):
    written = company.journal(
        payment_line("-5.00", document_no=""),
        payment_line("-6.00", document_no=""),
        number_series="PAYMENT",
    )
    assert [selectors.entry(entry).document_no for entry in written.entry_nos] == ["PAY0001", "PAY0002"]


def test_a_preview_leaves_no_trace(company):
    head, line = (
        LedgerHead.objects.values().get(),
        NumberSeriesLine.objects.filter(series__code="PAYMENT").values().get(),
    )
    plan = preview_journal(
        [JournalLine(line_no=1, posting_date=day(1), **payment_line("-5.00"))], by=company.by
    )
    assert [len(transaction.lines) for transaction in plan.transactions] == [2]
    assert LedgerHead.objects.values().get() == head
    assert NumberSeriesLine.objects.filter(series__code="PAYMENT").values().get() == line


def test_reversing_undoes_turnover_and_can_be_reversed(company):
    written = company.journal({"account_no": "6500", "amount": D("80.00"), "bal_account_no": "1010"})
    mirror = reverse_transaction(written.transaction_nos[0], by=company.by, at=AT)
    rows = list(GLEntry.objects.filter(account__number="6500").order_by("entry_no"))
    assert [(row.debit_amount, row.credit_amount, row.document_no) for row in rows] == [
        (D("80.00"), 0, "J1"), (D("-80.00"), 0, "J1"),
    ]  # fmt: skip
    assert company.net("6500") == 0

    reverse_transaction(mirror.transaction_nos[0], by=company.by, at=AT)
    assert company.net("6500") == D("80.00")
    company.check()


def test_an_applied_payment_is_unapplied_before_it_is_reversed(company):
    invoice = company.invoice()
    number = selectors.entry(invoice).document_no
    written = company.journal(payment_line("-600.00", posting_date=day(20), applies_to_document_no=number))
    payment = written.entry_nos[0]
    transaction_no = transaction_of(payment)

    with refused("E-REV-APPLIED"):
        reverse_transaction(transaction_no, by=company.by, at=AT)
    company.unapply(payment)
    reverse_transaction(transaction_no, by=company.by, at=AT)

    assert company.remaining(invoice) == D("1250.00")
    assert company.remaining(payment) == 0
    mirror = CustomerLedgerEntry.objects.get(reverses=payment)
    assert company.remaining(mirror.pk) == 0
    assert mirror.amount == D("600.00")
    assert [row.amount for row in BankLedgerEntry.objects.order_by("entry_no")] == [D("600.00"), D("-600.00")]
    with refused("E-UN-REV"):
        company.unapply(payment)
    with refused("E-REV-DONE"):
        reverse_transaction(transaction_no, by=company.by, at=AT)
    company.check()


def test_a_payment_with_a_discount_can_be_unapplied_and_reversed(company):
    invoice = company.invoice()
    number = selectors.entry(invoice).document_no
    written = company.journal(payment_line("-1225.00", posting_date=day(5), applies_to_document_no=number))
    payment = written.entry_nos[0]
    with refused("E-REV-REG"):
        reverse_register(written.register_no, by=company.by, at=AT)
    company.unapply(payment)
    reverse_transaction(transaction_of(payment), by=company.by, at=AT)

    assert company.net("4420") == company.net("1020") == 0
    assert company.remaining(invoice) == D("1250.00")
    company.check()


def test_reversing_the_mirror_opens_the_entry_again(company):
    written = company.journal(payment_line("-600.00"))
    payment = written.entry_nos[0]
    mirror = reverse_transaction(transaction_of(payment), by=company.by, at=AT)
    assert company.remaining(payment) == 0
    reverse_transaction(mirror.transaction_nos[0], by=company.by, at=AT)

    assert company.remaining(payment) == D("-600.00")
    assert [company.remaining(entry.pk) for entry in CustomerLedgerEntry.objects.exclude(pk=payment)] == [
        0,
        0,
    ]
    assert selectors.balance(company.customer.pk) == D("-600.00")
    company.check()


def test_receipts_can_be_reversed_and_documents_not(company):
    invoice = company.invoice()
    receipt = company.pay("100.00")
    with refused("E-REV-JNL"):
        reverse_transaction(transaction_of(invoice), by=company.by, at=AT)
    reverse_transaction(transaction_of(receipt.entry_no), by=company.by, at=AT)
    assert company.remaining(receipt.entry_no) == 0
    company.check()


def test_who_is_blocked(company):
    company.customer.blocked = "invoice"
    company.customer.save()
    with refused("E-CU-BLOCK"):
        company.journal(invoice_line("5.00"))
    with refused("E-CU-BLOCK"):
        company.journal(invoice_line("5.00", document_type=""))
    company.journal(payment_line("-5.00"))
    company.pay("5.00")
    company.customer.blocked = "all"
    company.customer.save()
    with refused("E-CU-BLOCK"):
        company.pay("5.00")


def test_a_payment_asked_for_twice_is_posted_once(company):
    first = company.pay("5.00", idempotency_key="abc")
    assert company.pay("5.00", idempotency_key="abc") == first
    assert selectors.balance(company.customer.pk) == D("-5.00")
    with pytest.raises(ErpError) as caught:
        company.pay("6.00", idempotency_key="abc")
    assert caught.value.code == "E-IDEM-MISMATCH"


def test_money_over_a_gl_account(company):
    cash = company.pay("5.00", bank=None, account=company.accounts["1010"])
    assert company.posted(cash.document_no) == {"1010": D("5.00"), "1100": D("-5.00")}
    with refused("E-GL-DIRECT"):
        company.pay("5.00", bank=None, account=company.accounts["1020"])
    with refused("E-GL-SIGN"):
        company.pay("-5.00")
    company.receivables_setup(default_bank_account=None)
    with refused("E-PR-SETUP"):
        company.pay("5.00", bank=None)


def test_a_receipt_by_id_of_a_document(company):
    invoice = company.invoice()
    request = ApplyRequest.to_document("invoice", selectors.entry(invoice).document_no)
    company.pay("1225.00", day(9), apply=request, document_no="TYPED1")
    assert company.remaining(invoice) == 0
    assert selectors.entries_for("TYPED1").bank[0].amount == D("1225.00")
