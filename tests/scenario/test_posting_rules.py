"""# What posting refuses

Every reason is told at once, with a code, the line and the field. Nothing is written and no number is drawn.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import Customer, PaymentMethod
from erp.kernel.errors import ErpError, ProblemsFound
from erp.kernel.ledger import LedgerHead
from erp.kernel.models import NumberSeriesLine
from inventory.models import Item, ItemLedgerEntry
from posting.models import GeneralLedgerSetup, UserPostingDates
from receivables.models import BankAccount
from sales.errors import LinesLocked
from sales.models import SalesInvoice, SalesLine, SalesShipment, UserSalesSetup
from sales.routines.post import post


def refusal(step, *args, **values) -> dict[str, str]:
    """The problems that a step is refused with: code and message."""
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code: problem.message for problem in caught.value.problems}


def footprint():
    """Everything that a refused posting must leave alone."""
    return (
        LedgerHead.objects.values().get(),
        list(NumberSeriesLine.objects.order_by("id").values_list("last_number_used", flat=True)),
        SalesShipment.objects.count(),
        SalesInvoice.objects.count(),
        ItemLedgerEntry.objects.count(),
    )


def test_nobody_ships_more_than_is_outstanding(world):
    """Of ten, four have left: seven more are one too many, five cannot be invoiced, three is less than shipped."""
    order = world.order(world.customer()).sells(10, world.item(stock=20, cost=1), at=100)
    order.ship(4)
    assert "6" in refusal(order.changes, qty_to_ship=D(7))["E-QTY-SHIP"]
    order.changes(qty_to_ship=D(0))
    assert "4" in refusal(order.changes, qty_to_invoice=D(5))["E-QTY-INV"]
    order.reopen()
    assert "E-LINE-QTYSHIPPED" in refusal(order.changes, quantity=D(3))
    assert "E-LINE-SIGN" in refusal(order.changes, quantity=D(-12))


def test_complete_deliveries_leave_whole_or_not_at_all(world):
    """Ten and five are ordered with Shipping Advice Complete; ten and four are refused, and leave no gap."""
    item = world.item(stock=50, cost=1)
    order = (
        world.order(world.customer(), shipping_advice="complete").sells(10, item, at=1).sells(5, item, at=1)
    )
    order.changes(2, qty_to_ship=D(4))
    before = footprint()
    assert "E-POST-COMPLETE" in refusal(order.ship)
    assert footprint() == before
    order.ship(10, 5)
    world.check()


def test_posting_releases_an_open_order_and_failing_leaves_it_open(world):
    item = world.item(stock=10, cost=1, prevent_negative_inventory="yes")
    order = world.order(world.customer()).sells(12, item, at=1)
    refusal(order.ship)
    assert order.document.status == "open"
    order.ship(4)
    assert order.document.status == "released"


def test_a_failed_posting_gives_its_number_back(world):
    """Stock fails after the invoice was planned; with stock the very number is used, and the next follows it."""
    item = world.item(cost=1, prevent_negative_inventory="yes")
    first = world.order(world.customer()).sells(1, item, at=100)
    before = footprint()
    assert "E-STOCK-INSUFFICIENT" in refusal(first.post)
    assert footprint() == before
    world.receive(5, item, at=1)
    invoice = first.post()
    following = world.order(Customer.objects.get()).sells(1, item, at=100).post()
    assert int(following.number[-5:]) == int(invoice.number[-5:]) + 1
    world.check()


def test_an_invoice_that_gives_money_back_is_a_credit_memo(world):
    customer, item = world.customer(), world.item(stock=10, cost=1)
    draft = world.sales_invoice(customer).sells(1, item, at=100).sells(-1, item, at=150)
    assert "E-POST-NEGATIVE" in refusal(draft.post)
    draft.changes(1, unit_price=D(200))
    assert draft.post().amount_including_vat == D("62.50")
    world.check()


def test_a_users_own_posting_dates_replace_the_companys(world):
    """The company is open from 1 January 2026; a user with only a last day may post before, and not after."""
    GeneralLedgerSetup.objects.update(allow_posting_from=date(2026, 1, 1))
    UserPostingDates.objects.create(user=world.by, allow_posting_to=date(2026, 3, 31))
    item = world.item(stock=10, cost=1, on=date(2025, 12, 1))
    customer = world.customer()
    world.order(customer).sells(1, item, at=1).post(on=date(2025, 12, 15))
    assert "E-GL-DATE" in refusal(world.order(customer).sells(1, item, at=1).post, on=date(2026, 4, 1))


def test_blocked_customers(world):
    """Blocked for shipping: goods that have left may be invoiced, nothing else may leave or be ordered."""
    item = world.item(stock=10, cost=1)
    adatum = world.customer("Adatum")
    order = world.order(adatum).sells(4, item, at=1)
    order.ship(2)
    Customer.objects.update(blocked="ship")
    assert "E-CU-BLOCK" in refusal(order.ship, 1)
    order.changes(qty_to_ship=D(0))
    order.invoice()
    assert "E-CU-BLOCK" in refusal(world.order, adatum)
    Customer.objects.update(blocked="all")
    assert "E-CU-BLOCK" in refusal(world.credit_memo, adatum)


def test_everything_that_is_wrong_is_told_at_once(world):
    """A blocked item, a missing due date and a closed day: three problems, one answer."""
    GeneralLedgerSetup.objects.update(allow_posting_from=date(2026, 3, 1))
    item = world.item(stock=10, cost=1)
    order = world.order(world.customer()).sells(1, item, at=1)
    Item.objects.update(blocked=True)
    Customer.objects.update(blocked="invoice")
    found = refusal(order.post, on=date(2026, 2, 28))
    assert found.keys() >= {"E-ITEM-BLOCKED", "E-CU-BLOCK", "E-GL-DATE"}


def test_missing_set_up_is_named_with_its_keys(world):
    """Freight for a group that nobody set up: the refusal names the table, the pair and the field."""
    from posting.models import GeneralPostingSetup

    item = world.item(stock=10, cost=1)
    order = world.order(world.customer()).sells(1, item, at=1)
    GeneralPostingSetup.objects.filter(gen_bus_posting_group__code="DOMESTIC").update(sales_account=None)
    with pytest.raises(ProblemsFound) as caught:
        order.post()
    (problem,) = [found for found in caught.value.problems if found.code == "E-POSTING-SETUP"]
    assert "DOMESTIC" in problem.message
    assert problem.setup == "admin:posting_generalpostingsetup_changelist"


def test_nothing_to_post(world):
    order = world.order(world.customer()).sells(1, world.item(stock=1, cost=1), at=1)
    order.changes(qty_to_ship=D(0), qty_to_invoice=D(0))
    assert "E-POST-NOTHING" in refusal(order.post)
    assert "E-POST-TYPE" in refusal(world.quote(Customer.objects.get()).sells(1, "BICYCLE", at=1).post)


def test_nothing_to_release(world):
    empty = world.order(world.customer()).says("nothing yet")
    assert "E-REL-NOTHING" in refusal(empty.release)


def test_a_released_order_keeps_its_lines(world):
    order = world.order(world.customer()).sells(1, world.item(stock=1, cost=1), at=1).release()
    with pytest.raises(LinesLocked, match="reopen"):
        order.changes(unit_price=D(2))
    order.changes(qty_to_ship=D(1))
    assert "E-STATUS" in refusal(order.release)
    order.reopen().changes(unit_price=D(2))
    assert order.lines[0].unit_price == 2


def test_default_quantity_to_ship_may_be_blank(world):
    """Where the warehouse types what leaves, nothing is proposed: not on a new line, not after a shipment."""
    world.sales_setup(default_quantity_to_ship="blank")
    order = world.order(world.customer()).sells(10, world.item(stock=10, cost=1), at=1)
    assert order.lines[0].qty_to_ship == 0
    order.ship(4)
    (line,) = order.lines
    assert (line.qty_to_ship, line.qty_to_invoice) == (0, 4)


def test_an_external_document_number_may_be_mandatory(world):
    world.sales_setup(external_document_no_mandatory=True)
    item = world.item(stock=2, cost=1)
    assert "E-TF" in refusal(world.order(world.customer()).sells(1, item, at=1).post)
    customer = Customer.objects.get()
    assert world.order(customer, external_document_no="PO-77").sells(1, item, at=1).post()


def test_unknown_things_on_a_line(world):
    """A wrong item, unit, variant, account and reference are each told with the line they are on."""
    order = world.order(world.customer())
    world.item("LAMP", cost=1)
    assert "E-ITEM-NONE" in refusal(order.sells, 1, "LUMP")
    assert "E-UOM-MISSING" in refusal(order.sells, 1, "LAMP", unit="BOX")
    assert "E-VARIANT-NONE" in refusal(order.sells, 1, "LAMP", variant_code="RED")
    assert "E-GL-NONE" in refusal(order.charges, "9999", 1)
    assert "E-GL-DIRECT" in refusal(order.charges, "1100", 1)
    assert "E-REF-NONE" in refusal(order.sells, 1, "", item_reference_no="4711")
    assert order.lines == []


def test_who_may_not_invoice_ships(world):
    """The warehouse's user set-up prohibits invoices: on an order, and on what is invoiced at once."""
    UserSalesSetup.objects.create(user=world.by, invoice_posting_policy="prohibited")
    adatum, item = world.customer(), world.item(stock=5, cost=1)
    order = world.order(adatum).sells(1, item, at=10)
    assert "does not allow" in refusal(order.post)["E-POST-POLICY"]
    assert "E-POST-POLICY" in refusal(order.invoice)
    assert "E-POST-POLICY" in refusal(world.sales_invoice(adatum).sells(1, item, at=10).post)
    assert "E-POST-POLICY" in refusal(world.credit_memo(adatum).sells(1, item, at=10).post)
    assert order.ship()


