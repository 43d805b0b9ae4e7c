"""What a user opened last: a card or document, once each, the newest fifty.

    remember(request.user, kind="sales.order", number=order.number, title=order.sell_to_name, url=request.path, at=now)

Pages call `erp.kernel.views.remember_page(request, kind=…, number=…, title=…)`, which adds user, address and clock.
"""

from collections.abc import Sequence
from datetime import datetime

from erp.kernel.models.user import User
from erp.kernel.models.workplace import RecentRecord

MOST = 50


def remember(user: User, *, kind: str, number: str, title: str = "", url: str, at: datetime) -> None:
    """Put a record on top of what the user opened last; what is older than the newest fifty is forgotten.

    kind   what it is, as "sales.order", "sales.posted-invoice", "customer", "item"
    title  what tells it from others, as the customer's name; it is cut to 150 characters
    """
    row = RecentRecord(
        user=user, kind=kind, number=number, title=title[:150].replace("\0", ""), url=url, seen_at=at
    )
    RecentRecord.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["user", "kind", "number"],
        update_fields=["title", "url", "seen_at"],
    )
    mine = RecentRecord.objects.filter(user=user).order_by("-seen_at", "-id")
    mine.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST:])).delete()


def recent(user: User, limit: int = 10) -> Sequence[RecentRecord]:
    """What the user opened last, the newest first."""
    return list(RecentRecord.objects.filter(user=user).order_by("-seen_at", "-id")[:limit])
