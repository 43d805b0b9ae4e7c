"""# Taking invoices back

An invoice is posted, and something about it is wrong. It is never changed: a credit memo takes it back, on its own
day, in every ledger and to the cent, as if it had never been. Or only a part of it is credited; or the credit memo was
the mistake, and is taken back in turn.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from erp.kernel.errors import ProblemsFound
from erp.kernel.models import NumberSeriesLine
from inventory.models import Item, ItemEntryState, ItemVariant, ResourceLedgerEntry, ValueEntry
from posting.models import Currency, GLAccount
from receivables.models import CustomerLedgerEntry
from receivables.routines.unapply import unapply
from sales.models import (
    CancelledDocument,
    CustomerInvoiceDiscount,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesLine,
    UserSalesSetup,
)
from sales.routines.cancel_credit_memo import cancel_credit_memo, preview_cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice, preview_cancel
from sales.routines.correct_invoice import correct_invoice
from sales.routines.discount import type_invoice_discount
from sales.routines.draft_corrective_credit_memo import draft_corrective_credit_memo
from sales.routines.post import post
from sales.selectors import cancelled_by, takes_back
from sales.values import SalesValues
from tests.support.statements import count_statements
from tests.world.paper import Story


def who(world, on=None):
    return {"by": world.by, "at": world.at(on), "on": on or world.today}


def cancel(world, invoice, on=None):
    return cancel_invoice(invoice, **who(world, on))


def refused(world, what, paper):
    with pytest.raises(ProblemsFound) as refusal:
        what(paper, **who(world))
    return [problem.code for problem in refusal.value.problems]


def progress(order, line=1):
    line = order.lines[line - 1]
    return (line.quantity_shipped, line.quantity_invoiced, line.outstanding_quantity, line.qty_to_ship)


def test_an_invoice_is_cancelled(world):
    """Adatum was invoiced 1,250.00 that nobody had ordered. The credit memo takes the invoice back, entry by entry."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=60)
    before = world.accounts()
    invoice = world.sales_invoice(adatum, external_document_no="PO 7").sells(10, bicycle, at=100).post()
    assert world.balance(adatum) == 1250

    credit_memo = cancel(world, invoice, on=date(2026, 3, 20))
    assert world.ledger(credit_memo.number) == {
        "1100": D("-1250.00"),
        "4100": D("1000.00"),
        "2200": D("250.00"),
        "5100": D("-600.00"),
        "1200": D("600.00"),
    }
    assert world.vat(credit_memo.number) == [("V25", D("1000.00"), D("250.00"))]
    assert world.accounts() == before

    # It is posted on the day of the invoice and applied to it: nobody owes anything, and the goods are back.
    assert (credit_memo.posting_date, credit_memo.external_document_no) == (invoice.posting_date, "PO 7")
    assert (world.balance(adatum), world.open_items(adatum)) == (0, {})
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (10, 600)

    # Each of the two papers names the other one.
    assert (cancelled_by(invoice), takes_back(credit_memo)) == (credit_memo.number, invoice.number)
    texts = [line.description for line in credit_memo.lines.order_by("line_no")]
    assert texts == [f"Takes back invoice {invoice.number}", "Bicycle"]
    assert refused(world, cancel_invoice, invoice) == ["E-COR-DONE"]
    world.check()


def test_an_order_has_its_quantities_again(world):
    """T72. Four of ten are shipped and invoiced. The invoice is cancelled, and the order starts over."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=20, cost=60)
    order = world.order(adatum).sells(10, bicycle, at=100).release()
    order.ship(4)
    invoice = order.invoice()
    assert progress(order) == (4, 4, 6, 6)

    credit_memo = cancel(world, invoice)
    assert credit_memo.amount_including_vat == 500
    assert world.open_items(adatum) == {}
    assert progress(order) == (0, 0, 10, 10)
    assert world.stock(bicycle) == 20

    # It is shipped and invoiced once more, to the end.
    assert order.post().amount == 1000
    assert order.is_done
    world.check()


def test_a_finished_order_does_not_come_back(world):
    """Everything was invoiced and the order is gone: the invoice is taken back, and no order with it."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(10, world.item("BICYCLE", stock=20, cost=60), at=100)
    invoice = order.post()
    cancel(world, invoice)
    assert order.is_done
    assert world.balance(adatum) == 0
    world.check()


