"""A table that people fill in like a spreadsheet: its columns, its cells, what the browser sends and is answered.

A room says how its rows are read and written (`Sheet`); `save` does the rest: each row on its own, new rows together, a
field only where nobody else changed it meanwhile. The table itself is `components/_grid.html`, the browser's part
`static/js/grid/`. How to use it: README.md beside this package.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.idempotency import hash_request, once
from erp.kernel.models.workplace import Preference
from erp.kernel.templatetags.handel import amount, day, price, quantity
from erp.kernel.typed import read_day, read_figure
from erp.kernel.views.json import as_json

MOST_ROWS = 2000
FIGURES = {
    "quantity": 5,
    "price": 5,
    "percent": 5,
    "amount": 2,
}  # kinds of figures, and the decimals they keep
WHOLE = {"percent": 4}  # digits before the decimals, by kind
WIDEST = 13  # of the others
LONGEST_ID = 40  # characters of a row's name


@dataclass(frozen=True)
class Column:
    """One column of a grid.

    kind     text, choice, quantity, price, amount, percent, day; what is typed is read by it
    quick    Enter stops here; users may change it
    lookup   what to look up while typing: a kind of GET /lookup/<kind>/
    locked   nobody types here: figures that follow from others
    hidden   not shown until a user chooses it
    fixed    always shown
    choices  of kind choice: stored values with their words
    length   longest text
    width    of the column: "", narrow, wide, stretch
    also     other words for it in the header of a pasted sheet, in small letters
    """

    name: str
    label: str
    kind: str = "text"
    quick: bool = False
    lookup: str = ""
    locked: bool = False
    hidden: bool = False
    fixed: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    length: int = 100
    width: str = ""
    also: tuple[str, ...] = ()

    @property
    def is_figure(self) -> bool:
        return self.kind in FIGURES


class Cell(NamedTuple):
    """What a cell holds.

    value   as it is compared: 2, 19.5, 2026-03-02
    shown   as people read it, and may type it again
    locked  nobody types into this one
    look    good, warn, bad: how it is coloured; the words say it as well
    plain   what readers without scripts see instead: a field of a form
    """

    value: str
    shown: str
    title: str = ""
    locked: bool = False
    look: str = ""
    plain: str = ""


def cell_of(
    column: Column, value: Any, *, title: str = "", locked: bool = False, blank: bool = False
) -> Cell:
    """A stored value as a cell; blank: a figure of nothing is shown as nothing."""
    shown = "" if blank and not value else _shown(column, value)
    return Cell(plain(column, value), shown, title, locked or column.locked)


def plain(column: Column, value: Any) -> str:
    """A value as it travels and is compared."""
    if value is None or value == "":
        return ""
    if column.is_figure:
        return f"{Decimal(value).normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _shown(column: Column, value: Any) -> str:
    match column.kind:
        case "quantity" | "percent":
            return quantity(value)
        case "price":
            return price(value)
        case "amount":
            return amount(value)
        case "day":
            return day(value)
        case "choice":
            return str(dict(column.choices).get(value, value))
    return str(value or "")


def read_value(column: Column, text: str) -> Any:
    """What somebody typed into a column: text, a Decimal or a date; None for a blank one; or the Problem."""
    text = text.strip()
    if column.kind == "choice":
        return _choice(column, text)
    if column.is_figure:
        return _figure(column, text) if text else None
    if column.kind == "day":
        found = read_day(text) if text else None
        return _about(found, column) if isinstance(found, Problem) else found
    if len(text) > column.length:
        message = _("{field} has at most {length} characters; {typed} were typed.")
        return _problem(column, "E-TYPED-LONG", message, length=column.length, typed=len(text))
    return text


def _figure(column: Column, text: str) -> Decimal | Problem:
    found = read_figure(
        text.removesuffix("%") if column.kind == "percent" else text, places=FIGURES[column.kind]
    )
    if isinstance(found, Problem):
        return _about(found, column)
    if abs(found) >= Decimal(10) ** WHOLE.get(column.kind, WIDEST):
        return _problem(column, "E-TYPED-LARGE", _("{field} {typed} is too large."), typed=text)
    if -int(found.as_tuple().exponent) > FIGURES[column.kind] and round(found, FIGURES[column.kind]) != found:
        message = _("{field} {typed} is too fine: it has at most {places} decimals.")
        return _problem(column, "E-TYPED-FINE", message, typed=text, places=FIGURES[column.kind])
    return found


def _choice(column: Column, text: str) -> str | Problem:
    wanted = text.lower()
    for value, label in column.choices:
        if wanted in (value.lower(), str(label).lower()):
            return value
    found = [value for value, label in column.choices if wanted and str(label).lower().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    message = _("{field} “{typed}” is none of: {choices}.")
    choices = ", ".join(str(label) for _value, label in column.choices)
    return _problem(column, "E-TYPED-CHOICE", message, typed=text, choices=choices)


def _problem(column: Column, code: str, message: str, **data) -> Problem:
    return Problem(code, message.format(field=column.label, **data), field=column.name)


def _about(problem: Problem, column: Column) -> Problem:
    return Problem(problem.code, f"{column.label}: {problem.message}", field=column.name)


# --- The table ------------------------------------------------------------------------------------------


@dataclass
class Row:
    """One row as the page is rendered; address: the page of the row, for readers without scripts."""

    id: str
    cells: Mapping[str, Cell]
    address: str = ""


@dataclass
class Grid:
    """What `components/_grid.html` shows.

    name      of the table, for those who hear it: "Lines"
    row_name  of one row: "line"; "Quantity, line 10000"
    rows      in their order
    save      address that takes changes
    may_add, may_remove   whether rows may be typed below or between, and deleted
    preference  under which the user's choice of columns is kept
    choose    address that the choice is sent to
    extra     more addresses and texts for the module: {"availability": "…"} becomes data-availability
    empty     what a table without rows says
    """

    name: str
    row_name: str
    columns: Sequence[Column]
    every_column: Sequence[Column]
    rows: Sequence[Row]
    save: str = ""
    may_add: bool = False
    may_remove: bool = False
    preference: str = ""
    choose: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""

    @property
    def may_type(self) -> bool:
        return bool(self.save)

    @property
    def choice(self) -> list[tuple[Column, bool, bool]]:
        """Every column, whether it is shown, and whether Enter stops there."""
        quick = {column.name for column in self.columns if column.quick}
        shown = {column.name for column in self.columns}
        return [(column, column.name in shown, column.name in quick) for column in self.every_column]

    @property
    def width(self) -> int:
        return len(self.columns) + 1

    @property
    def height(self) -> int:
        return len(self.rows) + 1

    def data(self) -> SafeString:
        """The attributes that the module reads."""
        names = dict(self.extra) | {"save": self.save, "row-name": self.row_name}
        flags = {"may-add": self.may_add, "may-remove": self.may_remove}
        names |= {name: "yes" for name, value in flags.items() if value}
        return mark_safe(" ".join(f'data-{name}="{escape(value)}"' for name, value in names.items() if value))

    def head(self) -> SafeString:
        parts = [f'<th scope="col" class="grid__no"><span class="sr">{escape(_("Line no."))}</span></th>']
        for place, column in enumerate(self.columns, start=2):
            facts = {"name": column.name, "kind": column.kind, "lookup": column.lookup}
            facts |= {"quick": "yes" if column.quick else "", "locked": "yes" if column.locked else ""}
            if column.choices:
                facts["choices"] = "\n".join(f"{value}\t{label}" for value, label in column.choices)
            data = "".join(f' data-{name}="{escape(value)}"' for name, value in facts.items() if value)
            parts.append(
                f'<th scope="col" aria-colindex="{place}" class="{_look(column)}"{data}>{escape(column.label)}</th>'
            )
        return mark_safe("".join(parts))

    def body(self) -> SafeString:
        """All rows. Written here and not by the template engine: a thousand rows have twenty thousand cells."""
        looks = {column.name: _look(column) for column in self.columns}
        return mark_safe(
            "".join(self._row(row, place, looks) for place, row in enumerate(self.rows, start=2))
        )

    def _row(self, row: Row, place: int, looks: Mapping[str, str]) -> str:
        number = escape(row.id)
        link = f'<a href="{escape(row.address)}" tabindex="-1">{number}</a>' if row.address else number
        parts = [
            f'<tr id="line-{number}" data-row="{number}" aria-rowindex="{place}">'
            f'<th scope="row" class="grid__no">{link}</th>'
        ]
        parts += [_cell(name, row.cells.get(name, NOTHING), look) for name, look in looks.items()]
        return "".join([*parts, "</tr>"])


NOTHING = Cell("", "", locked=True)


def _look(column: Column) -> str:
    classes = [f"grid__{column.width}" if column.width else "", "figure" if column.is_figure else ""]
    return " ".join(filter(None, [f"grid__{column.kind}", *classes]))


def _cell(name: str, cell: Cell, look: str) -> str:
    more = f' title="{escape(cell.title)}"' if cell.title else ""
    more += ' data-locked="yes"' if cell.locked else ""
    more += f' data-look="{cell.look}"' if cell.look else ""
    value, shown = escape(cell.value), escape(cell.shown)
    if cell.plain:
        shown = f'<span class="scripted">{shown}</span><span class="plain">{cell.plain}</span>'
    return f'<td class="{look}" data-name="{name}" data-value="{value}"{more}>{shown}</td>'


def columns_for(user, preference: str, columns: Sequence[Column]) -> list[Column]:
    """The columns that a user has chosen to see, with their own stops of Enter, in the order of the table."""
    chosen = Preference.objects.filter(user=user, key=preference).values_list("value", flat=True).first()
    if not isinstance(chosen, dict):
        return [column for column in columns if not column.hidden or column.fixed]
    shown, quick = set(chosen.get("shown", ())), set(chosen.get("quick", ()))
    return [
        Column(**{**vars(column), "quick": column.name in quick and not column.locked})
        for column in columns
        if column.fixed or column.name in shown
    ]


def choose_columns(
    user, preference: str, columns: Sequence[Column], *, shown: Collection, quick: Collection
) -> None:
    """Keep a user's choice; without any column: those that the table shows by itself."""
    mine = Preference.objects.filter(user=user, key=preference)
    names = [column.name for column in columns if column.name in shown]
    if not names:
        mine.delete()
        return
    value = {"shown": names, "quick": [column.name for column in columns if column.name in quick]}
    Preference.objects.update_or_create(user=user, key=preference, defaults={"value": value})


