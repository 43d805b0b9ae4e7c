"""What was known at a moment: how far each ledger had been written by then.

    known = known_at(datetime(2026, 3, 9, 8, tzinfo=UTC))
    rows = GLEntry.objects.exclude(later(known, "gl_entry_no"))

Ledgers only grow, in the order of commits, and each register says how far it wrote every ledger (ADR 0015). So a moment
is a register, and what was known at it are the entries up to that register's numbers (ADR 0030).
"""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, Max, Min, Q

from posting.models.entries import Register


class Known(NamedTuple):
    """What was known at a moment: what the registers up to `register_no` wrote. `NOW`, without one: all there is."""

    register_no: int | None = None
    at: datetime | None = None

    @property
    def is_now(self) -> bool:
        return self.register_no is None


NOW = Known()


def known_at(moment: datetime | None) -> Known:
    """The registers before the first one that was begun after a moment; without one, those there are. None: `NOW`.

    A posting notes when it began and gets its number when it commits, so one that began before another may have the
    higher number. Whatever was committed by the moment lies before the first register that began after it; besides
    that, only what was being posted at the moment itself can. One query, over the registers since, and one more where
    there are none. What is posted after the answer never counts, so that queries with it agree with each other.
    """
    if moment is None:
        return NOW
    # Not the bare column: its least would be looked for from the first register on, through all that came before.
    number = Min(F("register_no") + 0)
    first = Register.objects.filter(created_at__gt=moment).aggregate(first=number)["first"]
    if first is None:
        first = (Register.objects.aggregate(last=Max("register_no"))["last"] or 0) + 1
    return Known(first - 1, moment)


def last_number(known: Known, ledger: str) -> int | None:
    """How far a ledger had been written, by its counter of the ledger head; None: to its end. One query."""
    if known.is_now:
        return None
    wrote = Register.objects.filter(register_no__lte=known.register_no, **{f"to_{ledger}__isnull": False})
    return wrote.order_by("-register_no").values_list(f"to_{ledger}", flat=True).first() or 0


def later(known: Known, ledger: str, *, on: date | None = None) -> Q:
    """Entries that do not count: written after what was known, or dated after a day. One query for the number."""
    last = last_number(known, ledger)
    after = Q(pk__in=[]) if last is None else Q(pk__gt=last)
    return after if on is None else after | Q(posting_date__gt=on)
