from collections.abc import Collection
from datetime import date

from customers.models import (
    Customer,
    CustomerTemplate,
    PaymentTerms,
    ResponsibilityCenter,
    ShippingAgentService,
)
from erp.kernel.errors import Problem, ProblemsFound
from inventory.models import InventorySetup, Location
from posting.currency import factor_on
from posting.errors import NoExchangeRate
from posting.models import GeneralBusinessGroup
from sales import defaults
from sales.arithmetic.vat import vat_base_discount
from sales.models import SalesDocument, SalesLine, SalesSetup

SERVICE = frozenset({"shipping_agent_code", "shipping_agent_service_code"})


def follow(
    document: SalesDocument,
    changed: Collection[str],
    *,
    typed: Collection[str],
    setup: SalesSetup,
    ledger,
    on: date,
    keep_rate: bool = False,
) -> None:
    """Bring along what follows from new dates, terms, a new currency, carrier, location or group; nothing is saved.

    changed    the fields that have new values: posting_date, document_date, payment_terms_code,
               payment_discount_percent, currency_code, shipping_agent_code, shipping_agent_service_code,
               responsibility_center_code, location_code, gen_bus_posting_group
    typed      fields that somebody filled in just now: they stay as they are
    ledger     the general ledger set-up
    on         the day whose exchange rate counts where the document has no posting date
    keep_rate  a new posting date leaves the exchange rate as it was agreed
    raises     ProblemsFound: E-CUR-NORATE

    A posting date brings the document date (where the set-up links them), the VAT date and the exchange rate; a
    document date or payment terms bring due date and discount, and the date how long a quote is valid; the discount
    brings the VAT base discount; the carrier brings the shipping time, and a location its handling time.
    Source: Business Central, validation of dates, terms and shipping data on the sales header.
    """
    changed = set(changed)
    linked = setup.link_document_date_to_posting_date and document.posting_date
    if linked and "posting_date" in changed and "document_date" not in typed:
        document.document_date = document.posting_date
        changed.add("document_date")
    if changed & {"posting_date", "document_date"} and "vat_date" not in typed:
        by_posting = ledger.default_vat_date == ledger.VATDate.POSTING_DATE
        document.vat_date = document.posting_date if by_posting else document.document_date
    _follow_rate(document, changed, typed=typed, on=on, keep_rate=keep_rate)
    if changed & {"document_date", "payment_terms_code"}:
        terms = PaymentTerms.objects.filter(code=document.payment_terms_code).first()
        facts = defaults.terms_values(terms, document.document_date, credit=document.traits.receives)
        for name, value in facts.items():
            if name not in typed:
                setattr(document, name, value)
        changed.add("payment_discount_percent")
    if (
        "document_date" in changed
        and document.type == SalesDocument.Type.QUOTE
        and "valid_until" not in typed
    ):
        document.valid_until = defaults.valid_until(setup, document.document_date) or document.valid_until
    if "payment_discount_percent" in changed and "vat_base_discount_percent" not in typed:
        document.vat_base_discount_percent = vat_base_discount(
            document.payment_discount_percent, tolerance=ledger.vat_tolerance_percent
        )
    if "gen_bus_posting_group" in changed and "vat_bus_posting_group" not in typed:
        _follow_group(document)
    if "responsibility_center_code" in changed and "location_code" not in typed:
        _follow_center(document, changed)
    served_as = document.customer or document.customer_template
    follow_shipping(document, changed, typed=typed, customer=served_as)


def _follow_rate(
    document: SalesDocument, changed: set[str], *, typed: Collection[str], on: date, keep_rate: bool
) -> None:
    if not document.currency_code:
        document.currency_factor = 1
    elif "currency_factor" in typed:
        return
    elif "currency_code" in changed or ("posting_date" in changed and not keep_rate):
        try:
            document.currency_factor = factor_on(document.currency_code, document.posting_date or on)
        except NoExchangeRate as error:
            problem = Problem("E-CUR-NORATE", error.message, field="currency_code", setup=error.setup)
            raise ProblemsFound([problem], subject=document) from error


def _follow_group(document: SalesDocument) -> None:
    """A general business group may name the VAT group that usually goes with it."""
    groups = GeneralBusinessGroup.objects.filter(code=document.gen_bus_posting_group)
    usual = groups.values_list("default_vat_bus_posting_group__code", flat=True).first()
    document.vat_bus_posting_group = usual or document.vat_bus_posting_group


def _follow_center(document: SalesDocument, changed: set[str]) -> None:
    """A responsibility center ships from its own location, where it has one."""
    centers = ResponsibilityCenter.objects.filter(code=document.responsibility_center_code)
    place = centers.values_list("location_code", flat=True).first()
    if place and place != document.location_code:
        document.location_code = place
        changed.add("location_code")


def follow_shipping(
    shipped: SalesDocument | SalesLine,
    changed: Collection[str],
    *,
    typed: Collection[str],
    customer: Customer | CustomerTemplate | None,
) -> None:
    """Bring along what follows from another carrier or location of a document or a line; nothing is saved.

    A service that is not the agent's goes; the shipping time is that of the service, else the customer's.

    customer  who orders, or the template by which a prospect is served
    """
    if SERVICE & set(changed):
        code = shipped.shipping_agent_service_code
        services = ShippingAgentService.objects.filter(agent__code=shipped.shipping_agent_code, code=code)
        service = services.first() if code else None
        shipped.shipping_agent_service_code = service.code if service else ""
        if "shipping_time" not in typed:
            shipped.shipping_time = defaults.shipping_time(service, customer)
    if "location_code" in changed and "outbound_handling_time" not in typed:
        code = shipped.location_code
        location = Location.objects.filter(code=code).first() if code else None
        shipped.outbound_handling_time = defaults.handling_time(location, InventorySetup.objects.get())
