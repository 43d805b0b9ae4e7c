"""Where people start: every figure on a role centre is that of the list behind it."""

import csv
from datetime import date, timedelta
from decimal import Decimal as D
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from erp.kernel.models import User
from erp.kernel.recent import remember
from erp.views.role_centres import centre_of
from erp.views.role_centres.centre import SET_UP, workplace_of
from erp.views.role_centres.charts import owed
from erp.views.role_centres.cues import ATTENTION, NORMAL, URGENT, Bands
from erp.views.role_centres.sales_facts import average_days_delayed, best_customer, largest_order, spans
from posting.models import GLEntry
from receivables.selectors import aged_receivables, overdue_total
from sales.models import SalesDocument
from sales.routines.schedule import schedule
from tests.world import TODAY

ROLES = {
    "CLERK": "clerk",
    "SALES-MANAGER": "manager",
    "ACCOUNTANT": "accountant",
    "WAREHOUSE": "warehouse",
    "ADMINISTRATOR": SET_UP,
    "AUDITOR": "accountant",
}
FEBRUARY = date(2026, 2, 20)


@pytest.fixture
def busy(world):
    """A company in the middle of everything: each cue of each role has something to count."""
    adatum = world.customer("Adatum", number="C1", terms="30D")
    bicycle = world.item("BICYCLE", stock=20, cost=240, price=400, description="Bicycle")
    saddle = world.item("SADDLE", stock=0, cost=20, price=50, prevent_negative_inventory="no")
    soon = date(2026, 3, 6)
    world.quote(adatum, valid_until=date(2026, 3, 5)).sells(1, bicycle)
    world.quote(adatum, valid_until=date(2026, 4, 30)).sells(1, bicycle)
    for _turn in range(3):
        world.order(adatum).sells(1, bicycle)
    world.order(adatum).sells(2, bicycle).release()
    world.order(adatum).edits(shipment_date=soon).sells(2, bicycle).release()
    world.order(adatum).sells(3, bicycle).release().ship(1)
    world.order(adatum, on=FEBRUARY).sells(2, bicycle).release()
    world.order(adatum, on=FEBRUARY).sells(3, bicycle).release().ship(1)
    world.order(adatum).sells(1, saddle).release().ship()
    world.return_order(adatum).sells(1, bicycle)
    world.return_order(adatum).sells(1, bicycle).release()
    world.credit_memo(adatum).sells(1, bicycle)
    world.sales_invoice(adatum).charges("4520", 10)
    world.late = world.sales_invoice(adatum, on=date(2026, 1, 10)).charges("4520", 100).post()
    world.sales_invoice(adatum, on=date(2026, 2, 3)).charges("4520", 200).post()  # due 5 March
    world.sales_invoice(adatum).charges("4520", 300).post()
    world.pay(adatum, 40)
    failing = world.order(adatum).sells(1, bicycle).changes(qty_to_ship=0, qty_to_invoice=0)
    schedule([failing.document, failing.document], by=world.by, at=world.at())
    return world


def centre(user, **address):
    return centre_of(user, on=TODAY, address=address)


def cues_of(found):
    return {str(cue.label): cue for group in found.groups for cue in group.cues}


def rows_of_list(browser: Client, url: str) -> int:
    """How many rows the list behind a cue has: all of them, as its file says."""
    answer = browser.get(f"{url}{'&' if '?' in url else '?'}format=csv")
    assert answer.status_code == 200, url
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    assert text.startswith("\ufeff"), url
    return len(list(csv.reader(StringIO(text)))) - 1


@pytest.mark.parametrize("role", ROLES)
def test_everybody_starts_where_the_rights_point(world, sign_in, role):
    browser = sign_in(role)
    user = User.objects.get(username=f"door-{role}".lower())
    assert workplace_of(user) == ROLES[role]
    assert browser.get("/").status_code == 200
    user.workplace = User.Workplace.WAREHOUSE
    assert workplace_of(user) == "warehouse"


