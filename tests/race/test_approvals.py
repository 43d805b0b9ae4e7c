"""Two people answer at the same moment: one of them decides, the other hears of it."""

import pytest

from approvals.errors import NotOpen, NotPending
from approvals.models import ApprovalDecision, ApprovalRun
from erp.kernel.errors import ErpError, ProblemsFound
from sales.models import SalesDocument
from tests.support.races import race
from tests.world.office import Office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db, world):
    return Office(world)


def quiet(step, *args, **values):
    """A runner that answers nothing, or with why it was refused."""

    def run() -> None:
        step(*args, **values)

    return run


def test_the_approver_and_the_administrator_press_at_once(office):
    """One yes is written, and the order is released once."""
    office.workflow()
    order = office.order(9_000)
    run = office.send(order)
    told = race(
        quiet(office.approve, run, "mira"),
        quiet(office.approve, run, "ivan", of="mira"),
        quiet(office.approve, run, "mira"),
    )
    assert sorted(type(each).__name__ for each in told) == ["NoneType", "NotPending", "NotPending"]
    assert (
        ApprovalDecision.objects.filter(run=run, verb="approved", by__username__in=["mira", "ivan"]).count()
        == 1
    )
    assert order.document.status == "released"


def test_two_of_a_group_say_the_last_yes_together(office):
    """Both count; the second one releases the order."""
    office.workflow(group={"agnes": 1, "mira": 1})
    order = office.order(9_000)
    run = office.send(order)
    assert race(quiet(office.approve, run, "agnes"), quiet(office.approve, run, "mira")) == [None] * 2
    assert office.asked(run) == [("agnes", "approved"), ("mira", "approved")]
    assert order.document.status == "released"


def test_it_is_approved_or_taken_back_but_not_both(office):
    office.workflow()
    for _time in range(3):
        order = office.order(9_000)
        run = office.send(order)
        told = race(
            lambda run=run: office.approve(run, "mira") and None,
            lambda run=run: office.cancel(run, "clara") and None,
        )
        assert sorted(type(each).__name__ for each in told) == ["NoneType", "NotPending"]
        run.refresh_from_db()
        state = (run.status, order.document.status)
        assert state in (("approved", "released"), ("canceled", "open"))


def test_two_clerks_send_the_same_order(office):
    """One request; the second clerk hears that it is pending."""
    office.workflow()
    order = office.order(50_000)
    told = race(quiet(office.send, order), quiet(office.send, order, "noor"))
    assert sum(each is None for each in told) == 1
    refused = next(each for each in told if each is not None)
    assert isinstance(refused, ErpError) and refused.code == "E-APR-PENDING"
    assert ApprovalRun.objects.count() == 1


def test_sending_and_releasing_do_not_both_happen(office):
    """Under a workflow release is refused, whoever is faster; what was sent is pending."""
    office.workflow()
    order = office.order(9_000)
    told = race(quiet(office.send, order), quiet(order.release))
    assert told[0] is None
    assert isinstance(told[1], ProblemsFound) or told[1].code == "E-STATUS"
    assert SalesDocument.objects.get(pk=order.key).status == "pending_approval"


def test_delegated_while_it_is_approved(office):
    """Either Mira's yes counts, or Noor is asked; never both."""
    office.workflow()
    run = office.send(office.order(9_000))
    told = race(quiet(office.approve, run, "mira"), quiet(office.delegate, run, "mira"))
    run.refresh_from_db()
    if run.status == "approved":
        assert isinstance(told[1], NotPending | NotOpen)
    else:
        assert told[1] is None and told[0].code == "E-APR-NOTASKED"
        assert office.entry(run, "noor").status == "open"
