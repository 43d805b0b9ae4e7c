"""Who is asked, and when: the outermost routine, in the name of who does it."""

from decimal import Decimal

import pytest

from erp.kernel.access import NotAllowed, either, needs
from erp.kernel.changelog import acting_as
from sales.masters import NewLine
from sales.models import UserSalesSetup
from sales.routines.add_lines import add_lines
from sales.routines.cancel_invoice import preview_cancel
from sales.routines.change_line import change_line
from sales.routines.check_concessions import DiscountTooHigh, PriceTooLow
from sales.routines.post import post, preview


@needs("sales.release_salesdocument")
def release_it(*, by):
    return "released"


@needs("sales.ship_salesdocument")
def ship_it(*, by):
    return release_it(by=by)


@needs(either("sales.add_salesdocument", "sales.ship_salesdocument"))
def look():
    return "seen"


@pytest.fixture
def packer(world):
    return world.user("packer", role="WAREHOUSE", first_name="Joost", last_name="Visser")


def test_what_a_routine_does_on_the_way_is_an_indirect_right(packer):
    assert ship_it(by=packer) == "released"
    with pytest.raises(NotAllowed, match=r"Joost Visser may not do this: .*“Can release sales documents”"):
        release_it(by=packer)
    assert ship_it(by=packer) == "released"  # a refusal leaves nothing behind


def test_posting_an_open_order_releases_it_for_who_may_not_press_release(world, packer):
    item = world.item(stock=5, cost=10, price=20)
    order = world.order(world.customer("Adatum")).sells(1, item).document
    assert order.status == "open"
    assert post(order, by=packer, at=world.at(), ship=True).shipment is not None


def test_so_is_the_release_in_a_preview_of_the_posting(world, packer):
    item = world.item(stock=5, cost=10, price=20)
    order = world.order(world.customer("Adatum")).sells(1, item).document
    accountant = world.user("accountant", role="ACCOUNTANT")
    told = {"at": world.at(), "posting_date": world.today}
    assert not preview(order, by=packer, ship=True, invoice=False, **told).problems
    invoice = world.order(order.customer).sells(1, item).post()
    assert preview_cancel(invoice, by=accountant, at=world.at(), on=world.today)
    order.refresh_from_db()
    assert order.status == "open"


def test_nobody_named_is_whoever_acts_and_else_the_machine(world, packer):
    assert release_it(by=None) == "released"
    with acting_as(packer):
        assert look() == "seen"
        with pytest.raises(NotAllowed):
            release_it(by=None)
    with acting_as(world.user("auditor", role="AUDITOR")), pytest.raises(NotAllowed, match=" or "):
        look()


def test_whoever_acts_is_asked_for_what_the_line_is_of_too(world):
    quote = world.quote(world.customer("Adatum")).sells(1, world.item(price=10))
    accountant = world.user("accountant", role="ACCOUNTANT")
    with acting_as(accountant), pytest.raises(NotAllowed, match="Can write quotes"):
        change_line(quote.lines[0], quantity=Decimal(2), by=None, at=world.at(), on=world.today)


def order_of(world, **line):
    item = world.item(stock=5, cost=10, price=100)
    return world.order(world.customer("Adatum")).sells(1, item, **line)


@pytest.mark.parametrize(
    ("role", "most"), [("CLERK", 10), ("SALES-MANAGER", 30), ("INTEGRATOR", 0), ("ACCOUNTANT", 0)]
)
def test_a_role_gives_discounts_up_to_its_bound(world, role, most):
    somebody = world.user("somebody", role=role)
    line = order_of(world).lines[0]
    told = {"by": somebody, "at": world.at(), "on": world.today}
    change_line(line, line_discount_percent=Decimal(most), **told)
    with pytest.raises(DiscountTooHigh, match=f"at most {most}"):
        change_line(line, line_discount_percent=Decimal(most) + Decimal("0.01"), **told)
    with pytest.raises(DiscountTooHigh):
        change_line(line, line_discount_amount=Decimal(most) + 1, **told)
    line.refresh_from_db()
    assert line.line_discount_percent == most


def test_the_own_bound_of_a_user_goes_before_that_of_the_role(world):
    clerk = world.user("clerk", role="CLERK")
    UserSalesSetup.objects.create(user=clerk, max_line_discount=15)
    line = order_of(world).lines[0]
    told = {"by": clerk, "at": world.at(), "on": world.today}
    change_line(line, line_discount_percent=Decimal(15), **told)
    with pytest.raises(DiscountTooHigh):
        change_line(line, line_discount_percent=Decimal(16), **told)


def test_what_the_manager_gave_a_clerk_may_leave(world):
    line = order_of(world, discount=25).lines[0]
    clerk = world.user("clerk", role="CLERK")
    line = change_line(line, quantity=Decimal(2), by=clerk, at=world.at(), on=world.today)
    assert (line.quantity, line.line_discount_percent) == (2, 25)


def test_below_the_list_sells_only_who_may(world):
    document = order_of(world).document
    clerk, manager = world.user("clerk", role="CLERK"), world.user("manager", role="SALES-MANAGER")
    for price, person, may in ((120, clerk, True), (99, clerk, False), (99, manager, True)):
        new = [NewLine(number="BICYCLE", quantity=Decimal(1), unit_price=Decimal(price))]
        told = {"by": person, "at": world.at(), "on": world.today}
        if may:
            assert add_lines(document, new, **told)[0].unit_price == price
        else:
            with pytest.raises(PriceTooLow, match="costs 100"):
                add_lines(document, new, **told)
            with pytest.raises(PriceTooLow):
                change_line(document.lines.first(), unit_price=Decimal(price), **told)
