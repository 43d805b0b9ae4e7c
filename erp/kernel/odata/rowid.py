"""Identifiers for rows that have none of their own: made from the table and the key, and read back from it.

    row_id("posting.glentry", 4711)  ->  UUID("6d1c…-8…")       the same for ever, no column, no index
    pk_of("posting.glentry", id)     ->  4711; None for an id of another table

UUID of version 8 (RFC 9562): 60 bits of the label's SHA-256, then the key in 62 bits.
"""

from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.db.models import Func, UUIDField

ZERO = UUID(int=0)  # how the API writes that there is none
_KEYS = 1 << 62
_VERSION = 0x8 << 76
_VARIANT = 0x2 << 62


def row_id(label: str, pk: int) -> UUID:
    """The identifier of a row; label is that of its model, as in "posting.glentry"."""
    return UUID(int=_head(label) | (pk % _KEYS))


def pk_of(label: str, id: UUID) -> int | None:
    """The key that an identifier of this table carries."""
    return id.int % _KEYS if id.int - id.int % _KEYS == _head(label) else None


@lru_cache
def _head(label: str) -> int:
    bits = int.from_bytes(sha256(label.encode()).digest()[:8]) >> 4  # 60 of them: 48 and 12
    return (bits >> 12) << 80 | _VERSION | (bits & 0xFFF) << 64 | _VARIANT


class MadeId(Func):
    """`row_id` worked out by the database, for rows of several tables that are read together."""

    output_field = UUIDField()

    def __init__(self, key, *, label: str, **extra):
        self.label = label
        super().__init__(key, **extra)

    def as_sql(self, compiler, connection, **_options):
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return f"('{_head(self.label) >> 64:016x}8' || lpad(to_hex({sql}), 15, '0'))::uuid", params
