from datetime import date, datetime

from django.db import transaction

from approvals import subjects
from approvals.errors import AlreadyPending, NothingToApprove, NoWorkflow
from approvals.fitting import first_fit
from approvals.models import ApprovalEntry, ApprovalRun, Workflow
from approvals.plans.chain import Asked, Question, plan_chain
from approvals.routines.asking import RunStatus, Status, Verb, cleaned, due_on, end, note, open_next, people
from approvals.selectors import approval_setup, enabled_workflows, name_of
from approvals.subjects import Facts
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems


@needs("approvals.request_approval")
@transaction.atomic
def request(subject: str, key: int, *, by, at: datetime, on: date, comment: str = "") -> ApprovalRun:
    """Send a document for approval: the first who are asked get a notice, and nobody changes it meanwhile.

    subject  the name under which its room registered it, with the document's key
    on       the day of the request, from which due dates count

    raises   Gone, AlreadyPending, NothingToApprove, NoWorkflow; ProblemsFound: what its room finds, and E-APR-USER,
             E-APR-NOBODY, E-APR-LOOP, E-APR-GROUP, E-APR-OWN, E-APR-SALESPERSON, E-APR-INACTIVE where nobody can be
             asked. Then nothing is written and the document stays open

    Where the sender's own limit is enough the request is approved, and the document let go, at once.
    """
    kind = subjects.get(subject)
    document = kind.lock(key)
    comment = cleaned(comment)
    if ApprovalRun.objects.filter(subject=subject, subject_id=key, status=RunStatus.PENDING).exists():
        raise AlreadyPending(document=document)
    raise_problems(document, kind.check(document))
    kind.prepare(document, by=by, at=at)
    facts = kind.facts(document)
    if facts.is_empty:
        raise NothingToApprove(document=facts.title)
    workflow = first_fit(enabled_workflows(subject, facts.type), facts)
    if workflow is None:
        raise NoWorkflow(document=facts.title)
    chain = plan_chain(_question(workflow, facts, by), people())
    raise_problems(document, chain.problems)

    run = _write_run(subject, workflow, facts, by=by, at=at)
    entries = _write_entries(run, chain.asked, by=by, at=at, on=on)
    note(run, Verb.SENT, by=by, at=at, comment=comment)
    for entry in entries:
        if entry.status == Status.APPROVED:
            note(run, Verb.APPROVED, by=by, at=at, entry=entry)
    kind.on_requested(document, by=by, at=at)
    if not open_next(run, entries, by=by, at=at, on=on):
        end(run, RunStatus.APPROVED, at=at)
        kind.on_approved(document, by=by, at=at)
    return run


def _question(workflow: Workflow, facts: Facts, by) -> Question:
    wants_salesperson = workflow.approver_type == "salesperson"
    wants_group = workflow.approver_type == "group"
    return Question(
        document=facts.title,
        amount_lcy=facts.amount_lcy,
        sender=by.pk,
        sender_name=name_of(by),
        approver_type=workflow.approver_type,
        limit_type=workflow.limit_type,
        salesperson_code=facts.salesperson_code,
        salespeople=tuple(facts.salespeople()) if wants_salesperson else (),
        members=tuple(workflow.members.values_list("sequence", "user_id")) if wants_group else (),
        specific=workflow.approver_id,
        strict=approval_setup().forbid_self_approval,
    )


def _write_run(subject: str, workflow: Workflow, facts: Facts, *, by, at: datetime) -> ApprovalRun:
    return ApprovalRun.objects.create(
        subject=subject,
        subject_id=facts.key,
        document_type=facts.type,
        document_no=facts.number,
        title=facts.title,
        party_no=facts.party_no,
        party_name=facts.party_name,
        salesperson_code=facts.salesperson_code,
        currency_code=facts.currency_code,
        amount=facts.amount,
        amount_lcy=facts.amount_lcy,
        available_credit=facts.credit() if workflow.over_credit_limit else None,
        workflow=workflow,
        workflow_code=workflow.code,
        approver_type=workflow.approver_type,
        limit_type=workflow.limit_type,
        quorum=workflow.quorum,
        due_date_formula=workflow.due_date_formula,
        delegate_after=workflow.delegate_after,
        sender=by,
        sent_at=at,
    )


def _write_entries(
    run: ApprovalRun, asked: list[Asked], *, by, at: datetime, on: date
) -> list[ApprovalEntry]:
    due = due_on(run, on)
    entries = [
        ApprovalEntry(
            run=run,
            sequence=each.sequence,
            approver_id=each.approver,
            status=each.status,
            requested_due_date=due,
            due_date=due,
            opened_at=at if each.status == Status.APPROVED else None,
            changed_at=at,
            changed_by=by,
        )
        for each in asked
    ]
    ApprovalEntry.objects.bulk_create(entries)
    return list(run.entries.select_related("approver").order_by("sequence", "id"))
