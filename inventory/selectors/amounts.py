"""The item ledger as a whole, and what its movements brought and cost."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import QuerySet, Sum

from inventory.models.entries import ItemLedgerEntry, ValueEntry


def all_item_entries() -> QuerySet[ItemLedgerEntry]:
    """Every movement of goods, bare; to be paged by entry number."""
    return ItemLedgerEntry.objects.order_by()


def actual_amounts(entry_nos: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """(sales amount, cost amount) that is final, by item ledger entry. One query."""
    values = ValueEntry.objects.filter(item_entry__in=entry_nos).order_by().values("item_entry")
    sums = values.annotate(sales=Sum("sales_amount_actual"), cost=Sum("cost_amount_actual"))
    return {entry: (sales, cost) for entry, sales, cost in sums.values_list("item_entry", "sales", "cost")}
