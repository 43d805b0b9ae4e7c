"""# Returns and credit memos

Goods come back, money goes back: at once on a credit memo, or step by step on a return order. What comes back is worth
what it cost when it was sold, as long as the line names the sale; and no more comes back than was sold.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from inventory.selectors import entries_for
from sales.models import (
    ReturnReason,
    ReturnReceipt,
    ReturnReceiptLine,
    SalesCreditMemoLine,
    SalesDocument,
    SalesShipmentLine,
)
from sales.reversible import papers_of, reversible_lines
from sales.routines.create_replacement_order import create_replacement_order
from sales.routines.move_negative_lines import move_negative_lines
from sales.routines.reverse_posted_lines import reverse_posted_lines
from tests.world.paper import Story


def reverse(world, story, kind="invoice", **chosen):
    """Get posted lines to reverse on the document of a story."""
    return reverse_posted_lines(
        story.document, kind=kind, by=world.by, at=world.at(), on=world.today, **chosen
    )


def sale_of(paper):
    """The item entry behind the first line with goods of a posted shipment."""
    return SalesShipmentLine.objects.filter(document=paper, item_entry_no__isnull=False).first().item_entry_no


def code_of(refusal):
    return [problem.code for problem in refusal.value.problems]


def test_what_is_left_of_a_sale_is_proposed(world):
    """Ten lamps are sold and three come back; of the invoice seven are proposed, at what they cost when sold (T75)."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(10, lamp, at=100, discount=5)
    shipment = order.ship()
    invoice = order.invoice()
    back = world.return_order(adatum).sells(3, lamp, at=95, applies_from_item_entry=sale_of(shipment))
    back.post()
    world.receive(10, lamp, at=90)

    memo = world.credit_memo(adatum)
    papers = list(papers_of(memo.document, "invoice"))
    (seen,) = reversible_lines(memo.document, "invoice", papers)
    assert (seen.line.quantity, seen.left) == (10, 7)
    copied = reverse(world, memo, lines=[(invoice.number, 10000)])
    caption, line = memo.lines
    assert caption.description == f"Invoice No. {invoice.number}:"
    assert (line.quantity, line.unit_price, line.line_discount_amount) == (7, 100, 35)
    assert (line.unit_cost_lcy, line.applies_from_item_entry) == (60, sale_of(shipment))
    assert copied.skipped == ()

    # What stands on the memo already is not proposed again.
    assert reversible_lines(memo.document, "invoice", papers) == []
    reverse(world, memo, lines=[(invoice.number, 10000)])
    assert len(memo.lines) == 2

    # Eight are not there to come back, and whoever types it is told how many are.
    with pytest.raises(ProblemsFound) as refusal:
        memo.changes(2, quantity=D(8))
    (problem,) = refusal.value.problems
    assert problem.code == "E-RET-MAX"
    assert problem.message == (
        f"Only 7 of the 10 shipped units of entry {sale_of(shipment)} can still be returned; line 20000 takes back 8."
    )

    # Two lines that are right one by one are stopped when they are posted.
    memo.sells(1, lamp, at=95, applies_from_item_entry=sale_of(shipment))
    with pytest.raises(ProblemsFound) as refusal:
        memo.post()
    (problem,) = refusal.value.problems
    assert (problem.code, problem.line_no) == ("E-RET-MAX", 30000)
    assert problem.message == (
        f"Only 0 of the 10 shipped units of entry {sale_of(shipment)} can still be returned."
    )

    memo.removes(3).post()
    assert world.account("5100") == 0
    assert world.stock(lamp) == 20
    world.check()


