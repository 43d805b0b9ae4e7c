"""A company of any size in minutes: the demo company's masters and one order, copied by the database itself.

Customers, items and orders are copies of rows that the routines wrote, so that every column is filled as they fill it;
names, numbers, dates and quantities differ. The orders are working documents: no ledger is touched, and the ledgers of
the demo company below stay provable.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction

from customers.models import Customer
from erp.demo.load import load_demo
from erp.kernel.models import User
from inventory.models import Item, ItemUnit
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.routines.draft import draft

FIRST = 1_000_000  # keys of copies begin here
FAMILIES = (
    "Andersen", "Bakker", "Claes", "Dahl", "Eriksson", "Fredriksen", "Groen", "Hansen", "Isaksson", "Jansen",
    "Karlsson", "Lund", "Mulder", "Nilsson", "Olsen", "Peeters", "Qvist", "Rasmussen", "Smit", "Thorsen",
    "Visser", "Willems",
)  # fmt: skip
TRADES = (
    "Bygg", "Bouw", "Fietsen", "Handel", "Hotell", "Installatie", "Kantoor", "Møbler", "Rederi", "Service", "Textil",
    "Transport", "Verkstad", "Wonen",
)  # fmt: skip
PLACES = (
    "Oslo",
    "Bergen",
    "Göteborg",
    "Malmö",
    "Zwolle",
    "Gent",
    "Utrecht",
    "Antwerpen",
    "Tromsø",
    "Uppsala",
)
GOODS = (
    "Lamp",
    "Chair",
    "Drill",
    "Desk",
    "Cabinet",
    "Cable",
    "Helmet",
    "Ladder",
    "Mirror",
    "Pump",
    "Shelf",
    "Trolley",
)
MAKES = ("red", "blue", "oak", "steel", "white", "black", "large", "small", "outdoor", "folding", "premium")


def fill(*, customers: int, items: int, orders: int, lines: int, on: date, at: datetime, tell=print) -> None:
    """Fill an empty database.

    lines   of each order
    on, at  today: orders were written in the year before it and ship in the weeks around it
    """
    load_demo(on=on, at=at, scale=0.05)
    tell("the demo company is loaded")
    sample = _sample(on=on, at=at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        _copy_masters(cursor, customers=customers, items=items)
        tell(f"{customers} customers, {items} items")
    _copy_orders(sample, customers=customers, items=items, orders=orders, lines=lines, on=on, tell=tell)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _sample(*, on: date, at: datetime) -> SalesDocument:
    """The order that the others are copies of."""
    customer = Customer.objects.sellable().order_by("number").first()
    item = Item.objects.sellable().filter(type=Item.Type.INVENTORY).order_by("number").first()
    by = User.objects.get(username="clerk")
    return draft("order", customer, lines=[NewLine(number=item.number, quantity=2)], by=by, at=at, on=on)


def _copy_masters(cursor, *, customers: int, items: int) -> None:
    customer = Customer.objects.sellable().order_by("number").first()
    item = Item.objects.sellable().filter(type=Item.Type.INVENTORY).order_by("number").first()
    name = f"{_one_of(FAMILIES)} || ' ' || {_one_of(TRADES, 7)} || ' ' || g"
    copy_rows(
        cursor, Customer, customer.pk, customers,
        {"uuid": "gen_random_uuid()", "number": "'K' || lpad(g::text, 7, '0')", "name": name,
         "search_name": f"upper({name})", "city": _one_of(PLACES, 3)},
    )  # fmt: skip
    description = f"{_one_of(GOODS)} || ' ' || {_one_of(MAKES, 5)} || ' ' || g"
    copy_rows(
        cursor, Item, item.pk, items,
        {"uuid": "gen_random_uuid()", "number": "'T' || lpad(g::text, 6, '0')", "description": description,
         "search_description": f"upper({description})", "unit_price": "10 + mod(g, 400)"},
    )  # fmt: skip
    for unit in ItemUnit.objects.filter(item=item):
        copy_rows(cursor, ItemUnit, unit.pk, items, {"item_id": f"{FIRST} + g"}, offset=unit.pk * items)


def _copy_orders(
    sample: SalesDocument,
    *,
    customers: int,
    items: int,
    orders: int,
    lines: int,
    on: date,
    tell,
    batch: int = 100_000,
) -> None:
    line = sample.lines.get()
    buyer = f"{FIRST} + mod(g * 7919, {customers})"
    # Of ten orders eight are released and two are open.
    status = f"CASE WHEN mod(g, 10) < 8 THEN '{SalesDocument.Status.RELEASED}' ELSE '{SalesDocument.Status.OPEN}' END"
    name = f"(SELECT name FROM {Customer._meta.db_table} WHERE id = {buyer})"
    written, ships = f"DATE '{on}' - mod(g * 31, 365)::int", f"DATE '{on}' + mod(g * 17, 120)::int - 30"
    head = {
        "uuid": "gen_random_uuid()", "number": "'B' || lpad(g::text, 8, '0')", "status": status, "customer_id": buyer,
        "bill_to_customer_id": buyer, "sell_to_name": name, "external_document_no": "'PO-' || mod(g * 13, 9999991)",
        "order_date": written, "document_date": written, "shipment_date": ships, "posting_date": f"DATE '{on}'",
    }  # fmt: skip
    item = f"{FIRST} + mod(g * 31 + {{place}} * 17, {items})"
    for first in range(0, orders, batch):
        count = min(batch, orders - first)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            copy_rows(cursor, SalesDocument, sample.pk, count, head, first=first)
            for place in range(lines):
                wanted = item.format(place=place)
                copy_rows(
                    cursor, SalesLine, line.pk, count,
                    {"uuid": "gen_random_uuid()", "document_id": f"{FIRST} + g",
                     "line_no": str((place + 1) * 10000), "item_id": wanted, "shipment_date": ships,
                     "number": f"'T' || lpad(({wanted} - {FIRST})::text, 6, '0')"},
                    first=first, offset=place * orders,
                )  # fmt: skip
        tell(f"{first + count} orders")


def copy_rows(
    cursor,
    model,
    key: int,
    count: int,
    columns: Mapping[str, str],
    *,
    first: int = 0,
    offset: int = 0,
    base: int = FIRST,
) -> None:
    """Copy a row many times.

    columns  SQL for the columns that differ; g is the place of the copy, from `first` on
    offset   added to the copies' keys, which are `base` + g
    """
    table = model._meta.db_table
    stored = [field.column for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    values = {"id": f"{base} + {offset} + g"} | dict(columns)
    assert values.keys() <= set(stored), values.keys() - set(stored)
    chosen = ", ".join(values.get(column, f't."{column}"') for column in stored)
    names = ", ".join(f'"{column}"' for column in stored)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} t, generate_series(%s::bigint, %s::bigint) g"
        " WHERE t.id = %s",
        [first, first + count - 1, key],
    )
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM " + table + "))", [table]
    )


def _one_of(words: tuple[str, ...], step: int = 1) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{listed}])[1 + mod(g * {step} / 11 + g, {len(words)})]"
