"""What sales papers are called, and the words behind the codes on them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from customers.models import PaymentMethod, PaymentTerms, Salesperson, ShipmentMethod, ShippingAgent
from posting.models import VATClause


class Variant(NamedTuple):
    """One kind of paper.

    title      what stands at its top
    demands    it asks for money: due date and bank stand on it
    mails_to   whose address is asked first for mail: "sell_to", or "bill_to" for what is to be paid
    """

    title: str
    demands: bool = False
    mails_to: str = "sell_to"
    has_amounts: bool = True


DOCUMENTS = {
    "quote": Variant(_("Quote")),
    "order": Variant(_("Order confirmation")),
    "blanket_order": Variant(_("Blanket order")),
    "return_order": Variant(_("Return order confirmation")),
    "invoice": Variant(_("Draft invoice"), demands=True, mails_to="bill_to"),
    "credit_memo": Variant(_("Draft credit memo"), mails_to="bill_to"),
}
POSTED = {
    "shipment": Variant(_("Delivery note"), has_amounts=False),
    "invoice": Variant(_("Invoice"), demands=True, mails_to="bill_to"),
    "credit_memo": Variant(_("Credit memo"), mails_to="bill_to"),
    "return_receipt": Variant(_("Return receipt"), has_amounts=False),
}
PRO_FORMA = Variant(_("Pro forma invoice"))
DRAFTS = ("invoice", "credit_memo")


def _word(model: type[Model], code: str, column: str = "description") -> str:
    if not code:
        return ""
    return model.objects.filter(code=code).values_list(column, flat=True).first() or code


def payment_terms(code: str) -> str:
    return _word(PaymentTerms, code)


def payment_method(code: str) -> str:
    return _word(PaymentMethod, code)


def shipment_method(code: str) -> str:
    return _word(ShipmentMethod, code)


def shipping_agent(code: str) -> str:
    return _word(ShippingAgent, code, "name")


def salesperson(code: str) -> str:
    return _word(Salesperson, code, "name")


def vat_clauses(codes: Iterable[str]) -> list[str]:
    """The sentences of VAT clauses, each once, in the order of their codes."""
    rows = VATClause.objects.filter(code__in={code for code in codes if code}).order_by("code")
    return list(rows.values_list("description", flat=True))
