"""What the heads of quotes, orders, invoices and credit memos show alike: addresses, customers, currency, totals.

Each function gives a few properties; a set puts them in the order that v2.0 has. Posted papers have the same columns,
so that their sources need no other places for most of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from customers.models import Customer, PaymentTerms, Salesperson, ShipmentMethod
from erp.kernel.fields import AmountField
from erp.kernel.odata.entity import Many, One, RowVersion
from erp.kernel.odata.properties import Bool, Code, Dec, Guid, GuidOfCode, Number, Property, Text
from posting.api.codes import CurrencyCode
from posting.models import Currency
from sales.api.kinds import CountryCode, InvoiceDiscount
from sales.models import SalesDocument, SalesLine

Status = SalesDocument.Status

# How a working document stands, outside; the names of enumerations are those of v2.0.
ORDER_STATUS: Mapping[str, str] = {
    Status.OPEN: "Draft",
    Status.PENDING_APPROVAL: "In Review",
    Status.RELEASED: "Open",
    Status.PENDING_PREPAYMENT: "Open",
}
INTERNAL_STATUS: Mapping[str, str] = {
    Status.OPEN: "Open",
    Status.RELEASED: "Released",
    Status.PENDING_APPROVAL: "Pending Approval",
    Status.PENDING_PREPAYMENT: "Pending Prepayment",
}


# Groups of properties -------------------------------------------------------------------------------------------------


def read_only(*properties: Property) -> tuple[Property, ...]:
    """The same properties, which nobody may write."""
    return tuple(replace(each, read_only=True) for each in properties)


def address(name: str, column: str) -> tuple[Property, ...]:
    """The six parts of an address: address("sellTo", "sell_to")."""
    return (
        Text(f"{name}AddressLine1", f"{column}_address", length=100),
        Text(f"{name}AddressLine2", f"{column}_address_2", length=50),
        Text(f"{name}City", f"{column}_city", length=30),
        CountryCode(f"{name}Country", f"{column}_country_code"),
        Text(f"{name}State", f"{column}_county", length=30),
        Text(f"{name}PostCode", f"{column}_post_code", length=20),
    )


def customer(*, name: bool = True) -> tuple[Property, ...]:
    """Who orders: `customer` is what routines get."""
    found = (
        Guid("customerId", "customer__uuid", of=Customer, to="customer", nullable=True),
        Number(
            "customerNumber",
            "customer__number",
            length=20,
            of=Customer,
            by="number",
            to="customer",
            nullable=True,
        ),
    )
    return (*found, Text("customerName", "sell_to_name", length=100, read_only=True)) if name else found


def bill_to() -> tuple[Property, ...]:
    """Who pays: `bill_to` is what routines get. First its name, then its identifier and number."""
    place = "bill_to_customer"
    return (
        Text("billToName", "bill_to_name", length=100, read_only=True),
        Guid("billToCustomerId", f"{place}__uuid", of=Customer, to="bill_to", nullable=True),
        Number("billToCustomerNumber", f"{place}__number", length=20, of=Customer, by="number", to="bill_to",
               nullable=True),
    )  # fmt: skip


def ship_to() -> tuple[Property, ...]:
    """Whom the goods are for; the address itself is `address("shipTo", "ship_to")`."""
    return (
        Text("shipToName", "ship_to_name", length=100),
        Text("shipToContact", "ship_to_contact", length=100),
    )


def dimensions() -> tuple[Property, ...]:
    """The two global dimensions, which Handel does not have."""
    none = {"length": 20, "absent": True, "filterable": False}
    return Text("shortcutDimension1Code", **none), Text("shortcutDimension2Code", **none)


def currency_id() -> Property:
    return GuidOfCode("currencyId", "currency_code", of=Currency, gives="code", to="currency_code")


def currency_code() -> Property:
    return CurrencyCode("currencyCode", "currency_code", gives="code", to="currency_code", nullable=False)


def terms() -> tuple[Property, ...]:
    """Payment terms, how it is shipped, and who sells."""
    return (
        GuidOfCode("paymentTermsId", "payment_terms_code", of=PaymentTerms, gives="code", to="payment_terms_code"),
        GuidOfCode("shipmentMethodId", "shipment_method_code", of=ShipmentMethod, gives="code",
                   to="shipment_method_code"),
        Code("salesperson", "salesperson_code", length=20, of=Salesperson, by="code", gives="code",
             to="salesperson_code"),
    )  # fmt: skip


def contact() -> tuple[Property, ...]:
    return (
        Text("phoneNumber", "sell_to_phone_no", length=30),
        Text("email", "sell_to_email", length=80),
    )


def prices_include_tax(**more: Any) -> Property:
    return Bool("pricesIncludeTax", "prices_including_vat", **more)


def discount_before_tax() -> Property:
    """Whether discounts are without VAT; they are where prices are."""
    return Bool("discountAppliedBeforeTax", without_vat("prices_including_vat"), read_only=True)


def without_vat(path: str) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**{path: False}), BooleanField())


def partial_shipping() -> Property:
    """Whether the customer takes a part of the goods, or only all at once; `inner` makes the shipping advice of it."""
    partial = ExpressionWrapper(Q(shipping_advice=SalesDocument.ShippingAdvice.PARTIAL), BooleanField())
    return Bool("partialShipping", partial, to="partial_shipping")


def invoice_discount() -> Property:
    """`discount_amount` is what routines get: an amount, or None for the customer's rule."""
    return InvoiceDiscount("discountAmount", of_lines("inv_discount_amount"), scale=2, to="discount_amount")


