"""# As of a day, as known at a moment

An entry has a posting date: the day on which it counts. Its register says when it was posted: the moment from which
anybody could know of it. So there are two questions, which can be asked together: how did things stand at the end of
Friday, and what did we know of that on Monday morning? Nothing is stored for it; entries are never changed, and those
that came later are left out.
"""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from inventory.selectors import stock_as_of
from posting.as_of import NOW, known_at
from posting.models import GLEntry
from posting.routines.reverse import reverse_transaction
from posting.selectors import account_balance, total_of
from receivables.models import CustomerLedgerEntry
from receivables.routines.edit_open_item import edit_open_item
from receivables.routines.unapply import unapply
from receivables.selectors import aged_receivables, balances_as_of, open_on

FRIDAY, MONDAY, TUESDAY = date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 3)


def eight(day: date) -> datetime:
    """In the morning, before anybody posts."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def ten(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def owed(customer, *, on=None, known=NOW) -> D:
    return sum(
        (each.amount_lcy for each in balances_as_of(on=on, known=known, customer_ids=[customer.pk])), D(0)
    )


def left(customer, *, on, known=NOW) -> dict[str, D]:
    """What was left of each document that was not settled."""
    return {entry.document_no: entry.remaining for entry in open_on(on, customer=customer, known=known)}


def stock(item, *, on=None, known=NOW) -> tuple[D, D]:
    """Quantity and cost."""
    rows = stock_as_of(on=on, known=known, items=[item.number])
    return sum((row.quantity for row in rows), D(0)), sum((row.cost_actual for row in rows), D(0))


def account(number, *, on=None, known=NOW) -> D:
    return account_balance(number, on=on, known=known)


def entry_of(document_no: str) -> int:
    return CustomerLedgerEntry.objects.get(document_no=document_no).entry_no


def test_what_was_known_of_a_day_on_another(world):
    """On Friday Adatum buys two bicycles and pays 400 of 1,000. The bicycles are shipped before their receipt is
    posted, at the 240 that they cost last time; 80 are spent on paper. On Monday and Tuesday all of that is corrected,
    with Friday's date."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", cost=240, price=400)
    world.clock = ten(FRIDAY)
    invoice = world.order(adatum, on=FRIDAY).sells(2, bicycle).release().post(on=FRIDAY)
    payment = world.pay(adatum, 400, on=FRIDAY, apply=invoice.number)
    world.journal(("6500", 80), ("1010", -80), on=FRIDAY)

    # Monday: the payment was meant for something else, and the ten bicycles came in at 250 each.
    world.clock = ten(MONDAY)
    unapply(entry_of(payment.document_no), by=world.by, at=world.at())
    world.receive(10, bicycle, at=250, on=FRIDAY)

    # Tuesday: one more invoice belongs to Friday, and the paper was never bought.
    world.clock = ten(TUESDAY)
    late = world.order(adatum, on=FRIDAY).sells(1, bicycle).release().post(on=FRIDAY)
    spent = GLEntry.objects.filter(account__number="6500").values_list("transaction_no", flat=True).get()
    reverse_transaction(spent, by=world.by, at=world.at())

    # What is known today of Friday.
    assert owed(adatum, on=FRIDAY) == D("1100.00") == account("1100", on=FRIDAY)
    assert left(adatum, on=FRIDAY) == {
        invoice.number: D("1000.00"), payment.document_no: D("-400.00"), late.number: D("500.00"),
    }  # fmt: skip
    assert stock(bicycle, on=FRIDAY) == (7, D("1750.00"))
    assert account("6500", on=FRIDAY) == 0

    # What was known of Friday on Monday morning.
    monday = known_at(eight(MONDAY))
    assert owed(adatum, on=FRIDAY, known=monday) == D("600.00") == account("1100", on=FRIDAY, known=monday)
    assert left(adatum, on=FRIDAY, known=monday) == {invoice.number: D("600.00")}
    assert stock(bicycle, on=FRIDAY, known=monday) == (-2, D("-480.00"))
    assert account("6500", on=FRIDAY, known=monday) == D("80.00")

    # On Tuesday morning the payment was open again, and the sale had cost what the bicycles cost.
    tuesday = known_at(eight(TUESDAY))
    assert owed(adatum, on=FRIDAY, known=tuesday) == D("600.00")
    assert left(adatum, on=FRIDAY, known=tuesday) == {
        invoice.number: D("1000.00"),
        payment.document_no: D("-400.00"),
    }
    assert stock(bicycle, on=FRIDAY, known=tuesday) == (8, D("2000.00"))
    assert account("6500", on=FRIDAY, known=tuesday) == D("80.00")

    # Before Friday there was nothing, and on Friday morning nobody knew of anything.
    assert owed(adatum, on=date(2026, 2, 26)) == 0
    assert owed(adatum, known=known_at(eight(FRIDAY))) == 0
    world.check()


