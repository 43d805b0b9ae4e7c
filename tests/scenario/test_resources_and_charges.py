"""# Resources and item charges

Not everything on a document is goods. The time of a person or a machine is sold as a resource: it has a price and a
cost, and a ledger of its own. Freight, an allowance or a fee for taking goods back is an item charge: it is invoiced on
a line of its own, and counts as revenue of the goods that it is assigned to.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from inventory.models import ItemLedgerEntry, ResourceLedgerEntry, ValueEntry
from receivables.models import CustomerLedgerEntry
from sales.models import PriceList, PriceListLine, SalesInvoice
from sales.routines.cancel_credit_memo import cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.post import preview


def hours(document_no):
    """What a paper left in the resource ledger: quantity, cost and revenue, signed as the quantity."""
    entries = ResourceLedgerEntry.objects.filter(document_no=document_no).order_by("document_line_no")
    return list(entries.values_list("quantity", "total_cost", "total_price"))


def charged(document_no):
    """What the item charges on a paper brought the goods: item, charge and revenue."""
    values = (
        ValueEntry.objects.filter(document_no=document_no).exclude(item_charge_no="").order_by("entry_no")
    )
    return list(values.values_list("item__number", "item_charge_no", "sales_amount_actual"))


def revenue(item):
    """All revenue of an item's goods, charges included."""
    values = ValueEntry.objects.filter(item=item)
    return sum((value.sales_amount_actual for value in values), D(0))


