from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales import defaults
from sales.approval import fixed
from sales.models import SalesDocument, SalesLine
from sales.plans.head_change import label, warn
from sales.rights import to_change
from sales.routines.customer_facts import ship_to_facts
from sales.routines.follow import follow
from sales.routines.lock import lock, refuse_locked
from sales.routines.recreate_lines import sold
from sales.selectors import own_setup
from sales.values import SalesValues

# What an address may bring besides itself; without one it is the customer's.
BROUGHT = (
    "location_code",
    "shipment_method_code",
    "shipping_agent_code",
    "shipping_agent_service_code",
    "salesperson_code",
)


@needs(to_change)
@transaction.atomic
def change_ship_to(
    document: SalesDocument,
    code: str,
    *,
    by,
    at: datetime,
    on: date,
    warnings: list[Problem] | None = None,
) -> SalesDocument:
    """Send the goods to another address of the sell-to customer, with the carrier and stock that it names.

    code      of the address; blank is the customer's own address, and where goods come back that of our location
    warnings  a list that receives W-HDR-NOTCASCADED: lines keep their location and carrier
    raises    ProblemsFound: E-SHIPTO-NONE, E-TF for a quote to a prospect; LinesLocked where a released document would
              change more than the address

    Source: Business Central, Ship-to Code of the sales header.
    """
    document = lock(document.pk)
    customer = document.customer
    if customer is None:
        message = _("{document} is for a prospect, who has no ship-to addresses: type the address.")
        raise_problems(document, [Problem("E-TF", message.format(document=document), field="ship_to_code")])
    usual = defaults.sell_to_values(customer, own_setup(by))
    place = usual["location_code"]
    facts = {name: usual[name] for name in BROUGHT}
    facts |= ship_to_facts(customer, code, location_code=place, home=document.traits.receives)
    changed = {name for name, value in facts.items() if getattr(document, name) != value}
    refuse_locked(document, wants_open={label(name) for name in changed & fixed(document)})
    for name in changed:
        setattr(document, name, facts[name])
    values = SalesValues.load(document.currency_code)
    follow(document, changed, typed=(), setup=values.sales, ledger=values.posting.gl, on=on)
    document.modified_at = at
    document.save()
    if warnings is not None and changed:
        lines = sold(list(document.lines.order_by("line_no")))
        carried = _warn_carrier(document, lines) if "shipping_agent_code" in changed else []
        warnings += carried + warn(document, changed, lines)
    return document


def _warn_carrier(document: SalesDocument, lines: Sequence[SalesLine]) -> list[Problem]:
    """Lines that go with another carrier than the head says now."""
    if all(line.shipping_agent_code == document.shipping_agent_code for line in lines):
        return []
    message = _("{field} was changed on the head only; existing lines keep their value.")
    message = message.format(field=label("shipping_agent_code"))
    return [Problem("W-HDR-NOTCASCADED", message, field="shipping_agent_code")]
