"""What the words of a profile are asked for."""

from typing import Protocol

from integration.imports.files import Row
from integration.imports.formats import Found
from integration.imports.sources import Sources


class Expression(Protocol):
    """Anything that has a value for a row."""

    def of(self, row: Row, sources: Sources) -> Found: ...


class Condition(Protocol):
    """Anything that is true or false for a row."""

    def holds(self, row: Row, sources: Sources) -> bool: ...
