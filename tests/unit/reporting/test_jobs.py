"""Reports made in the background: asked for, cancelled, killed, finished, forgotten."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from openpyxl import load_workbook

from erp.kernel.models import Notice, OutboxMessage
from reporting import files
from reporting.errors import ReportIsOver, ReportIsRunning, TooManyReports
from reporting.models import ReportJob
from reporting.routines import run as running
from reporting.routines.request import cancel_report, repeat_report, request_report
from reporting.routines.run import SILENCE, mind_reports, run_report
from tests.unit.reporting.test_aged_receivables import invoice_of
from tests.world import TODAY

Status = ReportJob.Status
ASKED = {"start": "2026-03-01", "end": "2026-03-31"}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def asked(world):
    """Somebody asks for the sales by customer."""

    def ask(key="sales-by-customer", *, by=None, format="xlsx", **parameters) -> ReportJob:
        return request_report(
            key,
            title="Sales by customer",
            parameters=parameters or ASKED,
            format=format,
            language="en",
            on=TODAY,
            by=by or world.by,
            at=world.at(),
        )

    return ask


@pytest.fixture
def run(world):
    """A worker takes a report."""
    return lambda job: run_report(str(job.uuid), clock=world.at)


def test_a_report_is_made_and_who_asked_is_told(world, asked, run):
    """The request leaves with the transaction; the file is the one that the page would give."""
    invoice_of(world, world.customer("Adatum", number="C1"), 400, on=date(2026, 3, 2))
    job = asked()
    assert OutboxMessage.objects.filter(topic="reporting.report.requested", key=str(job.uuid)).count() == 1

    job = run(job)
    assert (job.status, job.progress, job.rows) == (Status.FINISHED, 100, 1)
    assert job.expires_at == world.at() + timedelta(days=30)
    sheet = load_workbook(BytesIO(job.file.read())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:3] == ("C1", "Adatum", 400)
    assert rows[2][0] == "Total" and rows[2][2] == 400
    notice = Notice.objects.get(user=world.by)
    assert (notice.message, notice.url) == ("Sales by customer is ready.", f"/reports/inbox/{job.uuid}/")


def test_two_workers_make_it_once(world, asked, run):
    """The outbox delivers at least once, and the sweep may nudge as well."""
    job = asked()
    assert run(job) is not None
    assert run(job) is None
    assert Notice.objects.count() == 1


def test_three_of_a_user_ten_of_the_company(world, asked, run):
    for _turn in range(3):
        first = asked()
    with pytest.raises(TooManyReports, match="3 reports are running already"):
        asked()
    others = [world.user(f"reader-{place}") for place in range(3)]
    for place in range(7):
        asked(by=others[place // 3])
    with pytest.raises(TooManyReports, match="10 reports"):
        asked(by=world.user("late"))
    run(first)
    asked(by=world.user("in-time"))


def test_one_that_waits_is_cancelled_at_once(world, asked, run):
    job = cancel_report(asked(), at=world.at())
    assert job.status == Status.CANCELLED
    assert run(job) is None
    with pytest.raises(ReportIsOver):
        cancel_report(job, at=world.at())


def test_one_that_runs_is_cancelled_within_500_rows_and_leaves_no_file(
    world, asked, run, monkeypatch, tmp_path
):
    """The user cancels while it is being written."""
    job = asked()
    looks = []

    def cancel_meanwhile(*what, **options):
        tick = options["tick"]
        cancel_report(job, at=world.at())
        looks.append("looked")
        tick(files.STEP)
        raise AssertionError("it went on")

    monkeypatch.setattr(running.files, "write", cancel_meanwhile)
    job = run(job)
    assert looks == ["looked"]
    assert (job.status, bool(job.file)) == (Status.CANCELLED, False)
    assert list(tmp_path.rglob("*.xlsx")) == []
    assert not Notice.objects.exists()


def test_progress_is_told_every_500_rows(world, asked, run, monkeypatch):
    job = asked()
    told = []

    def watch(report, outcome, format, *, tick, **rest):
        for rows in (500, 1000):
            tick(rows)
            job.refresh_from_db()
            told.append((job.status, job.rows, job.progress))
        raise AssertionError("seen enough")

    monkeypatch.setattr(running.files, "write", watch)
    ReportJob.objects.filter(pk=job.pk).update(expected=0)
    assert run(job).status == Status.FAILED
    assert [rows for _status, rows, _progress in told] == [500, 1000]
    assert {status for status, _rows, _progress in told} == {Status.RUNNING}


def test_a_killed_worker_leaves_nothing_half_done(world, asked, run):
    """It says nothing for five minutes: the report waits again, and another worker makes it."""
    job = asked()
    ReportJob.objects.filter(pk=job.pk).update(status=Status.RUNNING, attempt=1, seen_at=world.at())
    assert mind_reports(at=world.at() + SILENCE - timedelta(seconds=1)) == []
    assert mind_reports(at=world.at() + SILENCE + timedelta(seconds=1)) == [str(job.uuid)]
    job = run(job)
    assert (job.status, job.attempt) == (Status.FINISHED, 2)


def test_a_worker_that_was_thought_dead_does_not_win(world, asked, run, monkeypatch):
    """While it writes, another has taken the report: what it made is thrown away."""
    job = asked()
    write = files.write

    def slow(*what, **options):
        ReportJob.objects.filter(pk=job.pk).update(attempt=2)
        return write(*what, **options)

    monkeypatch.setattr(running.files, "write", slow)
    job = run(job)
    assert (job.status, bool(job.file)) == (Status.RUNNING, False)


def test_what_kills_three_workers_fails(world, asked):
    job = asked()
    ReportJob.objects.filter(pk=job.pk).update(status=Status.RUNNING, attempt=3, seen_at=world.at())
    assert mind_reports(at=world.at() + 2 * SILENCE) == []
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert Notice.objects.get(user=world.by).level == "error"


def test_what_fails_says_why_and_can_be_run_again(world, asked, run):
    """The customer of a statement is gone: the reason stands on the job and in the notice."""
    job = run(asked("customer-statement", customer="C99", **ASKED))
    assert job.status == Status.FAILED
    assert "There is no customer C99" in job.error
    world.customer("Adatum", number="C99")
    again = repeat_report(job, by=world.by, at=world.at())
    with pytest.raises(ReportIsRunning):
        repeat_report(again, by=world.by, at=world.at())
    assert run(again).status == Status.FINISHED


def test_rights_are_those_of_when_it_is_made(world, asked, run):
    """A manager asks, and is a clerk before a worker comes to it."""
    manager = world.user("manager", role="SALES-MANAGER")
    job = asked(by=manager)
    manager.groups.set(Group.objects.filter(name="CLERK"))
    job = run(job)
    assert job.status == Status.FAILED and "may not see it" in job.error


def test_after_thirty_days_the_file_goes(world, asked, run, tmp_path):
    run(asked())
    assert len(list(tmp_path.rglob("*.xlsx"))) == 1
    mind_reports(at=world.at() + timedelta(days=29))
    assert len(list(tmp_path.rglob("*.xlsx"))) == 1
    mind_reports(at=world.at() + timedelta(days=31))
    assert list(tmp_path.rglob("*.xlsx")) == []
    assert not ReportJob.objects.get().file


@pytest.mark.parametrize("format", ["csv", "xlsx", "pdf"])
def test_every_report_can_be_made_in_every_format(world, asked, run, format):
    from reporting.catalogue import REPORTS

    invoice_of(world, world.customer("Adatum", number="C1"), 400, on=date(2026, 3, 2))
    world.order(world.customer("Contoso", number="C2")).sells(
        1, world.item("BICYCLE", stock=2, cost=1, price=2)
    )
    for key in REPORTS:
        job = run(
            asked(key, format=format, customer="C1", **ASKED)
            if "statement" in key
            else asked(key, format=format, **ASKED)
        )
        assert job.status == Status.FINISHED, (key, job.error)
