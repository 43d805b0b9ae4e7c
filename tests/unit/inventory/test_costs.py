"""What goods cost, method by method, and what the general ledger hears of it."""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from inventory.models import EntryType, ItemApplicationEntry, ItemLedgerEntry, ValueEntry
from tests.unit.inventory.shop import Shop, jan


def test_partial_purchase_invoices_reverse_expected_cost(shop):
    """T-09, example 3-A."""
    x = shop.item()
    receipt = shop.receive(x, 10, 10)
    shop.invoice(receipt, 4, cost=10)
    shop.invoice(receipt, 6, cost=11)
    assert shop.amounts(receipt) == [(0, 100), (40, -40), (66, -60)]
    assert shop.state(receipt).invoiced_quantity == 10
    assert shop.cost(receipt) == 106
    assert shop.gl() == {"2110": 106, "7191": -106}


def test_the_last_partial_invoice_reverses_what_is_left(shop):
    """T-10."""
    x = shop.item()
    receipt = shop.buy(x, 3, 0, total="10.00", invoiced=False)
    for _ in range(3):
        shop.invoice(receipt, 1, cost="3.33333")
    expected = [expected for _actual, expected in shop.amounts(receipt)]
    assert expected == [D("10.00"), D("-3.33"), D("-3.33"), D("-3.34")]


@pytest.mark.parametrize(
    ("method", "cogs", "left", "unit_cost"),
    [("fifo", -124, 96, 12), ("lifo", -140, 80, 10), ("average", -132, 88, 11)],
)
def test_two_purchases_and_a_sale(shop, method, cogs, left, unit_cost):
    """T-11, T-12: immediate costing arrives at once where adjustment arrived in a second step."""
    x = shop.item(costing_method=method, unit_cost=D(10))
    shop.buy(x, 10, 10, on=jan(1))
    shop.buy(x, 10, 12, on=jan(5))
    sale = shop.sell(x, 12, on=jan(8))
    assert shop.cost(sale) == cogs
    assert shop.value(x) == left
    assert shop.card(x).unit_cost == unit_cost
    assert shop.gl() == {"2110": left, "7110": -cogs, "7191": -220}


@pytest.mark.parametrize(
    ("method", "costs"),
    [("fifo", [10, 20, 30]), ("lifo", [30, 20, 10]), ("average", [20, 20, 20]), ("standard", [15, 15, 15])],
)
def test_three_pieces_at_three_prices(shop, method, costs):
    """The one-unit check of the costing methods."""
    x = shop.item(costing_method=method, standard_cost=D(15))
    for price in (10, 20, 30):
        shop.buy(x, 1, price, on=jan(1))
    sales = [shop.sell(x, 1, on=jan(2)) for _ in range(3)]
    assert [-shop.cost(sale) for sale in sales] == costs
    assert shop.value(x) == 0


def test_specific_takes_exactly_the_pieces_named(shop):
    """Four serials of the first purchase and eight of the second."""
    x = shop.item(costing_method="specific")
    for number in range(20):
        shop.buy(x, 1, 10 if number < 10 else 12, serial_no=f"S{number}", on=jan(1))
    sold = [shop.sell(x, 1, serial_no=f"S{number}", on=jan(8)) for number in (*range(4), *range(10, 18))]
    assert sum(shop.cost(sale) for sale in sold) == -136
    assert shop.value(x) == 84
    assert shop.card(x).unit_cost == D("10.5")
    with pytest.raises(ProblemsFound) as refusal:
        shop.sell(x, 1)
    assert refusal.value.code == "E-SERIAL-REQUIRED"


def test_standard_cost_and_its_variance(shop):
    """T-13."""
    x = shop.item(costing_method="standard", standard_cost=D("10.50"))
    receipt = shop.buy(x, 10, 12)
    assert shop.amounts(receipt) == [(120, 0), (-15, 0)]
    assert list(ValueEntry.objects.values_list("type", flat=True)) == ["direct_cost", "variance"]
    assert shop.gl() == {"2110": 105, "7191": -120, "7193": 15}
    assert shop.card(x).unit_cost == D("10.50")


