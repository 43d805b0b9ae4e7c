"""# Posting many documents, and in the background

A posting run is a list of documents with one instruction: what to post, and on which day. Each is posted by itself;
what fails is told and does not hold up the rest. Runs are posted at once, or by the job queue while people work on.
"""

from datetime import date, timedelta
from decimal import Decimal as D
from unittest.mock import patch

import pytest

from customers.models import Customer
from erp.kernel.errors import ErpError
from erp.kernel.models import OutboxMessage, TransitionLog
from inventory.models import InventorySetup, Item
from posting.models import GeneralLedgerSetup, GeneralPostingSetup
from sales.models import (
    CustomerInvoiceDiscount,
    PostingJob,
    PostingRun,
    SalesDocument,
    SalesInvoice,
    SalesLine,
    SalesShipment,
    UserSalesSetup,
)
from sales.plans.jobs import as_problems, scheduled
from sales.routines.delete import delete
from sales.routines.post import post, preview
from sales.routines.remove_from_queue import remove_from_queue
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import schedule
from sales.selectors import job_states


def hand_over(world, *stories, **asked) -> PostingRun:
    """Schedule documents in this order; at once unless the story says in the background."""
    asked = {"in_background": False, "by": world.by, "at": world.at()} | asked
    return schedule([story.document for story in stories], **asked)


def work_off(world, run: PostingRun | None = None, *, at=None) -> list[PostingJob]:
    """Post until nothing is left; the jobs in the order in which they were posted."""
    done = []
    while (job := post_next_job(at=at or world.at(), run=run)) is not None:
        done.append(job)
    return done


def outcome(run: PostingRun) -> list[tuple[str, list[str]]]:
    """Status and codes of every job of a run."""
    jobs = run.jobs.order_by("place")
    return [(job.status, [problem.code for problem in as_problems(job.problems)]) for job in jobs]


def codes(step, *args, **values) -> list[str]:
    with pytest.raises(ErpError) as caught:
        step(*args, **values)
    return [problem.code for problem in caught.value.problems]


# Many at once


def test_a_run_posts_in_list_order_and_what_fails_does_not_stop_the_rest(world):
    """Three orders in the order of the clerk's list. The second one's customer is blocked; the other two are posted,
    and the log says what became of each."""
    item = world.item(stock=10, cost=60)
    fabrikam = world.customer("Fabrikam")
    third, second, first = (
        world.order(customer).sells(1, item, at=100)
        for customer in (world.customer("Adatum"), fabrikam, world.customer("Contoso"))
    )
    Customer.objects.filter(pk=fabrikam.pk).update(blocked="all")
    run = hand_over(world, first, second, third)
    jobs = work_off(world, run)

    # In the order of the list, not of the documents' numbers.
    assert [job.document_no for job in jobs] == [first.number, second.number, third.number]
    assert outcome(run) == [("posted", []), ("failed", ["E-CU-BLOCK"]), ("posted", [])]
    invoices = SalesInvoice.objects.order_by("number")
    assert [invoice.order_no for invoice in invoices] == [first.number, third.number]
    assert [jobs[0].money_no, jobs[2].money_no] == [invoice.number for invoice in invoices]
    assert jobs[0].goods_no == SalesShipment.objects.get(order_no=first.number).number

    # What was posted is gone, what failed is as it was.
    assert first.is_done and third.is_done
    assert second.document.status == "open"
    assert jobs[0].document is None and jobs[1].document == second.document
    run.refresh_from_db()
    assert run.finished_at == world.at()
    world.check()


def test_a_run_may_stop_at_the_first_error(world):
    """The clerk wants to know at once: after the first failure the rest is left alone and can be posted later."""
    item, adatum = world.item(stock=10, cost=60), world.customer()
    orders = [world.order(adatum).sells(1, item, at=100) for _place in range(3)]
    orders[0].changes(qty_to_ship=D(0), qty_to_invoice=D(0))
    run = hand_over(world, *orders, stop_at_first_error=True)
    assert len(work_off(world, run)) == 1
    assert outcome(run) == [
        ("failed", ["E-POST-NOTHING"]),
        ("removed", ["E-RUN-STOPPED"]),
        ("removed", ["E-RUN-STOPPED"]),
    ]
    assert not SalesInvoice.objects.exists()
    assert orders[1].post()