# --- Saving ---------------------------------------------------------------------------------------------


class Typed(NamedTuple):
    """One field as it was when somebody began to type, and what was typed."""

    old: str
    new: str


class Asked(NamedTuple):
    """What is asked for one row.

    row     id of the row; "new-…" of one that is not stored yet
    after   of a new row: the id of the row above it, "" for the top; None for the end
    """

    row: str
    fields: Mapping[str, Typed]
    after: str | None = None
    remove: bool = False

    @property
    def is_new(self) -> bool:
        return self.row.startswith("new-")


class New(NamedTuple):
    """A row to be added."""

    row: str
    values: Mapping[str, Any]


@dataclass
class Outcome:
    """What became of a row. `id` is the one it is stored under, blank where it is not."""

    row: str
    id: str = ""
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[dict] = field(default_factory=list)
    removed: bool = False

    def as_json(self) -> dict:
        said = {"row": self.row, "id": self.id, "problems": [as_json(each) for each in self.problems]}
        said["conflicts"] = self.conflicts
        return said | ({"removed": True} if self.removed else {})


class Sheet(ABC):
    """How the rows of a grid are read and written. All methods run in one transaction, after `lock`.

    columns  every column that may be asked for, shown or not
    """

    columns: Sequence[Column]

    @abstractmethod
    def lock(self) -> None:
        """Let nobody else change these rows until the transaction ends; raise ErpError where nothing may be typed."""

    @abstractmethod
    def state(self) -> dict[str, tuple]:
        """By row id, in their order, all that the cells are made of: to find out which rows a change has changed."""

    @abstractmethod
    def find(self, ids: Collection[str]) -> dict[str, Any]:
        """The records of some rows; those that are gone are missing."""

    @abstractmethod
    def value(self, record: Any, name: str) -> Any:
        """What a record holds in a column."""

    @abstractmethod
    def cells(self, ids: Collection[str]) -> dict[str, dict[str, Cell]]:
        """The shown cells of some rows as they are now."""

    @abstractmethod
    def add(self, rows: Sequence[New], *, after: str | None) -> dict[str, str | list[Problem]]:
        """Add rows, as many of them as can be: by their temporary names the new ids, or what is wrong."""

    @abstractmethod
    def change(self, record: Any, values: Mapping[str, Any]) -> None:
        """Type values into a record; raise ErpError where one cannot be."""

    @abstractmethod
    def remove(self, record: Any) -> None:
        """Take a row out; raise ErpError where it cannot go."""