def test_a_paid_invoice_is_not_cancelled(world):
    """T73. One cent of 1,250.00 is paid: only a credit memo written by hand is left, with a warning."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=60)
    invoice = world.sales_invoice(adatum).sells(10, bicycle, at=100).post()
    payment = world.pay(adatum, "0.01", apply=invoice.number)
    assert refused(world, cancel_invoice, invoice) == ["E-COR-PAID"]

    drafted = draft_corrective_credit_memo(invoice, **who(world))
    assert [warning.code for warning in drafted.warnings] == ["W-COR-PARTLY"]
    credit_memo = post(drafted.document, by=world.by, at=world.at()).invoice
    assert credit_memo.amount_including_vat == 1250
    assert world.open_items(adatum) == {credit_memo.number: D("-0.01")}
    assert world.stock(bicycle) == 10

    # Of an invoice that is settled the credit memo stays open: it is money that is owed to the customer.
    other = world.sales_invoice(adatum).sells(1, bicycle, at=100).post()
    world.pay(adatum, 125, apply=other.number)
    drafted = draft_corrective_credit_memo(other, **who(world))
    assert [warning.code for warning in drafted.warnings] == ["W-COR-CLOSED"]
    assert drafted.document.applies_to_document_no == ""
    assert payment.entry_no
    world.check()


def test_a_payment_is_unapplied_first(world):
    """The payment was meant for something else. Once it is unapplied, the invoice is cancelled like any other."""
    adatum = world.customer("Adatum", terms="1M(8D)")
    invoice = world.sales_invoice(adatum).sells(1, world.item("BICYCLE", stock=10, cost=60), at=100).post()
    payment = world.pay(adatum, "122.50", apply=invoice.number)
    assert refused(world, cancel_invoice, invoice) == ["E-COR-PAID"]
    unapply(payment.entry_no, by=world.by, at=world.at())

    # A credit memo takes no discount for paying early, though it is dated within eight days.
    credit_memo = cancel(world, invoice)
    assert credit_memo.amount_including_vat == 125
    assert world.open_items(adatum) == {payment.document_no: D("-122.50")}
    world.check()


def test_a_cash_sale_is_not_cancelled(world):
    """It is paid in the moment that it is posted."""
    adatum = world.customer("Adatum")
    invoice = world.sales_invoice(adatum, payment_method_code="CASH")
    invoice = invoice.sells(1, world.item("BICYCLE", stock=10, cost=60), at=100).post()
    assert refused(world, cancel_invoice, invoice) == ["E-COR-PAID"]


def test_everything_that_stands_in_the_way_is_said_at_once(world):
    """Since the invoice was posted a customer, an item, a variant, a resource and an account were blocked, and more."""
    adatum = world.customer("Adatum")
    bicycle, lamp = world.item("BICYCLE", stock=10, cost=60), world.item("LAMP", stock=10, cost=6)
    ItemVariant.objects.create(item=lamp, code="RED", description="Red")
    world.receive(5, lamp, at=6, variant="RED")
    fitter = world.resource("FITTER", price=80)
    invoice = world.sales_invoice(adatum).sells(2, bicycle, at=100).sells(1, lamp, at=10, variant_code="RED")
    invoice = invoice.works(1, fitter, at=80).post()

    Item.objects.filter(pk=bicycle.pk).update(blocked=True)
    ItemVariant.objects.update(blocked=True)
    type(fitter).objects.update(blocked=True)
    GLAccount.objects.filter(number="2200").update(blocked=True)
    type(adatum).objects.update(blocked="invoice")
    world.sales_setup(external_document_no_mandatory=True, credit_memo_nos="")
    NumberSeriesLine.objects.filter(series__code="POSTED-CREDIT").update(is_open=False)
    world.ledger_setup(allow_posting_from=date(2026, 4, 1))
    with pytest.raises(ProblemsFound) as refusal:
        cancel(world, invoice)
    assert [(problem.code, problem.line_no) for problem in refusal.value.problems] == [
        ("E-COR-CLOSED", None),
        ("E-COR-CUST", None),
        ("E-COR-ITEM", 10000),
        ("E-COR-VARIANT", 20000),
        ("E-COR-RESOURCE", 30000),
        ("E-COR-ACCOUNT", None),
        ("E-COR-NOSERIES", None),
        ("E-COR-NOSERIES", None),
        ("E-COR-EXTDOC", None),
    ]
    item = refusal.value.problems[2]
    assert item.message == f"Invoice {invoice.number} cannot be cancelled because item BICYCLE is blocked."
    assert SalesCreditMemo.objects.count() == SalesDocument.objects.count() == 0
    world.check()


def test_goods_that_came_back_by_themselves_stand_in_the_way(world):
    """Three of ten were returned already; crediting all ten would take them back twice."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=60)
    invoice = world.sales_invoice(adatum).sells(10, bicycle, at=100).post()
    sale = ItemEntryState.objects.get(quantity=-10)
    world.credit_memo(adatum).sells(3, bicycle, at=100, applies_from_item_entry=sale.pk).post()
    with pytest.raises(ProblemsFound) as refusal:
        cancel(world, invoice)
    assert refusal.value.code == "E-COR-RETURNED"
    assert "3 of the 10 units of BICYCLE on line 10000 have come back" in str(refusal.value)

    # The credit memo written by hand offers the other seven.
    drafted = draft_corrective_credit_memo(invoice, **who(world))
    assert [line.quantity for line in drafted.document.lines.exclude(quantity=0)] == [7]
    world.check()


