"""A list as its page shows it: heads, rows of cells, tabs, chips, totals and ways on. Built once, read by templates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.kernel.errors import Problem
from erp.kernel.listing import keyset, saved
from erp.kernel.listing.address import Asked
from erp.kernel.listing.asking import Answer
from erp.kernel.listing.counting import EXACT, few_totals, patient_totals
from erp.kernel.listing.declaration import SMALL, BulkAction, Column, Kind, Link, Listing, choices_of
from erp.kernel.listing.filters import quoted
from erp.kernel.templatetags import handel


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any
    text: str
    url: str = ""
    status: str = ""
    prefix: str = ""

    @property
    def is_late(self) -> bool:
        """Whether an amount or a day is shown as one that is overdue."""
        return self.status == "overdue" and (self.column.is_figure or self.column.kind is Kind.DAY)

    @property
    def filter(self) -> str:
        """What is typed to have the rows with the same value; blank where the column cannot be filtered."""
        if not self.column.expression:
            return ""
        if self.value in (None, ""):
            return "''"
        if self.column.kind is Kind.YES_NO:
            return _("Yes") if self.value else _("No")
        if self.column.kind is Kind.MOMENT:
            return handel.moment(self.value)[:-6]
        if self.column.is_figure:
            return number_format(self.value, use_l10n=True, force_grouping=False)
        return quoted(self.text) if self.column.kind in (Kind.TEXT, Kind.CODE, Kind.CHOICE) else self.text


@dataclass(frozen=True)
class Row:
    """`key` names it when it is chosen; `label` says which one it is to whoever cannot see the row."""

    key: str
    label: str
    url: str
    cells: list[Cell]
    subject: Any


@dataclass(frozen=True)
class Head:
    """`sort`: address sorted by this column; `then`: by it after the first one; blank where it cannot be sorted."""

    column: Column
    direction: str = ""
    place: int = 0
    sort: str = ""
    then: str = ""


@dataclass(frozen=True)
class Tab:
    name: str
    label: str
    url: str
    is_here: bool
    saved: Any = None


@dataclass(frozen=True)
class Asking:
    """A field of the filter pane."""

    column: Column
    text: str
    choices: list[str]
    is_wrong: bool
    hint: str


@dataclass(frozen=True)
class Chip:
    label: str
    text: str
    without: str


@dataclass
class Shown:
    """Everything a template wants of a list."""

    listing: Listing
    asked: Asked
    columns: list[Column]
    rows: list[Row]
    heads: list[Head] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    switch: Sequence = ()
    fields: list[Asking] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    chooser: list[tuple[Column, bool]] = field(default_factory=list)
    count: str = ""
    sums: list[Cell] | None = None
    offers_totals: str = ""
    previous: str = ""
    next: str = ""
    first: str = ""
    plain: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    links: list[tuple[Link, str]] = field(default_factory=list)
    actions: list[BulkAction] = field(default_factory=list)
    exports: dict[str, str] = field(default_factory=dict)
    saved: Any = None
    first_step: tuple[str, str] | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything hides rows: a search, a filter, a view of fewer than all."""
        return bool(self.asked.text or self.asked.filters or self.asked.view)

    @property
    def searches(self) -> bool:
        return self.listing.search is not None

    @property
    def width(self) -> int:
        return len(self.columns) + bool(self.actions)


def columns_for(answer: Answer, kept: Sequence[str] | None) -> list[Column]:
    """The columns that are shown: those of the address, else those the user keeps, else the list's own."""
    names = answer.asked.columns or kept
    known = {column.name: column for column in answer.visible}
    chosen = [known[name] for name in names if name in known] if names else []
    return chosen or [column for column in answer.visible if column.shown]


def fill(answer: Answer, rows: Sequence[Any], columns: Sequence[Column]) -> None:
    """Work out for some rows what these columns show and no table keeps."""
    if rows and answer.listing.fill is not None:
        answer.listing.fill(rows, answer.facts, frozenset(column.fills for column in columns if column.fills))


