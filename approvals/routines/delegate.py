from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from approvals.errors import MayNotDelegate, NobodyToDelegateTo
from approvals.models import ApprovalEntry, ApprovalRun
from approvals.plans.chain import plan_delegation
from approvals.routines.asking import Status, Verb, asks, cleaned, lock_entry, note, people, tell
from approvals.selectors import administrator, approval_setup, name_of
from erp.kernel import outbox
from erp.kernel.access import either, needs
from erp.kernel.errors import ErpError


@needs(either("approvals.request_approval", "approvals.decide_approval"))
@transaction.atomic
def delegate(entry: ApprovalEntry, *, by, at: datetime, comment: str = "") -> ApprovalEntry:
    """Let somebody else answer: the approver's substitute, else the approver's approver, else the administrator.

    by      the approver, the sender, the administrator; None: the clock
    raises  Gone, NotPending, NotOpen; MayNotDelegate, NobodyToDelegateTo

    Place and due date stay. The sender never gets the own request; after three times it goes to the administrator.
    """
    _subject, _document, run, _entries, entry = lock_entry(entry)
    asked = entry.approver
    if by is not None and by.pk not in (asked.pk, run.sender_id, administrator()):
        names = {"approver": name_of(asked), "sender": name_of(run.sender)}
        raise MayNotDelegate(document=run.title, **names)
    to = _taker(run, entry)

    note(run, Verb.DELEGATED, by=by, at=at, entry=entry, to=to, comment=cleaned(comment))
    entry.approver, entry.delegated_at, entry.hops = to, at, entry.hops + 1
    entry.changed_at, entry.changed_by = at, by
    entry.save()
    tell(to, run=run, at=at, message=asks(run))
    if by is None or by.pk != asked.pk:
        message = _told(run, to)
        tell(asked, run=run, at=at, message=message)
    outbox.put("approvals.requested", key=str(run.uuid), entry=entry.pk)
    return entry


def _taker(run: ApprovalRun, entry: ApprovalEntry):
    key = plan_delegation(
        entry.approver_id,
        hops=entry.hops,
        sender=run.sender_id,
        amount_lcy=run.amount_lcy,
        people=people(),
        must_suffice=approval_setup().substitute_must_suffice,
    )
    if key is None:
        raise NobodyToDelegateTo(document=run.title, approver=name_of(entry.approver))
    return get_user_model().objects.get(pk=key)


def _told(run: ApprovalRun, to):
    return lambda: _("{document}, {customer}, is now for {user} to approve.").format(
        document=run.title, customer=run.party_name, user=name_of(to)
    )


def delegate_late(*, at: datetime) -> int:
    """Delegate what waits longer than its workflow allows, from the later of asked and delegated; returns how many."""
    waiting = ApprovalEntry.objects.filter(status=Status.OPEN, run__delegate_after__gt=0)
    done = 0
    for entry in waiting.select_related("run").order_by("id"):
        since = max(entry.opened_at, entry.delegated_at or entry.opened_at)
        if (at.date() - since.date()) < timedelta(days=entry.run.delegate_after):
            continue
        try:
            delegate(entry, by=None, at=at)
        except ErpError:  # nobody to take it, or decided a moment ago: it stays where it is
            continue
        done += 1
    return done