def test_who_must_invoice_never_ships_alone(world):
    UserSalesSetup.objects.create(user=world.by, invoice_posting_policy="mandatory")
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=1), at=10)
    order.ship()
    assert order.is_done
    assert SalesInvoice.objects.count() == 1


def test_a_missing_number_series_is_named_by_its_field(world):
    """Nothing is drawn from the other series either."""
    item, adatum = world.item(cost=1, stock=3), world.customer()
    order = world.order(adatum).sells(1, item, at=1)
    world.sales_setup(posted_invoice_nos="", order_nos="")
    before = footprint()
    assert "posted invoice nos." in refusal(order.post)["E-TF"]
    assert footprint() == before
    assert "order nos." in refusal(world.order, adatum)["E-TF"]
    assert order.ship()


def test_nothing_is_posted_without_a_date(world):
    """Where the set-up proposes no posting date somebody has to type one."""
    world.sales_setup(default_posting_date="no_date")
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=1), at=10)
    found = refusal(post, order.document, by=world.by, at=world.at(), ship=True, invoice=True)
    assert found.keys() == {"E-TF"}
    assert "posting date" in found["E-TF"]
    assert order.post(on=date(2026, 3, 4)).posting_date == date(2026, 3, 4)


def test_a_cash_sale_needs_a_bank_account_that_is_open(world):
    BankAccount.objects.update(blocked=True)
    bank = BankAccount.objects.first()
    PaymentMethod.objects.filter(code="CASH").update(
        balancing_account_type="bank_account", balancing_account_no=bank.number
    )
    draft = world.sales_invoice(world.customer(), payment_method_code="CASH")
    draft.sells(1, world.item(stock=1, cost=1), at=10)
    (message,) = refusal(draft.post).values()
    assert bank.number in message


