"""# Changing customers and currencies

Another customer, another currency, prices with VAT instead of without: changes of a document that its lines feel. What
cannot be guessed is asked first, and without an answer nothing happens.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import ResponsibilityCenter, Salesperson, ShippingAgentService, ShipToAddress
from customers.routines.change import change_customer as change_card
from erp.kernel.errors import ErpError, ProblemsFound
from inventory.models import InventorySetup, Location
from posting.models import Currency
from sales.errors import LinesLocked
from sales.models import CustomerInvoiceDiscount, SalesComment, SalesLine, UserSalesSetup
from sales.routines.discount import discount_invoice, type_invoice_discount
from sales.routines.remove_line import remove_line
from sales.values import SalesValues


def codes(step, *args, **values) -> list[str]:
    """What a step is refused with, or asks."""
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return [problem.code for problem in caught.value.problems]


def warned(story) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in story.warned]


def carrier(agent: str, code: str) -> dict:
    """A service, as fields of a customer or address."""
    service = ShippingAgentService.objects.get(agent__code=agent, code=code)
    return {"shipping_agent": service.agent, "shipping_agent_service": service}


# Another customer


def test_an_order_goes_to_another_customer(world):
    """Two bicycles were ordered by Adatum, it seemed; it was Contoso, an exporter who pays in dollars."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    contoso = world.customer("Contoso", group="EXPORT", currency="USD", terms="1M(8D)", city="Boston")
    order = world.order(world.customer(), external_document_no="PO-77")
    order.sells(2, world.item(price=400, cost=240), discount=10).says("Handle with care")

    # The lines were priced and taxed for Adatum, so they are rebuilt. That is asked.
    assert codes(order.goes_to, contoso) == ["Q-HDR-RECREATE"]
    assert codes(order.goes_to, contoso, recreate_lines=False) == ["E-HDR-RECREATE-CANCEL"]
    assert order.document.customer.number == "ADATUM"

    # Yes: the head is Contoso's, and what was typed of references and dates stays.
    head = order.goes_to(contoso, recreate_lines=True).document
    assert (head.customer, head.bill_to_customer, head.sell_to_city) == (contoso, contoso, "Boston")
    assert (head.gen_bus_posting_group, head.vat_bus_posting_group) == ("EXPORT", "EXP")
    assert (head.currency_code, head.currency_factor, head.payment_terms_code) == ("USD", D("0.8"), "1M(8D)")
    assert (head.due_date, head.external_document_no) == (date(2026, 4, 2), "PO-77")

    # 400 in local currency are 320 dollars; the discount that was typed is gone, and there is no VAT on exports.
    bicycles, text = order.lines
    assert (bicycles.quantity, bicycles.unit_price, bicycles.line_discount_percent) == (2, 320, 0)
    assert (bicycles.amount, bicycles.amount_including_vat) == (D("640.00"), D("640.00"))
    assert text.description == "Handle with care"


def test_texts_comments_and_descriptions_stay_with_their_lines(world):
    """What hangs on a line hangs on the rebuilt one; descriptions that were typed are kept."""
    order = world.order(world.customer()).sells(2, world.item(price=400, cost=240)).says("Frame no. 7")
    line, text = order.lines
    SalesLine.objects.filter(pk=text.pk).update(attached_to_line=line)
    SalesComment.objects.create(
        kind="order", number=order.number, line_no=line.line_no, text="Ask for Eva",
        date=world.today, created_at=world.at(),
    )  # fmt: skip
    order.changes(description="Bicycle, red", quantity=D(3))
    order.goes_to(world.customer("Contoso"), recreate_lines=True)
    rebuilt, text = order.lines
    assert (rebuilt.description, rebuilt.quantity, rebuilt.line_no) == ("Bicycle, red", 3, line.line_no)
    assert text.attached_to_line == rebuilt

    # A line that is removed takes both along.
    remove_line(rebuilt, by=world.by, at=world.at())
    assert order.lines == [] and not SalesComment.objects.exists()


def test_a_head_without_lines_asks_before_it_is_filled_in_anew(world):
    order = world.order(world.customer())
    contoso = world.customer("Contoso")
    assert codes(order.goes_to, contoso) == ["Q-HDR-CUST"]
    assert order.goes_to(contoso, confirmed=False).document.customer.number == "ADATUM"
    assert order.goes_to(contoso, confirmed=True).document.customer == contoso


