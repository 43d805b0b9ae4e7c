"""What can be imported: the fields of one kind of record, and how it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from integration.imports.files import Row
from integration.imports.formats import Found, as_date, as_flag, as_number, as_text, plain

if TYPE_CHECKING:
    from integration.imports.targets.context import Context


@dataclass(frozen=True)
class Field:
    """One field of a target: what a value must be to fit.

    kind      text, number, date or flag
    size      longest text
    digits    of a number: all of them, and those after the point
    choices   the only texts allowed
    names     the table whose code or number the text must be
    """

    name: str
    kind: str = "text"
    required: bool = False
    size: int = 0
    digits: tuple[int, int] = (20, 5)
    choices: tuple[str, ...] = ()
    names: type[models.Model] | None = None

    def read(self, found: Found) -> Any:
        """The value, or None for nothing; raises BadValue."""
        value = _READERS[self.kind](found)
        if value is None or value == "":
            if self.required:
                raise found.refuse(_("{field} must be filled in").format(field=self.name))
            return None
        if self.kind == "number":
            return self._number(found, value)
        if self.kind == "text":
            return self._text(found, value)
        return value

    def _text(self, found: Found, text: str) -> str:
        if self.size and len(text) > self.size:
            raise found.refuse(_("is longer than {size} characters").format(size=self.size))
        if self.choices and text not in self.choices:
            raise found.refuse(_("is none of {choices}").format(choices=", ".join(self.choices)))
        return text

    def _number(self, found: Found, number: Decimal) -> Decimal:
        digits, places = self.digits
        if abs(number) >= Decimal(10) ** (digits - places):
            raise found.refuse(_("is too large: {number}").format(number=plain(number)))
        rounded = round(number, places)
        if number != rounded:
            raise found.refuse(_("has more than {places} decimals; round it").format(places=places))
        return rounded


_READERS = {
    "text": lambda found: as_text(found.value),
    "number": as_number,
    "date": as_date,
    "flag": as_flag,
}


class LineRecord(NamedTuple):
    """One line of a document, and the row that it comes from."""

    row: Row
    values: dict[str, Any]


class StepRecord(NamedTuple):
    """One thing to be done with a document; `on` None means its own date."""

    verb: str
    on: date | None


@dataclass(frozen=True)
class Record:
    """One row of a section, read and checked: only values that fit are in it, empty ones are not.

    key  by what it is known again
    """

    row: Row
    key: str
    values: dict[str, Any]
    lines: tuple[LineRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()


@dataclass(frozen=True)
class Target:
    """One kind of record.

    key          the fields by which a record is known, the first of them always given; documents, stock and payments
                 may be known by something else that the section says
    makes        the table whose rows it adds, so that later sections may name them
    write        brings the records into the books
    line_fields  of documents
    line_names   the table that the number on a line names; None where it names nothing
    steps        what may be done with a document once it is written
    check        what is wrong with one record as a whole
    """

    name: str
    fields: Mapping[str, Field]
    key: tuple[str, ...]
    write: Callable[[Sequence[Record], "Context"], None]
    makes: type[models.Model] | None = None
    line_fields: Mapping[str, Field] = field(default_factory=dict)
    line_names: Callable[[dict[str, Any]], type[models.Model] | None] | None = None
    steps: tuple[str, ...] = ()
    check: Callable[[Record], str] | None = None


def field_of(model: type[models.Model], column_name: str, *, required: bool | None = None, **said) -> Field:
    """A field of a target as a column of a table has it; foreign keys become the code of what they point to."""
    column = model._meta.get_field(column_name)
    if required is None:
        required = not column.has_default() and not column.blank and not column.null
    facts: dict[str, Any] = {"name": column_name, "required": required}
    if isinstance(column, models.ForeignKey):
        facts |= {"names": column.related_model, "size": 0}
    elif isinstance(column, models.BooleanField):
        facts["kind"] = "flag"
    elif isinstance(column, models.DateField):
        facts["kind"] = "date"
    elif isinstance(column, models.DecimalField):
        facts |= {"kind": "number", "digits": (column.max_digits, column.decimal_places)}
    elif isinstance(column, models.IntegerField):
        facts |= {"kind": "number", "digits": (18, 0)}
    else:
        facts["size"] = column.max_length or 0
        facts["choices"] = tuple(str(value) for value, _label in column.flatchoices if value)
    return Field(**{**facts, **said})


def fields_of(model: type[models.Model], *names: str, **said: dict[str, Any]) -> dict[str, Field]:
    """Several fields; `said` overrides what the table says about one of them."""
    return {name: field_of(model, name, **said.get(name, {})) for name in names}
