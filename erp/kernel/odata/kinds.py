"""Kinds of properties beyond the plain ones: identifiers that are made of a key, and log-ins of users."""

from dataclasses import dataclass
from typing import Any

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.properties import Guid, Property, Text


@dataclass(frozen=True, kw_only=True)
class RowGuid(Guid):
    """The identifier of a row that has none of its own; the key may be what an expression finds.

    The row is one of `of`, or of a table by its name: `table="posting.glentry"`. Ledgers are named so, because
    nobody but their own doors may touch their classes.
    """

    key: str = "pk"
    table: str = ""

    @property
    def label(self) -> str:
        return self.table or super().label

    def expression(self, asking: Asking) -> Any:
        """The key: a column, or what `at` works out."""
        return super().expression(asking) if self.at is None else Property.expression(self, asking)


@dataclass(frozen=True, kw_only=True)
class UserName(Text):
    """The log-in of a user; in $filter '%me' is whoever asks."""

    length: int | None = 50

    def literal(self, value: Any, asking: Asking) -> Any:
        text = super().literal(value, asking)
        return asking.user.get_username() if text.lower() == "%me" else text