def test_nothing_is_left_where_posting_fails(world):
    """Whoever may not post invoices may not cancel them either: no credit memo is left, and no number is missing."""
    adatum = world.customer("Adatum")
    invoice = world.sales_invoice(adatum).sells(1, world.item("BICYCLE", stock=10, cost=60), at=100).post()
    clerk = world.user("clerk")
    UserSalesSetup.objects.create(user=clerk, invoice_posting_policy="prohibited")
    with pytest.raises(ProblemsFound) as refusal:
        cancel_invoice(invoice, by=clerk, at=world.at(), on=world.today)
    assert refusal.value.code == "E-POST-POLICY"
    assert (
        SalesDocument.objects.count()
        == SalesCreditMemo.objects.count()
        == CancelledDocument.objects.count()
        == 0
    )
    assert cancel(world, invoice).number == "CRM-2026-00001"
    world.check()


def test_the_effect_is_shown_before_it_is_done(world):
    """What cancelling would post is planned by the very same steps; nothing is written, and no number drawn."""
    adatum = world.customer("Adatum")
    invoice = world.sales_invoice(adatum).sells(10, world.item("BICYCLE", stock=10, cost=60), at=100).post()
    entries, values = CustomerLedgerEntry.objects.count(), ValueEntry.objects.count()
    series = list(NumberSeriesLine.objects.order_by("pk").values_list("last_number_used", flat=True))
    effect = preview_cancel(invoice, **who(world))
    assert effect.problems == ()
    assert sorted(line.amount for line in effect.plan.transactions[0].lines) == [-1250, -600, 250, 600, 1000]
    assert (CustomerLedgerEntry.objects.count(), ValueEntry.objects.count()) == (entries, values)
    assert list(NumberSeriesLine.objects.order_by("pk").values_list("last_number_used", flat=True)) == series
    assert cancel(world, invoice).draft_no == "SC-10001"

    # What speaks against it is shown as well.
    effect = preview_cancel(invoice, **who(world))
    assert (effect.plan, [problem.code for problem in effect.problems]) == (None, ["E-COR-DONE"])


