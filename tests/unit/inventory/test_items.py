"""Item cards: numbers, defaults, what posted entries lock; units, references, price and profit."""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ErpError, ProblemsFound
from erp.kernel.models import ChangeLogEntry, NumberSeries, NumberSeriesLine
from inventory import usage
from inventory.checks import check_location_delete, check_sellable, check_unit, check_unit_delete
from inventory.models import Item, ItemReference, ItemUnit, Location, UnitOfMeasure
from inventory.prices import related
from inventory.references import reference_for, resolve
from inventory.routines.change_item import change_item
from inventory.routines.create_item import create_item
from inventory.routines.delete_item import delete_item
from inventory.units import Unit, in_base, per_unit
from posting.models import VATBusinessGroup, VATPostingSetup, VATProductGroup
from tests.unit.inventory.shop import TODAY


def test_price_cost_and_profit():
    """T-01, T-02, T-03 and examples A to C."""
    card = {"unit_price": D(150), "unit_cost": D(90), "profit_percent": D(0)}
    assert related(mode="profit_from_price", **card).profit_percent == 40
    assert related(mode="profit_from_price", vat_percent=D(25), **card).profit_percent == 25
    card["profit_percent"] = D(40)
    assert related(mode="price_from_profit", **card).unit_price == 150
    assert related(mode="price_from_profit", vat_percent=D(25), **card).unit_price == D("187.5")
    card["unit_cost"] = D(96)
    assert related(mode="price_from_profit", vat_percent=D(25), **card).unit_price == 200
    assert related(mode="no_relation", **card) == (150, 40)
    assert related(mode="price_from_profit", **{**card, "profit_percent": D(100)}).unit_price == 150
    assert related(mode="profit_from_price", **{**card, "unit_cost": D(0)}).profit_percent == 0


def test_the_cost_engine_moves_price_and_profit(shop):
    """R1.4 with 3.9: a new unit cost recomputes what the card relates to it."""
    x = shop.item(unit_price=D(150), unit_cost=D(90), profit_percent=D(40))
    y = shop.item("Y", unit_cost=D(90), profit_percent=D(40), price_profit_calculation="price_from_profit")
    for item in (x, y):
        shop.buy(item, 1, 96)
    assert shop.card(x).profit_percent == 36
    assert shop.card(y).unit_price == 160


def test_boxes_and_pieces():
    """T-04: 2.5 boxes of twelve."""
    box = Unit("BOX", D(12))
    assert in_base(D("2.5"), box, item="X") == (30, [])
    assert per_unit(D("4.00"), box) == 48
    base, problems = in_base(D("0.1"), box._replace(precision=D(1)), item="X", line_no=7)
    assert (base, problems[0].code, problems[0].line_no) == (D("1.2"), "E-UOM-QTY", 7)


def test_units_in_use_stay_as_they_are(shop):
    """T-05: used on an open order, which the sales room reports; the base unit holds one."""
    x = shop.item()
    box = ItemUnit.objects.create(item=x, unit=UnitOfMeasure.objects.create(code="BOX"), per_unit=12)
    base = x.units.get(unit=x.base_unit)
    changed = ItemUnit(pk=box.pk, item=x, unit=box.unit, per_unit=10)
    assert check_unit(changed, before=box) == []
    usage.register("test", lambda kind, key: "orders" if (kind, key) == ("unit", (x.pk, "BOX")) else "")
    try:
        assert [problem.code for problem in check_unit(changed, before=box)] == ["E-UOM-USED"]
        assert [problem.code for problem in check_unit_delete(box)] == ["E-UOM-USED"]
    finally:
        usage.register("test", lambda kind, key: "")
    assert check_unit_delete(box) == []
    assert [problem.code for problem in check_unit_delete(base)] == ["E-UOM-USED"]
    base.per_unit = D(2)
    assert [problem.code for problem in check_unit(base)] == ["E-UOM-QTY"]


def test_references_prefer_the_customers_own(shop):
    """T-08, R1.15, R1.16."""
    x, y, z = shop.item(), shop.item("Y"), shop.item("Z")
    box = UnitOfMeasure.objects.create(code="BOX")
    ItemReference.objects.create(
        item=x, unit=box, type="customer", type_no="C1", reference_no="AB-1", description="Ours"
    )
    ItemReference.objects.create(item=y, reference_no="AB-1")
    ItemReference.objects.create(item=z, type="bar_code", reference_no="570", ending_date=date(2026, 1, 31))
    (found,) = resolve("AB-1", on=TODAY, partner_no="C1")
    assert (found.item_number, found.unit_code, found.description) == ("X", "BOX", "Ours")
    (found,) = resolve("AB-1", on=TODAY, partner_no="C2")
    assert (found.item_number, found.unit_code) == ("Y", "")
    ItemReference.objects.create(item=z, reference_no="AB-1")
    assert [row.item_number for row in resolve("AB-1", on=TODAY)] == ["Y", "Z"]
    with pytest.raises(ErpError) as refusal:
        resolve("570", on=TODAY)
    assert refusal.value.code == "E-REF-NONE"
    assert reference_for(x.pk, on=TODAY, unit_code="BOX", partner_no="C1").reference_no == "AB-1"
    assert reference_for(x.pk, on=TODAY, unit_code="PCS", partner_no="C1") is None


