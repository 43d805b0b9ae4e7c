"""Figures that may be a minute old: counted once for all who look."""

from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import connection

Found = TypeVar("Found")
FOR_LONG = 10  # times as long, for what changes little from minute to minute


def remembered(key: Hashable, work: Callable[[], Found], *, for_long: bool = False) -> Found:
    """What the work gives, or gave less than a minute ago. The key says all that it depends on but the company."""
    seconds = settings.CUES_KEPT * (FOR_LONG if for_long else 1)
    if not seconds:
        return work()
    name = f"role-centre:{blake2b(repr((connection.settings_dict['NAME'], key)).encode(), digest_size=16).hexdigest()}"
    kept = cache.get(name)
    if kept is None:
        kept = (work(),)
        cache.set(name, kept, seconds)
    return kept[0]