def test_an_invoice_is_corrected(world):
    """The price was wrong. The invoice is cancelled, and its content stands on an open one to be changed."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=60)
    order = (
        world.order(adatum, your_reference="Anna").sells(4, bicycle, at=100, discount=10).charges("4200", 30)
    )
    order.says("With pump")
    invoice = order.post()

    corrected = correct_invoice(invoice, **who(world, date(2026, 3, 20)))
    assert corrected.credit_memo.amount == 390
    new = Story(world, corrected.invoice, world.today)
    assert (new.document.type, new.document.status, new.document.your_reference) == (
        "invoice",
        "open",
        "Anna",
    )
    assert (new.document.posting_date, new.document.document_date) == (
        invoice.posting_date,
        invoice.document_date,
    )
    sold = [
        (line.number, line.quantity, line.unit_price, line.line_amount) for line in new.lines if line.quantity
    ]
    assert sold == [("BICYCLE", 4, 100, 360), ("4200", 1, 30, 30)]
    assert [line.order_no + line.shipment_no for line in new.lines if line.quantity] == ["", ""]

    # Posting it ships again from stock.
    place = next(place for place, line in enumerate(new.lines, start=1) if line.quantity)
    new.changes(place, unit_price=D(90))
    assert new.post().amount == 354
    assert world.stock(bicycle) == 6
    assert world.balance(adatum) == D("442.50")
    world.check()


def test_goods_come_back_at_the_cost_of_each_shipment(world):
    """One line of the invoice stands for two shipments of goods with different costs: each comes back at its own."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=4, cost=60)
    world.receive(10, bicycle, at=75)
    value = world.stock_value(bicycle)
    order = world.order(adatum).sells(10, bicycle, at=100).release()
    order.ship(4)
    order.ship(3)
    invoice = order.invoice(6)

    credit_memo = cancel(world, invoice)
    costs = ValueEntry.objects.filter(document_no=credit_memo.number).order_by("entry_no")
    assert [(row.valued_quantity, row.cost_amount_actual) for row in costs] == [(4, 240), (2, 150)]
    assert progress(order) == (1, 0, 9, 9)
    cancel(world, order.invoice())
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (14, value)
    world.check()


def test_an_average_cost_is_taken_back_as_it_is_now(world):
    """More bicycles came in dearer on the day of the sale, and its cost moved: it comes back as it is now."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", cost=60, costing_method="average")
    world.receive(10, bicycle, at=60)
    invoice = world.sales_invoice(adatum).sells(5, bicycle, at=100).post()
    world.receive(10, bicycle, at=90)
    cancel(world, invoice)
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (20, 1500)
    assert world.account("5100") == 0
    world.check()


def test_foreign_currency_discounts_and_rounding_come_to_nothing(world):
    """An invoice in US dollars: prices include VAT, discounts have accounts of their own, the total is rounded."""
    world.rate("USD", 100, "91.37", on=date(2026, 1, 1))
    world.sales_setup(discount_posting="all_discounts", invoice_rounding=True)
    adatum = world.customer("Adatum", currency="USD", prices_including_vat=True)
    bicycle, cable = (
        world.item("BICYCLE", stock=20, cost="61.37"),
        world.item("CABLE", stock=50, cost="0.33", group="REDUCED"),
    )
    before = world.accounts()
    order = world.order(adatum).sells(3, bicycle, at="133.33", discount="7.5").sells(7, cable, at="1.99")
    order.charges("4200", "12.34")
    type_invoice_discount(order.document, D("9.99"), values=SalesValues.load("USD"), at=world.at())
    Currency.objects.filter(code="USD").update(invoice_rounding_precision=D(1))
    order.ship(2, 5, 1)
    invoice = order.invoice()
    assert invoice.amount_including_vat == invoice.amount_including_vat.to_integral_value()

    # The rate has changed meanwhile, and so has the rounding: the credit memo is reckoned by neither.
    world.rate("USD", 100, "97.11", on=date(2026, 3, 1))
    world.sales_setup(invoice_rounding=False)
    credit_memo = cancel(world, invoice)
    assert credit_memo.amount_including_vat == invoice.amount_including_vat
    assert world.accounts() == before
    rows = CustomerLedgerEntry.objects.filter(customer=adatum)
    assert [
        sum(values)
        for values in zip(*rows.values_list("amount", "amount_lcy", "sales_lcy", "profit_lcy"), strict=True)
    ] == [0] * 4
    assert progress(order) == (0, 0, 3, 3)
    world.check()


def test_a_service_charge_is_not_charged_again(world):
    """The customer's discount code adds a service charge to small invoices. The credit memo has it from the invoice."""
    adatum = world.customer("Adatum")
    CustomerInvoiceDiscount.objects.create(
        code=adatum.number, minimum_amount=0, service_charge=15, discount_percent=2
    )
    world.sales_setup(calc_invoice_discount=True)
    before = world.accounts()
    invoice = world.sales_invoice(adatum).sells(1, world.item("BICYCLE", stock=5, cost=0), at=100).post()
    assert invoice.amount == 113
    assert cancel(world, invoice).amount == 113
    assert {number: amount for number, amount in world.accounts().items() if amount} == before

    # The corrected invoice keeps what was charged.
    other = world.sales_invoice(adatum).sells(1, "BICYCLE", at=100).post()
    corrected = correct_invoice(other, **who(world))
    assert Story(world, corrected.invoice, world.today).post().amount == 113
    world.check()


