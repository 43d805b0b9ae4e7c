"""Item journals, adjustments by card, transfers, counts."""

from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError, ProblemsFound
from inventory.models import (
    ItemApplicationEntry,
    ItemLedgerEntry,
    ItemUnit,
    Location,
    PhysicalInventoryEntry,
    UnitOfMeasure,
    ValueEntry,
)
from inventory.routines.adjust_inventory import adjust_inventory
from inventory.routines.count import calculate_inventory, post_count
from inventory.routines.post_item_journal import JournalLine, post_item_journal, preview_item_journal
from inventory.routines.transfer import TransferLine, post_transfer
from inventory.routines.undo import undo
from posting.models import GeneralLedgerSetup, Register
from tests.unit.inventory.shop import AT, TODAY, jan

LINE = JournalLine(10000, jan(5), "J1", "positive_adjustment", "X", D(10), location_code="MAIN")


def post(*lines):
    return post_item_journal(lines, by=None, at=AT)


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_a_journal_buys_sells_and_adjusts(shop):
    """All four entry types, each with its default amount and its accounts; one register."""
    x = shop.item(unit_cost=D(8), unit_price=D(20))
    posted = post(
        LINE,
        LINE._replace(line_no=20000, entry_type="purchase", quantity=D(5), unit_amount=D(9), discount=D(5)),
        LINE._replace(line_no=30000, entry_type="sale", quantity=D(2), discount=D(4)),
        LINE._replace(line_no=40000, entry_type="negative_adjustment", quantity=D(1)),
    )
    assert [entry.quantity for entry in ItemLedgerEntry.objects.all()] == [10, 5, -2, -1]
    assert [shop.cost(no) for no in posted.entry_nos] == [80, 40, -16, -8]
    sale = ValueEntry.objects.get(item_entry_type="sale")
    assert (sale.sales_amount_actual, sale.discount_amount) == (36, 4)
    assert shop.gl() == {"2110": 96, "7110": 16, "7170": -72, "7191": -40}
    assert Register.objects.count() == 1
    assert shop.card(x).last_direct_cost == 9


def test_a_negative_quantity_turns_the_line_round(shop):
    """R4.1: a negative sale comes in, a negative positive adjustment goes out."""
    shop.item(unit_cost=D(8))
    post(LINE._replace(entry_type="sale", quantity=D(-3)))
    post(LINE._replace(quantity=D(-1)))
    assert [entry.quantity for entry in ItemLedgerEntry.objects.all()] == [3, -1]


def test_boxes_become_pieces(shop):
    x = shop.item(unit_cost=D(1))
    box = UnitOfMeasure.objects.create(code="BOX")
    ItemUnit.objects.create(item=x, unit=box, per_unit=12, rounding_precision=1)
    post(LINE._replace(quantity=D(2), unit_code="BOX", unit_amount=D(24)))
    entry = ItemLedgerEntry.objects.get()
    assert (entry.quantity, entry.unit_code, entry.per_unit) == (24, "BOX", 12)
    assert shop.value(x) == 48
    with pytest.raises(ProblemsFound) as refusal:
        post(LINE._replace(quantity=D("0.3"), unit_code="BOX"), LINE._replace(unit_code="PALLET"))
    assert codes(refusal) == ["E-UOM-QTY", "E-UOM-NONE"]