def test_what_a_run_posts_of_each_document(world):
    """Only goods leave: orders are shipped; an invoice among them is posted whole all the same."""
    item, adatum = world.item(stock=10, cost=60), world.customer()
    order = world.order(adatum).sells(2, item, at=100)
    invoice = world.sales_invoice(adatum).sells(1, item, at=100)
    run = hand_over(world, order, invoice, invoice=False)
    shipped, invoiced = work_off(world, run)
    assert (shipped.goods_no != "", shipped.money_no) == (True, "")
    assert shipped.document == order.document
    assert invoiced.money_no != "" and invoiced.document is None
    assert codes(hand_over, world, order, ship=False, invoice=False) == ["E-POST-FLAG"]
    world.check()


def test_a_run_may_replace_the_dates(world):
    """Written in March, posted as of February: the run's day becomes posting and document date, and the due date
    follows. Without a day there is nothing to replace them by."""
    item, adatum = world.item(stock=10, cost=60, on=date(2026, 2, 1)), world.customer()
    order = world.order(adatum, document_date=date(2026, 3, 1)).sells(1, item, at=100)
    february = date(2026, 2, 27)
    for wish in ("replace_posting_date", "replace_document_date"):
        assert codes(hand_over, world, order, **{wish: True}) == ["E-BATCH-NODATE"]
    assert not PostingRun.objects.exists()

    run = hand_over(
        world, order, posting_date=february, replace_posting_date=True, replace_document_date=True
    )
    work_off(world, run)
    invoice = SalesInvoice.objects.get()
    assert (invoice.posting_date, invoice.document_date) == (february, february)
    assert invoice.due_date == date(2026, 3, 29)
    world.check()


def test_a_day_that_replaces_nothing_fills_what_is_blank(world):
    """One order has no posting date and takes the run's; the other keeps its own."""
    item, adatum = world.item(stock=10, cost=60), world.customer()
    dated = world.order(adatum, posting_date=date(2026, 3, 3)).sells(1, item, at=100)
    world.sales_setup(default_posting_date="no_date")
    blank = world.order(adatum).sells(1, item, at=100)
    work_off(world, hand_over(world, dated, blank, posting_date=date(2026, 3, 9)))
    days = SalesInvoice.objects.order_by("id").values_list("posting_date", flat=True)
    assert list(days) == [date(2026, 3, 3), date(2026, 3, 9)]


def test_a_new_day_brings_a_new_exchange_rate(world):
    """100.00 USD were worth 80.00 EUR when the order was released and are worth 100.00 EUR on the day of the run: the
    order is reopened around the new rate, released again, and posted at it."""
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    world.rate("USD", 100, 100, on=date(2026, 3, 10))
    export = world.customer("Northwind", group="EXPORT", currency="USD")
    order = world.order(export).sells(1, world.item(stock=2, cost=60), at=100).release()
    assert order.document.currency_factor == D("1.25")

    run = hand_over(world, order, posting_date=date(2026, 3, 10), replace_posting_date=True)
    work_off(world, run)
    assert outcome(run) == [("posted", [])]
    assert world.balance(export) == D("100.00")
    moves = TransitionLog.objects.filter(subject_id=order.key).order_by("id")
    assert list(moves.values_list("verb", flat=True)) == ["release", "reopen", "release"]
    world.check()


def test_a_run_may_calculate_invoice_discounts_first(world):
    """2 % from 500.00 on; the set-up leaves it to the clerk, who asks the run for it. A released order gets it too."""
    item, adatum = world.item(stock=20, cost=60), world.customer()
    CustomerInvoiceDiscount.objects.create(code="ADATUM", minimum_amount=500, discount_percent=2)
    order = world.order(adatum).sells(6, item, at=100).release()
    work_off(world, hand_over(world, order, calc_invoice_discount=True))
    invoice = SalesInvoice.objects.get()
    assert (invoice.inv_discount_amount, invoice.amount) == (D("12.00"), D("588.00"))
    assert invoice.amount_including_vat == D("735.00")
    world.check()


