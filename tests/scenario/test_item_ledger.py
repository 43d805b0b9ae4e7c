"""# The item ledger

Goods come and go; every movement is an entry that stays. What remains of a receipt, and what an issue still waits for,
follows from the entries.
"""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from inventory import selectors
from inventory.models import ItemLedgerEntry
from inventory.routines.adjust_inventory import adjust_inventory
from inventory.routines.count import calculate_inventory, post_count
from inventory.routines.post_item_journal import JournalLine, post_item_journal
from inventory.routines.transfer import TransferLine, post_transfer
from tests.unit.inventory.shop import AT, Shop, jan


@pytest.fixture
def shop(db):
    return Shop()


def test_a_week_in_the_warehouse(shop):
    """Lamps are found, moved, sold, returned, counted. The inventory account follows to the cent."""
    lamp = shop.item("LAMP", unit_cost=D("12.50"))

    # Monday: an item journal takes the opening stock in, 20 lamps at 12.50.
    opening = JournalLine(10000, jan(5), "START", "positive_adjustment", "LAMP", D(20), location_code="MAIN")
    post_item_journal([opening], by=None, at=AT)
    assert shop.stock(lamp, "MAIN") == 20
    assert shop.gl() == {"2110": D("250.00"), "7170": D("-250.00")}

    # Tuesday: eight go to the shop in the east. They are worth there what they were worth here.
    post_transfer(
        [TransferLine(10000, "LAMP", D(8))], origin="MAIN", destination="EAST", document_no="T-1", on=jan(6),
        by=None, at=AT,
    )  # fmt: skip
    assert (shop.stock(lamp, "MAIN"), shop.stock(lamp, "EAST")) == (12, 8)
    assert shop.gl()["2110"] == D("250.00")

    # Wednesday: three are shipped from there and invoiced; one comes back, at exactly its cost.
    sale = shop.sell(lamp, 3, price=20, location_code="EAST", on=jan(7))
    shop.move(lamp, 1, "sale", applies_from=sale, sales_amount=D(-20), location_code="EAST", on=jan(7))
    assert shop.gl() == {"2110": D("225.00"), "7110": D("25.00"), "7170": D("-250.00")}
    with pytest.raises(ProblemsFound) as refusal:
        shop.move(lamp, 3, "sale", applies_from=sale, location_code="EAST", on=jan(7))
    assert refusal.value.code == "E-RETURN-TOO-MUCH"

    # Thursday: a shipment leaves by mistake and is undone before anybody invoices it.
    shipment = shop.ship(lamp, 5, on=jan(8))
    shop.undo(shipment, on=jan(8))
    assert shop.stock(lamp, "MAIN") == 12

    # Friday: counting. One lamp is missing in the east; two are shipped before the count is posted, and stay shipped.
    listed = calculate_inventory(items=["LAMP"])
    assert [(line.location_code, line.calculated) for line in listed] == [("EAST", 6), ("MAIN", 12)]
    shop.ship(lamp, 2, location_code="EAST", on=jan(9))
    counted = [listed[0]._replace(counted=D(5)), listed[1]]
    post_count(counted, on=jan(9), document_no="COUNT-1", by=None, at=AT)
    assert shop.stock(lamp, "EAST") == 3

    # Saturday: the card is told that there are ten in the main warehouse.
    adjust_inventory(lamp, quantities={"MAIN": D(10)}, document_no="ADJ-1", on=jan(10), by=None, at=AT)
    assert shop.stock(lamp) == 13

    # What was invoiced or adjusted is in the general ledger; the two lamps shipped are still expected cost.
    (main, east) = sorted(selectors.valuation(on=jan(31)), key=lambda row: -row.quantity)
    assert (main.quantity, main.cost_actual, main.cost_expected) == (10, D("125.00"), 0)
    assert (east.quantity, east.cost_actual, east.cost_expected) == (3, D("62.50"), D("-25.00"))
    assert shop.gl()["2110"] == D("187.50")


def test_selling_what_is_not_there_yet(shop):
    """Where negative stock is allowed, an issue waits for its goods and takes the cost of those that come."""
    lamp = shop.item("LAMP", unit_cost=D(8))
    sale = shop.sell(lamp, 5, on=jan(5))
    assert (shop.stock(lamp), shop.remaining(sale)) == (-5, -5)
    assert shop.gl() == {"2110": -40, "7110": 40}

    # The purchase on the next day fills it: the sale now costs 45 and counts as valued on that day.
    shop.buy(lamp, 5, 9, on=jan(6))
    assert (shop.stock(lamp), shop.remaining(sale), shop.cost(sale)) == (0, 0, -45)
    assert shop.gl() == {"7110": 45, "7191": -45}

    # Where it is prevented, the posting is refused as a whole.
    shop.rule(prevent_negative_inventory=True)
    with pytest.raises(ProblemsFound) as refusal:
        shop.sell(lamp, 1, on=jan(7))
    assert refusal.value.code == "E-STOCK-INSUFFICIENT"
    assert ItemLedgerEntry.objects.count() == 2
