"""What a profile says about one value, ready to be asked for every row.

Every class here is one word of the profile's language and answers `of(row, sources)` with what it found; nobody
writes anything. docs/import.md explains the words to people.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.money import round_to
from integration.imports.errors import BadValue
from integration.imports.files import Row
from integration.imports.formats import Found, Value, as_number, as_text
from integration.imports.protocols import Condition, Expression
from integration.imports.sources import Key, Sources

ANY_OTHER = "*"  # in a map: what becomes of every value that the map does not name
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Column:
    name: str

    def of(self, row: Row, sources: Sources) -> Found:
        return row.find(self.name)


@dataclass(frozen=True)
class Constant:
    value: Value

    def of(self, row: Row, sources: Sources) -> Found:
        return Found(self.value)


@dataclass(frozen=True)
class Template:
    """Columns within a text: "{FirstName} {LastName}". Empty when every column is."""

    text: str

    @property
    def columns(self) -> list[str]:
        return PLACEHOLDER.findall(self.text)

    def of(self, row: Row, sources: Sources) -> Found:
        found = {name: as_text(row.find(name).value) for name in self.columns}
        column = " + ".join(found)
        if found and not any(found.values()):
            return Found(None, column)
        return Found(PLACEHOLDER.sub(lambda match: found[match[1]], self.text).strip(), column)


@dataclass(frozen=True)
class Match:
    """Which rows of another file belong to this one: its columns, and what they must hold."""

    file: str
    columns: Key
    values: tuple[Expression, ...]

    def key(self, row: Row, sources: Sources) -> Key:
        return tuple(as_text(value.of(row, sources).value) for value in self.values)

    def rows(self, row: Row, sources: Sources):
        key = self.key(row, sources)
        return sources.matching(self.file, self.columns, key) if any(key) else ()


@dataclass(frozen=True)
class Lookup:
    """A value from the one matching row of another file."""

    match: Match
    take: Expression

    def of(self, row: Row, sources: Sources) -> Found:
        key = self.match.key(row, sources)
        if not any(key):
            return Found(None)
        rows = self.match.rows(row, sources)
        if len(rows) == 1:
            return self.take.of(rows[0], sources)
        reason = _("{count} rows in {file} have this in {column}, not one").format(
            count=len(rows) or _("no"),
            file=sources.tables[self.match.file].spec.path,
            column=" + ".join(self.match.columns),
        )
        column = next((value.of(row, sources).column for value in self.match.values), "")
        raise NotFound(reason, column=column, value=" + ".join(key))


class NotFound(BadValue):
    """A lookup that found nothing, or too much; a default of the value mends it."""


@dataclass(frozen=True)
class Total:
    """The sum of something over the matching rows of another file, or how many they are."""

    match: Match
    of_each: Expression | None
    where: Condition | None = None

    def of(self, row: Row, sources: Sources) -> Found:
        rows = [
            other
            for other in self.match.rows(row, sources)
            if self.where is None or self.where.holds(other, sources)
        ]
        if self.of_each is None:
            return Found(Decimal(len(rows)))
        return Found(sum((as_number(self._part(other, sources)) or Decimal(0) for other in rows), Decimal(0)))

    def _part(self, other: Row, sources: Sources) -> Found:
        try:
            found = self.of_each.of(other, sources)
            as_number(found)
            return found
        except BadValue as error:
            where = _("in {file}, row {row}: {reason}")
            reason = where.format(file=other.table.spec.path, row=other.number, reason=error.reason)
            raise BadValue(reason, column=error.column, value=error.value) from None


@dataclass(frozen=True)
class Arithmetic:
    """Two or more numbers joined; empty when all of them are, and otherwise an empty one counts as zero."""

    join: Callable[[Decimal, Decimal], Decimal]
    parts: tuple[Expression, ...]

    def of(self, row: Row, sources: Sources) -> Found:
        found = [part.of(row, sources) for part in self.parts]
        numbers = [as_number(part) for part in found]
        column = " + ".join(dict.fromkeys(part.column for part in found if part.column))
        if all(
            number is None for part, number in zip(self.parts, numbers, strict=True) if not is_constant(part)
        ):
            return Found(None, column)
        total, *rest = (number or Decimal(0) for number in numbers)
        for number in rest:
            try:
                total = self.join(total, number)
            except ArithmeticError:
                raise BadValue(_("cannot be divided by zero"), column=column, value=as_text(total)) from None
        return Found(total, column)


def is_constant(expression: Expression) -> bool:
    return isinstance(expression, Constant)


@dataclass(frozen=True)
class First:
    """The first value that is not empty."""

    parts: tuple[Expression, ...]

    def of(self, row: Row, sources: Sources) -> Found:
        found = Found(None)
        for part in self.parts:
            found = part.of(row, sources)
            if not found.is_empty:
                break
        return found


@dataclass(frozen=True)
class Choice:
    """The value of the first case whose condition holds; empty when none does."""

    cases: tuple[tuple[Condition | None, Expression], ...]

    def of(self, row: Row, sources: Sources) -> Found:
        for condition, use in self.cases:
            if condition is None or condition.holds(row, sources):
                return use.of(row, sources)
        return Found(None)


@dataclass(frozen=True)
class Refined:
    """A value after what the profile does to it: read, mapped, rounded, cut, replaced when empty."""

    source: Expression
    decimal: str | None = None
    thousands: str | None = None
    dates: tuple[str, ...] | None = None
    mapping: dict[str, Value] | None = None
    map_name: str = ""
    round_to: Decimal | None = None
    case: str = ""
    cut: int = 0
    default: Expression | None = None

    def of(self, row: Row, sources: Sources) -> Found:
        try:
            found = self._formatted(self.source.of(row, sources))
        except NotFound:
            if self.default is None:
                raise
            found = Found(None)
        if self.mapping is not None and not found.is_empty:
            found = self._mapped(found)
        if self.round_to is not None and not found.is_empty:
            found = found._replace(value=round_to(as_number(found), self.round_to))
        if self.case or self.cut:
            found = found._replace(value=self._shaped(as_text(found.value)))
        if found.is_empty and self.default is not None:
            return self.default.of(row, sources)._replace(column=found.column)
        return found

    def _formatted(self, found: Found) -> Found:
        formats = found.formats
        if self.decimal is not None:
            formats = formats._replace(decimal=self.decimal)
        if self.thousands is not None:
            formats = formats._replace(thousands=self.thousands)
        if self.dates is not None:
            formats = formats._replace(dates=self.dates)
        return found._replace(formats=formats)

    def _mapped(self, found: Found) -> Found:
        text = as_text(found.value)
        if text in self.mapping:
            return found._replace(value=self.mapping[text])
        if ANY_OTHER not in self.mapping:
            name = f" {self.map_name}" if self.map_name else ""
            raise found.refuse(_("is not in the map{name}").format(name=name))
        other = self.mapping[ANY_OTHER]
        return found if other == ANY_OTHER else found._replace(value=other)

    def _shaped(self, text: str) -> str:
        if self.case:
            text = text.upper() if self.case == "upper" else text.lower()
        return text[: self.cut].rstrip() if self.cut else text
