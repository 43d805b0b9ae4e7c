"""Customers over the API: made by template, changed by the rules of the card, and with the rights of its fields.

They are declared in this room, and not in `customers`, because they show what is overdue and name locations.
"""

from typing import Any

from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from customers.errors import NumberTaken
from customers.models import Customer, CustomerTemplate
from customers.models.customer import FOUND_BY
from customers.rights import closed_fields
from customers.routines.block import block_customer
from customers.routines.change import change_customer
from customers.routines.create import create_customer
from customers.routines.delete import delete_customer
from customers.selectors import same_vat_number
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, Many, One
from erp.kernel.odata.errors import ApiError, denied, invalid
from erp.kernel.odata.properties import (
    Bool,
    Choice,
    Code,
    Dec,
    Guid,
    GuidOfCode,
    Moment,
    Number,
    Property,
    Text,
    as_extension,
)
from erp.kernel.odata.writing import keep
from inventory.models import Location
from posting.api.codes import country_code
from receivables import selectors
from receivables.api import card
from receivables.api.template_choice import choose_template

MONEY = ("receivables.view_customerbalance", "receivables.view_openitem")
# What is left out for those who may not see what customers owe: property, and the field that it writes.
HIDDEN = {"balanceDue": "", "creditLimit": "credit_limit"}
BLOCKED = {"": "", "ship": "Ship", "invoice": "Invoice", "all": "All"}
TEMPLATE = "template"


def overdue(asking: Asking) -> Any:
    """What was due before the work date, in local currency; nothing for those who may not see it."""
    return selectors.overdue_expression(asking.on) if asking.user.has_perms(MONEY) else None


def credit_limit(asking: Asking) -> Any:
    """The limit as it stands; nothing for those who may not see what is owed."""
    return F("credit_limit") if asking.user.has_perms(MONEY) else None


class Customers(EntitySet):
    """Who we sell to."""

    name, entity, model = "customers", "customer", Customer
    scope = "customers"
    verbs = ALL
    found_by = FOUND_BY
    properties: tuple[Property, ...] = (
        Guid("id", "uuid", read_only=True),
        Number("number", "number", length=20, sortable=True, example="10000"),
        Text("displayName", "name", length=100, required=True, example="Adatum Corporation"),
        card.type(),
        Text("addressLine1", "address", length=100),
        Text("addressLine2", "address_2", length=50),
        Text("city", "city", length=30),
        Text("state", "county", length=30),
        country_code("country", example="NO"),
        Text("postalCode", "post_code", length=20),
        Text("phoneNumber", "phone_no", length=30),
        Text("email", "email", length=80),
        Text("website", "home_page", length=255),
        card.salesperson(),
        Dec("balanceDue", overdue, scale=2, read_only=True,
            about="What was due before the work date, in local currency. Business Central gives the whole balance."),
        Dec("creditLimit", credit_limit, to="credit_limit", scale=2, about="In local currency; 0 is unlimited."),
        Bool("taxLiable", absent=True, about="Of sales tax; there is VAT here."),
        card.tax_area(),
        Text("taxAreaDisplayName", "vat_bus_posting_group__description", length=100, read_only=True, nullable=True),
        Text("taxRegistrationNumber", "vat_registration_no", length=50, keeps=20),
        *card.currency(),
        *card.terms(),
        Choice("blocked", "blocked", values=BLOCKED, type="CustomerBlocked"),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
        *as_extension(
            Guid("billToCustomerId", "bill_to_customer__uuid", of=Customer, to="bill_to_customer", nullable=True),
            GuidOfCode("locationId", "location_code", of=Location),
            *card.defaults(),
            Code("customerTemplateCode", to=TEMPLATE, length=20, filterable=False, of=CustomerTemplate, by="code",
                 gives="code", about="What a new customer begins with; only when it is made."),
        ),
    )  # fmt: skip
    navigation = (
        One("currency", to="currencies", key="currencyId", path="currency"),
        One("paymentTerm", to="paymentTerms", key="paymentTermsId", path="payment_terms"),
        One("shipmentMethod", to="shipmentMethods", key="shipmentMethodId", path="shipment_method"),
        One("paymentMethod", to="paymentMethods", key="paymentMethodId", path="payment_method"),
        One("customerFinancialDetail", to="customerFinancialDetails", by="id"),
        One("picture", to="pictures", by="id"),
        Many("defaultDimensions", to="defaultDimensions", by="parentId"),
        One("agedAccountsReceivable", to="agedAccountsReceivables", by="customerId"),
        Many("contactsInformation", to="contactsInformation", by="relatedId"),
        Many("documentAttachments", to="documentAttachments", by="parentId"),
        Many("shipToAddresses", to="shipToAddresses", by="customerId", inside=("customer", "pk")),
    )

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Take out what the caller may not see: it must not look like nothing."""
        if not asking.user.has_perms(MONEY):
            for row in rows:
                for name in HIDDEN:
                    row.pop(name, None)

    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one from a template: the one that is named, else the one that fits best, which a warning tells."""
        named, fields = given.pop(TEMPLATE, ""), card.fields(given)
        _check_rights(self, asking, None, fields)
        template = named or choose_template(fields, warnings=asking.warnings)
        try:
            customer = create_customer(on=asking.on, template=template, **fields)
        except NumberTaken as error:
            raise invalid(error.message, "number", "Internal_EntityWithSameKeyExists")
        asking.warnings.extend(same_vat_number(customer))
        return customer.uuid

    def change(self, asking: Asking, record: Customer, given: dict[str, Any]) -> None:
        """Change the card; the number stays, because papers and prices name it."""
        if given.pop(TEMPLATE, ""):
            raise invalid(_("A template is chosen when a customer is made."), "customerTemplateCode")
        keep(self, record, given, "number")
        fields = card.fields(given)
        _check_rights(self, asking, record, fields)
        blocked = fields.pop("blocked", None)
        if fields:
            record = change_customer(record, **fields)
        if blocked is not None and blocked != record.blocked:
            block_customer(record, blocked=blocked)
        if "vat_registration_no" in fields:
            asking.warnings.extend(same_vat_number(record))

    def remove(self, asking: Asking, record: Customer) -> None:
        """Only one of whom nothing is left in the books."""
        try:
            delete_customer(record, on=asking.on)
        except ProtectedError as error:
            used = ", ".join(sorted({str(row._meta.verbose_name) for row in error.protected_objects}))
            message = _("Customer {customer} cannot be deleted: it is named by {used}.")
            text = message.format(customer=record.number, used=used)
            raise ApiError(400, "Application_DialogException", text) from error


def _check_rights(
    entities: EntitySet, asking: Asking, record: Customer | None, given: dict[str, Any]
) -> None:
    """Refuse fields that want a right of their own (403); said again as they are, they are let through, and dropped."""
    hidden = set() if asking.user.has_perms(MONEY) else set(HIDDEN.values())
    for name in given.keys() & (closed_fields(asking.user) | hidden):
        now = getattr(record, name) if record else Customer._meta.get_field(name).get_default()
        tells = record is not None and name in hidden
        if tells or (given[name] or None) != (now or None):
            outside = next(
                (each.name for each in entities.properties if each.inside == name), "paymentTolerance"
            )
            message = _("{user} has no right to say {property} of a customer.")
            error = denied(message.format(user=asking.user.get_username(), property=outside))
            error.target = outside
            raise error
        del given[name]
