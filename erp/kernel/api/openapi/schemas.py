"""What bodies look like: each entity as it is read, made and changed, as JSON Schema."""

from collections.abc import Iterable, Sequence
from typing import Any

from erp.kernel.api.openapi.common import ADDRESS, COMMON, Schema
from erp.kernel.odata.codec import encode
from erp.kernel.odata.description import summary
from erp.kernel.odata.entity import Action, EntitySet, Many, entity_set
from erp.kernel.odata.metadata import enum_names, members
from erp.kernel.odata.properties import (
    MOST_DIGITS,
    Bool,
    Choice,
    Code,
    Day,
    Dec,
    Formula,
    Guid,
    Int,
    Moment,
    Property,
    Stream,
    Text,
)

MOST = 10**MOST_DIGITS
ETAG: Schema = {
    "type": "string",
    "readOnly": True,
    "description": "Changes whenever the entity does; for If-Match.",
}


def ref(name: str, kind: str = "schemas") -> Schema:
    """A component of the document."""
    return {"$ref": f"#/components/{kind}/{name}"}


def capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def component(entities: EntitySet, use: str = "") -> str:
    """What a schema is called: salesOrder, salesOrderCreate, salesOrderPage."""
    return f"{entities.entity}{capital(use)}"


def creation(entities: EntitySet, by: str = "") -> str:
    """The schema of a body that makes one; below a parent, which `by` names, that need not be named again."""
    is_needed = by and any(by in _either(entities, each) for each in entities.properties if each.required)
    return component(entities, f"createBelow{capital(by)}" if is_needed else "create")


class Schemas:
    """All schemas of some sets, by the names of their components."""

    def __init__(self, sets: Sequence[EntitySet]):
        self.sets = sets
        self.enums = enum_names(sets)

    def all(self) -> dict[str, Schema]:
        found = dict(COMMON)
        for enum, names in self.enums.values():
            found[enum] = {"type": "string", "enum": list(names)}
        for entities in self.sets:
            found[component(entities)] = self.read(entities)
            found[component(entities, "page")] = self.page(entities)
            if "POST" in entities.verbs:
                found[component(entities, "create")] = self.create(entities)
                for by in self._parents(entities):
                    found[creation(entities, by)] = self.create(entities, by)
            if "PATCH" in entities.verbs:
                found[component(entities, "update")] = self.update(entities)
            for action in entities.actions:
                if action.given or action.lists:
                    found[component(entities, action.name)] = self.given(action)
                if action.answers:
                    found[component(entities, f"{action.name}Answer")] = self.answer(action)
        return found

    # Entities -------------------------------------------------------------------------------------------------------
    def read(self, entities: EntitySet) -> Schema:
        """An entity as GET shows it. Nothing but the etag is sure to be there: $select chooses."""
        shown = {
            each.name: self.shown(entities, each)
            for each in entities.properties
            if not isinstance(each, Stream)
        }
        for way in entities.navigation:
            theirs = entity_set(way.to)
            if theirs in self.sets:
                expanded = _expanded(way, theirs)
                shown[way.name] = {"anyOf": [shown[way.name], expanded]} if way.name in shown else expanded
        return {
            "type": "object",
            "description": summary(entities),
            "properties": {"@odata.etag": ETAG, "@odata.context": ADDRESS, **shown},
            "patternProperties": {"@odata[.]": {}},
        }

    def page(self, entities: EntitySet) -> Schema:
        counted = {
            "type": "integer",
            "minimum": 0,
            "description": "All that the filter lets through; with $count.",
        }
        more = {"type": "string", "format": "uri", "description": "The next page, where there is one."}
        return {
            "type": "object",
            "properties": {
                "@odata.context": ADDRESS,
                "@odata.count": counted,
                "value": {"type": "array", "items": ref(component(entities))},
                "@odata.nextLink": more,
            },
            "required": ["@odata.context", "value"],
        }

    def _parents(self, entities: EntitySet) -> set[str]:
        """The properties by which entities lie below others, where a new one must name them."""
        ways = [way for each in self.sets for way in each.navigation if way.to == entities.name and way.many]
        return {way.by for way in ways if creation(entities, way.by) != component(entities, "create")}

    def create(self, entities: EntitySet, by: str = "") -> Schema:
        found = self._written(entities)
        for each in entities.properties:
            if each.required and isinstance(each, Text):  # blank counts as not given
                found["properties"][each.name] |= {"type": "string", "minLength": 1}
        deep = {
            way.name: {"type": "array", "items": ref(creation(theirs, way.by))}
            for way in entities.navigation
            if isinstance(way, Many) and way.given and (theirs := entity_set(way.to)) in self.sets
            if "POST" in theirs.verbs
        }
        found["properties"] |= deep
        needed = [_either(entities, each) for each in entities.properties if each.required]
        needed = [names for names in needed if by not in names]
        plain = [names[0] for names in needed if len(names) == 1]
        others = [{"anyOf": [{"required": [name]} for name in names]} for names in needed if len(names) > 1]
        return found | ({"required": plain} if plain else {}) | ({"allOf": others} if others else {})

    def update(self, entities: EntitySet) -> Schema:
        return self._written(entities)

    def _written(self, entities: EntitySet) -> Schema:
        return {
            "type": "object",
            "properties": {each.name: self.written(entities, each) for each in writable(entities)},
            "patternProperties": {"@": {}},
            "additionalProperties": False,
        }

    # Actions --------------------------------------------------------------------------------------------------------
    def given(self, action: Action) -> Schema:
        """The body of an action."""
        found = {each.name: _nullable(_schema(each) | _facts(each)) for each in action.given}
        for name, properties in action.lists.items():
            inner = {each.name: _nullable(_schema(each) | _facts(each)) for each in properties}
            found[name] = {
                "type": "array",
                "items": {"type": "object", "properties": inner, "additionalProperties": False},
            }
        required = [each.name for each in action.given if each.required]
        shape: Schema = {"type": "object", "properties": found, "patternProperties": {"@": {}}}
        return shape | {"additionalProperties": False} | ({"required": required} if required else {})

    def answer(self, action: Action) -> Schema:
        return {
            "type": "object",
            "properties": {each.name: _schema(each) | _facts(each) for each in action.answers},
        }

    # Properties -----------------------------------------------------------------------------------------------------
    def shown(self, entities: EntitySet, each: Property) -> Schema:
        """A property as it is read; never null."""
        found = self._kind(entities, each) | _facts(each)
        return found | ({"readOnly": True} if each.read_only else {})

    def written(self, entities: EntitySet, each: Property) -> Schema:
        """A property as it is sent; null is blank."""
        found = self._kind(entities, each)
        if isinstance(each, Choice):
            has_blank = encode("") in members(each)
            return ({"anyOf": [found, {"type": "null"}]} if has_blank else found) | _facts(each)
        if isinstance(each, Dec):
            found |= {"exclusiveMinimum": -MOST, "exclusiveMaximum": MOST}
        return _nullable(found) | _facts(each)

    def _kind(self, entities: EntitySet, each: Property) -> Schema:
        enum = self.enums.get((entities.entity, each.name))
        return ref(enum[0]) if enum else _schema(each)


