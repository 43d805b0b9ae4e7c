from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from customers.models import ShippingAgentService
from erp.kernel.calendars import Calendar, CalendarUser, Source, load_calendars
from inventory.models import InventorySetup, Location
from posting.models import GeneralLedgerSetup
from sales import defaults
from sales.dates import COUNTED_WITH, DATES, WISHES, LineCalendars, set_dates, working_day
from sales.models import SalesDocument, SalesLine


def date_lines(
    document: SalesDocument,
    lines: Sequence[SalesLine],
    *,
    ledger: GeneralLedgerSetup,
    changed: Collection[str] | None = None,
) -> None:
    """Set when the goods of some lines of a document leave and arrive; nothing is saved.

    ledger   the general ledger set-up, with the company's calendar
    changed  the fields that have new values, on all of the lines; None: the lines are new and start from the head
    raises   NoWorkingDay (E-CAL-HORIZON), NoSuchHolidays (E-CAL-COUNTRY)

    A new line from another location than the head's takes that location's handling time. Goods that come back have no
    such dates. As many queries for a thousand lines as for one.
    """
    selling = [line for line in lines if line.sells_something]
    if document.traits.receives or not selling:
        return
    if changed is not None and not set(changed) & (DATES | COUNTED_WITH):
        return
    masters = _Masters.load(document, selling, ledger)
    for line in selling:
        if changed is None and line.location_code != document.location_code:
            line.outbound_handling_time = masters.handling_time(line)
        set_dates(
            line,
            WISHES if changed is None else changed,
            usual=document.shipment_date,
            calendars=masters.calendars_of(line),
        )


def date_head(document: SalesDocument, *, ledger: GeneralLedgerSetup) -> None:
    """Move a new document's shipment date to a day on which its location works; nothing is saved."""
    if document.shipment_date is None or document.traits.receives:
        return
    place = SalesLine(location_code=document.location_code)
    calendars = _Masters.load(document, [place], ledger).calendars_of(place)
    document.shipment_date = working_day(document.shipment_date, calendars)


@dataclass(frozen=True)
class _Masters:
    """Locations, services and calendars that some lines name."""

    locations: Mapping[str, Location]
    services: Mapping[tuple[str, str], ShippingAgentService]
    calendars: Mapping[tuple[str, str], Calendar | None]
    customer_no: str
    horizon: str

    @cached_property
    def inventory(self) -> InventorySetup:
        """Asked of only where a line names no location."""
        return InventorySetup.objects.get()

    @classmethod
    def load(
        cls, document: SalesDocument, lines: Iterable[SalesLine], ledger: GeneralLedgerSetup
    ) -> "_Masters":
        places = {line.location_code for line in lines}
        carried = {(line.shipping_agent_code, line.shipping_agent_service_code) for line in lines}
        locations = _locations(places - {""})
        services = _services(carried)
        customer = document.customer
        users = [
            CalendarUser(Source.LOCATION, code, getattr(locations.get(code), "base_calendar_id", None))
            for code in places
        ]
        users += [
            CalendarUser(Source.AGENT_SERVICE, _service_no(key), services[key].base_calendar_id)
            if key in services
            else CalendarUser(Source.AGENT_SERVICE)
            for key in carried
        ]
        if customer is not None:
            users.append(CalendarUser(Source.CUSTOMER, customer.number, customer.base_calendar_id))
        company = CalendarUser(Source.COMPANY, "", ledger.base_calendar_id)
        return cls(
            locations,
            services,
            load_calendars(users, company=company),
            document.customer_number,
            ledger.calendar_horizon,
        )

    def handling_time(self, line: SalesLine) -> str:
        """The location's own; a line that leaves its head's location for none takes the company's."""
        location = self.locations.get(line.location_code)
        return defaults.handling_time(location, InventorySetup() if location else self.inventory)

    def calendars_of(self, line: SalesLine) -> LineCalendars:
        carried = line.shipping_agent_code, line.shipping_agent_service_code
        service_no = _service_no(carried) if carried in self.services else ""
        return LineCalendars(
            location=self.calendars[Source.LOCATION, line.location_code],
            agent=self.calendars.get((Source.AGENT_SERVICE, service_no)),
            customer=self.calendars.get((Source.CUSTOMER, self.customer_no)),
            horizon=self.horizon,
        )


def _locations(codes: Collection[str]) -> dict[str, Location]:
    return {row.code: row for row in Location.objects.filter(code__in=codes)} if codes else {}


def _services(carried: Collection[tuple[str, str]]) -> dict[tuple[str, str], ShippingAgentService]:
    codes = {service for _agent, service in carried if service}
    if not codes:
        return {}
    rows = ShippingAgentService.objects.filter(code__in=codes).select_related("agent")
    return {(row.agent.code, row.code): row for row in rows}


def _service_no(carried: tuple[str, str]) -> str:
    return "/".join(carried)
