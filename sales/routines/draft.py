"""Writing a new sales document: quote, order, invoice, credit memo, return order."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from customers.models import Customer, PaymentTerms, ShipToAddress
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.numbering import check_typed_number, next_number
from inventory.models import Location
from sales import defaults
from sales.errors import NumberTaken
from sales.head import check_head
from sales.masters import NewLine
from sales.models import SalesDocument, SalesSetup
from sales.plans.check import check_series
from sales.routines.add_lines import put_lines
from sales.routines.follow import follow
from sales.selectors import has_papers
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
        "prices_including_vat",
        "salesperson_code",
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


@transaction.atomic
def draft(
    type: str,
    customer: Customer,
    *,
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

    on            the work date: default of order, posting, document and shipment date
    number        typed where the number series allows it; blank draws the next
    ship_to_code  None takes the customer's default (credit documents: the location's own address), blank the
                  customer's address
    given         head fields that shall not follow from the customer (`GIVEN`)
    raises        ProblemsFound: blocked customer, unknown codes, missing set-up, anything wrong with a line

    Source: Business Central, defaults of the sales header.
    """
    unknown = given.keys() - GIVEN
    if unknown:
        raise TypeError(f"a sales document cannot be given {', '.join(sorted(unknown))}")
    setup = values.sales if values else SalesSetup.objects.get()
    document = SalesDocument(type=type)
    traits = document.traits
    bill_to = customer.bill_to
    problems = check_not_blocked(customer, bill_to, document_type=type, action="create")
    problems += _check_customer(customer, bill_to)
    problems += check_series(setup, [traits.number_series])
    problems += check_head(document, given)
    raise_problems(_("New {type}").format(type=document.get_type_display()), problems)

    address = _ship_to(customer, customer.ship_to_code if ship_to_code is None else ship_to_code)
    ledger = (values or SalesValues.load()).posting.gl
    facts = defaults.sell_to_values(customer)
    facts |= defaults.bill_to_values(
        bill_to, sell_to=customer, vat_from_bill_to=ledger.bill_to_sell_to_vat_calculation == "bill_to"
    )
    facts |= defaults.ship_to_values(customer, address)
    facts |= defaults.date_values(setup, traits, on=on)
    facts |= given
    if traits.receives and ship_to_code is None:
        place = Location.objects.filter(code=facts["location_code"]).first()
        facts |= defaults.ship_to_us_values(place) | given
    if traits.receives and not _discounts_credit(facts["payment_terms_code"]):
        facts["payment_method_code"] = given.get("payment_method_code", "")
    for name, value in facts.items():
        setattr(document, name, value)
    dated = {"posting_date", "document_date", "currency_code", "payment_terms_code"}
    follow(document, dated, typed=given.keys(), setup=setup, ledger=ledger, on=on)
    if document.type == SalesDocument.Type.QUOTE and "valid_until" not in given:
        document.valid_until = defaults.valid_until(setup, document.document_date)
    if traits.receives and "correction" not in given:
        document.correction = ledger.mark_credit_memos_as_corrections
    document.number = _number(document, number, getattr(setup, traits.number_series), on)
    document.posting_description = document.posting_description or str(document)[:100]
    document.created_at = document.modified_at = at
    document.created_by = by.get_username() if by else ""
    _insert(document, typed=bool(number))
    lines = list(lines)
    if lines:
        values = SalesValues.fit(document.currency_code, values)
        put_lines(document, lines, after=0, on=on, values=values)
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


def _check_customer(customer: Customer, bill_to: Customer) -> list[Problem]:
    """Groups without which nothing can be posted later are asked for now."""
    wanted = (
        (customer, "gen_bus_posting_group"),
        (customer, "vat_bus_posting_group"),
        (bill_to, "customer_posting_group"),
    )
    message = _("{field} of customer {customer} is empty; fill it in on the customer card.")
    return [
        Problem(
            "E-TF",
            message.format(field=owner._meta.get_field(name).verbose_name, customer=owner.number),
            field="customer",
            setup="admin:customers_customer_changelist",
        )
        for owner, name in wanted
        if getattr(owner, f"{name}_id") is None
    ]


def _ship_to(customer: Customer, code: str) -> ShipToAddress | None:
    if not code:
        return None
    address = (
        ShipToAddress.objects.filter(customer=customer, code=code)
        .select_related("shipment_method", "shipping_agent", "shipping_agent_service", "salesperson")
        .first()
    )
    if address is None:
        message = _("Customer {customer} has no ship-to address {code}.").format(
            customer=customer.number, code=code
        )
        raise_problems(customer, [Problem("E-SHIPTO-NONE", message, field="ship_to_code")])
    return address


def _discounts_credit(terms_code: str) -> bool:
    return PaymentTerms.objects.filter(code=terms_code, calc_pmt_disc_on_credit_memos=True).exists()


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
