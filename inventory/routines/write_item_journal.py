"""Write in an item journal: batches and lines. Whatever is typed stands; checks tell."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Gone
from inventory import errors
from inventory.models import ItemJournalBatch, ItemJournalLine
from inventory.selectors import items_meant

STEP = 10000
TYPED = frozenset(
    {
        "posting_date", "document_date", "document_no", "external_document_no", "entry_type", "item_no",
        "variant_code", "description", "location_code", "quantity", "unit_code", "unit_amount", "discount",
        "applies_to", "applies_from", "salesperson_code", "gen_bus", "gen_prod", "serial_no", "lot_no",
    }
)  # fmt: skip


@needs("inventory.add_itemjournalbatch")
def draft_item_batch(*, name: str, **fields: Any) -> ItemJournalBatch:
    """A new item journal; its name is in capitals, as codes are. Raises BatchExists, BatchNeedsName."""
    name = name.strip().upper()
    if not name:
        raise errors.BatchNeedsName()
    batch, made = ItemJournalBatch.objects.get_or_create(name=name, defaults=fields)
    if not made:
        raise errors.BatchExists(journal=str(batch))
    return batch


@needs("inventory.delete_itemjournalbatch")
@transaction.atomic
def delete_item_batch(batch: ItemJournalBatch) -> None:
    """Take a journal away; raises BatchInUse while it has lines."""
    if batch.pk is None:
        return
    batch = locked_item_batch(batch)
    if batch.lines.exists():
        raise errors.BatchInUse(journal=str(batch))
    batch.delete()


@transaction.atomic
def locked_item_batch(batch: ItemJournalBatch) -> ItemJournalBatch:
    """The journal, locked until the transaction ends: whoever writes in it or posts it waits here.

    A journal that nobody wrote in yet is stored first. Raises Gone when it was deleted.
    """
    if batch.pk is None:
        fields = {"number_series": batch.number_series, "location_code": batch.location_code}
        ItemJournalBatch.objects.get_or_create(name=batch.name, defaults=fields)
    locked = ItemJournalBatch.objects.select_for_update(no_key=True).filter(name=batch.name).first()
    if locked is None:
        raise Gone(document=str(batch))
    return locked


@needs("inventory.add_itemjournalline")
@transaction.atomic
def draft_item_line(
    batch: ItemJournalBatch, *, on: date, after: int | None = None, typed: Mapping[str, Any] = {}
) -> ItemJournalLine:
    """A new line at the end, or after another one; date, entry type and location follow the line above.

    on     the work date, where no line above has a posting date
    typed  values by name, of TYPED; what is typed wins over what is suggested
    """
    batch = locked_item_batch(batch)
    line_no, above = _place(batch, after)
    line = ItemJournalLine(
        batch=batch,
        line_no=line_no,
        posting_date=above.posting_date if above and above.posting_date else on,
        location_code=above.location_code if above else batch.location_code,
    )
    if above is not None:
        line.entry_type = above.entry_type
    _type(line, typed)
    line.save()
    return line


@needs("inventory.change_itemjournalline")
@transaction.atomic
def change_item_line(batch: ItemJournalBatch, line_no: int, *, typed: Mapping[str, Any]) -> ItemJournalLine:
    """Change fields of a line; raises Gone when it was posted or removed meanwhile."""
    line = _locked_line(batch, line_no)
    _type(line, typed)
    line.save()
    return line


@needs("inventory.delete_itemjournalline")
@transaction.atomic
def remove_item_line(batch: ItemJournalBatch, line_no: int) -> None:
    _locked_line(batch, line_no).delete()


def _place(batch: ItemJournalBatch, after: int | None) -> tuple[int, ItemJournalLine | None]:
    """The number of a new line, and the line above it; where there is no room in between, the end."""
    last = batch.lines.aggregate(last=Max("line_no"))["last"] or 0
    if after is not None:
        above = batch.lines.filter(line_no__lte=after).order_by("-line_no").first()
        below = batch.lines.filter(line_no__gt=after).order_by("line_no").first()
        if below is None:
            return last + STEP, above
        middle = ((above.line_no if above else 0) + below.line_no) // 2
        if above is None or middle > above.line_no:
            return middle, above
    return last + STEP, batch.lines.order_by("-line_no").first()


def _locked_line(batch: ItemJournalBatch, line_no: int) -> ItemJournalLine:
    batch = locked_item_batch(batch)
    line = batch.lines.filter(line_no=line_no).first()
    if line is None:
        raise Gone(document=_("Line {line} of {journal}").format(line=line_no, journal=batch))
    return line


def _type(line: ItemJournalLine, typed: Mapping[str, Any]) -> None:
    """Set what was typed; an item brings its number, description and base unit."""
    unknown = typed.keys() - TYPED
    if unknown:
        raise TypeError(f"{', '.join(sorted(unknown))} cannot be typed on an item journal line")
    for name, value in typed.items():
        setattr(line, name, value)
    if "item_no" not in typed:
        return
    line.item_no = line.item_no.strip()
    found = items_meant(line.item_no)
    if len(found) != 1:
        return
    item = found[0]
    suggested = {"item_no": item.number, "description": item.description, "unit_code": item.base_unit.code}
    for name, value in suggested.items():
        if name == "item_no" or name not in typed:
            setattr(line, name, value)
