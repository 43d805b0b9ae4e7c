"""Quotes and their lines."""

from django.db.models import Case, Value, When

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.properties import Choice, Day, Moment, Text
from sales.api import line_properties as of_line
from sales.api import properties as of_head
from sales.api.head import Documents, document_key, modified
from sales.api.lines import Lines
from sales.api.order_extensions import internal_status
from sales.api.quote_actions import QUOTE_ACTIONS
from sales.models import QuoteProgress, SalesDocument

Stage = QuoteProgress.Stage
# The blank at the end is that of v2.0, which clients compare with.
QUOTE_STATUS = {"draft": "Draft", "sent": "Sent", "accepted": "Accepted", "expired": "Expired "}


def stage(asking: Asking) -> Case:
    """How far the quote is with the customer, on the work date; approval does not show here.

    Business Central never says that a quote has expired; here it does, from the day after the last one.
    """
    return Case(
        When(progress__accepted_date__isnull=False, then=Value("accepted")),
        When(valid_until__lt=asking.on, then=Value("expired")),
        When(progress__stage=Stage.SENT, then=Value("sent")),
        default=Value("draft"),
    )


class SalesQuotes(Documents):
    """What has been offered and is neither ordered nor thrown away; one for a prospect has no customer yet."""

    name, entity, type = "salesQuotes", "salesQuote", SalesDocument.Type.QUOTE
    scope = "sales.quotes"
    properties = (
        *document_key(),
        Text("externalDocumentNumber", "external_document_no", length=35, sortable=True),
        Day("documentDate", "document_date"),
        Day("postingDate", "posting_date"),
        Day("dueDate", "due_date"),
        *of_head.customer(),
        *of_head.bill_to(),
        *of_head.ship_to(),
        *of_head.address("sellTo", "sell_to"),
        *of_head.address("billTo", "bill_to"),
        *of_head.address("shipTo", "ship_to"),
        *of_head.dimensions(),
        of_head.currency_id(),
        of_head.currency_code(),
        *of_head.terms(),
        of_head.invoice_discount(),
        *of_head.totals(),
        Choice("status", stage, values=QUOTE_STATUS, type="QuoteStatus", read_only=True),
        Moment("sentDate", "progress__sent_at", read_only=True, nullable=True),
        Day("validUntilDate", "valid_until"),
        Day("acceptedDate", "progress__accepted_date", read_only=True),
        modified(),
        *of_head.contact(),
        internal_status(),
    )
    navigation = of_head.ways("salesQuoteLines")
    actions = QUOTE_ACTIONS


class SalesQuoteLines(Lines):
    """Lines of quotes."""

    name, entity, type = "salesQuoteLines", "salesQuoteLine", SalesDocument.Type.QUOTE
    scope = "sales.quotes"
    properties = (
        *of_line.line_key(),
        of_line.unit_price(),
        of_line.quantity(),
        *of_line.amounts(),
        *of_line.nets(),
        *of_line.places(),
        *of_line.line_extensions(),
    )
    navigation = of_line.line_ways()
