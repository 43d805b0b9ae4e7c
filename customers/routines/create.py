"""A new customer: numbered, filled in from a template, checked."""

from datetime import date

from django.db import IntegrityError, transaction

from customers import card, errors, registry
from customers.models import Customer, CustomerTemplate
from customers.rights import to_create
from customers.routines.apply_template import FILL, copy_template
from customers.selectors import vat_formats
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from erp.kernel.numbering import number_for


@needs(to_create)
@transaction.atomic
def create_customer(
    *, name: str, on: date, number: str = "", template: str | None = None, number_series: str = "", **fields
) -> Customer:
    """Create a customer.

    on             today: the date that numbers are drawn for
    number         typed, where the series allows it; empty draws the next one
    template       its code; None takes the only one there is, "" takes none
    number_series  empty: the template's, else the one of the set-up
    fields         of the card; they win over the template
    raises         ChooseTemplate when there are several templates and none is named; NumberTaken; ProblemsFound
    """
    chosen = choose_template(template)
    customer = Customer(name=name, number=number.strip(), **fields)
    if chosen is not None:
        copy_template(chosen, customer, mode=FILL, keep=fields.keys())
    series = number_series or (chosen.number_series if chosen else "") or registry.customer_number_series()
    if not series and not customer.number:
        raise errors.NoNumberSeries()
    card.complete(customer)
    raise_problems(name, card.check(customer, formats=vat_formats(customer.country_code)))

    if series:
        customer.number = number_for(series, typed=number, on=on)
    customer.invoice_discount_code = fields.get("invoice_discount_code") or customer.number
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError as error:
        if Customer.objects.filter(number=customer.number).exists():
            raise errors.NumberTaken(number=customer.number) from error
        raise
    return customer


def choose_template(code: str | None) -> CustomerTemplate | None:
    """The template of a new customer: the one named, or the only one; several want to be chosen from."""
    if code == "":
        return None
    if code is not None:
        template = CustomerTemplate.objects.filter(code=code).first()
        if template is None:
            raise errors.NoSuchTemplate(template=code)
        return template
    templates = list(CustomerTemplate.objects.order_by("code")[:20])
    if len(templates) > 1:
        raise errors.ChooseTemplate(templates=", ".join(template.code for template in templates))
    return templates[0] if templates else None
