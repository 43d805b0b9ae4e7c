"""Sales documents with their lines, and what is done with them: released, shipped, invoiced."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from customers.models import Customer, PaymentMethod, PaymentTerms, Salesperson, ShipmentMethod, ShippingAgent
from integration.imports.targets.context import Context
from integration.imports.targets.memory import Memory
from integration.imports.targets.target import Field, Record, StepRecord, Target, field_of, fields_of
from inventory.models import Item, ItemCharge, Location, Resource
from posting.models import Currency, GeneralProductGroup, GLAccount, VATProductGroup
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.routines.draft import draft
from sales.routines.post import post
from sales.routines.release import release
from sales.values import SalesValues

HEAD = (
    "external_document_no", "your_reference", "order_date", "document_date", "posting_date", "due_date",
    "shipment_date", "requested_delivery_date", "promised_delivery_date", "valid_until", "prices_including_vat",
    "shipping_agent_service_code", "shipping_advice", "package_tracking_no", "posting_description",
    "eu_3_party_trade", "ship_to_code", "ship_to_name", "ship_to_name_2", "ship_to_address", "ship_to_address_2",
    "ship_to_post_code", "ship_to_city", "ship_to_county", "ship_to_country_code", "ship_to_contact",
)  # fmt: skip
CODES = {
    "currency_code": Currency,
    "salesperson_code": Salesperson,
    "payment_terms_code": PaymentTerms,
    "payment_method_code": PaymentMethod,
    "shipment_method_code": ShipmentMethod,
    "shipping_agent_code": ShippingAgent,
    "location_code": Location,
}
LINE = (
    "number", "quantity", "unit_price", "line_discount_percent", "line_discount_amount", "unit_code", "variant_code",
    "description", "item_reference_no", "return_reason_code", "allow_invoice_discount",
)  # fmt: skip
LINE_CODES = {
    "location_code": Location,
    "gen_prod_posting_group": GeneralProductGroup,
    "vat_prod_posting_group": VATProductGroup,
}
LINE_NUMBERS = {
    LineType.ITEM: Item,
    LineType.GL_ACCOUNT: GLAccount,
    LineType.RESOURCE: Resource,
    LineType.CHARGE: ItemCharge,
}
CUSTOMER_DEFAULTS = (
    "gen_bus_posting_group", "vat_bus_posting_group", "customer_posting_group", "payment_terms", "payment_method",
    "currency", "shipment_method", "shipping_agent", "shipping_agent_service", "salesperson", "bill_to_customer",
)  # fmt: skip
POSTS = {"ship": (True, False), "invoice": (False, True), "post": (True, True)}  # goods, money


class Errand(NamedTuple):
    """A step of one document, on the date that puts it in order."""

    on: date
    record: Record
    step: StepRecord


def write_documents(records: Sequence[Record], context: Context) -> None:
    """Write the documents in the order of the file, then take their steps in the order of their dates.

    A document that was imported before is not written again; it only takes the steps that it has not taken yet.
    """
    desk = Desk(context)
    fresh = [record for record in records if record.key not in desk.memory]
    context.done["kept"] += len(records) - len(fresh)
    for record in context.each(fresh, verb="write"):
        if context.attempt(record, desk.write, record):
            context.done["added"] += 1
    if context.errors:
        return
    errands = desk.errands(records)
    desk.find(errands)
    for errand in context.each(errands, verb="post"):
        if context.attempt(errand.record, desk.take, errand):
            context.done[errand.step.verb] += 1
    if not context.errors:
        desk.memory.save()


class Desk:
    """Where documents are written and posted: masters and set-up are read once."""

    def __init__(self, context: Context):
        self.context = context
        self.memory = Memory(source=context.source, section=context.section, by=context.by, at=context.at)
        self.documents: dict[str, SalesDocument] = {}  # by key; those that are not done and gone
        self.values: dict[str, SalesValues] = {}  # by currency
        self.customers = {
            customer.number: customer
            for customer in Customer.objects.select_related(
                *CUSTOMER_DEFAULTS, *(f"bill_to_customer__{name}" for name in CUSTOMER_DEFAULTS[:-1])
            )
        }

    def write(self, record: Record) -> bool:
        """Draft the document with all its lines."""
        given = dict(record.values)
        type, customer, on = given.pop("type"), self.customers[given.pop("customer")], given.pop("date")
        if "currency_code" in given:
            given["currency_code"] = self._foreign(given["currency_code"])
        currency = given.get(
            "currency_code", customer.bill_to.currency.code if customer.bill_to.currency else ""
        )
        document = draft(
            type,
            customer,
            by=self.context.by,
            at=self.context.at,
            on=on,
            lines=[NewLine(**line.values) for line in record.lines],
            values=self._values(currency),
            **given,
        )
        self.documents[record.key] = document
        self.memory.remember(record.key, document_type=type, number=document.number)
        return True

    def errands(self, records: Sequence[Record]) -> list[Errand]:
        """The steps not yet taken, oldest first; on one day in the order of the file."""
        errands = [
            Errand(step.on or record.values["date"], record, step)
            for record in records
            for step in record.steps
            if step.verb not in self.memory.steps(record.key)
        ]
        return sorted(errands, key=lambda errand: errand.on)

    def find(self, errands: Sequence[Errand]) -> None:
        """The documents of an earlier import that have steps to take; those that somebody posted are gone."""
        wanted = {
            (known.document_type, known.number): errand.record.key
            for errand in errands
            if errand.record.key not in self.documents and (known := self.memory.known[errand.record.key])
        }
        numbers = {number for _type, number in wanted}
        for document in SalesDocument.objects.filter(number__in=numbers) if numbers else ():
            key = wanted.get((document.type, document.number))
            if key is not None:
                self.documents[key] = document

    def take(self, errand: Errand) -> bool:
        """Release or post one document; False when it is gone already."""
        key, step = errand.record.key, errand.step
        document = self.documents.get(key)
        if document is None:
            return False
        common = {
            "by": self.context.by,
            "at": self.context.at,
            "values": self._values(document.currency_code),
        }
        if step.verb == "release":
            self.documents[key] = release(document, **common)
        else:
            ships, invoices = POSTS[step.verb]
            posted = post(document, ship=ships, invoice=invoices, posting_date=step.on, **common)
            if posted.document is None:
                del self.documents[key]
            else:
                self.documents[key] = posted.document
        self.memory.took(key, step.verb)
        return True

    def _values(self, currency: str) -> SalesValues:
        if currency not in self.values:
            self.values[currency] = SalesValues.load(currency)
        return self.values[currency]

    def _foreign(self, code: str) -> str:
        """Documents write the local currency as blank."""
        return "" if code == self.context.known.lcy else code


def check_document(record: Record) -> str:
    """What is wrong with a document as a whole; empty when nothing is."""
    if record.steps and not record.lines:
        return _("has no line, so nothing can be released or posted")
    return ""


DOCUMENTS = Target(
    name="documents",
    fields={
        "type": field_of(SalesDocument, "type"),
        "customer": Field("customer", required=True, names=Customer),
        "date": Field("date", kind="date", required=True),
        "number": field_of(SalesDocument, "number", required=False),
        **fields_of(SalesDocument, *HEAD),
        **{name: Field(name, names=model) for name, model in CODES.items()},
    },
    key=("external_document_no",),
    write=write_documents,
    line_fields={
        "type": field_of(SalesLine, "type", required=False),
        **fields_of(SalesLine, *LINE),
        **{name: Field(name, names=model) for name, model in LINE_CODES.items()},
    },
    line_names=lambda values: LINE_NUMBERS.get(values.get("type", LineType.ITEM)),
    steps=("release", *POSTS),
    check=check_document,
)