def test_what_a_journal_refuses(shop):
    """R4.2 to R4.4: every line's problems at once, and nothing is written."""
    shop.item()
    shop.item("STD", costing_method="standard", standard_cost=D(5))
    shop.item("BLOCKED", blocked=True)
    Location.objects.create(code="TRANSIT", use_as_in_transit=True)
    shop.rule(location_mandatory=True)
    lines = [
        LINE._replace(posting_date=None),
        LINE._replace(document_no=" "),
        LINE._replace(item="NONE"),
        LINE._replace(entry_type="transfer"),
        LINE._replace(item="STD", unit_amount=D(6)),
        LINE._replace(item="BLOCKED"),
        LINE._replace(quantity=D(0)),
        LINE._replace(location_code=""),
        LINE._replace(location_code="TRANSIT"),
        LINE._replace(location_code="NOWHERE"),
        LINE._replace(applies_to=1),
        LINE._replace(variant_code="RED"),
    ]
    with pytest.raises(ProblemsFound) as refusal:
        post(*(line._replace(line_no=number) for number, line in enumerate(lines, 1)))
    assert {(problem.line_no, problem.code) for problem in refusal.value.problems} == {
        (1, "E-DATE"),
        (2, "E-DOCUMENT-NO"),
        (3, "E-ITEM-NONE"),
        (4, "E-ENTRY-TYPE"),
        (5, "E-STD-COST"),
        (6, "E-ITEM-BLOCKED"),
        (7, "E-QTY"),
        (8, "E-LOCATION-REQUIRED"),
        (9, "E-LOCATION-TRANSIT"),
        (10, "E-LOCATION-NONE"),
        (11, "E-APPLY-REMAINING"),
        (12, "E-VARIANT-NONE"),
    }
    assert not ItemLedgerEntry.objects.exists()


def test_dates_outside_the_allowed_range(shop):
    shop.item(unit_cost=D(1))
    GeneralLedgerSetup.objects.update(allow_posting_from=jan(10))
    with pytest.raises(ProblemsFound) as refusal:
        post(LINE)
    assert "E-GL-DATE" in codes(refusal)
    GeneralLedgerSetup.objects.update(allow_posting_from=None)
    shop.rule(earliest_valuation_date=jan(6))
    with pytest.raises(ProblemsFound) as refusal:
        post(LINE)
    assert codes(refusal) == ["E-DATE-CLOSED"]


def test_a_preview_is_the_plan_and_writes_nothing(shop):
    shop.item(unit_cost=D(8))
    plan, problems = preview_item_journal([LINE], by=None)
    assert problems == []
    assert plan.movement_costs[0].actual == 80
    assert sum(line.amount for line in plan.lines) == 0
    assert not ItemLedgerEntry.objects.exists()
    _plan, problems = preview_item_journal([LINE._replace(item="NONE")], by=None)
    assert [problem.code for problem in problems] == ["E-ITEM-NONE"]


def test_missing_accounts_are_named_once(shop):
    """R2.11: table, key and field, however many lines want it."""
    from inventory.models import InventoryPostingSetup

    shop.item(unit_cost=D(8))
    InventoryPostingSetup.objects.filter(location__code="MAIN").delete()
    with pytest.raises(ProblemsFound) as refusal:
        post(LINE, LINE._replace(line_no=20000))
    (problem,) = refusal.value.problems
    assert problem.code == "E-POSTING-SETUP"
    assert problem.setup == "admin:inventory_inventorypostingsetup_changelist"
    shop.rule(automatic_cost_posting=False)
    post(LINE)


def test_adjusting_inventory_by_the_card(shop):
    """R4.7: type what is there."""
    x = shop.item(unit_cost=D(3))
    shop.buy(x, 10, 3)
    wanted = {"MAIN": D(8), "EAST": D(5), "": D(0)}
    posted = adjust_inventory(x, quantities=wanted, document_no="ADJ", on=TODAY, by=None, at=AT)
    assert len(posted.entry_nos) == 2
    assert (shop.stock(x, "MAIN"), shop.stock(x, "EAST")) == (8, 5)
    assert adjust_inventory(x, quantities=wanted, document_no="ADJ", on=TODAY, by=None, at=AT) is None