def test_resources_and_item_charges_are_taken_back(world):
    """Two hours of fitting, and freight that counts as revenue of the bicycle: both come to nothing."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=5, cost=60)
    fitter, freight = world.resource("FITTER", price=80, cost=30), world.item_charge("FREIGHT")
    before = world.accounts()
    invoice = world.sales_invoice(adatum).sells(2, bicycle, at=100).works(2, fitter).adds_charge(freight, 40)
    invoice = invoice.assigns({1: 1}).post()
    assert invoice.amount == 400
    cancel(world, invoice)
    assert world.accounts() == before
    used = ResourceLedgerEntry.objects.values_list("quantity", "total_cost", "total_price")
    assert [sum(column) for column in zip(*used, strict=True)] == [0, 0, 0]
    charged = ValueEntry.objects.filter(item_charge_no="FREIGHT").order_by("entry_no")
    assert [(row.item_entry_id, row.sales_amount_actual) for row in charged] == [
        (charged[0].item_entry_id, 40),
        (charged[0].item_entry_id, -40),
    ]

    # On the corrected invoice the freight is assigned to the bicycles again.
    other = (
        world.sales_invoice(adatum).sells(2, bicycle, at=100).adds_charge(freight, 40).assigns({1: 1}).post()
    )
    corrected = correct_invoice(other, **who(world))
    assert Story(world, corrected.invoice, world.today).post().amount == 240
    world.check()


def test_an_invoice_of_fetched_shipments_is_cancelled(world):
    """Two orders were invoiced together. Cancelling that invoice gives both their quantities back."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=20, cost=60)
    orders = [world.order(adatum).sells(quantity, bicycle, at=100).release() for quantity in (3, 4)]
    shipments = [order.ship() for order in orders]
    invoice = world.sales_invoice(adatum).takes(*shipments).post()
    assert [progress(order)[:2] for order in orders] == [(3, 3), (4, 4)]
    cancel(world, invoice)
    assert [progress(order) for order in orders] == [(0, 0, 3, 3), (0, 0, 4, 4)]
    assert world.stock(bicycle) == 20
    world.check()


def test_a_customer_whose_entries_are_applied_to_the_oldest(world):
    """Credit memo and invoice settle each other, and not whatever else is open."""
    adatum = world.customer("Adatum", application_method="apply_to_oldest")
    bicycle = world.item("BICYCLE", stock=20, cost=60)
    first = world.sales_invoice(adatum).sells(1, bicycle, at=100).post()
    second = world.sales_invoice(adatum).sells(2, bicycle, at=100).post()
    credit_memo = cancel(world, second)
    assert world.open_items(adatum) == {first.number: 125}
    again = cancel_credit_memo(credit_memo, **who(world))
    assert world.open_items(adatum) == {first.number: 125, second.number: 250}
    assert again.amount_including_vat == 250
    world.check()


