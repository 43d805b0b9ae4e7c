"""From an address to a document, from typed text to a customer or an item."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from customers.models import Customer
from customers.resolve import resolve
from inventory.models import Item, ItemCharge, ItemReference, Resource
from inventory.selectors import items_meant
from posting.models import GLAccount
from sales.models import SalesDocument, SalesLine
from sales.traits import TRAITS

OFFERED = 200  # how many masters the browser is given to type ahead with


def document_or_404(type: str, number: str) -> SalesDocument:
    if type not in TRAITS:
        raise Http404
    documents = SalesDocument.objects.select_related(
        "customer", "bill_to_customer", "customer_template", "progress__reason"
    )
    return get_object_or_404(documents, type=type, number=number)


def line_or_404(document: SalesDocument, line_no: int) -> SalesLine:
    line = get_object_or_404(document.lines.select_related("item"), line_no=line_no)
    line.document = document
    return line


@dataclass(frozen=True)
class Choice:
    """One of several things that a text can mean."""

    number: str
    name: str


@dataclass(frozen=True)
class Meant:
    """What a text means: one number, or several to choose from, or nothing.

    is_reference  the number is a reference or bar code, which stands for an item, a variant and a unit
    """

    number: str = ""
    choices: tuple[Choice, ...] = ()
    is_reference: bool = False


def customer_meant(text: str) -> tuple[Customer | None, tuple[Choice, ...]]:
    found = resolve(text)
    return found.customer, tuple(
        Choice(row.number, f"{row.name}, {row.city}".strip(", ")) for row in found.candidates
    )


def item_meant(text: str) -> Meant:
    text = text.strip()
    if Item.objects.filter(number=text).exists():
        return Meant(text)
    if ItemReference.objects.filter(reference_no=text).exists():
        return Meant(text, is_reference=True)
    items = items_meant(text)
    if len(items) == 1:
        return Meant(items[0].number)
    return Meant(choices=tuple(Choice(item.number, item.description) for item in items))


def offered_customers() -> list[tuple[str, str]]:
    return list(Customer.objects.sellable().values_list("number", "name")[:OFFERED])


def offered_items() -> list[tuple[str, str]]:
    return list(Item.objects.sellable().values_list("number", "description")[:OFFERED])


def offered_for(document: SalesDocument) -> list[tuple[str, str]]:
    """What a new line of a document can name: items; on a free text invoice the accounts."""
    if not document.free_text:
        return offered_items()
    accounts = GLAccount.objects.filter(type=GLAccount.Type.POSTING, direct_posting=True, blocked=False)
    return list(accounts.order_by("number").values_list("number", "name")[:OFFERED])


def offered_services() -> list[tuple[str, str]]:
    """Resources and item charges, to type ahead with beside the items."""
    resources = Resource.objects.filter(blocked=False, privacy_blocked=False).values_list("number", "name")
    return [*resources[:OFFERED], *ItemCharge.objects.values_list("number", "description")[:OFFERED]]
