"""What is done with invoices and credit memos: posted, mailed, taken back (source: api-v2, section 10.6).

A mail is tried once, right after everything is committed; where the server does not take it the header `X-Send-Status`
says "failed" and the outbox goes on trying. Posting stands either way.
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.mail_delivery import try_now
from erp.kernel.models import OutboxMessage, OutgoingMail
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import ApiError
from erp.kernel.odata.properties import Bool
from sales.api.operations import hand_over
from sales.api.posted import is_posted, refuse_draft, refuse_posted
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment
from sales.models.base import PostedMoney
from sales.rights import CORRECT, money_right
from sales.routines.cancel_credit_memo import cancel_credit_memo
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.draft_corrective_credit_memo import check_paid, draft_corrective_credit_memo
from sales.routines.mail_posted import check_recipient, mail_about, mail_as_usual, mail_posted
from sales.routines.post import post
from sales.selectors import cancelled_by

logger = logging.getLogger("handel.api")
TRY_FOR = 5.0  # seconds that a mail server has while somebody waits for the answer
HEADER = "X-Send-Status"
SENDS = "sales.send_salesdocument"
Paper = SalesInvoice | SalesCreditMemo


# Posting --------------------------------------------------------------------------------------------------------------


def post_draft(asking: Asking, record: SalesDocument | Paper) -> Paper:
    """Post a draft whole; raises 409 Already_Posted for what is posted."""
    refuse_posted(record)
    return post(record, ship=True, invoice=True, by=asking.user, at=asking.at).invoice


def post_it(asking: Asking, record: SalesDocument | Paper, given: Mapping[str, Any]) -> Done:
    return _done(post_draft(asking, record))


def post_and_send(asking: Asking, record: SalesDocument | Paper, given: Mapping[str, Any]) -> Done:
    refuse_posted(record)
    check_recipient(record)
    paper = post_draft(asking, record)
    return _mailed_later(asking, paper, _done(paper))


# Mailing --------------------------------------------------------------------------------------------------------------


def send(asking: Asking, record: SalesDocument | Paper, given: Mapping[str, Any]) -> Done:
    """Mail a document as it is; of one that was cancelled, the paper that took it back."""
    paper = _taken_back_by(record) if is_posted(record) else None
    return send_now(asking, paper or record, _done(record))


def send_posted(asking: Asking, record: SalesDocument | Paper, given: Mapping[str, Any]) -> Done:
    refuse_draft(record, "send")
    return send(asking, record, given)


def send_now(asking: Asking, paper: SalesDocument | Paper | SalesShipment, done: Done) -> Done:
    """Queue the usual mail of a paper with what is done here, and try it once that is committed."""
    mailed = mail_as_usual(paper, by=asking.user, at=asking.at, user_language=get_language() or "en")
    asking.afterwards.append(partial(_tried, lambda: mailed, asking))
    return _waits(done)


def _taken_back_by(paper: Paper) -> Paper | None:
    number = cancelled_by(paper)
    if not number:
        return None
    model = SalesCreditMemo if isinstance(paper, SalesInvoice) else SalesInvoice
    return model.objects.select_related("customer", "bill_to_customer").get(number=number)


def _mailed_later(asking: Asking, paper: Paper, done: Done) -> Done:
    """Have a paper that was just posted printed and mailed after the commit."""
    wanted = mail_posted(paper, by=asking.user, user_language=get_language() or "en")
    asking.afterwards.append(partial(_tried, lambda: _written(wanted, paper, asking), asking))
    return _waits(done)


def _waits(done: Done) -> Done:
    """What a repetition of the request is told: it does not know how the attempt ended."""
    return Done(done.location, done.body, {**done.headers, HEADER: "queued"}, done.status)


def _written(wanted: OutboxMessage, paper: Paper, asking: Asking) -> OutgoingMail | None:
    """The mail that the outbox makes of the wish; None while somebody else is at it."""
    if outbox.relay_now(wanted, now=asking.at):
        return mail_about(paper)
    wanted.refresh_from_db()
    if wanted.error:
        raise RuntimeError(wanted.error)
    return None


def _tried(find: Callable[[], OutgoingMail | None], asking: Asking) -> Mapping[str, str]:
    """Try a mail at once; whatever happens, what was posted stays posted."""
    try:
        mailed = find()
        status = try_now(mailed, at=asking.at, timeout=TRY_FOR) if mailed else "queued"
    except Exception:
        logger.exception("A mail could not be tried")
        status = "failed"
    return {HEADER: str(status)}


# Taking back ----------------------------------------------------------------------------------------------------------


def cancel(asking: Asking, record: SalesDocument | Paper, given: Mapping[str, Any]) -> Done:
    refuse_draft(record, "cancel")
    take_back(asking, record)
    return _done(record)


def cancel_and_send(asking: Asking, record: SalesDocument | Paper, given: Mapping[str, Any]) -> Done:
    refuse_draft(record, "cancelAndSend")
    check_recipient(record)
    return _mailed_later(asking, take_back(asking, record), _done(record))


def take_back(asking: Asking, paper: Paper) -> Paper:
    """Cancel a posted invoice by a credit memo, or a corrective credit memo by an invoice; returns the other paper."""
    take = cancel_invoice if isinstance(paper, SalesInvoice) else cancel_credit_memo
    return take(paper, by=asking.user, at=asking.at, on=asking.on)


def make_corrective(asking: Asking, record: SalesDocument | SalesInvoice, given: Mapping[str, Any]) -> Done:
    """An open credit memo of a whole invoice of which nothing is paid or credited."""
    refuse_draft(record, "makeCorrectiveCreditMemo")
    for problem in check_paid(record):
        message = _("{reason} Only an invoice that is open whole can be corrected so; write a credit memo.")
        raise ApiError(400, "Application_DialogException", message.format(reason=problem.message))
    restore = bool(given.get("restore_order"))
    who = {"by": asking.user, "at": asking.at, "on": asking.on}
    made = draft_corrective_credit_memo(record, restore_order=restore, **who)
    asking.warnings += [*made.warnings, *made.skipped]
    return Done(location=("salesCreditMemos", made.document.uuid))


def _done(record: SalesDocument | PostedMoney) -> Done:
    credits = isinstance(record, SalesCreditMemo) or (
        isinstance(record, SalesDocument) and record.traits.receives
    )
    return Done(location=("salesCreditMemos" if credits else "salesInvoices", record.uuid))


def posting(type: str) -> tuple[Action, ...]:
    """The actions that post a draft of this type."""
    right = money_right(type)
    return (
        Action(
            "post",
            run=post_it,
            later=hand_over(post_it),
            permissions=(right,),
            about="Posts the draft; it keeps its id.",
        ),
        Action(
            "postAndSend",
            run=post_and_send,
            permissions=(right, SENDS),
            about="Posts the draft, then mails what was posted; X-Send-Status says whether that left.",
        ),
    )


CANCELLING = (
    Action("cancel", run=cancel, permissions=(CORRECT,), about="Takes a posted document back whole."),
    Action(
        "cancelAndSend",
        run=cancel_and_send,
        permissions=(CORRECT, SENDS),
        about="Takes a posted document back whole and mails the one that does.",
    ),
)
CORRECTING = Action(
    "makeCorrectiveCreditMemo",
    run=make_corrective,
    permissions=("sales.view_salesinvoice", "sales.add_salesdocument"),
    given=(Bool("restoreOrder", to="restore_order"),),
    about="Writes an open credit memo of a posted invoice of which nothing is settled yet.",
)
