"""The sets as people read about them: themes, properties, ways, and every call with an example for the command line."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from erp.kernel.api.openapi.operations import Operations, tag
from erp.kernel.api.openapi.schemas import writable
from erp.kernel.odata.description import caption, summary
from erp.kernel.odata.entity import EntitySet, entity_set, entity_sets
from erp.kernel.odata.examples import example
from erp.kernel.odata.metadata import is_sortable, members
from erp.kernel.odata.properties import Choice, Property

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Field:
    """A property, as the table shows it."""

    name: str
    caption: str
    kind: str
    length: int | None
    is_read_only: bool
    is_required: bool
    is_sortable: bool
    is_extension: bool
    values: tuple[str, ...]
    about: str


@dataclass(frozen=True)
class Way:
    """A way to another set."""

    name: str
    to: str
    is_many: bool


@dataclass(frozen=True)
class Call:
    """One operation: how it is called, and what is answered.

    scope  what a token must allow
    """

    id: str
    verb: str
    path: str
    about: str
    scope: str
    curl: str
    answer: str
    is_extension: bool
    is_action: bool


@dataclass(frozen=True)
class Theme:
    """Sets that the same scopes open."""

    name: str
    sets: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A set in the list; `words` is what a search looks through."""

    name: str
    about: str
    verbs: tuple[str, ...]
    words: str
    is_extension: bool


def themes(wanted: str = "") -> list[Theme]:
    """All sets by theme; with words, only those whose names, properties or actions have all of them."""
    found: dict[str, Theme] = {}
    for entities in entity_sets():
        entry = _entry(entities)
        if all(word in entry.words for word in wanted.lower().split()):
            found.setdefault(tag(entities), Theme(tag(entities))).sets.append(entry)
    return [found[name] for name in sorted(found)]


def _entry(entities: EntitySet) -> Entry:
    names = [entities.name, entities.entity, summary(entities), *(each.name for each in entities.properties)]
    names += [each.name for each in entities.actions]
    verbs = tuple(verb for verb in ("GET", "POST", "PATCH", "DELETE") if verb in entities.verbs)
    return Entry(entities.name, summary(entities), verbs, " ".join(names).lower(), entities.is_extension)


def fields(entities: EntitySet) -> list[Field]:
    """The properties of a set."""
    open_ones = {each.name for each in writable(entities)} if entities.verbs & {"POST", "PATCH"} else set()
    return [_field(entities, each, each.name not in open_ones) for each in entities.properties]


def _field(entities: EntitySet, each: Property, is_read_only: bool) -> Field:
    return Field(
        name=each.name,
        caption=caption(entities, each),
        kind=each.edm.removeprefix("Edm.") if not isinstance(each, Choice) else each.edm_enum,
        length=getattr(each, "length", None),
        is_read_only=is_read_only,
        is_required=each.required,
        is_sortable=is_sortable(entities, each),
        is_extension=each.extension or entities.is_extension,
        values=tuple(members(each)) if isinstance(each, Choice) else (),
        about=str(each.about),
    )


def ways(entities: EntitySet) -> list[Way]:
    """The ways that lead to sets that exist."""
    return [
        Way(each.name, each.to, each.many) for each in entities.navigation if entity_set(each.to) is not None
    ]


def calls(entities: EntitySet, host: str) -> list[Call]:
    """Every operation of a set; host as in "https://erp.example"."""
    return [
        _call(entities, path, verb.upper(), operation, host)
        for path, verb, operation in Operations(entities, entity_sets()).all()
    ]


def _call(entities: EntitySet, path: str, verb: str, operation: dict[str, Any], host: str) -> Call:
    scopes = next((each["oauth"] for each in operation["security"] if "oauth" in each), [])
    return Call(
        id=operation["operationId"],
        verb=verb,
        path=path,
        about=operation["description"],
        scope=", ".join(scopes),
        curl=_curl(path, verb, operation, entities, host),
        answer=_answer(operation),
        is_extension=bool(operation.get("x-extension")),
        is_action="/Microsoft.NAV." in path,
    )


def _curl(path: str, verb: str, operation: dict[str, Any], entities: EntitySet, host: str) -> str:
    """The call for a shell, in which $TOKEN and $COMPANY are set."""
    id = str(example(entities, "read").get(entities.key, ""))
    path = _PLACE.sub(lambda found: "\0COMPANY" if found[1] == "companyId" else id, path)
    address = f"{host}{path}".replace("$", r"\$").replace("\0", "$")
    lines = [f"curl -X {verb}" if verb != "GET" else "curl", '-H "Authorization: Bearer $TOKEN"']
    if any(each.get("$ref", "").endswith("/ifMatch") for each in operation["parameters"]):
        lines.append('-H "If-Match: *"')
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = json.dumps(_shown(content["application/json"]), indent=2, default=_number, ensure_ascii=False)
        lines += ['-H "Content-Type: application/json"', "-d '{}'".format(body.replace("'", "'\\''"))]
    elif content:
        lines += ['-H "Content-Type: application/octet-stream"', "--data-binary @file"]
    return " \\\n  ".join([*lines, f'"{address}"'])


def _answer(operation: dict[str, Any]) -> str:
    """The answer when all goes well: its status, and an example of its body."""
    status, said = next(each for each in operation["responses"].items() if each[0] < "300")
    content = said.get("content", {}).get("application/json")
    if content is None:
        return f"{status} {said['description']}"
    body = json.dumps(_shown(content), indent=2, default=_number, ensure_ascii=False)
    return f"{status}\n{body}"


def _shown(content: dict[str, Any]) -> Any:
    return next((each["value"] for each in content.get("examples", {}).values()), {})


def _number(value: Any) -> Any:
    """A decimal as JSON writes it."""
    return int(value) if value == int(value) else float(value)


__all__ = ["Call", "Entry", "Field", "Theme", "Way", "calls", "fields", "themes", "ways"]
