"""Whether something holds for a row: filters on rows, and the cases of a choice."""

from collections.abc import Callable
from dataclasses import dataclass

from integration.imports.files import Row
from integration.imports.formats import Found, as_text
from integration.imports.protocols import Condition, Expression
from integration.imports.sources import Sources


@dataclass(frozen=True)
class Filled:
    value: Expression

    def holds(self, row: Row, sources: Sources) -> bool:
        return not self.value.of(row, sources).is_empty


@dataclass(frozen=True)
class OneOf:
    """The text of the value is one of some texts."""

    value: Expression
    texts: frozenset[str]

    def holds(self, row: Row, sources: Sources) -> bool:
        return as_text(self.value.of(row, sources).value) in self.texts


@dataclass(frozen=True)
class Compare:
    """Two values as numbers, dates or texts; an empty number or date is neither more nor less than anything."""

    read: Callable[[Found], object]
    test: Callable[[object, object], bool]
    left: Expression
    right: Expression

    def holds(self, row: Row, sources: Sources) -> bool:
        left = self.read(self.left.of(row, sources))
        right = self.read(self.right.of(row, sources))
        return left is not None and right is not None and self.test(left, right)


@dataclass(frozen=True)
class All:
    parts: tuple[Condition, ...]

    def holds(self, row: Row, sources: Sources) -> bool:
        return all(part.holds(row, sources) for part in self.parts)


@dataclass(frozen=True)
class Any:
    parts: tuple[Condition, ...]

    def holds(self, row: Row, sources: Sources) -> bool:
        return any(part.holds(row, sources) for part in self.parts)


@dataclass(frozen=True)
class Not:
    part: Condition

    def holds(self, row: Row, sources: Sources) -> bool:
        return not self.part.holds(row, sources)


def text_of(found: Found) -> str:
    return as_text(found.value)