def read_rows(sent: Mapping, columns: Iterable[Column]) -> list[Asked]:
    """The rows of a request, checked for their shape; raises ProblemsFound E-JSON.

    What was pasted into a column that follows from others is left out.
    """
    locked = {column.name: column.locked for column in columns}
    try:
        rows = [_asked(row, locked) for row in sent["rows"]]
        if len(rows) > MOST_ROWS or not isinstance(sent.get("key", ""), str):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        message = _("The page sent what cannot be read. Reload it and try again.")
        raise ProblemsFound([Problem("E-JSON", message)]) from None
    return rows


def _asked(row: Mapping, locked: Mapping[str, bool]) -> Asked:
    fields = {
        name: Typed(_text(typed.get("old", "")), _text(typed["new"])) for name, typed in row["fields"].items()
    }
    if fields.keys() - locked.keys():
        raise ValueError("no such column")
    fields = {name: typed for name, typed in fields.items() if not locked[name]}
    after = row.get("after")
    return Asked(
        _name(row["row"]), fields, None if after is None else _name(after), row.get("remove") is True
    )


def _name(value: object) -> str:
    if len(name := _text(value)) > LONGEST_ID:
        raise ValueError("no row")
    return name


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def save(sheet: Sheet, sent: Mapping, *, user, operation: str, **what: Any) -> list[dict]:
    """Do what the browser asks for, each row on its own; returns the rows of the answer.

    sent       the JSON of the request: key, rows
    operation  as in "sales.save_lines"; what: whose rows they are. Asked again with the same key, the first answer
               is given again
    raises     ProblemsFound E-JSON; whatever `Sheet.lock` raises

    Rows that changed along with those that were asked for come in the answer, too.
    """
    asked = read_rows(sent, sheet.columns)
    fingerprint = hash_request(rows=sent["rows"], **what)
    run = once(key=sent.get("key", ""), user=user, operation=operation, request_hash=fingerprint)
    with transaction.atomic():
        return run(lambda: _save(sheet, asked))


