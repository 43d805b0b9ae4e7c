"""The job queue with several workers, with one that is killed, and with a real Celery worker."""

import threading
import time
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection, connections, transaction

from erp.celery import app
from sales.errors import LinesLocked
from sales.models import PostingJob, SalesDocument, SalesInvoice, SalesShipment
from sales.routines import run_jobs
from sales.routines.remove_from_queue import remove_from_queue
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import schedule
from tests.race.stages import JOBS
from tests.support.kills import KILLED, run_and_kill
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(transactional_db, world):
    """Six orders over ten pieces of one item, of two customers."""
    item = world.item(stock=10, cost=60)
    customers = [world.customer("Adatum"), world.customer("Fabrikam")]
    return [world.order(customers[place % 2]).sells(1, item, at=100) for place in range(6)]


def hand_over(world, *orders, **asked):
    return schedule([order.document for order in orders], by=world.by, at=world.at(), **asked)


def worker(world, done: list):
    """Takes jobs as long as there are any."""

    def run():
        while (job := post_next_job(at=world.at())) is not None:
            done.append(job.document_no)

    return run


def test_workers_share_the_queue_and_post_every_document_once(world, orders):
    """Six runs of one order each, and three workers: six invoices without a gap, each order once."""
    for order in orders:
        hand_over(world, order)
    done = [[], [], []]
    assert race(*(worker(world, mine) for mine in done), seconds=60) == [None] * 3
    worker(world, done[0])()
    assert sorted(number for mine in done for number in mine) == sorted(order.number for order in orders)
    numbers = sorted(SalesInvoice.objects.values_list("number", flat=True))
    assert [int(number[-5:]) for number in numbers] == list(range(1, 7))
    assert set(PostingJob.objects.values_list("status", flat=True)) == {"posted"}
    world.check()


def test_a_job_that_somebody_looks_at_is_posted_all_the_same(world, orders, monkeypatch):
    """Who looks for a job holds for a moment one that another worker has just taken: that one waits, and posts."""
    hand_over(world, orders[0])
    looked_at, lock = threading.Event(), run_jobs._lock

    def look():
        with transaction.atomic():
            PostingJob.objects.select_for_update().get()
            looked_at.set()
            assert until_somebody_waits()

    def lock_later(taken):
        looker.start()
        assert looked_at.wait(10)
        return lock(taken)

    looker = threading.Thread(target=in_its_own_connection(look), daemon=True)
    monkeypatch.setattr(run_jobs, "_lock", lock_later)
    assert post_next_job(at=world.at()).status == "posted"
    looker.join(10)
    assert SalesInvoice.objects.count() == 1
    world.check()


def in_its_own_connection(work):
    def run():
        try:
            work()
        finally:
            connections.close_all()

    return run


def until_somebody_waits() -> bool:
    """Whether another transaction came to wait for this one, within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False


def test_one_run_is_posted_in_its_order_however_many_workers_there_are(world, orders):
    """While one worker posts the first order the other does not begin with the second."""
    run = hand_over(world, *reversed(orders))
    race(worker(world, []), worker(world, []), seconds=60)
    worker(world, [])()
    jobs = run.jobs.order_by("place")
    assert [job.document_no for job in jobs] == [order.number for order in reversed(orders)]
    assert [int(job.money_no[-5:]) for job in jobs] == list(range(1, 7))
    run.refresh_from_db()
    assert run.finished_at is not None
    world.check()


def test_a_document_is_handed_over_once(world, orders):
    """Two clerks press Post at the same moment: one job, and the other hears that it is scheduled already."""

    def clerk():
        hand_over(world, orders[0])

    refused = [outcome for outcome in race(clerk, clerk) if outcome is not None]
    assert [error.code for error in refused] == ["E-QUEUED"]
    assert PostingJob.objects.count() == 1


def test_taking_out_of_the_queue_and_posting_at_once(world, orders):
    """Whoever comes first wins: the order is posted, or it stays; never both."""
    hand_over(world, orders[0])

    def clerk():
        remove_from_queue(SalesDocument.objects.get(pk=orders[0].key), by=world.by, at=world.at())

    race(clerk, worker(world, []))
    job = PostingJob.objects.get()
    assert job.status in ("posted", "removed")
    assert orders[0].is_done == (job.status == "posted")
    assert SalesInvoice.objects.count() == (job.status == "posted")
    world.check()


def kill_worker(world, stage: str, minutes: int) -> None:
    at = world.at() + timedelta(minutes=minutes)
    assert run_and_kill(lambda: post_next_job(at=at), stage=JOBS[stage]) == KILLED


def test_a_killed_worker_leaves_the_job_to_the_next(world, orders):
    """Killed at every stage in turn: until the commit nothing is posted, after it the order is, and not once more."""
    order = orders[0]
    hand_over(world, order)
    for minutes, stage in enumerate(JOBS):
        if stage == "committed":
            continue
        kill_worker(world, stage, minutes)
        assert PostingJob.objects.get().status == "posting", stage
        assert SalesInvoice.objects.count() == SalesShipment.objects.count() == 0, stage
        with pytest.raises(LinesLocked):
            order.changes(unit_price=1)
    kill_worker(world, "committed", len(JOBS))
    job = PostingJob.objects.get()
    assert (job.status, job.money_no) == ("posted", SalesInvoice.objects.get().number)
    assert job.money_no.endswith("00001")
    worker(world, [])()
    assert SalesInvoice.objects.count() == 1
    world.check()


def test_a_celery_worker_posts_what_is_handed_over(world, orders):
    """From the commit through the outbox and the broker to the posted invoice, without anybody asking again."""
    app.set_default()
    with start_worker(app, pool="solo", perform_ping_check=False, queues=[app.conf.task_default_queue]):
        run = hand_over(world, *orders[:2])
        deadline = time.monotonic() + 30
        while run.jobs.pending().exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    connections.close_all()
    assert list(run.jobs.values_list("status", flat=True)) == ["posted", "posted"]
    assert SalesInvoice.objects.count() == 2
    world.check()
