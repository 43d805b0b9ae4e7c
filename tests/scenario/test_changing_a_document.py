"""# Changing a document

What is typed into the head brings along what follows from it; a released document keeps what others rely on.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.routines.change import change_customer as change_card
from erp.kernel.errors import ErpError, ProblemsFound
from erp.kernel.models import NumberSeries, NumberSeriesLine, NumberSeriesRelationship
from inventory.models import ItemUnit, Location
from posting.models import GeneralLedgerSetup
from sales.errors import AwaitsApproval, LinesLocked
from sales.models import SalesDocument, SalesSetup
from sales.routines.change_document import change_document
from sales.routines.change_line import change_line
from sales.routines.delete import delete
from sales.routines.discount import type_invoice_discount
from sales.routines.remove_line import remove_line
from sales.values import SalesValues


def change(story, **changes):
    return change_document(story.document, by=story.world.by, at=story.world.at(), **changes)


def codes(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def warned(story) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in story.warned]


def test_a_posting_date_brings_document_date_and_terms(world):
    order = world.order(world.customer(terms="1M(8D)")).sells(1, world.item(cost=1), at=100)
    document = change(order, posting_date=date(2026, 3, 10))
    assert (document.document_date, document.due_date) == (date(2026, 3, 10), date(2026, 4, 10))
    assert (document.payment_discount_date, document.vat_date) == (date(2026, 3, 18), date(2026, 3, 10))


def test_a_document_date_may_stand_by_itself(world):
    world.sales_setup(link_document_date_to_posting_date=False)
    order = world.order(world.customer(terms="1M(8D)"))
    document = change(order, posting_date=date(2026, 3, 10))
    assert document.document_date == date(2026, 3, 2)
    document = change(order, document_date=date(2026, 1, 31), due_date=date(2026, 5, 1))
    assert (document.due_date, document.payment_discount_date) == (date(2026, 5, 1), date(2026, 2, 8))


def test_a_posting_date_brings_the_rate_of_the_day(world):
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    world.rate("USD", 100, 128, on=date(2026, 3, 5))
    order = world.order(world.customer(group="EXPORT", currency="USD"))
    assert order.document.currency_factor == D("0.8")

    # The rate may have been agreed with the customer: somebody has to say.
    assert codes(change, order, posting_date=date(2026, 3, 6)) == {"Q-HDR-RATE"}
    assert change(order, posting_date=date(2026, 3, 4), update_rate=False).currency_factor == D("0.8")
    assert change(order, posting_date=date(2026, 3, 6), update_rate=True).currency_factor == D("0.78125")


def test_a_released_document_changes_only_what_nobody_relies_on(world):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=100).release()
    assert change(order, external_document_no="PO-77").external_document_no == "PO-77"
    with pytest.raises(LinesLocked, match="reopen"):
        change(order, location_code="MAIN")


def test_a_line_goes_unless_its_goods_are_not_invoiced(world):
    order = world.order(world.customer()).sells(2, world.item(stock=2, cost=1), at=100).says("Fragile")
    first, second = order.lines
    remove_line(second, by=world.by, at=world.at())
    assert len(order.lines) == 1
    order.ship(1)
    order.reopen()
    with pytest.raises(Exception, match="shipped and not invoiced"):
        remove_line(first, by=world.by, at=world.at())
    with pytest.raises(ProblemsFound) as caught:
        delete(order.document, by=world.by, at=world.at())
    assert caught.value.code == "E-LINE-SHIPNOTINV"


def test_a_document_is_thrown_away(world):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=100).release()
    with pytest.raises(ProblemsFound, match="reopen"):
        delete(order.document, by=world.by, at=world.at())
    order.reopen()
    delete(order.document, by=world.by, at=world.at())
    assert order.is_done


# What is typed into a head

CODES = [
    "payment_terms_code", "payment_method_code", "location_code", "salesperson_code", "shipment_method_code",
    "shipping_agent_code", "currency_code",
]  # fmt: skip


@pytest.mark.parametrize("field", CODES)
def test_a_code_that_nobody_set_up_is_refused(world, field):
    """Unknown payment terms would make the document due at once, without a word: name the code instead."""
    customer = world.customer()
    order = world.order(customer)
    for step, given in ((world.order, [customer]), (change, [order])):
        with pytest.raises(ProblemsFound, match="NOPE") as caught:
            step(*given, **{field: "NOPE"})
        (problem,) = caught.value.problems
        assert (problem.code, problem.field) == ("E-CODE-NONE", field)
        assert problem.setup.startswith("admin:")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"valid_until": date(2026, 4, 1)}, "E-HDR-VALID"),
        ({"applies_to_document_no": "INV-1", "applies_to_id": "ME"}, "E-HDR-APPLY"),
        ({"shipping_advice": "whole"}, "E-HDR-CHOICE"),
    ],
)
def test_fields_that_do_not_go_together(world, given, code):
    """The same answer on a new document and on one that is there; never the database's own words."""
    customer = world.customer()
    order = world.order(customer)
    assert codes(world.order, customer, **given) == codes(change, order, **given) == {code}