def totals() -> tuple[Property, ...]:
    """What the document comes to; the sums of its lines as they are stored, and never reckoned while reading."""
    net, gross = of_lines("amount"), of_lines("amount_including_vat")
    return (
        Dec("totalAmountExcludingTax", net, scale=2, read_only=True),
        Dec("totalTaxAmount", of_lines(F("amount_including_vat") - F("amount")), scale=2, read_only=True),
        Dec("totalAmountIncludingTax", gross, scale=2, read_only=True),
    )


def of_lines(what: Any, model: Any = SalesLine) -> Coalesce:
    """The sum over the lines of the row's document; zero without lines. Its type is that of an amount."""
    rows = model.objects.filter(document=OuterRef("pk")).order_by().values("document")
    return Coalesce(
        Subquery(rows.annotate(sum=Sum(what)).values("sum"), output_field=AmountField()),
        Value(Decimal(0)),
        output_field=AmountField(),
    )


def lines_are(some: Q, *, none: Q) -> ExpressionWrapper:
    """Whether the row's document has lines of one kind, and none of another."""
    lines = SalesLine.objects.filter(document=OuterRef("pk")).order_by()
    return ExpressionWrapper(Q(Exists(lines.filter(some))) & ~Q(Exists(lines.filter(none))), BooleanField())


def versions_of_lines() -> Subquery:
    """For the etag: changes whenever a line does, comes, or goes."""
    rows = SalesLine.objects.filter(document=OuterRef("pk")).order_by().values("document")
    return Subquery(rows.annotate(sum=Sum(RowVersion())).values("sum"))


# Ways -----------------------------------------------------------------------------------------------------------------


def ways(lines: str) -> tuple[One | Many, ...]:
    """The navigation of a document of which the lines are the set `lines`."""
    return (
        One("customer", to="customers", key="customerId", path="customer"),
        One("currency", to="currencies", key="currencyId"),
        One("paymentTerm", to="paymentTerms", key="paymentTermsId"),
        One("shipmentMethod", to="shipmentMethods", key="shipmentMethodId"),
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
        Many(lines, to=lines, by="documentId", inside=("document", "pk"), given="lines"),
        One("pdfDocument", to="pdfDocument", by="parentId"),
        Many("attachments", to="attachments", by="parentId"),
        Many("documentAttachments", to="documentAttachments", by="parentId"),
    )