def test_a_document_needs_a_customer(world):
    order = world.order(world.customer())
    assert codes(order.goes_to, None) == ["E-TF"]
    order.sells(1, world.item(cost=1), at=10)
    assert codes(order.goes_to, None) == ["E-HDR-RESET"]


def test_a_blocked_customer_gets_no_document_of_somebody_else(world):
    """All that stands in the way is told at once, and before anything is asked."""
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10)
    blocked = world.customer("Blocked", blocked="all")
    blocked = change_card(blocked, customer_posting_group=None)
    assert codes(order.goes_to, blocked) == ["E-CU-BLOCK", "E-TF"]


def test_what_has_left_belongs_to_its_customer(world):
    """One bicycle is on its way: neither who ordered nor who pays can change now."""
    order = world.order(world.customer()).sells(2, world.item(stock=5, cost=1), at=10)
    contoso = world.customer("Contoso")
    order.ship(1)
    with pytest.raises(LinesLocked, match="reopen"):
        order.goes_to(contoso)
    order.reopen()
    with pytest.raises(ProblemsFound, match="1 posted") as caught:
        order.goes_to(contoso, recreate_lines=True)
    assert [(problem.code, problem.line_no) for problem in caught.value.problems] == [("E-TF", 10000)]
    assert codes(order.is_billed_to, contoso, recreate_lines=True) == ["E-TF"]


def test_fetched_goods_belong_to_their_order(world):
    adatum = world.customer()
    order = world.order(adatum).sells(2, world.item(stock=5, cost=1), at=10)
    invoice = world.sales_invoice(adatum).takes(order.ship(2))
    assert codes(invoice.goes_to, world.customer("Contoso"), recreate_lines=True) == ["E-TF"]


