from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.models import ApprovalEntry, ApprovalUser
from approvals.routines.asking import tell_all
from approvals.selectors import name_of, overdue_entries

PATIENCE = timedelta(days=2)


@transaction.atomic
def remind(*, at: datetime, on: date) -> int:
    """Tell approvers what they should have answered before today; returns how many questions that are.

    After two days of it their own approver and the sender hear of it as well.
    """
    entries = list(overdue_entries(on=on))
    rows = ApprovalUser.objects.filter(
        user__in=[entry.approver_id for entry in entries], approver__isnull=False
    )
    above = {row.user_id: row.approver.user for row in rows.select_related("approver__user")}
    for entry in entries:
        told = [entry.approver]
        if on - entry.due_date > PATIENCE:
            told += [entry.run.sender, *([above[entry.approver_id]] if entry.approver_id in above else [])]
        tell_all(told, run=entry.run, at=at, level="warning", message=_overdue(entry))
    return len(entries)


def _overdue(entry: ApprovalEntry):
    return lambda: _("{document}, {customer}, waits for {approver}; it was due on {day}.").format(
        document=entry.run.title,
        customer=entry.run.party_name,
        approver=name_of(entry.approver),
        day=date_format(entry.due_date, "SHORT_DATE_FORMAT"),
    )
