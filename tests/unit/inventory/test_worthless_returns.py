"""Goods that come back and are worth nothing: their sale knows that they are back, and gives them no cost."""

import pytest

from erp.kernel.errors import ProblemsFound
from erp.kernel.invariants import run_all
from inventory import selectors
from inventory.models import EntryType, ItemApplicationEntry, ItemLedgerEntry


def left(entry_no: int):
    return selectors.issues([entry_no])[entry_no].left


def check() -> None:
    """Every law of the item ledger holds, so the projections are what they would be if built anew."""
    laws = [result for result in run_all() if result.code.startswith("INV-")]
    assert laws and [result.finding.failures for result in laws if not result.holds] == []


def test_a_worthless_return_takes_no_cost_and_counts_as_returned(shop):
    x = shop.item()
    shop.buy(x, 5, 10)
    sale = shop.sell(x, 5)
    back = shop.move(x, 2, EntryType.SALE, applies_from=sale, without_value=True)
    assert (shop.cost(back), shop.stock(x), shop.value(x)) == (0, 2, 0)
    own = ItemApplicationEntry.objects.get(item_entry=back)
    assert (own.outbound_entry_id, own.cost_application) == (None, False)
    assert (left(sale), selectors.returnable([sale])) == (3, {sale: 3})
    with pytest.raises(ProblemsFound) as refusal:
        shop.move(x, 4, EntryType.SALE, applies_from=sale)
    assert str(refusal.value).endswith(
        f"Only 3 of the 5 shipped units of entry {sale} can still be returned. (line 10000)"
    )

    # The rest comes back at its cost, and what changes the sale later does not reach the worthless part.
    rest = shop.move(x, 3, EntryType.SALE, applies_from=sale)
    assert (shop.cost(rest), left(sale)) == (30, 0)
    check()


@pytest.mark.parametrize("card", [{}, {"costing_method": "average"}, {"type": "service"}])
def test_undone_it_is_out_again(shop, card):
    x = shop.item(**card)
    if not card.get("type"):
        shop.buy(x, 5, 10)
    sale = shop.sell(x, 5)
    back = shop.move(
        x,
        2,
        EntryType.SALE,
        applies_from=sale,
        without_value=True,
        invoiced=False,
        type="sales_return_receipt",
    )
    assert left(sale) == 3
    shop.undo(back)
    assert left(sale) == 5
    check()


def test_what_stands_behind_the_lines_of_papers(shop):
    """A shipment's line is its entry, with what can still come back of it; what was undone is no more."""
    x = shop.item()
    shop.buy(x, 10, 10)
    first, second, third = shop.ship(x, 4), shop.ship(x, 3), shop.ship(x, 1)
    shop.undo(third)
    shop.move(x, 1, EntryType.SALE, applies_from=first)
    shipped = ItemLedgerEntry.objects.filter(pk__in=[first, second, third])
    numbers = shipped.values_list("document_no", flat=True)
    behind = selectors.entries_behind("sales_shipment", numbers)
    assert [(row.entry_no, row.quantity, row.left, row.unit_cost) for row in behind] == [
        (first, -4, 3, 10),
        (second, -3, 3, 10),
    ]