def test_somebody_else_pays(world):
    """The parent company pays: its terms, currency and price list count, the goods still go to Adatum."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    holding = world.customer("Holding", currency="USD", terms="60D", combine_shipments=True)
    memo = world.credit_memo(world.customer(city="Utrecht"), applies_to_document_no="INV-1")
    memo.sells(1, world.item(price=100, cost=1))
    head = memo.is_billed_to(holding, recreate_lines=True).document
    assert (head.customer.number, head.bill_to_customer, head.bill_to_name) == ("ADATUM", holding, "Holding")
    assert (head.currency_code, head.payment_terms_code, head.combine_shipments) == ("USD", "60D", True)
    assert memo.lines[0].unit_price == 80

    # What it would have been applied to was owed by somebody else.
    assert head.applies_to_document_no == ""

    # And back: nobody in particular is who orders.
    head = memo.is_billed_to(None, recreate_lines=True).document
    assert (head.bill_to_customer.number, head.currency_code) == ("ADATUM", "")


@pytest.mark.parametrize(("source", "gross"), [("bill_to", "100.00"), ("sell_to", "125.00")])
def test_vat_is_that_of_who_pays_or_of_who_orders(world, source, gross):
    """An exporter pays for what Adatum orders: the general ledger set-up says whose VAT group counts."""
    world.ledger_setup(bill_to_sell_to_vat_calculation=source)
    order = world.order(world.customer()).sells(1, world.item(price=100, cost=1))
    order.is_billed_to(world.customer("Holding", group="EXPORT"), recreate_lines=True)
    assert order.lines[0].amount_including_vat == D(gross)


def test_the_invoice_discount_is_that_of_the_new_customer(world):
    """Contoso has 10 % from 500 on; Adatum had 5 %. A discount typed as an amount is shared again."""
    CustomerInvoiceDiscount.objects.create(code="ADATUM", minimum_amount=0, discount_percent=5)
    CustomerInvoiceDiscount.objects.create(code="CONTOSO", minimum_amount=500, discount_percent=10)
    adatum, contoso, item = world.customer(), world.customer("Contoso"), world.item(price=400, cost=1)
    order = world.order(adatum).sells(2, item)
    discount_invoice(order.document, values=SalesValues.load(), at=world.at())
    assert order.lines[0].inv_discount_amount == D("40.00")
    order.goes_to(contoso, recreate_lines=True)
    assert (order.document.invoice_discount_value, order.lines[0].inv_discount_amount) == (10, D("80.00"))

    typed = world.order(adatum).sells(2, item).sells(1, item)
    type_invoice_discount(typed.document, D(30), values=SalesValues.load(), at=world.at())
    typed.goes_to(contoso, recreate_lines=True)
    assert [line.inv_discount_amount for line in typed.lines] == [D("20.00"), D("10.00")]


def test_freight_keeps_its_price(world):
    """An account has no price list to look in: 10 of freight stay 10, with or without the VAT that is charged."""
    order = world.order(world.customer()).charges("4520", 10)
    order.goes_to(world.customer("Contoso"), recreate_lines=True)
    assert order.lines[0].unit_price == 10
    with_vat = world.customer("Shop", prices_including_vat=True)
    line = order.goes_to(with_vat, recreate_lines=True).lines[0]
    assert (line.unit_price, line.amount) == (D("12.5"), D("10.00"))


def test_lines_are_rebuilt_with_as_many_statements_for_sixty_as_for_two(world, django_assert_max_num_queries):
    contoso = world.customer("Contoso")
    items = [world.item(f"ITEM-{place}", price=10, cost=1) for place in range(60)]
    order = world.order(world.customer())
    for item in items:
        order.sells(1, item)
    with django_assert_max_num_queries(60):
        order.goes_to(contoso, recreate_lines=True)


# Who looks after it, and where the goods go


def test_a_responsibility_center_ships_from_its_own_location(world):
    """Customers of the north are served from OSLO, unless their card names another location."""
    Location.objects.create(code="OSLO", outbound_handling_time="1D")
    InventorySetup.objects.update(outbound_handling_time="3D")
    north = ResponsibilityCenter.objects.create(code="NORTH", location_code="OSLO")
    head = world.order(world.customer(responsibility_center=north)).document
    assert (head.responsibility_center_code, head.location_code) == ("NORTH", "OSLO")
    assert head.outbound_handling_time == "1D"
    own = world.customer("Own", responsibility_center=north, location_code="MAIN")
    assert world.order(own).document.location_code == "MAIN"
    other = world.order(world.customer("Other"))
    assert (other.document.location_code, other.document.outbound_handling_time) == ("", "3D")
    assert other.edits(responsibility_center_code="NORTH").document.location_code == "OSLO"


def test_a_user_works_for_a_responsibility_center(world):
    """Who sells for the north writes its documents; where the customer has no salesperson, the user is it."""
    north = ResponsibilityCenter.objects.create(code="NORTH")
    eva = Salesperson.objects.create(code="EVA", name="Eva")
    UserSalesSetup.objects.create(user=world.by, responsibility_center=north, salesperson=eva)
    head = world.order(world.customer()).document
    assert (head.responsibility_center_code, head.salesperson_code) == ("NORTH", "EVA")


def test_a_salesperson_who_left_gets_no_new_documents(world):
    """Not from a customer's card, and not when typed."""
    ole = Salesperson.objects.create(code="OLE", name="Ole")
    adatum = world.customer(salesperson=ole)
    Salesperson.objects.update(blocked=True)
    order = world.order(adatum)
    assert order.document.salesperson_code == ""
    assert codes(order.edits, salesperson_code="OLE") == ["E-CU-SALESPERSON"]


def test_a_carrier_brings_its_service_and_how_long_it_takes(world):
    """The shipping time is that of the service, else the customer's; another carrier does not have that service."""
    order = world.order(world.customer(shipping_time="5D", **carrier("DHL", "PARCEL")))
    assert order.document.shipping_time == "3D"
    assert codes(order.edits, shipping_agent_service_code="CLASSIC") == ["E-CODE-NONE"]
    head = order.edits(shipping_agent_code="DPD").document
    assert (head.shipping_agent_service_code, head.shipping_time) == ("", "5D")
    head = order.edits(shipping_agent_code="BRING", shipping_agent_service_code="EXPRESS").document
    assert head.shipping_time == "1D"
    assert order.edits(shipping_time="2d").document.shipping_time == "2D"
    assert codes(order.edits, shipping_time="soon") == ["E-DF-SYNTAX"]