def test_a_payment_discount_is_a_percentage(world):
    assert codes(change, world.order(world.customer()), payment_discount_percent=D(101)) == {"E-HDR-PERCENT"}


def test_a_document_that_awaits_approval_is_frozen(world):
    """Whoever approves must find what was asked: not even what a released document allows may change."""
    order = world.order(world.customer()).sells(3, world.item(stock=10, cost=1), at=100).says("Fragile")
    SalesDocument.objects.update(status="pending_approval")
    with pytest.raises(AwaitsApproval, match="decided or cancelled"):
        change(order, external_document_no="PO-77")
    with pytest.raises(AwaitsApproval):
        order.changes(1, qty_to_ship=D(1))
    with pytest.raises(AwaitsApproval):
        order.changes(2, description="Very fragile")
    with pytest.raises(AwaitsApproval):
        order.says("and heavy")


def test_goods_of_a_credit_memo_come_to_us(world):
    """The ship-to address of what is taken back is that of the location, not of the customer."""
    Location.objects.create(code="DOCK", name="Main warehouse", address="Dock 1", city="Oslo")
    adatum = world.customer("Adatum", address="Harbour Road 7")
    assert world.order(adatum, location_code="DOCK").document.ship_to_address == "Harbour Road 7"
    memo = world.credit_memo(adatum, location_code="DOCK").document
    assert (memo.ship_to_name, memo.ship_to_address, memo.ship_to_city) == (
        "Main warehouse",
        "Dock 1",
        "Oslo",
    )
    assert world.return_order(adatum).document.ship_to_address == ""


def test_posting_on_another_day_keeps_discount_and_vat_together(world):
    """3 % were agreed by hand; posted a day later the terms count again, with 2 % for the customer and for VAT."""
    GeneralLedgerSetup.objects.update(vat_tolerance_percent=5, adjust_for_payment_discount=True)
    order = world.order(world.customer(terms="1M(8D)")).sells(10, world.item(stock=20, cost=60), at=100)
    assert change(order, payment_discount_percent=D(3)).vat_base_discount_percent == 3
    invoice = order.post(on=date(2026, 3, 3))
    assert (invoice.payment_discount_percent, invoice.amount_including_vat) == (2, D("1245.00"))
    world.check()


def test_a_number_that_left_papers_is_not_used_again(world):
    """Order O-77 is done and gone; a second O-77 would mix its shipments with those of the first."""
    NumberSeries.objects.update(manual_numbers=True)
    adatum, item = world.customer(), world.item(stock=10, cost=1)
    world.order(adatum, number="O-77").sells(1, item, at=10).post()
    assert codes(world.order, adatum, number="O-77") == {"E-NO-TAKEN"}
    assert world.return_order(adatum, number="O-77").number == "O-77"


def test_a_draft_with_a_number_of_the_posted_series_stays(world):
    """Drafts and posted invoices share one gapless series: deleting a draft would leave a gap in it."""
    world.sales_setup(invoice_nos=SalesSetup.objects.get().posted_invoice_nos)
    draft = world.sales_invoice(world.customer()).sells(1, world.item(stock=5, cost=1), at=10)
    assert codes(delete, draft.document, by=world.by, at=world.at()) == {"E-HDR-NUMBER"}
    assert draft.post().number == draft.number
    world.check()


# What lines take over


