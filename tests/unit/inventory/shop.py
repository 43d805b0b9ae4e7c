"""A small company with stock, driven through the doors of the item ledger alone: purchases and sales by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from django.db import transaction
from django.db.models import Sum

from erp.kernel.errors import raise_problems
from inventory import ledger
from inventory.ledger import Invoicing, Movement, Paper
from inventory.models import (
    EntryType,
    InventoryPostingGroup,
    InventoryPostingSetup,
    InventorySetup,
    Item,
    ItemEntryState,
    ItemLedgerEntry,
    ItemUnit,
    Location,
    Stock,
    UnitOfMeasure,
    ValueEntry,
)
from posting import registers
from posting.journal import Facts, GLSection, Transaction
from posting.models import (
    GeneralBusinessGroup,
    GeneralLedgerSetup,
    GeneralPostingSetup,
    GeneralProductGroup,
    GLAccount,
    GLEntry,
)

D = Decimal
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)

ACCOUNTS = {
    "2110": "Inventory",
    "2111": "Inventory (interim)",
    "5510": "Inventory accrual (interim)",
    "7110": "COGS",
    "7111": "COGS (interim)",
    "7170": "Inventory adjustment",
    "7191": "Direct cost applied",
    "7192": "Overhead applied",
    "7193": "Purchase variance",
}
GENERAL = {
    "cogs_account": "7110",
    "cogs_interim_account": "7111",
    "inventory_adjustment_account": "7170",
    "inventory_accrual_interim_account": "5510",
    "direct_cost_applied_account": "7191",
    "overhead_applied_account": "7192",
    "purchase_variance_account": "7193",
}


def jan(day: int) -> date:
    return date(2026, 1, day)


class Shop:
    """Items, places and a chart of accounts; every verb posts at once and returns the entry numbers it made."""

    def __init__(self, **rules):
        self.numbers = count(1)
        GeneralLedgerSetup.objects.get_or_create(pk=1)
        self.rules, _new = InventorySetup.objects.update_or_create(pk=1, defaults=rules)
        accounts = {
            number: GLAccount.objects.create(number=number, name=name) for number, name in ACCOUNTS.items()
        }
        goods = GeneralProductGroup.objects.create(code="GOODS")
        for bus in (None, GeneralBusinessGroup.objects.create(code="DOMESTIC")):
            GeneralPostingSetup.objects.create(
                gen_bus_posting_group=bus,
                gen_prod_posting_group=goods,
                **{name: accounts[number] for name, number in GENERAL.items()},
            )
        self.group = InventoryPostingGroup.objects.create(code="RESALE")
        self.goods = goods
        self.pieces = UnitOfMeasure.objects.create(code="PCS")
        self.places = {}
        for code in ("", "MAIN", "EAST"):
            place = Location.objects.create(code=code) if code else None
            self.places[code] = place
            InventoryPostingSetup.objects.create(
                location=place,
                inventory_posting_group=self.group,
                inventory_account=accounts["2110"],
                inventory_interim_account=accounts["2111"],
            )

    def rule(self, **rules) -> None:
        InventorySetup.objects.filter(pk=1).update(**rules)

    def item(self, number: str = "X", **card) -> Item:
        stocked = card.get("type", "inventory") == "inventory"
        card.setdefault("reserve", "optional" if stocked else "never")
        item = Item.objects.create(
            number=number,
            description=number,
            base_unit=self.pieces,
            gen_prod_posting_group=self.goods,
            inventory_posting_group=self.group if stocked else None,
            **card,
        )
        ItemUnit.objects.create(item=item, unit=self.pieces, per_unit=1)
        return item

    # --- posting ---------------------------------------------------------------------------------------------------
    def post(
        self,
        movements: Sequence[Movement] = (),
        invoicings: Sequence[Invoicing] = (),
        *,
        on: date = TODAY,
        type: str = "",
        plan_only: bool = False,
        extra_entries: Sequence[int] = (),
    ):
        """Post lines as one document; movements come without a paper."""
        number = f"D{next(self.numbers):04}"
        papers = {"doc": Paper(type, number, on, on, source_code="TEST")}
        movements = [movement._replace(paper="doc") for movement in movements]
        invoicings = [invoicing._replace(paper="doc") for invoicing in invoicings]
        wanted = {no for m in movements for no in (m.applies_to, m.applies_from, m.reverses) if no}
        wanted |= {invoicing.item_entry_no for invoicing in invoicings} | set(extra_entries)
        with transaction.atomic():
            items = {movement.item_id for movement in movements}
            items |= set(ItemLedgerEntry.objects.filter(pk__in=wanted).values_list("item_id", flat=True))
            state = ledger.load(items, entry_nos=wanted, on=on)
            plan = ledger.plan(movements, invoicings, papers=papers, state=state)
            if plan_only:
                return plan
            raise_problems(number, plan.problems)
            facts = Facts(on, on, on, "", number, source_code="TEST")
            gl = GLSection([Transaction(facts, plan.lines)] if plan.lines else [])
            section = ledger.ItemSection(plan, papers)
            registers.write([gl, section], source_code="TEST", by="tester", at=AT)
        self.plan = plan
        return section.entry_nos

    def move(
        self, item: Item, quantity, entry_type: str, *, on: date = TODAY, type: str = "", **fields
    ) -> int:
        fields.setdefault("gen_bus", "DOMESTIC" if entry_type in ("sale", "purchase") else "")
        fields.setdefault("location_code", "MAIN")
        movement = Movement("doc", 10000, item.pk, entry_type, D(quantity), **fields)
        return self.post([movement], on=on, type=type)[0]

    def receive(self, item: Item, quantity, cost, **fields) -> int:
        """A purchase receipt: cost is expected. `cost` is per piece."""
        return self.buy(item, quantity, cost, invoiced=False, type="purchase_receipt", **fields)

    def buy(self, item: Item, quantity, cost, *, total=None, **fields) -> int:
        amount = D(total) if total is not None else round(D(quantity) * D(cost), 2)
        fields.setdefault("type", "purchase_invoice")
        return self.move(
            item, quantity, EntryType.PURCHASE, cost_amount=amount, purchase_amount=amount, **fields
        )

    def ship(self, item: Item, quantity, **fields) -> int:
        return self.sell(item, quantity, invoiced=False, type="sales_shipment", **fields)

    def sell(self, item: Item, quantity, *, price=0, **fields) -> int:
        fields.setdefault("type", "sales_invoice")
        return self.move(item, -D(quantity), EntryType.SALE, sales_amount=D(price) * D(quantity), **fields)

    def invoice(self, entry_no: int, quantity, *, cost=None, on: date = TODAY, price=0) -> None:
        """Invoice a part of an entry; with a cost per piece, as a purchase."""
        entry = ItemLedgerEntry.objects.get(pk=entry_no)
        quantity = D(quantity) if entry.quantity > 0 else -D(quantity)
        amount = None if cost is None else round(quantity * D(cost), 2)
        self.post(
            [],
            [
                Invoicing(
                    "doc", 10000, entry_no, quantity, cost_amount=amount, purchase_amount=amount or D(0),
                    sales_amount=-quantity * D(price) if cost is None else D(0), gen_bus="DOMESTIC",
                )
            ],
            on=on,
            type="sales_invoice" if cost is None else "purchase_invoice",
        )  # fmt: skip

    def transfer(self, item: Item, quantity, origin: str, destination: str, *, on: date = TODAY) -> list[int]:
        """Straight from one place to another; the entries out and in."""
        leg = Movement("doc", 10000, item.pk, EntryType.TRANSFER, -D(quantity), location_code=origin)
        onward = leg._replace(quantity=D(quantity), location_code=destination, carries_cost_of=0)
        return self.post([leg, onward], on=on)

    def undo(self, entry_no: int, *, on: date = TODAY) -> int:
        entry = ItemLedgerEntry.objects.get(pk=entry_no)
        state = ledger.load([entry.item_id], entry_nos=[entry_no], on=on)
        return self.post([ledger.undo_movement(entry_no, state=state, paper="doc", line_no=10000)], on=on)[0]

    # --- asking ----------------------------------------------------------------------------------------------------
    def cost(self, entry_no: int) -> Decimal:
        """Actual and expected, as value entries say."""
        found = ValueEntry.objects.filter(item_entry=entry_no).aggregate(
            cost=Sum("cost_amount_actual") + Sum("cost_amount_expected")
        )
        return found["cost"]

    def amounts(self, entry_no: int) -> list[tuple[Decimal, Decimal]]:
        """(actual, expected) of each value entry."""
        rows = ValueEntry.objects.filter(item_entry=entry_no).order_by("entry_no")
        return list(rows.values_list("cost_amount_actual", "cost_amount_expected"))

    def state(self, entry_no: int) -> ItemEntryState:
        return ItemEntryState.objects.get(pk=entry_no)

    def remaining(self, entry_no: int) -> Decimal:
        return self.state(entry_no).remaining_quantity

    def stock(self, item: Item, location: str | None = None) -> Decimal:
        rows = Stock.objects.filter(item=item)
        if location is not None:
            rows = rows.filter(location_code=location)
        return rows.aggregate(q=Sum("quantity"))["q"] or D(0)

    def value(self, item: Item) -> Decimal:
        rows = ValueEntry.objects.filter(item=item, inventoriable=True)
        return rows.aggregate(v=Sum("cost_amount_actual") + Sum("cost_amount_expected"))["v"] or D(0)

    def gl(self) -> dict[str, Decimal]:
        """Balances by account, without zeros."""
        rows = GLEntry.objects.order_by().values("account__number").annotate(sum=Sum("amount"))
        return {row["account__number"]: row["sum"] for row in rows if row["sum"]}

    def card(self, item: Item) -> Item:
        return Item.objects.get(pk=item.pk)