@pytest.mark.parametrize("role", ["CLERK", "SALES-MANAGER", "ACCOUNTANT", "WAREHOUSE"])
def test_a_cue_counts_what_its_list_shows(busy, sign_in, role):
    browser = sign_in(role)
    user = User.objects.get(username=f"door-{role}".lower())
    counted = 0
    for label, cue in cues_of(centre(user)).items():
        path = urlsplit(cue.url).path
        if path.startswith(("/reports/", "/approvals/")) or "days" in label:
            assert browser.get(cue.url).status_code == 200, label
            continue
        assert rows_of_list(browser, cue.url) == cue.value, label
        counted += 1
    assert counted >= 4


def test_what_the_clerk_sees(busy, sign_in):
    sign_in("CLERK")
    cues = cues_of(centre(User.objects.get(username="door-clerk")))
    assert {label: cue.value for label, cue in cues.items()} == {
        "Quotes open": 2,
        "Orders open": 3,
        "Ready to ship": 4,
        "Partly shipped": 1,
        "Delayed": 2,
        "Average days delayed": D(10),
        "Return orders open": 1,
        "Credit memos open": 1,
        "Requests sent": 0,
        "Posting runs with errors": 0,
        "Posting runs in queue": 1,
    }
    assert (cues["Delayed"].band, str(cues["Delayed"].band_word)) == (ATTENTION, "Look at it")
    assert (cues["Average days delayed"].band, str(cues["Average days delayed"].band_word)) == (
        URGENT,
        "Urgent",
    )
    assert cues["Quotes open"].band_word == ""


def test_what_the_accountant_sees(busy, sign_in):
    sign_in("ACCOUNTANT")
    cues = cues_of(centre(User.objects.get(username="door-accountant")))
    assert cues["Shipped, not invoiced"].value == 3
    assert cues["Overdue"].value == overdue_total(on=TODAY) == D("125.00")
    assert cues["Invoices due this week"].value == 1
    assert cues["Payments not applied"].value == 1
    assert cues["General ledger"].figure == "In balance"


def test_what_the_manager_sees(busy, sign_in):
    """Sales are those of the revenue accounts since the first of the month, less nothing of a year ago."""
    sign_in("SALES-MANAGER")
    cues = cues_of(centre(User.objects.get(username="door-sales-manager")))
    booked = GLEntry.objects.filter(
        posting_date__range=(date(2026, 3, 1), TODAY), account__number__startswith="4"
    )
    assert cues["Sales so far"].value == -sum(entry.amount for entry in booked) == D("300.00")
    assert cues["Same days last year"].value == 0
    assert cues["Quotes that end this week"].value == 1


def test_what_the_warehouse_sees(busy, sign_in):
    sign_in("WAREHOUSE")
    cues = cues_of(centre(User.objects.get(username="door-warehouse")))
    assert cues["Returns to receive"].value == 1
    assert cues["Items below zero"].value == 1
    assert cues["Delayed"].value == 2


def test_a_page_of_the_warehouse_names_no_amounts(busy, sign_in):
    page = sign_in("WAREHOUSE").get("/").content.decode()
    assert "EUR" not in page and "Overdue" not in page


@pytest.mark.parametrize("role", ["CLERK", "WAREHOUSE"])
@pytest.mark.parametrize("show", ["all", "until", "delayed"])
def test_a_bar_opens_the_orders_behind_it(busy, sign_in, role, show):
    browser = sign_in(role)
    user = User.objects.get(username=f"door-{role}".lower())
    chart = centre(user, period="month", show=show).question.chart
    bars = [(row.label, cell) for row in chart.rows for cell in row.cells if cell.text not in ("", "0")]
    assert bars
    for label, cell in bars:
        assert rows_of_list(browser, cell.url) == int(cell.text), (label, cell.url)


