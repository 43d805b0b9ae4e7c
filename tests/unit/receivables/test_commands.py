"""The commands of this room: what they print, and what they say to bad input."""

from datetime import date
from decimal import Decimal as D
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from receivables import selectors


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def says(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(*words)
    return str(caught.value)


def test_a_payment_by_command(company):
    invoice = company.invoice()
    number = selectors.entry(invoice).document_no
    payment = ("receive_payment", "C1", "1225.00", "--date", "2026-03-09", "--apply", number)

    preview = run(*payment, "--preview")
    assert "4420" in preview
    assert "invoice INV0001" in preview
    assert company.remaining(invoice) == D("1250.00")

    assert "PAY0001" in run(*payment)
    assert company.remaining(invoice) == 0
    assert "not open" in says(*payment)


def test_oldest_first_and_refunds(company):
    company.invoice()
    assert "-50.00 of it is open" in run("receive_payment", "C1", "1300", "--date", "2026-03-20", "--oldest")
    assert "Refund PAY0002" in run(
        "receive_payment",
        "C1",
        "50",
        "--date",
        "2026-03-21",
        "--refund",
        "--apply",
        "PAY0001",
        "--bank",
        "BANK",
    )
    assert selectors.balance(company.customer.pk) == 0


def test_a_key_posts_once(company):
    command = ("receive_payment", "C1", "5", "--date", "2026-03-20", "--key", "k1")
    assert "--user" in says(*command)
    assert run(*command, "--user", "clerk") == run(*command, "--user", "clerk")
    assert selectors.balance(company.customer.pk) == D("-5.00")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("C9", "5"), "There is no customer C9"),
        (("C1", "five"), "not an amount"),
        (("C1", "0"), "greater than zero"),
        (("C1", "1.234"), "more than two decimals"),
        (("C1", "nan"), "greater than zero"),
        (("C1", "5", "--date", "tomorrow"), "not a date"),
        (("C1", "5", "--bank", "NONE"), "There is no bank account NONE"),
        (("C1", "5", "--account", "NONE"), "There is no G/L account NONE"),
        (("C1", "5", "--account", "1020"), "E-GL-DIRECT"),
        (("C1", "5", "--bank", "BANK", "--account", "1010"), "not allowed with"),
        (("C1", "5", "--apply", "NONE"), "has no entry NONE"),
        (("C1", "5", "--user", "nobody"), "There is no user nobody"),
        (("C1", "5", "--currency", "XXX"), "E-CX-RATE"),
    ],
)
def test_bad_payments(company, words, answer):
    assert answer in says("receive_payment", *words)


def test_applying_and_unapplying_by_command(company):
    invoice = company.invoice(discount="0.00")
    payment = company.pay("1000.00", date(2026, 3, 20))
    command = ("apply_entries", str(payment.entry_no), f"{invoice}=600.00")

    assert "-400.00 open" in run(*command, "--preview")
    assert "-400.00 of entry" in run(*command)
    assert company.remaining(invoice) == D("650.00")
    assert "undone" in run("unapply", str(invoice))
    assert company.remaining(invoice) == D("1250.00")
    assert "E-UN-NONE" in says("unapply", str(invoice))
    assert "E-AP-NOTOPEN" in says("unapply", "4711")
    assert "E-AP-NOTOPEN" in says("apply_entries", "4711", "4712")
    assert "not an entry number" in says("apply_entries", "4711", "INV")
    assert "E-AR-TOOBIG" in says("apply_entries", str(payment.entry_no), f"{invoice}=1250.01", "--preview")


def test_the_ledger_on_paper(company):
    invoice = company.invoice()
    company.pay("600.00", date(2026, 3, 20), to=invoice)
    printed = run("customer_ledger", "adatum", "--details", "--on", "2026-04-02")
    assert "invoice INV0001" in printed
    assert "650.00" in printed
    assert "application" in printed
    assert "overdue 650.00" in printed
    assert "There is no customer Nobody" in says("customer_ledger", "Nobody")
    assert "before the first" in says("customer_ledger", "C1", "--start", "2026-03-02", "--on", "2026-03-01")
    company.add_customer("C2", name="Adatum Sales")
    assert "C2 Adatum Sales" in says("customer_ledger", "ada")


def test_the_ageing_on_paper(company):
    company.invoice()
    printed = run("aged_receivables", "--on", "2026-04-30")
    assert "1,250.00" in printed
    assert "not due" in printed
    assert "C1" in run("aged_receivables", "--on", "2026-04-30", "--currency", "--customer", "C1")
    assert "There is no customer C9" in says("aged_receivables", "--customer", "C9")
    assert "E-AG-PERIOD" in says("aged_receivables", "--period", "CM+1M")
