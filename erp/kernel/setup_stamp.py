"""Set-up that is read once per change, not once per posting.

    values = kept("sales values", SalesValues.load)

Triggers on the tables of set-up (`SetupTable` in a migration) put a new stamp wherever something changes, in the
transaction that changes it. What was read is kept by the process, together with the stamp under which it was read; to
use it again costs the question for the stamp. So:

- what is committed before the question is seen, whichever process committed it;
- what this very transaction changed is seen, and forgotten with it: a stamp is a random number, never given twice;
- what is kept is shared by all threads: nobody may change it, and it must be complete (nothing that is read later).
"""

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

from django.db import connections, router

from erp.kernel.models.setup_stamp import SetupStamp
from erp.kernel.prepared import Statement

Value = TypeVar("Value")
STATE = Statement("SELECT string_agg(stamp::text, ' ' ORDER BY id) FROM kernel_setupstamp")


class _Kept(NamedTuple):
    state: str
    values: dict[Hashable, object]


_kept: dict[str, _Kept] = {}


def kept(name: Hashable, read: Callable[[], Value]) -> Value:
    """What `read` gives, read anew where set-up has changed since; one statement besides.

    name  of the value within the process: what is read under one name is the same for everybody
    read  reads tables of set-up only (a test holds the kept values of every room to that)

    A set-up without a stamp (an emptied database) is read each time.
    """
    alias = router.db_for_write(SetupStamp)
    with connections[alias].cursor() as cursor:
        STATE.execute(cursor, [])
        (state,) = cursor.fetchone()
    if state is None:
        return read()
    known = _kept.get(alias)
    if known is None or known.state != state:
        known = _kept[alias] = _Kept(state, {})
    if name not in known.values:
        known.values[name] = read()
    return known.values[name]
