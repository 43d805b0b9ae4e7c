"""The lines of an order in a real browser, at a clerk's pace: nothing waits, nothing is lost, all is in its row."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from sales.models import SalesLine
from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([words]) => {
  const data = new DataTransfer();
  data.setData("text/plain", words);
  const about = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", about));
}"""
COPY = """() => {
  const data = new DataTransfer();
  const about = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("copy", about));
  return data.getData("text/plain");
}"""
SOON = 700  # milliseconds in which a page asks by itself for what follows from its lines


@pytest.fixture(autouse=True)
def calm(page):
    """Nothing is asked any more when the company is cleared away."""
    yield
    page.wait_for_timeout(SOON)


@pytest.fixture
def shop(company):
    company.adatum = company.customer("Adatum", number="C1", city="Utrecht")
    company.bicycle = company.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    for name, price in (("LAMP", 20), ("BELL", 8), ("LOCK", 35)):
        company.item(name, stock=50, cost=5, price=price, description=f"{name.title()} of steel")
    return company


def open_order(page: Page, order) -> None:
    log_in(page, "world")
    page.goto(f"/sales/order/{order.number}/")
    expect(page.locator(".grid[data-ready]")).to_be_visible()


def cell(page: Page, line: str, name: str) -> Locator:
    return page.locator(f'tr[data-row="{line}"] td[data-name="{name}"]')


def start_typing(page: Page) -> None:
    page.locator('tr[data-row^="new-"] td[data-name="number"]').first.click()


def stored(order) -> list[tuple]:
    rows = SalesLine.objects.filter(document__number=order.number).order_by("line_no")
    return [(row.number or row.description, int(row.quantity)) for row in rows]


def is_saved(page: Page) -> None:
    expect(page.locator("#saving")).to_have_attribute("data-state", "saved", timeout=20_000)