def test_a_new_shipment_date_is_offered_to_the_lines(world):
    """The head and its lines may differ; what has left keeps the day on which it left."""
    order = world.order(world.customer())
    item = world.item(stock=10, cost=1)
    order.sells(1, item, at=10).sells(2, item, at=10).says("Handle with care")
    order.ship(1, 0)
    order.reopen()
    assert codes(order.edits, shipment_date=date(2026, 3, 9)) == {"Q-HDR-CASCADE"}
    order.edits(shipment_date=date(2026, 3, 9), cascade=False)
    assert [line.shipment_date for line in order.lines[:2]] == [date(2026, 3, 2)] * 2
    order.edits(shipment_date=date(2026, 3, 10), cascade=True)
    assert [line.shipment_date for line in order.lines[:2]] == [date(2026, 3, 2), date(2026, 3, 10)]


def test_a_carrier_is_offered_to_the_lines_with_its_time(world):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10)
    typed = {"shipping_agent_code": "DHL", "shipping_agent_service_code": "PARCEL"}
    with pytest.raises(ProblemsFound, match="shipping time"):
        order.edits(**typed)
    line = order.edits(**typed, cascade=True).lines[0]
    assert (line.shipping_agent_code, line.shipping_agent_service_code, line.shipping_time) == (
        "DHL", "PARCEL", "3D",
    )  # fmt: skip


def test_a_requested_date_stays_under_a_promised_one(world):
    """On the head and on a line: what was promised counts."""
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10)
    order.changes(promised_delivery_date=date(2026, 3, 16))
    assert codes(order.changes, requested_delivery_date=date(2026, 3, 12)) == {"E-DATE-PROMISED"}
    wanted = {"requested_delivery_date": date(2026, 3, 12)}
    assert codes(order.edits, **wanted, cascade=True) == {"E-DATE-PROMISED"}
    order.edits(promised_delivery_date=date(2026, 3, 20), cascade=False)
    assert codes(order.edits, **wanted) == {"E-HDR-REQ"}


def test_a_location_is_not_offered(world):
    """Goods were promised from where they lie: who wants them from elsewhere says so on the line."""
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10)
    order.edits(location_code="MAIN")
    assert order.lines[0].location_code == ""
    assert warned(order) == [("W-HDR-NOTCASCADED", "location_code")]


def test_what_lines_were_priced_with_is_told_and_left(world):
    """Another price group, another order date: the lines keep their prices, and it is said."""
    order = world.order(world.customer()).sells(1, world.item(price=10, cost=1))
    order.edits(price_group_code="RETAIL", order_date=date(2026, 3, 1))
    assert warned(order) == [("W-HDR-NOTCASCADED", "price_group_code"), ("W-HDR-NOTCASCADED", "order_date")]
    order.edits(invoice_discount_code="LARGE")
    assert order.lines[0].recalculate_invoice_discount


# Terms, numbers and the rest of the head


def test_a_vat_base_discount_stays_within_the_tolerance(world):
    """VAT may be reckoned on 5 % less at most; 3 % of 1,000.00 make 242.50 instead of 250.00."""
    world.ledger_setup(vat_tolerance_percent=5, adjust_for_payment_discount=True)
    order = world.order(world.customer()).sells(10, world.item(cost=1), at=100)
    assert codes(order.edits, vat_base_discount_percent=D(6)) == {"E-VATBASE-TOL"}
    order.edits(vat_base_discount_percent=D(3))
    assert order.lines[0].amount_including_vat == D("1242.50")


def test_an_invoice_draws_from_a_series_of_its_own(world):
    """Invoices of the web shop have numbers of their own: the series is related to the usual one."""
    web = NumberSeries.objects.create(code="WEB", description="Web shop")
    NumberSeriesLine.objects.create(series=web, line_no=10000, starting_number="WEB-001")
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=1), at=10)
    assert codes(order.edits, posting_no_series="WEB") == {"E-NS-RELATED"}
    usual = NumberSeries.objects.get(code=SalesValues.load().sales.posted_invoice_nos)
    NumberSeriesRelationship.objects.create(series=usual, related=web)
    order.edits(posting_no_series="WEB")
    assert order.post().number == "WEB-001"
    assert codes(world.quote(world.customer("Other")).edits, posting_no_series="WEB") == {"E-HDR-SERIES"}
    world.check()


def test_a_number_is_for_ever(world):
    assert codes(world.order(world.customer()).edits, number="SO-1") == {"E-HDR-RENAME"}


