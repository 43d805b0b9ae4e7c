"""Block a customer: for shipments, for invoices, for everything, or for the sake of privacy."""

from django.db import transaction

from customers import errors
from customers.models import BlockedFor, Customer
from erp.kernel.access import needs


@needs("customers.block_customer")
@transaction.atomic
def block_customer(customer: Customer, *, blocked: str, is_confirmed: bool = False) -> Customer:
    """Set what may no longer happen; empty unblocks.

    is_confirmed  that privacy blocking ends, where it is on and `blocked` is not "all"
    raises        ConfirmUnblocking
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if customer.privacy_blocked and blocked != BlockedFor.ALL:
        if not is_confirmed:
            raise errors.ConfirmUnblocking(customer=customer.number)
        customer.privacy_blocked = False
    customer.blocked = BlockedFor(blocked)
    customer.save(update_fields=["blocked", "privacy_blocked", "modified_at"])
    return customer


@needs("customers.block_customer")
@transaction.atomic
def block_for_privacy(customer: Customer, *, on: bool) -> Customer:
    """Switch privacy blocking: on blocks everything, off unblocks everything."""
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if customer.privacy_blocked != on:
        customer.privacy_blocked = on
        customer.blocked = BlockedFor.ALL if on else BlockedFor.NOTHING
        customer.save(update_fields=["blocked", "privacy_blocked", "modified_at"])
    return customer
