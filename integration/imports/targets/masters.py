"""Masters and the small tables around them: known by their number or code, added where missing, never changed."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from customers.models import (
    Customer,
    CustomerTemplate,
    PaymentMethod,
    PaymentTerms,
    Salesperson,
    ShipmentMethod,
    ShippingAgent,
    ShippingAgentService,
    ShipToAddress,
)
from customers.routines.create import create_customer
from integration.imports.targets.context import Context
from integration.imports.targets.known import code_field
from integration.imports.targets.target import Field, Record, Target, field_of, fields_of
from inventory.ledger import StockSetup
from inventory.models import Item, ItemReference, ItemUnit, ItemVariant, Location, UnitOfMeasure
from inventory.routines.create_item import create_item


def table(
    name: str, model: type[models.Model], *columns: str, key: tuple[str, ...] = (), **said: dict
) -> Target:
    """A target whose fields are columns of one table; without a key its rows are known by their code."""
    own = (code_field(model),)
    return Target(
        name=name,
        fields=fields_of(model, *(key or own), *columns, **said),
        key=key or own,
        makes=None if key else model,
        write=lambda records, context: _add_rows(model, key or own, records, context),
    )


def _add_rows(
    model: type[models.Model], key: tuple[str, ...], records: Sequence[Record], context: Context
) -> None:
    there = set(model._default_manager.values_list(*(model._meta.get_field(name).attname for name in key)))
    made = []
    for record in context.each(records, verb="write"):
        row = model(**_columns(model, record, context))
        if tuple(getattr(row, model._meta.get_field(name).attname) for name in key) in there:
            context.done["kept"] += 1
            continue
        try:
            row.clean_fields(exclude=_foreign_keys(model))
            row.clean()
        except ValidationError as error:
            for column, messages in error.message_dict.items():
                context.errors.add(record.row.error(" ".join(messages), column=column, value=record.key))
        made.append((record, row))
    if not context.errors and made:
        context.attempt(made[0][0], model._default_manager.bulk_create, [row for _record, row in made])
        context.done["added"] += len(made)


def _add_customers(records: Sequence[Record], context: Context) -> None:
    """Those who pay for others come before them."""
    there = set(Customer.objects.values_list("number", flat=True))
    payers = {record.key: record.values.get("bill_to_customer") for record in records}
    for record in context.each(sorted(records, key=lambda record: _depth(record.key, payers)), verb="write"):
        if record.key in there:
            context.done["kept"] += 1
            continue
        payer = record.values.get("bill_to_customer")
        if payer in payers and not context.known.exists(Customer, payer):
            reason = _("{payer} pays for others, but is not there before them").format(payer=payer)
            context.errors.add(record.row.error(reason, column="bill_to_customer", value=record.key))
            continue
        fields = _columns(Customer, record, context)
        fields |= {"template": record.values.get("template", ""), "on": context.on}
        if context.attempt(record, create_customer, **fields):
            context.done["added"] += 1


def _depth(number: str, payers: dict[str, str | None]) -> int:
    """How many others must be there before; in a circle somebody comes first and is refused."""
    depth, payer = 0, payers.get(number)
    while payer in payers and depth < len(payers):
        depth, payer = depth + 1, payers[payer]
    return depth


def _add_items(records: Sequence[Record], context: Context) -> None:
    there = set(Item.objects.values_list("number", flat=True))
    units = {unit.code: unit for unit in UnitOfMeasure.objects.all()}
    setup = StockSetup.load()
    for record in context.each(records, verb="write"):
        if record.key in there:
            context.done["kept"] += 1
            continue
        fields = _columns(Item, record, context)
        del fields["base_unit_id"]
        held = {
            units[record.values[f"{kind}_unit"]]: record.values.get(f"per_{kind}_unit", ONE)
            for kind in ("purchase", "sales")
            if f"{kind}_unit" in record.values
        }
        fields |= {"base_unit": units[record.values["base_unit"]], "units": held}
        if context.attempt(record, create_item, on=context.on, by=context.by, setup=setup, **fields):
            context.done["added"] += 1


def _columns(model: type[models.Model], record: Record, context: Context) -> dict:
    columns = {}
    for name, value in record.values.items():
        if name in NO_COLUMNS:
            continue
        column = model._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            columns[column.attname] = context.known.id(column.related_model, value)
        else:
            columns[name] = value
    return columns


def _foreign_keys(model: type[models.Model]) -> list[str]:
    """Were looked up already; asking the database for each again would take its time."""
    return [column.name for column in model._meta.fields if isinstance(column, models.ForeignKey)]


ONE = Decimal(1)
NO_COLUMNS = frozenset({"template", "per_sales_unit", "per_purchase_unit"})
CUSTOMER = (
    "name_2", "search_name", "address", "address_2", "post_code", "city", "county", "country_code", "contact",
    "phone_no", "mobile_phone_no", "email", "home_page", "language_code", "blocked", "salesperson", "credit_limit",
    "bill_to_customer", "vat_registration_no", "registration_no", "eori_no", "gln", "currency",
    "customer_posting_group", "gen_bus_posting_group", "vat_bus_posting_group", "prices_including_vat",
    "allow_line_discount", "payment_terms", "payment_method", "application_method", "partner_type", "location_code",
    "shipment_method", "shipping_agent", "shipping_time", "shipping_advice",
    "combine_shipments", "invoice_discount_code", "ship_to_code", "price_group_code", "discount_group_code",
)  # fmt: skip
CUSTOMERS = Target(
    name="customers",
    fields={
        "number": field_of(Customer, "number"),
        "name": field_of(Customer, "name"),
        "template": Field("template", names=CustomerTemplate),
        **fields_of(Customer, *CUSTOMER, location_code={"names": Location}),
    },
    key=("number",),
    makes=Customer,
    write=_add_customers,
)
ITEM = (
    "number_2", "description_2", "type", "base_unit", "sales_unit", "purchase_unit", "gtin", "category_code",
    "blocked", "block_reason", "sales_blocked", "purchasing_blocked", "shelf_no", "reserve", "unit_price",
    "price_includes_vat", "vat_bus_posting_group_price", "allow_invoice_discount", "discount_group_code",
    "costing_method", "unit_cost", "standard_cost", "indirect_cost_percent", "overhead_rate",
    "gen_prod_posting_group", "vat_prod_posting_group", "inventory_posting_group", "gross_weight", "net_weight",
    "unit_volume", "units_per_parcel", "tariff_no", "country_of_origin_code", "prevent_negative_inventory",
)  # fmt: skip
ITEMS = Target(
    name="items",
    fields={
        "number": field_of(Item, "number"),
        "description": field_of(Item, "description"),
        **fields_of(Item, *ITEM),
        "per_sales_unit": field_of(ItemUnit, "per_unit", name="per_sales_unit", required=False),
        "per_purchase_unit": field_of(ItemUnit, "per_unit", name="per_purchase_unit", required=False),
    },
    key=("number",),
    makes=Item,
    write=_add_items,
)
MASTERS = (
    table("salespeople", Salesperson, "name", "email", "phone_no", "commission_percent", "blocked"),
    table("shipping_agents", ShippingAgent, "name", "tracking_url"),
    table(
        "shipping_agent_services", ShippingAgentService, "description", "shipping_time", key=("agent", "code")
    ),
    table("shipment_methods", ShipmentMethod, "description"),
    table(
        "payment_terms",
        PaymentTerms,
        "description",
        "due_date_calculation",
        "discount_date_calculation",
        "discount_percent",
        "calc_pmt_disc_on_credit_memos",
    ),
    table("payment_methods", PaymentMethod, "description", "balancing_account_type", "balancing_account_no"),
    table("units", UnitOfMeasure, "description", "iso_code"),
    table(
        "locations",
        Location,
        "name",
        "address",
        "post_code",
        "city",
        "country_code",
        "contact",
        "phone_no",
        "email",
    ),
    CUSTOMERS,
    ITEMS,
    table(
        "ship_to_addresses",
        ShipToAddress,
        "name",
        "name_2",
        "address",
        "address_2",
        "post_code",
        "city",
        "county",
        "country_code",
        "contact",
        "phone_no",
        "email",
        "gln",
        "location_code",
        "salesperson",
        "shipment_method",
        "shipping_agent",
        key=("customer", "code"),
        location_code={"names": Location},
    ),
    table("item_units", ItemUnit, "per_unit", "rounding_precision", "weight", key=("item", "unit")),
    table("item_variants", ItemVariant, "description", "blocked", "sales_blocked", key=("item", "code")),
    table(
        "item_references",
        ItemReference,
        "unit",
        "description",
        "starting_date",
        "ending_date",
        key=("item", "reference_no", "type", "type_no", "variant_code"),
    ),
)
