"""What should not be in one hand: told where roles are given, and never refused."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from approvals.models import Workflow
from erp.kernel.errors import Problem

POSTS = frozenset(
    {
        "posting.post_journal",
        "receivables.post_payment",
        "sales.credit_salesdocument",
        "sales.invoice_salesdocument",
        "sales.ship_salesdocument",
    }
)


def warnings_about(rights: Collection[str]) -> list[Problem]:
    """Duties that somebody with all these rights would have at once.

    rights  as "sales.invoice_salesdocument"
    """
    held = frozenset(rights)
    found = []
    if "kernel.change_user" in held and held & POSTS:
        found.append(Problem("W-DUTY-USERS", _("Manages users and posts: could post under another name.")))
    if {"customers.change_credit_limit", "approvals.decide_approval"} <= held:
        found.append(Problem("W-DUTY-CREDIT", _("Changes credit limits and approves what goes over them.")))
    if {
        "sales.add_salesdocument",
        "sales.credit_salesdocument",
    } <= held and not _credit_memos_are_approved():
        message = _("Writes and posts credit memos, and no approval workflow is about credit memos.")
        found.append(Problem("W-DUTY-CREDITMEMO", message))
    if {"receivables.change_bankaccount", "receivables.post_payment"} <= held:
        found.append(Problem("W-DUTY-BANK", _("Changes bank accounts and posts payments.")))
    return found


def _credit_memos_are_approved() -> bool:
    return Workflow.objects.filter(enabled=True, document_types__contains=["credit_memo"]).exists()
