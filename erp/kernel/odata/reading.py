"""Rows of a set as the API shows them: one query a page, and one more for each way that is expanded.

Pages follow each other by the key of their last row, so that a row that comes in between moves no other; a long page is
read and handed on in pieces, so that memory does not grow with it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from erp.kernel.odata import filters
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, Many, One, Source, entity_set
from erp.kernel.odata.errors import ApiError, bad_url, missing
from erp.kernel.odata.properties import Property
from erp.kernel.odata.query import Query
from erp.kernel.search import match

PIECE = 1_000  # rows read at once
EXACT = 100_000  # rows that $count counts; beyond, it estimates
ETAG = "@odata.etag"
_signer = signing.Signer(salt="odata.next")
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A property that is selected, under which alias, and whether it is shown."""

    each: Property
    alias: str


class Reading:
    """One query on one set, ready to be read piece by piece.

    within  values of properties that the address gives: {"documentId": "…"}
    among   a property and the values that it has in what is expanded
    """

    def __init__(
        self,
        entities: EntitySet,
        query: Query,
        asking: Asking,
        within: Mapping[str, str] | None = None,
        among: tuple[str, Sequence[str]] | None = None,
    ):
        self.entities, self.asking = entities, asking
        self.query = query
        self.token = ""  # of the next page, once this one is read
        self.order = self._order()
        self.shown = [each for each in entities.properties if query.shows(each, extensions=asking.extensions)]
        self.columns = self._columns()
        self.within, self.among = dict(within or {}), among
        self.sources = self._sources()

    # What is read ---------------------------------------------------------------------------------------------------
    def _order(self) -> list[tuple[Property, bool]]:
        order = list(self.query.order)
        named = {each.name for each, _down in order}
        return order + [
            (self.entities.property(name), False) for name in self.entities.unique if name not in named
        ]

    def _columns(self) -> list[Column]:
        """Everything that is shown, sorted by, or followed to other entities."""
        wanted = {each.name: each for each in self.shown}
        wanted |= {each.name: each for each, _down in self.order}
        for way, _query in self.query.expand:
            name = way.key if isinstance(way, One) and way.key else self.entities.key
            wanted[name] = self.entities.property(name)
        key = self.entities.property(self.entities.key)
        if key is not None:
            wanted[key.name] = key
        return [Column(each, f"v_{place}") for place, each in enumerate(wanted.values())]

    def _sources(self) -> list[Source]:
        tree = self.query.filter
        if self.entities.steers:
            told, tree = filters.steering(tree, self.entities.steers) if tree is not None else ({}, None)
            self.entities.restrict(self.asking, told)
        self._check_needs(tree)
        sources = list(self.entities.sources(self.asking))
        if not self.within and not self.among:
            asked = filters.names_in(self.query.filter) if self.query.filter is not None else set()
            sources = [self.entities.listed(self.asking, each, asked) for each in sources]
        named = [(name, [value]) for name, value in self.within.items()]
        for name, values in [*named, *([self.among] if self.among else [])]:
            sources = [
                filters.among(self.entities, each, name, list(values), self.asking) for each in sources
            ]
        if tree is not None:
            sources = [filters.filtered(self.entities, each, tree, self.asking) for each in sources]
        if self.query.search:
            sources = [self._searched(each) for each in sources]
        return sources

    def _check_needs(self, tree: Any) -> None:
        needs = self.entities.needs
        if (
            needs
            and not (self.within or self.among)
            and not (tree is not None and filters.names_in(tree) & set(needs))
        ):
            message = _("{set} can be read below their parent, or with $filter on {needs}.")
            raise missing(message.format(set=self.entities.name, needs=", ".join(needs)), "$filter")

    def _searched(self, source: Source) -> Source:
        if not self.entities.found_by:
            raise bad_url(_("{set} can't be searched.").format(set=self.entities.name), "$search")
        condition = match(self.query.search, *self.entities.found_by)
        rows = source.rows.none() if condition is None else source.rows.filter(condition)
        return replace(source, rows=rows)

    # Reading --------------------------------------------------------------------------------------------------------
    def count(self) -> int:
        """How many rows there are; beyond 100,000 an estimate, and a header says so."""
        from erp.kernel.listing.counting import estimate

        found = 0
        for source in self.sources:
            rows = source.rows.order_by()
            number = rows[: EXACT + 1].count()
            if number > EXACT:
                number = max(number, estimate(rows))
                self.asking.headers["X-Count-Estimated"] = "true"
            found += number
        return found

    def pieces(self) -> Iterator[list[Row]]:
        """The rows of this page, in pieces; sets `token` once it is known that there are more."""
        left = min(self.query.size, self.query.top if self.query.top is not None else self.query.size)
        more_wanted = self.query.top is None or self.query.top > self.query.size
        place, skipped, total = self._place(), self.query.skip, self.query.top
        if self.query.token:
            place, skipped, total = place
            left = min(self.query.size, total if total is not None else self.query.size)
            more_wanted = total is None or total > self.query.size
        while left > 0:
            size = min(left, PIECE) if self.among is None else left
            last_piece = size == left
            raw = self._fetch(place, skipped, size + 1)
            rows, skipped = raw[:size], 0
            if rows:
                yield self._shaped(rows)
                place = [rows[-1][index] for index in self._order_places()]
            left -= len(rows)
            if len(raw) <= size:
                return
            if last_piece and more_wanted:
                rest = None if total is None else total - self.query.size
                self.token = self._signed(place, rest)

    def all(self) -> list[Row]:
        """Everything at once; for what is expanded, and for single entities."""
        return [row for piece in self.pieces() for row in piece]

    def one(self) -> Row | None:
        """The first row, or None."""
        raw = self._fetch(None, 0, 1)
        return self._shaped(raw)[0] if raw else None

    def _fetch(self, place: list[Any] | None, skip: int, limit: int) -> list[tuple]:
        single = len(self.sources) == 1
        arms = [self._arm(each, place, limit + skip) for each in self.sources]
        if not arms:
            return []
        if single:
            return list(arms[0][skip : skip + limit])
        together = arms[0].union(*arms[1:], all=True).order_by(*self._sorting())
        return list(together[skip : skip + limit])

    def _arm(self, source: Source, place: list[Any] | None, limit: int) -> QuerySet:
        """One table's share, in order; each arm by its own index."""
        chosen = {
            column.alias: filters.placed(column.each, source.at.get(column.each.name), self.asking)
            for column in self.columns
        }
        chosen = {alias: expression for alias, expression in chosen.items() if expression is not None}
        etags = {f"e_{index}": each for index, each in enumerate(source.etag)}
        rows = source.rows.annotate(**chosen, **etags)
        if place is not None:
            rows = rows.filter(self._following(place))
        rows = rows.order_by(*self._sorting())
        names = [column.alias for column in self.columns if column.alias in chosen]
        rows = rows.values_list(*names, *etags)
        return rows[:limit] if len(self.sources) > 1 else rows

    def _sorting(self) -> list[Any]:
        aliases = self._aliases()
        return [
            F(aliases[each.name]).desc() if down else F(aliases[each.name]).asc() for each, down in self.order
        ]

    def _following(self, place: Sequence[Any]) -> Q:
        """Beyond a row in the order: its first value and beyond in the rest, or beyond its first value."""
        from erp.kernel.listing.keyset import Order, following

        aliases = self._aliases()
        way = [Order(aliases[each.name], down, each.nullable, None) for each, down in self.order]
        parts = following(way, place)
        condition = parts[0]
        for part in parts[1:]:
            condition |= part
        return condition

    def _aliases(self) -> dict[str, str]:
        return {column.each.name: column.alias for column in self.columns}

    def _selected(self) -> list[Column]:
        """The columns that stand in a row: all but those that no table keeps."""
        first = self.sources[0] if self.sources else None
        at = first.at if first else {}
        return [
            column for column in self.columns
            if filters.placed(column.each, at.get(column.each.name), self.asking) is not None
        ]  # fmt: skip

    def _order_places(self) -> list[int]:
        names = [column.each.name for column in self._selected()]
        return [names.index(each.name) for each, _down in self.order]

    # Shape ----------------------------------------------------------------------------------------------------------
    def _shaped(self, raw: Sequence[tuple]) -> list[Row]:
        """Rows as JSON has them, with what is expanded and without what nobody asked for."""
        selected, asking = self._selected(), self.asking
        width = len(selected)
        shows = [(column.each.name, column.each.show) for column in selected]
        blank = [each for each in self.shown if each.name not in dict(shows)]
        rows = []
        for values in raw:
            row: Row = {ETAG: ""}
            for (name, show), value in zip(shows, values, strict=False):
                row[name] = show(value, asking)
            for each in blank:  # what no column keeps, until `extra` fills it in
                row[each.name] = each.show(None, asking)
            row[ETAG] = etag_of([row.get(self.entities.key, ""), *values[width:]])
            rows.append(row)
        self.entities.extra(asking, rows)
        for way, query in self.query.expand:
            self._expand(rows, way, query)
        keep = [each.name for each in self.shown]
        ways = [way.name for way, _query in self.query.expand]
        return [
            {name: row[name] for name in (ETAG, *keep, *ways) if name in row}
            | {name: row[name] for name in row if "@odata." in name and name != ETAG}
            for row in rows
        ]

    def _expand(self, rows: list[Row], way: One | Many, query: Query) -> None:
        """What a way leads to, for all rows at once."""
        entities = entity_set(way.to)
        if isinstance(way, One) and way.key:
            ids = {row[way.key] for row in rows}
            found = {row["\0"]: row for row in _related(entities, query, self.asking, entities.key, ids)}
            for row in rows:
                row[way.name] = _clean(found.get(row[way.key]))
            return
        where = dict(getattr(way, "where", {}))
        keys = {row[self.entities.key] for row in rows}
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in _related(entities, query, self.asking, way.by, keys, where):
            groups[row["\0"]].append(row)
        for row in rows:
            theirs = [_clean(each) for each in groups.get(row[self.entities.key], [])]
            if isinstance(way, One):
                row[way.name] = theirs[0] if theirs else None
                continue
            if query.count:
                row[f"{way.name}@odata.count"] = len(theirs)
            end = None if query.top is None else query.skip + query.top
            row[way.name] = theirs[query.skip : end]

    # Next page ------------------------------------------------------------------------------------------------------
    def _fingerprint(self) -> str:
        order = [f"{each.name}{'-' if down else ''}" for each, down in self.order]
        said = [
            self.entities.name,
            order,
            self.query.filter_text,
            self.query.search,
            sorted(self.within.items()),
        ]
        return sha256(repr(said).encode()).hexdigest()[:16]

    def _signed(self, place: Sequence[Any], rest: int | None) -> str:
        stored = [None if value is None else str(value) for value in place]
        return _signer.sign_object([self._fingerprint(), stored, rest], compress=True)

    def _place(self) -> Any:
        """(values of the last row, rows to skip, rows that are still wanted) of the token; None without one."""
        if not self.query.token:
            return None
        try:
            fingerprint, values, rest = _signer.unsign_object(self.query.token)
        except (signing.BadSignature, ValueError, TypeError):
            raise _bad_token()
        if fingerprint != self._fingerprint() or len(values) != len(self.order):
            raise _bad_token()
        return values, 0, rest


