"""Which documents keep a version of themselves before they go, as the sales set-up has it. Pure."""

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.models import SalesDocument, SalesSetup

Type, Quotes = SalesDocument.Type, SalesSetup.ArchiveQuotes
ARCHIVED = frozenset({Type.QUOTE, Type.ORDER, Type.BLANKET_ORDER, Type.RETURN_ORDER})


def check_answered(setup: SalesSetup, document: SalesDocument, answer: bool | None) -> list[Problem]:
    """Q-ARCH where the set-up wants to be asked about quotes and nobody answered."""
    asks = document.type == Type.QUOTE and setup.archive_quotes == Quotes.QUESTION
    if not asks or answer is not None:
        return []
    message = _("Archive {document} before it goes?").format(document=document)
    return [Problem("Q-ARCH", message, field="archive")]


def keeps_version(setup: SalesSetup, type: str, answer: bool | None = None) -> bool:
    """Whether a document of a type is archived when it is deleted, converted or posted.

    answer  what somebody said where the set-up asks about quotes
    """
    if type == Type.QUOTE:
        asked = setup.archive_quotes == Quotes.QUESTION and bool(answer)
        return setup.archive_quotes == Quotes.ALWAYS or asked
    switches = {
        Type.ORDER: setup.archive_orders,
        Type.BLANKET_ORDER: setup.archive_blanket_orders,
        Type.RETURN_ORDER: setup.archive_return_orders,
    }
    return switches.get(type, False)
