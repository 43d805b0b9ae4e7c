"""Quotes, versions and call-offs need as many statements for sixty lines, or twenty quotes, as for two."""

from datetime import date
from decimal import Decimal as D

import pytest

from sales.masters import NewLine
from sales.models import SalesDocument
from sales.routines.archive import archive
from sales.routines.call_off import call_off
from sales.routines.compare import compare
from sales.routines.convert import make_order
from sales.routines.delete import delete
from sales.routines.delete_expired_quotes import delete_expired_quotes
from sales.routines.draft import draft
from sales.routines.post import post
from sales.routines.quotes.assign_customer import assign_customer
from sales.routines.restore import restore
from tests.support.statements import count_statements

MANY = 60


@pytest.fixture
def items(world):
    return [world.item(f"ITEM-{place}", stock=1000, cost=1, price=10) for place in range(MANY)]


@pytest.fixture
def customer(world):
    return world.customer()


def write(world, customer, items, *, type="quote", **given) -> SalesDocument:
    """A document with a line for each item."""
    lines = [NewLine(number=item.number, quantity=D(2)) for item in items]
    return draft(type, customer, by=world.by, at=world.at(), on=world.today, lines=lines, **given)


def count(step, document) -> int:
    return count_statements(lambda: step(document))


def half(quote) -> dict:
    """One of two pieces of every line."""
    return {line.line_no: D(1) for line in quote.lines.all()}


@pytest.mark.parametrize(
    ("type", "step"),
    [
        ("quote", lambda quote, **day: make_order(quote, part=half(quote), **day)),
        ("quote", lambda quote, **day: make_order(quote, recalculate=True, **day)),
        ("quote", lambda quote, by, at, on: compare(archive(quote, by=by, at=at), quote)),
        ("quote", lambda quote, on, **who: restore(archive(quote, **who), on=on, **who)),
        ("quote", lambda quote, on, **who: delete(quote, **who)),
        ("blanket_order", call_off),
    ],
    ids=["part", "recalculated", "compared", "restored", "deleted", "called off"],
)
def test_as_many_for_sixty_lines_as_for_two(world, customer, items, type, step):
    world.sales_setup(archive_quotes="always")
    counts = []
    for some in (items[:2], items):
        document = write(world, customer, some, type=type)
        day = {"by": world.by, "at": world.at(), "on": world.today}
        counts.append(count(lambda document, day=day: step(document, **day), document))
    assert counts[0] == counts[1]


def test_a_customer_is_assigned_to_many_lines_at_once(world, customer, items):
    given = {"template": "EU", "sell_to_name": "Otto"}
    counts = []
    for some in (items[:2], items):
        quote = write(world, None, some, **given)
        who = {"by": world.by, "at": world.at(), "on": world.today, "recalculate": True}
        counts.append(count(lambda quote, who=who: assign_customer(quote, customer, **who), quote))
    assert counts[1] <= counts[0]  # the customer's groups are read once


def test_an_archived_posting_takes_as_many(world, customer, items):
    world.sales_setup(archive_orders=True)
    counts = []
    for some in (items[:2], items[:2], items):  # the first reads the set-up
        order = write(world, customer, some, type="order")
        counts.append(count(lambda order: post(order, ship=True, by=world.by, at=world.at()), order))
    assert counts[1] == counts[2]


def test_twenty_quotes_expire_at_the_price_of_two(world, customer, items):
    world.sales_setup(archive_quotes="always")
    counts = []
    for number in (2, 20):
        for _each in range(number):
            write(world, customer, items[:2], valid_until=date(2026, 2, 1))
        who = {"by": world.by, "at": world.at()}
        counts.append(count(lambda on, who=who: delete_expired_quotes(on=on, **who), world.today))
    assert counts[0] == counts[1] and not SalesDocument.objects.exists()