def shares(story):
    """Quantity and amount of each assignment."""
    return [(row.quantity, row.amount) for row in story.assignments()]


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_hours_of_a_mechanic_are_sold(world):
    """Three hours at 80 are sold with a bicycle: revenue like goods, an entry in the resource ledger, and a profit."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=5, cost=240, price=400)
    mechanic = world.resource("MECHANIC", cost=35, price=80, name="Workshop hour")
    order = world.order(adatum).sells(1, bicycle).works(3, mechanic)

    # Name, unit, price and cost come from the card of the resource.
    line = order.lines[1]
    assert (line.description, line.unit_code, line.unit_price, line.unit_cost_lcy) == (
        "Workshop hour",
        "HOUR",
        80,
        35,
    )
    assert (line.line_amount, line.vat_percent, line.allow_invoice_discount) == (D("240.00"), 25, True)

    invoice = order.post()
    assert world.ledger(invoice.number) == {
        "1100": D("800.00"),
        "4100": D("-400.00"),
        "4200": D("-240.00"),
        "2200": D("-160.00"),
        "5100": D("240.00"),
        "1200": D("-240.00"),
    }

    # The ledger of resources counts time that is sold as negative, as the item ledger counts goods.
    assert hours(invoice.number) == [(-3, D("-105.00"), D("-240.00"))]

    # Revenue 640.00, a bicycle for 240.00 and three hours for 105.00.
    entry = CustomerLedgerEntry.objects.get(document_no=invoice.number)
    assert (entry.sales_lcy, entry.profit_lcy) == (D("640.00"), D("295.00"))
    world.check()


def test_hours_are_taken_back_with_a_credit_memo(world):
    """Two of the hours were not worked; the credit memo gives back their revenue and their cost."""
    adatum = world.customer("Adatum")
    mechanic = world.resource(cost=35, price=80)
    memo = world.credit_memo(adatum).works(2, mechanic)
    paper = memo.post()
    assert world.ledger(paper.number) == {"1100": D("-200.00"), "4300": D("160.00"), "2200": D("40.00")}
    assert hours(paper.number) == [(2, D("70.00"), D("160.00"))]
    assert CustomerLedgerEntry.objects.get(document_no=paper.number).profit_lcy == D("-90.00")
    world.check()


def test_hours_are_invoiced_as_they_are_worked(world):
    """Of ten hours four are delivered and invoiced first; each invoice leaves an entry of its own."""
    order = world.order(world.customer()).works(10, world.resource(cost=35, price=80))
    order.changes(qty_to_ship=D(4))
    first = order.post()
    assert hours(first.number) == [(-4, D("-140.00"), D("-320.00"))]
    rest = order.post()
    assert hours(rest.number) == [(-6, D("-210.00"), D("-480.00"))]
    assert order.is_done
    world.check()


def test_prices_of_resources_come_from_price_lists_too(world):
    """Everybody pays 75 an hour, Adatum 70, and members of a campaign 65; a price for all items is not meant."""
    adatum = world.customer("Adatum")
    mechanic = world.resource(cost=35, price=80)
    prices = PriceList.objects.create(code="WORKSHOP", status="active")

    def offer(price, **values):
        facts = {"asset_type": "resource", "asset_no": mechanic.number} | values
        PriceListLine.objects.create(price_list=prices, unit_price=D(price), **facts)

    offer(10, asset_type="all_items", asset_no="")
    assert world.order(adatum).works(1, mechanic).lines[0].unit_price == 80
    offer(75)
    offer(70, source_type="customer", source_no=adatum.number)
    offer(65, source_type="campaign", source_no="SPRING")
    assert world.order(world.customer("Litware")).works(1, mechanic).lines[0].unit_price == 75
    order = world.order(adatum).works(1, mechanic)
    assert order.lines[0].unit_price == 70

    # The campaign stands on the head of the order.
    order = world.order(adatum, campaign_no="SPRING").works(1, mechanic)
    assert order.lines[0].unit_price == 65
    why = order.lines[0].price_explanation
    assert (why["price"]["source"], [lost["reason"] for lost in why["rejected"]]) == (
        ["campaign", "SPRING"],
        ["dearer", "dearer"],
    )


def test_a_campaign_is_a_price_source_for_items(world):
    """The spring campaign sells the lamp at 90 instead of 100, to whoever orders with it."""
    lamp = world.item("LAMP", cost=60, price=100)
    prices = PriceList.objects.create(code="SPRING", status="active")
    PriceListLine.objects.create(
        price_list=prices, asset_no="LAMP", unit_price=D(90), source_type="campaign", source_no="SPRING"
    )
    adatum = world.customer("Adatum")
    assert world.order(adatum).sells(1, lamp).lines[0].unit_price == 100
    assert world.order(adatum, campaign_no="SPRING").sells(1, lamp).lines[0].unit_price == 90


def test_a_blocked_resource_is_neither_written_nor_posted(world):
    """Whoever left the company, or asked not to be named, is not sold any more; other units than the base unit are not
    known."""
    adatum = world.customer("Adatum")
    mechanic = world.resource(price=80)
    order = world.order(adatum).works(1, mechanic)
    mechanic.blocked = mechanic.privacy_blocked = True
    mechanic.save()
    with pytest.raises(ProblemsFound) as refused:
        world.order(adatum).works(1, mechanic, unit_code="DAY")
    assert codes(refused) == ["E-RES-BLOCKED", "E-RES-PRIVACY", "E-UOM-MISSING"]
    with pytest.raises(ProblemsFound) as refused:
        world.order(adatum).works(1, "NOBODY")
    assert codes(refused) == ["E-RES-NONE"]
    with pytest.raises(ProblemsFound) as refused:
        order.post()
    assert "E-RES-BLOCKED" in codes(refused)


def test_freight_is_shared_equally_over_three_lines(world):
    """100.00 of freight over three lines are 33.33, 33.34 and 33.33: nothing is lost (T58)."""
    freight = world.item_charge("FREIGHT")
    items = [world.item(number, stock=5, cost=60, price=100) for number in ("BED", "DESK", "LAMP")]
    order = world.order(world.customer("Adatum"))
    for item in items:
        order.sells(1, item)
    order.adds_charge(freight, 100).shares("equally")
    assert shares(order) == [
        (D("0.33333"), D("33.33")),
        (D("0.33334"), D("33.34")),
        (D("0.33333"), D("33.33")),
    ]

    # Invoicing posts the freight to its own revenue account, and to the goods as a value without quantity and cost.
    invoice = order.post()
    assert world.ledger(invoice.number)["4200"] == D("-100.00")
    assert charged(invoice.number) == [
        ("BED", "FREIGHT", D("33.33")),
        ("DESK", "FREIGHT", D("33.34")),
        ("LAMP", "FREIGHT", D("33.33")),
    ]
    assert [revenue(item) for item in items] == [D("133.33"), D("133.34"), D("133.33")]
    assert order.is_done
    world.check()


def test_freight_is_shared_by_amount(world):
    """50.00 over lines of 100.00 and 200.00: 16.67 and 33.33 (T58)."""
    order = world.order(world.customer("Adatum"))
    order.sells(1, world.item("LAMP", stock=5, price=100)).sells(1, world.item("DESK", stock=5, price=200))
    order.adds_charge(world.item_charge(), 50).shares("amount")
    assert shares(order) == [(D("0.33333"), D("16.67")), (D("0.66667"), D("33.33"))]
    assert charged(order.post().number) == [("LAMP", "FREIGHT", D("16.67")), ("DESK", "FREIGHT", D("33.33"))]
    world.check()


def test_freight_is_shared_by_weight_and_by_volume(world):
    """A bed of 40 kg and two lamps of 5 kg: four fifths and one fifth. Nobody typed a volume, which is said."""
    bed = world.item("BED", stock=5, price=100, gross_weight=D(40))
    lamp = world.item("LAMP", stock=5, price=100, gross_weight=D(5))
    order = world.order(world.customer("Adatum")).sells(1, bed).sells(2, lamp)
    order.adds_charge(world.item_charge(), 60).shares("weight")
    assert shares(order) == [(D("0.8"), D("48.00")), (D("0.2"), D("12.00"))]
    with pytest.raises(ProblemsFound) as refused:
        order.shares("volume")
    assert codes(refused) == ["E-CHG-MEASURE"]

    # A single line carries everything, whatever it is shared by.
    order.shares("volume", 1)
    assert shares(order) == [(1, D("60.00"))]


def test_somebody_types_what_goes_where(world):
    """A clerk assigns 30 and 70 percent of the freight; more than there is, or to a line without goods, is refused."""
    order = world.order(world.customer("Adatum"))
    order.sells(1, world.item("LAMP", stock=5, price=100)).sells(1, world.item("DESK", stock=5, price=200))
    order.adds_charge(world.item_charge(), 50)
    order.assigns({1: "0.3", 2: "0.7"})
    assert shares(order) == [(D("0.3"), D("15.00")), (D("0.7"), D("35.00"))]
    with pytest.raises(ProblemsFound) as refused:
        order.assigns({1: "0.6", 2: "0.7"})
    assert codes(refused) == ["E-CHG-MORE"]
    with pytest.raises(ProblemsFound) as refused:
        order.assigns({1: "-0.3", 3: "0.7"})
    assert codes(refused) == ["E-CHG-TARGET", "E-CHG-SIGN"]

    # Another price changes the amounts, a smaller quantity the quantities; what is assigned to nothing is gone.
    order.changes(3, unit_price=D(80))
    assert shares(order) == [(D("0.3"), D("24.00")), (D("0.7"), D("56.00"))]
    order.changes(3, quantity=D("0.5"))
    assert shares(order) == [(D("0.15"), D("12.00")), (D("0.35"), D("28.00"))]
    order.assigns({2: "0.5"})
    assert shares(order) == [(D("0.5"), D("40.00"))]


def test_a_charge_must_be_assigned_before_it_is_invoiced(world):
    """Nothing assigned, too little assigned, an amount of nothing: each is told, and nothing is posted."""
    order = world.order(world.customer("Adatum")).sells(2, world.item("LAMP", stock=5, price=100))
    order.adds_charge(world.item_charge(), 50)

    def refused():
        with pytest.raises(ProblemsFound) as error:
            order.post()
        return codes(error)

    assert refused() == ["E-CHG-ASSIGN"]
    order.assigns({1: "0.4"})
    assert refused() == ["E-CHG-ALL"]
    order.assigns({1: 1})
    order.changes(2, unit_price=D(0))
    assert refused() == ["E-CHG-ZERO"]
    assert not SalesInvoice.objects.exists()

    # Shipping asks for nothing: a charge is looked at when it is invoiced.
    order.ship()
    world.check()


def test_a_charge_waits_for_its_goods(world):
    """The freight is assigned to the bed, which has not left: invoicing the freight with the lamp is refused."""
    order = world.order(world.customer("Adatum"))
    order.sells(1, world.item("LAMP", stock=5, price=100)).sells(1, world.item("BED", stock=5, price=300))
    order.adds_charge(world.item_charge(), 50).assigns({2: 1})
    order.changes(2, qty_to_ship=D(0))
    with pytest.raises(ProblemsFound) as refused:
        order.post()
    assert codes(refused) == ["E-CHG-NOILE"]

    # Assigned to the lamp it can go; or the bed leaves first, and carries the charge although it is not invoiced yet.
    order.ship(1, 1, 0)
    order.changes(1, qty_to_invoice=D(0)).changes(2, qty_to_ship=D(0)).changes(2, qty_to_invoice=D(0))
    order.changes(3, qty_to_ship=D(1))
    invoice = order.post()
    assert charged(invoice.number) == [("BED", "FREIGHT", D("50.00"))]
    assert ItemLedgerEntry.objects.filter(entry_type="sale").count() == 2
    order.post()
    assert order.is_done
    world.check()


def test_a_part_of_a_charge_takes_its_part_of_every_assignment(world):
    """Ten pallets of freight at 9.99 are assigned 4 to 6; three are invoiced now, seven later, not a cent is lost."""
    lamp, bed = world.item("LAMP", stock=50, price=10), world.item("BED", stock=50, price=20)
    order = world.order(world.customer("Adatum")).sells(4, lamp).sells(6, bed)
    order.adds_charge(world.item_charge(), "9.99", quantity=10).assigns({1: 4, 2: 6})
    order.ship()
    first = order.invoice(4, 6, 3)
    assert charged(first.number) == [("LAMP", "FREIGHT", D("11.99")), ("BED", "FREIGHT", D("17.98"))]
    assert [(row.quantity, row.quantity_assigned) for row in order.assignments()] == [
        (D("2.8"), D("1.2")),
        (D("4.2"), D("1.8")),
    ]
    rest = order.invoice()
    assert sum(amount for _item, _charge, amount in charged(rest.number)) == D("69.93")
    assert [revenue(lamp), revenue(bed)] == [D("79.96"), D("179.94")]
    assert order.is_done
    world.check()


def test_freight_is_invoiced_after_the_goods(world):
    """The lamps were shipped and invoiced on Monday; on Friday the freight bill comes and is charged for them."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=5, cost=60, price=100)
    order = world.order(adatum).sells(2, lamp)
    shipment = order.ship()
    order.invoice()

    invoice = world.sales_invoice(adatum).adds_charge(world.item_charge(), 30)
    invoice.assigns({shipment: 1})
    paper = invoice.post()
    assert world.ledger(paper.number) == {"1100": D("37.50"), "4200": D("-30.00"), "2200": D("-7.50")}
    assert charged(paper.number) == [("LAMP", "FREIGHT", D("30.00"))]
    assert (revenue(lamp), world.stock(lamp)) == (D("230.00"), 3)

    # The value has neither quantity nor cost: what the goods cost, and how many they are, stays as it was.
    value = ValueEntry.objects.get(document_no=paper.number)
    assert (value.valued_quantity, value.invoiced_quantity, value.cost_amount_actual) == (0, 0, 0)
    world.check()


