"""Ship-to addresses: rename and remove them together with the default that names them."""

from django.db import transaction

from customers.models import Customer, ShipToAddress
from erp.kernel.access import needs


@needs("customers.change_shiptoaddress")
@transaction.atomic
def rename_ship_to(address: ShipToAddress, *, code: str) -> ShipToAddress:
    """Give an address another code; a customer's default follows."""
    before = address.code
    address.code = code
    address.save(update_fields=["code"])
    Customer.objects.filter(pk=address.customer_id, ship_to_code=before).update(ship_to_code=code)
    return address


@needs("customers.delete_shiptoaddress")
@transaction.atomic
def delete_ship_to(address: ShipToAddress) -> None:
    """Remove an address; it is then nobody's default."""
    Customer.objects.filter(pk=address.customer_id, ship_to_code=address.code).update(ship_to_code="")
    address.delete()
