"""# Blocked customers

A customer may be blocked for shipping, for invoicing or for everything. Blocks are asked of when a document is written
and again when it is posted; what is written already can still be changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal as D

import pytest

from customers.models import Customer
from customers.routines.block import block_customer, block_for_privacy
from erp.kernel.errors import ErpError
from tests.world import World
from tests.world.paper import Story

# What may still be done with a customer who is blocked for nothing, shipping, invoicing, everything.
ALLOWED = {
    #                                     –    ship invoice all
    "write a quote": ("yes", "no", "no", "no"),
    "write an order": ("yes", "no", "no", "no"),
    "write a blanket order": ("yes", "no", "no", "no"),
    "write an invoice": ("yes", "yes", "no", "no"),
    "write a return order": ("yes", "yes", "yes", "no"),
    "write a credit memo": ("yes", "yes", "yes", "no"),
    "make an order of a quote": ("yes", "no", "no", "no"),
    "make an invoice of a quote": ("yes", "yes", "no", "no"),
    "ship": ("yes", "no", "no", "no"),
    "ship and invoice": ("yes", "no", "no", "no"),
    "post an invoice that ships": ("yes", "no", "no", "no"),
    "invoice what was shipped": ("yes", "yes", "no", "no"),
    "post an invoice of fetched shipments": ("yes", "yes", "no", "no"),
    "receive a return": ("yes", "yes", "yes", "no"),
    "credit a return": ("yes", "yes", "yes", "no"),
    "post a credit memo": ("yes", "yes", "yes", "no"),
    "receive a payment": ("yes", "yes", "yes", "no"),
}
BLOCKS = ("", "ship", "invoice", "all")


@dataclass
class Papers:
    """What was written, and partly posted, before the customer was blocked."""

    quote: Story
    other_quote: Story
    order: Story
    whole_order: Story
    shipped_order: Story
    invoice: Story
    fetching: Story
    returned: Story
    return_order: Story
    credit_memo: Story

    @classmethod
    def of(cls, world: World, customer: Customer) -> "Papers":
        lamp = world.item("LAMP", stock=100, cost=60, price=100)

        def order(quantity: int = 2) -> Story:
            return world.order(customer).sells(quantity, lamp)

        shipped_order, fetched_order = order(10), order()
        shipped_order.ship(4)
        shipment = fetched_order.ship(2)
        returned = world.return_order(customer).sells(1, lamp)
        returned.ship(1)
        return cls(
            quote=world.quote(customer).sells(1, lamp),
            other_quote=world.quote(customer).sells(1, lamp),
            order=order(),
            whole_order=order(),
            shipped_order=shipped_order,
            invoice=world.sales_invoice(customer).sells(1, lamp),
            fetching=world.sales_invoice(customer).takes(shipment),
            returned=returned,
            return_order=world.return_order(customer).sells(1, lamp),
            credit_memo=world.credit_memo(customer).sells(1, lamp),
        )


def actions(world: World, customer: Customer, papers: Papers) -> dict[str, Callable]:
    return {
        "write a quote": lambda: world.quote(customer),
        "write an order": lambda: world.order(customer),
        "write a blanket order": lambda: world.blanket_order(customer),
        "write an invoice": lambda: world.sales_invoice(customer),
        "write a return order": lambda: world.return_order(customer),
        "write a credit memo": lambda: world.credit_memo(customer),
        "make an order of a quote": papers.quote.becomes_order,
        "make an invoice of a quote": papers.other_quote.becomes_invoice,
        "ship": lambda: papers.order.ship(1),
        "ship and invoice": papers.whole_order.post,
        "post an invoice that ships": papers.invoice.post,
        "invoice what was shipped": lambda: papers.shipped_order.invoice(4),
        "post an invoice of fetched shipments": papers.fetching.post,
        "receive a return": papers.return_order.ship,
        "credit a return": papers.returned.invoice,
        "post a credit memo": papers.credit_memo.post,
        "receive a payment": lambda: world.pay(customer, 10),
    }


def refusals(action: Callable) -> list[tuple[str, str]]:
    """Code and text of what refuses an action; nothing where it is done."""
    try:
        action()
    except ErpError as error:
        return [(problem.code, problem.message) for problem in error.problems]
    return []


@pytest.mark.parametrize(("place", "blocked"), list(enumerate(BLOCKS)), ids=["nothing", *BLOCKS[1:]])
def test_what_may_still_be_done(world, place, blocked):
    """Everything is tried with a customer for whom all of it was written before."""
    adatum = world.customer("Adatum")
    papers = Papers.of(world, adatum)
    block_customer(adatum, blocked=blocked)
    done = {}
    for name, action in actions(world, adatum, papers).items():
        found = refusals(action)
        assert {code for code, _text in found} <= {"E-CU-BLOCK"}, (name, found)
        done[name] = "no" if found else "yes"
    assert done == {name: row[place] for name, row in ALLOWED.items()}
    world.check()


def test_privacy_refuses_everything(world):
    adatum = world.customer("Adatum")
    papers = Papers.of(world, adatum)
    block_for_privacy(adatum, on=True)
    for name, action in actions(world, adatum, papers).items():
        assert [code for code, _text in refusals(action)] == ["E-CU-PRIV"], name
    world.check()


def test_goods_that_are_shipped_may_be_invoiced(world):
    """Adatum is blocked for shipping after six of ten lamps have left: they are invoiced, nothing follows (T80)."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(10, "LAMP", at=100)
    order.ship(6)
    block_customer(adatum, blocked="ship")

    assert [code for code, _text in refusals(lambda: order.ship(4))] == ["E-CU-BLOCK"]
    assert [code for code, _text in refusals(lambda: world.order(adatum))] == ["E-CU-BLOCK"]
    assert order.invoice(6).amount_including_vat == D("750.00")

    # Shipping and invoicing at once is no way round, as long as a line ships something.
    assert refusals(order.post)
    order.changes(qty_to_ship=D(0))
    assert [code for code, _text in refusals(order.post)] == ["E-POST-NOTHING"]
    world.check()


