"""The properties of an entity: how a column is shown, typed, filtered and described.

    Code("number", "number", length=20)
    Guid("currencyId", "currency__uuid", of=Currency, to="currency")
    Choice("status", "status", ORDER_STATUS, read_only=True)

`at` is where the value lives: a path of the ORM, an expression, or a function of the `Asking` that gives one. `to` is
what routines call it; a property that is not read-only has one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    Expression,
    F,
    IntegerField,
    Model,
    Q,
    UUIDField,
    Value,
)
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import ZERO, Asking, has_uuid
from erp.kernel.odata.codec import decode, encode
from erp.kernel.odata.errors import bad_request, invalid
from erp.kernel.odata.rowid import pk_of, row_id

NO_DAY = "0001-01-01"
NO_MOMENT = "0001-01-01T00:00:00Z"
MOST_DIGITS = 15
MOST_SHOWN = 200  # characters of a value that a refusal repeats
MOST_EXPONENT = 100  # beyond, decimals are not even worked with
Place = str | Expression | Callable[[Asking], Expression] | None
_BLANK = {
    "Edm.String": Value("", CharField()),
    "Edm.Boolean": Value(False, BooleanField()),
    "Edm.Date": Value(None, DateField()),
    "Edm.DateTimeOffset": Value(None, DateTimeField()),
    "Edm.Decimal": Value(Decimal(0), DecimalField(max_digits=20, decimal_places=5)),
    "Edm.Guid": Value(None, UUIDField()),
    "Edm.Int32": Value(0, IntegerField()),
}


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property.

    to          what it is called inside when it is written; blank takes `at`
    required    a new entity must name it
    sortable    there is an index that gives its order
    filterable  it may stand in $filter; what no table keeps cannot
    nullable    the column may have no value (shown as blank)
    extension   v2.0 does not have it: shown only when asked for
    of, by      it names a row of another table, by its column; what is written becomes that row
    gives       what routines get of that row (its code, say); blank: the row itself
    absent      v2.0 has it, Handel has nothing that it could be about: always blank, and nothing else may be written
    example     for the reference
    """

    edm: ClassVar[str] = "Edm.String"

    name: str = field(kw_only=False)
    at: Place = field(default=None, kw_only=False)
    to: str = ""
    read_only: bool = False
    required: bool = False
    sortable: bool = False
    filterable: bool = True
    nullable: bool = False
    extension: bool = False
    of: type[Model] | None = None
    by: str = ""
    gives: str = ""
    absent: bool = False
    about: str = ""
    example: Any = None

    @property
    def inside(self) -> str:
        """The name that routines know it by."""
        return self.to or (self.at if isinstance(self.at, str) else "") or self.name

    @property
    def is_key(self) -> bool:
        """The entity's own identifier, which names no other row."""
        return self.name == "id"

    def expression(self, asking: Asking) -> Any:
        """What to select for it."""
        if self.absent:
            return _BLANK[self.edm]
        place = self.at
        if isinstance(place, str):
            return F(place)
        if hasattr(place, "resolve_expression"):
            return place
        return place(asking) if callable(place) else None

    def show(self, value: Any, asking: Asking) -> Any:
        """A value of the database as JSON has it."""
        return "" if value is None else str(value)

    def read(self, value: Any) -> Any:
        """A value of JSON as routines want it; raises `ApiError`."""
        return value

    def literal(self, value: Any, asking: Asking) -> Any:
        """A value of $filter as the column has it; None for blank."""
        return self.read(value)

    def literals(self, values: Sequence[Any], asking: Asking) -> list[Any]:
        """Several values as `literal` has each of them; for `among`."""
        return [self.literal(value, asking) for value in values]

    def compare(self, path: str, operator: str, value: Any) -> Q:
        """A comparison of $filter: operator is eq, ne, gt, ge, lt or le, value that of `literal`."""
        if value is None:
            return compare_blank(path, operator)
        if operator == "eq":
            return Q(**{path: value})
        if operator == "ne":
            differs = ~Q(**{path: value})
            return differs | Q(**{f"{path}__isnull": True}) if self.nullable else differs
        lookup = {"gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}[operator]
        found = Q(**{f"{path}__{lookup}": value})
        # Blank is less than everything.
        return found | Q(**{f"{path}__isnull": True}) if self.nullable and operator in ("lt", "le") else found

    def among(self, path: str, values: list[Any]) -> Q:
        """The condition to be one of some values of `literal`."""
        return Q(**{f"{path}__in": values})

    def wrong(self, value: Any, expected: str, code: str = "Application_EvaluateException"):
        """What to raise for a value that cannot be one of this property."""
        message = _('The value "{value}" can\'t be evaluated into {expected}.').format(
            value=str(value)[:MOST_SHOWN], expected=expected
        )
        return invalid(message, self.name, code)


def compare_blank(path: str, operator: str) -> Q:
    none = Q(**{f"{path}__isnull": True})
    if operator in ("eq", "le"):
        return none
    if operator in ("ne", "gt"):
        return ~none
    return Q() if operator == "ge" else Q(pk__in=[])


@dataclass(frozen=True, kw_only=True)
class Text(Property):
    """Text of at most `length` characters; null is blank. `keeps`: how many the column takes, where these are fewer."""

    length: int | None = None
    keeps: int | None = None

    def show(self, value: Any, asking: Asking) -> str:
        return "" if value is None else str(value)

    def read(self, value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(value, _("a text"))
        if "\0" in value:
            raise self.wrong("\\0", _("a text"))
        limit = self.keeps or self.length
        if limit is not None and len(value) > limit:
            message = _("The length of {property} is {length}; it must be at most {limit} characters.")
            raise invalid(
                message.format(property=self.name, length=len(value), limit=limit),
                self.name,
                "Application_StringExceededLength",
            )
        return value

    def literal(self, value: Any, asking: Asking) -> Any:
        return "" if value is None else str(value)

    def compare(self, path: str, operator: str, value: Any) -> Q:
        if self.nullable and value == "" and operator in ("eq", "ne"):
            blank = Q(**{path: ""}) | Q(**{f"{path}__isnull": True})
            return blank if operator == "eq" else ~blank
        return super().compare(path, operator, value)


@dataclass(frozen=True, kw_only=True)
class Code(Text):
    """A code: capitals, without blanks around it."""

    def read(self, value: Any) -> str:
        return super().read(value).strip().upper()

    def literal(self, value: Any, asking: Asking) -> Any:
        return "" if value is None else str(value).strip().upper()


@dataclass(frozen=True, kw_only=True)
class Number(Text):
    """The number of a record: as a code, but as it was typed."""

    def read(self, value: Any) -> str:
        return super().read(value).strip()


@dataclass(frozen=True, kw_only=True)
class Formula(Text):
    """A date formula, as "30D" or "CM+1M"."""

    length: int | None = 32


@dataclass(frozen=True, kw_only=True)
class Dec(Property):
    """An amount, a price, a quantity or a percentage; `scale` decimals. JSON has a number, never an exponent."""

    edm: ClassVar[str] = "Edm.Decimal"
    scale: int = 5

    def show(self, value: Any, asking: Asking) -> Decimal:
        return Decimal(0) if value is None else trimmed(value)

    def read(self, value: Any) -> Decimal:
        if value is None:
            return Decimal(0)
        if isinstance(value, bool) or not isinstance(value, int | Decimal | float | str):
            raise self.wrong(value, _("a number"))
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            raise self.wrong(value, _("a number"))
        if not number.is_finite() or abs(number.adjusted()) > MOST_EXPONENT:
            raise self.wrong(value, _("a number"))
        if len(number.normalize().as_tuple().digits) > MOST_DIGITS or number.adjusted() >= MOST_DIGITS:
            raise self.wrong(value, _("a number of at most {digits} digits").format(digits=MOST_DIGITS))
        if number != 0 and number != round(number, self.scale):
            raise self.wrong(value, _("a number of at most {scale} decimals").format(scale=self.scale))
        return number

    def literal(self, value: Any, asking: Asking) -> Any:
        if value is None:
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self.wrong(value, _("a number"))
        if not number.is_finite() or abs(number.adjusted()) > 30:
            raise self.wrong(value, _("a number"))
        return number


def trimmed(value: Decimal | int) -> Decimal:
    """The number without zeros at its end, and without an exponent."""
    number = Decimal(value).normalize()
    return number.quantize(Decimal(1)) if number.as_tuple().exponent > 0 else number


@dataclass(frozen=True, kw_only=True)
class Int(Property):
    """A whole number."""

    edm: ClassVar[str] = "Edm.Int32"
    big: bool = False

    def show(self, value: Any, asking: Asking) -> int:
        return int(value or 0)

    def read(self, value: Any) -> int:
        if value is None:
            return 0
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(value, _("a whole number"))
        limit = 2**63 if self.big else 2**31
        if not -limit <= value < limit:
            raise self.wrong(value, _("a whole number"))
        return value

    def literal(self, value: Any, asking: Asking) -> Any:
        if value is None:
            return None
        if isinstance(value, Decimal | float):  # 10.5 is a value to compare with, though never one to have
            return Decimal(str(value))
        if isinstance(value, str):
            raise self.wrong(value, _("a whole number"))
        return int(value)


@dataclass(frozen=True, kw_only=True)
class Bool(Property):
    """Yes or no."""

    edm: ClassVar[str] = "Edm.Boolean"

    def show(self, value: Any, asking: Asking) -> bool:
        return bool(value)

    def read(self, value: Any) -> bool:
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.wrong(value, _("true or false"))
        return value


@dataclass(frozen=True, kw_only=True)
class Day(Property):
    """A day, as "2026-03-02"; blank is "0001-01-01"."""

    edm: ClassVar[str] = "Edm.Date"
    nullable: bool = True

    def show(self, value: Any, asking: Asking) -> str:
        return NO_DAY if value is None else value.isoformat()

    def read(self, value: Any) -> date | None:
        if value in (None, "", NO_DAY):
            return None
        try:
            day = parse_date(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None:
            raise self.wrong(value, _("a date such as 2026-03-02"))
        return day

    def literal(self, value: Any, asking: Asking) -> Any:
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else self.read(value)


@dataclass(frozen=True, kw_only=True)
class Moment(Property):
    """A moment, in UTC."""

    edm: ClassVar[str] = "Edm.DateTimeOffset"

    def show(self, value: Any, asking: Asking) -> str:
        if value is None:
            return NO_MOMENT
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def read(self, value: Any) -> datetime | None:
        if value in (None, "", NO_MOMENT):
            return None
        try:
            moment = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None:
            raise self.wrong(value, _("a moment such as 2026-03-02T10:15:00Z"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def literal(self, value: Any, asking: Asking) -> Any:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        return self.read(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Property):
    """One of some named values; `values` has what the column holds, and its name outside."""

    values: Mapping[Any, str]
    type: str = ""  # name of the enumeration, for $metadata

    @property
    def edm_enum(self) -> str:
        return self.type or self.name

    def show(self, value: Any, asking: Asking) -> str:
        return encode(self.values.get("" if value is None else value, "" if value is None else str(value)))

    def read(self, value: Any) -> Any:
        name = "" if value is None else value
        if not isinstance(name, str):
            raise self.wrong(value, self.expected)
        return self._inside(name)

    def literal(self, value: Any, asking: Asking) -> Any:
        return self._inside("" if value is None else str(value))

    def compare(self, path: str, operator: str, value: Any) -> Q:
        """By name: several values of the column may go by one name outside."""
        if value is None or operator not in ("eq", "ne"):
            return super().compare(path, operator, value)
        same = Q(
            **{f"{path}__in": [each for each, name in self.values.items() if name == self.values[value]]}
        )
        if value == "" and self.nullable:
            same |= Q(**{f"{path}__isnull": True})
        return same if operator == "eq" else ~same

    def _inside(self, name: str) -> Any:
        wanted = decode(name).strip().casefold()
        for inside, outside in self.values.items():
            if outside.strip().casefold() == wanted:
                return inside
        raise self.wrong(name, self.expected)

    @property
    def expected(self) -> str:
        return _("one of {values}").format(values=", ".join(encode(name) for name in self.values.values()))


@dataclass(frozen=True, kw_only=True)
class Guid(Property):
    """An identifier. Zeros stand for none.

    With `at` None and `of`, it is made of the key (`key`, a path) of a row that has no identifier of its own.
    """

    edm: ClassVar[str] = "Edm.Guid"
    key: str = ""

    @property
    def is_made(self) -> bool:
        return bool(self.key)

    @property
    def label(self) -> str:
        return self.of._meta.label_lower

    def expression(self, asking: Asking) -> Any:
        return F(self.key) if self.is_made else super().expression(asking)

    def show(self, value: Any, asking: Asking) -> str:
        if value is None:
            return str(ZERO)
        return str(row_id(self.label, value)) if self.is_made else str(value)

    def read(self, value: Any) -> UUID | None:
        if value in (None, ""):
            return None
        try:
            id = UUID(value) if isinstance(value, str) else None
        except ValueError:
            id = None
        if id is None:
            raise self.wrong(value, _("an identifier (GUID)"), "Application_InvalidGUID")
        return None if id == ZERO else id

    def literal(self, value: Any, asking: Asking) -> Any:
        id = value if isinstance(value, UUID) else self.read(value)
        if id is None or id == ZERO:
            return None
        if not self.is_made:
            return id
        pk = pk_of(self.label, id)
        return -1 if pk is None else pk


@dataclass(frozen=True, kw_only=True)
class GuidOfCode(Guid):
    """The identifier of a row that the column names by its code; `of` is its (small) table, `by` the code's column."""

    by: str = "code"
    gives: str = "code"

    def expression(self, asking: Asking) -> Any:
        return Property.expression(self, asking)

    def show(self, value: Any, asking: Asking) -> str:
        return str(asking.ids_by_code(self.of, self.by).get(value, ZERO)) if value else str(ZERO)

    def literal(self, value: Any, asking: Asking) -> Any:
        id = value if isinstance(value, UUID) else self.read(value)
        if id is None or id == ZERO:
            return ""
        codes = {each: code for code, each in asking.ids_by_code(self.of, self.by).items()}
        return codes.get(id, "\x01")  # no code is written so

    @property
    def has_uuid(self) -> bool:
        return has_uuid(self.of)


@dataclass(frozen=True, kw_only=True)
class Stream(Property):
    """Bytes, read and written at an address of their own."""

    edm: ClassVar[str] = "Edm.Stream"
    filterable: bool = False


def as_extension(*properties: Property) -> tuple[Property, ...]:
    """Properties that v2.0 does not have."""
    return tuple(replace(each, extension=True) for each in properties)


__all__ = [
    "NO_DAY", "NO_MOMENT", "Bool", "Choice", "Code", "Day", "Dec", "Formula", "Guid", "GuidOfCode", "Int", "Moment",
    "Number", "Property", "Stream", "Text", "as_extension", "bad_request", "compare_blank", "trimmed",
]  # fmt: skip