def test_everything_of_a_paper_or_single_lines(world):
    """A whole paper brings all it says, texts too; single lines bring only what can still come back."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60), world.item("DESK", stock=10, cost=200)
    order = world.order(adatum).sells(2, "LAMP", at=100).says("Brass").sells(1, "DESK", at=350)
    order.charges("4520", 25)
    invoice = order.post()
    first = world.credit_memo(adatum)
    reverse(world, first, lines=[(invoice.number, 10000)])
    first.post()

    whole = world.credit_memo(adatum)
    copied = reverse(world, whole, papers=[invoice.number])
    assert [line.description for line in whole.lines] == [
        f"Invoice No. {invoice.number}:",
        "Brass",
        "Desk",
        "Freight and service charges",
    ]
    assert [(problem.code, problem.line_no) for problem in copied.skipped] == [("W-COPY-RETURNED", 10000)]

    # Single lines that are gone are passed over, or told where everything is shown.
    single = world.credit_memo(adatum)
    assert reverse(world, single, lines=[(invoice.number, 10000)]).skipped == ()
    told = reverse(world, single, lines=[(invoice.number, 10000)], show_reversible_only=False)
    assert [problem.code for problem in told.skipped] == ["W-COPY-RETURNED"]
    assert single.lines == []

    # As many as were sold, though they have come back: nothing stops it but the posting.
    reverse(
        world, single, lines=[(invoice.number, 10000)], show_reversible_only=False, original_quantity=True
    )
    assert [line.quantity for line in single.lines] == [0, 2]
    with pytest.raises(ProblemsFound) as refusal:
        single.post()
    assert code_of(refusal) == ["E-RET-MAX"]


def test_lines_of_a_shipment_are_priced_anew(world):
    """A shipment says what left, not what it came to: its lines come back at the price of today's card."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60, price=110)
    order = world.order(adatum).sells(4, lamp, at=100)
    shipment = order.ship()
    back = world.return_order(adatum)
    reverse(world, back, kind="shipment", papers=[shipment.number])
    _caption, line = back.lines
    assert (line.quantity, line.unit_price, line.unit_cost_lcy) == (4, 110, 60)

    # On an order, lines of a posted invoice are simply written again.
    invoice = order.invoice()
    again = world.order(adatum)
    reverse(world, again, papers=[invoice.number])
    assert [(line.unit_price, line.applies_from_item_entry) for line in again.lines] == [
        (0, None),
        (100, None),
    ]


def test_papers_of_others_are_not_reversed(world):
    """A paper of another customer, in another currency, or one that there is not, is refused by name."""
    adatum, fabrikam = world.customer("Adatum"), world.customer("Fabrikam", currency="USD")
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    world.item("LAMP", stock=10, cost=60)
    theirs = world.order(fabrikam).sells(1, "LAMP", at=100).post()
    memo = world.credit_memo(adatum)
    with pytest.raises(ProblemsFound) as refusal:
        reverse(world, memo, papers=[theirs.number, "INV-0"])
    assert code_of(refusal) == ["E-COPY-NONE", "E-COPY-MISMATCH", "E-COPY-MISMATCH"]
    local = world.credit_memo(fabrikam, currency_code="")
    assert reversible_lines(local.document, "invoice", [theirs]) == []


