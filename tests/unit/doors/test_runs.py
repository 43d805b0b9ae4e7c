"""Posting many documents from a list, the pages of runs, the queue on a document's page, and the command."""

from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from customers.models import Customer
from sales.models import PostingJob, PostingRun, SalesDocument, SalesInvoice
from sales.routines.run_jobs import post_next_job
from sales.tasks import post_queued

LIST = reverse("sales:documents", args=["order"])
OPTIONS = reverse("sales:documents-post", args=["order"])


@pytest.fixture(autouse=True)
def quiet():
    """No broker."""
    with patch.object(post_queued, "apply_async"):
        yield


@pytest.fixture
def orders(shop) -> list[SalesDocument]:
    return [shop.order(1).document for _place in range(3)]


def post_selected(browser, *orders: SalesDocument, **typed):
    numbers = [order.number for order in orders]
    typed = {"what": "ship_and_invoice", "do": "post"} | typed
    return browser.post(OPTIONS, {"chosen": numbers, **typed})


def text_of(answer) -> str:
    return answer.content.decode()


def test_documents_are_chosen_on_the_list_and_posted(orders, browser):
    shown = text_of(browser.get(LIST))
    assert shown.count('name="chosen"') == 3 and "Post selected" in shown
    chosen = {"chosen": [orders[2].number, orders[0].number]}
    options = text_of(browser.get(OPTIONS, chosen))
    assert options.index(orders[2].number) < options.index(orders[0].number)
    assert orders[1].number not in options

    answer = post_selected(browser, orders[2], orders[0])
    run = PostingRun.objects.get()
    assert answer.url == reverse("sales:run", args=[run.uuid])
    assert (run.requested_by.username, run.in_background) == ("door-all", False)
    assert [invoice.order_no for invoice in SalesInvoice.objects.order_by("id")] == [
        orders[2].number,
        orders[0].number,
    ]
    page = browser.get(answer.url)
    shown = text_of(page)
    assert "All were posted" in shown and "2 / 2" in shown and "Refresh" not in page
    for invoice in SalesInvoice.objects.all():
        assert reverse("sales:posted", args=["invoice", invoice.number]) in shown
    assert answer.url in text_of(browser.get(reverse("sales:runs")))


def test_the_page_of_a_run_looks_again_while_it_is_not_finished(orders, browser):
    answer = post_selected(browser, *orders, in_background="on")
    page = browser.get(answer.url)
    assert page["Refresh"] == "3" and "Running" in text_of(page)
    assert "Scheduled for Posting" in text_of(browser.get(LIST))
    assert post_queued() == 3
    page = browser.get(answer.url)
    assert "Refresh" not in page and "All were posted" in text_of(page)


def test_many_documents_go_to_the_background_by_themselves(shop, browser):
    many = [shop.order(1).document for _place in range(11)]
    post_selected(browser, *many)
    assert PostingRun.objects.get().in_background
    assert not SalesInvoice.objects.exists()


def test_what_failed_is_told_and_tried_again(shop, orders, browser):
    blocked = shop.world.customer("Fabrikam")
    bad = shop.world.order(blocked).sells(1, shop.bicycle).document
    Customer.objects.filter(pk=blocked.pk).update(blocked="all")
    answer = post_selected(browser, bad, orders[0])
    shown = text_of(browser.get(answer.url))
    assert "E-CU-BLOCK" in shown and "Not all were posted" in shown and "1 / 1" not in shown
    document = text_of(browser.get(reverse("sales:document", args=["order", bad.number])))
    assert "E-CU-BLOCK" in document and "Try again" in document
    assert "Error" in text_of(browser.get(LIST))

    Customer.objects.update(blocked="")
    again = browser.post(f"{answer.url}retry/", {"idempotency_key": "again"})
    assert browser.post(f"{answer.url}retry/", {"idempotency_key": "again"}).url == again.url
    assert PostingRun.objects.count() == 2
    assert post_queued() == 1
    assert SalesInvoice.objects.filter(order_no=bad.number).exists()
    nothing = browser.post(f"{answer.url}retry/", follow=True)
    assert "Nothing of this run is left" in text_of(nothing)


def test_a_double_click_makes_one_run(orders, browser):
    for _click in range(2):
        post_selected(browser, *orders, idempotency_key="once")
    assert PostingRun.objects.count() == 1
    assert SalesInvoice.objects.count() == 3


def test_replacing_dates_needs_a_date(orders, browser):
    answer = post_selected(browser, *orders, replace_posting_date="on")
    assert answer.status_code == 422 and "E-BATCH-NODATE" in text_of(answer)
    assert text_of(answer).count('name="chosen"') == 3
    assert browser.get(OPTIONS).status_code == 422
    assert "E-RUN-EMPTY" in text_of(post_selected(browser))


def test_of_several_only_the_first_is_previewed(orders, browser):
    answer = browser.post(
        OPTIONS, {"chosen": [order.number for order in orders], "what": "ship", "do": "preview"}, follow=True
    )
    assert answer.redirect_chain[0][0].startswith(
        reverse("sales:document-preview", args=["order", orders[0].number])
    )
    assert f"Only Order {orders[0].number} is previewed." in text_of(answer)
    assert not PostingRun.objects.exists()


