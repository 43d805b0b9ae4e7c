"""What a document takes over from the cards of its customers, looked up; `sales.defaults` says which field is which."""

from django.utils.translation import gettext as _

from customers.models import Customer, PaymentTerms, ShipToAddress
from erp.kernel.errors import Problem, raise_problems
from inventory.models import Location
from sales import defaults


def ship_to_facts(customer: Customer, code: str, *, location_code: str, home: bool) -> dict[str, object]:
    """Where the goods go, and the carrier and stock that the address names.

    code  of one of the customer's addresses; blank is the customer's own
    home  goods come back: a blank code is the address of the location that takes them
    raises ProblemsFound: E-SHIPTO-NONE
    """
    facts = defaults.ship_to_values(customer, find_address(customer, code))
    if home and not code:
        code = facts.get("location_code") or location_code
        facts |= defaults.ship_to_us_values(Location.objects.filter(code=code).first())
    return facts


def find_address(customer: Customer, code: str) -> ShipToAddress | None:
    """One of a customer's ship-to addresses; none for a blank code. Raises ProblemsFound: E-SHIPTO-NONE."""
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


def discounts_credit(terms_code: object) -> bool:
    """Whether payment terms count for credit memos too; where they don't, no payment method does."""
    return PaymentTerms.objects.filter(code=terms_code, calc_pmt_disc_on_credit_memos=True).exists()
