"""Copy what a template says into customers: where nothing was said yet, or over what was."""

from collections.abc import Collection, Iterable
from typing import Literal

from django.db import models, transaction

from customers.models import Customer, CustomerTemplate
from customers.models.customer import CustomerDefaults
from erp.kernel.access import needs

FILL = "fill"
UPDATE = "update"
Mode = Literal["fill", "update"]

FIELDS = tuple(field.attname for field in CustomerDefaults._meta.fields)


@needs("customers.change_customer")
@transaction.atomic
def apply_template(
    template: CustomerTemplate, customers: Iterable[Customer], *, mode: Mode
) -> list[Customer]:
    """Apply a template to existing customers; returns those that changed.

    mode  "fill" keeps what a customer has; "update" overwrites it with every value the template has
    """
    keys = [customer.pk for customer in customers]
    changed = []
    for customer in Customer.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        fields = copy_template(template, customer, mode=mode)
        if fields:
            customer.save(update_fields=[*fields, "modified_at"])
            changed.append(customer)
    return changed


def copy_template(
    template: CustomerTemplate, customer: Customer, *, mode: Mode, keep: Collection[str] = ()
) -> list[str]:
    """Copy into a card, without saving it; returns the columns that changed.

    keep  fields that were given by hand and stay

    A template's field counts as empty while it holds its initial value; number, number series and the invoice
    discount code are no part of a template.
    """
    changed = []
    for name in FIELDS:
        field = CustomerTemplate._meta.get_field(name)
        value, current = getattr(template, name), getattr(customer, name)
        if value == _initial(field) or value == current or field.name in keep or name in keep:
            continue
        if mode == UPDATE or current == _initial(Customer._meta.get_field(name)):
            setattr(customer, name, value)
            changed.append(name)
    return changed


def _initial(field: models.Field):
    return field.to_python(field.get_default())