def _bad_token() -> ApiError:
    message = _("$skiptoken is not one of this query: begin again without it.")
    return ApiError(400, "BadRequest_InvalidToken", message, target="$skiptoken")


def _related(
    entities: EntitySet,
    query: Query,
    asking: Asking,
    name: str,
    values: set[str],
    where: Mapping[str, str] | None = None,
) -> list[Row]:
    """Entities whose property is one of some values; that value is kept under "\\0"."""
    inner = replace(query, top=None, skip=0, size=10**9, token="", search="")
    if inner.select is not None:
        inner = replace(inner, select=inner.select | {name})
    reading = Reading(entities, inner, asking, within=where, among=(name, sorted(values)))
    hidden = entities.property(name)
    if hidden not in reading.shown:
        reading.shown = [*reading.shown, hidden]
        reading.columns = reading._columns()
    shown = query.shows(hidden, extensions=asking.extensions)
    rows = reading.all()
    for row in rows:
        row["\0"] = row[name] if shown else row.pop(name)
    return rows


def _clean(row: Row | None) -> Row | None:
    return None if row is None else {name: value for name, value in row.items() if name != "\0"}


def etag_of(values: Sequence[Any]) -> str:
    """A weak etag of what changes whenever the entity does."""
    from base64 import b64encode

    digest = sha256(repr([str(value) for value in values]).encode()).digest()[:12]
    return f'W/"{b64encode(digest).decode()}"'


def read_one(
    entities: EntitySet, id: Any, query: Query, asking: Asking, within: Mapping[str, str] | None = None
) -> Row | None:
    """One entity by its identifier, as the API shows it; None where there is none."""
    reading = Reading(entities, query, asking, within={**(within or {}), entities.key: str(id)})
    return reading.one()