def show_rows(answer: Answer, columns: list[Column]) -> tuple[list[Row], keyset.Page]:
    """A page of rows, with its cells."""
    page = keyset.page_of(answer.rows, answer.order, after=answer.asked.after, before=answer.asked.before)
    fill(answer, page.rows, columns)
    words = {
        column.name: dict(choices_of(column, answer.rows.model)) for column in columns if _has_words(column)
    }
    opens = answer.facts.user.has_perms(answer.listing.opens)
    return [_row(answer.listing, each, columns, words, opens) for each in page.rows], page


def _has_words(column: Column) -> bool:
    return column.kind is Kind.CHOICE


def _row(listing: Listing, subject: Any, columns: list[Column], words: dict[str, dict], opens: bool) -> Row:
    cells = [cell_of(column, subject, words.get(column.name)) for column in columns]
    url = listing.row_url(subject) if opens else ""
    return Row(listing.row_key(subject), str(listing.row_label(subject)), url, cells, subject)


def cell_of(column: Column, subject: Any, words: dict | None = None) -> Cell:
    value = column.of(subject)
    return Cell(
        column,
        value,
        text_of(column, value, words),
        column.url(subject) if column.url else "",
        column.status(subject) if column.status and value not in (None, "") else "",
        column.prefix(subject) if column.prefix else "",
    )


def text_of(column: Column, value: Any, words: dict | None = None) -> str:
    """A value as people read it."""
    if value is None or value == "" or (column.blank_zero and not value):
        return ""
    match column.kind:
        case Kind.CHOICE:
            word = str((words or {}).get(value, value))
            return "" if word == "–" else word
        case Kind.DAY:
            return handel.day(value)
        case Kind.MOMENT:
            return handel.moment(value)
        case Kind.AMOUNT:
            return handel.amount(value)
        case Kind.PRICE:
            return handel.price(value)
        case Kind.QUANTITY | Kind.PERCENT:
            return handel.quantity(value)
        case Kind.YES_NO:
            return _("Yes") if value else ""
    return str(value)


def show(answer: Answer) -> Shown:
    """The whole page."""
    listing, facts, asked = answer.listing, answer.facts, answer.asked
    user = facts.user
    columns = columns_for(answer, saved.kept_columns(user, listing.key))
    rows, page = show_rows(answer, columns)
    own = saved.views_of(user, listing.key)
    here = next((view for view in own if str(view.pk) == asked.saved), None)
    shown = Shown(
        listing,
        asked,
        columns,
        rows,
        heads=[_head(answer, column) for column in columns],
        tabs=_tabs(answer, own, here),
        switch=listing.switch(facts) if listing.switch else (),
        fields=_fields(answer),
        chips=_chips(answer),
        chooser=[(column, column in columns) for column in (*columns, *_others(answer.visible, columns))],
        previous=asked.with_(before=page.before).query if page.before else "",
        next=asked.with_(after=page.after).query if page.after else "",
        first=asked.with_().query if page.before else "",
        plain=Asked(view=asked.view, columns=asked.columns).query,
        problems=tuple(answer.problems),
        notes=tuple(answer.notes),
        links=[(link, link.url(facts)) for link in listing.links if link.allowed(user)],
        actions=listing.actions_for(user),
        exports={name: f"{asked.with_().query}&format={name}" for name in ("xlsx", "csv")},
        saved=here,
    )
    if listing.first_step is not None and listing.first_step.allowed(user):
        shown.first_step = (str(listing.first_step.label), listing.first_step.url(facts))
    _count(shown, answer, columns)
    return shown


def _others(visible: Sequence[Column], columns: Sequence[Column]) -> list[Column]:
    return [column for column in visible if column not in columns]


