"""Two people sell the last piece at the same moment: one of them gets it."""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from inventory.models import Item, ItemLedgerEntry
from tests.support.races import race
from tests.unit.inventory.shop import Shop


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_is_sold_once():
    shop = Shop()
    x = shop.item(prevent_negative_inventory="yes")
    shop.buy(x, 1, 10)

    def sell():
        return shop.sell(Item.objects.get(pk=x.pk), D(1))

    outcomes = race(sell, sell, sell)
    sold = [outcome for outcome in outcomes if isinstance(outcome, int)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, ProblemsFound)]
    assert (len(sold), [refusal.code for refusal in refused]) == (1, ["E-STOCK-INSUFFICIENT"] * 2)
    assert shop.stock(x) == 0
    assert list(ItemLedgerEntry.objects.values_list("entry_no", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_documents_that_share_items_in_opposite_order_do_not_lock_each_other_out():
    shop = Shop()
    x, y = shop.item("X"), shop.item("Y")
    from inventory.ledger import Movement
    from inventory.models import EntryType

    def lines(*items):
        return [
            Movement(
                "doc", n, item.pk, EntryType.POSITIVE_ADJUSTMENT, D(1), location_code="MAIN", cost_amount=D(1)
            )
            for n, item in enumerate(items, 1)
        ]

    outcomes = race(*(lambda pair=pair: shop.post(lines(*pair)) for pair in ((x, y), (y, x)) * 3))
    assert sorted(no for outcome in outcomes for no in outcome) == list(range(1, 13))
    assert (shop.stock(x), shop.stock(y)) == (6, 6)
