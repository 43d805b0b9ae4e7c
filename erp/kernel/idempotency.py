"""Doing a request once, however often it arrives.

    result = once(key=key, user=user, operation="sales.post", request_hash=hash_request(order=id, ship=True))(
        lambda: {"invoice": post_invoice(order, posting_date=on, by=user).number}
    )

The key, and what the work returned, are stored in the work's own transaction. Work that is refused or fails leaves no
key: the next attempt runs. A deadlock, or a connection that broke even in COMMIT, is tried again here: the key says
whether the work is done. Keys are kept for 7 days.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, router, transaction
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.faults import again
from erp.kernel.models.idempotency import IdempotencyKey

if TYPE_CHECKING:
    from erp.kernel.models import User

KEEP = timedelta(days=7)
MAX_LENGTH = 64


class IdempotencyMismatch(ErpError):
    """The key was used before, for something else."""

    code, status = "E-IDEM-MISMATCH", 409
    template = _("Idempotency key {key} was used for another request.")


class IdempotencyKeyTooLong(ErpError):
    """Keys have at most 64 characters."""

    code, status = "E-IDEM-LEN", 422
    template = _("An idempotency key has at most {length} characters.")


def once(*, key: str, user: "User", operation: str, request_hash: str) -> Callable[[Callable[[], Any]], Any]:
    """Run a piece of work unless the key says that it was done, and return its result either way.

    key           what the caller chose; empty runs the work every time
    user          whose key it is: two users may choose the same one
    operation     what is asked for, as in "sales.post"
    request_hash  of everything that makes the request what it is; see `hash_request`
    returns       a function that takes the work and returns its result as JSON knows it (texts, numbers, lists,
                  dicts), the same the first time and ever after
    raises        IdempotencyMismatch (409) when the key was used for another request

    Two at once: the second waits for the first, then gets its result, or runs if the first one failed.
    """

    def run(work: Callable[[], Any]) -> Any:
        if not key:
            return _as_json(work())
        if len(key) > MAX_LENGTH:
            raise IdempotencyKeyTooLong(length=MAX_LENGTH)
        return again(lambda: keyed(work))

    @transaction.atomic(using=router.db_for_write(IdempotencyKey))
    def keyed(work: Callable[[], Any]) -> Any:
        if not _claim(key, user, operation, request_hash):
            done = IdempotencyKey.objects.get(user=user, key=key)
            if (done.operation, done.request_hash) != (operation, request_hash):
                raise IdempotencyMismatch(key=key)
            return done.result
        result = _as_json(work())
        IdempotencyKey.objects.filter(user=user, key=key).update(result=result)
        return result

    return run


def hash_request(**values: Any) -> str:
    """A fingerprint of a request; the order of the names does not matter."""
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def forget_keys(*, before: datetime) -> int:
    """Delete keys made before a moment; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]


def _claim(key: str, user: "User", operation: str, request_hash: str) -> bool:
    """Insert the key; False when it is there. Waits for a transaction that is about to insert the same one."""
    connection = connections[router.db_for_write(IdempotencyKey)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {IdempotencyKey._meta.db_table} (user_id, key, operation, request_hash)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (user_id, key) DO NOTHING",
            [user.pk, key, operation, request_hash],
        )
        return cursor.rowcount == 1


def _as_json(result: Any) -> Any:
    return json.loads(json.dumps(result, cls=DjangoJSONEncoder))
