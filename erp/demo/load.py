"""Loading the demo company: set-up, people, masters, and a year that ends today."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from customers.models import BlockedFor, Customer
from customers.routines.block import block_customer
from erp.demo.approving import send_large_orders, set_up_approvals
from erp.demo.people import hire
from erp.demo.plan import Buyer, Goods, Year, plan_year
from erp.demo.play import play
from erp.kernel.errors import ErpError
from erp.kernel.models import OutboxMessage
from erp.kernel.periods import calc_date
from erp.setup_data.load import Loaded, load_setup
from inventory.models import Item, ItemUnit
from posting.models import GeneralLedgerSetup, Register
from sales.models import SalesDocument

HERE = Path(__file__).parent
COUNTRY = "NL"
SEED = 2026
BLOCKED = {"C10018": BlockedFor.SHIP, "C10010": BlockedFor.INVOICE, "C10027": BlockedFor.ALL}
DISCONTINUED = {"2030": "Replaced by a model with a brake", "3080": "The supplier has stopped making it"}


class DemoRefused(ErpError):
    """There is something in the database already, which the demo company would be mixed with."""

    code, status = "E-DEMO-DATA", 409
    template = _(
        "The demo company is only loaded into an empty database, and this one holds {found}. "
        "Start over with `make reset`, or name another database in DATABASE_URL."
    )


class DemoLoaded(NamedTuple):
    """What was loaded: rows of set-up and masters, and what happened in the year, by kind."""

    setup: Loaded
    done: Counter[str]


@transaction.atomic
def load_demo(
    *,
    on: date,
    at: datetime,
    scale: float = 1,
    seed: int = SEED,
    tell: Callable[[date], None] = lambda month: None,
) -> DemoLoaded:
    """Load the demo company into an empty database; all of it, or nothing.

    on      today, the last day of the year that it looks back on
    scale   1 is the whole company; 0.05 a twentieth of its business, for tests
    tell    is told every month that the year reaches
    raises  DemoRefused where there are customers, items, sales documents or postings
    """
    refuse_data()
    setup = load_setup(on=on, country=COUNTRY, also=[HERE / "data"])
    people = hire()
    year = plan_year(on=on, goods=_goods(), buyers=_buyers(), scale=scale, seed=seed)
    _learn()
    done = play(year, people=people, last=on, seed=seed, tell=tell)
    set_up_approvals(people)
    done["approval requests"] = len(send_large_orders(people, on=on))
    _conclude(year, on=on, at=at)
    return DemoLoaded(setup, done)


def refuse_data() -> None:
    """Stop where the database is not empty; set-up and users may be there."""
    kinds = (Customer, Item, SalesDocument, Register)
    found = [(model.objects.count(), model._meta.verbose_name_plural) for model in kinds]
    if any(count for count, _name in found):
        raise DemoRefused(found=", ".join(f"{name} ({count})" for count, name in found if count))


def _goods() -> list[Goods]:
    units = {(row.item_id, row.unit_id): row.per_unit for row in ItemUnit.objects.all()}
    items = Item.objects.select_related("sales_unit").prefetch_related("variants").order_by("number")
    return [
        Goods(
            number=item.number,
            category=item.category_code,
            unit=item.sales_unit.code,
            pack=units[item.pk, item.sales_unit_id],
            price=item.unit_price,
            cost=item.unit_cost,
            variants=tuple(sorted(variant.code for variant in item.variants.all())),
            keeps_stock=item.keeps_stock,
        )
        for item in items
    ]


def _buyers() -> list[Buyer]:
    locations = dict(Customer.objects.values_list("number", "location_code"))
    with (HERE / "habits.csv").open(encoding="utf-8", newline="") as file:
        return [
            Buyer(
                row["customer"],
                locations[row["customer"]],
                int(row["orders"]),
                tuple(row["likes"].split()),
                row["pays"],
            )
            for row in csv.DictReader(file)
        ]


def _conclude(year: Year, *, on: date, at: datetime) -> None:
    """What is only true today: who is blocked, what is no longer sold, which days are closed for posting."""
    for number, blocked in BLOCKED.items():
        block_customer(Customer.objects.get(number=number), blocked=blocked)
    for number, reason in DISCONTINUED.items():
        Item.objects.filter(number=number).update(sales_blocked=True, block_reason=reason)
    GeneralLedgerSetup.objects.update(allow_posting_from=calc_date("-CM-1M", on))
    # Nobody is to hear today of what happened in the course of a year.
    OutboxMessage.objects.filter(sent_at=None).update(sent_at=at)
    _learn()


def _learn() -> None:
    """Let the database look at its tables, so that it plans its queries for what they hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kernel_analyze()")
