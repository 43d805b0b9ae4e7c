"""Writing a new sales document: quote, order, invoice, credit memo, return order."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from customers.models import Customer
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from erp.kernel.numbering import check_typed_number, next_number
from inventory.models import Location
from sales import defaults
from sales.errors import NumberTaken
from sales.head import check_customer, check_head, check_service
from sales.masters import NewLine
from sales.models import QuoteProgress, SalesDocument, SalesSetup
from sales.plans import free_text
from sales.plans.check import check_series
from sales.rights import to_draft
from sales.routines.add_lines import put_lines
from sales.routines.check_concessions import check_new_lines
from sales.routines.customer_facts import discounts_credit, find_address
from sales.routines.date_lines import date_head
from sales.routines.follow import follow
from sales.routines.prospect import PROSPECT, prospect_like
from sales.selectors import has_papers, next_occurrence, own_setup
from sales.values import SalesValues

# What may be given when a document is written, besides what follows from the customer.
GIVEN = frozenset(
    {
        "external_document_no",
        "your_reference",
        "order_date",
        "posting_date",
        "document_date",
        "due_date",
        "shipment_date",
        "requested_delivery_date",
        "promised_delivery_date",
        "location_code",
        "currency_code",
        "free_text",
        "prices_including_vat",
        "salesperson_code",
        "responsibility_center_code",
        "campaign_no",
        "work_description",
        "posting_no_series",
        "shipping_no_series",
        "shipping_time",
        "outbound_handling_time",
        "combine_shipments",
        "payment_terms_code",
        "payment_method_code",
        "shipment_method_code",
        "shipping_agent_code",
        "shipping_agent_service_code",
        "shipping_advice",
        "package_tracking_no",
        "posting_description",
        "reason_code",
        "applies_to_document_type",
        "applies_to_document_no",
        "applies_to_id",
        "correction",
        "eu_3_party_trade",
        "valid_until",
        "quote_no",
        "ship_to_name",
        "ship_to_name_2",
        "ship_to_address",
        "ship_to_address_2",
        "ship_to_post_code",
        "ship_to_city",
        "ship_to_county",
        "ship_to_country_code",
        "ship_to_contact",
    }
)


# What brings other fields along, see `follow`.
FOLLOWED = frozenset(
    {
        "posting_date",
        "document_date",
        "currency_code",
        "payment_terms_code",
        "location_code",
        "shipping_agent_code",
        "shipping_agent_service_code",
    }
)


@needs(to_draft)
@transaction.atomic
def draft(
    type: str,
    customer: Customer | None,
    *,
    template: str = "",
    by,
    at: datetime,
    on: date,
    number: str = "",
    ship_to_code: str | None = None,
    lines: Iterable[NewLine] = (),
    values: SalesValues | None = None,
    **given,
) -> SalesDocument:
    """Write a document of a type ("order") to a customer, with its first lines.

    template      code of the customer template that serves the prospect of a quote: the customer is None then, and
                  who it is is given (`PROSPECT`)
    on            the work date: default of order, posting, document and shipment date
    number        typed where the number series allows it; blank draws the next
    ship_to_code  None takes the customer's default (credit documents: the location's own address), blank the
                  customer's address
    given         head fields that shall not follow from the customer (`GIVEN`)
    raises        ProblemsFound: E-QUO-WHO without customer or template, blocked customer, unknown codes, missing
                  set-up, anything wrong with a line

    Source: Business Central, defaults of the sales header.
    """
    unknown = given.keys() - (GIVEN if customer else GIVEN | PROSPECT)
    if unknown:
        raise TypeError(f"a sales document cannot be given {', '.join(sorted(unknown))}")
    setup = values.sales if values else SalesSetup.objects.get()
    document = SalesDocument(type=type)
    traits = document.traits
    is_prospect = customer is None
    if is_prospect:
        customer, document.customer_template = prospect_like(type, template, given)
    bill_to = customer.bill_to
    problems = check_not_blocked(customer, bill_to, document_type=type, action="create")
    problems += check_customer(customer, bill_to)
    problems += check_series(setup, [traits.number_series])
    problems += [*check_head(document, given), *free_text.check_head(document, given)]
    raise_problems(_("New {type}").format(type=document.get_type_display()), problems)

    address = find_address(customer, customer.ship_to_code if ship_to_code is None else ship_to_code)
    ledger = (values or SalesValues.load()).posting.gl
    facts = defaults.sell_to_values(customer, own_setup(by))
    facts |= defaults.bill_to_values(
        bill_to, sell_to=customer, vat_from_bill_to=ledger.bill_to_sell_to_vat_calculation == "bill_to"
    )
    facts |= defaults.ship_to_values(customer, address)
    facts |= defaults.date_values(setup, traits, on=on)
    if is_prospect:
        facts |= {"customer": None, "bill_to_customer": None}
    facts |= given
    if traits.receives and ship_to_code is None:
        place = Location.objects.filter(code=facts["location_code"]).first()
        facts |= defaults.ship_to_us_values(place) | given
    if traits.receives and not discounts_credit(facts["payment_terms_code"]):
        facts["payment_method_code"] = given.get("payment_method_code", "")
    raise_problems(document, check_service(given, agent=facts["shipping_agent_code"]))
    for name, value in facts.items():
        setattr(document, name, value)
    changed = FOLLOWED | ({"responsibility_center_code"} & given.keys())
    follow(document, changed, typed=given.keys(), setup=setup, ledger=ledger, on=on)
    if "shipment_date" not in given:
        date_head(document, ledger=ledger)
    if traits.receives and "correction" not in given:
        document.correction = ledger.mark_credit_memos_as_corrections
    document.number = _number(document, number, getattr(setup, traits.number_series), on)
    document.posting_description = document.posting_description or str(document)[:100]
    document.created_at = document.modified_at = at
    document.created_by = by.get_username() if by else ""
    document.occurrence = next_occurrence(type, document.number)
    _insert(document, typed=bool(number))
    if document.type == SalesDocument.Type.QUOTE:
        QuoteProgress.objects.create(document=document)
    lines = list(lines)
    if lines:
        values = SalesValues.fit(document.currency_code, values)
        added = put_lines(document, lines, after=0, on=on, values=values)
        check_new_lines(document, lines, added, by=by, values=values, on=on)
    return document


def _insert(document: SalesDocument, *, typed: bool) -> None:
    """Save a new document; somebody else may have typed the same number a moment ago."""
    try:
        with transaction.atomic(savepoint=typed):
            document.save(force_insert=True)
    except IntegrityError:
        if typed:
            raise NumberTaken(document=document.get_type_display(), number=document.number)
        raise


def _number(document: SalesDocument, typed: str, series: str, on: date) -> str:
    """A typed number that is free, or the next free one of the series."""
    taken = SalesDocument.objects.filter(type=document.type)
    raise_problems(document.get_type_display(), check_typed_number(series, typed))
    if typed := typed.strip():
        if taken.filter(number=typed).exists() or has_papers(document.type, typed):
            raise NumberTaken(document=document.get_type_display(), number=typed)
        return typed
    number = next_number(series, on=on)
    while taken.filter(number=number).exists():
        number = next_number(series, on=on)
    return number
