"""Goods that arrive, as purchases at a cost that is known at once."""

from collections.abc import Sequence

from erp.demo.company import Company
from erp.demo.diary import Moment
from erp.demo.plan import Receipt
from erp.kernel.numbering import next_number
from inventory.models import EntryType
from inventory.routines.post_item_journal import JournalLine, post_item_journal

SERIES = "ITEM-JOURNAL"


def receive(company: Company, receipts: Sequence[Receipt], when: Moment) -> None:
    """Post the day's receipts as one item journal."""
    number = next_number(SERIES, on=when.day)
    lines = [
        JournalLine(
            line_no=place * 10000,
            posting_date=when.day,
            document_no=number,
            entry_type=EntryType.PURCHASE,
            item=receipt.item,
            quantity=receipt.quantity,
            unit_amount=receipt.unit_cost,
            variant_code=receipt.variant,
            location_code=receipt.location,
        )
        for place, receipt in enumerate(receipts, start=1)
    ]
    post_item_journal(lines, by=company.warehouse, at=when.at)
    company.done["receipts"] += len(receipts)
