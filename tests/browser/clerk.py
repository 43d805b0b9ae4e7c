"""The clerk's thirty interactions, each with the hands alone: what is set up beforehand is not counted."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from customers.models import Customer
from erp.kernel.models import OutgoingMail, User
from inventory.models import Item, ItemReference
from sales.masters import NewLine
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice, SalesLine
from sales.routines.draft import draft
from sales.routines.post import post
from sales.routines.release import release
from tests.browser.hand import Hand

STEPS: dict[int, Callable[["Day"], None]] = {}


def interaction(number: int):
    """Put a step into the clerk's day. A step checks for itself that its work was done."""

    def take(step):
        STEPS[number] = step
        return step

    return take


class Day:
    """The page, the hands, and what the clerk has before them.

    Some of the day is another person's: the manager posts, the clerk has a limit and asks for approval.
    """

    def __init__(self, manager: Page, clerk: Page, *, on: date, at):
        self.page, self.hand, self.on, self.at = manager, Hand(manager), on, at
        self.desks = {"manager": manager, "clerk": clerk}
        self.clerk = User.objects.get(username="manager")
        self.customer = Customer.objects.get(number="C10002")  # Woonwinkel Lichtvoet
        known = Item.objects.sellable().filter(type=Item.Type.INVENTORY, variants=None)
        self.items = [item.number for item in known.order_by("number")[:12]]

    def order(self, *, lines: int = 2, type: str = "order", releases: bool = False, **given) -> SalesDocument:
        """A document as it stands before the clerk."""
        new = [NewLine(number=number, quantity=2) for number in self.items[:lines]]
        document = draft(type, self.customer, lines=new, by=self.clerk, at=self.at(), on=self.on, **given)
        if releases:
            document = release(document, by=self.clerk, at=self.at())
        return document

    def invoice(self) -> SalesInvoice:
        posted = post(
            self.order(), by=self.clerk, at=self.at(), ship=True, invoice=True, posting_date=self.on
        )
        return posted.invoice

    def sit_down(self, name: str) -> None:
        """Go to somebody's desk."""
        self.page = self.desks[name]
        self.hand = Hand(self.page)

    def open(self, document: SalesDocument) -> None:
        self.goto(f"/sales/{document.type}/{document.number}/")
        if self.page.locator(".grid[data-module]").count():
            self.page.wait_for_selector(".grid[data-ready]")

    def goto(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        self.hand.begin()

    def saved(self) -> None:
        """Wait until everything typed is at the server; looking takes no hand."""
        expect(self.page.locator("#saving[data-state=saved]")).to_be_visible(timeout=20000)

    def at_line(self, line_no: int) -> None:
        """The clerk works on this line."""
        self.page.locator(f'tr[data-row="{line_no}"] td[data-name=number]').click()
        self.hand.begin()

    def number(self) -> str:
        """The number of the document on the page."""
        return self.page.locator("h1").inner_text().split(" · ")[0].split()[-1]

    def lines(self, number: str, type: str = "order") -> list[SalesLine]:
        rows = SalesLine.objects.filter(document__type=type, document__number=number)
        return list(rows.order_by("line_no"))


@interaction(1)
def new_order(day: Day) -> None:
    day.goto("/sales/order/")
    day.hand.key("Alt+N")
    expect(day.page.get_by_label("Customer", exact=True)).to_be_focused()
    day.hand.type("lichtv")
    day.hand.key("Enter")
    expect(day.page.get_by_role("heading", level=1)).to_contain_text("Woonwinkel Lichtvoet")


@interaction(2)
def external_number(day: Day) -> None:
    """The focus stands there after a new order."""
    expect(day.page.get_by_label("External document no.")).to_be_focused()
    day.hand.begin()
    day.hand.type("PO-77123")
    day.hand.key("Enter")
    day.saved()
    assert SalesDocument.objects.get(number=day.number()).external_document_no == "PO-77123"


@interaction(3)
def known_item(day: Day) -> None:
    """After the customer's number the focus stands in the first line."""
    day.hand.begin()
    day.hand.type(day.items[0])
    day.hand.key("Enter")
    day.hand.type("12")
    day.hand.key("Enter")
    day.saved()
    [line] = day.lines(day.number())
    assert (line.number, line.quantity) == (day.items[0], 12)


@interaction(4)
def customers_reference(day: Day) -> None:
    """Without stopping: the next line, by the number that the customer has for the item."""
    item = Item.objects.get(number=day.items[1])
    ItemReference.objects.create(
        item=item, type=ItemReference.Type.CUSTOMER, type_no=day.customer.number, reference_no="LV-88"
    )
    day.hand.begin()
    day.hand.type("LV-88")
    day.hand.key("Enter")
    day.hand.type("3")
    day.hand.key("Enter")
    day.saved()
    assert day.lines(day.number())[-1].number == item.number


@interaction(5)
def searched_item(day: Day) -> None:
    item = Item.objects.get(number=day.items[2])
    day.hand.begin()
    day.hand.type(item.description.split()[0].lower())
    offered = day.page.locator("[role=listbox] [role=option]")
    expect(offered.first).to_be_visible()
    place = [words.startswith(item.number) for words in offered.all_inner_texts()].index(True)
    day.hand.key("ArrowDown", times=place + 1)
    day.hand.key("Enter")
    day.hand.type("1")
    day.hand.key("Enter")
    day.saved()
    assert day.lines(day.number())[-1].number == item.number


@interaction(6)
def pasted_lines(day: Day) -> None:
    number = day.number()
    before = len(day.lines(number))
    sheet = "\n".join(f"{number}\t{place + 1}" for place, number in enumerate(day.items[:10]))
    day.page.evaluate("words => navigator.clipboard.writeText(words)", sheet)
    day.hand.begin()
    day.hand.key("Control+v")
    expect(day.page.locator("tr[data-row]:not([data-row^=new])")).to_have_count(before + 10, timeout=20000)
    day.saved()
    assert len(day.lines(number)) == before + 10


@interaction(7)
def copied_lines(day: Day) -> None:
    source = day.order(lines=3)
    order = day.order(lines=0)
    day.open(order)
    day.hand.key("Alt+C")
    expect(day.page.get_by_label("No.", exact=True)).to_be_focused()
    day.hand.type(source.number)
    day.hand.key("Enter")
    expect(day.page.locator("tr[data-row]:not([data-row^=new])")).to_have_count(3)
    assert len(day.lines(order.number)) == 3


@interaction(8)
def comment_line(day: Day) -> None:
    order = day.order()
    day.open(order)
    day.at_line(20000)
    day.hand.key("ArrowDown")
    day.hand.begin()
    day.hand.key("Enter")
    day.hand.type("Ring twice at the backdoor")
    day.hand.key("Enter")
    day.saved()
    assert day.lines(order.number)[-1].description == "Ring twice at the backdoor"


@interaction(9)
def changed_quantity(day: Day) -> None:
    order = day.order()
    day.open(order)
    day.at_line(20000)
    day.hand.key("ArrowUp")
    day.hand.key("Enter")
    day.hand.type("15")
    day.hand.key("Enter")
    day.saved()
    assert day.lines(order.number)[0].quantity == 15


@interaction(10)
def overridden_price(day: Day) -> None:
    order = day.order()
    day.open(order)
    day.at_line(20000)
    day.hand.key("Alt+P")
    day.hand.type("99.5")
    day.hand.key("Enter")
    day.saved()
    assert str(day.lines(order.number)[1].unit_price) == "99.50000"


@interaction(11)
def deleted_line(day: Day) -> None:
    order = day.order(lines=3)
    day.open(order)
    day.at_line(20000)
    day.hand.key("Control+Delete")
    day.hand.key("y")
    expect(day.page.locator("tr[data-row]:not([data-row^=new])")).to_have_count(2)
    day.saved()
    assert [line.line_no for line in day.lines(order.number)] == [10000, 30000]


@interaction(12)
def availability(day: Day) -> None:
    day.open(day.order())
    expect(day.page.locator('tr[data-row="10000"] td[data-name=availability]')).to_contain_text(
        re.compile(r"free|short|\d"), timeout=10000
    )


@interaction(13)
def requested_date(day: Day) -> None:
    order = day.order()
    day.open(order)
    day.hand.key("Alt+R")
    expect(day.page.get_by_role("textbox", name="Requested delivery date")).to_be_focused()
    day.hand.type("t+9")
    day.hand.key("Enter")
    day.saved()
    order.refresh_from_db()
    assert order.requested_delivery_date == day.on + timedelta(days=9)


@interaction(14)
def other_ship_to(day: Day) -> None:
    customer = Customer.objects.filter(ship_to_addresses__isnull=False).order_by("number").first()
    address = customer.ship_to_addresses.order_by("code").first()
    order = draft("order", customer, by=day.clerk, at=day.at(), on=day.on)
    day.open(order)
    day.hand.key("Alt+S")
    expect(day.page.get_by_label("Ship-to code")).to_be_focused()
    day.hand.type(address.code[:3])
    day.hand.key("Enter")
    day.saved()
    order.refresh_from_db()
    assert order.ship_to_code == address.code


@interaction(15)
def credit(day: Day) -> None:
    day.open(day.order())
    side = day.page.locator("#facts")
    expect(side).to_contain_text("Credit limit")
    expect(side).to_contain_text("Overdue")
    expect(side).to_contain_text("Balance")


@interaction(16)
def history(day: Day) -> None:
    invoice = day.invoice()
    day.open(day.order())
    day.hand.click(day.page.locator("#facts").get_by_role("link", name=re.compile("Posted invoices")))
    expect(day.page.get_by_role("link", name=invoice.number)).to_be_visible()


@interaction(17)
def last_price(day: Day) -> None:
    day.invoice()
    order = day.order()
    day.open(order)
    day.at_line(10000)
    day.hand.key("Alt+L")
    expect(day.page.locator("#notes .note")).to_be_visible()


@interaction(18)
def released(day: Day) -> None:
    order = day.order()
    day.open(order)
    day.hand.key("Control+F9")
    expect(day.page.get_by_text("Released", exact=True).first).to_be_visible()
    order.refresh_from_db()
    assert order.status == order.Status.RELEASED


@interaction(19)
def sent_for_approval(day: Day) -> None:
    """Above the clerk's own limit."""
    item = Item.objects.get(number=day.items[0])
    order = draft(
        "order", day.customer, lines=[NewLine(number=item.number, quantity=1, unit_price=90000)],
        by=day.clerk, at=day.at(), on=day.on,
    )  # fmt: skip
    day.sit_down("clerk")
    day.open(order)
    day.hand.key("Control+Alt+a")
    expect(day.page.get_by_text("Pending Approval", exact=True).first).to_be_visible()
    order.refresh_from_db()
    assert order.status == order.Status.PENDING_APPROVAL


@interaction(20)
def confirmation_by_mail(day: Day) -> None:
    Customer.objects.filter(pk=day.customer.pk).update(email="inkoop@lichtvoet.example")
    order = day.order(releases=True)
    day.open(order)
    day.hand.key("Control+Alt+e")
    expect(day.page.get_by_role("dialog")).to_be_visible()
    day.hand.key("Enter")
    expect(day.page.get_by_role("dialog")).to_be_hidden(timeout=20000)
    day.page.wait_for_load_state("networkidle")
    assert OutgoingMail.objects.filter(subject_no=order.number).count() == 1


@interaction(21)
def found_by_number(day: Day) -> None:
    order = day.order()
    day.goto("/")
    day.hand.key("Control+k")
    day.hand.type(order.number[-5:])
    expect(day.page.get_by_role("option").filter(has_text=order.number).first).to_be_visible()
    day.hand.key("Enter")
    expect(day.page.get_by_role("heading", level=1)).to_contain_text(order.number)


@interaction(22)
def found_by_external_number(day: Day) -> None:
    order = day.order(external_document_no="INK-9041")
    day.goto("/")
    day.hand.key("Control+k")
    day.hand.type("INK-9041")
    expect(day.page.get_by_role("option").filter(has_text=order.number).first).to_be_visible()
    day.hand.key("Enter")
    expect(day.page.get_by_role("heading", level=1)).to_contain_text(order.number)


@interaction(23)
def tracked(day: Day) -> None:
    order = day.order()
    order.lines.update(package_tracking_no="TRACK-1")
    SalesDocument.objects.filter(pk=order.pk).update(package_tracking_no="TRACK-1")
    line = order.lines.order_by("line_no").first()
    line.qty_to_ship = 1
    line.save()
    shipment = post(order, by=day.clerk, at=day.at(), ship=True, invoice=False, posting_date=day.on).shipment
    day.open(order)
    expect(day.page.locator("#facts")).to_contain_text(shipment.number)
    expect(day.page.locator("#facts")).to_contain_text("TRACK-1")


@interaction(24)
def changed_after_release(day: Day) -> None:
    order = day.order(releases=True)
    day.open(order)
    day.hand.key("Control+Shift+F9")
    expect(day.page.get_by_text("Open", exact=True).first).to_be_visible()
    day.page.wait_for_selector(".grid[data-ready]")
    day.hand.click(day.page.locator('tr[data-row="10000"] td[data-name=quantity]'))
    day.hand.type("3")
    day.hand.key("Control+F9")
    expect(day.page.get_by_text("Released", exact=True).first).to_be_visible()
    assert day.lines(order.number)[0].quantity == 3


@interaction(25)
def order_of_a_quote(day: Day) -> None:
    quote = day.order(type="quote")
    day.open(quote)
    day.hand.key("Alt+M")
    expect(day.page.get_by_role("heading", name="Convert the quote to an order?")).to_be_visible()
    day.hand.key("y")
    expect(day.page.get_by_role("heading", level=1)).to_contain_text("SO-")
    assert SalesDocument.objects.filter(quote_no=quote.number).exists()


@interaction(26)
def shipped(day: Day) -> None:
    order = day.order(releases=True)
    day.open(order)
    day.hand.key("F9")
    expect(day.page.get_by_role("dialog")).to_be_visible()
    day.hand.key("s")
    expect(day.page.get_by_text(re.compile("Posted: shipment")).first).to_be_visible(timeout=20000)
    assert [line.quantity_shipped for line in day.lines(order.number)] == [2, 2]


@interaction(27)
def shipped_and_invoiced(day: Day) -> None:
    order = day.order(releases=True)
    day.open(order)
    day.hand.key("F9")
    expect(day.page.get_by_role("dialog")).to_be_visible()
    day.hand.key("b")
    expect(day.page.get_by_text(re.compile("Posted: .*invoice")).first).to_be_visible(timeout=20000)
    assert SalesInvoice.objects.filter(order_no=order.number).count() == 1


@interaction(28)
def credited(day: Day) -> None:
    invoice = day.invoice()
    day.goto("/")
    day.hand.key("Control+k")
    day.hand.type(invoice.number)
    expect(day.page.get_by_role("option").filter(has_text=invoice.number).first).to_be_visible()
    day.hand.key("Enter")
    expect(day.page.get_by_role("heading", level=1)).to_contain_text(invoice.number)
    day.hand.click(day.page.get_by_text("More", exact=True))
    day.hand.click(day.page.get_by_role("button", name="Corrective credit memo"))
    day.page.wait_for_url("**/credit_memo/**")
    day.page.wait_for_load_state("networkidle")
    day.hand.key("F9")
    expect(day.page.get_by_role("dialog")).to_be_visible()
    day.hand.key("Enter")
    expect(day.page.get_by_text(re.compile("Posted: .*credit memo")).first).to_be_visible(timeout=20000)
    assert SalesCreditMemo.objects.filter(customer=day.customer, posting_date=day.on).exists()


@interaction(29)
def returned(day: Day) -> None:
    invoice = day.invoice()
    day.goto("/")
    day.hand.key("Control+k")
    day.hand.type(invoice.number)
    expect(day.page.get_by_role("option").filter(has_text=invoice.number).first).to_be_visible()
    day.hand.key("Enter")
    expect(day.page.get_by_role("heading", level=1)).to_contain_text(invoice.number)
    day.hand.click(day.page.get_by_text("More", exact=True))
    day.hand.click(day.page.get_by_role("button", name="Create return order"))
    expect(day.page.get_by_role("heading", level=1)).to_contain_text(day.customer.name, timeout=20000)
    day.page.wait_for_url("**/return_order/**")
    lines = day.lines(day.number(), "return_order")
    assert lines and all(line.applies_from_item_entry for line in lines if line.type == "item")


@interaction(30)
def delayed_orders(day: Day) -> None:
    day.goto("/")
    day.hand.click(day.page.get_by_role("link", name=re.compile("delayed")).first)
    expect(day.page.get_by_role("heading", level=1)).to_contain_text("Sales orders")
    with day.page.expect_download() as download:
        day.hand.click(day.page.get_by_role("link", name="Excel").first)
    assert download.value.suggested_filename.endswith(".xlsx")
