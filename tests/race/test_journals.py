"""Two people at one journal: it is posted once, and whoever comes second is told."""

from datetime import UTC, date, datetime

import pytest

from inventory.journals import item_batch_named, item_lines_of
from inventory.routines.post_item_journal_batch import post_item_journal_batch
from inventory.routines.write_item_journal import draft_item_line
from receivables import selectors
from receivables.journals import batch_named, lines_of
from receivables.plans.journal_draft import Kind
from receivables.routines.post_journal_batch import post_journal_batch
from receivables.routines.write_journal import change_line, draft_batch, draft_line
from tests.support.races import race
from tests.unit.receivables.company import build
from tests.world import World
from tests.world.template import put_setup

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 3, 20)
AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


def codes(outcomes) -> list[str]:
    return sorted(getattr(outcome, "code", "done") for outcome in outcomes)


@pytest.fixture
def receipts():
    """A company, and a journal with a payment of 100."""
    company = build()
    batch = draft_batch(
        kind=Kind.CASH_RECEIPTS,
        name="BANK",
        number_series="PAYMENT",
        bal_account_type="bank",
        bal_account_no=company.bank.number,
    )
    draft_line(batch, on=ON, typed={"account_no": company.customer.number, "amount": -100})
    return company, batch


def test_a_journal_is_posted_once(receipts):
    company, batch = receipts
    outcomes = race(*(lambda: post_journal_batch(batch, by=company.by, at=AT) for _ in range(2)))

    assert codes(outcomes) == ["E-JB-EMPTY", "done"]
    assert selectors.balance(company.customer.pk) == -100
    assert lines_of(batch) == []
    company.check()


def test_a_line_is_changed_before_it_is_posted_or_not_at_all(receipts):
    """Whoever types while another posts: the change is in what was posted, or is refused, and never lost silently."""
    company, batch = receipts
    posted, changed = race(
        lambda: post_journal_batch(batch, by=company.by, at=AT),
        lambda: change_line(batch, 10000, typed={"amount": -70}, by=company.by, at=AT),
    )
    assert posted.lines == 1
    expected = -100 if getattr(changed, "code", "") == "E-DOC-GONE" else -70
    assert selectors.balance(company.customer.pk) == expected
    company.check()


def test_two_people_begin_the_first_journal():
    company = build()
    first = batch_named(Kind.GENERAL, "DEFAULT")
    other = batch_named(Kind.GENERAL, "DEFAULT")
    lines = race(*(lambda batch=batch: draft_line(batch, on=ON) for batch in (first, other)))

    assert sorted(line.line_no for line in lines) == [10000, 20000]
    assert company.customer is not None and len({line.batch_id for line in lines}) == 1


def test_an_item_journal_is_posted_once(transactional_db):
    put_setup()
    world = World()
    bicycle = world.item("BICYCLE", cost=240, price=400)
    batch = draft_item_line(
        item_batch_named("DEFAULT"), on=ON, typed={"item_no": "BICYCLE", "quantity": 3}
    ).batch
    outcomes = race(*(lambda: post_item_journal_batch(batch, by=world.by, at=AT) for _ in range(2)))

    assert codes(outcomes) == ["E-JB-EMPTY", "done"]
    assert world.stock(bicycle) == 3 and item_lines_of(batch) == []
    world.check()