def test_what_cannot_be_posted_is_told_as_its_outcome(world):
    """Of four documents one waits for approval, one is a quote, and one waits in the queue: the fourth is posted."""
    item, adatum = world.item(stock=10, cost=60), world.customer()
    pending, queued, good = (world.order(adatum).sells(1, item, at=100) for _place in range(3))
    quote = world.quote(adatum).sells(1, item, at=100)
    SalesDocument.objects.filter(pk=pending.key).update(status="pending_approval")
    hand_over(world, queued, in_background=True)
    run = hand_over(world, pending, quote, queued, good)
    work_off(world, run)
    assert outcome(run) == [
        ("failed", ["E-POST-APPROVAL"]),
        ("failed", ["E-POST-TYPE"]),
        ("failed", ["E-QUEUED"]),
        ("posted", []),
    ]


def test_writing_a_run_takes_as_many_queries_for_fifty_orders_as_for_two(
    world, django_assert_max_num_queries
):
    item, adatum = world.item(stock=100, cost=1), world.customer()
    orders = [world.order(adatum).sells(1, item, at=1).release() for _place in range(50)]
    documents = [order.document for order in orders]
    with django_assert_max_num_queries(9):
        schedule(documents, by=world.by, at=world.at())


# In the background


def test_an_order_is_posted_in_the_background(world):
    """The clerk posts with the job queue: the order is released and protected at once, and posted a moment later."""
    order = world.order(world.customer()).sells(2, world.item(stock=10, cost=60), at=100)
    run = hand_over(world, order, in_background=True)
    note = scheduled(run.jobs.all())
    assert (note.code, note.message) == ("W-QUEUED", f"Order {order.number} was scheduled for posting.")
    assert order.document.status == "released"
    assert job_states([order.key])[order.key].get_status_display() == "Scheduled for Posting"

    # While it waits nobody else posts it, reopens it, or hands it over again.
    assert codes(hand_over, world, order, in_background=True) == ["E-QUEUED"]
    assert codes(order.post) == ["E-QUEUED"]
    assert codes(order.reopen) == ["E-QUEUED"]
    assert preview(order.document, by=world.by, at=world.at()).problems == []

    # The queue is told through the outbox, after the commit.
    assert OutboxMessage.objects.filter(topic="sales.posting.scheduled", key=str(run.uuid)).exists()
    (job,) = work_off(world)
    assert job.status == "posted"
    assert SalesInvoice.objects.get().number == job.money_no
    assert order.is_done and job_states([order.key]) == {}
    world.check()


def test_a_document_is_taken_out_of_the_queue(world):
    """It stays released and can be posted by hand; taking it out twice is one time too many."""
    order = world.order(world.customer()).sells(2, world.item(stock=10, cost=60), at=100)
    run = hand_over(world, order, in_background=True)
    remove_from_queue(order.document, by=world.by, at=world.at())
    assert outcome(run) == [("removed", [])]
    assert codes(remove_from_queue, order.document, by=world.by, at=world.at()) == ["E-NOT-QUEUED"]
    assert work_off(world) == []
    run.refresh_from_db()
    assert run.finished_at is not None
    assert order.reopen().release().post()
    world.check()


def test_what_fails_in_the_background_is_shown_and_tried_again(world):
    """There is too little in stock: the order is as it was, with the reason beside it. After a receipt it is handed
    over once more; what failed stays in the books of the first run."""
    bicycle = world.item("BICYCLE", stock=1, cost=240, prevent_negative_inventory="yes")
    order = world.order(world.customer()).sells(2, bicycle, at=400)
    run = hand_over(world, order, in_background=True)
    work_off(world)
    assert outcome(run) == [("failed", ["E-STOCK-INSUFFICIENT"])]
    assert job_states([order.key])[order.key].status == "failed"
    assert not SalesShipment.objects.exists()

    world.receive(1, bicycle, at=240)
    hand_over(world, order, in_background=True)
    work_off(world)
    assert order.is_done
    assert list(PostingJob.objects.order_by("id").values_list("status", flat=True)) == ["failed", "posted"]
    world.check()


