"""Who owes what and since when: as the books stood on a day, whatever came later."""

from datetime import date
from decimal import Decimal as D

import pytest

from receivables.models import CustomerLedgerEntry
from receivables.routines.unapply import unapply
from receivables.selectors import balance_on, overdue_total

KEY = "aged-receivables"
BUCKETS = [f"bucket_{place}" for place in range(5)]


def invoice_of(world, customer, amount, *, on):
    """An invoice over a net amount, 25 % VAT on top, due in 30 days."""
    return world.sales_invoice(customer, on=on).charges("4520", amount).post()


@pytest.fixture
def adatum(world):
    """Adatum owes 125 since December, 250 since February, and 500 that is not due yet on 2 March."""
    adatum = world.customer("Adatum", number="C1", terms="30D")
    world.december = invoice_of(world, adatum, 100, on=date(2026, 1, 2))  # due 1 February
    world.february = invoice_of(world, adatum, 200, on=date(2026, 1, 30))  # due 1 March
    world.march = invoice_of(world, adatum, 400, on=date(2026, 2, 20))  # due 22 March
    return adatum


def test_what_is_owed_stands_in_the_bucket_of_its_age(world, adatum, ask):
    """On 2 March the first is 29 days late, the second one day, the third is not due."""
    answer = ask(KEY, on_day="2026-03-02", by="due", period="30D")
    assert answer.rows == [
        {
            "number": "C1",
            "name": "Adatum",
            "balance": D("875.00"),
            "bucket_0": D("500.00"),
            "bucket_1": D("375.00"),
            **dict.fromkeys(BUCKETS[2:]),
        }
    ]
    assert answer.total("balance") == balance_on(adatum.pk, date(2026, 3, 2))


def test_an_entry_that_is_due_on_the_day_is_in_the_second_bucket(world, adatum, ask):
    answer = ask(KEY, on_day="2026-03-22", by="due", period="30D")
    assert (answer.total("bucket_0"), answer.total("bucket_1")) == (0, D("750.00"))
    assert answer.total("bucket_2") == D("125.00")


def test_aged_by_posting_date_everything_is_counted_from_when_it_was_posted(world, adatum, ask):
    answer = ask(KEY, on_day="2026-03-02", by="posting", period="1M")
    # 3 February to 2 March, then back a month at a time: 2 January is the last day of the third.
    assert [answer.total(bucket) for bucket in BUCKETS] == [D("500.00"), D("250.00"), D("125.00"), 0, 0]


def test_what_was_posted_after_the_day_does_not_count(world, adatum, ask):
    assert ask(KEY, on_day="2026-02-10").total("balance") == D("375.00")
    assert ask(KEY, on_day="2026-01-01").rows == []


def test_what_was_applied_after_the_day_is_open_again(world, adatum, ask):
    """The first invoice is paid on 5 March. As of 2 March it is still owed; as of the 5th it is not."""
    world.pay(adatum, 125, on=date(2026, 3, 5), apply=world.december.number)
    assert ask(KEY, on_day="2026-03-02").total("balance") == D("875.00")
    assert ask(KEY, on_day="2026-03-05").total("balance") == D("750.00")
    entries = ask(KEY, on_day="2026-03-05", detail="on").column("document", "balance")
    assert entries == {
        f"Invoice {world.february.number}": D("250.00"),
        f"Invoice {world.march.number}": D("500.00"),
    }


def test_an_application_that_was_undone_counts_until_the_day_it_was_undone(world, adatum, ask):
    """Undone is undone as of the application's own day: the invoice was never settled, the payment always open."""
    payment = world.pay(adatum, 125, on=date(2026, 3, 5), apply=world.december.number)
    entry = CustomerLedgerEntry.objects.get(document_no=payment.document_no)
    unapply(entry.entry_no, on=date(2026, 3, 6), by=world.by, at=world.at(date(2026, 3, 6)))
    before, after = (ask(KEY, on_day=day, detail="on") for day in ("2026-03-05", "2026-03-06"))
    assert len(before.rows) == 2 and len(after.rows) == 4
    assert before.total("balance") == after.total("balance") == D("750.00")


def test_entries_add_up_to_their_customer_whichever_way_they_are_aged(world, adatum, ask):
    contoso = world.customer("Contoso", number="C2", terms="1M(8D)")
    invoice_of(world, contoso, 80, on=date(2026, 2, 2))
    world.pay(contoso, 30, on=date(2026, 2, 20))
    for by in ("due", "posting", "document"):
        for period in ("30D", "1M", "1W", "1M+CM"):
            summary = ask(KEY, on_day="2026-03-02", by=by, period=period)
            entries = ask(KEY, on_day="2026-03-02", by=by, period=period, detail="on")
            assert entries.headings == ["C1 Adatum", "C2 Contoso"]
            for name in ("balance", *BUCKETS):
                summed = sum((row[name] or 0 for row in entries.rows), D(0))
                assert summed == summary.total(name) == entries.total(name), (by, period, name)
            assert sum(summary.total(bucket) for bucket in BUCKETS) == summary.total("balance")


def test_the_buckets_of_the_day_before_are_what_is_overdue(world, adatum, ask):
    """What the role centres call overdue is what this report has beyond its first bucket, aged as of yesterday."""
    answer = ask(KEY, on_day="2026-03-01", by="due")
    assert (
        answer.total("balance") - answer.total("bucket_0")
        == overdue_total(on=date(2026, 3, 2))
        == D("375.00")
    )


def test_one_customer(world, adatum, ask):
    contoso = world.customer("Contoso", number="C2")
    invoice_of(world, contoso, 80, on=date(2026, 2, 2))
    assert ask(KEY, customer="c2").column("number", "balance") == {"C2": D("100.00")}


def test_foreign_currency_is_shown_in_our_own(world, ask):
    """1,000 dollars at 100 to 90 are 900 of ours."""
    world.rate("USD", 100, 90, on=date(2026, 1, 1))
    maple = world.customer("Maple", group="EXPORT", currency="USD")
    invoice_of(world, maple, 1000, on=date(2026, 2, 2))
    assert ask(KEY).total("balance") == D("900.00")
    assert ask(KEY, detail="on").total("balance") == D("900.00")
