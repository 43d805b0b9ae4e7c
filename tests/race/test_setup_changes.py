"""Set-up is changed while documents are posted: each posting is made by what stood when its document was locked."""

from decimal import Decimal as D
from threading import Event

import pytest
from django.db import transaction

from posting.models import GeneralPostingSetup, GLAccount, VATPostingSetup
from sales.models import SalesInvoice
from sales.routines.post import post
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(transactional_db, world):
    item = world.item(stock=10, cost=60)
    customer = world.customer()
    return [world.order(customer).sells(1, item, at=100).release() for _order in range(3)]


def post_now(world, order):
    return post(order.document, by=world.by, at=world.at(), ship=True, invoice=True)


def move_revenue(number: str) -> None:
    """Let another account take the revenue of everything."""
    GeneralPostingSetup.objects.update(sales_account=GLAccount.objects.get(number=number))


def test_a_change_that_was_committed_is_seen_by_the_next_posting(world, orders):
    """One process posts, another changes the set-up, the first posts again: by what is kept, and it is not old."""
    first = post_now(world, orders[0]).invoice.number
    revenue = next(number for number, amount in world.ledger(first).items() if amount == D(-100))
    other = GLAccount.objects.filter(number__startswith="4", type="posting", blocked=False)
    other = other.exclude(number=revenue).values_list("number", flat=True).first()
    assert race(lambda: move_revenue(other)) == [None]
    second = post_now(world, orders[1]).invoice.number
    assert world.ledger(second)[other] == -100
    assert revenue not in world.ledger(second)


def test_a_change_that_is_not_committed_waits_for_nobody(world, orders):
    """The set-up is being changed: who posts goes by the old, two who change do not wait for each other."""
    changed, posted = Event(), Event()

    def change_and_think_again():
        with transaction.atomic():
            VATPostingSetup.objects.update(vat_percent=50)
            changed.set()
            assert posted.wait(20)
            transaction.set_rollback(True)

    def post_meanwhile():
        assert changed.wait(20)
        try:
            with transaction.atomic():
                GLAccount.objects.update(name="changed at the same time")
                return post_now(world, orders[0]).invoice.number
        finally:
            posted.set()

    assert race(change_and_think_again, post_meanwhile)[0] is None
    numbers = [SalesInvoice.objects.get().number, post_now(world, orders[1]).invoice.number]
    assert world.ledger(numbers[0]) == world.ledger(numbers[1])
    world.check()