def test_what_failed_may_be_posted_by_hand(world):
    """The outcome of the run stays, though the order is gone."""
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=60), at=100)
    Customer.objects.update(blocked="all")
    run = hand_over(world, order)
    work_off(world, run)
    Customer.objects.update(blocked="")
    order.post()
    job = run.jobs.get()
    assert (job.status, job.document, job.document_no) == ("failed", None, order.number)


def test_a_single_document_that_cannot_be_released_is_refused_at_once(world):
    """Nobody has to look into a queue to learn that the order has no lines."""
    empty = world.order(world.customer())
    assert codes(hand_over, world, empty, in_background=True) == ["E-REL-NOTHING"]
    assert not PostingRun.objects.exists()
    assert empty.document.status == "open"


def test_a_document_that_went_meanwhile_is_told(world):
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=60), at=100)
    run = hand_over(world, order)
    delete(order.document, by=world.by, at=world.at())
    work_off(world, run)
    assert outcome(run) == [("failed", ["E-DOC-GONE"])]


def test_a_job_whose_worker_died_is_taken_up_again(world):
    """The row says "Posting" and nobody holds it: nothing was posted yet, so a minute later the next worker does it."""
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=60), at=100)
    run = hand_over(world, order, in_background=True)
    PostingJob.objects.update(status="posting", started_at=world.at())
    assert work_off(world) == []
    work_off(world, at=world.at() + timedelta(minutes=1))
    assert outcome(run) == [("posted", [])]
    assert SalesInvoice.objects.count() == 1


def test_a_run_whose_process_died_is_everybodys_after_a_while(world):
    """A run that a command was posting is left to it; when a quarter of an hour later something still waits, the job
    queue goes on where the command stopped."""
    item, adatum = world.item(stock=5, cost=60), world.customer()
    run = hand_over(world, *(world.order(adatum).sells(1, item, at=100) for _place in range(2)))
    post_next_job(at=world.at(), run=run)
    assert work_off(world) == []
    assert len(work_off(world, at=world.at() + timedelta(minutes=16))) == 1
    assert outcome(run) == [("posted", []), ("posted", [])]


def test_an_error_that_nobody_foresaw_is_an_outcome_too(world):
    """Nothing is posted, the queue goes on with the next document, and the log of the worker has the details."""
    item, adatum = world.item(stock=5, cost=60), world.customer()
    orders = [world.order(adatum).sells(1, item, at=100) for _place in range(2)]
    run = hand_over(world, *orders, in_background=True)
    with patch("sales.routines.run_jobs.post", side_effect=[ZeroDivisionError, None]):
        post_next_job(at=world.at())
    work_off(world)
    assert outcome(run) == [("failed", ["E-POST-BROKE"]), ("posted", [])]
    assert SalesInvoice.objects.count() == 1
    assert orders[0].document.status == "released"


def test_the_queue_posts_as_whoever_asked_for_it(world):
    """A user who may not post invoices cannot do it through the queue either."""
    UserSalesSetup.objects.create(user=world.by, invoice_posting_policy="prohibited")
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=60), at=100)
    run = hand_over(world, order, in_background=True)
    work_off(world)
    assert outcome(run) == [("failed", ["E-POST-POLICY"])]


# On another day than today


