"""The life of a document in words: who wrote it, moved it, posted it, remarked on it, sent it, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from erp.kernel.models import Attachment, OutgoingMail, TransitionLog
from erp.kernel.templatetags.handel import label
from sales.models import SalesComment, SalesDocument
from sales.models.base import PostedPaper

PAPERS = {
    "shipments": ("shipment", "sales.view_salesshipment"),
    "invoices": ("invoice", "sales.view_salesinvoice"),
    "return_receipts": ("return_receipt", "sales.view_returnreceipt"),
    "credit_memos": ("credit_memo", "sales.view_salescreditmemo"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened. url: where more of it is; look: the colour of its mark, as of a status."""

    at: datetime
    text: str
    by: str = ""
    url: str = ""
    look: str = ""


def timeline_of(
    document: SalesDocument,
    *,
    user,
    moves: Iterable[TransitionLog],
    papers: dict[str, Sequence[PostedPaper]],
    comments: Iterable[SalesComment],
    attachments: Iterable[Attachment],
    mails: Iterable[OutgoingMail],
) -> list[Event]:
    """All that happened to a working document, the latest first. No query."""
    events = [Event(document.created_at, _("Written"), document.created_by)]
    events += [_moved(move) for move in moves]
    events += posted_events(papers, user=user)
    events += other_events(comments, attachments, mails)
    return latest_first(events)


def latest_first(events: Iterable[Event]) -> list[Event]:
    """In the order in which a reader wants them; of one moment what was told later comes first."""
    return sorted(events, key=lambda event: event.at)[::-1]


def posted_events(papers: dict[str, Sequence[PostedPaper]], *, user, without: str = "") -> list[Event]:
    """What was posted, as far as the reader may see it."""
    texts = {
        "shipments": _("Shipment {number} posted"),
        "invoices": _("Invoice {number} posted"),
        "return_receipts": _("Return receipt {number} posted"),
        "credit_memos": _("Credit memo {number} posted"),
    }
    return [
        Event(
            paper.created_at,
            texts[name].format(number=paper.number),
            paper.created_by,
            reverse("sales:posted", args=[PAPERS[name][0], paper.number]),
            "good",
        )
        for name, rows in papers.items()
        if user.has_perm(PAPERS[name][1])
        for paper in rows
        if paper.number != without
    ]


def other_events(
    comments: Iterable[SalesComment], attachments: Iterable[Attachment], mails: Iterable[OutgoingMail]
) -> list[Event]:
    """Remarks, files and mails."""
    events = [
        Event(comment.created_at, _("Remarked: {text}").format(text=comment.text), comment.created_by)
        for comment in comments
    ]
    events += [
        Event(file.created_at, _("Attached: {name}").format(name=file.name), _name(file.created_by))
        for file in attachments
    ]
    for mail in mails:
        failed = mail.status == OutgoingMail.Status.FAILED
        text = _("Mail to {to} failed") if failed else _("Mailed to {to}")
        look = "overdue" if failed else ""
        events.append(
            Event(mail.sent_at or mail.created_at, text.format(to=mail.to), _name(mail.created_by), look=look)
        )
    return events


def _moved(move: TransitionLog) -> Event:
    by = _name(move.by)
    if move.field == "stage":
        stages = [label(stage, "sales.QuoteProgress.stage") for stage in (move.from_status, move.to_status)]
        return Event(move.at, " → ".join(map(str, stages)), by)
    if move.verb == "accept":
        return Event(move.at, _("Accepted by the customer"), by, look="good")
    if move.verb == "unaccept":
        return Event(move.at, _("No longer marked as accepted"), by)
    if move.verb == "cancel_remainder":
        return Event(move.at, _("Remainder cancelled"), by)
    if move.field == "customer":
        return Event(move.at, _("Customer {number}").format(number=move.to_status), by)
    states = [label(status, "sales.SalesDocument.status") for status in (move.from_status, move.to_status)]
    return Event(move.at, " → ".join(map(str, states)), by, look=move.to_status)


def _name(user) -> str:
    return (user.get_full_name() or user.username) if user else ""
