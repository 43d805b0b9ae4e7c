"""# When goods leave and arrive

Each line has a day on which its goods are taken from the shelf, a day on which they leave the house and a day on which
they arrive. One of them is known; the others follow in working days, forward or back.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import ShippingAgentService
from erp.kernel.errors import ErpError
from erp.kernel.models import BaseCalendar, CalendarChange
from sales.masters import NewLine
from sales.routines.add_lines import add_lines
from sales.routines.change_document import change_document


def dates(story, line: int = 1) -> tuple[date, date, date]:
    """When the goods of a line are taken, leave and arrive."""
    row = story.lines[line - 1]
    return row.shipment_date, row.planned_shipment_date, row.planned_delivery_date


def march(*days: int) -> tuple[date, ...]:
    return tuple(date(2026, 3, day) for day in days)


def calendar(code: str) -> BaseCalendar:
    return BaseCalendar.objects.get(code=code)


@pytest.fixture
def oslo(world):
    """A warehouse that works from Monday to Friday and takes a day to get goods ready."""
    return world.location("OSLO", calendar="WEEK", outbound_handling_time="1D")


def test_back_from_the_day_that_the_customer_asks_for(world, oslo):
    """Adatum wants its bicycle on Monday 16 March. The way takes three days, getting it ready one (T61)."""
    adatum = world.customer("Adatum", shipping_time="3D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO", requested_delivery_date=date(2026, 3, 16))
    order.sells(1, "BICYCLE")

    # It leaves on Wednesday and is taken from the shelf on Tuesday: nobody works at the weekend.
    assert dates(order) == march(10, 11, 16)


def test_forward_from_the_day_on_which_goods_are_taken(world, oslo):
    """Somebody plans to take the goods from the shelf on Friday 13 March; the way takes two days (T62)."""
    adatum = world.customer("Adatum", shipping_time="2D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO").sells(1, "BICYCLE")
    order.changes(shipment_date=date(2026, 3, 13))
    assert dates(order) == march(13, 16, 18)


def test_a_promise_is_stronger_than_a_wish(world, oslo):
    """What was promised decides, and the wish cannot be changed under it; without a promise the wish decides again."""
    adatum = world.customer("Adatum", shipping_time="3D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO", requested_delivery_date=date(2026, 3, 16))
    order.sells(1, "BICYCLE").changes(promised_delivery_date=date(2026, 3, 18))
    assert dates(order) == march(12, 13, 18)

    with pytest.raises(ErpError) as caught:
        order.changes(requested_delivery_date=date(2026, 3, 20))
    assert [problem.code for problem in caught.value.problems] == ["E-DATE-PROMISED"]

    order.changes(promised_delivery_date=None)
    assert dates(order) == march(10, 11, 16)

    # Without wish and promise the line goes back to the shipment date of its head.
    order.changes(requested_delivery_date=None)
    assert dates(order) == march(2, 3, 6)


def test_planned_days_are_typed_as_well(world, oslo):
    """A planned delivery is counted back from; a planned shipment leaves the delivery where it is."""
    adatum = world.customer("Adatum", shipping_time="2D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO").sells(1, "BICYCLE")
    order.changes(planned_delivery_date=date(2026, 3, 18))
    assert dates(order) == march(13, 16, 18)
    order.changes(planned_shipment_date=date(2026, 3, 12))
    assert dates(order) == march(11, 12, 18)

    # But goods do not arrive before they leave.
    order.changes(planned_shipment_date=date(2026, 3, 20))
    assert dates(order) == march(19, 20, 20)


def test_another_place_another_carrier_another_time(world, oslo):
    """Whatever the dates are counted with moves them: back from a wish, forward where there is none."""
    world.location("BERGEN", outbound_handling_time="2D")
    adatum = world.customer("Adatum", shipping_time="3D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO", requested_delivery_date=date(2026, 3, 16))
    order.sells(1, "BICYCLE")

    # In Bergen every day counts, and goods take two days to get ready.
    order.changes(location_code="BERGEN")
    assert dates(order) == march(11, 13, 16)

    # An express service takes one day instead of the customer's three.
    order.changes(shipping_agent_code="BRING", shipping_agent_service_code="EXPRESS")
    assert order.lines[0].shipping_time == "1D"
    assert dates(order) == march(13, 15, 16)

    order.changes(shipping_time="5D")
    assert dates(order) == march(9, 11, 16)
    order.changes(outbound_handling_time="")
    assert dates(order) == march(11, 11, 16)

    unhurried = world.order(adatum, location_code="OSLO").sells(1, "BICYCLE")
    assert dates(unhurried) == march(2, 3, 6)
    unhurried.changes(shipping_time="1D")
    assert dates(unhurried) == march(2, 3, 4)


def test_a_line_of_its_own_location_takes_its_handling_time(world, oslo):
    """The head ships from Oslo; one line ships from Bergen, where goods take two days to get ready."""
    world.location("BERGEN", outbound_handling_time="2D")
    adatum = world.customer("Adatum")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO")
    order.sells(1, "BICYCLE").sells(1, "BICYCLE", location_code="BERGEN")
    assert dates(order, 1) == march(2, 3, 3)
    assert dates(order, 2) == march(2, 4, 4)


def test_a_document_written_on_a_sunday(world, oslo):
    """Its goods are taken on the next day on which the location works; a typed day stays on the head."""
    adatum = world.customer("Adatum")
    world.item("BICYCLE", price=400)
    sunday = date(2026, 3, 8)
    order = world.order(adatum, location_code="OSLO", on=sunday).sells(1, "BICYCLE")
    assert order.document.shipment_date == date(2026, 3, 9)
    assert dates(order) == march(9, 10, 10)

    typed = world.order(adatum, location_code="OSLO", shipment_date=sunday).sells(1, "BICYCLE")
    assert typed.document.shipment_date == sunday
    assert dates(typed) == march(9, 10, 10)


def test_the_companys_calendar_stands_in_for_locations_and_carriers(world):
    """The company works by the Norwegian calendar. From Maundy Thursday to Easter Monday nothing leaves it."""
    world.ledger_setup(base_calendar=calendar("NO"))
    adatum = world.customer("Adatum", shipping_time="1D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, requested_delivery_date=date(2026, 4, 7)).sells(1, "BICYCLE")
    assert dates(order) == (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 7))
    before_easter = world.order(adatum, shipment_date=date(2026, 4, 1)).sells(1, "BICYCLE")
    assert dates(before_easter) == (date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 7))


def test_a_carrier_with_a_calendar_of_its_own(world, oslo):
    """DHL drives on Saturdays: its days are those that count on the way, the warehouse's those on which goods leave."""
    saturdays = BaseCalendar.objects.create(code="DHL")
    saturdays.changes.create(recurrence="weekly", weekday=7)
    ShippingAgentService.objects.filter(agent__code="DHL", code="PARCEL").update(base_calendar=saturdays)
    adatum = world.customer("Adatum")
    world.item("BICYCLE", price=400)
    dhl = {"shipping_agent_code": "DHL", "shipping_agent_service_code": "PARCEL"}
    wished = world.order(
        adatum, location_code="OSLO", requested_delivery_date=date(2026, 3, 16), **dhl
    ).sells(1, "BICYCLE")
    assert dates(wished) == march(11, 12, 16)

    # Three days from Thursday: Friday, Saturday and Monday. Without a calendar the customer opens when Oslo does.
    planned = world.order(adatum, location_code="OSLO", shipment_date=date(2026, 3, 11), **dhl)
    assert dates(planned.sells(1, "BICYCLE")) == march(11, 12, 16)
    tuesday = world.order(adatum, location_code="OSLO", shipment_date=date(2026, 3, 10), **dhl)
    assert dates(tuesday.sells(1, "BICYCLE")) == march(10, 11, 16)