def test_a_transfer_carries_its_cost(shop):
    """−from, +to at the same cost; a dearer invoice of the purchase follows the goods."""
    x = shop.item()
    receipt = shop.receive(x, 10, 10)
    out, into = transfer(shop, 4)
    assert (shop.cost(out), shop.cost(into)) == (-40, 40)
    own = ItemApplicationEntry.objects.get(inbound_entry=into, quantity__gt=0)
    assert own.transferred_from_id == out
    sale = shop.sell(x, 4, location_code="EAST")
    shop.invoice(receipt, 10, cost=12)
    assert [shop.cost(entry) for entry in (out, into, sale)] == [-48, 48, -48]
    assert shop.gl() == {"2110": 72, "7110": 48, "7191": -120}


def transfer(shop, quantity, **places):
    places = {"origin": "MAIN", "destination": "EAST", **places}
    line = TransferLine(10000, "X", D(quantity))
    return post_transfer([line], document_no="T1", on=TODAY, by=None, at=AT, **places).entry_nos


def test_what_a_transfer_refuses(shop):
    """T-20 and R2.2: never negative, two different named places, no stop on the way."""
    x = shop.item()
    shop.buy(x, 3, 1)
    Location.objects.create(code="TRANSIT", use_as_in_transit=True)
    for places, code in (
        ({}, "E-STOCK-INSUFFICIENT"),
        ({"destination": "MAIN"}, "E-TRANSFER-PLACES"),
        ({"origin": ""}, "E-TRANSFER-PLACES"),
        ({"destination": "TRANSIT"}, "E-LOCATION-TRANSIT"),
    ):
        with pytest.raises(ProblemsFound) as refusal:
            transfer(shop, 5, **places)
        assert code in codes(refusal)
    assert shop.stock(x) == 3


def test_counting(shop):
    """T-31, example 4-A: goods that move between counting and posting stay moved."""
    x, y = shop.item(unit_cost=D(2)), shop.item("Y", unit_cost=D(3))
    shop.buy(x, 20, 2)
    shop.buy(y, 4, 3)
    lines = calculate_inventory()
    assert [(line.item, line.calculated) for line in lines] == [("X", 20), ("Y", 4)]
    shop.ship(x, 5)
    post_count([lines[0]._replace(counted=D(18)), lines[1]], on=TODAY, document_no="C1", by=None, at=AT)
    assert shop.stock(x) == 13
    counted = PhysicalInventoryEntry.objects.order_by("line_no")
    rows = list(counted.values_list("quantity_calculated", "quantity_counted", "difference", "amount"))
    assert rows == [(20, 18, -2, -4), (4, 4, 0, 0)]
    assert ItemLedgerEntry.objects.filter(document_no="C1").count() == 1
    with pytest.raises(ProblemsFound) as refusal:
        post_count(lines, on=None, document_no="", by=None, at=AT)
    assert codes(refusal) == ["E-DATE", "E-DOCUMENT-NO"]


def test_what_is_on_a_counting_list(shop):
    """No blocked items, nothing without stock, no goods on the way; empty places on request."""
    x = shop.item()
    shop.buy(x, 1, 1)
    shop.sell(x, 1)
    shop.item("NEVER")
    shop.item("BLOCKED", blocked=True)
    shop.item("SERVICE", type="service")
    assert calculate_inventory() == []
    assert [line.item for line in calculate_inventory(not_on_stock=True)] == ["X"]
    everything = calculate_inventory(not_on_stock=True, without_entries=True)
    assert [line.item for line in everything] == ["NEVER", "X"]
    assert calculate_inventory(not_on_stock=True, locations=["EAST"]) == []


def test_undoing_by_entry_number(shop):
    x = shop.item()
    shop.buy(x, 10, 1)
    shipments = [shop.ship(x, 2), shop.ship(x, 3)]
    undo(shipments, document_no="U1", on=TODAY, by=None, at=AT)
    assert shop.stock(x) == 10
    with pytest.raises(ErpError) as refusal:
        undo([99], document_no="U2", on=TODAY, by=None, at=AT)
    assert refusal.value.code == "E-APPLY-REMAINING"