def test_another_day_than_today_is_confirmed(world):
    """With Posting Date Check on Posting an order of the 28th of February, posted on the 2nd of March, asks first."""
    world.sales_setup(posting_date_check=True)
    item, adatum = world.item(stock=5, cost=60, on=date(2026, 2, 1)), world.customer()
    order = world.order(adatum, posting_date=date(2026, 2, 28)).sells(1, item, at=100)
    asked = {"by": world.by, "at": world.at(), "ship": True, "invoice": True}
    assert codes(post, order.document, **asked) == ["Q-POST-DATEWORK"]
    assert order.document.status == "open"
    assert preview(order.document, by=world.by, at=world.at()).problems == []
    assert post(order.document, **asked, confirmed_date=True).invoice.posting_date == date(2026, 2, 28)

    # What is posted on the day itself is not asked about.
    today = world.order(adatum).sells(1, item, at=100)
    assert post(today.document, **asked).invoice
    world.check()


def test_nobody_is_asked_in_a_run(world):
    """There another day is an error: of one document at once, of several as its outcome. The day on which a run was
    asked for counts, not the one on which the queue gets round to it."""
    world.sales_setup(posting_date_check=True)
    item, adatum = world.item(stock=5, cost=60, on=date(2026, 2, 1)), world.customer()
    late = world.order(adatum, posting_date=date(2026, 2, 28)).sells(1, item, at=100)
    today = world.order(adatum).sells(1, item, at=100)
    assert codes(hand_over, world, late, in_background=True) == ["E-POST-DATEWORK"]
    run = hand_over(world, late, today, in_background=True)
    work_off(world, at=world.at() + timedelta(days=1))
    assert outcome(run) == [("failed", ["E-POST-DATEWORK"]), ("posted", [])]


# What is wrong comes out at once, in one order


def test_everything_that_is_wrong_with_an_order_comes_out_in_one_order(world):
    """Nearly nothing fits: the total is negative, the head is incomplete, the day is closed, the clerk may not invoice,
    the customer is blocked, nothing leaves complete, the item is blocked, an account is missing, so is a series."""
    world.sales_setup(external_document_no_mandatory=True, posted_invoice_nos="")
    item = world.item(stock=20, cost=1)
    order = world.order(world.customer(), shipping_advice="complete")
    order.sells(2, item, at=10).sells(-3, item, at=50).changes(1, qty_to_ship=D(1)).release()
    SalesDocument.objects.update(document_date=None, due_date=None)
    GeneralLedgerSetup.objects.update(allow_posting_from=date(2026, 3, 3))
    UserSalesSetup.objects.create(user=world.by, invoice_posting_policy="prohibited")
    Customer.objects.update(blocked="invoice")
    Item.objects.update(blocked=True)
    GeneralPostingSetup.objects.filter(gen_bus_posting_group__code="DOMESTIC").update(sales_account=None)
    with pytest.raises(ErpError) as caught:
        order.post()
    found = [(problem.code, problem.field) for problem in caught.value.problems]
    assert list(dict.fromkeys(code for code, _field in found)) == [
        "E-POST-NEGATIVE",
        "E-TF",
        "E-GL-DATE",
        "E-POST-POLICY",
        "E-CU-BLOCK",
        "E-POST-COMPLETE",
        "E-ITEM-BLOCKED",
        "E-POSTING-SETUP",
    ]
    fields = [field for code, field in found if code == "E-TF"]
    assert fields == ["document_date", "due_date", "posted_invoice_nos", "external_document_no"]


def test_an_order_that_cannot_be_released_says_so_with_everything_else(world):
    """The day is closed, and a line has no location: the clerk learns of both, once each."""
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=1), at=10)
    GeneralLedgerSetup.objects.update(allow_posting_from=date(2026, 3, 3))
    InventorySetup.objects.update(location_mandatory=True)
    assert codes(order.post) == ["E-GL-DATE", "E-LOCATION-REQUIRED"]
    assert order.document.status == "open"


def test_neither_ship_nor_invoice_is_one_of_several_problems(world):
    order = world.order(world.customer()).sells(1, world.item(stock=5, cost=1), at=10)
    GeneralLedgerSetup.objects.update(allow_posting_from=date(2026, 3, 3))
    found = codes(post, order.document, by=world.by, at=world.at())
    assert found == ["E-GL-DATE", "E-POST-FLAG"]
    assert SalesLine.objects.get().quantity_shipped == 0
