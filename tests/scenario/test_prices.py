"""# Prices on a document

All price lists that reach the customer compete, and the lowest price wins. Each line keeps why it got its price.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from inventory.models import ItemReference, ItemVariant, UnitOfMeasure
from posting.models import VATBusinessGroup, VATPostingSetup
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


@pytest.mark.parametrize(
    "including_vat, vat_percent, price", [(False, 19, "100.00"), (True, 7, "107.00"), (True, 19, "119.00")]
)
def test_a_price_list_with_vat_serves_every_paper(world, including_vat, vat_percent, price):
    """119.00 with 19 % in it: what the customer pays before tax is the same, whatever tax the customer pays."""
    domestic, private = VATBusinessGroup.objects.get(code="DOM"), VATBusinessGroup.objects.create(code="PRIV")
    row = VATPostingSetup.objects.get(vat_bus_posting_group=domestic, vat_prod_posting_group__code="V25")
    row.vat_percent = vat_percent
    row.save()
    row.pk, row.vat_bus_posting_group, row.vat_percent = None, private, 19
    row.save()
    lamp = world.item(price=500, cost=60)
    offer(lamp, 119, price_includes_vat=True, vat_bus_posting_group_price=private)
    order = world.order(world.customer(), prices_including_vat=including_vat).sells(1, lamp)
    assert order.lines[0].unit_price == D(price)


LOCAL, FOREIGN, OF_RED, FOREIGN_RED = (
    {},
    {"currency_code": "USD"},
    {"variant_code": "RED"},
    {"currency_code": "USD", "variant_code": "RED"},
)


@pytest.mark.parametrize(
    "offers, price",
    [
        ([(LOCAL, 10), (FOREIGN, 15)], "15.00"),
        ([(FOREIGN, 15), (OF_RED, 16)], "15.00"),
        ([(FOREIGN, 15), (OF_RED, 11)], "14.30"),
        ([(LOCAL, 10), (FOREIGN, 15), (OF_RED, 14), (FOREIGN_RED, 20)], "20.00"),
    ],
)
def test_the_more_special_price_wins_before_the_lower_one(world, offers, price):
    """A price in the currency of the paper, or of the variant, goes before one for everything; a price for both goes
    before either, though it is the dearest. Only among equals the lower one wins: 11 × 1.3 is less than 15."""
    world.rate("USD", "1.3", 1, on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="USD")
    lamp = world.item(price=99, cost=6)
    ItemVariant.objects.create(item=lamp, code="RED")
    for special, amount in offers:
        offer(lamp, amount, **special)
    (line,) = world.order(adatum).sells(1, lamp, variant_code="RED").lines
    assert line.unit_price == D(price)


def test_only_active_price_lists_count(world):
    """15 and 10 are active, 9 is a draft, 8 was switched off: 10 it is."""
    lamp = world.item(price=99, cost=6)
    offer(lamp, 15)
    offer(lamp, 10)
    for code, status, amount in (("DRAFT", "draft", 9), ("OLD", "inactive", 8)):
        PriceList.objects.create(code=code, status=status)
        offer(lamp, amount, code=code)
    (line,) = world.order(world.customer()).sells(1, lamp).lines
    assert line.unit_price == 10


def test_a_minimum_without_a_unit_counts_pieces(world):
    """9.00 from 24 pieces on, and a box holds twelve: one box is too little and costs what the card says, two are not.
    A price for everybody without a minimum goes before the card, even where it is dearer."""
    lamp = world.item(price=10, cost=6, units={"BOX": 12})
    offer(lamp, 9, minimum_quantity=24)
    adatum = world.customer()
    (one,) = world.order(adatum).sells(1, lamp, unit="BOX").lines
    (two,) = world.order(adatum).sells(2, lamp, unit="BOX").lines
    assert (one.unit_price, two.unit_price) == (D("120.00"), D("108.00"))
    offer(lamp, 11)
    (one,) = world.order(adatum).sells(1, lamp, unit="BOX").lines
    assert one.unit_price == D("132.00")


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
