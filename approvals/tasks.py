"""What approvals does by the clock, and the mails that leave after the commit."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from approvals.models import ApprovalDecision, ApprovalEntry, ApprovalRun
from approvals.routines import delegate, remind
from approvals.selectors import address_of, name_of
from erp.kernel import outbox
from erp.kernel.mail import queue


@shared_task(acks_late=True, ignore_result=True)
def delegate_late(**_newer_arguments) -> int:
    """Every morning at six: what nobody has answered goes to whoever stands in."""
    return delegate.delegate_late(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def remind_overdue(**_newer_arguments) -> int:
    """Every working day at seven: tell approvers what is overdue."""
    return remind.remind(at=timezone.now(), on=timezone.localdate())


@outbox.handles("approvals.requested")
def mail_request(*, key: str, entry: int, message_id: int, **_newer_fields) -> None:
    """Ask an approver by mail, unless the question was answered, or went to somebody else, in the meantime."""
    rows = ApprovalEntry.objects.select_related("approver", "run__sender")
    asked = rows.filter(pk=entry, status=ApprovalEntry.Status.OPEN).first()
    if asked is None:
        return
    run = asked.run
    with translation.override(asked.approver.language or settings.LANGUAGE_CODE):
        subject = _("Please approve: {document}, {customer}").format(
            document=run.title, customer=run.party_name
        )
        said = [_("{name}: {text}").format(name=name_of(row.by), text=row.text) for row in _comments(run)]
        lines = [
            _("{sender} asks you to approve {document}.").format(
                sender=name_of(run.sender), document=run.title
            ),
            "",
            *_facts(run),
            _("Due: {day}").format(day=date_format(asked.due_date)),
            *(["", *said] if said else []),
            "",
            _link(run),
        ]
        _queue(run, asked.approver, subject, lines)


@outbox.handles("approvals.decided")
def mail_decision(
    *, key: str, verb: str, message_id: int, by: str = "", comment: str = "", **_newer_fields
) -> None:
    """Tell the sender by mail what was decided."""
    run = ApprovalRun.objects.select_related("sender").filter(uuid=key).first()
    if run is None:
        return
    approved = verb == ApprovalDecision.Verb.APPROVED
    with translation.override(run.sender.language or settings.LANGUAGE_CODE):
        template = (
            _("Approved: {document}, {customer}") if approved else _("Rejected: {document}, {customer}")
        )
        subject = template.format(document=run.title, customer=run.party_name)
        told = _("{approver} approved {document}.") if approved else _("{approver} rejected {document}.")
        lines = [told.format(approver=by, document=run.title), "", *_facts(run)]
        lines += [comment, ""] if comment else [""]
        _queue(run, run.sender, subject, [*lines, _link(run)])


def _comments(run: ApprovalRun) -> list:
    return list(run.comments.select_related("by").order_by("id"))


def _facts(run: ApprovalRun) -> list[str]:
    amount = f"{number_format(run.amount, 2, use_l10n=True, force_grouping=True)} {run.currency_code}".strip()
    return [
        _("Customer: {name}").format(name=f"{run.party_no} {run.party_name}".strip()),
        _("Amount without VAT: {amount}").format(amount=amount),
    ]


def _link(run: ApprovalRun) -> str:
    """Where it can be answered; after a log-in, as every page."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{address_of(run)}"


def _queue(run: ApprovalRun, user, subject: str, lines: list[str]) -> None:
    """In the transaction that notes the message as delivered: the mail is written once, and sent once."""
    if user.email and user.is_active:
        about = ("approvals.run", run.document_no)
        queue(about, to=user.email, title=subject, body="\n".join(lines), by=None, at=timezone.now())
