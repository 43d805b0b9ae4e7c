"""Telling users what they did not ask for at this moment: a run that ended, an approval that is asked of them.

tell(request.by, _("The run {run} has ended.").format(run=run.number), url=run.get_absolute_url(), at=at)
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from erp.kernel.models.user import User
from erp.kernel.models.workplace import Notice

Level = Notice.Level


def tell(user: User, message: str, url: str = "", level: str = Level.INFO, *, at: datetime) -> Notice:
    """Put a sentence under the user's bell.

    message  already in the user's language, at most 300 characters; what is longer is cut
    url      an address of ours where it can be acted on
    level    info, success, warning or error
    """
    text = message.replace("\0", "")
    text = text if len(text) <= 300 else f"{text[:299]}…"
    return Notice.objects.create(user=user, message=text, url=url, level=level, at=at)


def unread(user: User) -> QuerySet[Notice]:
    """What the user has not read yet, the newest first."""
    return Notice.objects.filter(user=user, read_at=None)


def mark_read(user: User, *, at: datetime, only: Iterable[int] | None = None) -> int:
    """Mark the user's notices as read, all of them or those with the given ids; returns how many were unread."""
    rows = unread(user).order_by()
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return rows.update(read_at=at)
