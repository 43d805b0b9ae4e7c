from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.models import SalesDocument, SalesLine

# What lines have of their own and take over from the head when somebody says so.
CASCADED = (
    "shipment_date",
    "requested_delivery_date",
    "promised_delivery_date",
    "shipping_agent_code",
    "shipping_agent_service_code",
    "shipping_time",
    "outbound_handling_time",
)


def behind(
    document: SalesDocument, lines: Sequence[SalesLine], changed: Collection[str]
) -> dict[str, list[SalesLine]]:
    """By field of a changed head: the lines that would take over its value, because they have another one.

    What has left is left alone. Fields that no line would take over are left out.
    """
    waiting = [
        line for line in lines if line.sells_something and (line.outstanding_quantity or not line.quantity)
    ]
    found = {
        name: [line for line in waiting if getattr(line, name) != getattr(document, name)]
        for name in CASCADED
        if name in changed
    }
    return {name: rows for name, rows in found.items() if rows}


def take_over(document: SalesDocument, takers: dict[str, list[SalesLine]]) -> list[Problem]:
    """Put new values of the head on the lines that take them over; nothing is saved.

    takers  see `behind`
    returns E-DATE-PROMISED for a line whose requested date would change under a date that was promised
    """
    problems = []
    for name, lines in takers.items():
        for line in lines:
            promised = line.promised_delivery_date if "promised_delivery_date" not in takers else None
            if name == "requested_delivery_date" and promised:
                message = _("Requested Delivery Date cannot change while {date} is promised.")
                problems.append(
                    Problem(
                        "E-DATE-PROMISED", message.format(date=promised), line_no=line.line_no, field=name
                    )
                )
            setattr(line, name, getattr(document, name))
    return problems