def test_a_return_order_is_received_and_credited_in_parts(world):
    """Ten lamps were sold at 100. They come back in three receipts; two credit memos follow them."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=20, cost=60)
    invoice = world.order(adatum).sells(10, lamp, at=100).post()
    back = world.return_order(adatum)
    reverse(world, back, papers=[invoice.number])

    def progress():
        line = back.lines[1]
        return line.quantity_shipped, line.quantity_invoiced, line.qty_to_ship, line.qty_to_invoice

    assert progress() == (0, 0, 10, 10)
    back.changes(2, qty_to_ship=D(4)).receives()
    assert progress() == (4, 0, 6, 10)
    assert world.balance(adatum) == D("1250.00")
    back.changes(2, qty_to_ship=D(2)).receives()
    assert progress() == (6, 0, 4, 10)

    # Crediting five takes the oldest receipt first, and one of the second; nothing moves.
    memo = back.changes(2, qty_to_invoice=D(5)).invoice()
    assert (memo.amount, memo.amount_including_vat) == (D("500.00"), D("625.00"))
    assert progress() == (6, 5, 4, 5)
    assert world.stock(lamp) == 16
    assert world.account("5100") == D("300.00")

    # The rest comes and is credited at once: the return order is done.
    rest = back.post()
    assert rest.amount == D("500.00")
    assert back.is_done
    assert (world.balance(adatum), world.account("5100"), world.stock(lamp)) == (0, 0, 20)
    assert ReturnReceipt.objects.filter(order_no=back.number).count() == 3
    world.check()


def test_a_return_reason_says_where_goods_go_and_what_they_are_worth(world):
    """What is damaged goes to the repair shop and is worth nothing; a reason taken away takes both along."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=10, cost=60)
    world.location("REPAIR")
    ReturnReason.objects.create(code="BROKEN", default_location_code="REPAIR", inventory_value_zero=True)
    ReturnReason.objects.create(code="WRONG")
    invoice = world.order(adatum).sells(5, lamp, at=100).post()

    back = world.return_order(adatum)
    reverse(world, back, papers=[invoice.number])
    assert [(line.location_code, line.unit_cost_lcy) for line in back.lines[1:]] == [("", 60)]
    back.changes(2, return_reason_code="BROKEN", quantity=D(2))
    assert [(line.location_code, line.unit_cost_lcy) for line in back.lines[1:]] == [("REPAIR", 0)]
    back.changes(2, return_reason_code="WRONG")
    assert [(line.location_code, line.unit_cost_lcy) for line in back.lines[1:]] == [("", 60)]
    with pytest.raises(ProblemsFound) as refusal:
        back.changes(2, return_reason_code="WHY")
    assert code_of(refusal) == ["E-CODE-NONE"]
    back.changes(2, return_reason_code="BROKEN")

    # A new line takes the reason as it is typed; without a sale to take back it costs what the item costs.
    back.sells(1, lamp, at=100, return_reason_code="WRONG")
    assert [line.unit_cost_lcy for line in back.lines[1:]] == [0, 60]

    # Broken lamps come in without value, though the sale cost 60; the sale knows that two are back.
    memo = back.post()
    assert world.stock(lamp, location="REPAIR") == 2
    assert world.account("5100") == D("240.00")
    assert world.account("1200") == D("360.00")
    again = world.credit_memo(adatum)
    (seen,) = reversible_lines(again.document, "invoice", [invoice])
    assert seen.left == 3

    # The reason stands on the receipt, on the credit memo, and in the item ledger.
    assert set(
        ReturnReceiptLine.objects.exclude(quantity=0).values_list("return_reason_code", flat=True)
    ) == {
        "BROKEN",
        "WRONG",
    }
    posted = SalesCreditMemoLine.objects.filter(document=memo).exclude(quantity=0)
    assert [line.return_reason_code for line in posted.order_by("line_no")] == ["BROKEN", "WRONG"]
    receipt = ReturnReceipt.objects.get()
    assert [row.return_reason_code for row in entries_for(receipt.number).items] == ["BROKEN", "WRONG"]
    world.check()


@pytest.mark.parametrize("method", ["fifo", "average", "standard"])
def test_worthless_goods_are_worthless_by_every_costing_method(world, method):
    """Two of four come back broken; sold again as scrap, they cost nothing, and the books agree."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=4, cost=60, costing_method=method)
    ReturnReason.objects.create(code="BROKEN", inventory_value_zero=True)
    invoice = world.order(adatum).sells(4, lamp, at=100).post()
    memo = world.credit_memo(adatum)
    reverse(world, memo, papers=[invoice.number])
    memo.changes(2, quantity=D(2), return_reason_code="BROKEN").post(on=date(2026, 3, 3))
    assert (world.stock(lamp), world.account("1200"), world.account("5100")) == (2, 0, D("240.00"))
    world.order(adatum).sells(2, lamp, at=1).post(on=date(2026, 3, 4))
    assert (world.account("1200"), world.account("5100")) == (0, D("240.00"))
    world.check()


def test_a_line_names_the_sale_that_it_takes_back(world):
    """Typed by hand: the line costs what the sale cost; another item's sale, or one of nobody, is refused."""
    adatum = world.customer("Adatum")
    lamp, desk = world.item("LAMP", stock=4, cost=60), world.item("DESK", stock=4, cost=200)
    order = world.order(adatum).sells(4, lamp, at=100)
    sale = sale_of(order.ship())
    lamp.unit_cost = D(75)
    lamp.save()
    memo = world.credit_memo(adatum).sells(2, lamp, at=100).sells(1, desk, at=350)
    assert [line.unit_cost_lcy for line in memo.lines] == [75, 200]
    memo.changes(1, applies_from_item_entry=sale)
    assert [line.unit_cost_lcy for line in memo.lines] == [60, 200]
    memo.changes(1, applies_from_item_entry=None)
    assert [line.unit_cost_lcy for line in memo.lines] == [75, 200]
    for wrong in (sale, 999):
        with pytest.raises(ProblemsFound) as refusal:
            memo.changes(2, applies_from_item_entry=wrong)
        assert code_of(refusal) == ["E-RET-ENTRY"]

    # A negative quantity sends goods out again and takes nothing back; on an order it is the other way round.
    with pytest.raises(ProblemsFound) as refusal:
        memo.sells(-1, lamp, at=100, applies_from_item_entry=sale)
    assert code_of(refusal) == ["E-RET-ENTRY"]
    world.order(adatum).sells(-1, lamp, at=100, applies_from_item_entry=sale)


