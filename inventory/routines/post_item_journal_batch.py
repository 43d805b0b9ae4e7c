"""Post all lines of an item journal and empty it, or show what that would do."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem
from inventory import errors
from inventory.journals import item_lines_of
from inventory.ledger import ItemPlan
from inventory.models import ItemJournalBatch, ItemJournalLine
from inventory.routines.post_item_journal import JournalLine, post_item_journal, preview_item_entries
from inventory.routines.write_item_journal import locked_item_batch
from posting.values import Transaction

if TYPE_CHECKING:
    from erp.kernel.models import User

COPIED = (
    "line_no", "posting_date", "document_no", "entry_type", "quantity", "unit_code", "unit_amount", "discount",
    "variant_code", "location_code", "document_date", "external_document_no", "description", "salesperson_code",
    "gen_bus", "gen_prod", "applies_to", "applies_from", "serial_no", "lot_no",
)  # fmt: skip


class PostedItemBatch(NamedTuple):
    """What an item journal became: its register, the item entries, and how many lines were posted."""

    register_no: int
    entry_nos: tuple[int, ...]
    lines: int


class ItemBatchPlan(NamedTuple):
    """An item journal as it will be posted, and what speaks against it."""

    plan: ItemPlan
    transactions: list[Transaction]
    problems: list[Problem]


@needs("inventory.post_item_journal")
@transaction.atomic
def post_item_journal_batch(batch: ItemJournalBatch, *, by: "User | None", at: datetime) -> PostedItemBatch:
    """Post an item journal as one register and empty it; numbers are drawn last.

    raises  JournalEmpty, which says who posted it a moment ago; ProblemsFound with the problems of all lines

    Two at once: the second waits, and finds it empty.
    """
    batch = locked_item_batch(batch)
    lines = [line for line in item_lines_of(batch) if counts(line)]
    if not lines:
        raise item_journal_empty(batch)
    posted = post_item_journal(
        [as_item_line(line) for line in lines], by=by, at=at, number_series=batch.number_series
    )
    batch.lines.all().delete()
    batch.last_register_no = posted.register_no
    batch.last_posted_at, batch.last_posted_by = at, by.get_username() if by else ""
    batch.save(update_fields=["last_register_no", "last_posted_at", "last_posted_by"])
    return PostedItemBatch(posted.register_no, posted.entry_nos, len(lines))


def preview_item_journal_batch(
    batch: ItemJournalBatch, lines: Sequence[ItemJournalLine], *, by: "User | None"
) -> ItemBatchPlan:
    """The plan of an item journal with its problems; nothing is locked or written."""
    given = [as_item_line(line) for line in lines if counts(line)]
    if not given:
        raise item_journal_empty(batch)
    plan, problems, transactions = preview_item_entries(given, by=by, number_series=batch.number_series)
    return ItemBatchPlan(plan, transactions, list(dict.fromkeys(problems)))


def check_item_batch(
    batch: ItemJournalBatch, lines: Sequence[ItemJournalLine], *, by: "User | None"
) -> list[Problem]:
    """What is wrong with lines of an item journal, each problem with its line; nothing is locked."""
    found = [errors.nothing_on_line(line.line_no) for line in lines if not counts(line)]
    if len(found) < len(lines):
        found += preview_item_journal_batch(batch, lines, by=by).problems
    return sorted(found, key=lambda problem: problem.line_no or 0)


def counts(line: ItemJournalLine) -> bool:
    """Whether posting takes the line: one without item and quantity is not begun yet."""
    return bool(line.item_no or line.quantity)


def as_item_line(line: ItemJournalLine) -> JournalLine:
    """The line as the posting routine takes it."""
    return JournalLine(item=line.item_no, **{name: getattr(line, name) for name in COPIED})


def item_journal_empty(batch: ItemJournalBatch) -> errors.JournalEmpty:
    """Why there is nothing to post: nothing was typed, or somebody posted it."""
    if batch.last_posted_at is None:
        return errors.JournalEmpty(journal=str(batch), story=_("Write a line first."))
    story = _("{user} posted it as register {register}.").format(
        user=batch.last_posted_by or _("Somebody"), register=batch.last_register_no
    )
    return errors.JournalEmpty(journal=str(batch), story=story)
