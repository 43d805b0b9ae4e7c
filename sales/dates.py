"""When goods leave and arrive: the dates of a line, each following from another one. Pure.

    shipment date     the goods are taken from the shelf; from here on they are missing in stock
      + handling      of the location
    planned shipment  they leave the house
      + shipping      of the shipping agent's service, else of the customer
    planned delivery  they arrive

Counted in working days: see `erp.kernel.calendars.move`. Source: Business Central, date calculation for sales.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from erp.kernel.calendars import HORIZON, Calendar, move
from sales.models import SalesLine

PLANNED = frozenset({"shipment_date", "planned_shipment_date", "planned_delivery_date"})
WISHES = frozenset({"promised_delivery_date", "requested_delivery_date"})
DATES = PLANNED | WISHES
# What the dates are counted with: another one moves them.
COUNTED_WITH = frozenset({"location_code", "shipping_agent_code", "shipping_agent_service_code", "shipping_time",
                          "outbound_handling_time"})  # fmt: skip


class LineCalendars(NamedTuple):
    """Who has to be at work for a line; None works every day.

    horizon  how long everybody may be off, as a date formula
    """

    location: Calendar | None = None
    agent: Calendar | None = None
    customer: Calendar | None = None
    horizon: str = HORIZON


class PlannedDates(NamedTuple):
    """When goods are taken, leave and arrive."""

    shipment: date
    planned_shipment: date
    planned_delivery: date


def from_delivery(
    delivery: date, *, shipping_time: str, handling_time: str, calendars: LineCalendars
) -> PlannedDates:
    """Back from the day on which goods shall arrive; a day on which nothing arrives moves on to the next.

    shipping_time, handling_time  date formulas, as "3D"; blank: the same day
    raises  NoWorkingDay (E-CAL-HORIZON)
    """
    location, agent, customer, horizon = calendars
    if shipping_time:
        leaves = move(
            shipping_time,
            delivery,
            back=True,
            counting=agent or location,
            ends_on=(agent, location),
            horizon=horizon,
        )
    else:
        leaves = move("", delivery, ends_on=(customer, agent), horizon=horizon)
    return from_planned_shipment(
        leaves,
        delivery=delivery,
        shipping_time=shipping_time,
        handling_time=handling_time,
        calendars=calendars,
    )


def from_planned_shipment(
    leaves: date,
    *,
    delivery: date | None,
    shipping_time: str,
    handling_time: str,
    calendars: LineCalendars,
) -> PlannedDates:
    """Back from the day on which goods leave the house; the delivery stays, unless it would come before that day."""
    location, agent, _customer, horizon = calendars
    if handling_time:
        taken = move(
            handling_time, leaves, back=True, counting=location, ends_on=(location,), horizon=horizon
        )
    else:
        taken = leaves = move("", leaves, ends_on=(agent,), horizon=horizon)
    if delivery is None:
        delivery = _arrival(leaves, shipping_time, calendars)
    return PlannedDates(taken, leaves, max(delivery, leaves))


def from_shipment(
    taken: date, *, shipping_time: str, handling_time: str, calendars: LineCalendars
) -> PlannedDates:
    """On from the day on which goods are taken from the shelf. Raises NoWorkingDay (E-CAL-HORIZON)."""
    location, agent, _customer, horizon = calendars
    leaves = move(handling_time, taken, counting=location, ends_on=(location, agent), horizon=horizon)
    return PlannedDates(taken, leaves, _arrival(leaves, shipping_time, calendars))


def working_day(day: date, calendars: LineCalendars) -> date:
    """The day itself, or the next one on which its location works."""
    return move("", day, ends_on=(calendars.location,), horizon=calendars.horizon)


def moving(line: SalesLine, typed: Mapping[str, object]) -> set[str]:
    """Which typed values move the dates of a line: those that are not what it has already."""
    return {name for name in typed.keys() & (DATES | COUNTED_WITH) if getattr(line, name) != typed[name]}


def set_dates(
    line: SalesLine, changed: Collection[str], *, usual: date | None, calendars: LineCalendars
) -> None:
    """Bring a line's dates in line with what was typed into it.

    changed  fields of `DATES` and `COUNTED_WITH` with new values; the strongest decides: promised, requested,
             planned delivery, planned shipment, shipment date
    usual    the shipment date of a line for which nothing is promised or requested: the head's

    What is neither promised nor requested stays on its shipment date when location, agent or times change.
    """
    wish = line.promised_delivery_date or line.requested_delivery_date
    typed = {name for name in DATES & set(changed) if getattr(line, name) is not None}
    times = {
        "shipping_time": line.shipping_time,
        "handling_time": line.outbound_handling_time,
        "calendars": calendars,
    }
    planned: PlannedDates | None = None
    if wish and (typed & WISHES or not typed):
        planned = from_delivery(wish, **times)
    elif "planned_delivery_date" in typed:
        planned = from_delivery(line.planned_delivery_date, **times)
    elif "planned_shipment_date" in typed:
        planned = from_planned_shipment(
            line.planned_shipment_date, delivery=line.planned_delivery_date, **times
        )
    else:
        if WISHES & set(changed) and "shipment_date" not in typed:
            line.shipment_date = working_day(usual, calendars) if usual else None
        if line.shipment_date is not None:
            planned = from_shipment(line.shipment_date, **times)
    if planned is not None:
        line.shipment_date, line.planned_shipment_date, line.planned_delivery_date = planned
    elif "shipment_date" in changed or WISHES & set(changed):
        line.planned_shipment_date = line.planned_delivery_date = None


def _arrival(leaves: date, shipping_time: str, calendars: LineCalendars) -> date:
    """When goods arrive that leave on a day: where the customer names no calendar, the location's stands in."""
    location, agent, customer, horizon = calendars
    second = customer or location
    return move(shipping_time, leaves, counting=agent or second, ends_on=(agent, second), horizon=horizon)