def test_a_restocking_fee_reduces_the_credit(world):
    """The customer changed their mind: two lamps come back for 200, less 30 for putting them on the shelf again."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=2, cost=60)
    invoice = world.order(adatum).sells(2, lamp, at=100).post()
    back = world.return_order(adatum)
    reverse(world, back, papers=[invoice.number])
    memo = back.charges("4520", 30, quantity=-1).post()
    assert (memo.amount, memo.amount_including_vat) == (D("170.00"), D("212.50"))
    assert world.ledger(memo.number) == {
        "1100": D("-212.50"),
        "4300": D("200.00"),
        "4520": D("-30.00"),
        "2200": D("42.50"),
        "1200": D("120.00"),
        "5100": D("-120.00"),
    }
    assert world.balance(adatum) == D("37.50")
    world.check()


def test_negative_lines_become_an_order_of_their_own(world):
    """Two lamps come back and a desk goes out in exchange: it was written on the return order, and moves."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=2, cost=60)
    desk = world.item("DESK", stock=4, cost=200)
    back = world.return_order(adatum, your_reference="ROOM 7").sells(2, "LAMP", at=100)
    back.sells(-1, desk, at=D("333.33"), discount=10)
    assert sum(line.amount for line in back.lines) == D("-100.00")

    order = move_negative_lines(back.document, by=world.by, at=world.at(), on=world.today)
    assert (order.type, order.customer, order.your_reference) == ("order", adatum, "ROOM 7")
    assert order.ship_to_name == "Adatum"
    (line,) = order.lines.all()
    assert (line.quantity, line.unit_price, line.line_discount_amount) == (1, D("333.33"), D("33.33"))
    assert (line.amount, line.qty_to_ship) == (D("300.00"), 1)
    assert [line.number for line in back.lines] == ["LAMP"]
    with pytest.raises(ProblemsFound) as refusal:
        move_negative_lines(back.document, by=world.by, at=world.at(), on=world.today)
    assert code_of(refusal) == ["E-MOVE-NONE"]

    # Both are posted like any other.
    back.post()
    Story(world, order, world.today).post()
    assert world.balance(adatum) == D("125.00")
    world.check()


def test_what_comes_back_on_an_order_moves_to_a_return_order(world):
    """The other way round: of an order the negative lines become a return order, of an invoice a credit memo."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=5, cost=60)
    for story, becomes in (
        (world.order(adatum), "return_order"),
        (world.sales_invoice(adatum), "credit_memo"),
    ):
        story.sells(3, "LAMP", at=100).sells(-1, "LAMP", at=100)
        new = move_negative_lines(story.document, by=world.by, at=world.at(), on=world.today)
        assert (new.type, [line.quantity for line in new.lines.all()]) == (becomes, [1])
        assert [line.quantity for line in story.lines] == [3]
        assert new.due_date == new.document_date
    with pytest.raises(ProblemsFound) as refusal:
        move_negative_lines(world.quote(adatum).document, by=world.by, at=world.at(), on=world.today)
    assert code_of(refusal) == ["E-MOVE-TYPE"]
    moved = world.order(adatum).sells(-1, "LAMP", at=100)
    new = move_negative_lines(
        moved.document, type=SalesDocument.Type.CREDIT_MEMO, by=world.by, at=world.at(), on=world.today
    )
    assert new.type == "credit_memo"


def test_a_replacement_is_ordered_at_the_price_of_today(world):
    """What comes back is sent again: the order is written from the return order, and priced as any order is."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=5, cost=60, price=110)
    world.item("DESK", stock=5, cost=200, price=350)
    back = world.return_order(adatum, external_document_no="RMA 12").sells(2, "LAMP", at=100)
    back.sells(1, "DESK", at=300).charges("4520", 30, quantity=-1).release()

    order = create_replacement_order(
        back.document, lines=[10000], by=world.by, at=world.at(), on=date(2026, 3, 9)
    )
    assert (order.type, order.status, order.external_document_no) == ("order", "open", "RMA 12")
    assert order.posting_date == date(2026, 3, 9)
    text, lamp = order.lines.order_by("line_no")
    assert text.description == f"Replaces goods of Return Order {back.number}"
    assert (lamp.number, lamp.quantity, lamp.unit_price) == ("LAMP", 2, 110)

    everything = create_replacement_order(back.document, by=world.by, at=world.at(), on=world.today)
    assert [line.number for line in everything.lines.order_by("line_no")] == ["", "LAMP", "DESK"]
    for wrong, lines, code in ((back.document, [30000], "E-RPL-NONE"), (order, None, "E-RPL-TYPE")):
        with pytest.raises(ProblemsFound) as refusal:
            create_replacement_order(wrong, lines=lines, by=world.by, at=world.at(), on=world.today)
        assert code_of(refusal) == [code]


