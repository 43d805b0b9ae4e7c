"""Mailing what was just posted. The paper is printed after the commit: whoever posts holds the number series, and
nobody shall wait there for a PDF."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from erp.kernel import mail, outbox
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from erp.kernel.models import OutboxMessage, OutgoingMail
from sales.models import SalesCreditMemo, SalesInvoice, SalesShipment
from sales.print.letter import letter_of, recipients_of, subject_of
from sales.print.papers import KINDS, Printed
from sales.rights import SEND
from sales.routines.send_paper import send_paper

WANTED = "sales.paper.mail_wanted"
MODELS = {KINDS[model]: model for model in (SalesInvoice, SalesCreditMemo, SalesShipment)}


def check_recipient(paper: Printed) -> str:
    """Where mail about a paper goes; raises ProblemsFound: E-MAIL-TO, E-MAIL-ADDRESS, E-MAIL-MANY."""
    to = recipients_of(paper)
    raise_problems(paper, mail.check_addresses(to, field="email", is_needed=True))
    return to


@needs(SEND)
@transaction.atomic
def mail_posted(
    paper: SalesInvoice | SalesCreditMemo | SalesShipment, *, by, user_language: str
) -> OutboxMessage:
    """Have a posted paper printed and mailed to its customer, once this commits.

    raises  ProblemsFound where nobody is known to send it to; nothing is posted then
    """
    check_recipient(paper)
    return outbox.put(
        WANTED, key=paper.number, kind=KINDS[type(paper)], user=by.pk if by else None, language=user_language
    )


def write_wanted(*, kind: str, number: str, user: int | None, language: str, at: datetime) -> OutgoingMail:
    """Print a posted paper and queue its mail; to be called by the outbox."""
    paper = MODELS[kind].objects.select_related("customer", "bill_to_customer").get(number=number)
    by = get_user_model().objects.filter(pk=user).first()
    return mail_as_usual(paper, by=by, at=at, user_language=language)


@needs(SEND)
def mail_as_usual(paper: Printed, *, by, at: datetime, user_language: str) -> OutgoingMail:
    """Mail a document or a posted paper with the words and to the address that it usually goes with.

    raises  ProblemsFound, as `send_paper`
    """
    check_recipient(paper)
    sees_amounts = by is None or by.has_perm("sales.view_salesinvoice")
    signed = (by.get_full_name() or by.get_username()) if by else ""
    letter = letter_of(paper, with_amounts=sees_amounts, user_language=user_language, signed=signed)
    return send_paper(
        paper,
        to=letter.to,
        title=letter.title,
        body=letter.body,
        paper_name=letter.paper_name,
        by=by,
        at=at,
        with_amounts=sees_amounts,
        user_language=user_language,
    )


def mail_about(paper: Printed) -> OutgoingMail | None:
    """The last mail about a paper."""
    kind, number = subject_of(paper)
    return OutgoingMail.objects.filter(subject_type=kind, subject_no=number).defer("paper").first()