def test_standard_cost_through_two_purchases_and_a_sale(shop):
    """One favourable and one unfavourable variance: net debit 10."""
    x = shop.item(costing_method="standard", standard_cost=D("10.50"))
    receipt = shop.receive(x, 10, 10, on=jan(1))
    assert shop.cost(receipt) == 105
    shop.invoice(receipt, 10, cost=10, on=jan(1))
    shop.buy(x, 10, 12, on=jan(5))
    sale = shop.sell(x, 12, on=jan(8))
    assert shop.cost(sale) == -126
    assert shop.gl() == {"2110": 84, "7110": 126, "7191": -220, "7193": 10}


def test_fifo_leaves_the_odd_cent_to_a_rounding_entry(shop):
    """T-14, example 3-B."""
    x = shop.item()
    receipt = shop.buy(x, 3, 0, total="10.00")
    sales = [shop.sell(x, 1) for _ in range(3)]
    assert [shop.cost(sale) for sale in sales] == [D("-3.33")] * 3
    rounding = ValueEntry.objects.get(type="rounding")
    assert (rounding.item_entry_id, rounding.cost_amount_actual) == (receipt, D("-0.01"))
    assert shop.value(x) == 0
    assert shop.gl() == {"7110": D("9.99"), "7170": D("0.01"), "7191": -10}


def test_average_hands_the_odd_cent_on(shop):
    """T-15."""
    x = shop.item(costing_method="average")
    shop.buy(x, 3, 0, total="10.00")
    sales = [shop.sell(x, 1) for _ in range(3)]
    assert [-shop.cost(sale) for sale in sales] == [D("3.33"), D("3.34"), D("3.33")]
    assert not ValueEntry.objects.filter(type="rounding").exists()
    assert shop.value(x) == 0


def test_average_of_a_day_counts_what_was_entered_later(shop):
    """T-16, example 3-E."""
    x = shop.item(costing_method="average")
    shop.buy(x, 10, 10, on=jan(1))
    early = shop.sell(x, 4, on=jan(2))
    assert shop.cost(early) == -40
    shop.buy(x, 10, 12, on=jan(2))
    assert shop.cost(early) == -44
    late = shop.sell(x, 6, on=jan(3))
    assert shop.cost(late) == -66
    assert shop.value(x) == 110


def test_a_fixed_return_to_the_vendor_leaves_the_average(shop):
    """T-17, example 3-F."""
    x = shop.item(costing_method="average")
    shop.buy(x, 10, 10, on=jan(1))
    sale = shop.sell(x, 4, on=jan(2))
    lot = shop.buy(x, 10, 12, on=jan(2))
    back = shop.move(x, -2, EntryType.PURCHASE, applies_to=lot, on=jan(2))
    assert shop.cost(back) == -24
    assert shop.cost(sale) == D("-43.56")
    assert shop.value(x) == 196 - D("43.56")


@pytest.mark.parametrize(("period", "costs"), [("day", [30, 30, 100]), ("month", [30, 65, 65])])
def test_average_by_day_and_by_month(db, period, costs):
    """Example 3-G."""
    shop = Shop(average_cost_period=period)
    x = shop.item(costing_method="average")
    feb = jan(1).replace(month=2)
    shop.buy(x, 1, 20, on=jan(1))
    shop.buy(x, 1, 40, on=jan(1))
    sales = [shop.sell(x, 1, on=jan(1)), shop.sell(x, 1, on=feb)]
    shop.buy(x, 1, 100, on=feb.replace(day=2))
    sales.append(shop.sell(x, 1, on=feb.replace(day=3)))
    assert [-shop.cost(sale) for sale in sales] == costs
    assert shop.value(x) == 0


