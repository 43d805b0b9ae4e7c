"""# A real company

The orders of Northwind Traders come in, are shipped and invoiced, and every figure is right.

The same figures are worked out here once more, from the files alone, with nothing but arithmetic.
"""

import csv
import os
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import F, Sum
from django.utils import timezone

from customers.models import Customer, Salesperson, ShippingAgent
from erp.kernel.invariants import run_all
from erp.management.commands.import_data import prepare
from integration.imports.profile import OWN_PROFILES, load_profile
from integration.imports.run import run_import
from integration.models import ImportedRecord
from inventory.models import Item, ItemLedgerEntry, Stock, ValueEntry
from posting.models import GeneralLedgerSetup, GLEntry, VATEntry
from receivables.models import CustomerBalance, CustomerLedgerEntry
from sales.models import SalesDocument, SalesInvoice, SalesInvoiceLine, SalesShipment, SalesShipmentLine

FOLDER = Path(os.environ.get("NORTHWIND_DIR") or settings.BASE_DIR.parent / "shared" / "data" / "northwind")
NORDIC = {"Norway", "Sweden", "Denmark", "Finland"}
RECEIVABLES, REVENUE, FREIGHT, VAT = ("1100", "1120"), ("4100", "4120"), ("4520",), ("2200",)
INVENTORY, COST_OF_GOODS, OPENING = ("1200",), ("5100",), ("5110",)

pytestmark = pytest.mark.skipif(
    not (FOLDER / "orders.csv").is_file(),
    reason=f"the Northwind files are not in {FOLDER}; NORTHWIND_DIR says where they are",
)


def cents(amount: D) -> D:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


