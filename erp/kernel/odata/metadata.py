"""What the API holds, in OData's own language (CSDL 4.0): the document behind $metadata, as JSON and as XML.

    document = describe(entity_sets())       # a mapping, as CSDL JSON has it
    as_xml(document)                         # the same as EDMX

Companies are the root: every other set is reached through one of them, and by its own name.
Source: OData CSDL JSON Representation 4.01 and CSDL XML Representation 4.01, as far as version 4.0 knows it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from erp.kernel.odata.codec import encode
from erp.kernel.odata.description import summary
from erp.kernel.odata.edmx import as_xml
from erp.kernel.odata.entity import Action, EntitySet, One
from erp.kernel.odata.properties import Choice, Dec, Int, Property, Stream, Text

NAMESPACE = "Microsoft.NAV"
CONTAINER = "NAV"
CORE, CAPABILITIES = "Org.OData.Core.V1", "Org.OData.Capabilities.V1"
VOCABULARIES = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies"
BINDING = "bindingParameter"
Csdl = dict[str, Any]


def describe(sets: Iterable[EntitySet], *, enums: bool = True, extensions: bool = True) -> Csdl:
    """The document, as CSDL JSON has it.

    enums       choices are enumerations; without, texts (schema version 1.0)
    extensions  with the properties that v2.0 does not have
    """
    return _Model(sets, enums=enums, extensions=extensions).document()


class _Model:
    """The sets, while they are written down."""

    def __init__(self, sets: Iterable[EntitySet], *, enums: bool, extensions: bool):
        self.sets = list(sets)
        self.extensions = extensions
        self.entities = {each.name: each.entity for each in self.sets}
        self.enums = enum_names(self.sets) if enums else {}

    def document(self) -> Csdl:
        schema: Csdl = {each.entity: self._entity(each) for each in self.sets}
        for entities in self.sets:
            for action in entities.actions:
                schema.update(self._answers(entities, action))
                schema.setdefault(action.name, []).append(self._action(entities, action))
        for enum, names in self.enums.values():
            schema[enum] = {"$Kind": "EnumType", **{name: at for at, name in enumerate(names)}}
        schema[CONTAINER] = self._container()
        include = [(CORE, f"{VOCABULARIES}/{CORE}"), (CAPABILITIES, f"{VOCABULARIES}/{CAPABILITIES}")]
        return {
            "$Version": "4.0",
            "$EntityContainer": f"{NAMESPACE}.{CONTAINER}",
            "$Reference": {
                f"{address}.json": {"$Include": [{"$Namespace": name}]} for name, address in include
            },
            NAMESPACE: schema,
        }

    # Types ----------------------------------------------------------------------------------------------------------
    def _entity(self, entities: EntitySet) -> Csdl:
        shown = [each for each in entities.properties if self.extensions or not each.extension]
        found: Csdl = {"$Kind": "EntityType", "$Key": [entities.key]}
        found |= {each.name: self._property(entities, each) for each in shown}
        for way in entities.navigation:
            if way.to in self.entities and way.name not in found:
                found[way.name] = self._way(entities, way)
        if entities.name == "companies":
            found |= {each.name: self._contained(each) for each in self.sets if not each.without_company}
        return found | _noted(summary(entities))

    def _property(self, entities: EntitySet, each: Property) -> Csdl:
        found = self._typed(entities, each)
        if each.name != entities.key and not isinstance(each, Stream):
            found["$Nullable"] = True
        if each.read_only and each.name != entities.key:  # some clients want a key that they might set
            found[f"@{CORE}.Computed"] = True
        return found | _noted(each.about)

    def _typed(self, entities: EntitySet, each: Property) -> Csdl:
        """The type of a property; a text is what CSDL takes for granted."""
        if isinstance(each, Choice) and (entities.entity, each.name) in self.enums:
            return {"$Type": f"{NAMESPACE}.{self.enums[entities.entity, each.name][0]}"}
        if isinstance(each, Text) and each.length:
            return {"$MaxLength": each.length}
        if isinstance(each, Dec):
            return {"$Type": each.edm, "$Precision": 38, "$Scale": each.scale}
        if isinstance(each, Int) and each.big:
            return {"$Type": "Edm.Int64"}
        if each.edm == "Edm.DateTimeOffset":
            return {"$Type": each.edm, "$Precision": 3}
        return {} if each.edm == "Edm.String" else {"$Type": each.edm}

    def _way(self, entities: EntitySet, way: Any) -> Csdl:
        found: Csdl = {"$Kind": "NavigationProperty", "$Type": f"{NAMESPACE}.{self.entities[way.to]}"}
        if way.many:
            return found | {"$Collection": True}
        found["$Nullable"] = True
        key = entities.property(way.key) if isinstance(way, One) and way.key else None
        if key is not None and (self.extensions or not key.extension):
            theirs = next(each for each in self.sets if each.name == way.to)
            found["$ReferentialConstraint"] = {way.key: theirs.key}
        return found

    def _contained(self, entities: EntitySet) -> Csdl:
        """The way from a company to one of its sets."""
        kind = {"$Kind": "NavigationProperty", "$Type": f"{NAMESPACE}.{entities.entity}"}
        return kind | {"$Collection": True, "$ContainsTarget": True}

    # Actions --------------------------------------------------------------------------------------------------------
    def _action(self, entities: EntitySet, action: Action) -> Csdl:
        many = {"$Collection": True} if action.on_set else {}
        bound = {"$Name": BINDING, "$Type": f"{NAMESPACE}.{entities.entity}"} | many
        given = [{"$Name": each.name, **self._parameter(each)} for each in action.given]
        given += [
            {"$Name": name, "$Collection": True, "$Type": f"{NAMESPACE}.{_part(entities, action, name)}"}
            for name in action.lists
        ]
        if not (action.extension or self.extensions):  # the actions of v2.0 are given nothing
            given = []
        found: Csdl = {"$Kind": "Action", "$IsBound": True, "$Parameter": [bound, *given]}
        if action.method == "GET":  # what it is given are options of its address
            found |= {"$Kind": "Function", "$Parameter": [bound]}
        if action.answers or action.method == "GET":
            found["$ReturnType"] = {"$Type": f"{NAMESPACE}.{_part(entities, action, 'answer')}"}
        return found | _noted(action.about)

    def _answers(self, entities: EntitySet, action: Action) -> Csdl:
        """The types that only an action has: what it is given lists of, and what it answers."""
        found = {
            _part(entities, action, name): {
                "$Kind": "ComplexType",
                **{each.name: self._parameter(each) for each in properties},
            }
            for name, properties in action.lists.items()
        }
        if action.answers or action.method == "GET":
            answer = {each.name: self._parameter(each) for each in action.answers}
            found[_part(entities, action, "answer")] = {"$Kind": "ComplexType", "$OpenType": True, **answer}
        return found

    def _parameter(self, each: Property) -> Csdl:
        kind = {"$Type": each.edm} if each.edm != "Edm.String" else {}
        if each.edm.startswith("Collection("):
            kind = {"$Collection": True, "$Type": each.edm[len("Collection(") : -1]}
        if isinstance(each, Text) and each.length:
            kind = {"$MaxLength": each.length}
        if isinstance(each, Dec):
            kind |= {"$Precision": 38, "$Scale": each.scale}
        return kind | {"$Nullable": True}

    # Sets -----------------------------------------------------------------------------------------------------------
    def _container(self) -> Csdl:
        return {"$Kind": "EntityContainer", **{each.name: self._set(each) for each in self.sets}}

    def _set(self, entities: EntitySet) -> Csdl:
        found: Csdl = {"$Collection": True, "$Type": f"{NAMESPACE}.{entities.entity}"}
        bound = {way.name: way.to for way in entities.navigation if way.to in self.entities}
        if bound:
            found["$NavigationPropertyBinding"] = bound
        return found | _capabilities(entities, self.extensions)


def _capabilities(entities: EntitySet, extensions: bool) -> Csdl:
    """What may be done with a set, for clients that ask before they offer it."""
    verbs = entities.verbs
    found: Csdl = {
        f"@{CAPABILITIES}.InsertRestrictions": {"Insertable": "POST" in verbs},
        f"@{CAPABILITIES}.DeleteRestrictions": {"Deletable": "DELETE" in verbs},
    }  # fmt: skip
    found[f"@{CAPABILITIES}.UpdateRestrictions"] = {"Updatable": "PATCH" in verbs}
    shown = [each for each in entities.properties if extensions or not each.extension]
    unfiltered = [each.name for each in shown if not (each.filterable and each.at is not None)]
    unfiltered = [name for name in unfiltered if name != entities.key and name not in entities.steers]
    if unfiltered:
        found[f"@{CAPABILITIES}.FilterRestrictions"] = {"NonFilterableProperties": unfiltered}
    unsorted = [each.name for each in shown if not is_sortable(entities, each)]
    if unsorted:
        found[f"@{CAPABILITIES}.SortRestrictions"] = {"NonSortableProperties": unsorted}
    return found


def is_sortable(entities: EntitySet, each: Property) -> bool:
    """Whether $orderby takes a property."""
    return each.sortable or each.is_key or each.name in entities.unique


def members(each: Choice) -> Sequence[str]:
    """The names of a choice as they travel, each once."""
    return tuple(dict.fromkeys(encode(name) for name in each.values.values()))


def enum_names(sets: Iterable[EntitySet]) -> Mapping[tuple[str, str], tuple[str, Sequence[str]]]:
    """By entity and property: the enumeration's name, and its members.

    Properties that share a name share an enumeration where they have the same members; else each has its own, named
    after its entity as well.
    """
    sets = list(sets)
    choices = [(each, one) for each in sets for one in each.properties if isinstance(one, Choice)]
    taken = {each.entity for each in sets} | {one.name for each in sets for one in each.actions} | {CONTAINER}
    known: dict[str, set[Sequence[str]]] = {}
    for _entities, each in choices:
        known.setdefault(each.edm_enum, set()).add(members(each))
    found = {}
    for entities, each in choices:
        name = each.edm_enum
        if len(known[name]) > 1 or name in taken:
            name = f"{entities.entity}{each.name[0].upper()}{each.name[1:]}"
        found[entities.entity, each.name] = name, members(each)
    return found


def _part(entities: EntitySet, action: Action, name: str) -> str:
    return f"{entities.entity}_{action.name}_{name}"


def _noted(text: str) -> Csdl:
    return {f"@{CORE}.Description": str(text)} if text else {}


__all__ = ["NAMESPACE", "as_xml", "describe", "enum_names", "is_sortable", "members"]