@pytest.mark.parametrize(("pool", "costs"), [("item", [15, 15]), ("item_location_variant", [10, 20])])
def test_average_pool_by_item_and_by_location(db, pool, costs):
    """One pool for all places, or one each."""
    shop = Shop(average_cost_pool=pool)
    x = shop.item(costing_method="average")
    shop.buy(x, 10, 10, location_code="MAIN", on=jan(1))
    shop.buy(x, 10, 20, location_code="EAST", on=jan(1))
    sales = [shop.sell(x, 1, location_code=place, on=jan(2)) for place in ("MAIN", "EAST")]
    assert [-shop.cost(sale) for sale in sales] == costs


def test_negative_stock_is_filled_and_adjusted(shop):
    """T-18, example 3-D."""
    x = shop.item(unit_cost=D(8))
    sale = shop.sell(x, 5, on=jan(10))
    assert (shop.remaining(sale), shop.cost(sale)) == (-5, -40)
    shop.buy(x, 5, 9, on=jan(20))
    assert (shop.remaining(sale), shop.cost(sale)) == (0, -45)
    adjustment = ValueEntry.objects.get(item_entry=sale, adjustment=True)
    assert adjustment.cost_amount_actual == -5
    assert (adjustment.posting_date, adjustment.valuation_date) == (jan(10), jan(20))
    assert shop.state(sale).valuation_date == jan(20)
    assert shop.card(x).unit_cost == 9
    assert shop.gl() == {"7110": 45, "7191": -45}


def test_negative_stock_prevented(shop):
    """T-19: refused by the card, or by the set-up where the card leaves it open; nothing is written."""
    shop.rule(prevent_negative_inventory=True)
    for number, policy in (("A", "yes"), ("B", "default")):
        x = shop.item(number, unit_cost=D(8), prevent_negative_inventory=policy)
        with pytest.raises(ProblemsFound) as refusal:
            shop.ship(x, 5)
        assert refusal.value.code == "E-STOCK-INSUFFICIENT"
    assert not ItemLedgerEntry.objects.exists()
    shop.ship(shop.item("C", prevent_negative_inventory="no"), 5)


@pytest.mark.parametrize("entry_type", [EntryType.TRANSFER, EntryType.ASSEMBLY_CONSUMPTION])
def test_transfers_and_assembly_never_go_negative(shop, entry_type):
    """T-20."""
    x = shop.item()
    shop.buy(x, 3, 1)
    with pytest.raises(ProblemsFound) as refusal:
        shop.move(x, -5, entry_type)
    assert refusal.value.code == "E-STOCK-INSUFFICIENT"


def test_goods_of_tomorrow_can_be_sold_today(shop):
    """T-21: stock ignores dates, values do not."""
    x = shop.item(unit_cost=D(1))
    shop.move(x, 10, EntryType.POSITIVE_ADJUSTMENT, on=jan(30))
    sale = shop.sell(x, 4, on=jan(2))
    assert shop.stock(x) == 6
    assert shop.state(sale).valuation_date == jan(30)


def test_unit_cost_waits_for_adjustment_while_there_is_older_stock(late_shop):
    """T-22."""
    from inventory.routines.adjust_cost import adjust_cost
    from tests.unit.inventory.shop import AT

    x = late_shop.item()
    late_shop.buy(x, 10, 10)
    late_shop.buy(x, 5, 14)
    card = late_shop.card(x)
    assert (card.last_direct_cost, card.unit_cost, card.cost_is_adjusted) == (14, 10, False)
    adjust_cost(by=None, at=AT)
    card = late_shop.card(x)
    assert (card.unit_cost, card.cost_is_adjusted) == (D("11.33333"), True)


def test_last_direct_cost_is_before_line_discount(late_shop):
    """T-23."""
    from inventory.routines.adjust_cost import adjust_cost
    from tests.unit.inventory.shop import AT

    x = late_shop.item()
    late_shop.buy(x, 10, 0, total=180, discount_amount=D(20))
    card = late_shop.card(x)
    assert (card.last_direct_cost, card.unit_cost) == (20, 20)
    assert late_shop.value(x) == 180
    adjust_cost(by=None, at=AT)
    assert late_shop.card(x).unit_cost == 18