def slowly(page: Page, seconds: float) -> list[str]:
    """The server takes its time to save; what it is sent is kept."""
    bodies: list[str] = []

    def late(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        time.sleep(seconds)
        route.continue_()

    page.route("**/lines/save/", late)
    return bodies


@pytest.mark.parametrize("delay", [0, 0.7], ids=["as it is", "on a slow server"])
def test_four_lines_at_full_speed_arrive_in_their_order(shop, page, delay):
    """No., Enter, quantity, Enter: three keys a line with the lookup out of the way, and none of them waits."""
    order = shop.order(shop.adatum)
    open_order(page, order)
    bodies = slowly(page, delay)
    start_typing(page)
    page.keyboard.type("BICYCLE\n2\nLAMP\n3\nBELL\n4\nLOCK\n5\n")
    is_saved(page)
    assert stored(order) == [("BICYCLE", 2), ("LAMP", 3), ("BELL", 4), ("LOCK", 5)]
    expect(cell(page, "40000", "line_amount")).to_have_text("175.00")
    expect(page.locator("[data-total]")).to_contain_text(re.compile(r"[\d,]+\.\d\d"))
    expect(cell(page, "10000", "availability")).to_have_text("10 free")
    if delay:
        assert len(bodies) < 6  # what was typed meanwhile went along in one request


def test_a_wrong_value_is_marked_in_its_own_row_wherever_the_focus_is(shop, page):
    order = shop.order(shop.adatum)
    open_order(page, order)
    start_typing(page)
    page.keyboard.type("BICYCLE\n2\nunicorn\n3\nLAMP\n4\n")
    wrong = page.locator("td[aria-invalid=true]")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("unicorn")
    expect(page.get_by_text("No item is called “unicorn”")).to_be_visible()
    expect(cell(page, "20000", "line_amount")).to_have_text("80.00")
    assert stored(order) == [("BICYCLE", 2), ("LAMP", 4)]

    # Put right where it was typed, the line goes where it stands.
    wrong.click()
    expect(page.get_by_label(re.compile("No., new line"))).to_have_attribute(
        "aria-describedby", re.compile("why-")
    )
    page.keyboard.type("BELL\n")
    is_saved(page)
    assert stored(order) == [("BICYCLE", 2), ("BELL", 3), ("LAMP", 4)]


def test_values_are_changed_restored_copied_and_deleted(shop, page):
    order = shop.order(shop.adatum).sells(2, shop.bicycle).sells(1, shop.bicycle)
    open_order(page, order)
    cell(page, "10000", "quantity").click()
    page.keyboard.type("19+")
    expect(page.get_by_label("Quantity, line 10000")).to_have_value("19+")  # what is typed replaces the cell
    page.keyboard.press("Escape")
    expect(page.get_by_label("Quantity, line 10000")).to_have_value("2")
    page.keyboard.type("1+2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("F8")
    page.keyboard.press("ArrowUp")
    expect(cell(page, "10000", "line_amount")).to_have_text("1,200.00")
    expect(page.get_by_label("Quantity, line 10000")).to_have_value("3")
    is_saved(page)
    assert len(stored(order)) == 2

    page.keyboard.press("Control+Insert")
    page.keyboard.type("LAMP\n7\n")
    is_saved(page)
    assert stored(order)[0] == ("LAMP", 7)

    cell(page, "20000", "description").click()
    page.keyboard.press("Control+Delete")
    expect(page.get_by_role("heading", name="Delete line 20000")).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator('tr[data-row="20000"]')).to_have_count(0)
    is_saved(page)
    assert len(stored(order)) == 2


def test_the_lookup_opens_while_typing_and_never_holds_up(shop, page):
    order = shop.order(shop.adatum)
    open_order(page, order)
    start_typing(page)
    page.keyboard.type("steel la", delay=20)
    option = page.get_by_role("option", name=re.compile("LAMP"))
    expect(option).to_contain_text("50 PCS in stock")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("2\n")
    page.keyboard.press("Tab")
    page.keyboard.type("Ring twice\n")
    is_saved(page)
    assert stored(order) == [("LAMP", 2), ("Ring twice", 0)]


def test_two_people_in_one_line(shop, page):
    order = shop.order(shop.adatum).sells(2, shop.bicycle)
    open_order(page, order)
    cell(page, "10000", "quantity").click()
    order.changes(quantity=5)
    page.keyboard.type("3\n")
    expect(
        page.get_by_text("Quantity: “5” was saved by somebody else meanwhile; you typed “3”.")
    ).to_be_visible()
    page.get_by_role("button", name="Keep “3”").click()
    is_saved(page)
    assert stored(order) == [("BICYCLE", 3)]


def test_a_row_that_somebody_deleted_is_given_up_with_escape(shop, new_page):
    page = new_page(expects=("404 (Not Found)",))
    order = shop.order(shop.adatum).sells(2, shop.bicycle)
    open_order(page, order)
    cell(page, "10000", "quantity").click()
    SalesLine.objects.all().delete()
    page.keyboard.type("3\n")
    expect(page.get_by_text("This row is not there any more: somebody deleted it.")).to_be_visible()
    cell(page, "10000", "quantity").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("This row is not there any more: somebody deleted it.")).to_have_count(0)


