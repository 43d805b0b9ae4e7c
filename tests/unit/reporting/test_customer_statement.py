"""A customer's account, as the customer is to see it."""

from datetime import date
from decimal import Decimal as D

import pytest

from posting.routines.reverse import reverse_transaction
from receivables.models import CustomerLedgerEntry
from receivables.routines.unapply import unapply
from receivables.selectors import balance_on
from reporting.parameters import StatementForm
from tests.unit.reporting.test_aged_receivables import invoice_of

KEY = "customer-statement"
MARCH = {"customer": "C1", "start": "2026-03-01", "end": "2026-03-31", "period": "30D", "style": "balance"}


@pytest.fixture
def adatum(world):
    """400 are open when March begins; 1,250 are invoiced on the 1st and paid less 2 % on the 9th."""
    adatum = world.customer("Adatum", number="C1", terms="1M(8D)")
    world.old = invoice_of(world, adatum, 320, on=date(2026, 2, 2))
    world.new = invoice_of(world, adatum, 1000, on=date(2026, 3, 1))
    world.payment = world.pay(adatum, 1225, on=date(2026, 3, 9), apply=world.new.number)
    return adatum


def test_balance_forward_tells_every_movement(world, adatum, ask):
    """The opening balance, the invoice, the payment, the discount, the closing balance."""
    answer = ask(KEY, **MARCH)
    told = [(row["description"], row["amount"], row["balance"]) for row in answer.rows]
    assert told[0] == ("Opening balance", None, D("400.00"))
    assert [row["document"] for row in answer.rows[1:4]] == [
        f"Invoice {world.new.number}",
        f"Payment {world.payment.document_no}",
        f"Payment {world.payment.document_no}",
    ]
    assert [line[1:] for line in told[1:4]] == [
        (D("1250.00"), D("1650.00")),
        (D("-1225.00"), D("425.00")),
        (D("-25.00"), D("400.00")),
    ]
    assert told[3][0] == "Payment Discount"
    closing = next(row for row in answer.lines if row.kind == "total")
    assert closing.values[-1] == D("400.00") == balance_on(adatum.pk, date(2026, 3, 31))


def test_the_next_statement_opens_where_this_one_closes(world, adatum, ask):
    answer = ask(KEY, **MARCH | {"start": "2026-04-01", "end": "2026-04-30"})
    told = [(row["description"], row["balance"]) for row in answer.rows]
    assert told[0] == ("Opening balance", D("400.00"))


def test_open_items_tell_what_is_left(world, adatum, ask):
    """The February invoice belongs to the opening balance; of March nothing is open."""
    answer = ask(KEY, **MARCH | {"style": "open"})
    assert next((row["description"], row["balance"]) for row in answer.rows if not row["document"]) == (
        "Opening balance",
        D("400.00"),
    )
    whole = ask(KEY, **MARCH | {"style": "open", "start": "2026-01-01"})
    open_entries = [row for row in whole.rows if row["document"] and row["on"].month == 2]
    assert open_entries[0] | {"on": None} == {
        "on": None,
        "document": f"Invoice {world.old.number}",
        "description": open_entries[0]["description"],
        "due_date": date(2026, 3, 2),
        "entry_amount": D("400.00"),
        "amount": D("400.00"),
        "balance": D("400.00"),
    }


def test_what_is_overdue_stands_apart_and_is_counted_from_its_due_date(world, adatum, ask):
    """Due on 2 March: on that day itself it is not overdue, the day after it is."""
    overdue = MARCH | {"overdue": "on"}
    assert "Overdue on the last day" in ask(KEY, **overdue | {"end": "2026-03-03"}).headings
    assert "Overdue on the last day" not in ask(KEY, **overdue | {"end": "2026-03-02"}).headings


def test_the_ageing_at_the_foot_adds_up_to_the_closing_balance(world, adatum, ask):
    answer = ask(KEY, **MARCH)
    foot = [
        row for row in answer.rows if row["on"] is None and row["amount"] is not None and not row["document"]
    ]
    assert sum(row["amount"] for row in foot) == D("400.00")
    assert {row["description"]: row["amount"] for row in foot}["1–30 days"] == D("400.00")


def test_what_was_unapplied_is_hidden_unless_asked_for(world, adatum, ask):
    entry = CustomerLedgerEntry.objects.get(document_no=world.payment.document_no)
    unapply(entry.entry_no, on=date(2026, 3, 10), by=world.by, at=world.at(date(2026, 3, 10)))
    hidden, shown = ask(KEY, **MARCH), ask(KEY, **MARCH | {"undone": "on"})

    def discounts(answer):
        return [row["amount"] for row in answer.rows if row["description"] == "Payment Discount"]

    assert discounts(hidden) == []
    assert discounts(shown) == [D("-25.00"), D("25.00")]
    closings = [
        next(row for row in answer.lines if row.kind == "total").values[-1] for answer in (hidden, shown)
    ]
    assert closings == [D("425.00"), D("425.00")]


def test_what_was_reversed_is_hidden_unless_asked_for(world, adatum, ask):
    """A payment that was booked by mistake leaves no trace on the statement, and none in its balance."""
    wrong = world.pay(adatum, 77, on=date(2026, 3, 12))
    entry = CustomerLedgerEntry.objects.get(document_no=wrong.document_no)
    reverse_transaction(entry.transaction_no, by=world.by, at=world.at(date(2026, 3, 13)))
    hidden, shown = ask(KEY, **MARCH), ask(KEY, **MARCH | {"undone": "on"})
    assert D("-77.00") not in [row["amount"] for row in hidden.rows]
    assert sorted(row["amount"] for row in shown.rows if abs(row["amount"] or 0) == 77) == [
        D("-77.00"),
        D("77.00"),
    ]
    for answer in (hidden, shown):
        closing = next(row for row in answer.lines if row.kind == "total")
        assert closing.values[-1] == balance_on(adatum.pk, date(2026, 3, 31))


def test_every_currency_has_an_account_of_its_own(world, ask):
    world.rate("USD", 100, 90, on=date(2026, 1, 1))
    maple = world.customer("Maple", number="C1", group="EXPORT", currency="USD")
    invoice_of(world, maple, 1000, on=date(2026, 3, 2))
    world.sales_invoice(maple, on=date(2026, 3, 3), currency_code="").charges("4520", 50).post()
    answer = ask(KEY, **MARCH)
    assert [heading for heading in answer.headings if heading.startswith("Account")] == [
        "Account in EUR",
        "Account in USD",
    ]


def test_nobody_in_particular_has_no_statement(world):
    form = StatementForm.reading({"customer": "C99"}, on=date(2026, 3, 2))
    assert not form.is_valid()
    assert "There is no customer C99" in form.errors["customer"][0]