def test_the_chart_can_be_seen_in_other_ways(busy, sign_in):
    """Amounts by week; every way is a link, and nonsense in the address is the usual way."""
    browser = sign_in("CLERK")
    user = User.objects.get(username="door-clerk")
    usual = centre(user).question
    assert [choice.label for _label, choices in usual.choices for choice in choices if choice.is_chosen] == [
        "Day",
        "All orders",
        "Number",
    ]
    assert centre(user, period="'; drop", show="\0").question.chart == usual.chart
    amounts = centre(user, period="week", value="amount").question.chart
    open_orders = SalesDocument.objects.orders().filter(order_date__gte=date(2025, 12, 15)).with_totals()
    shown = sum(D(cell.text.replace(",", "")) for row in amounts.rows for cell in row.cells if cell.text)
    assert shown == sum(order.total_amount for order in open_orders)
    for _label, choices in usual.choices:
        for choice in choices:
            asked = dict(parse_qsl(choice.url.removeprefix("?")))
            assert set(asked) == {"period", "show", "value"}
            assert browser.get(f"/{choice.url}").status_code == 200


def test_too_many_orders_are_counted_and_not_added_up(busy, sign_in, monkeypatch):
    from erp.views.role_centres import sales_facts

    monkeypatch.setattr(sales_facts, "TO_ADD_UP", 2)
    sign_in("CLERK")
    question = centre(User.objects.get(username="door-clerk"), value="amount").question
    assert "their number is shown" in question.note
    assert question.chart.unit == "orders"


def test_what_is_owed_by_age_is_what_the_report_says(busy, world):
    assert owed(TODAY) == list(aged_receivables(on=TODAY, period="30D").totals)


def test_insights(busy, sign_in):
    best = best_customer(date(2026, 3, 1), TODAY)
    assert (best.name, best.amount) == ("Adatum", D("300.00"))
    assert largest_order().amount == D("1200.00")
    page = sign_in("CLERK").get("/").content.decode()
    assert "Best customer of the month: Adatum, 300 EUR." in page
    assert "Largest of the new orders" in page


def test_days_delayed_are_those_of_the_earliest_late_line(world):
    assert average_days_delayed(TODAY) is None
    adatum, bicycle = world.customer("Adatum"), world.item("BICYCLE", stock=10, cost=1, price=2)
    for late in (4, 10):
        world.order(adatum, on=TODAY - timedelta(days=late)).sells(1, bicycle).release()
    assert average_days_delayed(TODAY) == 7


@pytest.mark.parametrize(
    ("value", "band"), [(None, NORMAL), (0, NORMAL), (1, ATTENTION), (9, ATTENTION), (10, URGENT)]
)
def test_bands(value, band):
    assert Bands(attention=1, urgent=10).of(value) == band


def test_spans_end_with_the_one_that_today_is_in():
    assert [(span.first, span.last) for span in spans("quarter", TODAY)][-2:] == [
        (date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 3, 31)),
    ]
    assert [span.first for span in spans("week", TODAY)][-1] == TODAY
    assert len(spans("day", TODAY)) == 14
    assert spans("day", TODAY)[-1].as_filter == "2026-03-02"


def test_a_minute_old_is_good_enough(busy, sign_in, settings):
    """What was counted for one is shown to the next, until the minute is over."""
    from django.core.cache import cache

    settings.CUES_KEPT = 60
    cache.clear()
    browser = sign_in("CLERK")
    user = User.objects.get(username="door-clerk")
    before = cues_of(centre(user))["Quotes open"].value
    busy.quote(busy.customer("Contoso")).sells(1, "BICYCLE")
    assert cues_of(centre(user))["Quotes open"].value == before
    cache.clear()
    assert cues_of(centre(user))["Quotes open"].value == before + 1
    assert browser.get("/").status_code == 200
    cache.clear()


def test_where_one_was_last(world, sign_in):
    browser = sign_in("CLERK")
    user = User.objects.get(username="door-clerk")
    assert "Documents and cards that you open stand here." in browser.get("/").content.decode()
    remember(user, kind="customer", number="C1", title="Adatum", url="/customers/C1/", at=world.at())
    page = browser.get("/").content.decode()
    assert '<a href="/customers/C1/">C1</a>' in page