def rows(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


@dataclass
class Books:
    """What the files add up to."""

    gross: D = D(0)
    discount: D = D(0)
    goods: D = D(0)
    freight: D = D(0)
    vat: D = D(0)
    receivables: D = D(0)
    cost: D = D(0)
    left: D = D(0)
    units: int = 0
    lines: int = 0
    by_customer: dict[str, D] = field(default_factory=lambda: defaultdict(D))
    by_year: dict[int, D] = field(default_factory=lambda: defaultdict(D))
    by_order: dict[str, D] = field(default_factory=dict)
    shipped: dict[str, int] = field(default_factory=Counter)
    waiting: list[str] = field(default_factory=list)


def books() -> Books:
    found = Books()
    country = {row["CustomerID"]: row["Country"] for row in rows("customers.csv")}
    products = {row["ProductID"]: row for row in rows("products.csv")}
    cost = {number: cents(D(row["UnitPrice"]) * D("0.6")) for number, row in products.items()}
    lines = defaultdict(list)
    for row in rows("order_details.csv"):
        lines[row["OrderID"]].append(row)
    for order in rows("orders.csv"):
        if not order["ShippedDate"]:
            found.waiting.append(order["OrderID"])
            continue
        net = cents(D(order["Freight"]))
        found.freight += net
        for line in lines[order["OrderID"]]:
            quantity = int(line["Quantity"])
            gross = cents(quantity * D(line["UnitPrice"]))
            discount = cents(gross * round(D(line["Discount"]), 4))
            found.gross += gross
            found.discount += discount
            found.cost += quantity * cost[line["ProductID"]]
            found.shipped[line["ProductID"]] += quantity
            found.lines += 1
            net += gross - discount
        vat = cents(net * D("0.25")) if country[order["CustomerID"]] in NORDIC else D(0)
        found.vat += vat
        found.by_order[order["OrderID"]] = net + vat
        found.by_customer[order["CustomerID"]] += net + vat
        found.by_year[day(order["ShippedDate"]).year] += net + vat
    found.goods = found.gross - found.discount
    found.receivables = sum(found.by_order.values())
    found.units = sum(found.shipped.values())
    found.left = sum(int(row["UnitsInStock"]) * cost[number] for number, row in products.items())
    return found


def bring_in(folder: Path = FOLDER, **options):
    profile = load_profile(OWN_PROFILES / "northwind.yaml")
    now = timezone.now()
    return run_import(profile, folder, by=None, at=now, on=now.date(), prepare=prepare, **options)


def total(queryset, expression="amount") -> D:
    return queryset.aggregate(total=Sum(expression, default=D(0)))["total"]


def ledger(*numbers: str) -> D:
    return total(GLEntry.objects.filter(account__number__in=numbers))


def row_counts() -> dict[str, int]:
    models = (Customer, Item, SalesDocument, SalesInvoice, SalesShipment, GLEntry, VATEntry, ItemLedgerEntry,
              ValueEntry, CustomerLedgerEntry, ImportedRecord, Salesperson, ShippingAgent)  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def test_the_files_are_those_of_the_readme():
    """830 orders with 2,155 lines; 1,354,458.59 before discount, 64,942.69 freight; 21 orders not shipped."""
    orders, lines = rows("orders.csv"), rows("order_details.csv")
    assert (len(orders), len(lines)) == (830, 2155)
    assert sum(D(line["UnitPrice"]) * D(line["Quantity"]) for line in lines) == D("1354458.59")
    assert sum(D(order["Freight"]) for order in orders) == D("64942.69")
    assert len([order for order in orders if not order["ShippedDate"]]) == 21


@pytest.mark.django_db
def test_northwind(record_property):
    """830 orders come in; 809 of them are shipped and invoiced on the day they left, 21 stay released."""
    expected = books()
    started = timezone.now()
    report = bring_in()
    record_property("seconds", (timezone.now() - started).total_seconds())
    assert [str(error) for error in report.errors] == []
    assert {outcome.section: (outcome.added, outcome.kept) for outcome in report.outcomes} == {
        "salespeople": (9, 0),
        "shipping_agents": (3, 0),
        "customers": (91, 0),
        "items": (77, 0),
        "stock": (77, 0),
        "orders": (830, 0),
    }
    assert report.outcomes[-1].steps == {"release": 830, "post": 809}
    assert GeneralLedgerSetup.objects.get().lcy_code == "USD"

    # Papers: one shipment and one invoice per order, on the day of shipping, with the old order number.
    invoices, shipments = SalesInvoice.objects.all(), SalesShipment.objects.all()
    assert invoices.count() == shipments.count() == len(expected.by_order) == 809
    item_lines = SalesInvoiceLine.objects.filter(type="item")
    assert item_lines.count() == expected.lines == 2082
    assert SalesShipmentLine.objects.filter(type="item").count() == 2082
    dates = {
        order["OrderID"]: day(order["ShippedDate"]) for order in rows("orders.csv") if order["ShippedDate"]
    }
    assert dict(invoices.values_list("external_document_no", "posting_date")) == dates
    assert dict(shipments.values_list("external_document_no", "posting_date")) == dates
    assert dict(invoices.values_list("external_document_no", "amount_including_vat")) == expected.by_order

    # Amounts on the lines.
    assert (
        total(item_lines, F("line_amount") + F("line_discount_amount")) == expected.gross == D("1327014.83")
    )
    assert total(item_lines, "line_discount_amount") == expected.discount == D("87159.48")
    assert total(item_lines, "line_amount") == expected.goods == D("1239855.35")
    assert total(SalesInvoiceLine.objects.filter(type="gl_account")) == expected.freight == D("63955.02")

    # General ledger.
    assert -ledger(*REVENUE) == expected.goods
    assert -ledger(*FREIGHT) == expected.freight
    assert -ledger(*VAT) == expected.vat == D("29317.83")
    assert -total(VATEntry.objects.all()) == expected.vat
    assert ledger(*RECEIVABLES) == expected.receivables == D("1333128.20")
    assert ledger(*COST_OF_GOODS) == expected.cost == D("853150.22")
    assert ledger(*INVENTORY) == expected.left == D("44430.50")
    assert -ledger(*OPENING) == expected.cost + expected.left
    assert total(GLEntry.objects.all()) == 0

    # Receivables, by customer and by year.
    balances = dict(CustomerBalance.objects.values_list("customer__number", "amount_lcy"))
    assert balances == dict(expected.by_customer)
    assert len(balances) == 89
    largest = sorted(balances.items(), key=lambda pair: -pair[1])[:5]
    assert largest == [
        ("QUICK", D("115882.92")),
        ("SAVEA", D("111045.64")),
        ("ERNSH", D("100843.36")),
        ("HUNGO", D("52735.14")),
        ("RATTC", D("51967.76")),
    ]
    by_year = invoices.values_list("posting_date__year").annotate(Sum("amount_including_vat"))
    assert dict(by_year) == dict(expected.by_year)
    assert dict(by_year) == {1996: D("206027.58"), 1997: D("658161.64"), 1998: D("468938.98")}

    # Goods: what was shipped left, what is in stock according to the files is in stock here.
    sold = ItemLedgerEntry.objects.filter(entry_type="sale")
    assert -total(sold, "quantity") == expected.units == 50119
    by_item = sold.values_list("item__number").annotate(Sum("quantity"))
    assert {number: -quantity for number, quantity in by_item} == dict(expected.shipped)
    left = {
        row["ProductID"]: D(row["UnitsInStock"]) for row in rows("products.csv") if D(row["UnitsInStock"])
    }
    in_stock = Stock.objects.exclude(quantity=0).values_list("item__number", "quantity")
    assert dict(in_stock) == left

    # 21 orders wait, released.
    waiting = SalesDocument.objects.all()
    assert sorted(waiting.values_list("external_document_no", flat=True)) == sorted(expected.waiting)
    assert set(waiting.values_list("type", "status")) == {("order", "released")}
    assert waiting.count() == 21

    # Who sold it and who carried it.
    alfreds = invoices.get(external_document_no="10643")
    assert (alfreds.customer.number, alfreds.salesperson_code, alfreds.shipping_agent_code) == (
        "ALFKI",
        "6",
        "1",
    )
    assert Salesperson.objects.get(code="6").name == "Michael Suyama"
    assert ShippingAgent.objects.get(code="1").name == "Speedy Express"

    # The ledgers agree with one another.
    assert [(law.code, law.finding.failures[:3]) for law in run_all() if not law.holds] == []

    # The same files again change nothing, and the report says so.
    before = row_counts()
    again = bring_in()
    assert again.ok
    assert not again.changed
    assert {outcome.section: outcome.kept for outcome in again.outcomes}["orders"] == 830
    assert row_counts() == before


@pytest.fixture
def first_orders(tmp_path):
    """The files with the first forty orders only."""
    for path in FOLDER.glob("*.csv"):
        shutil.copyfile(path, tmp_path / path.name)
    kept = {order["OrderID"] for order in rows("orders.csv")[:40]}
    for name in ("orders.csv", "order_details.csv"):
        header, *lines = (FOLDER / name).read_text(encoding="utf-8").splitlines(keepends=True)
        chosen = [line for line in lines if line.split(",")[0] in kept]
        (tmp_path / name).write_text(header + "".join(chosen), encoding="utf-8")
    return tmp_path


@pytest.mark.django_db
def test_a_dry_run_posts_everything_and_leaves_nothing(first_orders):
    before = row_counts()
    report = bring_in(first_orders, dry_run=True)
    assert [str(error) for error in report.errors] == []
    assert report.outcomes[-1].steps == {"release": 40, "post": 40}
    assert row_counts() == before
    assert not GeneralLedgerSetup.objects.exists()


@pytest.mark.django_db
def test_the_command_tells_what_it_reads_and_does(first_orders, capsys):
    call_command(
        "import_data", str(first_orders), "--profile", "northwind", "--only", "salespeople", "customers"
    )
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "employees.csv: utf-8, 15 columns, 9 rows"
    assert "customers: 91 added, 0 there already" in out
    assert out[-1].startswith("Imported. ")
