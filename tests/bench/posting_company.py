"""The company in which posting is measured: made once by the routines, and copied for every call.

Two databases beside the one that is configured: NAME_bench is the company as it was set up, NAME_bench_run its copy,
in which everything is posted. So every call starts from the same books, and nobody else's are touched.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from decimal import Decimal

import psycopg2
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from psycopg2 import sql

from customers.models import Customer
from erp.kernel.models import User
from inventory.models import EntryType, Item
from inventory.routines.post_item_journal import JournalLine, post_item_journal
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.routines.draft import draft
from sales.routines.release import release
from sales.values import SalesValues
from tests.world import TODAY, World, nine_o_clock

CLERK, ROLES = "clerk", ("SALES-MANAGER", "ACCOUNTANT")
PATTERNS = 8  # orders of a size that the routines write
LINE_KEY = "nextval(pg_get_serial_sequence('sales_salesline', 'id'))"
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True)
class Size:
    """How large the company is.

    layers  deliveries of each item that are in stock, of `pieces` each
    """

    items: int = 200
    customers: int = 40
    layers: int = 20
    pieces: int = 5_000


@contextmanager
def company(size: Size, *, anew: bool | None = None, tell=print) -> Iterator[None]:
    """Have Django speak to a fresh copy of the company; afterwards to the configured database again.

    anew    set the company up again: None where a migration has changed since, False never, True always
    raises  SystemExit where PostgreSQL would lose commits
    """
    home = connection.settings_dict["NAME"]
    made, run = f"{home}_bench", f"{home}_bench_run"
    check_durable()
    wanted = _fingerprint(size)
    found = _comment(made)
    if anew or not found or (anew is None and found != wanted):
        tell("Setting up the company …")
        _recreate(made)
        with _using(made):
            _set_up(size)
        _execute("COMMENT ON DATABASE {} IS %s", made, values=[wanted])
    _recreate(run, template=made)
    try:
        with _using(run):
            yield
    finally:
        _execute("DROP DATABASE {} WITH (FORCE)", run)


def check_durable() -> None:
    """Refuse a PostgreSQL that would lose commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
        off = [name for name, setting in cursor.fetchall() if setting == "off"]
    if off:
        raise SystemExit(f"{', '.join(off)} is off: this PostgreSQL may lose what it has committed.")


def point_at(name: str) -> None:
    """Have Django's connection speak to another database of the same server."""
    connection.close()
    connection.settings_dict["NAME"] = name


def clerk():
    """Who sells, posts and receives payments."""
    return User.objects.get(username=CLERK)


def hire(world: World) -> None:
    """Somebody with roles, so that rights are looked up as everywhere."""
    user = world.user(CLERK, role=ROLES[0])
    user.groups.add(*Group.objects.filter(name__in=ROLES))


def write_orders(count: int, lines: int, *, seed: int = 1) -> list[int]:
    """Released orders of so many lines, over many customers and all items; returns their keys.

    The routines write a few of them; the others are their copies, so that a thousand take seconds.
    """
    chance = random.Random(f"{seed} {lines}")
    known, values = _Known(), SalesValues.load()
    patterns = [
        _write_order(known, chance, lines, values, mark=f"{seed}-{lines}-{place}")
        for place in range(min(count, PATTERNS))
    ]
    copies = -(-count // len(patterns)) - 1 if patterns else 0
    return [*patterns, *_copies(patterns, copies)][:count]


def _write_order(
    known: "_Known", chance: random.Random, lines: int, values: SalesValues, *, mark: str
) -> int:
    wanted = [
        NewLine(number=number, quantity=Decimal(chance.randint(1, 5)))
        for number in known.some_items(chance, lines)
    ]
    customer = chance.choice(known.customers)
    with transaction.atomic():
        order = draft(
            "order", customer, by=known.by, at=known.at, on=known.on, lines=wanted, values=values,
            external_document_no=f"PO {mark}",
        )  # fmt: skip
        release(SalesDocument.objects.get(pk=order.pk), by=known.by, at=known.at, values=values)
    return order.pk


def _copies(patterns: list[int], count: int) -> list[int]:
    """So many copies of each order with its lines, by the database itself."""
    head = {"id": "c.key", "number": "'B' || c.key", "uuid": "gen_random_uuid()"}
    line = {"id": LINE_KEY, "document_id": "c.key", "uuid": "gen_random_uuid()"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copy ON COMMIT DROP AS SELECT d.id AS original, g,"
            " nextval(pg_get_serial_sequence('sales_salesdocument', 'id')) AS key"
            " FROM sales_salesdocument d, generate_series(1, %s) g WHERE d.id = ANY(%s)",
            [count, patterns],
        )
        for model, changed, key in ((SalesDocument, head, "id"), (SalesLine, line, "document_id")):
            fields = [field for field in model._meta.concrete_fields if not field.generated]
            names = ", ".join(f'"{field.column}"' for field in fields)
            chosen = ", ".join(changed.get(field.column, f't."{field.column}"') for field in fields)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({names})"
                f" SELECT {chosen} FROM {model._meta.db_table} t JOIN copy c ON c.original = t.{key}"
            )
        cursor.execute("SELECT key FROM copy ORDER BY g, original")
        return [key for (key,) in cursor.fetchall()]