def test_lines_that_were_not_posted_stand_on_the_paper_all_the_same(world):
    """A text and a line of quantity zero are part of the posted invoice, so that its numbering stays."""
    order = world.order(world.customer()).sells(2, world.item(stock=5, cost=1), at=10)
    order.sells(0, "BICYCLE", at=10).says("Thank you")
    rows = order.post().lines.order_by("line_no").values_list("quantity", "amount", "description")
    assert list(rows) == [(2, 20, "Bicycle"), (0, 0, "Bicycle"), (0, 0, "Thank you")]
    world.check()


def test_an_invoice_names_a_shipment_only_where_there_was_one(world):
    """Freight went along with two shipments: neither is named alone."""
    order = world.order(world.customer()).charges("4520", 10, quantity=4)
    order.ship(2)
    assert order.post().lines.get().shipment_no == ""
    at_once = world.order(Customer.objects.get()).charges("4520", 10)
    assert at_once.post().lines.get().shipment_no == SalesShipment.objects.latest("id").number


def test_releasing_asks_for_variants_in_one_query(world, django_assert_max_num_queries):
    """Twenty items with variants, none of them chosen: all are told."""
    from inventory.models import ItemVariant

    order = world.order(world.customer())
    for place in range(20):
        item = world.item(f"I-{place}", cost=1, variant_mandatory="yes")
        ItemVariant.objects.create(item=item, code="RED")
        order.sells(1, item, at=1)
    with django_assert_max_num_queries(12):
        found = refusal(order.release)
    assert found.keys() == {"E-VARIANT-REQUIRED"}


def test_goods_that_are_on_no_shipment_are_not_invoiced(world):
    """An order claims that four have left and its shipments know of three: nothing is invoiced on a guess."""
    order = world.order(world.customer()).sells(10, world.item(stock=20, cost=1), at=100)
    order.ship(3)
    SalesLine.objects.update(quantity_shipped=4, qty_to_invoice=4)
    assert "1 base units" in refusal(order.invoice)["E-POST-INVSHIP"]
    order.invoice(3)


def test_returns_may_have_to_name_what_they_return(world):
    """Sold at a cost of 30.00: with Exact Cost Reversing Mandatory a return says which issue it takes back."""
    adatum, item = world.customer(), world.item(stock=4, cost=30)
    world.sales_invoice(adatum).sells(3, item, at=100).post()
    world.sales_setup(exact_cost_reversing_mandatory=True)
    before = footprint()
    assert "E-TF" in refusal(world.credit_memo(adatum).sells(1, item, at=100).post)
    assert "E-TF" in refusal(world.order(adatum).sells(-1, item, at=100).ship)
    assert footprint()[2:] == before[2:]
    issue = ItemLedgerEntry.objects.get(entry_type="sale").pk
    world.credit_memo(adatum).sells(1, item, at=100, applies_from_item_entry=issue).post()
    world.order(adatum).sells(1, item, at=100).post()
    world.check()


def test_an_item_may_be_one_by_default(world):
    item = world.item(cost=1)
    order = world.order(world.customer()).sells(0, item, at=1)
    world.sales_setup(default_item_quantity=True)
    order.sells(0, item, at=1).charges("4520", 12, quantity=0)
    assert [line.quantity for line in order.lines] == [0, 1, 0]
