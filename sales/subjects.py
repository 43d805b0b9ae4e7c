"""Which records have files: what they are called, where they are kept, and who may see and change them."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Model, QuerySet

from customers.models import Customer
from inventory.models import Item
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment


class Subject(NamedTuple):
    """A kind of record that has files.

    stem  of the scopes that a token needs for it
    """

    model: type[Model]
    view: str
    change: str
    stem: str
    only: dict[str, str] = {}

    def rows(self) -> QuerySet:
        return self.model._default_manager.filter(**self.only)


CHANGE = "sales.change_salesdocument"
STEMS = {
    "quote": "sales.quotes",
    "order": "sales.orders",
    "invoice": "sales.invoices",
    "credit_memo": "sales.creditMemos",
    "blanket_order": "sales.blanketOrders",
    "return_order": "sales.returnOrders",
}
SUBJECTS = {
    **{
        f"sales.{type}": Subject(
            SalesDocument, "sales.view_salesdocument", CHANGE, STEMS[type], {"type": type}
        )
        for type in SalesDocument.Type.values
    },
    "sales.posted-shipment": Subject(SalesShipment, "sales.view_salesshipment", CHANGE, "sales.shipments"),
    "sales.posted-invoice": Subject(SalesInvoice, "sales.view_salesinvoice", CHANGE, "sales.invoices"),
    "sales.posted-credit_memo": Subject(
        SalesCreditMemo, "sales.view_salescreditmemo", CHANGE, "sales.creditMemos"
    ),
    "sales.posted-return_receipt": Subject(
        ReturnReceipt, "sales.view_returnreceipt", CHANGE, "sales.returnOrders"
    ),
    "customer": Subject(Customer, "customers.view_customer", "customers.change_customer", "customers"),
    "item": Subject(Item, "inventory.view_item", "inventory.change_item", "items"),
}


def subject_with(id: UUID) -> tuple[str, Model] | None:
    """The record that has an identifier, and what its kind is called; None where nothing has it."""
    for name, subject in SUBJECTS.items():
        record = subject.rows().filter(uuid=id).first()
        if record is not None:
            return name, record
    return None
