"""The change feed: what changed, in an order that can be followed from outside without missing anything.

    for change in changes_after(sequence, entities=["salesOrders"], limit=1000):
        ...
        sequence = change.id

Triggers write it, so bulk changes and COPY show too; tables are put under it by a migration with `TrackChanges`,
`TrackParts` or `TrackArrivals` (erp/kernel/tracking.py). Within one transaction a record appears once: made and changed
is made, made and deleted is nothing, deleted and made again is changed. A change that changes no field does not appear.

Numbers are drawn while a transaction runs, and transactions end in another order than they began. Each that writes to
the feed therefore holds a lock that says how far the feed was before it; nobody reads further than the lowest of them.
So a number that was read is final, and what was read is complete: a change that is committed late is never skipped.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connections, router

from erp.kernel.models.change import Change
from erp.kernel.tracking import TrackArrivals, TrackChanges, TrackParts

__all__ = [
    "KEEP",
    "Change",
    "TrackArrivals",
    "TrackChanges",
    "TrackParts",
    "changes_after",
    "forget_changes",
    "safe_sequence",
]

KEEP = timedelta(days=7)
AT_ONCE = 1000


def safe_sequence() -> int:
    """The number up to which the feed is complete: no transaction that is still running writes below it.

    Changes of one's own transaction are beyond it until they are committed. 0 where nothing ever changed.
    """
    with connections[router.db_for_write(Change)].cursor() as cursor:
        cursor.execute("SELECT kernel_safe_sequence()")
        return cursor.fetchone()[0]


def changes_after(
    sequence: int,
    entities: Collection[str] | None = None,
    limit: int = AT_ONCE,
    *,
    until: int | None = None,
) -> list[Change]:
    """The changes that follow a number, in order, none of which can be overtaken by another.

    sequence  the number of the last change that the reader knows; 0 from the beginning of what is kept
    entities  names of sets; None: all
    limit     how many at most
    until     the last number wanted, as given by `safe_sequence`; None: as far as the feed is complete now
    """
    until = safe_sequence() if until is None else until
    changes = Change.objects.filter(id__gt=sequence, id__lte=until).exclude(kind=Change.Kind.NOTHING)
    if entities is not None:
        changes = changes.filter(entity__in=entities)
    return list(changes.order_by("id")[:limit])


def forget_changes(*, before: datetime) -> int:
    """Delete changes of before a moment; returns how many. Who was away for longer reads everything anew."""
    return Change.objects.filter(at__lt=before)._raw_delete(router.db_for_write(Change))
