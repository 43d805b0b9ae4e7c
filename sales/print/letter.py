"""The mail that a paper goes with: to whom, under which subject, in which words."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from erp.kernel.mail import last_recipients
from posting.models import GeneralLedgerSetup
from sales.models import SalesDocument
from sales.print.papers import KINDS, Printed, language_of, sheet_of, variant_of


@dataclass(frozen=True)
class Letter:
    """A mail before anybody has changed a word of it."""

    to: str
    title: str
    body: str
    paper_name: str


def subject_of(paper: Printed) -> tuple[str, str]:
    """What mails and files about a paper are kept under: ("sales.order", "1001")."""
    if isinstance(paper, SalesDocument):
        return f"sales.{paper.type}", paper.number
    return f"sales.posted-{KINDS[type(paper)]}", paper.number


def recipients_of(paper: Printed) -> str:
    """Where mail about a paper goes; the first that is not blank.

    To whom the last mail about this very paper went; for what is to be paid, the customer who pays; the address on
    the paper; the sell-to customer's card.
    """
    bill_to = paper.bill_to_customer
    pays = variant_of(paper).mails_to == "bill_to" and bill_to is not None
    other_pays = pays and bill_to != paper.customer
    candidates = (
        last_recipients(*subject_of(paper)),
        bill_to.email if other_pays else "",
        paper.sell_to_email,
        paper.customer.email if paper.customer else "",
    )
    return next((address.strip() for address in candidates if address.strip()), "")


def letter_of(paper: Printed, *, with_amounts: bool, user_language: str, signed: str) -> Letter:
    """The mail for a paper, in its customer's language; `signed` is who writes it."""
    with translation.override(language_of(paper, user_language)):
        sheet = sheet_of(paper, with_amounts=with_amounts)
        company = GeneralLedgerSetup.objects.filter(pk=1).values_list("company_name", flat=True).first() or ""
        variant = variant_of(paper)
        contact = (
            paper.bill_to_contact or paper.bill_to_name
            if variant.mails_to == "bill_to"
            else paper.sell_to_contact or paper.sell_to_name
        )
        context = {
            "sheet": sheet,
            "paper": paper,
            "kind": subject_of(paper)[0],
            "contact": contact,
            "company": company,
            "signed": signed,
        }
        title = " ".join(render_to_string("mail/paper_subject.txt", context).split())
        body = render_to_string("mail/paper.txt", context).strip() + "\n"
    return Letter(recipients_of(paper), title, body, sheet.file_name)
