"""Questions across sales tables. Amounts in local currency, VAT included, unless a name says otherwise."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Round

from inventory.demand import Wanted
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesLine, SalesShipment
from sales.traits import TRAITS

Type = SalesDocument.Type


def outstanding_orders(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what is ordered and has not left."""
    return _worth(customer_ids, Type.ORDER, F("quantity") - F("quantity_shipped"))


def shipped_not_invoiced(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what has left on orders and is not invoiced."""
    return _worth(customer_ids, Type.ORDER, F("quantity_shipped") - F("quantity_invoiced"))


def outstanding_invoices(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: invoices that are written and not posted."""
    return _worth(customer_ids, Type.INVOICE, F("quantity") - F("quantity_shipped"))


def returned_not_credited(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what has come back on return orders and is not credited."""
    return _worth(customer_ids, Type.RETURN_ORDER, F("quantity_shipped") - F("quantity_invoiced"))


def outstanding_returns(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what is announced on return orders and has not come back."""
    return _worth(customer_ids, Type.RETURN_ORDER, F("quantity") - F("quantity_shipped"))


def open_lines(item_ids: Collection[int]) -> list[Wanted]:
    """What orders still want of some items, and what return orders will bring; base units, one query."""
    rows = SalesLine.objects.filter(
        item_id__in=item_ids, document__type__in=[Type.ORDER, Type.RETURN_ORDER]
    ).exclude(outstanding_base=0)
    columns = (
        "document__type",
        "item_id",
        "variant_code",
        "location_code",
        "outstanding_base",
        "shipment_date",
    )
    return [
        Wanted(item_id, variant, location, quantity if type == Type.ORDER else -quantity, on)
        for type, item_id, variant, location, quantity, on in rows.order_by("id").values_list(*columns)
    ]


def use_of(kind: str, key) -> str:
    """The first working document on which an item, one of its units or a location stands, in words; or nothing."""
    wanted = {
        "item": lambda: {"item_id": key},
        "unit": lambda: {"item_id": key[0], "unit_code": key[1]},
        "location": lambda: {"location_code": key},
    }[kind]()
    line = SalesLine.objects.filter(**wanted).select_related("document").order_by("id").first()
    return str(line.document) if line else ""


def papers_of_order(number: str) -> dict[str, list]:
    """Everything posted from an order, by kind, in the order of posting."""
    kinds = {
        "shipments": SalesShipment,
        "invoices": SalesInvoice,
        "return_receipts": ReturnReceipt,
        "credit_memos": SalesCreditMemo,
    }
    return {name: list(model.objects.filter(order_no=number).order_by("id")) for name, model in kinds.items()}


def has_papers(type: str, number: str) -> bool:
    """Whether anything was posted from a document of this type and number, be it gone by now."""
    traits = TRAITS[type]
    models = (ReturnReceipt, SalesCreditMemo) if traits.receives else (SalesShipment, SalesInvoice)
    if traits.at_once:
        return models[1].objects.filter(Q(draft_no=number) | Q(number=number)).exists()
    return any(model.objects.filter(order_no=number).exists() for model in models)


def papers_of_register(paper) -> dict[str, list]:
    """The papers posted in one run with a paper: an invoice that shipped at once, and its shipment."""
    kinds = {
        "shipments": SalesShipment,
        "invoices": SalesInvoice,
        "return_receipts": ReturnReceipt,
        "credit_memos": SalesCreditMemo,
    }
    that_day = {
        "customer_id": paper.customer_id,
        "posting_date": paper.posting_date,
        "register_no": paper.register_no,
    }
    return {name: list(model.objects.filter(**that_day).order_by("id")) for name, model in kinds.items()}


def unfinished_document(customer_id: int) -> SalesDocument | None:
    """The first document on which the customer, ordering or paying, still has something outstanding."""
    theirs = Q(customer_id=customer_id) | Q(bill_to_customer_id=customer_id)
    return SalesDocument.objects.filter(theirs).order_by("type", "number").first()


def _worth(customer_ids: Collection[int], type: str, quantity) -> dict[int, Decimal]:
    lines = SalesLine.objects.filter(
        document__type=type, document__bill_to_customer_id__in=customer_ids
    ).exclude(quantity=0)
    share = Round(F("amount_including_vat") * quantity / F("quantity"), precision=2)
    worth = Round(share / F("document__currency_factor"), precision=2)
    rows = lines.order_by().values_list("document__bill_to_customer_id").annotate(worth=Sum(worth))
    return {customer_id: amount for customer_id, amount in rows if amount}
