"""Columns and words that several reports share."""

from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from posting.models import GeneralLedgerSetup
from receivables.models import DocumentType
from reporting.report import SEES_COST, Column

NUMBER = Column("number", _("No."))
NAME = Column("name", _("Name"), stretches=True)
COST = Column("cost", _("Cost"), "amount", permission=SEES_COST, adds_up=True, is_wide=True)
MARGIN = Column("margin", _("Margin"), "amount", permission=SEES_COST, adds_up=True, is_wide=True)
MARGIN_PERCENT = Column(
    "margin_percent", _("Margin %"), "percent", permission=SEES_COST, ratio=("margin", "sales")
)


def lcy() -> str:
    """The code of the local currency."""
    return GeneralLedgerSetup.objects.values_list("lcy_code", flat=True).first() or ""


def document_type(value: str) -> str:
    """A document type as people say it."""
    return str(dict(DocumentType.choices).get(value, value))


def report_url(key: str, **asked) -> str:
    """The address of a report with parameters."""
    return f"{reverse('reporting:report', args=[key])}?{urlencode({k: v for k, v in asked.items() if v})}"


def divided(amount: Decimal, quantity: Decimal) -> Decimal | None:
    return amount / quantity if quantity else None