def test_goods_go_to_another_address_of_the_customer(world):
    """The harbour has its own carrier and is served from OSLO. The lines keep the location they were promised from."""
    Location.objects.create(code="OSLO")
    adatum = world.customer(city="Utrecht", location_code="MAIN")
    ShipToAddress.objects.create(
        customer=adatum, code="HARBOUR", name="Adatum Harbour", city="Rotterdam", location_code="OSLO",
        **carrier("DHL", "FREIGHT"),
    )  # fmt: skip
    order = world.order(adatum).sells(1, world.item(cost=1), at=10)
    assert codes(order.ships_to, "NOPE") == ["E-SHIPTO-NONE"]
    head = order.ships_to("HARBOUR").document
    assert (head.ship_to_code, head.ship_to_city, head.location_code) == ("HARBOUR", "Rotterdam", "OSLO")
    assert (head.shipping_agent_code, head.shipping_agent_service_code, head.shipping_time) == (
        "DHL", "FREIGHT", "1W",
    )  # fmt: skip
    assert order.lines[0].location_code == "MAIN"
    assert warned(order) == [
        ("W-HDR-NOTCASCADED", "shipping_agent_code"),
        ("W-HDR-NOTCASCADED", "location_code"),
    ]

    # Back to the customer's own address, with the customer's own location and carrier.
    head = order.ships_to("").document
    assert (head.ship_to_code, head.ship_to_city, head.location_code, head.shipping_agent_code) == (
        "", "Utrecht", "MAIN", "",
    )  # fmt: skip


def test_a_released_order_may_go_to_another_door_but_not_with_another_carrier(world):
    adatum = world.customer(city="Utrecht")
    ShipToAddress.objects.create(customer=adatum, code="BACK", name="Back door", city="Utrecht")
    ShipToAddress.objects.create(customer=adatum, code="FAR", name="Far", **carrier("DHL", "FREIGHT"))
    order = world.order(adatum).sells(1, world.item(cost=1), at=10).release()
    assert order.ships_to("BACK").document.ship_to_name == "Back door"
    with pytest.raises(LinesLocked, match="shipping agent"):
        order.ships_to("FAR")


def test_returned_goods_come_to_the_location_that_takes_them(world):
    Location.objects.create(code="DOCK", name="Returns dock", city="Oslo")
    memo = world.return_order(world.customer())
    assert memo.edits(location_code="DOCK").document.ship_to_city == "Oslo"
    assert memo.ships_to("").document.ship_to_name == ""


# Currency and exchange rate


def test_another_currency_rebuilds_the_lines(world):
    """List price 400, in dollars 320. A price that was typed counted in the old currency and is lost."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    order = world.order(world.customer(group="EXPORT")).sells(2, world.item(price=400, cost=1), at=390)
    assert codes(order.edits, currency_code="USD") == ["Q-HDR-RECREATE"]
    assert codes(order.edits, currency_code="USD", recreate_lines=False) == ["E-HDR-RECREATE-CANCEL"]
    order.edits(currency_code="USD", recreate_lines=True)
    assert (order.document.currency_factor, order.lines[0].unit_price) == (D("0.8"), 320)
    assert codes(order.edits, currency_code="NOPE", recreate_lines=True) == ["E-CODE-NONE"]


def test_a_currency_wants_a_rate(world):
    """GBP is set up, but nobody has said what it is worth."""
    Currency.objects.get_or_create(code="GBP", defaults={"name": "Pound"})
    Currency.objects.get(code="GBP").rates.all().delete()
    order = world.order(world.customer())
    assert codes(order.edits, currency_code="GBP") == ["E-CUR-NORATE"]


def test_the_currency_of_what_has_left_stays(world):
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    order = world.order(world.customer(group="EXPORT")).sells(2, world.item(stock=5, cost=1), at=10)
    order.ship(1)
    order.reopen()
    assert codes(order.edits, currency_code="USD", recreate_lines=True) == ["E-TF"]


def test_a_discount_typed_in_another_currency_is_typed_again(world):
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    order = world.order(world.customer(group="EXPORT")).sells(2, world.item(price=400, cost=1))
    type_invoice_discount(order.document, D(30), values=SalesValues.load(), at=world.at())
    order.edits(currency_code="USD", recreate_lines=True)
    assert (order.document.invoice_discount_value, order.lines[0].inv_discount_amount) == (0, 0)
    assert warned(order) == [("W-INVD-RESET", "invoice_discount_value")]


def test_a_rate_that_was_agreed_leaves_prices_alone(world):
    """Adatum pays 640.00 dollars in any case; at the agreed rate they are 1,280.00 of ours instead of 800.00."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    adatum = world.customer(group="EXPORT", currency="USD")
    order = world.order(adatum).sells(2, world.item(stock=5, price=400, cost=1))
    order.edits(currency_factor=D("0.5"))
    assert order.lines[0].unit_price == 320
    invoice = order.post()
    assert (invoice.amount_including_vat, world.balance(adatum)) == (D("640.00"), D("1280.00"))
    world.check()


