"""Runs that post document after document: durable together, told together."""

import os
import signal
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from erp.kernel import outbox
from erp.kernel.durability import durable_together
from inventory.models import Item
from sales.models import PostingJob, SalesInvoice
from sales.routines import run_jobs
from sales.routines.post import post
from sales.routines.post_side_by_side import post_side_by_side, processes_for
from sales.routines.run_jobs import post_run
from sales.routines.schedule import schedule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def orders(transactional_db, world):
    item = world.item(stock=10, cost=60)
    customer = world.customer()
    return [world.order(customer).sells(1, item, at=100).release() for _order in range(3)]


def post_now(world, order):
    return post(order.document, by=world.by, at=world.at(), ship=True, invoice=True)


def test_a_run_nudges_the_relay_once(world, orders, monkeypatch):
    """Three orders in one run, six messages, one nudge, and by then everything is committed."""
    seen = []
    nudged = lambda **_how: seen.append(PostingJob.objects.filter(status="posted").count())  # noqa: E731
    monkeypatch.setattr(outbox.relay_outbox, "apply_async", nudged)
    run = schedule([order.document for order in orders], by=world.by, at=world.at(), in_background=False)
    seen.clear()
    cache.delete(outbox.ON_ITS_WAY)
    post_run(run, clock=world.at)
    assert seen == [3]
    run.refresh_from_db()
    assert run.finished_at is not None
    world.check()


def test_commits_that_are_made_durable_together(world, orders):
    """Within the block no commit waits for the disk, after it all are there, and the connection is as it was."""

    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()[0]

    def flushed() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", [written])
            return cursor.fetchone()[0]

    before = setting()
    with pytest.raises(RuntimeError), durable_together():
        assert setting() == "off"
        for order in orders:
            post_now(world, order)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            (written,) = cursor.fetchone()
        raise RuntimeError("the run breaks off")
    assert setting() == before
    assert flushed()
    with transaction.atomic(), durable_together():
        assert setting() == before  # one commit, and not here


@pytest.fixture
def many(transactional_db, world):
    """A run of twelve orders, of which the fourth sells what was blocked meanwhile."""
    items = [world.item(f"ITEM-{place}", stock=10, cost=60) for place in range(4)]
    customers = [world.customer(f"Customer {place}") for place in range(2)]
    orders = [
        world.order(customers[place % 2]).sells(1, items[3 if place == 3 else place % 3], at=100).release()
        for place in range(12)
    ]
    Item.objects.filter(pk=items[3].pk).update(blocked=True)
    documents = [order.document for order in orders]
    return schedule(documents, by=world.by, at=world.at(), in_background=False)


def numbers() -> list[int]:
    return sorted(int(number[-5:]) for number in SalesInvoice.objects.values_list("number", flat=True))


def test_several_processes_share_a_run(world, many):
    """Each document is posted once, the invoices have no gap, and what fails is told as ever."""
    post_side_by_side(many, clock=world.at, processes=3)
    jobs = list(many.jobs.order_by("place"))
    assert [job.place for job in jobs if job.status == "failed"] == [jobs[3].place]
    assert "ITEM-3" in jobs[3].problems[0]["message"]
    assert sorted(int(job.money_no[-5:]) for job in jobs if job.money_no) == numbers() == list(range(1, 12))
    many.refresh_from_db()
    assert many.finished_at is not None
    world.check()


def test_what_a_process_that_died_has_left_is_posted_in_the_end(world, many, monkeypatch, tmp_path):
    """One of three is killed in the middle of a posting."""
    dead = tmp_path / "dead"
    here, real = os.getpid(), run_jobs.post

    def deadly(*given, **how):
        posted = real(*given, **how)
        if os.getpid() != here and _is_first(dead):
            os.kill(os.getpid(), signal.SIGKILL)
        return posted

    monkeypatch.setattr(run_jobs, "post", deadly)
    post_side_by_side(many, clock=world.at, processes=3)
    assert dead.exists()
    assert many.jobs.filter(status="posted").count() == 11
    assert numbers() == list(range(1, 12))
    many.refresh_from_db()
    assert many.finished_at is not None
    world.check()


def _is_first(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def test_few_documents_are_not_worth_a_second_process(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert [processes_for(documents) for documents in (1, 39, 40, 1000)] == [1, 1, 2, 2]
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert processes_for(1000) == 8