def add_rows(sheet: Sheet, asked: list[Asked]) -> list[Outcome]:
    """Add new rows at the end, as many as can be, of a sheet that the caller has locked."""
    return _add(sheet, asked, None, {})


def _save(sheet: Sheet, asked: list[Asked]) -> list[dict]:
    sheet.lock()
    before = sheet.state()
    named: dict[str, str] = {}  # what rows that were new are called now
    outcomes: list[Outcome] = []
    for (is_new, after), group in groupby(
        asked, key=lambda each: (each.is_new and not each.remove, each.after)
    ):
        if is_new:
            place = named.get(after, after) if after is not None else None
            outcomes += _add(sheet, list(group), place, named)
        else:
            outcomes += _change(sheet, list(group))
    after_all = sheet.state()
    answered = {outcome.id for outcome in outcomes if outcome.id}
    touched = [id for id, state in after_all.items() if id in answered or before.get(id) != state]
    cells = sheet.cells(touched) if touched else {}
    above = dict(zip(after_all, ["", *after_all], strict=False))
    rows = [
        outcome.as_json()
        | ({"cells": _cells_json(cells[outcome.id])} if outcome.id in cells else {})
        | ({"after": above[outcome.id]} if outcome.row != outcome.id and outcome.id in above else {})
        for outcome in outcomes
    ]
    rows += [
        {
            "row": id,
            "id": id,
            "cells": _cells_json(cells[id]),
            "problems": [],
            "conflicts": [],
            "after": above[id],
        }
        for id in touched
        if id not in answered and id in cells
    ]
    gone = [id for id in before if id not in after_all and id not in answered]
    rows += [{"row": id, "id": id, "problems": [], "conflicts": [], "removed": True} for id in gone]
    return rows