def test_a_customer_who_is_closed(world, oslo):
    """Adatum takes no goods on Mondays, nor on Wednesday 18 March, which is an exception of its own."""
    shop = BaseCalendar.objects.create(code="SHOP")
    shop.changes.create(recurrence="weekly", weekday=1)
    adatum = world.customer("Adatum", shipping_time="2D", base_calendar=shop)
    CalendarChange.objects.create(source_type="customer", source_no="ADATUM", date=date(2026, 3, 18))
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO").sells(1, "BICYCLE")
    order.changes(shipment_date=date(2026, 3, 12))
    # It leaves on Friday. Nobody says when the carrier rests, so two of the customer's days lead to Sunday.
    assert dates(order) == march(12, 13, 15)

    # A wish for the same day as the goods leave moves to a day on which the customer is there.
    order.changes(shipping_time="", requested_delivery_date=date(2026, 3, 18))
    assert dates(order) == march(18, 19, 19)


def test_a_new_date_on_the_head_reaches_the_lines(world, oslo):
    """The head's requested date is copied to the lines when somebody says so; each counts back from it."""
    adatum = world.customer("Adatum", shipping_time="3D")
    world.item("BICYCLE", price=400)
    order = world.order(adatum, location_code="OSLO").sells(1, "BICYCLE").sells(2, "BICYCLE")
    wished = {"requested_delivery_date": date(2026, 3, 16), "cascade": True}
    change_document(order.document, by=world.by, at=world.at(), **wished)
    assert dates(order, 1) == dates(order, 2) == march(10, 11, 16)


def test_a_calendar_without_a_working_day_is_refused(world):
    """Nobody ever works in a warehouse that is closed for good; the horizon of the company ends the search."""
    closed = BaseCalendar.objects.create(code="CLOSED")
    for weekday in range(1, 8):
        closed.changes.create(recurrence="weekly", weekday=weekday)
    world.location("OSLO", calendar="CLOSED")
    adatum = world.customer("Adatum")
    with pytest.raises(ErpError) as caught:
        world.order(adatum, location_code="OSLO")
    assert caught.value.code == "E-CAL-HORIZON"
    assert "CLOSED" in caught.value.message


def test_goods_that_come_back_are_not_planned(world, oslo):
    """A return order has no days of shipment and delivery to count."""
    adatum = world.customer("Adatum", shipping_time="3D")
    world.item("BICYCLE", price=400)
    back = world.return_order(adatum, location_code="OSLO").sells(1, "BICYCLE")
    assert dates(back)[1:] == (None, None)


def test_dates_of_many_lines_cost_as_many_queries_as_those_of_one(world, oslo):
    adatum = world.customer("Adatum", shipping_time="3D", base_calendar=calendar("NO"))
    world.item("BICYCLE", price=400)
    wished = date(2026, 3, 16)
    counts = []
    for many in (1, 1, 40):
        order = world.order(adatum, location_code="OSLO", requested_delivery_date=wished)
        new = [NewLine("BICYCLE", D(1))] * many
        with CaptureQueriesContext(connection) as captured:
            add_lines(order.document, new, by=world.by, at=world.at(), on=world.today)
        counts.append(len(captured))
    assert counts[1] == counts[2]
