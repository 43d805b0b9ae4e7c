"""What an operation names, in the house: documents by reference, entries by type and number; and the lines it wants."""

from collections.abc import Iterable
from decimal import Decimal

from erp.kernel.errors import Gone
from receivables.models import CustomerLedgerEntry
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from tests.soak.model.chart import SOLD


def document_of(ref: str) -> SalesDocument:
    found = SalesDocument.objects.filter(your_reference=ref).first()
    if found is None:
        raise Gone(document=ref)
    return found


def line_of(ref: str, line_no: int) -> SalesLine:
    found = SalesLine.objects.filter(document__your_reference=ref, line_no=line_no).first()
    if found is None:
        raise Gone(document=ref)
    return found


def entry_of(name: Iterable[str]) -> int:
    """The entry with a type and a number; the first one, where a reversal repeats them."""
    type, number = name
    entries = CustomerLedgerEntry.objects.filter(document_type=type, document_no=number).order_by("entry_no")
    found = entries.values_list("entry_no", flat=True).first()
    if found is None:
        raise Gone(document=number)
    return found


def new_line(given: dict) -> NewLine:
    return NewLine(
        type=LineType.ITEM if SOLD[given["number"]].type == "item" else LineType.GL_ACCOUNT,
        number=given["number"],
        quantity=Decimal(given["quantity"]),
        unit_price=Decimal(given["price"]),
        line_discount_percent=Decimal(given.get("percent", 0)),
        location_code=given.get("place", ""),
    )