def test_the_refusal_says_who_is_blocked_for_what_and_what_was_refused(world):
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60, price=100)
    order = world.order(adatum).sells(1, "LAMP")
    block_customer(adatum, blocked="invoice")
    ((_code, created),) = refusals(lambda: world.sales_invoice(adatum))
    ((_code, posted),) = refusals(order.post)
    assert all("ADATUM" in text and "Invoice" in text for text in (created, posted))
    assert created.endswith("this invoice cannot be created.")
    assert posted.endswith("this order cannot be posted.")


@pytest.mark.parametrize("orders", [True, False], ids=["who orders", "who pays"])
def test_who_orders_and_who_pays_are_both_asked(world, orders):
    """A branch orders and its head office pays; either may be blocked."""
    office = world.customer("Office")
    branch = world.customer("Branch", bill_to_customer=office)
    world.item("LAMP", stock=10, cost=60, price=100)
    order = world.order(branch).sells(2, "LAMP")
    one = branch if orders else office
    block_customer(one, blocked="ship")
    for action in (lambda: world.order(branch), lambda: order.ship(1)):
        ((code, text),) = refusals(action)
        assert code == "E-CU-BLOCK" and one.number in text

    # Both blocked, both are named.
    block_customer(office if orders else branch, blocked="all")
    found = refusals(lambda: order.ship(1))
    assert [code for code, _text in found] == ["E-CU-BLOCK"] * 2
    assert {number for number in ("BRANCH", "OFFICE") for _code, text in found if number in text} == {
        "BRANCH",
        "OFFICE",
    }


def test_what_is_written_can_still_be_changed(world):
    """A block stops neither typing nor releasing, only what is new and what is posted."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60, price=100)
    order = world.order(adatum).sells(1, "LAMP")
    block_customer(adatum, blocked="all")
    order.changes(quantity=D(3)).sells(1, "LAMP").release().reopen()
    assert [line.quantity for line in order.lines] == [3, 1]
