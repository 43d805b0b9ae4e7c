"""What is posted once to be copied, and how its copies differ: who bought, when, for how much."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from customers.models import Customer
from erp.kernel import bulk
from erp.kernel.ledger import Numbers
from inventory.models import EntryType, Item
from inventory.models.entries import ValueEntry
from inventory.routines.post_item_journal import JournalLine as ItemLine
from inventory.routines.post_item_journal import post_item_journal
from posting import registers
from posting.models import GLAccount
from receivables.plans.journal_line import CUSTOMER, JournalLine
from receivables.routines.post_journal import post_journal
from tests.bench.copies import Change
from tests.world import TODAY, World

DAYS = 3 * 365  # over which postings are spread
LAST_DAY = TODAY + timedelta(days=DAYS)
PAID_AFTER = 20
UNPAID_FOR = 60  # days back from the last, in which open invoices were posted
REVENUE = "4520"
ISSUES = 49  # from each receipt of the item whose cost is to be adjusted
BIG, MIDDLE, SINGLE, OTHERS = range(4)  # places of the customers; the others follow


class Masters(NamedTuple):
    """What samples are posted for, and the first keys of the customers, accounts and small items copied beforehand."""

    customer: Customer
    account: GLAccount
    mover: Item
    adjusted: Item
    small: Item
    customers: int
    accounts: int
    items: int


def sell(world: World, masters: Masters):
    """A posted sales invoice over 125."""
    return world.sales_invoice(masters.customer).charges(masters.account.number, 100).post()


def sell_and_pay(world: World, masters: Masters) -> None:
    sell(world, masters)
    _pay(world, masters, 125)


def charge_and_pay(world: World, masters: Masters) -> None:
    """An invoice from a journal, without tax, and its payment."""
    line = JournalLine(
        1, TODAY, "invoice", "J-1", CUSTOMER, masters.customer.number, Decimal(80), bal_account_no=REVENUE
    )
    post_journal([line], by=world.by, at=world.at())
    _pay(world, masters, 80)


def _pay(world: World, masters: Masters, amount: int) -> None:
    world.pay(masters.customer, amount, on=TODAY + timedelta(days=PAID_AFTER), apply="oldest")


def move(world: World, item: Item, *, issues: int = 1, document_no: str = "MOVE") -> None:
    """A receipt, and as many issues that take all of it."""
    lines = [(EntryType.POSITIVE_ADJUSTMENT, issues), *[(EntryType.NEGATIVE_ADJUSTMENT, 1)] * issues]
    post_item_journal(
        [
            ItemLine(place, TODAY, document_no, kind, item.number, Decimal(quantity))
            for place, (kind, quantity) in enumerate(lines, start=1)
        ],
        by=world.by,
        at=world.at(),
    )


def become_dearer(world: World, item: Item) -> None:
    """Goods that are gone already turn out to have cost one more each: their issues wait for a cost adjustment."""
    move(world, item, issues=ISSUES, document_no="DEAR")
    receipt = ValueEntry.objects.filter(item=item).order_by("entry_no").first()
    registers.write([_Dearer(receipt)], source_code="ITEMJNL", by=world.by.username, at=world.at())
    Item.objects.filter(pk=item.pk).update(cost_is_adjusted=False)


class _Dearer:
    """One more value of a receipt; its cost is still to be posted to the general ledger."""

    counts = {"value_entry_no": 1}

    def __init__(self, value: ValueEntry):
        self.value = value

    def write(self, numbers: Numbers) -> None:
        names = [each.attname for each in ValueEntry._meta.concrete_fields]
        row = NamedTuple("Row", [(name, object) for name in names])
        changed = {
            "entry_no": numbers.value_entry_no,
            "item_entry_quantity": Decimal(0),
            "invoiced_quantity": Decimal(0),
            "cost_per_unit": Decimal(1),
            "cost_amount_actual": Decimal(ISSUES),
            "cost_posted_to_gl": Decimal(0),
        }
        bulk.insert_rows(
            ValueEntry, [row(**{name: changed.get(name, getattr(self.value, name)) for name in names})]
        )


@dataclass(frozen=True)
class Buyers:
    """Who bought: some customers get a share of the copies that was promised, the others what is left.

    shares  copies by place of the customer, the smallest first
    count   of all copies
    """

    shares: dict[int, int]
    count: int
    customers: int

    def who(self, copy: str) -> str:
        """SQL for the place of the customer of a copy."""
        cases = ""
        for place, share in self.shares.items():
            every = max(self.count // share, 1)
            cases += f" WHEN mod({copy}, {every}) = {min(place, every - 1)} AND {copy} / {every} < {share} THEN {place}"
        others = f"{OTHERS} + mod({copy} * 7919, {self.customers - OTHERS})"
        return f"CASE{cases} ELSE {others} END"


def bought(masters: Masters, buyers: Buyers, *, accounts: int, first: int, prefix: str, days: str) -> Change:
    """Copies of invoices and payments.

    first   copies that others of the same `buyers` and prefix made before
    prefix  of the invoices' numbers
    days    SQL, with {copy} for the place of the copy among all
    """
    copy = f"({first} + g)"
    number = f"lpad(({first} + c.g + 1)::text, 8, '0')"
    customer = masters.customer
    return Change(
        columns={
            "who": buyers.who(copy),
            "account": f"mod(g * 31, {accounts})",
            "days": f"({days.format(copy=copy)})::int",
            "factor": "1 + mod(g, 9)",
        },
        days="c.days",
        factor="c.factor",
        texts={
            customer.number: "'K' || lpad(c.who::text, 7, '0')",
            customer.name: "'Customer ' || c.who",
            masters.account.number: f"'{REVENUE}-' || lpad(c.account::text, 4, '0')",
            "J-1": f"'{prefix}-' || {number}",
        }
        | {f"INV-{TODAY.year}-{place:05}": f"'{prefix}-' || {number}" for place in (1, 2)}
        | {f"PAY-{TODAY.year}-{place:05}": f"'{prefix}P-' || {number}" for place in (1, 2)},
        keys={
            (Customer, customer.pk): f"{masters.customers} + c.who",
            (GLAccount, masters.account.pk): f"{masters.accounts} + c.account",
        },
    )


def moved(item: Item, *, count: int, prefix: str, copies: range = range(0)) -> Change:
    """Copies of movements of one item, or of its copies with these keys in turn."""
    return Change(
        columns={"days": f"(g * {DAYS} / {count})::int"},
        days="c.days",
        texts=dict.fromkeys(("MOVE", "DEAR"), f"'{prefix}-' || lpad(c.g::text, 8, '0')"),
        keys={(Item, item.pk): f"{copies.start} + mod(c.g, {len(copies)})"} if copies else {},
    )