def _schema(each: Property) -> Schema:
    """The kind of a value."""
    if isinstance(each, Choice):
        return {"type": "string", "enum": list(members(each))}
    if isinstance(each, Dec):
        return {"type": "number"}
    if isinstance(each, Int):
        return {"type": "integer", "format": "int64" if each.big else "int32"}
    if isinstance(each, Bool):
        return {"type": "boolean"}
    if each.edm == "Collection(Edm.Guid)":
        return {"type": "array", "items": {"type": "string", "format": "uuid"}}
    formats = {Day: "date", Moment: "date-time", Guid: "uuid"}
    found: Schema = {"type": "string"}
    for kind, form in formats.items():
        if isinstance(each, kind):
            found["format"] = form
    if isinstance(each, Text) and each.length:
        found["maxLength"] = each.length
    return found


def _facts(each: Property) -> Schema:
    said = [str(each.about)] if each.about else []
    if isinstance(each, Dec):
        said.append(f"At most {each.scale} decimals and 15 digits.")
    elif isinstance(each, Day):
        said.append("0001-01-01 is none.")
    elif isinstance(each, Code):
        said.append("In capitals.")
    elif isinstance(each, Formula):
        said.append("A date formula, as 30D or CM+1M.")
    found: Schema = {"description": " ".join(said)} if said else {}
    return found | ({"x-extension": True} if each.extension else {})


def _nullable(found: Schema) -> Schema:
    if "enum" in found:
        return found | {"type": ["string", "null"], "enum": [*found["enum"], None]}
    return found | {"type": [found["type"], "null"]}


def _expanded(way: Any, theirs: EntitySet) -> Schema:
    """What $expand puts in place of a way."""
    if way.many:
        return {"type": "array", "items": ref(component(theirs)), "description": "With $expand."}
    return {"anyOf": [ref(component(theirs)), {"type": "null"}], "description": "With $expand."}


def writable(entities: EntitySet) -> Iterable[Property]:
    """The properties that a body may name."""
    return (each for each in entities.properties if not each.read_only and not isinstance(each, Stream))


def _either(entities: EntitySet, needed: Property) -> list[str]:
    """The properties of which one must be given: all that say the same."""
    return [each.name for each in writable(entities) if each.inside == needed.inside]