def test_what_was_given_up_without_a_connection_is_sent_when_it_is_back(shop, new_page):
    """The first attempt arrived, only its answer did not: the row is there once all the same."""
    page = new_page(expects=("net::ERR_FAILED",))
    order = shop.order(shop.adatum)
    open_order(page, order)
    tries = []

    def lose_the_answer(route: Route) -> None:
        tries.append(route.fetch() if not tries else None)
        route.abort()

    page.route("**/lines/save/", lose_the_answer)
    page.evaluate("() => { const { now } = Date; Date.now = () => now.call(Date) + (window.later ?? 0); }")
    start_typing(page)
    page.keyboard.type("LAMP\n")
    expect(page.locator("#saving")).to_have_attribute("data-state", "unsaved")
    page.evaluate("window.later = 6 * 60 * 1000")  # longer than a change waits
    expect(page.locator("#saving")).to_have_attribute("data-state", "failed", timeout=20_000)
    page.unroute("**/lines/save/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    is_saved(page)
    assert stored(order) == [("LAMP", 0)]


def test_the_panel_does_not_ask_for_a_line_that_was_deleted(shop, page):
    order = shop.order(shop.adatum).sells(2, shop.bicycle)
    open_order(page, order)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    cell(page, "10000", "quantity").click()
    page.keyboard.press("Control+Delete")
    page.keyboard.press("y")
    expect(page.locator('tr[data-row="10000"]')).to_have_count(0)
    page.wait_for_timeout(SOON)
    assert stored(order) == [] and refused == []


def test_the_invoice_discount_is_sent_once(shop, page):
    """Enter leaves the field and submits its form: both are one wish."""
    open_order(page, shop.order(shop.adatum).sells(2, shop.bicycle))
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.url) if "/lines/discount/" in request.url else None
    )
    field = page.locator("form[data-discount] input[type=text]")
    field.fill("10")
    field.press("Enter")
    expect(page.locator("[data-total]")).to_contain_text("987.50")
    assert len(sent) == 1


def test_a_thousand_rows_from_a_spreadsheet(shop, page):
    """With a header in another order; what is refused is listed with its reasons, the rest is taken."""
    order = shop.order(shop.adatum)
    open_order(page, order)
    start_typing(page)
    rows = [f"{place % 9 + 1}\t{'unicorn' if place in (10, 500) else 'LAMP'}\tnote" for place in range(1000)]
    page.evaluate(PASTE, ["\n".join(["Qty\tItem no.\tRemark", *rows])])
    expect(page.get_by_role("heading", name=re.compile("998 rows taken, 2 refused"))).to_be_visible(
        timeout=60_000
    )
    assert SalesLine.objects.filter(document__number=order.number).count() == 998
    expect(page.locator(".grid__report tbody tr")).to_have_count(2)
    expect(page.locator("tr[data-row]:not([data-row^=new])")).to_have_count(998)

    # A document of that size can be worked in: the last line is reached by a key, and typed into at once.
    cell(page, "10000", "quantity").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowUp")
    begun = time.monotonic()
    page.keyboard.type("42\n")
    assert time.monotonic() - begun < 1.5
    is_saved(page)
    assert SalesLine.objects.get(document__number=order.number, line_no=9980000).quantity == 42


def test_rows_are_copied_and_pasted_into_another_document(shop, page):
    order = shop.order(shop.adatum).sells(2, shop.bicycle).sells(1, shop.bicycle)
    other = shop.order(shop.adatum)
    open_order(page, order)
    cell(page, "10000", "quantity").click()
    page.keyboard.press("Shift+ArrowDown")
    copied = page.evaluate(COPY)
    assert len(copied.split("\n")) == 3 and copied.startswith("Type\tNo.\tDescription")
    page.goto(f"/sales/order/{other.number}/")
    expect(page.locator(".grid[data-ready]")).to_be_visible()
    start_typing(page)
    page.evaluate(PASTE, [copied])
    is_saved(page)
    assert stored(other) == [("BICYCLE", 2), ("BICYCLE", 1)]


def test_the_grid_is_accessible(shop, page):
    order = shop.order(shop.adatum).sells(2, shop.bicycle)
    open_order(page, order)
    start_typing(page)
    page.keyboard.type("unicorn\n1\n")
    expect(page.locator("td[aria-invalid=true]")).to_have_count(1)
    grid = page.get_by_role("grid", name="Lines")
    expect(grid).to_have_attribute("aria-rowcount", re.compile(r"\d"))
    cell(page, "10000", "quantity").click()
    expect(page.get_by_label("Quantity, line 10000")).to_be_focused()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Control+Shift+Enter")
    assert page.evaluate("!document.activeElement.closest('.grid__scroll')")
