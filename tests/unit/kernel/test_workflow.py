"""Transitions: every move from every status, and its trace."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from django.db import models

from erp.kernel.errors import Problem, ProblemsFound, WrongStatus, raise_problems
from erp.kernel.models import TransitionLog, User
from erp.kernel.workflow import history_of, may_start, transition
from tests.support.models import Paper

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
Status = Paper.Status


@transition(source={Status.OPEN, Status.PENDING}, target=Status.RELEASED)
def release(paper: Paper, *, by: User, at: datetime, note: str = "released") -> None:
    if paper.note == "broken":
        raise_problems(paper, [Problem("E-REL-NOTHING", "Nothing to release.")])
    paper.note = note
    paper.save(update_fields=["note"])


@transition(source=Status.RELEASED, target=Status.OPEN)
def reopen(paper: Paper, *, by: User, at: datetime) -> None:
    """No work but the move."""


@transition(source=Status.OPEN, target=(Status.PENDING, Status.RELEASED))
def submit(paper: Paper, *, by: User, at: datetime) -> str:
    return Status.PENDING if paper.note == "large" else Status.RELEASED


@transition(source=Status.OPEN, target=Status.RELEASED)
def submit_and_release(paper: Paper, *, by: User, at: datetime) -> None:
    submit(paper, by=by, at=at)


@pytest.fixture
def clerk():
    return User.objects.create(username="clerk")


def paper(status: str = Status.OPEN, **values) -> Paper:
    return Paper.objects.create(number="1001", status=status, **values)


@pytest.mark.parametrize(
    ("move", "allowed", "target"),
    [
        (release, {Status.OPEN, Status.PENDING}, Status.RELEASED),
        (reopen, {Status.RELEASED}, Status.OPEN),
        (submit, {Status.OPEN}, Status.RELEASED),
    ],
)
@pytest.mark.parametrize("status", Status)
def test_every_move_from_every_status(clerk, move, allowed, target, status):
    before = paper(status)
    assert may_start(move, before) == (status in allowed)
    if status in allowed:
        assert move(before, by=clerk, at=AT).status == Paper.objects.get().status == target
    else:
        with pytest.raises(WrongStatus):
            move(before, by=clerk, at=AT)
        assert Paper.objects.get().status == status
        assert not TransitionLog.objects.exists()


def test_a_move_leaves_a_trace(clerk):
    moved = release(paper(), by=clerk, at=AT, note="checked")
    reopen(moved, by=None, at=AT)
    first, second = history_of(moved)
    assert (first.subject, first.subject_id, first.number) == ("testsupport.paper", moved.pk, "1001")
    assert (first.verb, first.from_status, first.to_status, first.by, first.at) == (
        "release", "open", "released", clerk, AT,
    )  # fmt: skip
    assert (second.verb, second.from_status, second.to_status, second.by) == (
        "reopen",
        "released",
        "open",
        None,
    )
    assert Paper.objects.get().note == "checked"


def test_a_refusal_names_the_document_its_status_and_what_was_expected(clerk):
    with pytest.raises(WrongStatus) as caught:
        reopen(paper(), by=clerk, at=AT)
    assert caught.value.status == 409
    assert caught.value.message == "paper 1001 is Open; it must be Released."
    Paper.objects.update(status=Status.RELEASED)
    with pytest.raises(WrongStatus, match="it must be Open / Pending Approval"):
        release(Paper.objects.get(), by=clerk, at=AT)


def test_the_status_in_the_database_counts(clerk):
    """Somebody else released it since this copy was read."""
    stale = paper()
    Paper.objects.update(status=Status.RELEASED, note="theirs")
    with pytest.raises(WrongStatus):
        release(stale, by=clerk, at=AT)
    assert stale.status == Status.OPEN
    assert reopen(stale, by=clerk, at=AT).note == "theirs"


def test_a_refused_move_undoes_everything(clerk):
    with pytest.raises(ProblemsFound, match="Nothing to release"):
        release(paper(note="broken"), by=clerk, at=AT)
    assert Paper.objects.get().status == Status.OPEN
    assert not TransitionLog.objects.exists()


def test_the_routine_may_choose_where_to_go(clerk):
    assert submit(paper(note="large"), by=clerk, at=AT).status == Status.PENDING


def test_only_what_was_promised_may_be_chosen(clerk):
    @transition(source=Status.OPEN, target=(Status.PENDING, Status.RELEASED))
    def lose(paper, *, by, at):
        return "lost"

    with pytest.raises(Exception, match="lost"):
        lose(paper(), by=clerk, at=AT)
    assert Paper.objects.get().status == Status.OPEN


def test_moves_within_moves(clerk):
    moved = submit_and_release(paper(), by=clerk, at=AT)
    assert moved.status == Status.RELEASED
    assert [log.verb for log in history_of(moved)] == ["submit", "submit_and_release"]


def test_nobody_sets_the_status_by_hand(clerk):
    by_hand = paper()
    with pytest.raises(AttributeError):
        by_hand.status = Status.RELEASED


def test_a_transition_asks_who_and_when():
    with pytest.raises(TypeError, match="by"):

        @transition(source=Status.OPEN, target=Status.RELEASED)
        def hurry(paper):
            """Nobody knows who."""

    with pytest.raises(TypeError):
        release(Paper(number="1"), at=AT)


def test_the_trace_stays():
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        TransitionLog.objects.all().delete()
        TransitionLog.objects.update(verb="x")


def test_a_move_costs_three_statements_and_its_savepoint(clerk, django_assert_num_queries):
    moving = paper()
    with django_assert_num_queries(5):
        submit(moving, by=clerk, at=AT)


def test_two_threads_read_again_at_the_same_time(monkeypatch):
    """Both find the status protected, the first begins, the second is done: the first may still set it."""
    first_looked, second_looked, first_reads, second_is_done = Event(), Event(), Event(), Event()
    outcomes: dict[str, object] = {}
    look = Paper._get_protected_fsm_fields

    def look_together(paper: Paper) -> set[str]:
        found = look(paper)
        if paper.number == "first":
            first_looked.set()
            second_looked.wait(0.3)
        else:
            second_looked.set()
            first_reads.wait(0.3)
        return found

    def read(paper: Paper) -> None:
        if paper.number == "first":
            first_reads.set()
            second_is_done.wait(0.3)
        paper.status = Status.RELEASED

    monkeypatch.setattr(Paper, "_get_protected_fsm_fields", look_together)
    monkeypatch.setattr(models.Model, "refresh_from_db", read)

    def run(number: str) -> None:
        paper = Paper(number=number)
        try:
            paper.refresh_from_db()
            outcomes[number] = paper.status
        except AttributeError as error:
            outcomes[number] = error
        if number == "second":
            second_is_done.set()

    threads = [Thread(target=run, args=[number]) for number in ("first", "second")]
    threads[0].start()
    assert first_looked.wait(10)
    threads[1].start()
    for thread in threads:
        thread.join(10)
    assert outcomes == {"first": Status.RELEASED, "second": Status.RELEASED}


def test_a_status_stays_protected_after_a_failed_reading():
    paper = Paper(pk=0, number="gone")
    with pytest.raises(Paper.DoesNotExist):
        paper.refresh_from_db()
    with pytest.raises(AttributeError, match="Direct status modification"):
        paper.status = Status.RELEASED