def test_a_rate_is_of_a_currency_and_above_zero(world):
    order = world.order(world.customer())
    assert codes(order.edits, currency_factor=D("0.5")) == ["E-CUR-FACTOR"]
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    assert codes(order.edits, currency_code="USD", currency_factor=D(0)) == ["E-CUR-FACTOR"]
    assert order.edits(currency_code="USD", currency_factor=D("0.7")).document.currency_factor == D("0.7")


def test_another_business_group_taxes_the_lines_anew(world):
    """The goods leave the country after all: no VAT. The VAT group follows the business group."""
    order = world.order(world.customer()).sells(1, world.item(price=100, cost=1))
    assert order.lines[0].amount_including_vat == D("125.00")
    assert codes(order.edits, gen_bus_posting_group="EXPORT") == ["Q-HDR-RECREATE"]
    order.edits(gen_bus_posting_group="EXPORT", recreate_lines=True)
    assert order.document.vat_bus_posting_group == "EXP"
    assert order.lines[0].amount_including_vat == D("100.00")


# Prices with and without VAT


def test_prices_are_converted_to_include_vat(world):
    """3 × 33.33 without VAT are 3 × 41.6625 with it (T33): the same to the cent of rounding."""
    order = world.order(world.customer()).sells(3, world.item(cost=1), at="33.33")
    assert codes(order.edits, prices_including_vat=True) == ["Q-PIV-CONVERT"]
    order.edits(prices_including_vat=True, convert_prices=True)
    line = order.lines[0]
    assert (line.unit_price, line.line_amount) == (D("41.6625"), D("124.99"))
    assert (line.amount, line.amount_including_vat - line.amount) == (D("99.99"), D("25.00"))

    # And back: only roundings could differ.
    order.edits(prices_including_vat=False, convert_prices=True)
    line = order.lines[0]
    assert (line.unit_price, line.line_amount, line.amount_including_vat) == (
        D("33.33"), D("99.99"), D("124.99"),
    )  # fmt: skip


def test_prices_that_keep_their_number_mean_something_else(world):
    """100.00 was the price without VAT and is now the price with it: what the customer pays, exactly."""
    order = world.order(world.customer()).sells(3, world.item(cost=1), at="100")
    order.edits(prices_including_vat=True, convert_prices=False)
    line = order.lines[0]
    assert (line.unit_price, line.amount, line.amount_including_vat) == (100, D("240.00"), D("300.00"))


@pytest.mark.parametrize("price", ["9.99", "14.95", "0.05", "1234.56"])
def test_prices_including_vat_hit_the_gross_exactly(world, price):
    """Whatever the price, three pieces cost three times the price, VAT included."""
    shop = world.customer("Shop", prices_including_vat=True)
    order = world.order(shop).sells(3, world.item(cost=1), at=price)
    order.sells(2, world.item("REDUCED", group="REDUCED", cost=1), at=price).release()
    assert sum(line.amount_including_vat for line in order.lines) == 5 * D(price)


def test_discounts_are_converted_with_the_prices(world):
    """The percentage stays, and the 30.00 that were typed for the document become 37.50 with VAT."""
    order = world.order(world.customer()).sells(3, world.item(cost=1), at=100, discount=10)
    order.sells(1, world.item("CHEAP", group="REDUCED", cost=1), at=30)
    type_invoice_discount(order.document, D(30), values=SalesValues.load(), at=world.at())
    before = sum(line.amount for line in order.lines)
    order.edits(prices_including_vat=True, convert_prices=True)
    first, second = order.lines
    assert (first.unit_price, first.line_discount_percent, first.line_amount) == (125, 10, D("337.50"))
    assert (second.unit_price, second.line_amount) == (33, D("33.00"))
    assert order.document.invoice_discount_value == first.inv_discount_amount + second.inv_discount_amount
    assert sum(line.amount for line in order.lines) == before


def test_the_basis_of_what_is_invoiced_stays(world):
    order = world.order(world.customer()).sells(2, world.item(stock=5, cost=1), at=10)
    order.ship(1)
    order.invoice(1)
    order.reopen()
    assert codes(order.edits, prices_including_vat=True) == ["E-TF"]
