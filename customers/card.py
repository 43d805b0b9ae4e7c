"""What a customer card must look like, and which fields follow from others. Pure but for what it is given."""

from collections.abc import Iterable

from customers import errors, validations
from customers.models import Customer
from erp.kernel.errors import Problem


def complete(customer: Customer, before: Customer | None = None) -> None:
    """Fill in what follows from other fields.

    before  the card as it was; None for a new one

    The search name follows the name until somebody changes it; the VAT business group follows the general business
    group; the invoice discount code is the customer's own number to begin with.
    """
    customer.name = customer.name.strip()
    old_name = before.name.upper() if before else ""
    if not customer.search_name or customer.search_name == old_name:
        customer.search_name = customer.name.upper()
    customer.search_name = customer.search_name.upper()
    customer.vat_registration_no = customer.vat_registration_no.strip().upper()
    customer.country_code = customer.country_code.upper()
    if before is None:
        customer.invoice_discount_code = customer.invoice_discount_code or customer.number
    elif customer.number != before.number and customer.invoice_discount_code == before.number:
        customer.invoice_discount_code = customer.number
    group = customer.gen_bus_posting_group
    group_changed = before is None or before.gen_bus_posting_group_id != customer.gen_bus_posting_group_id
    vat_unchanged = (before.vat_bus_posting_group_id if before else None) == customer.vat_bus_posting_group_id
    if group is not None and group_changed and vat_unchanged and group.default_vat_bus_posting_group_id:
        customer.vat_bus_posting_group_id = group.default_vat_bus_posting_group_id


def check(customer: Customer, *, formats: Iterable[str], before: Customer | None = None) -> list[Problem]:
    """Everything wrong with a card, field by field.

    formats  the forms of VAT numbers of the customer's country
    """
    found: list[Problem] = []
    if not customer.name:
        found.append(errors.NameMissing().as_problem(field="name"))
    found += validations.check_phone(customer.phone_no)
    found += validations.check_phone(customer.mobile_phone_no, field="mobile_phone_no")
    found += validations.check_email(customer.email)
    found += validations.check_gln(customer.gln)
    found += validations.check_vat_number(customer.vat_registration_no, customer.country_code, formats)
    if customer.credit_limit < 0:
        found.append(errors.NegativeCreditLimit().as_problem(field="credit_limit"))
    if not 0 <= customer.prepayment_percent <= 100:
        found.append(errors.PrepaymentOutOfRange().as_problem(field="prepayment_percent"))
    if customer.bill_to_customer_id and customer.bill_to_customer_id == customer.pk:
        found.append(errors.BillToItself(customer=customer.number).as_problem(field="bill_to_customer"))
    changed = before is None or before.salesperson_id != customer.salesperson_id
    if customer.salesperson_id and changed and customer.salesperson.blocked:
        refusal = errors.SalespersonBlocked(salesperson=customer.salesperson.code)
        found.append(refusal.as_problem(field="salesperson"))
    return found
