"""Reports as they would have been at a moment, and what a page says to a moment that is none."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

FRIDAY, TUESDAY = date(2026, 2, 27), date(2026, 3, 3)
MONDAY = "2026-03-02 08:00"


@pytest.fixture
def sold(world):
    """On Friday two bicycles are sold for 1,000; on Tuesday one more with Friday's date, and Friday's are paid."""
    adatum = world.customer("Adatum", number="C1")
    world.clock = datetime(2026, 2, 27, 9, tzinfo=UTC)
    bicycle = world.item("BICYCLE", stock=10, cost=240, price=400, on=FRIDAY)
    world.first = world.order(adatum, on=FRIDAY).sells(2, bicycle).release().post(on=FRIDAY)
    world.clock = datetime(2026, 3, 3, 9, tzinfo=UTC)
    world.second = world.order(adatum, on=FRIDAY).sells(1, bicycle).release().post(on=FRIDAY)
    world.pay(adatum, 1000, on=FRIDAY, apply=world.first.number)
    return world


def test_who_owed_what(sold, ask):
    assert ask("aged-receivables", on_day=FRIDAY).total("balance") == D("500.00")
    then = ask("aged-receivables", on_day=FRIDAY, known_at=MONDAY)
    assert then.total("balance") == D("1000.00")
    entries = ask("aged-receivables", on_day=FRIDAY, known_at=MONDAY, detail="on")
    assert entries.column("document", "balance") == {f"Invoice {sold.first.number}": D("1000.00")}
    # The link from the customer's line leads to the same moment.
    assert "known_at=2026-03-02T08" in then.lines[0].links["balance"]


def test_what_the_accounts_stood_at(sold, ask):
    span = {"start": "2026-01-01", "end": FRIDAY}
    assert ask("trial-balance", **span).column("number", "closing")["1100"] == D("500.00")
    then = ask("trial-balance", **span, known_at=MONDAY)
    assert then.column("number", "closing")["1100"] == D("1000.00")
    assert then.total("closing") == 0


def test_what_lay_in_stock(sold, ask):
    rows = (
        ask("inventory-valuation", on_day=FRIDAY, **known).rows[0] for known in ({}, {"known_at": MONDAY})
    )
    assert [(row["quantity"], row["value"]) for row in rows] == [(7, D("1680.00")), (8, D("1920.00"))]


@pytest.mark.parametrize("style", ["balance", "open"])
def test_what_the_customer_was_told(sold, ask, style):
    asked = {"customer": "C1", "start": "2026-02-01", "end": FRIDAY, "style": style}
    documents = [row["document"] for row in ask("customer-statement", **asked, known_at=MONDAY).rows]
    assert [each for each in documents if each] == [f"Invoice {sold.first.number}"]
    closing = ask("customer-statement", **asked, known_at=MONDAY).outcome.facts
    assert any("1,000.00" in text for _label, text in closing)


def test_a_statement_shows_what_was_undone_only_later(sold, ask):
    """On 5 March a payment of Friday is reversed. Before it stood on the account; now it is hidden with its mirror."""
    from posting.routines.reverse import reverse_transaction
    from receivables.models import CustomerLedgerEntry
    from receivables.selectors import entry

    adatum = sold.customer("Contoso", number="C2")
    sold.clock = datetime(2026, 3, 4, 9, tzinfo=UTC)
    sold.pay(adatum, 70, on=FRIDAY)
    sold.clock = datetime(2026, 3, 5, 9, tzinfo=UTC)
    payment = entry(CustomerLedgerEntry.objects.get(customer=adatum).entry_no)
    reverse_transaction(payment.transaction_no, by=sold.by, at=sold.at())
    asked = {"customer": "C2", "start": "2026-02-01", "end": FRIDAY}
    amounts = [
        [row["amount"] for row in ask("customer-statement", **asked, **known).rows if row["document"]]
        for known in ({}, {"known_at": "2026-03-04 23:00"}, {"undone": "on"})
    ]
    assert amounts == [[], [D("-70.00")], [D("-70.00"), D("70.00")]]


def test_the_hour_is_that_of_the_company(sold, ask, settings):
    """Ten in the morning in Oslo is nine in the books: that is when it was posted."""
    settings.TIME_ZONE = "Europe/Oslo"
    totals = [
        ask("aged-receivables", on_day=FRIDAY, known_at=at).total("balance")
        for at in (
            "2026-03-03 09:59",
            "2026-03-03 10:00",
            "2026-03-03T09:00:00+00:00",
            "2026-03-03",
            "2199-01-01",
        )
    ]
    assert totals == [D("1000.00"), *[D("500.00")] * 4]


@pytest.fixture
def browser(world) -> Client:
    browser = Client()
    browser.force_login(world.by)
    return browser


def test_a_file_is_of_the_same_moment(sold, browser):
    asked = {"on_day": FRIDAY.isoformat(), "known_at": MONDAY}
    page = reverse("reporting:report", args=["aged-receivables"])
    answer = browser.get(page, {**asked, "format": "xlsx"})
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("C1", "Adatum", 1000)
    assert "known-2026-03-02" in answer["Content-Disposition"]
    assert b"1000.00" in b"".join(browser.get(page, {**asked, "format": "csv"}).streaming_content)
    assert browser.get(page, {**asked, "format": "pdf"})["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "typed", ["yesterday 25:00", "2026-02-30 10:00", "2026-03-02 10:61", "99999-01-01", "10:00"]
)
def test_a_moment_that_is_none_is_refused_beside_its_field(sold, browser, typed):
    for key in ("aged-receivables", "trial-balance", "inventory-valuation"):
        answer = browser.get(reverse("reporting:report", args=[key]), {"known_at": typed})
        assert answer.status_code == 422
        assert "known_at" in answer.content.decode()


def printed(*words: object) -> str:
    from io import StringIO

    said = StringIO()
    call_command(*map(str, words), stdout=said)
    return said.getvalue()


def test_on_the_command_line(sold):
    """Each command as of Friday, as known on Monday; and as known today."""
    for command, then, today in (
        (["trial_balance"], "1,000.00", "500.00"),
        (["aged_receivables"], "1,000.00", "500.00"),
        (["customer_ledger", "C1"], "Balance 1,000.00", "Balance 500.00"),
        (["stock", "BICYCLE"], "1,920.00", "1,680.00"),
    ):
        friday = [*command, "--as-of", FRIDAY]
        assert then in printed(*friday, "--known-at", "2026-03-02T08:00")
        assert today in printed(*friday) and today in printed(*friday, "--known-at", "2199-01-01")
    both = printed("customer_ledger", "C1", "--as-of", FRIDAY)
    assert sold.second.number in both and sold.second.number not in printed(
        "customer_ledger", "C1", "--known-at", MONDAY
    )
    assert sold.first.number not in printed("customer_ledger", "C1", "--as-of", FRIDAY, "--open")
    assert "BICYCLE" not in printed("stock", "--as-of", "2026-02-26")
    for words, said in (
        (["stock", "--known-at", "soon"], "not a moment"),
        (["stock", "NOTHING"], "no item NOTHING"),
        (["stock", "--location", "NOWHERE"], "no location NOWHERE"),
        (["customer_ledger", "C1", "--as-of", FRIDAY, "--details"], "leave them out"),
    ):
        with pytest.raises(CommandError, match=said):
            printed(*words)


def test_the_cards_lead_to_the_question(sold, browser):
    """From the customer to what was open, entry by entry; from the item to what lay there."""
    customer = browser.get(reverse("sales:customer", args=["C1"])).content.decode()
    asked = "/reports/aged-receivables/?customer=C1&amp;detail=on"
    assert asked in customer
    page = browser.get(asked.replace("&amp;", "&")).content.decode()
    assert sold.second.number in page and 'name="known_at"' in page
    item = browser.get(reverse("inventory:item", args=["BICYCLE"])).content.decode()
    asked = "/reports/inventory-valuation/?item=BICYCLE"
    assert asked in item
    assert "1,680.00" in browser.get(asked).content.decode()
    assert browser.get("/reports/inventory-valuation/?item=NOTHING").status_code == 422