def test_unit_cost_is_final_at_once_where_costs_always_adjust(shop):
    x, y = shop.item("X"), shop.item("Y")
    shop.buy(x, 10, 10)
    shop.buy(x, 5, 14)
    shop.buy(y, 10, 0, total=180, discount_amount=D(20))
    assert shop.card(x).unit_cost == D("11.33333")
    assert (shop.card(y).last_direct_cost, shop.card(y).unit_cost) == (20, 18)


def test_a_return_comes_back_at_the_cost_it_went_out(shop):
    """T-26, T-27."""
    x = shop.item()
    shop.buy(x, 5, 10)
    sale = shop.sell(x, 5)
    shop.buy(x, 10, 13)
    assert shop.card(x).unit_cost == 13
    back = shop.move(x, 2, EntryType.SALE, applies_from=sale)
    assert shop.cost(back) == 20
    assert shop.stock(x) == 12
    assert shop.state(sale).returned_quantity == 2
    own = ItemApplicationEntry.objects.get(item_entry=back)
    assert (own.inbound_entry_id, own.outbound_entry_id, own.cost_application) == (back, sale, True)
    with pytest.raises(ProblemsFound) as refusal:
        shop.move(x, 4, EntryType.SALE, applies_from=sale)
    assert refusal.value.code == "E-RETURN-TOO-MUCH"
    assert "3" in str(refusal.value)


def test_a_late_charge_reaches_the_sale_and_its_return(shop):
    """Example 3-C: the charge comes as a dearer invoice of the receipt."""
    x = shop.item()
    receipt = shop.receive(x, 1, 1000)
    sale = shop.sell(x, 1)
    back = shop.move(x, 1, EntryType.SALE, applies_from=sale)
    assert (shop.cost(sale), shop.cost(back)) == (-1000, 1000)
    shop.invoice(receipt, 1, cost=1100)
    assert (shop.cost(receipt), shop.cost(sale), shop.cost(back)) == (1100, -1100, 1100)


def test_undoing_a_shipment(shop):
    """T-28: the pair is closed and invoiced, the goods are back at their cost, and once is enough."""
    x = shop.item()
    shop.buy(x, 10, 10)
    shipment = shop.ship(x, 6)
    counter = shop.undo(shipment)
    entry = ItemLedgerEntry.objects.get(pk=counter)
    assert (entry.quantity, entry.correction, entry.reverses_id) == (6, True, shipment)
    assert shop.state(shipment).invoiced_quantity == -6
    assert shop.state(counter).invoiced_quantity == 6
    assert shop.stock(x) == 10
    assert shop.value(x) == 100
    assert shop.gl() == {"2110": 100, "7191": -100}
    assert shop.cost(shop.sell(x, 10)) == -100
    with pytest.raises(ProblemsFound) as refusal:
        shop.undo(shipment)
    assert refusal.value.code == "E-UNDO-DONE"


def test_an_invoiced_shipment_is_not_undone(shop):
    """T-29."""
    x = shop.item()
    shop.buy(x, 10, 10)
    shipment = shop.ship(x, 6)
    shop.invoice(shipment, 6)
    with pytest.raises(ProblemsFound) as refusal:
        shop.undo(shipment)
    assert refusal.value.code == "E-UNDO-INVOICED"


def test_undoing_a_shipment_from_negative_stock_closes_both(shop):
    """Nothing is left waiting for goods."""
    x = shop.item(unit_cost=D(8))
    shipment = shop.ship(x, 6)
    counter = shop.undo(shipment)
    assert (shop.remaining(shipment), shop.remaining(counter), shop.stock(x), shop.value(x)) == (0, 0, 0, 0)


def test_undoing_a_receipt_wants_its_goods(shop):
    x = shop.item()
    receipt, other = shop.receive(x, 10, 10), shop.receive(x, 5, 11)
    shop.undo(other)
    assert (shop.remaining(other), shop.stock(x), shop.value(x)) == (0, 10, 100)
    shop.ship(x, 1)
    with pytest.raises(ProblemsFound) as refusal:
        shop.undo(receipt)
    assert refusal.value.code == "E-UNDO-CONSUMED"


