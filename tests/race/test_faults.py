"""The database gives up in the middle of a posting: people are told with a code, nothing is half done, and where it
is safe the machine tries again by itself.
"""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from erp.kernel.models import OutboxMessage
from posting.models import GLEntry
from sales.models import PostingJob, SalesDocument, SalesInvoice
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import schedule
from tests.support.faults import commit_without_answer, nobody_there, posting_breaks
from tests.world import TODAY, nine_o_clock
from tests.world.api import Api, api, company_url

__all__ = ["api", "company_url"]

pytestmark = pytest.mark.django_db(transaction=True)

POST = "Microsoft.NAV.shipAndInvoice"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(nine_o_clock(TODAY), tick=False):
        yield


@pytest.fixture
def bicycle(transactional_db, world):
    return world.item("BICYCLE", stock=100, cost=60)


@pytest.fixture
def order(world, bicycle) -> SalesDocument:
    return world.order(world.customer("Adatum")).sells(1, bicycle, at=100).release().document


@pytest.fixture
def browser(world) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(world.by)
    return browser


def press_post(browser: Client, order: SalesDocument, key: str = "click"):
    typed = {"do": "post", "what": "ship_and_invoice", "posting_date": "2026-03-02", "idempotency_key": key}
    return browser.post(reverse("sales:document-post", args=[order.type, order.number]), typed)


def ask_to_post(api: Api, order: SalesDocument, **headers):
    return api.post(f"salesOrders({order.uuid})/{POST}", **headers)


def test_a_fault_that_stays_is_told_with_a_code(world, order, browser, api):
    """Page and API say the same; not an entry is written and not a number used up. Later the same click posts."""
    entries, messages = GLEntry.objects.count(), OutboxMessage.objects.count()
    for state, status, code in (
        ("40001", 409, "E-DB-BUSY"),
        ("40P01", 409, "E-DB-BUSY"),
        ("57014", 409, "E-DB-BUSY"),
        ("53100", 503, "E-DB-FULL"),
        ("53200", 503, "E-DB-FULL"),
        ("53300", 503, "E-DB-AWAY"),
        ("", 503, "E-DB-LOST"),
    ):
        with posting_breaks(state):
            page = press_post(browser, order)
            told = ask_to_post(api, order, Idempotency_Key="K")
        assert (page.status_code, told.status_code) == (status, status), state
        assert code in page.content.decode() and told.body["error"]["details"][0]["code"] == code, state
        assert (GLEntry.objects.count(), OutboxMessage.objects.count()) == (entries, messages), state
    with nobody_there():
        page = press_post(browser, order)
    assert page.status_code == 503 and "E-DB-AWAY" in page.content.decode()

    assert press_post(browser, order).status_code == 302
    assert SalesInvoice.objects.get().number.endswith("00001")
    world.check()


def test_a_fault_that_passes_is_not_noticed(world, bicycle, browser, api):
    """Deadlocks and broken connections, at the page, the API and in the job queue: posted all the same, once."""
    customer = world.customer("Adatum")
    orders = [world.order(customer).sells(1, bicycle, at=100).release().document for _order in range(5)]
    with posting_breaks("40P01", times=2):
        assert press_post(browser, orders[0]).status_code == 302
    with posting_breaks("40001", times=1):
        assert ask_to_post(api, orders[1]).status_code == 204
    with posting_breaks("", times=1):
        assert press_post(browser, orders[2], key="once more").status_code == 302
    schedule([orders[3]], by=world.by, at=world.at())
    with posting_breaks("40P01", times=1):
        assert post_next_job(at=world.at()).status == PostingJob.Status.POSTED
    with posting_breaks("40P01", times=3):
        assert press_post(browser, orders[4], key="too often").status_code == 409
    numbers = SalesInvoice.objects.order_by("number").values_list("number", flat=True)
    assert [int(number[-5:]) for number in numbers] == [1, 2, 3, 4]
    world.check()


def test_a_commit_without_an_answer(world, order, bicycle, browser, api):
    """Nobody hears whether it went through. With a key that is found out; without one the caller is told to look."""
    with commit_without_answer("sales_salesinvoice") as lost:
        page = press_post(browser, order)
    assert lost and page.status_code == 302
    first = SalesInvoice.objects.get()
    assert page.url == reverse("sales:posted", args=["invoice", first.number])

    other = world.order(first.bill_to_customer).sells(1, bicycle, at=100).release().document
    with commit_without_answer("sales_salesinvoice") as lost:
        told = ask_to_post(api, other)
    assert lost and told.status_code == 503
    assert told.body["error"]["details"][0]["code"] == "E-DB-LOST"
    assert SalesInvoice.objects.count() == 2
    assert ask_to_post(api, other).status_code in (404, 409)
    assert SalesInvoice.objects.count() == 2
    world.check()
