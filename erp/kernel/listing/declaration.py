"""How a room declares a list: its rows, columns, views and what can be done with many rows at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Expression, Field, Model, QuerySet
from django.utils.functional import Promise

if TYPE_CHECKING:
    from erp.kernel.models import User

Text = str | Promise
SMALL = 20_000  # rows of which a list works out, filters and sorts what no index helps with
EXPORT_EVERYTHING = "posting.export_everything"


class Kind(StrEnum):
    """What a column holds; decides how it is filtered, shown and exported."""

    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    DAY = "day"
    MOMENT = "moment"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    PRICE = "price"
    PERCENT = "percent"
    NUMBER = "number"
    YES_NO = "yes_no"


FIGURES = frozenset({Kind.AMOUNT, Kind.QUANTITY, Kind.PRICE, Kind.PERCENT, Kind.NUMBER})


@dataclass(frozen=True)
class Facts:
    """What the rows of a list may depend on: who asks, and when. `given` is what the door adds of its own."""

    user: "User"
    today: date
    work_date: date
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """One column.

    name        in the address: ?f.customer=…&sort=-customer
    expression  path of a field ("customer__number"), or a function of the facts that gives an expression;
                blank: shown only, neither filtered nor sorted
    value       of a row, for what is shown and exported; None: what `expression` names
    fills       name of the work that `Listing.fill` does for the rows on a page before `value` can be asked
    indexed     sorted by an index however many rows there are; without one only a list of up to `SMALL` rows is
    shown       part of the list unless a user chooses otherwise
    phone       stands on a telephone as well
    permission  of those who may see, filter, sort and export it
    total       the sum of the column is worth knowing: True, or a function of (rows, facts) that gives it
    url         address that the cell leads to, of a row; None or blank: none
    status      look of the label that the value is shown as, of a row: "good", "warn", "bad", "plain", or ""
    prefix      a quiet word before the value, of a row: the currency of an amount
    template    shows the cell, with `row` and `value`, where a kind of its own is wanted
    choices     (value, label) pairs of a choice; None: those of the field
    token       what %me is in this column: "user" or "salesperson"
    """

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    expression: str | Callable[[Facts], Expression] = ""
    value: Callable[[Any], Any] | None = None
    fills: str = ""
    indexed: bool = False
    shown: bool = True
    phone: bool = False
    stretch: bool = False
    blank_zero: bool = False
    permission: str = ""
    total: bool | Callable[[QuerySet, Facts], Decimal] = False
    url: Callable[[Any], str] | None = None
    status: Callable[[Any], str] | None = None
    prefix: Callable[[Any], str] | None = None
    template: str = ""
    choices: Sequence[tuple[str, Text]] | None = None
    token: str = ""

    @property
    def is_derived(self) -> bool:
        """Whether it is worked out for each row instead of read from a column of a table."""
        return callable(self.expression)

    @property
    def path(self) -> str:
        """How queries name it."""
        return f"column_{self.name}" if self.is_derived else self.expression

    @property
    def is_figure(self) -> bool:
        return self.kind in FIGURES

    def of(self, row: Any) -> Any:
        """The value of a row."""
        if self.value is not None:
            return self.value(row)
        for part in self.path.split("__"):
            row = getattr(row, part, None)
        return row


@dataclass(frozen=True)
class View:
    """A list that is asked for often: a tab. `condition` gives the rows of it, of (rows, facts); None: all."""

    name: str
    label: Text
    condition: Callable[[QuerySet, Facts], QuerySet] | None = None


class Refusing(Exception):
    """What was asked of a list cannot be understood; says why, as a problem whose field is the column."""

    def __init__(self, problem):
        self.problem = problem
        super().__init__(problem.message)


@dataclass(frozen=True)
class BulkAction:
    """What can be done with chosen rows.

    run          of (row, user, at, on): does it with one row, returns a sentence or nothing, or raises ErpError
    url          instead of `run`: the address of a page that takes the chosen rows as ?chosen=…&chosen=…
    permissions  all of them are needed; `any_permission`: one of them is enough
    question     is asked first
    removes      what it was done to is gone
    """

    name: str
    label: Text
    run: Callable[..., Text | None] | None = None
    url: Callable[[Facts], str] | None = None
    permissions: Sequence[str] = ()
    any_permission: Sequence[str] = ()
    question: Text = ""
    danger: bool = False
    removes: bool = False
    key: str = ""

    def allowed(self, user) -> bool:
        if self.any_permission and not any(user.has_perm(name) for name in self.any_permission):
            return False
        return user.has_perms(self.permissions)


@dataclass(frozen=True)
class Link:
    """A way from a list to another page, for those who may."""

    label: Text
    url: Callable[[Facts], str]
    permissions: Sequence[str] = ()
    staff: bool = False
    primary: bool = False
    key: str = ""

    def allowed(self, user) -> bool:
        return user.has_perms(self.permissions) and (user.is_staff or not self.staff)


@dataclass(frozen=True)
class Listing:
    """A list.

    key           for the views and columns that users keep: "sales.order"
    rows          of the facts: every row that this user may see
    row_key       what names a row when it is chosen; unique within `rows`
    row_url       where Enter leads, of a row; a blank one: nowhere
    opens         permissions of those who may go there
    search        of (rows, text, facts): the rows in which a typed text is found
    default_sort  column names, "-" before them for descending; the primary key decides the rest
    newest_first  the direction of the primary key where nothing else is sorted by
    fill          of (rows on a page, facts, names): works out what columns with `fills` show
    select        relations that every row needs
    empty         what would be here
    """

    key: str
    title: Text
    rows: Callable[[Facts], QuerySet]
    columns: Sequence[Column]
    views: Sequence[View] = ()
    default_view: str = ""
    search: Callable[[QuerySet, str, Facts], QuerySet] | None = None
    search_hint: Text = ""
    default_sort: Sequence[str] = ()
    newest_first: bool = True
    row_key: Callable[[Any], str] = lambda row: str(row.pk)
    find: Callable[[QuerySet, Iterable[str]], QuerySet] = lambda rows, keys: rows.filter(
        pk__in=[key for key in keys if key.isdecimal() and len(key) < 19]
    )
    row_url: Callable[[Any], str] = lambda row: ""
    opens: Sequence[str] = ()
    row_label: Callable[[Any], str] = str
    fill: Callable[[Sequence[Any], Facts, frozenset[str]], None] | None = None
    links: Sequence[Link] = ()
    actions: Sequence[BulkAction] = ()
    note: Text = ""
    empty: Text = ""
    first_step: Link | None = None
    switch: Callable[[Facts], Sequence[tuple[Text, str, bool]]] | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def visible(self, user) -> list[Column]:
        """The columns that this user may see."""
        return [
            column for column in self.columns if not column.permission or user.has_perm(column.permission)
        ]

    def view(self, name: str) -> View | None:
        return next((view for view in self.views if view.name == name), None)

    def actions_for(self, user) -> list[BulkAction]:
        own = [action for action in (*self.actions, *extra_actions(self.key)) if action.allowed(user)]
        return list({action.name: action for action in own}.values())


_extra: dict[str, list[BulkAction]] = {}


def register_action(key: str, action: BulkAction) -> None:
    """Offer one more thing to do with chosen rows of a list; for rooms and pages above the list's own.

    key  of the list: "sales.order"; "sales.posted-invoice"
    """
    actions = _extra.setdefault(key, [])
    actions[:] = [each for each in actions if each.name != action.name] + [action]


def extra_actions(key: str) -> tuple[BulkAction, ...]:
    return tuple(_extra.get(key, ()))


def field_of(model: type[Model], path: str) -> Field | None:
    """The field that a path ends in; None for an annotation."""
    found = None
    for part in path.split("__"):
        try:
            found = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:  # an annotation
            return None
        model = found.related_model or model
    return found


def choices_of(column: Column, model: type[Model]) -> list[tuple[str, str]]:
    """The values of a choice with their labels."""
    if column.choices is not None:
        return [(value, str(label)) for value, label in column.choices]
    found = field_of(model, column.expression) if not column.is_derived else None
    return [(value, str(label)) for value, label in (found.flatchoices if found is not None else ())]
