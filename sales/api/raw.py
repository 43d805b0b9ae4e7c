"""Blanket orders, return orders, return receipts and archived versions, which v2.0 shows with the names of its tables.

It only reads these sets; here working documents are written with the same names as well (source: api-v2, sections 11.1,
13.2, 13.3). Identifiers of customers and currencies, which v2.0 does not show of them, are extensions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from customers.models import (
    Customer,
    CustomerPostingGroup,
    PaymentTerms,
    ResponsibilityCenter,
    Salesperson,
    ShipmentMethod,
)
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Many, One
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Code,
    Day,
    Dec,
    Guid,
    Int,
    Moment,
    Number,
    Property,
    Text,
    as_extension,
)
from inventory.models import Location
from posting.api.codes import CurrencyCode
from posting.models import GeneralBusinessGroup, VATBusinessGroup
from sales.api import properties as of_head
from sales.api.head import document_key, modified
from sales.api.kinds import CountryCode
from sales.api.line_properties import charged
from sales.api.shipment_lines import RAW_LINE_TYPE
from sales.models import SalesDocument

Type = SalesDocument.Type
DOCUMENT_TYPE: Mapping[str, str] = {
    Type.QUOTE: "Quote",
    Type.ORDER: "Order",
    Type.INVOICE: "Invoice",
    Type.CREDIT_MEMO: "Credit Memo",
    Type.BLANKET_ORDER: "Blanket Order",
    Type.RETURN_ORDER: "Return Order",
}


@dataclass(frozen=True, kw_only=True)
class RawCurrencyCode(CurrencyCode):
    """A currency by the code that a row keeps; blank is local currency, as the tables have it."""

    nullable: bool = False
    gives: str = "code"

    def show(self, value: Any, asking: Asking) -> str:
        return value or ""


# Properties -----------------------------------------------------------------------------------------------------------


def raw_address(name: str, column: str) -> tuple[Property, ...]:
    """The six parts of an address: raw_address("sellTo", "sell_to")."""
    return (
        Text(f"{name}Address", f"{column}_address", length=100),
        Text(f"{name}Address2", f"{column}_address_2", length=50),
        Text(f"{name}City", f"{column}_city", length=30),
        CountryCode(f"{name}CountryRegionCode", f"{column}_country_code"),
        Text(f"{name}County", f"{column}_county", length=30),
        Text(f"{name}PostCode", f"{column}_post_code", length=20),
    )


def named(name: str, column: str, length: int, of: Any) -> Property:
    """A code of a set-up table; routines get the code."""
    return Code(name, column, length=length, of=of, by="code", gives="code", to=column)


def customer_number(name: str, path: str, to: str) -> Property:
    return Number(name, f"{path}__number", length=20, of=Customer, by="number", to=to, nullable=True)


HEAD: tuple[Property, ...] = (
    *document_key(),
    Text("externalDocumentNumber", "external_document_no", length=35, sortable=True),
    Day("documentDate", "document_date"),
    Day("postingDate", "posting_date"),
    Day("dueDate", "due_date"),
    customer_number("sellToCustomerNumber", "customer", "customer"),
    Text("sellToCustomerName", "sell_to_name", length=100),
    Text("billToName", "bill_to_name", length=100),
    customer_number("billToCustomerNumber", "bill_to_customer", "bill_to"),
    *of_head.ship_to(),
    *raw_address("sellTo", "sell_to"),
    *raw_address("shipTo", "ship_to"),
    *raw_address("billTo", "bill_to"),
    RawCurrencyCode("currencyCode", "currency_code", to="currency_code"),
    Bool("pricesIncludingVAT", "prices_including_vat"),
    named("paymentTermsCode", "payment_terms_code", 10, PaymentTerms),
    named("shipmentMethodCode", "shipment_method_code", 10, ShipmentMethod),
    named("salespersonCode", "salesperson_code", 20, Salesperson),
    Day("orderDate", "order_date", sortable=True),
    Day("requestedDeliveryDate", "requested_delivery_date"),
    Text("yourReference", "your_reference", length=35),
    Number("quoteNumber", "quote_no", length=20, read_only=True),
    named("locationCode", "location_code", 10, Location),
    *of_head.dimensions(),
    named("customerPostingGroup", "customer_posting_group", 20, CustomerPostingGroup),
    named("genBusPostingGroup", "gen_bus_posting_group", 20, GeneralBusinessGroup),
    named("vatBusPostingGroup", "vat_bus_posting_group", 20, VATBusinessGroup),
    Text("sellToContact", "sell_to_contact", length=100),
    Text("billToContact", "bill_to_contact", length=100),
    named("responsibilityCenter", "responsibility_center_code", 10, ResponsibilityCenter),
    Choice("status", "status", values=of_head.INTERNAL_STATUS, type="SalesDocStatus", read_only=True),
    modified(),
    *as_extension(
        Guid("sellToCustomerId", "customer__uuid", of=Customer, to="customer", nullable=True),
        Guid("billToCustomerId", "bill_to_customer__uuid", of=Customer, to="bill_to", nullable=True),
        of_head.currency_id(),
    ),
)


def head(*, without: Iterable[str] = ()) -> tuple[Property, ...]:
    """The properties of a head, but for some that a set does not have."""
    left_out = frozenset(without)
    return tuple(each for each in HEAD if each.name not in left_out)


def line_key() -> tuple[Property, ...]:
    """Which line of which document it is, what it sells and for how much: from `id` to `amountIncludingTax`."""
    return (
        Guid("id", "uuid", read_only=True),
        Choice("documentType", "document__type", values=DOCUMENT_TYPE, type="SalesDocType", read_only=True),
        Number("documentNumber", "document__number", length=20, to="document_number"),
        Int("sequence", "line_no", to="line_no", sortable=True),
        Choice("lineType", "type", values=RAW_LINE_TYPE, type="SalesLineType"),
        Number("lineObjectNumber", "number", length=20, to="number"),
        Text("description", "description", length=100),
        Text("description2", "description_2", length=50),
        Code("unitOfMeasureCode", "unit_code", length=10),
        Dec("quantity", "quantity"),
        Dec("unitPrice", "unit_price"),
        Dec("lineDiscountPercent", "line_discount_percent"),
        Dec("lineDiscountAmount", "line_discount_amount", scale=2),
        Dec("lineAmount", "line_amount", scale=2),
        Dec("taxPercent", charged(), read_only=True),
        Dec("amountIncludingTax", "amount_including_vat", scale=2, read_only=True),
    )


def line_end() -> tuple[Property, ...]:
    """What every raw line ends with; the document's identifier, variant, location and day are extensions."""
    return (
        *of_head.dimensions(),
        Moment("lastModifiedDateTime", "document__modified_at", read_only=True),
        *as_extension(
            Guid("documentId", "document__uuid", of=SalesDocument, to="document"),
            Code("variantCode", "variant_code", length=10),
            named("locationCode", "location_code", 10, Location),
            Day("shipmentDate", "shipment_date"),
        ),
    )


def outstanding() -> Any:
    return F("quantity") - F("quantity_shipped")


def ways(lines: str) -> tuple[One | Many, ...]:
    """The navigation of a working document of which the lines are the set `lines`."""
    return (
        Many(lines, to=lines, by="documentId", inside=("document", "pk"), given="lines"),
        *paper_ways(),
    )


def paper_ways() -> tuple[One | Many, ...]:
    """What hangs on every paper, and whom it is for."""
    return (
        One("customer", to="customers", key="sellToCustomerId", path="customer"),
        One("pdfDocument", to="pdfDocument", by="parentId"),
        Many("attachments", to="attachments", by="parentId"),
        Many("documentAttachments", to="documentAttachments", by="parentId"),
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
    )
