"""An order that is too large for the clerk: sent, approved by the manager, released; in a real browser."""

import pytest
from playwright.sync_api import expect

from sales.models import SalesDocument
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check
from tests.world.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(company):
    office = Office(company)
    office.workflow()
    return office


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_sent_approved_and_released(office, new_page, scripts):
    """Clara sends an order over 9,000. Mira finds it under her approvals and says yes on the order. Clara sees it
    released."""
    order = office.order(9_000)
    look = {"java_script_enabled": scripts, "viewport": {"width": 1440, "height": 900}}
    clerk, manager = new_page(**look), new_page(**look)
    log_in(clerk, "clara")
    clerk.goto(f"/sales/order/{order.number}/")
    expect(clerk.get_by_role("button", name="Release")).to_have_count(0)
    if scripts:
        clerk.keyboard.press("Control+Alt+a")
    else:
        clerk.get_by_role("button", name="Send for approval").click()
    expect(clerk.get_by_text("Pending Approval").first).to_be_visible()
    expect(clerk.get_by_role("button", name="Cancel approval request")).to_be_visible()

    log_in(manager, "mira")
    manager.get_by_role("link", name="Approvals").first.click()
    manager.get_by_role("link", name=f"Order {order.number}").click()
    panel = manager.get_by_role("region", name="Approval")
    panel.get_by_label("Comment").fill("Fine, they pay in time")
    panel.get_by_role("button", name="Approve").click()
    expect(manager.get_by_text("Released").first).to_be_visible()

    clerk.reload()
    expect(clerk.get_by_text("Released").first).to_be_visible()
    clerk.get_by_role("link", name="All that was done and said").click()
    expect(clerk.get_by_text("Fine, they pay in time")).to_be_visible()
    assert SalesDocument.objects.get(pk=order.key).status == "released"


def test_many_at_once_and_one_comes_back(office, page):
    """Mira rejects two requests together; without a reason neither is, with one both are."""
    runs = [office.send(office.order(9_000)) for _place in range(2)]
    log_in(page, "mira")
    page.goto("/approvals/")
    for run in runs:
        page.get_by_label(run.title).check()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why you reject")
    page.get_by_label("Comment").fill("Margin too low")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("status").first).to_contain_text("rejected")
    expect(page.get_by_text("Nobody is waiting for your approval.")).to_be_visible()
    assert set(SalesDocument.objects.values_list("status", flat=True)) == {"open"}


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_pages_fit_and_are_accessible(office, new_page, size, scheme):
    pending, rejected = office.order(9_000), office.order(75_000)
    run = office.send(pending, comment="They pay on Friday")
    office.reject(office.send(rejected), "mira", "Margin too low")
    office.send(office.order(8_000), "zoe")
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "mira")
    for name, address in {
        "approvals": "/approvals/",
        "sent": "/approvals/sent/",
        "request": f"/approvals/{run.uuid}/",
        "pending order": f"/sales/order/{pending.number}/",
        "rejected order": f"/sales/order/{rejected.number}/",
    }.items():
        page.goto(address)
        _check(page, name)
