"""Delete a customer of whom nothing is left in the books; block the others."""

from datetime import date

from django.db import transaction

from customers import registry
from customers.models import Customer
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems


@needs("customers.delete_customer")
@transaction.atomic
def delete_customer(customer: Customer, *, on: date) -> None:
    """Delete the card with its ship-to addresses.

    on      today: rooms above judge open fiscal years by it
    raises  ProblemsFound: unfinished projects, entries in an open fiscal year, open entries, outstanding documents,
            posted history, in this order

    Ledger entries are never rewritten, so a customer with any stays; Blocked = All is the way to retire one.
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    raise_problems(customer, registry.deletion_problems(customer, on=on))
    customer.delete()