def _add(sheet: Sheet, asked: list[Asked], after: str | None, named: dict[str, str]) -> list[Outcome]:
    outcomes = {each.row: Outcome(each.row) for each in asked}
    wanted = []
    for each in asked:
        values, problems = _read(
            sheet, {name: typed.new for name, typed in each.fields.items() if typed.new.strip()}
        )
        if problems:
            outcomes[each.row].problems = problems
        else:
            wanted.append(New(each.row, values))
    for row, result in (sheet.add(wanted, after=after) if wanted else {}).items():
        if isinstance(result, str):
            outcomes[row].id = named[row] = result
        else:
            outcomes[row].problems = result
    return list(outcomes.values())


def _change(sheet: Sheet, asked: list[Asked]) -> list[Outcome]:
    records = sheet.find({each.row for each in asked})
    outcomes = []
    for each in asked:
        outcome = Outcome(each.row, each.row)
        outcomes.append(outcome)
        record = records.get(each.row)
        if record is None:
            if each.remove:
                outcome.removed = True
            else:
                message = _("This row is not there any more: somebody deleted it.")
                outcome.problems = [Problem("E-ROW-GONE", message)]
        elif each.remove:
            outcome.problems = _attempt(lambda record=record: sheet.remove(record))
            outcome.removed = not outcome.problems
        else:
            _type(sheet, record, each, outcome)
            records |= sheet.find({each.row})
    return outcomes


def _type(sheet: Sheet, record: Any, asked: Asked, outcome: Outcome) -> None:
    """Type what nobody else has typed meanwhile; what is refused does not keep the rest from being saved."""
    columns = {column.name: column for column in sheet.columns}
    texts = {}
    for name, typed in asked.fields.items():
        stored = sheet.value(record, name)
        if plain(columns[name], stored) == typed.old:
            texts[name] = typed.new
        else:
            mine = read_value(columns[name], typed.new)
            if isinstance(mine, Problem) or plain(columns[name], mine) != plain(columns[name], stored):
                theirs = _shown(columns[name], stored)
                outcome.conflicts.append({"field": name, "mine": typed.new, "theirs": theirs,
                                          "value": plain(columns[name], stored)})  # fmt: skip
    values, outcome.problems = _read(sheet, texts)
    if not values:
        return
    problems = _attempt(lambda: sheet.change(record, values))
    rest = {name: value for name, value in values.items() if name not in {each.field for each in problems}}
    if problems and rest and len(rest) < len(values):
        record = sheet.find({asked.row})[asked.row]
        problems += _attempt(lambda: sheet.change(record, rest))
    outcome.problems += problems


def _read(sheet: Sheet, texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    columns = {column.name: column for column in sheet.columns}
    read = {name: read_value(columns[name], text) for name, text in texts.items()}
    problems = [value for value in read.values() if isinstance(value, Problem)]
    return {name: value for name, value in read.items() if not isinstance(value, Problem)}, problems


def _attempt(work) -> list[Problem]:
    """What was wrong with it; the work is taken back then."""
    try:
        with transaction.atomic():
            work()
    except ErpError as error:
        return list(error.problems)
    return []


def rows_now(sheet: Sheet, ids: Collection[str]) -> list[dict]:
    """Rows as they are stored now, as a page takes them that did not type in them."""
    return [{"row": id, "id": id, "cells": _cells_json(cells)} for id, cells in sheet.cells(ids).items()]


def _cells_json(cells: Mapping[str, Cell]) -> dict:
    return {
        name: {"value": cell.value, "shown": cell.shown}
        | ({"title": cell.title} if cell.title else {})
        | ({"locked": True} if cell.locked else {})
        | ({"look": cell.look} if cell.look else {})
        for name, cell in cells.items()
    }
