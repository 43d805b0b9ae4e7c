"""What people may change on an open item: read it locked, write the changed columns, leave a trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from erp.kernel.changelog import ChangeLogEntry
from receivables.models.entries import OpenItem

if TYPE_CHECKING:
    from erp.kernel.models import User


def locked_item(entry_no: int) -> OpenItem | None:
    """An open item with its entry, locked; None where nothing is left of the entry."""
    rows = OpenItem.objects.select_for_update(of=("self",), no_key=True).select_related("entry")
    return rows.filter(pk=entry_no).first()


def locked_items(entry_nos) -> list[OpenItem]:
    """Several open items, locked in the order of their numbers."""
    rows = OpenItem.objects.select_for_update(of=("self",), no_key=True).select_related("entry")
    return list(rows.filter(pk__in=entry_nos).order_by("pk"))


def write_changes(item: OpenItem, changes: Mapping[str, Any], *, by: "User | None", at: datetime) -> None:
    """Save changed columns; each is a line of the change log."""
    if not changes:
        return
    log = [
        ChangeLogEntry(
            at=at,
            user=by,
            table=OpenItem._meta.db_table,
            record_id=item.pk,
            record_key=str(item.entry),
            action=ChangeLogEntry.Action.UPDATE,
            field=name,
            before=_text(getattr(item, name)),
            after=_text(value),
        )
        for name, value in changes.items()
    ]
    for name, value in changes.items():
        setattr(item, name, value)
    item.save(update_fields=list(changes))
    ChangeLogEntry.objects.bulk_create(log)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
