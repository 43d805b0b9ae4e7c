"""Item charges: revenue of goods that moved earlier or move in the same posting, without quantity and without cost.

    charged = load_charged(entry_nos)                  what a charge needs to know of earlier goods
    ChargeSection(revenues, papers, charged, items)    for posting.registers.write, after the ItemSection

Neither stock nor any cost hears of them, so that nothing is locked.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from erp.kernel.bulk import insert_rows
from erp.kernel.ledger import Numbers
from inventory.ledger.section import ItemSection
from inventory.ledger.values import Paper
from inventory.models import Item
from inventory.models.entries import ItemEntryState, ItemLedgerEntry, ValueEntry


class ChargeRevenue(NamedTuple):
    """The part of an item charge that counts as revenue of one item ledger entry; one value entry.

    item_entry_no  of goods that moved earlier; None for goods that move in the same posting
    movement       of those the index among the movements of the posting's plan
    sales_amount   net, in local currency, revenue positive
    """

    paper: str
    line_no: int
    item_charge_no: str
    sales_amount: Decimal
    item_entry_no: int | None = None
    movement: int | None = None
    gen_bus: str = ""
    gen_prod: str = ""


class ChargedEntry(NamedTuple):
    """An item ledger entry that can carry a charge."""

    item_id: int
    variant_code: str
    location_code: str
    valuation_date: date
    item_entry_type: str
    drop_shipment: bool
    inventory_posting_group: str
    inventoriable: bool


def load_charged(entry_nos: Collection[int]) -> dict[int, ChargedEntry]:
    """Item ledger entries by number, without those that were undone. One query, none without numbers."""
    if not entry_nos:
        return {}
    reversals = ItemLedgerEntry.objects.filter(reverses=OuterRef("pk"))
    rows = ItemEntryState.objects.filter(pk__in=entry_nos).exclude(Exists(reversals)).order_by()
    columns = (
        "item_id", "variant_code", "location_code", "valuation_date", "entry__entry_type", "drop_shipment",
        "item__inventory_posting_group__code", "item__type",
    )  # fmt: skip
    return {
        no: ChargedEntry(*facts, group or "", kind == Item.Type.INVENTORY)
        for no, *facts, group, kind in rows.values_list("entry_id", *columns)
    }


class ChargeSection:
    """The value entries of item charges, for `registers.write`.

    charged  earlier goods, from `load_charged`
    items    the section of the goods that move in the same posting; None where none do
    """

    def __init__(
        self,
        revenues: Sequence[ChargeRevenue],
        papers: Mapping[str, Paper],
        charged: Mapping[int, ChargedEntry],
        items: ItemSection | None,
    ):
        self.revenues = revenues
        self.papers = papers
        self.charged = charged
        self.items = items

    @property
    def counts(self) -> dict[str, int]:
        return {"value_entry_no": len(self.revenues)}

    def write(self, numbers: Numbers) -> None:
        """Insert the rows: one statement. No projection changes, as neither quantity nor cost does."""
        first = getattr(numbers, "value_entry_no", 0)
        rows = [self._row(first + place, revenue) for place, revenue in enumerate(self.revenues)]
        insert_rows(ValueEntry, rows)

    def _row(self, entry_no: int, revenue: ChargeRevenue) -> "_Row":
        paper = self.papers[revenue.paper]
        item_entry_no, entry = self._entry(revenue)
        return _Row(
            entry_no=entry_no,
            item_entry_id=item_entry_no,
            **entry._asdict(),
            posting_date=paper.posting_date,
            document_type=paper.document_type,
            document_no=paper.document_no,
            document_line_no=revenue.line_no,
            source_type=paper.source_type,
            source_no=paper.source_no,
            salesperson_code=paper.salesperson_code,
            sales_amount_actual=revenue.sales_amount,
            item_charge_no=revenue.item_charge_no,
            gen_bus_posting_group=revenue.gen_bus,
            gen_prod_posting_group=revenue.gen_prod,
            source_code=paper.source_code,
        )

    def _entry(self, revenue: ChargeRevenue) -> tuple[int, ChargedEntry]:
        if revenue.item_entry_no is not None:
            return revenue.item_entry_no, self.charged[revenue.item_entry_no]
        entry = self.items.plan.entries[revenue.movement]
        card = self.items.plan.state.cards[entry.item_id]
        return self.items.entry_no(entry), ChargedEntry(
            entry.item_id,
            entry.variant,
            entry.location,
            entry.valuation_date,
            entry.entry_type,
            entry.drop,
            card.inventory_group or "",
            card.keeps_stock,
        )


class _Row(NamedTuple):
    entry_no: int
    item_entry_id: int
    item_id: int
    variant_code: str
    location_code: str
    valuation_date: date
    item_entry_type: str
    drop_shipment: bool
    inventory_posting_group: str
    inventoriable: bool
    posting_date: date
    document_type: str
    document_no: str
    document_line_no: int
    source_type: str
    source_no: str
    salesperson_code: str
    sales_amount_actual: Decimal
    item_charge_no: str
    gen_bus_posting_group: str
    gen_prod_posting_group: str
    source_code: str