def test_goods_of_other_customers_carry_nothing(world):
    """A charge is for goods that this customer got."""
    lamp = world.item("LAMP", stock=5, price=100)
    shipment = world.order(world.customer("Litware")).sells(1, lamp).ship()
    invoice = world.sales_invoice(world.customer("Adatum")).adds_charge(world.item_charge(), 30)
    with pytest.raises(ProblemsFound) as refused:
        invoice.assigns({shipment: 1})
    assert codes(refused) == ["E-CHG-TARGET"]


def test_an_allowance_lowers_what_a_shipment_brought(world):
    """The desk arrived with a scratch. Adatum keeps it for 40.00 less: a credit memo of a charge, and no goods move."""
    adatum = world.customer("Adatum")
    desk = world.item("DESK", stock=5, cost=120, price=300)
    order = world.order(adatum).sells(1, desk)
    shipment = order.ship()
    order.invoice()

    memo = world.credit_memo(adatum).adds_charge(world.item_charge("ALLOWANCE"), 40)
    paper = memo.assigns({shipment: 1}).post()
    assert world.ledger(paper.number) == {"1100": D("-50.00"), "4300": D("40.00"), "2200": D("10.00")}
    assert charged(paper.number) == [("DESK", "ALLOWANCE", D("-40.00"))]
    assert (revenue(desk), world.stock(desk)) == (D("260.00"), 4)
    world.check()


