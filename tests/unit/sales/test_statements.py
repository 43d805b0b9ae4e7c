"""How many statements sales needs: as many for sixty lines as for two, COPY among them."""

from decimal import Decimal as D

import pytest

from sales.masters import NewLine
from sales.models import SalesDocument
from sales.routines.convert import make_order
from sales.routines.draft import draft
from sales.routines.post import post, preview
from sales.routines.release import release
from tests.support.statements import count_statements

MANY = 60


def write(world, customer, items, *, type="order") -> SalesDocument:
    """A document with a line for each item, typed without a price."""
    lines = [NewLine(number=item.number, quantity=D(2)) for item in items]
    return draft(type, customer, by=world.by, at=world.at(), on=world.today, lines=lines)


def statements(step, world, document, **what) -> int:
    return count_statements(lambda: step(document, by=world.by, at=world.at(), **what))


@pytest.fixture
def customer(world):
    return world.customer()


@pytest.fixture
def items(world):
    return [world.item(f"ITEM-{place}", stock=1000, cost=1, price=10) for place in range(MANY)]


def ship_then_invoice(document, **who):
    """Everything leaves first; what is counted then is an invoice that finds its shipment."""
    post(document, ship=True, **who)
    return post(document, invoice=True, **who)


def make_order_today(world):
    def step(quote, **who):
        return make_order(quote, on=world.today, **who)

    return step


@pytest.mark.parametrize(
    ("step", "type", "what"),
    [
        (post, "order", {"ship": True, "invoice": True}),
        (post, "order", {"ship": True}),
        (post, "invoice", {}),
        (post, "credit_memo", {}),
        (preview, "order", {}),
        (ship_then_invoice, "order", {}),
        (release, "order", {}),
    ],
)
def test_as_many_statements_for_sixty_lines_as_for_two(world, customer, items, step, type, what):
    sizes = (items[:2], items[:2], items)  # the first reads the set-up
    documents = [write(world, customer, some, type=type) for some in sizes]
    _first, few, many = (statements(step, world, document, **what) for document in documents)
    assert few == many


def test_a_quote_of_sixty_lines_is_converted_with_as_many_statements(world, customer, items):
    quotes = [write(world, customer, some, type="quote") for some in (items[:2], items)]
    few, many = (statements(make_order_today(world), world, quote) for quote in quotes)
    assert few == many


def test_writing_sixty_lines_takes_as_many_statements_as_two(world, customer, items):
    write(world, customer, items[:1])  # the customer's groups are read once
    few, many = (
        count_statements(lambda some=some: write(world, customer, some)) for some in (items[:2], items)
    )
    assert few == many