def test_a_customer_has_one_posting_group_unless_the_card_allows_more(world):
    adatum = world.customer()
    order = world.order(adatum)
    assert codes(order.edits, customer_posting_group="EU") == {"E-TF"}
    change_card(adatum, allow_multiple_posting_groups=True)
    assert order.edits(customer_posting_group="EU").document.customer_posting_group == "EU"


def test_what_nobody_relies_on_is_written_on_a_released_document(world):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10).release()
    order.edits(work_description="Ring twice.\nThe dog is friendly.", due_date=date(2026, 5, 1))
    assert order.document.work_description.startswith("Ring twice.")
    for field, value in (("campaign_no", "SPRING"), ("correction", True), ("shipping_time", "1W")):
        with pytest.raises(LinesLocked):
            order.edits(**{field: value})


def test_a_head_is_written_with_all_that_is_known(world):
    """Campaign, remarks and carrier may be given when the document is written."""
    head = world.order(
        world.customer(), campaign_no="SPRING", work_description="Ring twice.", shipping_agent_code="DHL",
        shipping_agent_service_code="EXPRESS", combine_shipments=True,
    ).document  # fmt: skip
    assert (head.campaign_no, head.work_description, head.combine_shipments) == (
        "SPRING", "Ring twice.", True,
    )  # fmt: skip
    assert head.shipping_time == "1D"


# What is typed into a line


def test_unit_and_location_stay_once_goods_have_left(world):
    """One of four is gone, counted in pieces from where it lay; the price of the rest may still change."""
    Location.objects.create(code="NORTH")
    order = world.order(world.customer()).sells(4, world.item(stock=5, cost=1, units={"BOX": 2}), at=10)
    order.ship(1)
    order.reopen()
    for change_of in ({"location_code": "NORTH"}, {"unit_code": "BOX"}):
        with pytest.raises(ProblemsFound, match="1 have left") as caught:
            order.changes(**change_of)
        assert [(problem.code, problem.field) for problem in caught.value.problems] == [("E-TF", *change_of)]
    order.changes(unit_price=D(12), location_code="")
    assert order.lines[0].unit_price == 12


def test_a_text_has_no_quantity_and_no_price(world):
    order = world.order(world.customer()).says("Fragile")
    for field in ("quantity", "unit_price", "qty_to_ship"):
        assert codes(order.changes, **{field: D(1)}) == {"E-LINE-COMMENT"}


def test_texts_are_written_on_a_released_document_too(world):
    order = world.order(world.customer()).sells(3, world.item(stock=10, cost=1), at=100).says("Fragile")
    order.release()
    order.changes(2, description="Very fragile").says("and heavy")
    assert [line.description for line in order.lines[1:]] == ["Very fragile", "and heavy"]
    with pytest.raises(LinesLocked, match="description"):
        order.changes(1, description="Glass")
    remove_line(order.lines[2], by=world.by, at=world.at())


def test_the_unit_of_an_account_line_is_free(world):
    order = world.order(world.customer()).charges("4520", 10, quantity=2)
    order.changes(unit_code="HOUR")
    (line,) = order.lines
    assert (line.unit_code, line.line_amount) == ("HOUR", D("20.00"))


def test_a_line_names_a_location_that_exists(world):
    item = world.item(cost=1)
    order = world.order(world.customer())
    assert codes(order.sells, 1, item, at=1, location_code="NOPE") == {"E-CODE-NONE"}
    order.sells(1, item, at=1)
    assert codes(order.changes, location_code="NOPE") == {"E-CODE-NONE"}


def test_a_quantity_is_no_finer_than_its_unit(world):
    """Five decimals for everything; and half a box is no box where the item's card says so."""
    item = world.item(cost=1, units={"BOX": 12})
    ItemUnit.objects.filter(unit__code="BOX").update(rounding_precision=1)
    order = world.order(world.customer())
    assert codes(order.sells, "1.1234567", item, at=1) == {"E-QTY-PRECISION"}
    assert codes(order.sells, "1.5", item, unit="BOX", at=1) == {"E-QTY-PRECISION"}
    order.sells(2, item, unit="BOX", at=1)
    assert codes(order.changes, quantity=D("1.5")) == {"E-QTY-PRECISION"}
    assert codes(order.changes, qty_to_ship=D("0.123456")) == {"E-QTY-PRECISION"}


