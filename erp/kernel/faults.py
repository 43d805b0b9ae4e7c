"""When it is the database that gives up: what people are told, and what is tried again.

    result = again(lambda: post_and_keep_the_key())

A deadlock or a serialization failure leaves nothing of its transaction, so the whole of it is done again, at most
three times. A connection that breaks leaves the outcome open, above all during COMMIT; where an idempotency key is
stored with the work, doing it again finds out and is safe.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError

ATTEMPTS = 3
FIRST_WAIT = 0.05  # seconds, twice as long each time
Result = TypeVar("Result")


class DatabaseBusy(ErpError):
    """Others were in the way: a deadlock, a serialization failure, a lock or a statement that took too long."""

    code, status = "E-DB-BUSY", 409
    template = _("Others were writing the same records at this moment. Nothing was done: try again.")


class DatabaseFull(ErpError):
    """The database has run out of disk or memory."""

    code, status = "E-DB-FULL", 503
    template = _("The database has no room left. Nothing was done: tell your administrator, then try again.")


class DatabaseAway(ErpError):
    """No connection could be had: the database is down, or has no place left."""

    code, status = "E-DB-AWAY", 503
    template = _("The database does not answer at the moment. Nothing was done: try again in a minute.")


class DatabaseLost(ErpError):
    """The connection broke on the way; a COMMIT may have gone through."""

    code, status = "E-DB-LOST", 503
    template = _(
        "The connection to the database broke. What you asked for was done as a whole, or not at all: look which,"
        " before you ask for it again. A program sends the same request with the same idempotency key."
    )


ROLLED_BACK = ("40001", "40P01")
BY_STATE: dict[str, type[ErpError]] = {
    "40": DatabaseBusy,
    "55P03": DatabaseBusy,
    "57014": DatabaseBusy,
    "53300": DatabaseAway,
    "57P03": DatabaseAway,
    "53": DatabaseFull,
    "58": DatabaseFull,
    "57P": DatabaseLost,
    "08": DatabaseLost,
}


def refusal_for(error: BaseException | None) -> ErpError | None:
    """What to tell people of a fault of the database; None where it is a fault of ours."""
    if isinstance(error, InterfaceError):
        # A closed cursor on a connection that works is our own mistake.
        return None if _is_open() else DatabaseLost()
    state = _state(error) if isinstance(error, DatabaseError) else ""
    if type(error) is DatabaseError and not state:  # whatever a server says has a state: no server said this
        return DatabaseLost()
    if not isinstance(error, OperationalError):
        return None
    for beginning, refusal in BY_STATE.items():
        if state.startswith(beginning):
            return refusal()
    if state:
        return None
    return DatabaseAway() if "connection to server" in str(error) else DatabaseLost()


def is_away(error: BaseException) -> bool:
    """Whether the connection broke, or could not be had."""
    return isinstance(refusal_for(error), DatabaseAway | DatabaseLost)


def again(work: Callable[[], Result], *, has_key: bool = True) -> Result:
    """Do a piece of work, all of it one transaction, and do it again where the database broke it off.

    has_key  an idempotency key is stored in the work's transaction; without one, a lost connection is not tried again
    """
    if connection.in_atomic_block:  # the outermost transaction is what has to be done again
        return work()
    for attempt in range(1, ATTEMPTS):
        try:
            return work()
        except Error as error:
            lost = has_key and is_away(error)
            if _state(error) not in ROLLED_BACK and not lost:
                raise
            if lost:
                connection.close()
            time.sleep(FIRST_WAIT * 2**attempt * random.uniform(0.5, 1))  # two who met do not meet again
    return work()


def _is_open() -> bool:
    return connection.connection is not None and not connection.connection.closed


def _state(error: BaseException) -> str:
    """The SQLSTATE; empty where the server said none."""
    return getattr(error.__cause__, "pgcode", None) or ""
