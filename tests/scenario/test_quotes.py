"""# From quote to order

An offer is sent, revised, accepted or lost. An accepted one becomes an order, or an invoice, exactly as it was
offered; only what belongs to the day is new. It may go to somebody who is no customer yet.
"""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.management import call_command

from customers.models import Customer, Salesperson
from erp.kernel.errors import ErpError, Gone
from erp.kernel.workflow import history_of
from inventory.models import Item, Resource
from posting.models import GeneralLedgerSetup
from sales.models import (
    ArchivedDocument,
    ChargeAssignment,
    CustomerInvoiceDiscount,
    PriceList,
    PriceListLine,
    QuoteProgress,
    SalesComment,
    SalesDocument,
)
from sales.plans.quote import expected_value, is_expired
from sales.routines.change_document import change_document
from sales.routines.convert import make_order
from sales.routines.delete import delete
from sales.routines.delete_expired_quotes import delete_expired_quotes
from sales.routines.discount import type_invoice_discount
from sales.routines.quotes.accept import accept
from sales.routines.quotes.assign_customer import assign_customer
from sales.routines.quotes.close import cancel, lose
from sales.routines.quotes.revise import reopen_quote, revise
from sales.routines.quotes.send import send
from sales.routines.quotes.track import track
from sales.routines.release import release
from sales.routines.type_vat import type_vat
from sales.values import SalesValues

Stage = QuoteProgress.Stage
EASTER = date(2026, 4, 5)