def test_a_restocking_fee_reduces_the_credit(world):
    """A lamp comes back for 100.00, less ten percent for putting it on the shelf again: a charge of minus one."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=5, cost=60, price=100)
    world.order(adatum).sells(1, lamp).post()
    back = world.return_order(adatum).sells(1, lamp)
    back.adds_charge(world.item_charge("RESTOCKING"), 10, quantity=-1).assigns({1: -1})
    paper = back.post()
    assert paper.amount == D("90.00")
    assert charged(paper.number) == [("LAMP", "RESTOCKING", D("10.00"))]
    assert (world.balance(adatum), revenue(lamp)) == (D("12.50"), D("10.00"))
    world.check()


def test_a_charge_in_foreign_currency_is_revenue_in_local_currency(world):
    """USD 125 of freight at 1.25 dollars to the euro bring the goods 100.00: 41.67 and 83.33 dollars."""
    adatum = world.customer("Adatum", group="EXPORT", currency="USD")
    world.rate("USD", 125, 100, on=world.today)
    lamp, bed = world.item("LAMP", stock=5, price=100), world.item("BED", stock=5, price=100)
    order = world.order(adatum).sells(1, lamp, at=125).sells(1, bed, at=250)
    order.adds_charge(world.item_charge(), 125).works(1, world.resource(cost=35, price=80), at=100)
    order.shares("amount")
    invoice = order.post()
    assert charged(invoice.number) == [("LAMP", "FREIGHT", D("33.34")), ("BED", "FREIGHT", D("66.66"))]
    assert hours(invoice.number) == [(-1, D("-35.00"), D("-80.00"))]
    world.check()


def test_the_preview_shows_time_and_charges(world):
    """What the ledgers will hear stands in the preview, and nothing is written."""
    order = world.order(world.customer("Adatum")).sells(1, world.item("LAMP", stock=5, price=100))
    order.works(2, world.resource(cost=35, price=80)).adds_charge(world.item_charge(), 30).shares("equally")
    plan = preview(order.document, by=world.by, at=world.at())
    assert [use.quantity for use in plan.resources] == [-2]
    assert [revenue.sales_amount for revenue in plan.charges.revenues] == [D("30.00")]
    assert not ResourceLedgerEntry.objects.exists()
    assert shares(order) == [(1, D("30.00"))]


def test_a_line_for_an_account_may_start_with_one(world):
    """Where the set-up says so, an account without a quantity is meant once."""
    world.sales_setup(default_gl_account_quantity=True)
    order = world.order(world.customer("Adatum")).charges("4520", 25, quantity=0)
    assert (order.lines[0].quantity, order.lines[0].line_amount) == (1, D("25.00"))


def test_lines_know_their_weight_and_who_carries_them(world):
    """Weight, volume and parcels come from the item, the shipping agent from the head of the order."""
    bed = world.item("BED", price=300, gross_weight=D(42), net_weight=D(40), unit_volume=D("1.2"))
    agent = {"shipping_agent_code": "DPD", "package_tracking_no": "JD-1"}
    (line,) = world.order(world.customer("Adatum"), **agent).sells(1, bed).lines
    assert (line.gross_weight, line.net_weight, line.unit_volume) == (42, 40, D("1.2"))
    assert (line.shipping_agent_code, line.package_tracking_no) == ("DPD", "JD-1")


def test_a_charge_whose_invoice_was_cancelled_is_invoiced_again(world):
    """Freight of 6 for two lines, 4 to 2. Two are invoiced and three; then the invoices are taken back.

    What the order has no longer invoiced is open again on the goods that it is assigned to.
    """
    lamp = world.item("LAMP", stock=100, cost=1)
    world.item_charge()
    order = world.order(world.customer("Adatum")).sells(10, lamp, at=10).sells(10, lamp, at=10)
    order.adds_charge("FREIGHT", 10, quantity=6).assigns({1: 4, 2: 2})
    order.ship(4, 4, 6)
    first, second = order.invoice(2, 2, 2), order.invoice(1, 1, 3)
    who = {"by": world.by, "at": world.at(), "on": world.today}

    def assigned():
        return [(row.quantity, row.amount, row.quantity_assigned) for row in order.assignments()]

    memo = cancel_invoice(first, **who)
    assert assigned() == [(2, D("20.00"), 2), (1, D("10.00"), 1)]
    cancel_credit_memo(memo, **who)
    for paper in (first, second):
        cancel_invoice(paper, **who)
    assert assigned() == [(4, D("40.00"), 0), (2, D("20.00"), 0)]
    world.check()
    assert order.post().amount == D("260.00")
    assert order.is_done
    world.check()


def test_an_assigned_charge_follows_the_head(world):
    """Freight of 100.00 is assigned. In dollars it is 80.00, and so is its assignment; so too with VAT in it."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    invoice = world.sales_invoice(world.customer()).sells(2, world.item(cost=1), at=100)
    invoice.adds_charge(world.item_charge(), 100).assigns({1: 1})
    invoice.edits(currency_code="USD", recreate_lines=True)
    assert (invoice.lines[1].amount, invoice.assignments()[0].amount) == (80, 80)
    invoice.edits(prices_including_vat=True, convert_prices=False)
    assert (invoice.lines[1].amount, invoice.assignments()[0].amount) == (64, 64)
