"""# Prices on a document

All price lists that reach the customer compete, and the lowest price wins. Each line keeps why it got its price.
"""

from datetime import date
from decimal import Decimal as D

from inventory.models import ItemReference, UnitOfMeasure
from posting.models import VATBusinessGroup
from sales.models import PriceList, PriceListLine


def offer(item, price, *, source_type="all_customers", source_no="", **values) -> PriceListLine:
    prices, _made = PriceList.objects.get_or_create(
        code=values.pop("code", "P2026"), defaults={"status": "active"}
    )
    return PriceListLine.objects.create(
        price_list=prices,
        source_type=source_type,
        source_no=source_no,
        asset_no=item.number,
        unit_price=D(price),
        **values,
    )


def test_the_lowest_price_wins_and_says_why(world):
    """Everybody pays 95, Adatum 90, whoever takes ten 85: nine cost Adatum 90, and the line tells of the others."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", cost=60, price=100)
    offer(lamp, 95)
    offer(lamp, 90, source_type="customer", source_no=adatum.number)
    offer(lamp, 85, minimum_quantity=10)
    order = world.order(adatum).sells(9, lamp)
    (line,) = order.lines
    assert line.unit_price == 90
    why = line.price_explanation
    assert (why["from"], why["price"]["source"]) == ("price_list", ["customer", adatum.number])
    assert {(lost["reason"], lost["unit_price"]) for lost in why["rejected"]} == {
        ("dearer", "95.00000"),
        ("minimum_quantity", "85.00000"),
    }
    order.changes(quantity=D(10))
    assert order.lines[0].unit_price == 85


def test_without_a_price_list_the_card_is_asked(world):
    (line,) = world.order(world.customer()).sells(1, world.item(price=100, cost=60)).lines
    assert line.unit_price == 100
    assert line.price_explanation["from"] == "card"


def test_orders_are_priced_on_their_order_date(world):
    """A price of March is not for an order of 1 April, even if it is posted in March; it is for a March invoice."""
    adatum = world.customer("Adatum")
    lamp = world.item(price=100, cost=60)
    offer(lamp, 80, starting_date=date(2026, 3, 1), ending_date=date(2026, 3, 31))
    order = world.order(adatum, order_date=date(2026, 4, 1), posting_date=date(2026, 3, 31)).sells(1, lamp)
    assert order.lines[0].unit_price == 100
    invoice = world.sales_invoice(adatum, posting_date=date(2026, 3, 31)).sells(1, lamp)
    assert invoice.lines[0].unit_price == 80


def test_a_typed_price_survives_a_new_quantity_unless_there_is_a_price_list(world):
    adatum = world.customer("Adatum")
    lamp = world.item(price=100, cost=60)
    order = world.order(adatum).sells(1, lamp, at=88)
    order.changes(quantity=D(5))
    assert order.lines[0].unit_price == 88
    offer(lamp, 90)
    order.changes(quantity=D(6))
    assert order.lines[0].unit_price == 90


def test_a_price_that_forbids_discounts_may_still_win(world):
    """10 % off 100 is 90: a net price of 95 without discount loses to it, one of 89 wins."""
    adatum = world.customer("Adatum")
    lamp = world.item(price=100, cost=60)
    offer(lamp, 100)
    offer(
        lamp,
        0,
        amount_type="discount",
        line_discount_percent=10,
        source_type="customer",
        source_no=adatum.number,
    )
    net = offer(lamp, 95, allow_line_discount=False)
    (line,) = world.order(adatum).sells(1, lamp).lines
    assert (line.unit_price, line.line_discount_percent) == (100, 10)
    PriceListLine.objects.filter(pk=net.pk).update(unit_price=89)
    (line,) = world.order(adatum).sells(1, lamp).lines
    assert (line.unit_price, line.line_discount_percent) == (89, 0)


def test_a_price_with_vat_on_paper_without(world):
    """The card says 10.00 a piece without VAT; a box of twelve on a paper with VAT costs 150.00."""
    item = world.item(price=10, cost=6, units={"BOX": 12})
    (line,) = world.order(world.customer(), prices_including_vat=True).sells(1, item, unit="BOX").lines
    assert line.unit_price == D("150.00")


def test_a_price_with_vat_for_all_items_holds_the_vat_of_each(world):
    """Everything costs 110.00 with VAT: 88.00 where it is taxed with 25 %, 100.00 with 10 %."""
    prices = PriceList.objects.create(code="FLAT", status="active")
    PriceListLine.objects.create(
        price_list=prices,
        asset_type="all_items",
        unit_price=D(110),
        price_includes_vat=True,
        vat_bus_posting_group_price=VATBusinessGroup.objects.get(code="DOM"),
    )
    order = world.order(world.customer()).sells(1, world.item("LAMP", cost=1, price=500))
    order.sells(1, world.item("BOOK", cost=1, price=500, group="REDUCED"))
    assert [line.unit_price for line in order.lines] == [88, 100]


def test_what_a_customer_calls_an_item(world):
    """AB-1 is a box of lamps to Adatum, and a desk to anybody else."""
    adatum, fabrikam = world.customer("Adatum"), world.customer("Fabrikam")
    lamp, desk = world.item("LAMP", price=10, cost=6, units={"BOX": 12}), world.item("DESK", price=99, cost=6)
    box = UnitOfMeasure.objects.get(code="BOX")
    ItemReference.objects.create(
        item=lamp,
        unit=box,
        type="customer",
        type_no=adatum.number,
        reference_no="AB-1",
        description="Lamp, boxed",
    )
    ItemReference.objects.create(item=desk, reference_no="AB-1")
    (line,) = world.order(adatum).sells(1, "", item_reference_no="AB-1").lines
    assert (line.number, line.unit_code, line.description) == ("LAMP", "BOX", "Lamp, boxed")
    (line,) = world.order(fabrikam).sells(1, "", item_reference_no="AB-1").lines
    assert line.number == "DESK"