def codes(step, *args, **values) -> set[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return {problem.code for problem in caught.value.problems}


def move(step, story, **given):
    """A step of the quote's life, done by whoever tells the story."""
    return step(story.document, by=story.world.by, at=story.world.at(), **given)


def stage(story) -> str:
    return QuoteProgress.objects.get(document_id=story.key).stage


def price(item: Item, unit_price, *, customer: str, starting: date) -> None:
    """A price list for one customer."""
    prices = PriceList.objects.create(code=f"{customer}-{unit_price}", status=PriceList.Status.ACTIVE)
    PriceListLine.objects.create(
        price_list=prices,
        source_type="customer",
        source_no=customer,
        asset_type="item",
        asset_no=item.number,
        unit_price=unit_price,
        starting_date=starting,
    )


def test_discounts_come_along_to_the_cent(world):
    """10.01 off the line and 20.00 off the whole were typed on the quote; the invoice gives both."""
    quote = world.quote(world.customer()).sells(3, world.item(stock=10, cost=1), at=100)
    quote.changes(line_discount_amount=D("10.01"))
    type_invoice_discount(quote.document, D(20), values=SalesValues.load(), at=world.at())
    order = quote.becomes_order()
    (line,) = order.lines
    assert (line.line_discount_amount, line.inv_discount_amount) == (D("10.01"), D("20.00"))
    assert order.document.invoice_discount_value == D("20.00")
    assert order.post().amount == D("269.99")


def test_the_service_charge_is_charged_once(world):
    """The quote carries a charge of 25.00; the order takes that line over and adds no second one."""
    world.sales_setup(calc_invoice_discount=True)
    adatum = world.customer()
    CustomerInvoiceDiscount.objects.create(code=adatum.number, service_charge=25)
    quote = world.quote(adatum).sells(10, world.item(stock=10, cost=1), at=100).release()
    assert quote.becomes_order().post().amount == D("1025.00")


def test_terms_agreed_on_the_quote_date_the_order(world):
    """Adatum usually pays within 30 days; this quote says a month, with 2 % for eight days."""
    quote = world.quote(world.customer(terms="30D"), payment_terms_code="1M(8D)").sells(
        1, world.item(stock=10, cost=1), at=100
    )
    order = quote.becomes_order(on=date(2026, 3, 9)).document
    assert (order.payment_terms_code, order.due_date) == ("1M(8D)", date(2026, 4, 9))
    assert (order.payment_discount_date, order.payment_discount_percent) == (date(2026, 3, 17), D(2))


def test_whoever_was_to_pay_pays(world):
    """Since the quote Adatum's bills go to somebody else; the order still goes to Fabrikam, name and ledger alike."""
    adatum, fabrikam, contoso = (world.customer(name) for name in ("Adatum", "Fabrikam", "Contoso"))
    adatum.bill_to_customer = fabrikam
    adatum.save()
    quote = world.quote(adatum).sells(1, world.item(stock=10, cost=1), at=100)
    adatum.bill_to_customer = contoso
    adatum.save()
    order = quote.becomes_order()
    document = order.document
    assert (document.bill_to_customer, document.bill_to_name) == (fabrikam, "Fabrikam")
    order.post()
    assert [world.balance(customer) for customer in (fabrikam, contoso)] == [D("125.00"), 0]
    world.check()


def test_the_rate_is_that_of_the_order(world):
    """The price in dollars stays; what it is worth is settled by the day of the order."""
    world.rate("USD", 100, 125, on=date(2026, 1, 1))
    world.rate("USD", 100, 128, on=date(2026, 3, 5))
    adatum = world.customer(group="EXPORT", currency="USD")
    quote = world.quote(adatum).sells(1, world.item(stock=3, cost=1), at=100)
    assert quote.document.currency_factor == D("0.8")
    order = quote.becomes_order(on=date(2026, 3, 9))
    assert order.document.currency_factor == D("0.78125")
    assert world.ledger(order.post().number)["1120"] == D("128.00")


def test_what_may_not_become_an_order(world):
    """A quote that awaits approval, one with an item that is blocked by now, and what is no quote at all."""
    item = world.item(stock=10, cost=1)
    quote = world.quote(world.customer()).sells(3, item, at=100)
    SalesDocument.objects.update(status="pending_approval")
    assert codes(quote.becomes_order) == {"E-LINE-STATUS"}
    SalesDocument.objects.update(status="open")
    Item.objects.update(sales_blocked=True)
    assert codes(quote.becomes_invoice) == {"E-ITEM-SALES-BLOCKED"}
    SalesDocument.objects.update(type="order")
    assert codes(quote.becomes_order) == {"E-QUO-TYPE"}


# Quotes for somebody who is no customer yet


def test_a_prospect_gets_a_quote_as_a_customer_like_it_would(world):
    """Ms Otto, abroad in the Union, asks for two bicycles. The template EU says how she is served: without VAT."""
    bicycle = world.item(stock=10, cost=240, price=400)
    quote = world.offer("Otto", template="EU", sell_to_city="Köln", sell_to_country_code="DE").sells(
        2, bicycle
    )
    document = quote.document
    assert document.customer is None and document.is_for_prospect
    assert (document.sell_to_name, document.bill_to_name, document.ship_to_city) == ("Otto", "Otto", "Köln")
    assert (document.vat_bus_posting_group, document.payment_terms_code) == ("EU", "30D")
    (line,) = quote.lines
    assert (line.unit_price, line.amount, line.amount_including_vat) == (400, D("800.00"), D("800.00"))


def test_a_quote_is_for_somebody(world):
    """Neither customer nor template; a template without a name; and an order for somebody who is no customer."""
    assert codes(world.offer, "Otto", template="") == {"E-QUO-WHO"}
    assert codes(world.offer, "") == {"E-QUO-WHO"}
    assert codes(world._draft, "order", None, {"template": "EU", "sell_to_name": "Otto"}) == {"E-QUO-WHO"}


def test_a_quote_for_a_prospect_is_not_released(world):
    """Releasing, or making an order of it, wants a customer first."""
    quote = world.offer("Otto").sells(1, world.item(cost=1, price=10))
    assert codes(quote.release) == {"E-REL-QUOTE-NOCUST"}
    assert codes(quote.becomes_order) == {"Q-QUO-CUST"}
    assert codes(quote.becomes_order, create_customer=False) == {"E-QUO-NOCUST"}


def test_the_prospect_becomes_a_customer_with_the_order(world):
    """Asked whether to create the customer, the clerk says yes; the template numbers and fills the card."""
    bicycle = world.item(stock=10, cost=240, price=400)
    quote = world.offer("Otto", sell_to_city="Köln", sell_to_email="otto@example.com").sells(2, bicycle)
    order = quote.becomes_order(create_customer=True)
    otto = Customer.objects.get(name="Otto")
    assert (otto.number, otto.city, otto.email) == ("C10001", "Köln", "otto@example.com")
    assert otto.gen_bus_posting_group.code == "DOMESTIC"
    document = order.document
    assert (document.customer, document.bill_to_customer, document.customer_template) == (otto, otto, None)
    assert order.post().amount_including_vat == D("1000.00")
    assert world.balance(otto) == D("1000.00")
    world.check()


def test_the_prospect_is_given_a_number(world):
    """Before any order the prospect becomes a customer with a name and number that the clerk types."""
    quote = world.offer("Otto").sells(1, world.item(cost=1, price=10))
    document = move(assign_customer, quote, name="Otto GmbH", number="OTTO", on=world.today)
    assert (document.customer.number, document.sell_to_name) == ("OTTO", "Otto GmbH")
    assert quote.release().document.status == "released"
    assert codes(move, assign_customer, quote, on=world.today) == {"E-QUO-CUSTOMER"}


def test_the_prospect_turns_out_to_be_a_customer(world):
    """Otto is Contoso's new buyer. Contoso is taxed at home; what was offered stands, unless prices are looked up."""
    bicycle = world.item(stock=10, cost=240, price=400)
    contoso = world.customer("Contoso")
    price(bicycle, 350, customer="CONTOSO", starting=world.today)
    kept, looked_up = (world.offer("Otto", template="EU").sells(2, bicycle) for _twice in range(2))
    move(assign_customer, kept, customer=contoso, on=world.today)
    (line,) = kept.lines
    assert (line.unit_price, line.amount_including_vat) == (400, D("1000.00"))
    move(assign_customer, looked_up, customer=contoso, recalculate=True, on=world.today)
    (line,) = looked_up.lines
    assert (line.unit_price, line.amount_including_vat) == (350, D("875.00"))
    document = kept.document
    assert (document.sell_to_name, document.vat_bus_posting_group) == ("Contoso", "DOM")


def test_a_template_without_groups_serves_nobody(world):
    """The template lost its VAT group: it says which field is missing."""
    from customers.models import CustomerTemplate

    CustomerTemplate.objects.filter(code="EU").update(vat_bus_posting_group=None)
    assert codes(world.offer, "Otto", template="EU") == {"E-QUO-TEMPL"}


# A quote's life with the customer


def test_a_quote_is_sent_revised_and_accepted(world):
    """The customer has the quote in hand; a change keeps what they were sent as a version."""
    quote = world.quote(world.customer()).sells(2, world.item(cost=1, price=100))
    assert stage(quote) == Stage.CREATED
    move(send, quote)
    assert stage(quote) == Stage.SENT and quote.document.progress.sent_at == world.at()
    assert codes(quote.changes, quantity=D(3)) == {"E-QUO-SENT"}
    assert codes(quote.says, "Delivered free") == {"E-QUO-SENT"}
    move(revise, quote)
    quote.changes(quantity=D(3))
    move(send, quote)
    move(accept, quote, on=EASTER)
    progress = quote.document.progress
    assert progress.accepted_date == EASTER and progress.is_accepted
    version = ArchivedDocument.objects.get()
    assert (version.version, version.reason, version.amount) == (1, "revised", D("200.00"))
    # Who did what when is in its history.
    assert [(row.verb, row.from_status, row.to_status) for row in history_of(quote.document)] == [
        ("send", "created", "sent"),
        ("revise", "sent", "created"),
        ("send", "created", "sent"),
        ("accept", "", "2026-04-05"),
    ]
    move(accept, quote, accepted=False, on=EASTER)
    assert not quote.document.progress.is_accepted


def test_revising_a_released_quote_opens_it(world):
    """Sent and released: one step back for both."""
    quote = world.quote(world.customer()).sells(2, world.item(cost=1, price=100)).release()
    move(send, quote)
    move(revise, quote)
    assert (quote.document.status, stage(quote)) == ("open", Stage.CREATED)


def test_an_empty_quote_is_not_sent(world):
    """There is nothing on it that anybody could accept or decline."""
    quote = world.quote(world.customer())
    assert codes(move, send, quote) == {"E-QUO-EMPTY"}
    assert codes(move, lose, quote, reason="PRICE") == {"E-QUO-EMPTY"}


def test_a_lost_quote_says_why(world):
    """Fabrikam was cheaper. The quote can neither change nor become an order until it is taken up again."""
    quote = world.quote(world.customer()).sells(2, world.item(stock=10, cost=1, price=100))
    assert codes(move, lose, quote, reason="") == {"E-QUO-REASON"}
    assert codes(move, lose, quote, reason="WEATHER") == {"E-QUO-REASON"}
    move(lose, quote, reason="PRICE", competitor="Fabrikam", remark="10 % less")
    progress = quote.document.progress
    assert (progress.stage, progress.reason.code, progress.competitor) == (Stage.LOST, "PRICE", "Fabrikam")
    assert (progress.closed_at, progress.closed_by) == (world.at(), "world")
    for step in (
        quote.becomes_order,
        quote.release,
        lambda: quote.changes(quantity=D(3)),
        lambda: change_document(quote.document, by=world.by, at=world.at(), your_reference="Eva"),
    ):
        assert codes(step) == {"E-QUO-CLOSED"}
    assert codes(move, track, quote, probability_percent=D(50)) == {"E-STATUS"}
    assert codes(move, cancel, quote, reason="PRICE") == {"E-STATUS"}
    move(reopen_quote, quote)
    assert (stage(quote), quote.document.progress.reason) == (Stage.CREATED, None)
    assert quote.becomes_order().document.quote_no == quote.number


def test_a_quote_is_withdrawn(world):
    """We cannot deliver after all: cancelled, with a reason as well."""
    quote = world.quote(world.customer()).sells(2, world.item(cost=1, price=100))
    move(send, quote)
    move(cancel, quote, reason="WITHDRAWN")
    assert stage(quote) == Stage.CANCELLED
    assert codes(move, send, quote) == {"E-STATUS"}
    assert codes(move, revise, quote) == {"E-STATUS"}


def test_what_an_offer_is_worth(world):
    """1,000.00 with a probability of 80 % are expected to bring 800.00."""
    quote = world.quote(world.customer()).sells(10, world.item(cost=1, price=100))
    assert quote.document.progress.probability_percent == 0
    move(track, quote, probability_percent=D(80), follow_up_date=EASTER, competitor="Fabrikam")
    progress = quote.document.progress
    assert (progress.follow_up_date, progress.competitor) == (EASTER, "Fabrikam")
    assert expected_value(D("1000.00"), progress.probability_percent) == D("800.00")
    assert codes(move, track, quote, probability_percent=D(101)) == {"E-QUO-PROB"}


# How long a quote is valid


def test_a_quote_is_valid_for_a_month(world):
    """T65: written on 31 January it is valid until 28 February, and goes on 1 March, not a day earlier."""
    world.sales_setup(quote_validity_calculation="1M")
    item = world.item(cost=1, price=10)
    quote = world.quote(world.customer(), on=date(2026, 1, 31)).sells(1, item)
    endless = world.quote(world.customer("Fabrikam"), on=date(2026, 1, 31)).sells(1, item)
    SalesDocument.objects.filter(pk=endless.key).update(valid_until=None)
    assert quote.document.valid_until == date(2026, 2, 28)

    def clear(on):
        return delete_expired_quotes(on=on, by=world.by, at=world.at(on))

    assert clear(date(2026, 2, 28)).deleted == ()
    done = clear(date(2026, 3, 1))
    assert (done.deleted, done.kept) == ((quote.number,), ())
    assert [document.number for document in SalesDocument.objects.all()] == [endless.number]


def test_a_new_document_date_brings_a_new_validity(world):
    """Written today, dated Easter: valid for a month from then, unless somebody says until when."""
    world.sales_setup(quote_validity_calculation="1M")
    quote = world.quote(world.customer())
    document = change_document(quote.document, by=world.by, at=world.at(), document_date=EASTER)
    assert document.valid_until == date(2026, 5, 5)
    typed = {"document_date": world.today, "valid_until": EASTER}
    document = change_document(quote.document, by=world.by, at=world.at(), **typed)
    assert document.valid_until == EASTER


def test_expired_quotes_are_archived_where_quotes_are(world):
    """Three expired: one waits for approval and stays. The set-up asks whether to archive, and is answered."""
    world.sales_setup(archive_quotes="question")
    item, adatum = world.item(cost=1, price=10), world.customer()
    quotes = [world.quote(adatum, valid_until=date(2026, 2, 1)).sells(n, item) for n in (1, 2, 3)]
    quotes[1].release()
    SalesDocument.objects.filter(pk=quotes[2].key).update(status="pending_approval")
    assert codes(delete_expired_quotes, on=world.today, by=world.by, at=world.at()) == {"Q-ARCH"}
    done = delete_expired_quotes(on=world.today, by=world.by, at=world.at(), archive=True)
    assert done.deleted == (quotes[0].number, quotes[1].number) and done.kept == (quotes[2].number,)
    assert [row.amount for row in ArchivedDocument.objects.order_by("id")] == [D("10.00"), D("20.00")]


def test_the_command_says_how_many_are_gone(world, capsys):
    """For a schedule: what is past goes every night."""
    world.quote(world.customer(), valid_until=date(2026, 2, 1)).sells(1, world.item(cost=1, price=10))
    call_command("delete_expired_quotes", "--date", "2026-03-01")
    assert "1 expired quotes are deleted." in capsys.readouterr().out
    assert not SalesDocument.objects.exists()


def test_an_expired_quote_still_becomes_an_order(world):
    """As it was agreed; or at the prices of today, where the clerk says so. What was typed is looked up then too."""
    adatum, bicycle = world.customer(), world.item(stock=10, cost=1, price=100)
    given = {"valid_until": date(2026, 3, 31)}
    agreed, today = (world.quote(adatum, **given).sells(2, bicycle, at=95) for _twice in range(2))
    price(bicycle, 110, customer="ADATUM", starting=EASTER)
    assert is_expired(agreed.document, on=EASTER) and not is_expired(agreed.document, on=date(2026, 3, 31))
    order = agreed.becomes_order(on=EASTER)
    assert (order.lines[0].unit_price, order.document.order_date) == (95, world.today)
    order = today.becomes_order(on=EASTER, recalculate=True)
    assert (order.lines[0].unit_price, order.document.order_date) == (110, EASTER)


# Making an order


def test_prices_of_the_offer_stand(world):
    """The price list went up on the day of the order; the order date is that of the quote, and so is the price."""
    adatum, bicycle = world.customer(), world.item(stock=10, cost=1, price=100)
    quote = world.quote(adatum).sells(2, bicycle)
    price(bicycle, 110, customer="ADATUM", starting=EASTER)
    order = quote.becomes_order(on=EASTER)
    document = order.document
    assert order.lines[0].unit_price == 100
    assert (document.order_date, document.posting_date, document.document_date) == (
        world.today,
        EASTER,
        EASTER,
    )
    assert document.quote_no == quote.number and document.status == "open"
    assert not SalesDocument.objects.filter(pk=quote.key).exists()


def test_the_dates_of_an_order_without_posting_date(world):
    """The set-up wants posting dates typed, and keeps document dates apart: the quote's document date stays."""
    world.sales_setup(default_posting_date="no_date", link_document_date_to_posting_date=False)
    quote = world.quote(world.customer()).sells(1, world.item(cost=1, price=10))
    document = quote.becomes_order(on=EASTER).document
    assert (document.posting_date, document.document_date) == (None, world.today)


def test_what_was_blocked_since_the_quote_was_written(world):
    """Customer, salesperson, item, resource and account: all of it is said at once."""
    seller = Salesperson.objects.create(code="EVA", name="Eva")
    adatum = world.customer(salesperson=seller)
    quote = world.quote(adatum).sells(1, world.item(cost=1, price=10))
    Customer.objects.filter(pk=adatum.pk).update(blocked="invoice")
    Salesperson.objects.update(blocked=True)
    Item.objects.update(blocked=True)
    assert codes(quote.becomes_order) == {"E-CU-BLOCK", "E-CU-SALESPERSON", "E-ITEM-BLOCKED"}
    assert codes(quote.becomes_invoice) == {"E-CU-BLOCK", "E-CU-SALESPERSON", "E-ITEM-BLOCKED"}
    # Somebody to whom we ship no more may still get an invoice.
    Customer.objects.filter(pk=adatum.pk).update(blocked="ship")
    assert codes(quote.becomes_invoice) == {"E-CU-SALESPERSON", "E-ITEM-BLOCKED"}


def test_a_resource_that_was_blocked(world):
    """The fitter left: nobody can promise the hours that were offered."""
    from sales.models.base import LineType

    fitter = world.resource()
    quote = world.quote(world.customer()).sells(3, fitter.number, at=60, type=LineType.RESOURCE)
    Resource.objects.update(blocked=True)
    assert codes(quote.becomes_order) == {"E-RES-BLOCKED"}


def test_a_part_of_the_quote_is_ordered_and_the_rest_stays(world):
    """Three of ten bicycles, and no lamp. The quote stays with the rest; discounts are shared out."""
    adatum = world.customer()
    bicycle, lamp = world.item("BICYCLE", stock=10, cost=1), world.item("LAMP", stock=10, cost=1)
    quote = world.quote(adatum).sells(10, bicycle, at=100, discount=10).says("Colours as agreed")
    quote.sells(4, lamp, at=25)
    type_invoice_discount(quote.document, D("100.00"), values=SalesValues.load(), at=world.at())
    assert [line.inv_discount_amount for line in quote.lines] == [D("90.00"), 0, D("10.00")]
    order = quote.becomes_order(part={10000: D(3)})
    assert [(line.number, line.quantity) for line in order.lines] == [("BICYCLE", 3), ("", 0)]
    assert (order.lines[0].line_discount_amount, order.lines[0].inv_discount_amount) == (
        D("30.00"),
        D("27.00"),
    )
    assert order.document.invoice_discount_value == D("27.00")
    rest = [(line.number, line.quantity, line.inv_discount_amount) for line in quote.lines]
    assert rest == [("BICYCLE", 7, D("63.00")), ("", 0, 0), ("LAMP", 4, D("10.00"))]
    assert quote.document.invoice_discount_value == D("73.00")
    # What is left may be ordered as well; then the quote is gone.
    last = quote.becomes_order()
    assert [line.quantity for line in last.lines] == [7, 0, 4]
    assert quote.is_done
    assert order.post().amount + last.post().amount == D("900.00")
    world.check()


def test_a_part_of_the_quote_is_ordered_and_the_rest_is_given_up(world):
    """Adatum takes the bicycles only; the quote is closed, and archived before."""
    world.sales_setup(archive_quotes="always")
    bicycle, lamp = world.item("BICYCLE", cost=1), world.item("LAMP", cost=1)
    quote = world.quote(world.customer()).sells(10, bicycle, at=100).sells(4, lamp, at=25)
    order = quote.becomes_order(part={10000: D(10)}, keep_rest=False)
    assert [line.number for line in order.lines] == ["BICYCLE"] and quote.is_done
    assert ArchivedDocument.objects.get().amount == D("1100.00")


def test_a_part_that_was_not_offered(world):
    """More than was offered, a line that is none, half of what comes in whole boxes, and nothing at all."""
    bicycle = world.item(cost=1, price=100, units={"BOX": 12})
    bicycle.units.filter(unit__code="BOX").update(rounding_precision=1)
    quote = world.quote(world.customer()).sells(10, bicycle, unit="BOX")
    for part in ({10000: D(11)}, {20000: D(1)}, {10000: D(-1)}, {10000: D(0)}, {}):
        assert codes(quote.becomes_order, part=part) == {"E-QUO-PART"}
    assert codes(quote.becomes_order, part={10000: D("0.5")}) == {"E-QTY-PRECISION"}


def test_remarks_and_charges_come_along(world):
    """What was noted about the quote, and where its freight belongs, is noted on the order."""
    from sales.models.base import LineType

    freight = world.item_charge()
    quote = world.quote(world.customer()).sells(2, world.item(cost=1), at=100)
    quote.sells(1, freight.number, at=30, type=LineType.CHARGE)
    goods, charge = quote.lines
    ChargeAssignment.objects.create(line=charge, target_line=goods, item_no="BICYCLE", quantity=1, amount=30)
    for line_no, text in ((0, "Call first"), (10000, "Red ones")):
        SalesComment.objects.create(
            kind="quote",
            number=quote.number,
            line_no=line_no,
            text=text,
            date=world.today,
            created_at=world.at(),
        )
    order = quote.becomes_order()
    goods, charge = order.lines
    assigned = ChargeAssignment.objects.get()
    assert (assigned.line, assigned.target_line, assigned.amount) == (charge, goods, 30)
    comments = SalesComment.objects.order_by("line_no").values_list("kind", "number", "line_no", "text")
    assert list(comments) == [
        ("order", order.number, 0, "Call first"),
        ("order", order.number, 10000, "Red ones"),
    ]


def test_a_quote_that_became_an_order_is_gone_for_whoever_comes_second(world):
    """Two clerks have the same quote before them: the second is told what happened, whatever they want to do."""
    quote = world.quote(world.customer()).sells(1, world.item(cost=1), at=100)
    seen, who = quote.document, {"by": world.by, "at": world.at()}
    quote.becomes_order()
    for step, on in ((make_order, {"on": world.today}), (release, {}), (delete, {}), (send, {})):
        with pytest.raises(Gone, match="not there any more") as caught:
            step(seen, **who, **on)
        assert (caught.value.code, caught.value.status) == ("E-DOC-GONE", 404)


def test_what_was_typed_as_an_amount_is_shared_by_a_part_and_the_rest(world):
    """Half of a line is ordered: a line discount typed as an amount, and corrected VAT, add up to what was typed."""
    world.sales_setup(allow_vat_difference=True)
    GeneralLedgerSetup.objects.update(max_vat_difference_allowed=D(1))
    quote = world.quote(world.customer()).sells(10, world.item(cost=1), at=100000)
    quote.changes(line_discount_amount=D("333.33"))
    (line,) = quote.lines
    vat = line.amount_including_vat - line.amount
    group = {"vat_identifier": line.vat_identifier, "by": world.by, "at": world.at()}
    type_vat(quote.document, vat + D("0.05"), **group)
    (ordered,), (left,) = quote.becomes_order(part={10000: D(5)}).lines, quote.lines
    assert (ordered.line_discount_amount, left.line_discount_amount) == (D("166.67"), D("166.66"))
    assert (ordered.line_amount, left.line_amount) == (D("499833.33"), D("499833.34"))
    assert (ordered.vat_difference, left.vat_difference) == (D("0.03"), D("0.02"))


def test_a_payment_discount_that_was_agreed_goes_along(world):
    """Three percent were typed on the quote, which its payment terms do not know of: the order grants them too."""
    quote = world.quote(world.customer()).sells(1, world.item(cost=1), at=100)
    quote.edits(payment_discount_percent=D(3))
    assert quote.becomes_order().document.payment_discount_percent == 3
