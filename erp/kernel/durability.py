"""Making many commits durable together, for runs that post document after document.

    with durable_together():
        for document in documents:
            post(document, …)
    report(documents)

PostgreSQL writes its log in one order: when a commit is on disk, all commits before it are. Within the block a commit
does not wait for the disk; the end of the block does, once for all. Should the server die before, the last of them are
gone as if they had never been: whole documents with their numbers and messages, none by half. So nobody outside may be
told of one before the block has ended; the outbox commits synchronously before anything leaves the house.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

# A transaction that writes to the log, and with it waits for all that was written before.
WRITE = "SELECT pg_logical_emit_message(true, 'handel', 'durable')"


@contextmanager
def durable_together(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Commits within the block are durable when the block has ended, also when it ends by an exception.

    Within a transaction it does nothing: there is only one commit then, and it is not here.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
        make_durable(using)


def make_durable(using: str = DEFAULT_DB_ALIAS) -> None:
    """Wait until what has been committed by now, by whomever, is on disk: before it is told outside.

    Within a transaction it does nothing: its own commit waits.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('synchronous_commit', 'on', true)")
        cursor.execute(WRITE)