class _Known:
    """Who and when, customers and items: read once."""

    def __init__(self):
        self.by, self.at, self.on = clerk(), nine_o_clock(TODAY), TODAY
        self.customers = list(Customer.objects.order_by("number"))
        self.items = list(Item.objects.order_by("number").values_list("number", flat=True))

    def some_items(self, chance: random.Random, count: int) -> Sequence[str]:
        """No item twice as long as there are enough."""
        rounds = -(-count // len(self.items))
        return [number for _round in range(rounds) for number in chance.sample(self.items, len(self.items))][
            :count
        ]


def _set_up(size: Size) -> None:
    """Customers, and items with open layers of different cost."""
    from tests.world.template import put_setup

    call_command("migrate", verbosity=0, interactive=False)
    put_setup()
    world = World()
    hire(world)
    for place in range(size.customers):
        world.customer(f"Customer {place:04}")
    for place in range(size.items):
        world.item(f"ITEM-{place:04}", cost=10 + place % 50, price=20 + place % 90)
    deliver(world, size.layers, pieces=size.pieces)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as any database that is a day old


def deliver(world: World, layers: int, *, pieces: int) -> None:
    """Open layers of every item, each a little dearer than the one before."""
    numbers = list(Item.objects.order_by("number").values_list("number", "unit_cost"))
    for layer in range(layers):
        lines = [
            JournalLine(
                line_no=place * 10000,
                posting_date=world.today,
                document_no=f"DELIVERY-{layer:03}",
                entry_type=EntryType.PURCHASE,
                item=number,
                quantity=Decimal(pieces),
                unit_amount=cost + Decimal(layer) / 100,
            )
            for place, (number, cost) in enumerate(numbers, start=1)
        ]
        post_item_journal(lines, by=world.by, at=world.at())


def _fingerprint(size: Size) -> str:
    """What a company that is kept was made from: the migrations, and its size."""
    known = hashlib.sha256(repr(astuple(size)).encode())
    root = settings.BASE_DIR
    for path in sorted([*root.glob("*/migrations/*.py"), *root.glob("erp/kernel/migrations/*.py")]):
        known.update(path.read_bytes())
    return known.hexdigest()


@contextmanager
def _using(name: str) -> Iterator[None]:
    home = connection.settings_dict["NAME"]
    point_at(name)
    try:
        yield
    finally:
        point_at(home)


def _recreate(name: str, *, template: str = "template1") -> None:
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _execute("CREATE DATABASE {} TEMPLATE {}", name, template)


def _comment(name: str) -> str | None:
    """What stands at a database; None where there is no such database, empty where nothing stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s",
            [name],
        )
        row = cursor.fetchone()
    return row and row[0]


def _execute(statement: str, *names: str, values: Sequence = ()) -> None:
    """Outside any transaction, as databases are made."""
    own = psycopg2.connect(**connection.get_connection_params())
    own.autocommit = True
    try:
        with own.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)), values or None)
    finally:
        own.close()
