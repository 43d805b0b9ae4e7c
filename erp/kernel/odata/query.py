"""The options of a request: $select, $expand with options of its own, $filter, $orderby, $top, $skip, $count, $search.

Everything is checked against the declaration before anything is read (source: api-v2, section 3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.odata import filters
from erp.kernel.odata.entity import EntitySet, Many, One, entity_set
from erp.kernel.odata.errors import ApiError, bad_url
from erp.kernel.odata.properties import Property, Stream

MOST_SKIPPED = 10_000
MOST_ROWS = 20_000
DEFAULT_ROWS = 1_000
DEEPEST, BROADEST = 3, 10
KNOWN = frozenset(
    {"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$search", "$skiptoken", "$format",
     "$schemaversion", "schemaversion", "company", "tenant", "aid"}
)  # fmt: skip
INSIDE = frozenset({"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$levels"})


@dataclass(frozen=True)
class Query:
    """What is asked of a set.

    select   names of properties; None: all of v2.0
    expand   ways, each with a query of its own
    filter   as `filters.parse` gives it; None for all
    order    (property, whether downwards)
    top      at most so many rows; None: as many as there are
    size     rows on one page
    token    where the page begins, from a next link; blank for the first one
    """

    select: frozenset[str] | None = None
    expand: tuple[tuple[One | Many, "Query"], ...] = ()
    filter: Any = None
    order: tuple[tuple[Property, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    search: str = ""
    token: str = ""
    size: int = DEFAULT_ROWS
    filter_text: str = ""

    def shows(self, each: Property, *, extensions: bool) -> bool:
        """Whether a property is part of the answer."""
        if self.select is not None:
            return each.name in self.select
        return (extensions or not each.extension) and not isinstance(each, Stream)


def read_query(entities: EntitySet, options: Mapping[str, str], *, size: int = DEFAULT_ROWS) -> Query:
    """The options of an address; raises `ApiError` 400 for what it does not know."""
    for name in options:
        if name.startswith("$") and name not in KNOWN:
            message = _("The query option {option} is not known here.").format(option=name)
            raise bad_url(message, name)
    query = _read(entities, options, depth=0)
    return replace(
        query,
        search=options.get("$search", "").strip().strip('"'),
        token=options.get("$skiptoken", ""),
        size=max(1, min(size, MOST_ROWS)),
    )


def _read(entities: EntitySet, options: Mapping[str, str], *, depth: int) -> Query:
    text = options.get("$filter", "").strip()
    expand = _expand(entities, options.get("$expand", ""), depth)
    return Query(
        select=_select(entities, options.get("$select"), expand),
        expand=expand,
        filter=filters.parse(text) if text else None,
        order=_order(entities, options.get("$orderby", ""), nested=depth > 0),
        top=_whole("$top", options.get("$top")),
        skip=_whole("$skip", options.get("$skip"), most=MOST_SKIPPED) or 0,
        count=_yes("$count", options.get("$count")),
        filter_text=text,
    )


def _select(entities: EntitySet, text: str | None, expand: tuple) -> frozenset[str] | None:
    if text is None or not text.strip():
        return None
    names = {name.strip() for name in text.split(",")}
    if "*" in names:
        return None
    ways = {way.name for way, _query in expand}
    for name in names:
        if entities.property(name) is None and name not in ways and entities.way(name) is None:
            raise _no_property(entities, name, "$select")
    return frozenset(name for name in names if entities.property(name) is not None)


def _order(entities: EntitySet, text: str, *, nested: bool) -> tuple[tuple[Property, bool], ...]:
    order: list[tuple[Property, bool]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _space, way = part.partition(" ")
        each = entities.property(name)
        if each is None:
            raise _no_property(entities, name, "$orderby")
        if way.strip().lower() not in ("", "asc", "desc"):
            raise bad_url(_("After {property} comes asc or desc.").format(property=name), "$orderby")
        if not (each.sortable or each.is_key or each.name in entities.unique or nested):
            sortable = ", ".join(one.name for one in entities.properties if one.sortable or one.is_key)
            message = _("{property} has no index to sort by; these have: {sortable}.")
            raise bad_url(message.format(property=name, sortable=sortable), "$orderby")
        if each.name not in [one.name for one, _down in order]:
            order.append((each, way.strip().lower() == "desc"))
    return tuple(order)


def _expand(entities: EntitySet, text: str, depth: int) -> tuple[tuple[One | Many, Query], ...]:
    parts = split(text, ",", "$expand")
    if not parts:
        return ()
    if depth >= DEEPEST:
        raise bad_url(_("$expand goes at most {depth} levels deep.").format(depth=DEEPEST), "$expand")
    if len(parts) > BROADEST:
        raise bad_url(_("$expand names at most {most} ways.").format(most=BROADEST), "$expand")
    found: dict[str, tuple[One | Many, Query]] = {}
    for part in parts:
        name, _open, rest = part.partition("(")
        name = name.strip()
        if rest and not rest.rstrip().endswith(")"):
            raise bad_url(_("A bracket is missing in {part}.").format(part=part), "$expand")
        way = entities.way(name)
        if way is None or entity_set(way.to) is None:
            message = _("{entity} has no way {way} to expand.").format(entity=entities.entity, way=name)
            raise bad_url(message, "$expand")
        options = _options(rest.rstrip()[:-1]) if rest else {}
        found[name] = way, _read(entity_set(way.to), options, depth=depth + 1)
    return tuple(found.values())


def _options(text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in split(text, ";", "$expand"):
        name, equals, value = part.partition("=")
        if not equals or name.strip() not in INSIDE:
            raise bad_url(_("{option} is not known inside $expand.").format(option=part), "$expand")
        options[name.strip()] = value
    return options


def split(text: str, separator: str, option: str) -> list[str]:
    """The parts of a text, but not of what stands in brackets or quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth < 0:
                break
        elif letter == separator and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    if depth or quoted:
        raise bad_url(_("A bracket or a quote is missing in {part}.").format(part=text[:100]), option)
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _whole(option: str, text: str | None, *, most: int | None = None) -> int | None:
    if text is None:
        return None
    if not (text.strip().isascii() and text.strip().isdecimal()) or len(text) > 12:
        message = _('{option} is a whole number from 0, not "{text}".').format(option=option, text=text[:50])
        raise bad_url(message, option)
    number = int(text)
    if most is not None and number > most:
        message = _("{option} is at most {most}; filter, or follow @odata.nextLink.")
        raise bad_url(message.format(option=option, most=most), option)
    return number


def _yes(option: str, text: str | None) -> bool:
    if text is None or text.strip().lower() == "false":
        return False
    if text.strip().lower() != "true":
        raise bad_url(_("{option} is true or false.").format(option=option), option)
    return True


def _no_property(entities: EntitySet, name: str, option: str) -> ApiError:
    message = _("{entity} has no property {property}.").format(entity=entities.entity, property=name)
    return bad_url(message, option)
