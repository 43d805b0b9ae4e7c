"""What becomes of a quote: an order, an invoice; and sending it (source: api-v2, section 10.6).

Business Central forgets to ask here whether somebody must approve the quote first; the routines ask, as for the pages.
"""

from collections.abc import Mapping
from typing import Any

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from sales.api.actions_of_papers import send_now
from sales.api.approval_actions import approvals
from sales.api.head import need_right
from sales.api.waiting import refuse_waiting
from sales.models import SalesDocument
from sales.routines.convert import make_invoice, make_order
from sales.routines.quotes.send import send

CONVERTS = ("sales.add_salesdocument", "sales.delete_salesdocument")


def make_an_order(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    return Done(location=("salesOrders", _convert(make_order, asking, record)))


def make_an_invoice(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    return Done(location=("salesInvoices", _convert(make_invoice, asking, record)))


def _convert(make, asking: Asking, quote: SalesDocument):
    """All of the quote; a prospect becomes a customer, and a version is kept where the set-up asks for it."""
    refuse_waiting(quote, code="Approval_Required")
    creates = quote.is_for_prospect
    if creates:
        need_right(asking, "customers.add_customer")
    told = {"by": asking.user, "at": asking.at, "on": asking.on}
    return make(quote, create_customer=creates or None, archive=True, **told).uuid


def send_quote(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Mail the quote as it is, and note that the customer has it."""
    quote = send(record, by=asking.user, at=asking.at)
    return send_now(asking, quote, Done(location=("salesQuotes", record.uuid)))


QUOTE_ACTIONS = (
    Action(
        "makeOrder",
        run=make_an_order,
        permissions=CONVERTS,
        about="Makes an order of the quote, which is gone.",
    ),
    Action(
        "makeInvoice",
        run=make_an_invoice,
        permissions=CONVERTS,
        about="Makes a draft invoice of the quote, which is gone.",
    ),
    Action(
        "send",
        run=send_quote,
        permissions=("sales.change_salesdocument",),
        about="Mails the quote to its customer; its status is Sent then.",
    ),
    *approvals(),
)
