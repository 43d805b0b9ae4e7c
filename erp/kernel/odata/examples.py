"""Believable examples: Adatum orders two bicycles on 2 March 2026.

    example(entities, "read")        # an entity as GET shows it
    example(entities, "create")      # the least that makes a sensible new one
    example(entities, "update")      # a change of one or two properties

A property's own `example` comes first; then its name says what it is, else its kind. They are the same for ever.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from erp.kernel.odata.codec import encode
from erp.kernel.odata.entity import Action, EntitySet, Many, entity_set
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Day,
    Dec,
    Formula,
    Guid,
    Int,
    Moment,
    Property,
    Stream,
    Text,
    trimmed,
)
from erp.kernel.odata.reading import etag_of

NAMED: Mapping[str, Any] = {
    "addressLine1": "Hoofdstraat 12", "address": "Hoofdstraat 12", "city": "Utrecht", "postalCode": "3511 AA",
    "postCode": "3511 AA", "country": "NL", "countryRegionCode": "NL", "phoneNumber": "+31 30 555 0142",
    "email": "orders@adatum.example", "website": "https://adatum.example", "contact": "Anna Visser",
    "contactName": "Anna Visser", "customerName": "Adatum", "customerNumber": "ADATUM", "billToName": "Adatum",
    "billToCustomerNumber": "ADATUM", "sellToCustomerNumber": "ADATUM", "sellToCustomerName": "Adatum",
    "shipToName": "Adatum", "externalDocumentNumber": "PO-4711", "currencyCode": "EUR", "currency": "EUR",
    "itemNumber": "BICYCLE", "lineObjectNumber": "BICYCLE", "description": "Bicycle", "quantity": 2,
    "unitPrice": 400, "unitCost": 250, "unitOfMeasureCode": "PCS", "baseUnitOfMeasureCode": "PCS",
    "paymentTermsCode": "30D", "dueDateCalculation": "30D", "salesperson": "JO", "salespersonCode": "JO",
    "locationCode": "MAIN", "amount": 800, "totalAmountExcludingTax": 800, "totalTaxAmount": 152,
    "totalAmountIncludingTax": 952, "taxPercent": 19, "netAmount": 800, "discountPercent": 2, "sequence": 10000,
    "lineNumber": 10000, "accountNumber": "1100", "documentNumber": "S-INV-0107", "name": "Adatum",
    "lineType": "Item", "type": "Item", "parentType": "Sales Order", "fileName": "drawing.pdf",
    "notificationUrl": "https://shop.example/hooks", "resource": "salesOrders", "clientState": "shop",
    "referenceNumber": "4006381333931", "comment": "As agreed by phone.",
    "orderNumber": "S-ORD-1001", "creditLimit": 5000, "balanceDue": 952, "taxRegistrationNumber": "NL001234567B01",
}  # fmt: skip
NUMBERS: Mapping[str, str] = {  # of the entity itself
    "customer": "ADATUM", "item": "BICYCLE", "salesOrder": "S-ORD-1001", "salesQuote": "S-QUO-1001",
    "salesInvoice": "S-INV-0107", "salesCreditMemo": "S-CRM-0012", "salesShipment": "S-SHP-0105",
    "account": "1100",
}  # fmt: skip
TITLES: Mapping[str, str] = {
    "customer": "Adatum", "item": "Bicycle", "company": "Handel", "location": "Main warehouse",
    "unitOfMeasure": "Piece", "paymentTerm": "30 days net", "currency": "Euro", "account": "Customers",
    "itemCategory": "Bicycles", "paymentMethod": "Bank transfer", "shipmentMethod": "Ex works",
    "companyInformation": "Handel", "salesOrderLine": "Bicycle",
}  # fmt: skip
CODES: Mapping[str, str] = {
    "paymentTerm": "30D", "currency": "EUR", "location": "MAIN", "unitOfMeasure": "PCS", "itemCategory": "BIKES",
    "paymentMethod": "BANK", "shipmentMethod": "EXW", "countryRegion": "NL",
}  # fmt: skip
# What a line starts with, after what it must have.
TELLING = ("customerNumber", "sellToCustomerNumber", "itemNumber", "lineObjectNumber", "lineType", "parentType",
           "parentId", "displayName", "description", "quantity", "unitPrice", "externalDocumentNumber")  # fmt: skip
DAY, MOMENT = "2026-03-02", "2026-03-02T10:15:00.000Z"


def example(entities: EntitySet, use: str) -> dict[str, Any]:
    """An entity as it is read, or the body that makes or changes one."""
    if use == "read":
        shown = [each for each in _own(entities) if not isinstance(each, Stream)]
        return {"@odata.etag": etag_of([entities.name]), **_values(shown, entities.entity)}
    chosen = _chosen(entities, creating=use == "create")
    found = _values(chosen, entities.entity)
    if use == "create":
        for way in entities.navigation:
            if isinstance(way, Many) and way.given and (theirs := entity_set(way.to)) is not None:
                found[way.name] = [below(example(theirs, "create"), way)]
                break
    return found


def below(body: dict[str, Any], way: Many) -> dict[str, Any]:
    """A body for where the address, or the body around it, names the parent."""
    return {name: value for name, value in body.items() if name != way.by}


def _own(entities: EntitySet) -> list[Property]:
    """The properties that are shown unless more is asked for; all, where the whole set is an extension."""
    return [each for each in entities.properties if entities.is_extension or not each.extension]


def action_example(action: Action) -> dict[str, Any]:
    """A body for an action."""
    lists = {name: [_values(properties, "")] for name, properties in action.lists.items()}
    return _values(action.given, "") | lists


def answer_example(action: Action) -> dict[str, Any]:
    """What an action answers."""
    return _values(action.answers, "")


def value_of(each: Property, entity: str = "") -> Any:
    """A value that the property can have, as JSON has it."""
    if each.example is not None:
        return each.example
    if isinstance(each, Choice):
        names = list(each.values.values())
        told = NAMED.get(each.name)
        return encode(told if told in names else next((name for name in names if name.strip()), ""))
    if isinstance(each, Guid):
        return str(uuid5(NAMESPACE_URL, entity if each.is_key else each.name.removesuffix("Id")))
    if each.edm == "Collection(Edm.Guid)":
        return [str(uuid5(NAMESPACE_URL, each.name))]
    found = _named(each, entity)
    if isinstance(each, Text):
        text = found if isinstance(found, str) else _text(each)
        return text[: each.length]
    if isinstance(each, Dec):
        return trimmed(round(Decimal(found), each.scale)) if isinstance(found, int) else Decimal(0)
    if isinstance(each, Int):
        return found if isinstance(found, int) else 1
    if isinstance(each, Bool):
        return False
    if isinstance(each, Day | Moment):
        return DAY if isinstance(each, Day) else MOMENT
    return ""


def _named(each: Property, entity: str) -> Any:
    own = {"number": NUMBERS, "code": CODES, "displayName": TITLES, "name": TITLES}.get(each.name)
    if own is not None and entity in own:
        return own[entity]
    return NAMED.get(each.name)


def _text(each: Text) -> str:
    if isinstance(each, Formula):
        return "30D"
    usual = {"code": "A", "number": "1001", "displayName": "Standard"}.get(each.name)
    return usual or ("A" if each.required else "")


def _chosen(entities: EntitySet, *, creating: bool) -> list[Property]:
    """The properties that a body names: what it must, and what tells most."""
    open_ones = {
        each.name: each for each in _own(entities)
        if not (each.read_only or each.is_key or isinstance(each, Stream))
    }  # fmt: skip
    telling = [open_ones[name] for name in (*entities.needs, *TELLING) if name in open_ones]
    required = [each for each in open_ones.values() if each.required]
    if creating:
        said = {each.inside: each for each in [*reversed(telling), *reversed(required)]}
        return list(reversed(said.values())) or list(open_ones.values())[:1]
    changed = [each for each in telling if not each.required] or telling or list(open_ones.values())
    return changed[-1:]


def _values(properties: Iterable[Property], entity: str) -> dict[str, Any]:
    return {each.name: value_of(each, entity) for each in properties}


__all__ = ["action_example", "answer_example", "below", "example", "value_of"]
