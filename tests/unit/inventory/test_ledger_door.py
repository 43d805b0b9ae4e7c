"""The door itself: applications, refusals, fences, statements, invoicing too much, selectors."""

from decimal import Decimal as D

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from erp.kernel.errors import ProblemsFound
from erp.kernel.ledger import LedgerIsAppendOnly
from inventory import demand, ledger, selectors
from inventory.ledger import Invoicing, Movement
from inventory.models import EntryType, Item, ItemApplicationEntry, ItemLedgerEntry, ItemVariant, ValueEntry
from inventory.selectors import Place
from tests.support.statements import count_statements
from tests.unit.inventory.shop import TODAY, jan

FENCED = (
    "inventory_itemledgerentry",
    "inventory_valueentry",
    "inventory_itemapplicationentry",
    "inventory_latecostposting",
    "inventory_physicalinventoryentry",
)


def refused(act, *codes) -> str:
    with pytest.raises(ProblemsFound) as refusal:
        act()
    assert [problem.code for problem in refusal.value.problems] == list(codes)
    return str(refusal.value)


def test_applications_name_both_sides(shop):
    """R3.4, R3.9: the oldest receipts first, whatever order they were entered in."""
    x = shop.item()
    newer, older = shop.buy(x, 5, 12, on=jan(5)), shop.buy(x, 5, 10, on=jan(1))
    sale = shop.sell(x, 7, on=jan(8))
    matches = ItemApplicationEntry.objects.filter(outbound_entry=sale).order_by("entry_no")
    assert list(matches.values_list("item_entry", "inbound_entry", "quantity")) == [
        (sale, older, -5),
        (sale, newer, -2),
    ]
    assert [shop.remaining(entry) for entry in (older, newer, sale)] == [0, 3, 0]


def test_a_receipt_fills_the_oldest_open_issue(shop):
    """R3.6."""
    x = shop.item(unit_cost=D(1))
    first, second = shop.sell(x, 3, on=jan(2)), shop.sell(x, 3, on=jan(1))
    receipt = shop.buy(x, 4, 2, on=jan(3))
    assert [shop.remaining(entry) for entry in (first, second, receipt)] == [-2, 0, 0]
    assert ItemApplicationEntry.objects.filter(item_entry=receipt, quantity__lt=0).count() == 2


def test_blank_variant_and_location_are_places_of_their_own(shop):
    x = shop.item(prevent_negative_inventory="yes")
    ItemVariant.objects.create(item=x, code="RED")
    shop.buy(x, 1, 1, location_code="", variant_code="RED")
    for place in (
        {"location_code": "MAIN", "variant_code": "RED"},
        {"location_code": "", "variant_code": ""},
    ):
        refused(lambda place=place: shop.sell(x, 1, **place), "E-STOCK-INSUFFICIENT")
    shop.sell(x, 1, location_code="", variant_code="RED")


def test_fixed_application(shop):
    """R3.7."""
    x = shop.item()
    shop.buy(x, 5, 10, on=jan(1))
    dear = shop.buy(x, 5, 14, on=jan(5))
    sale = shop.sell(x, 3, applies_to=dear)
    assert shop.cost(sale) == -42
    assert "2" in refused(lambda: shop.sell(x, 3, applies_to=dear), "E-APPLY-REMAINING")
    refused(lambda: shop.sell(x, 1, applies_to=sale), "E-APPLY-REMAINING")
    refused(lambda: shop.sell(x, 1, applies_to=dear, location_code="EAST"), "E-APPLY-REMAINING")
    refused(lambda: shop.buy(x, 1, 1, applies_to=dear), "E-APPLY-REMAINING")
    refused(lambda: shop.sell(x, 1, applies_from=sale), "E-APPLY-REMAINING")


def test_naming_the_receipt_overrides_the_order(shop):
    """The ledger's part of T-24: the newer receipt goes, the older one stays whole."""
    x = shop.item()
    older, newer = shop.buy(x, 5, 10, on=jan(1)), shop.buy(x, 5, 14, on=jan(5))
    assert shop.cost(shop.sell(x, 5, applies_to=newer)) == -70
    assert (shop.remaining(older), shop.value(x)) == (5, 50)


def test_an_issue_takes_what_there_is_and_waits_for_the_rest(shop):
    """The ledger's part of T-25: of 8, 4 are there."""
    x = shop.item(unit_cost=D(1))
    shop.buy(x, 4, 1)
    issue = shop.ship(x, 8)
    assert (shop.remaining(issue), shop.stock(x)) == (-4, -4)