def test_prices_and_amounts_are_rounded_as_they_are_typed(world):
    """A price keeps five decimals and an amount two, and the line amount is reckoned with what is kept."""
    order = world.order(world.customer()).sells(1000, world.item(cost=1), at="1.1234567")
    (line,) = order.lines
    assert (line.unit_price, line.line_amount) == (D("1.12346"), D("1123.46"))
    order.changes(line_discount_amount=D("1.005"))
    assert order.lines[0].line_discount_amount == D("1.01")
    order.changes(line_amount=D("1000.004"))
    assert order.lines[0].line_amount == D("1000.00")


def test_a_line_that_goes_takes_its_share_of_the_discount_along(world):
    """30.00 were typed for three equal lines: without one of them 20.00 are left; so for one that gives none."""
    order = world.order(world.customer())
    item = world.item(cost=1)
    for _line in range(3):
        order.sells(1, item, at=100)
    type_invoice_discount(order.document, D(30), values=SalesValues.load(), at=world.at())
    remove_line(order.lines[0], by=world.by, at=world.at())
    assert order.document.invoice_discount_value == D("20.00")
    order.changes(1, allow_invoice_discount=False)
    assert order.document.invoice_discount_value == D("10.00")
    assert [line.amount for line in order.lines] == [D("100.00"), D("90.00")]


def test_another_variant_is_priced_anew(world):
    """Red ones cost more. A price that was typed survives where no price list knows the item."""
    item = world.item(price=400, cost=1)
    item.variants.create(code="RED", description="Bicycle, red")
    item.variants.create(code="OLD", blocked=True)
    order = world.order(world.customer()).sells(1, item)
    assert codes(order.changes, variant_code="BLUE") == {"E-VARIANT-NONE"}
    assert codes(order.changes, variant_code="OLD") == {"E-ITEM-BLOCKED"}
    line = order.changes(variant_code="RED").lines[0]
    assert (line.variant_code, line.description, line.unit_price) == ("RED", "Bicycle, red", 400)
    order.changes(unit_price=D(450)).changes(variant_code="")
    assert (order.lines[0].description, order.lines[0].unit_price) == ("Bicycle", 450)


def test_a_variant_that_has_left_stays(world):
    item = world.item(stock=5, cost=1)
    item.variants.create(code="RED")
    order = world.order(world.customer()).sells(2, item, at=10)
    order.ship(1)
    order.reopen()
    assert codes(order.changes, variant_code="RED") == {"E-TF"}


def test_a_tracking_number_is_written_on_a_released_line(world):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10).release()
    order.changes(package_tracking_no="JJD-1")
    assert order.lines[0].package_tracking_no == "JJD-1"
    with pytest.raises(LinesLocked):
        order.changes(shipping_agent_code="DHL")


def test_a_line_may_go_with_another_carrier(world):
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=10)
    order.changes(shipping_agent_code="BRING", shipping_agent_service_code="EXPRESS")
    assert order.lines[0].shipping_time == "1D"
    assert codes(order.changes, shipping_agent_service_code="CLASSIC") == {"E-CODE-NONE"}
    order.changes(shipping_agent_code="OWN")
    assert order.lines[0].shipping_agent_service_code == ""


def test_what_comes_back_keeps_the_price_it_was_sold_at(world):
    """Two boxes of twelve come back at 108.00 a box; counted in pieces that is 9.00, whatever the list says now."""
    item = world.item(stock=48, price=10, cost=1, units={"BOX": 12})
    adatum = world.customer()
    order = world.order(adatum).sells(2, item, unit="BOX", at=108)
    shipment = order.ship(2)
    entry = shipment.lines.get().item_entry_no
    memo = world.return_order(adatum).sells(2, item, unit="BOX", at=108, applies_from_item_entry=entry)
    memo.changes(quantity=D(1))
    assert memo.lines[0].unit_price == 108
    memo.changes(unit_code="PCS", quantity=D(12))
    assert (memo.lines[0].unit_price, memo.lines[0].line_amount) == (9, D("108.00"))


def test_a_line_that_somebody_took_off_is_gone(world):
    """Two clerks have the same line before them; one removes it, and the other is told."""
    order = world.order(world.customer()).sells(1, world.item(cost=1), at=100)
    (seen,), who = order.lines, {"by": world.by, "at": world.at()}
    order.removes(1)
    assert codes(remove_line, seen, **who) == {"E-DOC-GONE"}
    assert codes(change_line, seen, on=world.today, quantity=D(2), **who) == {"E-DOC-GONE"}
