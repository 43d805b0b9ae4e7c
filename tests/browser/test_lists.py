"""Lists by the keyboard, and how every kind of list looks."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sales.models import SalesDocument
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bicycles(company):
    adatum = company.customer("Adatum, a company with a rather long name", number="C1")
    return adatum, company.item("BICYCLE", stock=100, cost=240, price=400, description="Bicycle, 28 inch")


def settled(page) -> None:
    """A clerk's second key comes when the page is there."""
    page.wait_for_load_state("networkidle")


def test_a_clerk_works_through_a_list_without_a_mouse(company, bicycles, page):
    adatum, bicycle = bicycles
    numbers = [company.order(adatum).sells(1, bicycle).number for _place in range(4)]
    company.order(company.customer("Zwart", number="C2")).sells(1, bicycle)
    log_in(page, "world")
    page.goto(reverse("sales:documents", args=["order"]))

    # F3 searches, and the first row that was found is at hand.
    settled(page)
    page.keyboard.press("F3")
    page.keyboard.type("adatum")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr[data-row]")).to_have_count(4)
    expect(page.locator(":focus")).to_have_text(numbers[3])

    # Space chooses, Shift with an arrow chooses more, the bar counts.
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-chosen]:not(tr)")).to_have_text("2 chosen")
    page.keyboard.press("Control+F9")
    expect(page.get_by_text("2 done.")).to_be_visible()
    assert SalesDocument.objects.filter(status="released").count() == 2
    page.get_by_role("link", name="Back to the list").click()

    # Right to the status, Alt+F3: only those like this one.
    settled(page)
    expect(page.locator(":focus")).to_have_text(numbers[3])
    column = page.locator("thead th:not(.pick)").evaluate_all(
        "heads => heads.findIndex((head) => head.dataset.column === 'status')"
    )
    for _step in range(column):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+F3")
    expect(page).to_have_url(re.compile(r"f\.status=Released"))
    expect(page.locator("tbody tr[data-row]")).to_have_count(2)

    # Enter opens the row; the filters are a key away as well.
    settled(page)
    page.keyboard.press("Control+Shift+Alt+F3")
    expect(page.locator("tbody tr[data-row]")).to_have_count(5)
    settled(page)
    page.keyboard.press("Shift+F3")
    expect(page.locator(".filters")).to_have_attribute("open", "")
    page.locator("#filter-customer").fill("C2")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr[data-row]")).to_have_count(1)
    settled(page)
    page.keyboard.press("F3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sales/order/SO-"))


def test_rows_follow_when_one_comes_near_the_end(company, bicycles, page):
    adatum, _bicycle = bicycles
    for _place in range(53):
        company.order(adatum)
    log_in(page, "world")
    page.goto(reverse("sales:documents", args=["order"]))
    settled(page)
    page.keyboard.press("F3")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".list__table :focus")).to_be_visible()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tbody tr[data-row]")).to_have_count(53)
    expect(page.locator(".pager [rel=next]")).to_have_count(0)


def test_deleting_asks_and_a_list_works_without_scripts(company, bicycles, page, new_page):
    adatum, bicycle = bicycles
    first = company.order(adatum).sells(1, bicycle).number
    second = company.order(adatum).sells(1, bicycle).number
    address = reverse("sales:documents", args=["order"])
    log_in(page, "world")
    page.goto(address)
    page.get_by_label(f"Choose Order {first}").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.keyboard.press("n")
    expect(page.get_by_role("link", name=first)).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.keyboard.press("y")
    expect(page.get_by_text("1 done.")).to_be_visible()

    plain = new_page(java_script_enabled=False)
    log_in(plain, "world")
    plain.goto(address + "?sort=number")
    plain.get_by_label(f"Choose Order {second}").check()
    plain.get_by_role("button", name="Delete", exact=True).click()
    plain.get_by_role("button", name="Yes").click()
    expect(plain.get_by_text("1 done.")).to_be_visible()
    assert not SalesDocument.objects.exists()


def _lists(company, bicycles) -> dict[str, str]:
    adatum, bicycle = bicycles
    company.order(adatum).sells(1, bicycle).release().post()
    company.pay(adatum, 100)
    for _place in range(3):
        company.order(adatum).sells(2, bicycle)
    orders = reverse("sales:documents", args=["order"])
    names = {
        "posted invoices": ("sales:posted-list", ["invoice"]),
        "posted shipments": ("sales:posted-list", ["shipment"]),
        "runs": ("sales:runs", []),
        "versions": ("sales:archive-list", ["order"]),
        "customers": ("sales:customers", []),
        "prices": ("sales:prices", []),
        "price lists": ("sales:price-lists", []),
        "items": ("inventory:items", []),
        "item entries": ("inventory:item-entries", []),
        "value entries": ("inventory:value-entries", []),
        "resources": ("inventory:resources", []),
        "customer ledger": ("receivables:entries", []),
        "chart": ("posting:accounts", []),
        "G/L entries": ("posting:gl-entries", []),
        "VAT entries": ("posting:vat-entries", []),
        "registers": ("posting:registers", []),
    }
    found = {name: reverse(view, args=args) for name, (view, args) in names.items()}
    return {"orders": f"{orders}?f.status=open&sort=-number"} | found


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_lists_fit_and_are_accessible(company, bicycles, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    lists = _lists(company, bicycles)
    for name, address in lists.items():
        page.goto(address)
        _check(page, name)
    page.goto(lists["orders"])
    for name in ("Filters", "Columns", "My views"):
        page.locator("summary", has_text=name).first.click()
        _check(page, f"orders with {name}")
        page.locator("summary", has_text=name).first.click()