@pytest.mark.parametrize(
    ("role", "what", "status"),
    [
        ("CLERK", "ship", 403),
        ("WAREHOUSE", "ship", 302),
        ("WAREHOUSE", "ship_and_invoice", 403),
        ("ACCOUNTANT", "invoice", 302),
        ("SALES-MANAGER", "ship_and_invoice", 302),
    ],
)
def test_roles_post_together_what_they_may_post_alone(orders, sign_in, role, what, status):
    assert post_selected(sign_in(role), *orders, what=what).status_code == status


def test_who_may_not_post_is_not_offered_to_post(orders, sign_in):
    assert "Post selected" not in text_of(sign_in("CLERK").get(LIST))


def test_a_document_is_posted_in_the_background_from_its_page(orders, browser):
    order = orders[0]
    page = reverse("sales:document", args=["order", order.number])
    typed = {"what": "ship_and_invoice", "do": "queue", "qty_to_ship-10000": "1"}
    answer = browser.post(f"{page}post/", typed, follow=True)
    assert f"Order {order.number} was scheduled for posting." in text_of(answer)
    assert "Scheduled for Posting" in text_of(answer)
    again = browser.post(f"{page}post/", typed)
    assert again.status_code == 422 and "E-QUEUED" in text_of(again)

    removed = browser.post(f"{page}queue/remove/", follow=True)
    assert "is out of the job queue" in text_of(removed)
    assert "E-NOT-QUEUED" in text_of(browser.post(f"{page}queue/remove/"))


def test_the_set_up_may_post_everything_in_the_background(shop, orders, browser):
    shop.world.sales_setup(post_in_background=True)
    order = orders[0]
    page = reverse("sales:document", args=["order", order.number])
    browser.post(f"{page}post/", {"what": "ship", "do": "post", "posting_date": "2026-03-05"})
    job = PostingJob.objects.get()
    assert (job.status, job.run.ship, job.run.invoice) == ("waiting", True, False)
    assert post_next_job(at=job.run.requested_at).status == "posted"
    order.refresh_from_db()
    assert str(order.posting_date) == "2026-03-05"
    assert (
        "checked"
        in text_of(browser.get(OPTIONS, {"chosen": order.number})).split('name="in_background"')[1][:60]
    )


def test_another_day_is_confirmed_on_the_page(shop, orders, browser):
    shop.world.sales_setup(posting_date_check=True)
    page = reverse("sales:document", args=["order", orders[0].number])
    typed = {"what": "ship_and_invoice", "do": "post", "posting_date": "2026-03-05"}
    asked = browser.post(f"{page}post/", typed)
    assert asked.status_code == 200 and "Post all the same?" in text_of(asked)
    assert 'name="confirmed_date"' in text_of(asked)
    assert browser.post(f"{page}post/", typed | {"confirmed_date": "no"}).url == page
    assert not SalesInvoice.objects.exists()
    browser.post(f"{page}post/", typed | {"confirmed_date": "yes"})
    assert str(SalesInvoice.objects.get().posting_date) == "2026-03-05"


class TestCommand:
    def run(self, *words: object) -> tuple[str, str]:
        said, told = StringIO(), StringIO()
        call_command("post_batch", *map(str, words), stdout=said, stderr=told)
        return said.getvalue(), told.getvalue()

    def test_documents_are_posted_in_the_order_named(self, orders):
        said, _told = self.run("order", orders[1].number, orders[0].number)
        first, second = said.splitlines()
        assert first.startswith(f"Order {orders[1].number}: posted ")
        assert second.startswith(f"Order {orders[0].number}: posted ")
        assert SalesInvoice.objects.count() == 2

    def test_all_that_are_released(self, shop, orders):
        with pytest.raises(CommandError, match="no released order"):
            self.run("order", "--all-released")
        shop.order(1).release()
        self.run("order", "--all-released", "--ship")
        assert PostingJob.objects.count() == 1
        assert not SalesInvoice.objects.exists()

    def test_failures_are_told_and_end_the_command_with_an_error(self, orders):
        Customer.objects.update(blocked="all")
        told = StringIO()
        numbers = [order.number for order in orders[:2]]
        with pytest.raises(CommandError, match="2 of 2 documents were not posted"):
            call_command("post_batch", "order", *numbers, stdout=StringIO(), stderr=told)
        assert "[E-CU-BLOCK]" in told.getvalue()

    def test_the_posting_may_be_left_to_the_job_queue(self, orders):
        said, _told = self.run("order", *(order.number for order in orders), "--background")
        assert "3 documents were scheduled for posting." in said
        assert not SalesInvoice.objects.exists()

    def test_documents_or_all_of_them(self, orders):
        for words in (["order"], ["order", orders[0].number, "--all-released"]):
            with pytest.raises(CommandError, match="Name documents"):
                self.run(*words)
        with pytest.raises(CommandError, match="needs a posting date"):
            self.run("order", orders[0].number, "--replace-posting-date")