def test_blocked_items_and_variants(shop):
    """1.3: returns of what may not be sold are allowed."""
    x = shop.item(sales_blocked=True, purchasing_blocked=True)
    shop.move(x, 1, EntryType.POSITIVE_ADJUSTMENT)
    refused(lambda: shop.sell(x, 1), "E-ITEM-SALES-BLOCKED")
    refused(lambda: shop.buy(x, 1, 1), "E-ITEM-PURCH-BLOCKED")
    shop.move(x, 1, EntryType.SALE)
    y = shop.item("Y", variant_mandatory="yes")
    ItemVariant.objects.create(item=y, code="RED", blocked=True)
    refused(lambda: shop.buy(y, 1, 1), "E-VARIANT-REQUIRED")
    refused(lambda: shop.buy(y, 1, 1, variant_code="RED"), "E-ITEM-BLOCKED")
    receipt = shop.receive(shop.item("Z"), 1, 1)
    Item.objects.filter(number="Z").update(blocked=True)
    refused(lambda: shop.invoice(receipt, 1, cost=1), "E-ITEM-BLOCKED")


def test_items_always_reserved_are_not_sold_short(shop):
    """R2.8."""
    x = shop.item(reserve="always")
    refused(lambda: shop.sell(x, 1), "E-MUST-RESERVE")


def test_no_more_is_invoiced_than_moved(shop):
    x = shop.item()
    receipt = shop.receive(x, 2, 1)
    refused(lambda: shop.invoice(receipt, 3, cost=1), "E-INVOICE-TOO-MUCH")
    shop.invoice(receipt, 2, cost=1)
    refused(lambda: shop.invoice(receipt, 1, cost=1), "E-INVOICE-TOO-MUCH")


def test_serial_numbers_stand_for_one_piece(shop):
    x = shop.item()
    refused(lambda: shop.buy(x, 2, 1, serial_no="S1"), "E-SERIAL-QTY")


def test_a_lot_is_taken_from_its_own_lot(shop):
    x = shop.item()
    shop.buy(x, 5, 10, lot_no="A")
    shop.buy(x, 5, 20, lot_no="B")
    assert shop.cost(shop.sell(x, 2, lot_no="B")) == -40
    assert shop.cost(shop.sell(x, 5)) == -50


def test_drop_shipments_lie_nowhere(shop):
    """What goes straight to the customer is not there for others."""
    x = shop.item(unit_cost=D(1))
    shop.buy(x, 5, 10, drop_shipment=True)
    other = shop.sell(x, 1)
    assert shop.remaining(other) == -1
    assert shop.cost(shop.sell(x, 5, drop_shipment=True)) == -50


def test_goods_without_value(shop):
    x = shop.item(inventory_value_zero=True)
    shop.buy(x, 5, 10)
    shop.sell(x, 2)
    assert (shop.value(x), shop.card(x).last_direct_cost, shop.gl()) == (0, 0, {})


def test_goods_that_come_and_go_in_one_posting(shop):
    """A sale line before the purchase line that fills it: one cost, no adjustment."""
    x = shop.item(unit_cost=D(1))
    sale = Movement("doc", 1, x.pk, EntryType.SALE, D(-2), location_code="MAIN", gen_bus="DOMESTIC")
    purchase = Movement(
        "doc", 2, x.pk, EntryType.PURCHASE, D(3), location_code="MAIN", gen_bus="DOMESTIC", cost_amount=D(30)
    )
    entries = shop.post([sale, purchase])
    assert [shop.cost(entry) for entry in entries] == [-20, 30]
    assert not ValueEntry.objects.filter(adjustment=True).exists()


def test_a_plan_writes_nothing_and_can_be_made_twice(shop):
    x = shop.item()
    shop.buy(x, 5, 10)
    sale = Movement(
        "doc", 1, x.pk, EntryType.SALE, D(-2), location_code="MAIN", gen_bus="DOMESTIC", sales_amount=D(50)
    )
    plan = shop.post([sale], plan_only=True)
    assert plan.movement_costs[0].total == -20
    assert sorted(line.amount for line in plan.lines) == [-20, 20]
    assert ItemLedgerEntry.objects.count() == 1


def test_a_state_serves_only_the_days_it_was_loaded_for(shop):
    x = shop.item(costing_method="average")
    state = ledger.load([x.pk], on=jan(10))
    paper = ledger.Paper("", "P", jan(9), jan(9))
    with pytest.raises(ValueError, match="loaded for postings from 2026-01-10"):
        ledger.plan([Movement("doc", 1, x.pk, EntryType.SALE, D(-1))], papers={"doc": paper}, state=state)


