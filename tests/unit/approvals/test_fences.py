"""What the database itself refuses, and what it writes down."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from approvals.models import ApprovalDecision, ApprovalEntry, ApprovalRun, ApprovalUser
from erp.kernel.models import ChangeLogEntry
from tests.world.office import Office


@pytest.fixture
def office(world):
    office = Office(world)
    office.workflow()
    return office


@pytest.mark.parametrize(
    "values",
    [
        {"unlimited_sales": True, "sales_amount_limit": 5},
        {"is_administrator": True},
        {"approver_id": "self"},
        {"substitute_id": "self"},
    ],
)
def test_a_set_up_that_makes_no_sense(office, values):
    key = office.rows["clara"].pk
    values = {name: key if value == "self" else value for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalUser.objects.filter(pk=key).update(**values)


def test_decisions_and_comments_stay(office):
    run = office.send(office.order(9_000), comment="Please")
    for table in ("approvals_approvaldecision", "approvals_approvalcomment"):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table}")
    assert ApprovalDecision.objects.filter(run=run).exists()


def test_a_document_is_asked_about_once_at_a_time(office):
    run = office.send(office.order(9_000))
    run.pk, run.uuid = None, "11111111-1111-1111-1111-111111111111"
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)
    assert ApprovalRun.objects.count() == 1


def test_every_state_of_a_question_is_logged(office):
    run = office.send(office.order(9_000))
    office.approve(run, "mira")
    entry = office.entry(run, "mira")
    logged = ChangeLogEntry.objects.filter(
        table="approvals_approvalentry", field="status", record_key__contains=str(entry.pk)
    )
    assert ("open", "approved") in set(logged.values_list("before", "after"))
    assert ApprovalEntry.objects.get(pk=entry.pk).status == "approved"