@pytest.mark.parametrize("interim", [True, False])
def test_from_receipt_to_the_last_invoice(db, interim):
    """T-30, example 3-H: the interim accounts end empty, or are never used."""
    shop = Shop(expected_cost_posting=interim)
    x = shop.item(unit_cost=D(11))
    receipt = shop.receive(x, 10, 12)
    assert shop.gl() == ({"2111": 120, "5510": -120} if interim else {})
    shipment = shop.ship(x, 4, price=20)
    assert shop.cost(shipment) == -48
    shop.invoice(shipment, 4, price=20)
    settled = {"2110": -48, "7110": 48}
    assert shop.gl() == (settled | {"2111": 120, "5510": -120} if interim else settled)
    shop.invoice(receipt, 10, cost="12.50")
    assert shop.gl() == {"2110": 75, "7110": 50, "7191": -125}
    assert shop.card(x).unit_cost == D("12.50")
    assert (shop.stock(x), shop.value(x)) == (6, 75)


def test_an_item_without_stock(shop):
    """T-06."""
    x = shop.item(type="non_inventory", unit_cost=D(5))
    shipment = shop.ship(x, 3, price=9)
    shop.invoice(shipment, 3, price=9)
    entry = ItemLedgerEntry.objects.get()
    assert (entry.quantity, shop.remaining(shipment)) == (-3, 0)
    assert not ItemApplicationEntry.objects.exists()
    value = ValueEntry.objects.get(invoiced_quantity=-3)
    assert (value.cost_amount_non_inventoriable, value.sales_amount_actual) == (-15, 27)
    assert value.sales_amount_expected == -27
    assert shop.gl() == {}


def test_indirect_cost_is_added_to_purchases(shop):
    x = shop.item(indirect_cost_percent=D(5), overhead_rate=D(1))
    receipt = shop.receive(x, 10, 10)
    assert shop.cost(receipt) == 115
    shop.invoice(receipt, 10, cost=10)
    assert shop.amounts(receipt) == [(0, 115), (100, -115), (15, 0)]
    assert shop.gl() == {"2110": 115, "7191": -100, "7192": -15}


def test_a_purchase_invoice_reaches_sales_of_every_state(shop):
    """One sale not invoiced, one half, one completely."""
    x = shop.item()
    receipt = shop.receive(x, 9, 10)
    shipped, half, sold = shop.ship(x, 2), shop.ship(x, 4), shop.sell(x, 3)
    shop.invoice(half, 2)
    shop.invoice(receipt, 9, cost=11)
    assert [shop.cost(entry) for entry in (shipped, half, sold)] == [-22, -44, -33]
    sums = [
        (shop.state(e).cost_amount_actual, shop.state(e).cost_amount_expected) for e in (shipped, half, sold)
    ]
    assert sums == [(0, -22), (-22, -22), (-33, 0)]
    shop.invoice(shipped, 2)
    shop.invoice(half, 2)
    assert shop.gl() == {"7110": 99, "7191": -99}


def test_adjustments_of_closed_months_are_posted_on_the_first_open_day(shop):
    from posting.models import GeneralLedgerSetup, GLEntry

    x = shop.item()
    receipt = shop.receive(x, 1, 10, on=jan(2))
    sale = shop.sell(x, 1, on=jan(3))
    GeneralLedgerSetup.objects.update(allow_posting_from=jan(31))
    shop.invoice(receipt, 1, cost=12, on=jan(31))
    adjustment = ValueEntry.objects.get(item_entry=sale, adjustment=True)
    assert (adjustment.posting_date, adjustment.valuation_date) == (jan(31), jan(3))
    entry = GLEntry.objects.get(account__number="7110", amount=2)
    sold = ItemLedgerEntry.objects.get(pk=sale)
    assert (entry.posting_date, entry.document_no) == (jan(31), sold.document_no)
