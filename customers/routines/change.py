"""Change a customer's card."""

from django.db import IntegrityError, transaction

from customers import card, errors
from customers.models import Customer
from customers.rights import to_change
from customers.selectors import vat_formats
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems


@needs(to_change)
@transaction.atomic
def change_customer(customer: Customer, **fields) -> Customer:
    """Set fields of the card, and those that follow from them; blocking has a routine of its own.

    raises  ProblemsFound with everything that is wrong; NumberTaken
    """
    before = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    after = Customer.objects.get(pk=customer.pk)
    for name, value in fields.items():
        if name in ("blocked", "privacy_blocked"):
            raise TypeError(f"{name} is changed by customers.routines.block")
        setattr(after, name, value)
    return save_card(after, before)


def save_card(customer: Customer, before: Customer) -> Customer:
    """Complete, check and save a card that was changed by a form; `before` is what is stored."""
    card.complete(customer, before)
    problems = card.check(customer, formats=vat_formats(customer.country_code), before=before)
    code = customer.ship_to_code
    if code and code != before.ship_to_code and not customer.ship_to_addresses.filter(code=code).exists():
        problems.append(
            errors.NoSuchShipTo(customer=customer.number, code=code).as_problem(field="ship_to_code")
        )
    raise_problems(customer, problems)
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as error:
        if Customer.objects.filter(number=customer.number).exclude(pk=customer.pk).exists():
            raise errors.NumberTaken(number=customer.number) from error
        raise
    return customer
