from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import mail
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.models import OutgoingMail
from sales.models import SalesDocument
from sales.print import print_papers
from sales.print.letter import subject_of
from sales.print.papers import Printed
from sales.rights import SEND
from sales.routines.lock import lock
from sales.routines.quotes.send import send

Status = SalesDocument.Status


@needs(SEND)
@transaction.atomic
def send_paper(
    paper: Printed,
    *,
    to: str,
    title: str,
    body: str,
    paper_name: str,
    by,
    at: datetime,
    cc: str = "",
    bcc: str = "",
    with_amounts: bool = True,
    user_language: str = "en",
    mark_sent: bool = False,
) -> OutgoingMail:
    """Mail a document or a posted paper as it is now; it leaves through the outbox once this commits.

    paper_name     what the PDF is called
    with_amounts   whether the sender may see what things cost: nobody sends what they may not see
    user_language  for customers without a language of their own
    mark_sent      of a quote: note that the customer has it in hand
    raises         ProblemsFound: E-MAIL-…, E-QUO-EMPTY; WrongStatus of a quote that is lost or cancelled; Gone

    Source: Business Central, sending documents by e-mail; that nothing leaves while approval is pending is ours.
    """
    if isinstance(paper, SalesDocument):
        paper = lock(paper.pk)
        raise_problems(paper, check_may_leave(paper))
    if mark_sent:
        send(paper, by=by, at=at)
    pdf = print_papers([paper], with_amounts=with_amounts, user_language=user_language)
    return mail.queue(
        subject_of(paper),
        to=to,
        cc=cc,
        bcc=bcc,
        title=title,
        body=body,
        paper=pdf,
        paper_name=paper_name,
        by=by,
        at=at,
    )


def check_may_leave(document: SalesDocument) -> list[Problem]:
    """E-MAIL-APPROVAL: nothing leaves the house while somebody still has to approve it."""
    if document.status != Status.PENDING_APPROVAL:
        return []
    message = _("{document} awaits approval: send it once it is approved.")
    return [Problem("E-MAIL-APPROVAL", message.format(document=document), field="status")]