# Crediting by hand


def test_a_part_is_credited_by_hand(world):
    """Of ten invoiced bicycles three are credited, and the order, which is still there, has them to ship again."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=30, cost=60)
    order = world.order(adatum).sells(20, bicycle, at=100).release()
    order.ship(10)
    invoice = order.invoice()

    # The order is affected, so the clerk is asked.
    assert refused(world, draft_corrective_credit_memo, invoice) == ["Q-COR-ORDER"]
    on = date(2026, 3, 9)
    drafted = draft_corrective_credit_memo(invoice, restore_order=True, **who(world, on))
    assert (drafted.warnings, drafted.skipped) == ((), ())
    credit_memo = Story(world, drafted.document, on)
    assert (credit_memo.document.applies_to_document_no, credit_memo.document.posting_date) == (
        invoice.number,
        on,
    )
    credit_memo.changes(2, quantity=D(3))
    posted = credit_memo.post()
    assert posted.amount_including_vat == 375
    assert world.open_items(adatum) == {invoice.number: 875}
    assert progress(order) == (7, 7, 13, 13)

    # It is no cancellation, so the invoice is not cancelled; and paid in part it no longer can be.
    assert cancelled_by(invoice) == ""
    assert refused(world, cancel_invoice, invoice) == ["E-COR-PAID", "E-COR-RETURNED"]
    assert refused(world, cancel_credit_memo, posted) == ["E-CMC-NOTCORR"]
    world.check()


def test_an_order_may_be_left_as_it_is(world):
    """The customer keeps the order short: the credited quantity stays shipped and invoiced."""
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(20, world.item("BICYCLE", stock=30, cost=60), at=100).release()
    order.ship(10)
    invoice = order.invoice()
    drafted = draft_corrective_credit_memo(invoice, restore_order=False, **who(world))
    Story(world, drafted.document, world.today).post()
    assert progress(order) == (10, 10, 10, 10)
    assert world.balance(adatum) == 0
    world.check()


def test_a_charge_is_credited_where_it_was_charged(world):
    """The freight of a shipment is on the credit memo as well, for the goods that carried it."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=5, cost=60)
    order = (
        world.order(adatum)
        .sells(2, bicycle, at=100)
        .adds_charge(world.item_charge("FREIGHT"), 40)
        .assigns({1: 1})
    )
    invoice = order.post()
    drafted = draft_corrective_credit_memo(invoice, **who(world))
    credit_memo = Story(world, drafted.document, world.today)
    (assignment,) = credit_memo.assignments()
    assert (assignment.target, assignment.item_no, assignment.amount) == ("shipment", "BICYCLE", 40)
    assert credit_memo.post().amount == 240
    assert sum(row.sales_amount_actual for row in ValueEntry.objects.all()) == 0
    world.check()


# Taking a credit memo back


