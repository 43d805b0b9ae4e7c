"""Who is changing things: tells the database, whose triggers write the change log.

    with acting_as(user):
        Customer.objects.filter(...).update(blocked=True)      # logged row by row, under the user's name

Tables are put under the log by a migration: `LogChanges("customers_customer", key="number")`. The user travels as a
setting that lives exactly as long as each transaction, so connections may be pooled in any mode.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

from erp.kernel.fences import LogChanges
from erp.kernel.models.changelog import ChangeLogEntry

if TYPE_CHECKING:
    from erp.kernel.models import User

__all__ = [
    "ActingUserMiddleware",
    "ChangeLogEntry",
    "LogChanges",
    "acting_as",
    "acting_user",
    "acting_user_id",
    "stamp",
]

_acting: ContextVar[str] = ContextVar("acting_user", default="")
_user: ContextVar["User | None"] = ContextVar("acting_user_itself", default=None)


@contextmanager
def acting_as(user: "User | None", *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Everything changed in here was changed by this user; None or an anonymous user is nobody. May be nested."""
    connection = connections[using]
    token = _acting.set(str(getattr(user, "pk", None) or ""))
    itself = _user.set(user if _acting.get() else None)
    try:
        if _transaction_status(connection) == TRANSACTION_STATUS_INTRANS:
            _tell(connection)
        with connection.execute_wrapper(_stamp_first):
            yield
    finally:
        _acting.reset(token)
        _user.reset(itself)
        if _transaction_status(connection) == TRANSACTION_STATUS_INTRANS:
            _tell(connection)


def acting_user() -> "User | None":
    """The user that is acting here, if it is known."""
    return _user.get()


def acting_user_id() -> int | None:
    """The key of the user that is acting here, if it is known."""
    return int(_acting.get()) if _acting.get() else None


def stamp(connection) -> None:
    """Name the acting user at the start of a transaction; for statements that pass Django's cursor by (COPY)."""
    if (
        _acting.get()
        and connection.in_atomic_block
        and _transaction_status(connection) == TRANSACTION_STATUS_IDLE
    ):
        _tell(connection)


class ActingUserMiddleware:
    """The logged-in user acts during requests that may change something."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.user.is_authenticated:
            return self.get_response(request)
        with acting_as(request.user):
            return self.get_response(request)


def _stamp_first(execute, sql, params, many, context):
    """Let the first statement of every transaction be preceded by the user's name."""
    connection = context["connection"]
    if connection.in_atomic_block:
        stamp(connection)
    elif _writes(sql):
        with transaction.atomic(using=connection.alias):
            stamp(connection)
            return execute(sql, params, many, context)
    return execute(sql, params, many, context)


def _writes(sql) -> bool:
    """Whether a statement may change something; what the server keeps under a name may."""
    head = sql[:6].decode(errors="replace") if isinstance(sql, bytes) else str(sql)[:6]
    return head.upper() in ("INSERT", "UPDATE", "DELETE", "EXECUT", "PREPAR")


def _transaction_status(connection) -> int | None:
    return connection.connection.get_transaction_status() if connection.connection is not None else None


def _tell(connection) -> None:
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('handel.user', %s, true)", [_acting.get()])
