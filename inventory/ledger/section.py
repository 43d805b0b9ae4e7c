"""Writing a plan: the item ledger's part of a posting run, with a constant number of statements."""

from collections.abc import Mapping
from decimal import Decimal

from erp.kernel.bulk import insert_rows, update_rows, upsert_rows
from erp.kernel.ledger import Numbers
from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.quantity import QTY
from inventory.costing import Entry
from inventory.ledger.itemplan import ItemPlan
from inventory.ledger.rows import Value
from inventory.ledger.tables import ApplicationRow, ChangedRow, EntryRow, StateRow, StockRow, ValueRow
from inventory.ledger.values import Paper
from inventory.models import Item
from inventory.models.entries import ItemApplicationEntry, ItemEntryState, ItemLedgerEntry, Stock, ValueEntry
from posting.journal import GLSection

SOURCE_CODE = "INVTADJMT"
STOCK_KEY = ("item_id", "variant_code", "location_code")
STOCK_SUMS = ("quantity", "invoiced_quantity", "cost_amount_actual", "cost_amount_expected")


class ItemSection:
    """The rows of an item ledger plan, for `registers.write`.

    papers  as in the plan, now with their numbers
    The G/L transactions that adjust earlier documents are written here too; the plan's own lines are the caller's.
    """

    def __init__(self, plan: ItemPlan, papers: Mapping[str, Paper]):
        if plan.problems:
            raise ValueError(f"A plan with problems is not written: {plan.problems[0].message}")
        self.plan = plan
        self.papers = papers
        self.gl = GLSection(plan.adjustments, setup=plan.state.setup.posting)
        self.numbers: Numbers | None = None
        self.applications = sum(1 for entry in plan.entries if _has_own_row(entry)) + len(plan.matches)

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers of each ledger."""
        return {
            **self.gl.counts,
            "item_entry_no": len(self.plan.entries),
            "value_entry_no": len(self.plan.values),
            "item_application_no": self.applications,
        }

    def assign(self, numbers: Numbers) -> None:
        """Know the numbers, so that other sections can ask for them before rows are written."""
        self.numbers = numbers
        self.gl.assign(numbers)

    def entry_no(self, entry: Entry) -> int:
        """The number of an entry, new or old."""
        return entry.no if entry.no is not None else self.numbers.item_entry_no + entry.place

    @property
    def entry_nos(self) -> list[int]:
        """The item ledger entry number of each movement, in their order."""
        return [self.entry_no(entry) for entry in self.plan.entries]

    def write(self, numbers: Numbers) -> None:
        """Insert the ledger rows, move the projections and the cards: at most nine statements."""
        self.assign(numbers)
        self.gl.write(numbers)
        insert_rows(ItemLedgerEntry, self._entry_rows())
        insert_rows(ValueEntry, self._value_rows())
        insert_rows(ItemApplicationEntry, self._application_rows())
        insert_rows(ItemEntryState, [self._state_row(entry) for entry in self.plan.entries])
        self.write_projections()

    def write_projections(self) -> None:
        """What follows from the ledger: earlier entries' states, stock, item cards. Alone where a plan has no rows."""
        update_rows(ItemEntryState, [_changed_row(entry) for entry in self.plan.changed], key="entry_id")
        stock = [StockRow(*key, *row) for key, row in self.plan.stock.items()]
        upsert_rows(Stock, stock, key=STOCK_KEY, add=STOCK_SUMS)
        update_rows(Item, self.plan.cards)

    def _entry_rows(self) -> list[EntryRow]:
        rows = []
        for entry, movement in zip(self.plan.entries, self.plan.movements, strict=True):
            paper = self.papers[movement.paper]
            rows.append(
                EntryRow(
                    entry_no=self.entry_no(entry),
                    item_id=entry.item_id,
                    variant_code=entry.variant,
                    location_code=entry.location,
                    posting_date=paper.posting_date,
                    document_date=paper.document_date,
                    entry_type=entry.entry_type,
                    document_type=paper.document_type,
                    document_no=paper.document_no,
                    document_line_no=movement.line_no,
                    external_document_no=paper.external_document_no,
                    description=movement.description[:100],
                    source_type=paper.source_type,
                    source_no=paper.source_no,
                    order_no=paper.order_no,
                    order_line_no=movement.order_line_no,
                    quantity=entry.quantity,
                    unit_code=movement.unit_code,
                    per_unit=movement.per_unit,
                    unit_cost=entry.unit_cost,
                    serial_no=entry.serial,
                    lot_no=entry.lot,
                    applies_to_id=movement.applies_to
                    if entry.inbound
                    else movement.applies_to or movement.reverses,
                    applies_from_id=movement.applies_from,
                    drop_shipment=entry.drop,
                    correction=entry.correction,
                    return_reason_code=movement.return_reason_code,
                    source_code=paper.source_code,
                    reverses_id=movement.reverses,
                )
            )
        return rows

    def _value_rows(self) -> list[ValueRow]:
        rules = self.plan.state.setup.rules
        posts, posts_expected = rules.automatic_cost_posting, rules.expected_cost_posting
        rows = []
        for entry_no, value in enumerate(self.plan.values, getattr(self.numbers, "value_entry_no", 0)):
            entry, like = value.entry, value.like
            paper = self.papers[value.paper] if like is None else None
            rows.append(
                ValueRow(
                    entry_no=entry_no,
                    item_entry_id=self.entry_no(entry),
                    item_id=entry.item_id,
                    variant_code=entry.variant,
                    location_code=entry.location,
                    posting_date=value.posting_date,
                    valuation_date=entry.valuation_date,
                    type=value.type,
                    item_entry_type=entry.entry_type,
                    document_type=paper.document_type if paper else like.document_type,
                    document_no=paper.document_no if paper else like.document_no,
                    document_line_no=value.line_no,
                    source_type=paper.source_type if paper else like.source_type,
                    source_no=paper.source_no if paper else like.source_no,
                    salesperson_code=paper.salesperson_code if paper else like.salesperson_code,
                    item_entry_quantity=value.item_entry_quantity,
                    valued_quantity=value.valued_quantity,
                    invoiced_quantity=value.invoiced_quantity,
                    cost_per_unit=_per_unit(value),
                    cost_amount_actual=value.actual,
                    cost_amount_expected=value.expected,
                    cost_amount_non_inventoriable=value.non_inventoriable,
                    cost_posted_to_gl=value.actual if posts else ZERO,
                    expected_cost_posted_to_gl=value.expected if posts and posts_expected else ZERO,
                    sales_amount_actual=value.sales_actual,
                    sales_amount_expected=value.sales_expected,
                    purchase_amount_actual=value.purchase_actual,
                    purchase_amount_expected=value.purchase_expected,
                    discount_amount=value.discount,
                    expected_cost=value.expected_cost,
                    adjustment=value.adjustment,
                    inventoriable=value.inventoriable,
                    valued_by_average=value.averaged,
                    drop_shipment=entry.drop,
                    applies_to_id=like.entry_no if like else None,
                    gen_bus_posting_group=value.gen_bus,
                    gen_prod_posting_group=value.gen_prod,
                    inventory_posting_group=value.group,
                    source_code=paper.source_code if paper else SOURCE_CODE,
                )
            )
        return rows

    def _application_rows(self) -> list[ApplicationRow]:
        """A row for each receipt itself, and one per match on whichever side was posted later."""
        rows: list[ApplicationRow] = []
        first = getattr(self.numbers, "item_application_no", 0)
        for entry in self.plan.entries:
            if _has_own_row(entry):
                own, source = self.entry_no(entry), entry.source and self.entry_no(entry.source)
                back = source if entry.kind == "return" else None
                onward = source if entry.kind == "transfer" else None
                rows.append(
                    ApplicationRow(
                        first + len(rows),
                        own,
                        own,
                        back,
                        entry.quantity,
                        entry.posting_date,
                        onward,
                        back is not None,
                    )
                )
        for match in self.plan.matches:
            inbound, outbound = self.entry_no(match.inbound), self.entry_no(match.outbound)
            later = max(inbound, outbound)
            day = match.inbound.posting_date if later == inbound else match.outbound.posting_date
            rows.append(
                ApplicationRow(first + len(rows), later, inbound, outbound, -match.quantity, day, None, False)
            )
        return rows

    def _state_row(self, entry: Entry) -> StateRow:
        return StateRow(
            self.entry_no(entry), entry.item_id, entry.variant, entry.location, entry.drop, entry.posting_date,
            entry.serial, entry.lot, entry.quantity, entry.unit_cost, *_state(entry),
        )  # fmt: skip


def _has_own_row(entry: Entry) -> bool:
    """Receipts of stock have an application row of their own; items without stock are never applied."""
    return entry.inbound and entry.stocked


def _per_unit(value: Value) -> Decimal:
    if not value.valued_quantity:
        return ZERO
    cost = value.actual or value.expected or value.non_inventoriable
    return round_to(WIDE.divide(cost, value.valued_quantity), QTY)


def _state(entry: Entry) -> tuple:
    """The columns that change."""
    return (
        entry.valuation_date, entry.remaining, entry.invoiced, entry.returned, entry.actual, entry.expected,
        entry.expected_total, entry.forwarded, entry.rounding,
    )  # fmt: skip


def _changed_row(entry: Entry) -> ChangedRow:
    return ChangedRow(entry.no, *_state(entry))