def _head(answer: Answer, column: Column) -> Head:
    now = [name.removeprefix("-") for name in answer.sorted_by]
    place = now.index(column.name) + 1 if column.name in now else 0
    downwards = bool(place) and answer.sorted_by[place - 1].startswith("-")
    if not answer.sorts(column):
        return Head(column, "descending" if downwards else "ascending" if place else "", place)
    turned = column.name if downwards or not place else f"-{column.name}"
    first = answer.sorted_by[0] if answer.sorted_by else ""
    keeps_first = first and first.removeprefix("-") != column.name
    return Head(
        column,
        ("descending" if downwards else "ascending") if place else "",
        place if len(now) > 1 else 0,
        answer.asked.with_(sort=(turned,)).query,
        answer.asked.with_(sort=(first, turned) if keeps_first else (turned,)).query,
    )


def _tabs(answer: Answer, own: Sequence, here: Any) -> list[Tab]:
    columns = answer.asked.columns
    tabs = [
        Tab(
            view.name,
            str(view.label),
            Asked(view=view.name, columns=columns).query,
            here is None and view is answer.view,
        )
        for view in answer.listing.views
    ]
    return tabs + [Tab("", view.name, f"?{view.query}&saved={view.pk}", view is here, view) for view in own]


def _fields(answer: Answer) -> list[Asking]:
    wrong = {problem.field for problem in answer.problems}
    return [
        Asking(
            column,
            answer.asked.filters.get(column.name, ""),
            _words(column, answer.rows.model),
            column.name in wrong,
            _hint(column),
        )
        for column in answer.visible
        if column.expression
    ]


def _words(column: Column, model: type[Model]) -> list[str]:
    if column.kind is Kind.YES_NO:
        return [_("Yes"), _("No")]
    if column.kind is not Kind.CHOICE:
        return []
    return [label for _value, label in choices_of(column, model) if label and label != "–"]


def _hint(column: Column) -> str:
    if column.kind in (Kind.DAY, Kind.MOMENT):
        return "m-1..t"
    if column.is_figure:
        return ">100"
    return "%me" if column.token else ""


def _chips(answer: Answer) -> list[Chip]:
    labels = {column.name: str(column.label) for column in answer.visible}
    return [
        Chip(labels.get(name, name), text, answer.asked.without_filter(name).query)
        for name, text in answer.asked.filters.items()
    ]


def _count(shown: Shown, answer: Answer, columns: Sequence[Column]) -> None:
    """How many rows there are, and their sums where they are few or were asked for."""
    if answer.problems:
        return
    summed = [column for column in columns if column.total]
    asked = answer.asked.totals
    derived = any(column.is_derived for column in answer.visible if column.name in answer.asked.filters)
    likely_few, found = answer.about <= EXACT or derived, None
    if likely_few:
        every, limit = answer.listing.rows(answer.facts), SMALL if derived else EXACT
        found = few_totals(answer.rows, every, summed, answer.facts, limit=limit)
    if found is None and asked:
        found = patient_totals(answer.rows, summed, answer.facts)
        if found is None:
            message = _("Adding up so many rows takes too long: filter first.")
            shown.notes = (*shown.notes, Problem("W-TOTALS-MANY", message))
    if found is None:
        number = EXACT if likely_few else _rounded(answer.about)
        words = _("more than {number} rows") if likely_few else _("about {number} rows")
        shown.count = words.format(number=number_format(number, 0, force_grouping=True))
        shown.offers_totals = "" if asked else answer.asked.with_(totals=True).query
        return
    number, sums = found
    figure = number_format(number, 0, force_grouping=True)
    shown.count = ngettext("{number} row", "{number} rows", number).format(number=figure)
    if summed and number:
        shown.sums = [
            Cell(column, sums.get(column.name), text_of(column, sums.get(column.name))) for column in columns
        ]


def _rounded(number: int) -> int:
    """Two leading digits: an estimate does not know more."""
    size = 10 ** max(len(str(number)) - 2, 0)
    return round(number / size) * size
