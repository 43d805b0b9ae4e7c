"""VAT entries by VAT date: sums per group, and one by one."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum

from posting.models.entries import VATEntry


class VATGroup(NamedTuple):
    """What a pair of VAT posting groups came to; sales are negative, as in the ledger."""

    type: str
    vat_bus_posting_group: str
    vat_prod_posting_group: str
    vat_identifier: str
    calculation_type: str
    vat_percent: Decimal
    entries: int
    base: Decimal
    amount: Decimal


class VATLine(NamedTuple):
    entry_no: int
    type: str
    vat_date: date
    posting_date: date
    document_type: str
    document_no: str
    bill_to_no: str
    country_code: str
    vat_registration_no: str
    vat_bus_posting_group: str
    vat_prod_posting_group: str
    vat_percent: Decimal
    base: Decimal
    amount: Decimal


_GROUP = (
    "type",
    "vat_bus_posting_group",
    "vat_prod_posting_group",
    "vat_identifier",
    "calculation_type",
    "vat_percent",
)


def _entries(start: date, end: date, type: str) -> QuerySet[VATEntry]:
    entries = VATEntry.objects.filter(vat_date__range=(start, end))
    return entries.filter(type=type) if type else entries


def vat_groups(*, start: date, end: date, type: str = "") -> list[VATGroup]:
    """Base and tax per pair of groups. One query."""
    rows = _entries(start, end, type).order_by(*_GROUP).values_list(*_GROUP)
    return [VATGroup(*row) for row in rows.annotate(Count("pk"), Sum("base"), Sum("amount"))]


def vat_lines(*, start: date, end: date, type: str = "") -> Iterator[VATLine]:
    """Entry by entry, in the order of the groups. One query, fetched while they are walked through."""
    rows = _entries(start, end, type).order_by(*_GROUP[:3], "vat_date", "entry_no")
    for row in rows.values_list(*VATLine._fields).iterator(chunk_size=2000):
        yield VATLine(*row)
