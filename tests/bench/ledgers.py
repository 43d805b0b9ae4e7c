"""Ledgers of a wanted size: customers with one entry and with a hundred thousand, items alike, three years of postings.

Every shape is posted once by the routines (`samples`) and copied by the database (`copies`); projections are rebuilt by
the house's own functions. `check_ledgers` passes on what comes of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max

from customers.models import Customer
from erp.kernel.projections import rebuild_all
from inventory.models import Item, ItemUnit
from inventory.models.entries import ItemEntryState
from posting.models import GLAccount, Register
from receivables.models import OpenItem
from tests.bench import samples
from tests.bench.company import FIRST, copy_rows
from tests.bench.copies import NUMBERED, Change, Sample, asleep, copy, take_sample
from tests.bench.samples import BIG, DAYS, ISSUES, MIDDLE, PAID_AFTER, REVENUE, SINGLE, UNPAID_FOR, Masters
from tests.world import TODAY, World, nine_o_clock
from tests.world.template import put_setup


@dataclass(frozen=True)
class Sizes:
    """How much is wanted; entries of the general ledger come to a little more than twice `entries`.

    entries      of the customer ledger, all but 2 % of them invoices and the payments that settled them
    big, middle  entries of two of the customers; a third has one
    papers       of the settled invoices that are posted sales invoices with a line; open invoices all are
    accounts     over which revenue is spread
    moves        entries of the one big item, half of them receipts
    adjusted     entries of the item that is prepared for a cost adjustment
    small_moves  entries of each of the other items
    """

    entries: int = 5_000_000
    customers: int = 100_000
    big: int = 100_000
    middle: int = 1_000
    papers: int = 400_000
    accounts: int = 200
    moves: int = 100_000
    adjusted: int = 50_000
    items: int = 1_000
    small_moves: int = 10
    per_register: int = 1_250


class Names(NamedTuple):
    """Whom and what a bench asks for, by number."""

    big: str = f"K{BIG:07}"
    middle: str = f"K{MIDDLE:07}"
    single: str = f"K{SINGLE:07}"
    big_item: str = "MOVES"
    adjusted_item: str = "ADJUSTED"
    small_item: str = "T0000000"


NAMES = Names()
COPIED = (Customer, GLAccount, Item, ItemUnit)
SMALL = Sizes(
    entries=5_000, customers=100, big=500, middle=50, papers=400, accounts=20, moves=100, adjusted=50, items=10,
)  # fmt: skip
TINY = Sizes(
    entries=800, customers=40, big=200, middle=30, papers=40, accounts=5, moves=40, adjusted=150, items=4,
    small_moves=6, per_register=25,
)  # fmt: skip


def is_filled() -> bool:
    """Whether these ledgers are there."""
    return Customer.objects.filter(number=NAMES.big).exists()


def fill(sizes: Sizes, *, tell: Callable[[str], None] = lambda words: None) -> None:
    """Fill a database that has at most the neutral set-up; all of it, or nothing."""
    with transaction.atomic():
        put_setup()
        world = World()
        masters = _make_masters(world, sizes)
        runs = _bought(world, masters, sizes) + _moved(world, masters, sizes)
        tell("samples")
        with asleep(
            [model._meta.db_table for model in (*COPIED, *NUMBERED, OpenItem, ItemEntryState, Register)]
        ):
            _copy_masters(masters, sizes)
            tell("masters")
            _copy_all(runs, sizes.per_register, tell)
        tell("indexes")
        _rebuild(tell)
        _seal()
        tell("seals")
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        tell("vacuumed")


def _make_masters(world: World, sizes: Sizes) -> Masters:
    goods = {"cost": 10, "price": 20}
    customer, account = world.customer("Sample"), GLAccount.objects.get(number=REVENUE)
    small, mover, adjusted = (
        world.item(name, **goods) for name in ("SAMPLE", NAMES.big_item, NAMES.adjusted_item)
    )
    keys = (_free_key(model) for model in (Customer, GLAccount, Item))
    return Masters(customer, account, mover, adjusted, small, *keys)


def _free_key(model) -> int:
    return max(FIRST, model.objects.aggregate(last=Max("pk"))["last"] + 1)


def _copy_masters(masters: Masters, sizes: Sizes) -> None:
    units = ItemUnit.objects.filter(item=masters.small)
    for master, base, count, columns in (
        (masters.customer, masters.customers, sizes.customers,
         _named("K") | {"name": "'Customer ' || g", "search_name": "'CUSTOMER ' || g"}),
        (masters.account, masters.accounts, sizes.accounts, _named(f"{REVENUE}-", width=4)),
        (masters.small, masters.items, sizes.items, _named("T")),
        *((unit, _free_key(ItemUnit) + place * sizes.items, sizes.items, {"item_id": f"{masters.items} + g"})
          for place, unit in enumerate(units)),
    ):  # fmt: skip
        with connection.cursor() as cursor:
            copy_rows(cursor, type(master), master.pk, count, columns, base=base)


def _named(prefix: str, *, width: int = 7) -> dict[str, str]:
    return {"uuid": "gen_random_uuid()", "number": f"'{prefix}' || lpad(g::text, {width}, '0')"}


class Run(NamedTuple):
    """A sample, and how often and how it is copied."""

    name: str
    sample: Sample
    count: int
    change: Change


def _copy_all(runs: Sequence[Run], per_register: int, tell: Callable[[str], None]) -> None:
    registers = sum(-(-run.count // per_register) for run in runs)
    begun, pause = nine_o_clock(TODAY), timedelta(days=DAYS) / registers
    for run in runs:
        begun = copy(
            run.sample, run.count, run.change, per_register=per_register, begun=begun, pause=pause,
            tell=lambda table, name=run.name: tell(f"{name}: {table}"),
        )  # fmt: skip


def _rebuild(tell: Callable[[str], None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '256MB'")
    for rebuilt in rebuild_all():
        tell(f"{rebuilt.name}: {rebuilt.rows} rows")


def _seal() -> None:
    """What the trigger on registers would have done, in their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT posting_seal_registers(1, (SELECT max(register_no) FROM posting_register))")