def test_a_preview_shows_the_adjustment_of_earlier_sales(shop):
    """Example 3-H once more: the purchase invoice changes a sale of the day before."""
    x = shop.item()
    receipt = shop.receive(x, 10, 12, on=jan(1))
    shop.sell(x, 4, on=jan(2))
    plan = shop.post(
        [], [Invoicing("doc", 1, receipt, D(10), cost_amount=D(125), gen_bus="DOMESTIC")], plan_only=True
    )
    (adjustment,) = plan.adjustments
    assert (adjustment.facts.document_no, adjustment.facts.posting_date) == ("D0002", jan(2))
    assert sorted(line.amount for line in adjustment.lines) == [-2, 2]
    assert plan.adjusted_cost == -2


@pytest.mark.parametrize("table", FENCED)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET item_id = item_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_database_keeps_the_ledgers(shop, table, statement):
    if table.endswith("latecostposting"):
        statement = statement.replace("item_id = item_id", "register_no = 0")
    shop.buy(shop.item(), 1, 1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_the_models_refuse_before_the_database_does(shop):
    shop.buy(shop.item(), 1, 1)
    entry = ItemLedgerEntry.objects.get()
    for act in (entry.save, entry.delete, ValueEntry.objects.all().delete):
        with pytest.raises(LedgerIsAppendOnly):
            act()


@pytest.mark.parametrize("method", ["fifo", "average", "standard"])
def test_statements_do_not_grow_with_lines(shop, method):
    """One line or two hundred, of two hundred items: the same number of statements."""
    items = [
        shop.item(f"I{n}", costing_method=method, standard_cost=D(1), unit_cost=D(1)) for n in range(200)
    ]

    def sale(item, line_no):
        return Movement(
            "doc", line_no, item.pk, EntryType.SALE, D(-1), location_code="MAIN", gen_bus="DOMESTIC"
        )

    def receipt(item, line_no):
        return sale(item, line_no)._replace(
            entry_type=EntryType.PURCHASE, quantity=D(10), cost_amount=D("10.01")
        )

    counts = []
    for chosen in (items[:1], items[1:]):
        for make in (receipt, sale):
            movements = [make(item, number) for number, item in enumerate(chosen, 1)]
            counts.append(count_statements(lambda movements=movements: shop.post(movements)))
    assert counts[2:] == counts[:2]


def test_what_people_ask(shop, monkeypatch):
    """Stock, value as of a day (which is the inventory account), availability, entries of a document."""
    x = shop.item()
    receipt = shop.buy(x, 10, 10, on=jan(1))
    sale = shop.sell(x, 4, on=jan(10))
    assert [(row.location_code, row.quantity, row.cost_actual) for row in selectors.stock_on_hand()] == [
        ("MAIN", 6, 60)
    ]
    assert [row.cost_actual for row in selectors.valuation(on=jan(5))] == [100]
    assert [(row.quantity, row.cost_actual) for row in selectors.valuation(on=TODAY)] == [(6, 60)]
    assert shop.gl()["2110"] == 60
    assert selectors.costs_of([sale]) == {sale: 10}
    assert selectors.returnable([sale, receipt]) == {sale: 4}
    main, east = Place(x.pk, "", "MAIN"), Place(x.pk, "", "EAST")
    rows = [
        demand.Wanted(x.pk, "", "MAIN", D(5), jan(20)),
        demand.Wanted(x.pk, "", "MAIN", D(3), jan(30)),
        demand.Wanted(x.pk, "", "MAIN", D(-2)),
        demand.Wanted(x.pk, "", "EAST", D(1), jan(5)),
    ]
    monkeypatch.setattr(demand, "_sources", {})  # what open orders want is another story
    demand.register("test", lambda item_ids: rows)
    try:
        with CaptureQueriesContext(connection) as queries:
            found = selectors.availability([main, east], on=jan(20))
        assert len(queries) == 1
        assert (found[main].inventory, found[main].wanted, found[main].coming, found[main].quantity) == (
            6,
            5,
            2,
            3,
        )
        assert found[east].quantity == -1
        facts = selectors.item_facts(x)
        assert (facts.inventory, facts.wanted, facts.coming) == (6, 9, 2)
        assert selectors.item_facts(x, location_code="EAST").wanted == 1
    finally:
        demand.unregister("test")