def test_a_day_and_a_moment_are_two_questions(world):
    """An invoice of Monday is posted on Friday already: it is known, and does not count yet."""
    adatum = world.customer("Adatum")
    world.clock = ten(FRIDAY)
    world.sales_invoice(adatum, on=MONDAY).charges("4520", 100).post(on=MONDAY)
    world.clock = ten(TUESDAY)
    world.sales_invoice(adatum, on=FRIDAY).charges("4520", 200).post(on=FRIDAY)

    weekend = known_at(eight(MONDAY))
    assert owed(adatum, known=weekend) == D("125.00")
    assert owed(adatum, on=FRIDAY, known=weekend) == 0
    assert owed(adatum, on=FRIDAY) == D("250.00")
    assert owed(adatum) == D("375.00") == world.balance(adatum)


def test_a_moment_to_come_is_now(world):
    adatum = world.customer("Adatum")
    world.clock = ten(FRIDAY)
    world.sales_invoice(adatum, on=FRIDAY).charges("4520", 100).post()
    assert known_at(None) == NOW
    for moment in (ten(FRIDAY), eight(date(2199, 1, 1))):
        assert owed(adatum, known=known_at(moment)) == owed(adatum) == D("125.00")


def test_a_due_date_that_was_moved_later_was_not_known(world):
    """The invoice of 2 January is due on 1 February. On Monday it is deferred to the end of March.

    Whether anything was posted since makes no difference.
    """
    adatum = world.customer("Adatum", terms="30D")
    world.clock = ten(FRIDAY)
    invoice = world.sales_invoice(adatum, on=date(2026, 1, 2)).charges("4520", 100).post()
    edit_open_item(entry_of(invoice.number), due_date=date(2026, 3, 31), by=world.by, at=ten(MONDAY))

    def due(known):
        return [entry.due_date for entry in open_on(FRIDAY, known=known)]

    def check():
        assert due(known_at(eight(MONDAY))) == [date(2026, 2, 1)]
        assert due(known_at(eight(TUESDAY))) == [date(2026, 3, 31)]

    check()
    world.clock = ten(TUESDAY)
    world.pay(adatum, 125, on=TUESDAY, apply=invoice.number)
    check()
    not_due, overdue = (
        aged_receivables(on=FRIDAY, period="30D", known=known_at(eight(day))) for day in (TUESDAY, MONDAY)
    )
    assert (not_due.totals[0], overdue.totals[1]) == (D("125.00"), D("125.00"))


@pytest.mark.parametrize("on", [FRIDAY, MONDAY, TUESDAY])
@pytest.mark.parametrize("moment", [eight(MONDAY), eight(TUESDAY), None])
def test_all_customers_together_owe_what_the_accounts_say(world, on, moment):
    """Domestic and foreign, invoices and payments: the ledgers agree about every day at every moment."""
    world.rate("USD", 100, 90, on=date(2026, 1, 1))
    adatum, maple = world.customer("Adatum"), world.customer("Maple", group="EXPORT", currency="USD")
    for posted, dated in ((FRIDAY, MONDAY), (MONDAY, FRIDAY), (TUESDAY, FRIDAY)):
        world.clock = ten(posted)
        world.sales_invoice(adatum, on=dated).charges("4520", 100).post(on=dated)
        world.sales_invoice(maple, on=dated).charges("4520", 1000).post(on=dated)
        world.pay(maple, 300, on=dated)

    known = known_at(moment)
    accounts = total_of("1100..1199", on=on, known=known)
    assert sum(each.amount_lcy for each in balances_as_of(on=on, known=known)) == accounts
    assert aged_receivables(on=on, known=known).total == accounts
    assert sum(entry.remaining_lcy for entry in open_on(on, known=known)) == accounts
    # Three invoices and payments were posted in turn; how many count is what the two questions decide.
    counting = sum(
        dated <= on and (moment is None or ten(posted) <= moment)
        for posted, dated in ((FRIDAY, MONDAY), (MONDAY, FRIDAY), (TUESDAY, FRIDAY))
    )
    assert accounts == counting * D("755.00")
