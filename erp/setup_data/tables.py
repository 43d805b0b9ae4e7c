"""Which file fills which table, in an order in which every row finds those that it names."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db import models

from customers import models as customers
from erp.kernel.models import BaseCalendar, CalendarChange, NumberSeries, NumberSeriesLine
from erp.setup_data import moments
from erp.setup_data.context import Context
from erp.setup_data.files import Row
from inventory import models as inventory
from posting import models as posting
from posting.countries import known_countries
from receivables import models as receivables
from sales import models as sales


class Table(NamedTuple):
    """One file and the table that it fills.

    key     the columns by which a row is known: there once, it is never written again
    rows    what becomes of one row of the file, where it is not simply a row of the table
    known   rows that are there before those of any file
    """

    file: str
    model: type[models.Model]
    key: tuple[str, ...] = ("code",)
    rows: Callable[[Row, Context], Iterable[Row]] | None = None
    known: Callable[[], Iterable[Row]] | None = None


class Settings(NamedTuple):
    """A file of field and value, and the table whose only row it fills."""

    file: str
    model: type[models.Model]


def series(row: Row, context: Context) -> Iterator[Row]:
    """The columns that belong to the series itself."""
    own = ("code", "description", "default_numbers", "manual_numbers")
    yield row.with_cells({column: row.cells[column] for column in own})


def countries() -> Iterator[Row]:
    """Every country of the world; a file `countries.csv` may name them otherwise, or more."""
    for known in known_countries():
        yield Row("countries", 0, known._asdict())


def foreign(row: Row, context: Context) -> Iterator[Row]:
    """The local currency is no row of its own."""
    if row.cells["code"] != context.lcy_code:
        yield row


def accounts(row: Row, context: Context) -> Iterator[Row]:
    """An account is taxed like its business and product group, unless the file says otherwise."""
    cells, find = dict(row.cells), context.references.defaults
    if cells.get("gen_bus_posting_group"):
        cells.setdefault(
            "vat_bus_posting_group", find(posting.GeneralBusinessGroup, cells["gen_bus_posting_group"])
        )
    if cells.get("gen_prod_posting_group"):
        cells.setdefault(
            "vat_prod_posting_group", find(posting.GeneralProductGroup, cells["gen_prod_posting_group"])
        )
    yield row.with_cells(cells)


TABLES: tuple[Table | Settings, ...] = (
    Table("base_calendars", BaseCalendar),
    Table("calendar_changes", CalendarChange, ("calendar", "recurrence", "weekday", "date")),
    Table("countries", posting.Country, known=countries),
    Settings("general_ledger_setup", posting.GeneralLedgerSetup),
    Table("vat_business_groups", posting.VATBusinessGroup),
    Table("vat_product_groups", posting.VATProductGroup),
    Table("general_business_groups", posting.GeneralBusinessGroup),
    Table("general_product_groups", posting.GeneralProductGroup),
    Table("chart_of_accounts", posting.GLAccount, ("number",), accounts),
    Table(
        "general_posting_setup",
        posting.GeneralPostingSetup,
        ("gen_bus_posting_group", "gen_prod_posting_group"),
    ),
    Table("vat_clauses", posting.VATClause),
    Table("vat_posting_setup", posting.VATPostingSetup, ("vat_bus_posting_group", "vat_prod_posting_group")),
    Table("currencies", posting.Currency, ("code",), foreign),
    Table("exchange_rates", posting.ExchangeRate, ("currency", "starting_date"), moments.rates),
    Table("accounting_periods", posting.AccountingPeriod, ("starting_date",), moments.periods),
    Table("number_series", NumberSeries, ("code",), series),
    Table("number_series", NumberSeriesLine, ("series", "line_no"), moments.number_lines),
    Table("customer_posting_groups", customers.CustomerPostingGroup),
    Table("vat_number_formats", customers.VATNumberFormat, ("country_code", "format")),
    Table("payment_terms", customers.PaymentTerms),
    Table("payment_methods", customers.PaymentMethod),
    Table("shipment_methods", customers.ShipmentMethod),
    Table("shipping_agents", customers.ShippingAgent),
    Table("shipping_agent_services", customers.ShippingAgentService, ("agent", "code")),
    Table("salespeople", customers.Salesperson),
    Table("customer_templates", customers.CustomerTemplate),
    Table("units_of_measure", inventory.UnitOfMeasure),
    Table("locations", inventory.Location),
    Table("inventory_posting_groups", inventory.InventoryPostingGroup),
    Table(
        "inventory_posting_setup", inventory.InventoryPostingSetup, ("location", "inventory_posting_group")
    ),
    Settings("inventory_setup", inventory.InventorySetup),
    Table("bank_posting_groups", receivables.BankAccountPostingGroup),
    Table("bank_accounts", receivables.BankAccount, ("number",)),
    Settings("receivables_setup", receivables.ReceivablesSetup),
    Settings("sales_setup", sales.SalesSetup),
    Table("reason_codes", sales.ReasonCode),
    Table("return_reasons", sales.ReturnReason),
    Table("customers", customers.Customer, ("number",)),
    Table("ship_to_addresses", customers.ShipToAddress, ("customer", "code")),
    Table("items", inventory.Item, ("number",)),
    Table("item_units", inventory.ItemUnit, ("item", "unit")),
    Table("item_variants", inventory.ItemVariant, ("item", "code")),
    Table(
        "item_references",
        inventory.ItemReference,
        ("item", "variant_code", "unit", "type", "type_no", "reference_no"),
    ),
    Table("resources", inventory.Resource, ("number",)),
    Table("item_charges", inventory.ItemCharge, ("number",)),
    Table("invoice_discounts", sales.CustomerInvoiceDiscount, ("code", "currency_code", "minimum_amount")),
    Table("price_lists", sales.PriceList),
    Table(
        "price_list_lines",
        sales.PriceListLine,
        (
            "price_list",
            "source_type",
            "source_no",
            "asset_no",
            "unit_code",
            "currency_code",
            "minimum_quantity",
        ),
    ),
)
