"""What every ledger needs: numbers from the head, rows that stay, and the fence in the database.

    numbers = take_numbers(register_no=1, transaction_no=1, gl_entry_no=len(plan.gl))
    first = numbers.gl_entry_no

A posting takes its numbers last, once everything is decided, because whoever holds the head makes the others wait.
"""

from functools import cache
from types import SimpleNamespace

from django.db import connections, router, transaction

from erp.kernel.fences import AppendOnly
from erp.kernel.models.ledger import LedgerHead, LedgerIsAppendOnly, LedgerModel, LedgerQuerySet
from erp.kernel.prepared import Statement

__all__ = [
    "AppendOnly",
    "LedgerHead",
    "LedgerIsAppendOnly",
    "LedgerModel",
    "LedgerQuerySet",
    "Numbers",
    "lock_ledgers",
    "take_numbers",
]

COUNTERS = frozenset(field.attname for field in LedgerHead._meta.concrete_fields if not field.primary_key)


class Numbers(SimpleNamespace):
    """The first number of each block that was asked for, under the name of its counter."""


def take_numbers(**counts: int) -> Numbers:
    """Take blocks of consecutive ledger numbers, locking the head until the transaction ends.

    counts   how many per counter of the ledger head: gl_entry_no=4, register_no=1; 0 takes none
    returns  the first number of each block; a block of 0 names the number that comes next
    raises   TypeError for an unknown counter, ValueError for a negative count; outside a transaction
             TransactionManagementError

    One statement. Numbers of a transaction that is rolled back are given out again: no gaps, in commit order.
    """
    unknown = counts.keys() - COUNTERS
    if unknown or not counts:
        raise TypeError(f"take_numbers wants some of {', '.join(sorted(COUNTERS))}; got {sorted(unknown)}")
    if min(counts.values()) < 0:
        raise ValueError("take_numbers cannot give numbers back")
    with _head_connection().cursor() as cursor:
        _taking(tuple(counts)).execute(cursor, list(counts.values()))
        row = cursor.fetchone()
    if row is None:
        raise LedgerHead.DoesNotExist("The ledger head is missing: run manage.py migrate")
    return Numbers(
        **{name: last - count + 1 for (name, count), last in zip(counts.items(), row, strict=True)}
    )


def lock_ledgers() -> None:
    """Keep every posting out until this transaction ends; for rebuilding projections."""
    connection = _head_connection()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {LedgerHead._meta.db_table} WHERE id = 1 FOR UPDATE")


@cache
def _taking(columns: tuple[str, ...]) -> Statement:
    moved = ", ".join(f"{column} = {column} + %s" for column in columns)
    return Statement(f"UPDATE kernel_ledgerhead SET {moved} WHERE id = 1 RETURNING {', '.join(columns)}")


def _head_connection():
    connection = connections[router.db_for_write(LedgerHead)]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Ledger numbers are taken within a transaction")
    return connection