def test_a_credit_memo_settles_the_invoice_that_it_names(world):
    """It may be for a part, for all, or for more; the rest stays open on the side that has it."""
    adatum, fabrikam = world.customer("Adatum"), world.customer("Fabrikam")
    invoices = [world.order(adatum).charges("4520", 100).post() for _place in range(3)]
    for invoice, amount in zip(invoices, (40, 100, 160), strict=True):
        memo = world.credit_memo(
            adatum, applies_to_document_type="invoice", applies_to_document_no=invoice.number
        )
        memo.charges("4520", amount).post()
    remaining = world.open_items(adatum)
    assert list(remaining.values()) == [D("75.00"), D("-75.00")]
    assert next(iter(remaining)) == invoices[0].number

    # An invoice of somebody else is refused, and one that is settled already.
    for customer, number in ((fabrikam, invoices[0].number), (adatum, invoices[1].number)):
        memo = world.credit_memo(customer, applies_to_document_type="invoice", applies_to_document_no=number)
        with pytest.raises(ProblemsFound):
            memo.charges("4520", 10).post()

    # One that names nothing stays open.
    free = world.credit_memo(fabrikam).charges("4520", 10).post()
    assert world.open_items(fabrikam) == {free.number: D("-12.50")}
    world.check()


@pytest.mark.parametrize("on", [True, False])
def test_a_credit_memo_may_leave_a_return_receipt(world, on):
    """The set-up decides whether goods on a credit memo leave a receipt of their own; stock and value are the same."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=2, cost=60)
    world.sales_setup(return_receipt_on_credit_memo=on)
    invoice = world.order(adatum).sells(2, lamp, at=100).post()
    memo = world.credit_memo(adatum)
    reverse(world, memo, papers=[invoice.number])
    posted = memo.post()
    assert ReturnReceipt.objects.exists() == on
    line = posted.lines.get(number="LAMP")
    assert bool(line.return_receipt_no) == on
    assert (world.stock(lamp), world.account("5100"), world.balance(adatum)) == (2, 0, 0)
    world.check()


def test_what_is_no_longer_sold_may_still_come_back(world):
    """Sales Blocked keeps a lamp off orders; a credit memo takes it back all the same."""
    adatum = world.customer("Adatum")
    lamp = world.item("LAMP", stock=2, cost=60)
    world.order(adatum).sells(2, lamp, at=100).post()
    lamp.sales_blocked = True
    lamp.save()
    with pytest.raises(ProblemsFound) as refusal:
        world.order(adatum).sells(1, lamp, at=100)
    assert code_of(refusal) == ["E-ITEM-SALES-BLOCKED"]
    world.credit_memo(adatum).sells(2, lamp, at=100).post()
    assert world.stock(lamp) == 2
    world.check()


def test_a_charge_moves_with_the_goods_that_it_is_for(world):
    """A bicycle comes back on an order, and the freight for it: on the return order it is still for the bicycle."""
    order = world.order(world.customer()).sells(2, world.item(cost=1), at=100).sells(-1, "BICYCLE", at=100)
    order.adds_charge(world.item_charge(), 30, quantity=-1).assigns({2: -1})
    new = move_negative_lines(order.document, by=world.by, at=world.at(), on=world.today)
    (charge,) = new.lines.get(type="charge").charge_assignments.select_related("target_line")
    assert (charge.quantity, charge.amount, charge.target_line.document_id) == (1, 30, new.pk)
