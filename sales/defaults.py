"""What a new sales document and a new line start with. Pure: masters in, field values out."""

from datetime import date

from customers.models import (
    Customer,
    CustomerTemplate,
    PaymentTerms,
    Salesperson,
    ShippingAgentService,
    ShipToAddress,
)
from customers.terms import due_on
from erp.kernel.periods import calc_date
from inventory.models import InventorySetup, Location
from sales.models import SalesSetup, UserSalesSetup
from sales.traits import Traits


def sell_to_values(customer: Customer, own: UserSalesSetup | None = None) -> dict[str, object]:
    """The sell-to block, and what follows the one who orders: groups, shipping, salesperson, responsibility center.

    own  the set-up of the user who writes: a responsibility center of the user's own goes before the customer's, a
         salesperson steps in where the customer has none
    """
    center = (
        own.responsibility_center if own and own.responsibility_center else customer.responsibility_center
    )
    return {
        "customer": customer,
        "sell_to_name": customer.name,
        "sell_to_name_2": customer.name_2,
        "sell_to_address": customer.address,
        "sell_to_address_2": customer.address_2,
        "sell_to_post_code": customer.post_code,
        "sell_to_city": customer.city,
        "sell_to_county": customer.county,
        "sell_to_country_code": customer.country_code,
        "sell_to_contact": customer.contact,
        "sell_to_phone_no": customer.phone_no,
        "sell_to_email": customer.email,
        "gen_bus_posting_group": _code(customer.gen_bus_posting_group),
        "location_code": customer.location_code or (center.location_code if center else ""),
        "responsibility_center_code": _code(center),
        "shipment_method_code": _code(customer.shipment_method),
        "shipping_agent_code": _code(customer.shipping_agent),
        "shipping_agent_service_code": _code(customer.shipping_agent_service),
        "shipping_advice": customer.shipping_advice,
        "salesperson_code": _seller(customer.salesperson) or _seller(own.salesperson if own else None),
    }


def bill_to_values(bill_to: Customer, *, sell_to: Customer, vat_from_bill_to: bool) -> dict[str, object]:
    """The bill-to block, and what follows the one who pays: terms, currency, prices, VAT."""
    taxed = bill_to if vat_from_bill_to else sell_to
    return {
        "bill_to_customer": bill_to,
        "bill_to_name": bill_to.name,
        "bill_to_name_2": bill_to.name_2,
        "bill_to_address": bill_to.address,
        "bill_to_address_2": bill_to.address_2,
        "bill_to_post_code": bill_to.post_code,
        "bill_to_city": bill_to.city,
        "bill_to_county": bill_to.county,
        "bill_to_country_code": bill_to.country_code,
        "bill_to_contact": bill_to.contact,
        "vat_bus_posting_group": _code(taxed.vat_bus_posting_group),
        "vat_registration_no": taxed.vat_registration_no,
        "vat_country_code": taxed.country_code,
        "customer_posting_group": _code(bill_to.customer_posting_group),
        "payment_terms_code": _code(bill_to.payment_terms),
        "payment_method_code": _code(bill_to.payment_method),
        "currency_code": _code(bill_to.currency),
        "prices_including_vat": bill_to.prices_including_vat,
        "price_group_code": bill_to.price_group_code,
        "discount_group_code": bill_to.discount_group_code,
        "invoice_discount_code": bill_to.invoice_discount_code or bill_to.number,
        "allow_line_discount": bill_to.allow_line_discount,
        "language_code": bill_to.language_code,
        "combine_shipments": bill_to.combine_shipments,
    }


def ship_to_values(customer: Customer, address: ShipToAddress | None) -> dict[str, object]:
    """Where the goods go: the customer's own address, or another one that may bring its own carrier and stock."""
    place = address or customer
    values: dict[str, object] = {
        "ship_to_code": address.code if address else "",
        "ship_to_name": place.name,
        "ship_to_name_2": place.name_2,
        "ship_to_address": place.address,
        "ship_to_address_2": place.address_2,
        "ship_to_post_code": place.post_code,
        "ship_to_city": place.city,
        "ship_to_county": place.county,
        "ship_to_country_code": place.country_code,
        "ship_to_contact": place.contact,
    }
    if address is None:
        return values
    overrides = {
        "location_code": address.location_code,
        "shipment_method_code": _code(address.shipment_method),
        "shipping_agent_code": _code(address.shipping_agent),
        "shipping_agent_service_code": _code(address.shipping_agent_service),
        "salesperson_code": _seller(address.salesperson),
    }
    return values | {name: value for name, value in overrides.items() if value}


def ship_to_us_values(location: Location | None) -> dict[str, object]:
    """Where the goods of a credit document go: to the location that takes them back, where one is named."""
    place = location or Location()
    return {
        "ship_to_code": "",
        "ship_to_name": place.name,
        "ship_to_name_2": "",
        "ship_to_address": place.address,
        "ship_to_address_2": "",
        "ship_to_post_code": place.post_code,
        "ship_to_city": place.city,
        "ship_to_county": "",
        "ship_to_country_code": place.country_code,
        "ship_to_contact": place.contact,
    }


def shipping_time(service: ShippingAgentService | None, customer: Customer | CustomerTemplate | None) -> str:
    """How long the goods are under way: as the agent's service says, else as the customer's card or template."""
    if service is not None and service.shipping_time:
        return service.shipping_time
    return customer.shipping_time if customer is not None else ""


def handling_time(location: Location | None, setup: InventorySetup) -> str:
    """How long goods take from the shelf to the door: of the location, or of the company where none is named."""
    return setup.outbound_handling_time if location is None else location.outbound_handling_time


def date_values(setup: SalesSetup, traits: Traits, *, on: date) -> dict[str, object]:
    """The dates of a document written on a work date. Quotes and blanket orders have no posting date."""
    no_date = setup.default_posting_date == SalesSetup.DefaultPostingDate.NO_DATE
    return {
        "order_date": on,
        "posting_date": None if no_date or not traits.has_posting_date else on,
        "document_date": on,
        "shipment_date": on,
    }


def terms_values(
    terms: PaymentTerms | None, document_date: date | None, *, credit: bool
) -> dict[str, object]:
    """Due date and discount from the payment terms, counted from the document date."""
    if document_date is None:
        return {"due_date": None, "payment_discount_date": None, "payment_discount_percent": 0}
    due = due_on(terms, document_date, is_credit_memo=credit)
    return {
        "due_date": due.due_date,
        "payment_discount_date": due.discount_date,
        "payment_discount_percent": due.discount_percent,
    }


def valid_until(setup: SalesSetup, document_date: date | None) -> date | None:
    """Until when a quote binds us; open-ended where the set-up names no validity."""
    formula = setup.quote_validity_calculation
    return calc_date(formula, document_date) if formula and document_date else None


def _code(master) -> str:
    return master.code if master else ""


def _seller(salesperson: Salesperson | None) -> str:
    """Nobody new is assigned to a salesperson who left."""
    return "" if salesperson is None or salesperson.blocked else salesperson.code