def test_a_new_item_gets_a_number_and_defaults(shop):
    series = NumberSeries.objects.create(code="ITEM", manual_numbers=True)
    NumberSeriesLine.objects.create(series=series, starting_number="I0001")
    shop.rule(item_number_series="ITEM", default_costing_method="average")
    item = create_item(description="Lamp", base_unit=shop.pieces, on=TODAY, by=None)
    assert (item.number, item.costing_method, item.reserve) == ("I0001", "average", "optional")
    assert (item.search_description, item.sales_unit) == ("LAMP", shop.pieces)
    assert item.units.get().per_unit == 1
    box = UnitOfMeasure.objects.create(code="BOX")
    typed = create_item(
        number="L2",
        description="Lamps",
        base_unit=shop.pieces,
        sales_unit=box,
        units={box: D(6)},
        on=TODAY,
        by=None,
    )
    assert {row.unit.code: row.per_unit for row in typed.units.all()} == {"PCS": 1, "BOX": 6}
    service = create_item(description="Advice", base_unit=shop.pieces, type="service", on=TODAY, by=None)
    assert (service.costing_method, service.reserve) == ("fifo", "never")
    for options, code in (
        ({"number": "L2"}, "E-ITEM-EXISTS"),
        ({"description": " "}, "E-ITEM-INCOMPLETE"),
        ({"type": "service", "reserve": "always"}, "E-RESERVE-TYPE"),
        ({"type": "service", "costing_method": "lifo"}, "E-COSTING-TYPE"),
        ({"sales_unit": box}, "E-UOM-NONE"),
    ):
        with pytest.raises(ErpError) as refusal:
            create_item(
                **{"description": "Other", "base_unit": shop.pieces, "on": TODAY, "by": None, **options}
            )
        assert refusal.value.code == code


def test_what_entries_lock(shop):
    """R1.2, R1.8, R1.9, R1.11: kind, costing method, unit cost, base unit."""
    x = shop.item(unit_cost=D(5))
    change_item(x, by=None, unit_cost=D(6), costing_method="average")
    shop.buy(x, 1, 6)
    box = UnitOfMeasure.objects.create(code="BOX")
    for changes in ({"type": "service"}, {"costing_method": "lifo"}, {"unit_cost": D(7)}, {"base_unit": box}):
        with pytest.raises(ProblemsFound) as refusal:
            change_item(x, by=None, **changes)
        assert refusal.value.code == "E-ITEM-FIELD-LOCKED"
    shop.sell(x, 1)
    changed = change_item(x, by=None, base_unit=box)
    assert (changed.sales_unit, changed.purchase_unit) == (box, box)
    with pytest.raises(ProblemsFound) as refusal:
        delete_item(x, by=None)
    assert refusal.value.code == "E-ITEM-DELETE"


def test_a_service_has_nothing_that_only_goods_have(shop):
    """R1.1."""
    x = shop.item(costing_method="average", indirect_cost_percent=D(5))
    changed = change_item(x, by=None, type="service")
    assert (changed.reserve, changed.costing_method, changed.inventory_posting_group) == (
        "never",
        "fifo",
        None,
    )
    assert changed.indirect_cost_percent == 0
    with pytest.raises(ProblemsFound) as refusal:
        change_item(x, by=None, reserve="optional")
    assert refusal.value.code == "E-RESERVE-TYPE"
    delete_item(x, by=None)
    assert not Item.objects.exists()


def test_the_unit_cost_of_a_standard_item_is_its_standard_cost(shop):
    x = shop.item(costing_method="standard", standard_cost=D(10), unit_cost=D(10))
    shop.buy(x, 1, 10)
    changed = change_item(x, by=None, unit_cost=D(12))
    assert (changed.standard_cost, changed.unit_cost) == (12, 12)


def test_price_including_vat_on_the_card(shop):
    """T-02 on a card, with the VAT of the posting setup."""
    bus, prod = VATBusinessGroup.objects.create(code="DOM"), VATProductGroup.objects.create(code="V25")
    VATPostingSetup.objects.create(
        vat_bus_posting_group=bus, vat_prod_posting_group=prod, vat_percent=25, vat_identifier="V25"
    )
    x = shop.item(unit_cost=D(90), vat_prod_posting_group=prod)
    changed = change_item(x, by=None, unit_price=D(150), block_reason="kept only while blocked")
    assert (changed.profit_percent, changed.block_reason) == (40, "")
    changed = change_item(x, by=None, price_includes_vat=True, vat_bus_posting_group_price=bus)
    assert changed.profit_percent == 25


def test_what_is_missing_before_an_item_can_be_sold(shop):
    x = shop.item()
    assert [problem.field for problem in check_sellable(x)] == ["vat_prod_posting_group"]


def test_a_location_with_goods_stays(shop):
    x = shop.item()
    shop.buy(x, 1, 1)
    main, east = Location.objects.get(code="MAIN"), Location.objects.get(code="EAST")
    assert [problem.code for problem in check_location_delete(main)] == ["E-LOCATION-DELETE"]
    assert check_location_delete(east) == []


def test_changes_of_cards_are_logged_but_not_their_costs(shop):
    x = shop.item()
    before = ChangeLogEntry.objects.count()
    shop.buy(x, 1, 5)
    assert ChangeLogEntry.objects.count() == before
    change_item(x, by=None, description="Y")
    assert ChangeLogEntry.objects.filter(table="inventory_item", field="description", after="Y").exists()