def _bought(world: World, masters: Masters, sizes: Sizes) -> list[Run]:
    unpaid = sizes.entries // 50
    settled = (sizes.entries - unpaid) // 2
    papers = min(sizes.papers, settled)
    unpaid_of = {MIDDLE: max(sizes.middle // 100, 1), BIG: max(sizes.big // 100, 1)}
    settled_of = {
        MIDDLE: (sizes.middle - unpaid_of[MIDDLE]) // 2,
        BIG: (sizes.big - unpaid_of[BIG]) // 2,
    }
    buyers = samples.Buyers(settled_of, settled, sizes.customers)
    debtors = samples.Buyers({SINGLE: 1, **unpaid_of}, unpaid, sizes.customers)
    change = partial(samples.bought, masters, accounts=sizes.accounts)
    over_years = f"{{copy}} * {DAYS - PAID_AFTER} / {settled}"
    lately = f"{DAYS - UNPAID_FOR} + {{copy}} * {UNPAID_FOR} / {unpaid}"
    posted = [take_sample(partial(each, world, masters))
              for each in (samples.sell_and_pay, samples.charge_and_pay, samples.sell)]  # fmt: skip
    return [
        Run("sold, paid", posted[0], papers, change(buyers, first=0, prefix="BI", days=over_years)),
        Run("charged, paid", posted[1], settled - papers, change(buyers, first=papers, prefix="BJ", days=over_years)),
        Run("sold", posted[2], unpaid, change(debtors, first=0, prefix="BU", days=lately)),
    ]  # fmt: skip


def _moved(world: World, masters: Masters, sizes: Sizes) -> list[Run]:
    many, few = sizes.moves // 2, sizes.items * sizes.small_moves // 2
    receipts = sizes.adjusted // (ISSUES + 1)
    copies = range(masters.items, masters.items + sizes.items)
    return [
        Run("one item", take_sample(lambda: samples.move(world, masters.mover)), many,
            samples.moved(masters.mover, count=many, prefix="M")),
        Run("many items", take_sample(lambda: samples.move(world, masters.small)), few,
            samples.moved(masters.small, count=few, prefix="S", copies=copies)),
        Run("to be adjusted", take_sample(lambda: samples.become_dearer(world, masters.adjusted)), receipts,
            samples.moved(masters.adjusted, count=receipts, prefix="D")),
    ]  # fmt: skip