def test_a_corrective_credit_memo_is_cancelled(world):
    """The invoice was right after all. A new invoice settles the credit memo, and the old one is owed again."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=60)
    order = world.order(adatum).sells(6, bicycle, at=100).release()
    order.ship(4)
    invoice = order.invoice()
    standing = world.accounts()
    credit_memo = cancel(world, invoice)
    assert progress(order) == (0, 0, 6, 6)

    effect = preview_cancel_credit_memo(credit_memo, **who(world))
    assert (effect.problems, effect.plan.invoice.amount_including_vat) == ((), 500)
    assert SalesInvoice.objects.count() == 1

    again = cancel_credit_memo(credit_memo, **who(world))
    assert world.accounts() == standing
    assert world.open_items(adatum) == {invoice.number: 500}
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (6, 360)
    assert progress(order) == (4, 4, 2, 2)
    assert (cancelled_by(invoice), cancelled_by(credit_memo), takes_back(again)) == (
        "",
        again.number,
        credit_memo.number,
    )
    first = again.lines.order_by("line_no")[0]
    assert first.description == f"Takes back credit memo {credit_memo.number}"

    # The new invoice is no invoice to be corrected: the old one is. And what was cancelled is not cancelled twice.
    assert refused(world, cancel_invoice, again) == ["E-COR-CORRECTIVE", "E-COR-PAID"]
    assert refused(world, cancel_credit_memo, credit_memo) == ["E-CMC-DONE"]

    # The invoice can be paid, or cancelled once more: the goods that are out now come back.
    cancel(world, invoice)
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (10, 600)
    assert progress(order) == (0, 0, 6, 6)
    assert world.open_items(adatum) == {}
    world.check()


def test_a_credit_memo_that_was_applied_otherwise_is_not_cancelled(world):
    """It settles the invoice, whole and at once; taken apart by hand, it is put together again first."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=10, cost=60)
    invoice = world.sales_invoice(adatum).sells(1, bicycle, at=100).post()
    credit_memo = cancel(world, invoice)
    unapply(credit_memo.customer_entry_no, by=world.by, at=world.at())
    assert refused(world, cancel_credit_memo, credit_memo) == ["E-CMC-APPLIED"]

    # Any other credit memo is taken back by an invoice that somebody writes.
    other = world.credit_memo(adatum).sells(1, bicycle, at=100).post()
    assert refused(world, cancel_credit_memo, other) == ["E-CMC-NOTCORR"]
    Item.objects.update(sales_blocked=True)
    assert refused(world, cancel_credit_memo, credit_memo) == ["E-CMC-APPLIED", "E-CMC-ITEM"]
    world.check()


def test_goods_that_were_sold_meanwhile_come_from_stock(world):
    """The bicycle that came back was sold to Fabrikam. Taking the credit memo back takes another one."""
    adatum = world.customer("Adatum")
    bicycle = world.item("BICYCLE", stock=1, cost=60)
    invoice = world.sales_invoice(adatum).sells(1, bicycle, at=100).post()
    credit_memo = cancel(world, invoice)
    world.sales_invoice(world.customer("Fabrikam")).sells(1, bicycle, at=110).post()
    world.receive(1, bicycle, at=70)
    cancel_credit_memo(credit_memo, **who(world))
    assert (world.stock(bicycle), world.stock_value(bicycle)) == (0, 0)
    assert world.account("5100") == 130
    world.check()


def test_a_long_invoice_takes_no_more_queries_than_a_short_one(world):
    """Thirty lines or two: the number of queries is the same."""

    def queries(lines: int) -> list[int]:
        order = world.order(world.customer(f"Adatum {lines}"))
        for place in range(lines):
            order.sells(2, world.item(f"ITEM-{lines}-{place}", stock=5, cost=6), at=10)
        invoice = order.post()
        memos = []
        cancelling = count_statements(lambda: memos.append(cancel_invoice(invoice, **who(world))))
        return [cancelling, count_statements(lambda: cancel_credit_memo(*memos, **who(world)))]

    assert queries(2) == queries(30)
    assert SalesLine.objects.count() == 0


def test_the_order_sells_in_another_unit_by_now(world):
    """Ten lamps were invoiced, and the invoice cancelled; the order was changed to boxes of twelve.

    When the credit memo is cancelled the ten lamps are sold again, but they are not ten boxes of the order.
    """
    lamp = world.item("LAMP", stock=100, cost=1, units={"BOX": 12})
    order = world.order(world.customer("Adatum")).sells(20, lamp, at=10).charges("4520", 5)
    order.ship(10, 0)
    memo = cancel(world, order.invoice(10, 0))
    assert progress(order) == (0, 0, 20, 20)
    order.reopen().changes(unit_code="BOX")
    cancel_credit_memo(memo, **who(world))
    assert progress(order) == (0, 0, 20, 20)
    assert world.stock(lamp) == 90
    world.check()
