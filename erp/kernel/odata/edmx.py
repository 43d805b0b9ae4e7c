"""CSDL JSON as XML: the form of $metadata that most clients read."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

EDMX, EDM = "http://docs.oasis-open.org/odata/ns/edmx", "http://docs.oasis-open.org/odata/ns/edm"
FACETS = ("$MaxLength", "$Precision", "$Scale")


def as_xml(document: Mapping[str, Any]) -> bytes:
    """A document that `describe` made, as EDMX."""
    root = Element("edmx:Edmx", {"Version": document["$Version"], "xmlns:edmx": EDMX})
    for address, reference in document["$Reference"].items():
        found = SubElement(root, "edmx:Reference", Uri=address.removesuffix(".json") + ".xml")
        for include in reference["$Include"]:
            SubElement(found, "edmx:Include", Namespace=include["$Namespace"])
    services = SubElement(root, "edmx:DataServices")
    for namespace, schema in document.items():
        if not namespace.startswith("$"):
            _schema(SubElement(services, "Schema", {"Namespace": namespace, "xmlns": EDM}), schema)
    indent(root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode()


def _schema(parent: Element, schema: Mapping[str, Any]) -> None:
    writers = {"EnumType": _enum, "EntityContainer": _container}
    for name, value in schema.items():
        if isinstance(value, list):
            for overload in value:
                _action(parent, name, overload)
        else:
            writers.get(value["$Kind"], _structure)(parent, name, value)


def _structure(parent: Element, name: str, value: Mapping[str, Any]) -> None:
    """An entity type or a complex type."""
    found = SubElement(parent, value["$Kind"], Name=name)
    if value.get("$OpenType"):
        found.set("OpenType", "true")
    if "$Key" in value:
        key = SubElement(found, "Key")
        for each in value["$Key"]:
            SubElement(key, "PropertyRef", Name=each)
    for each, said in _members(value):
        if said.get("$Kind") == "NavigationProperty":
            _way(found, each, said)
        else:
            _annotations(SubElement(found, "Property", {"Name": each, **_typed(said)}), said)
    _annotations(found, value)


def _typed(said: Mapping[str, Any]) -> dict[str, str]:
    """The attributes that say what a value is. JSON takes for granted that it is there, XML that it may be missing."""
    kind = said.get("$Type", "Edm.String")
    found = {"Type": f"Collection({kind})" if said.get("$Collection") else kind}
    if not said.get("$Nullable") and not said.get("$Collection"):
        found["Nullable"] = "false"
    return found | {facet[1:]: str(said[facet]) for facet in FACETS if facet in said}


def _way(parent: Element, name: str, said: Mapping[str, Any]) -> None:
    found = SubElement(parent, "NavigationProperty", {"Name": name, **_typed(said)})
    if said.get("$ContainsTarget"):
        found.set("ContainsTarget", "true")
    for ours, theirs in said.get("$ReferentialConstraint", {}).items():
        SubElement(found, "ReferentialConstraint", Property=ours, ReferencedProperty=theirs)
    _annotations(found, said)


def _enum(parent: Element, name: str, value: Mapping[str, Any]) -> None:
    found = SubElement(parent, "EnumType", Name=name)
    for each, number in _members(value):
        SubElement(found, "Member", Name=each, Value=str(number))


def _action(parent: Element, name: str, value: Mapping[str, Any]) -> None:
    found = SubElement(parent, value["$Kind"], Name=name, IsBound="true")
    for each in value["$Parameter"]:
        is_bound = each is value["$Parameter"][0]
        typed = _typed(each | {"$Nullable": True} if is_bound else each)
        SubElement(found, "Parameter", {"Name": each["$Name"], **typed})
    if "$ReturnType" in value:
        SubElement(found, "ReturnType", _typed(value["$ReturnType"]))
    _annotations(found, value)


def _container(parent: Element, name: str, value: Mapping[str, Any]) -> None:
    found = SubElement(parent, "EntityContainer", Name=name)
    for each, said in _members(value):
        if said.get("$Collection"):
            one = SubElement(found, "EntitySet", Name=each, EntityType=said["$Type"])
        else:
            one = SubElement(found, "Singleton", Name=each, Type=said["$Type"])
        for path, target in said.get("$NavigationPropertyBinding", {}).items():
            SubElement(one, "NavigationPropertyBinding", Path=path, Target=target)
        _annotations(one, said)


def _annotations(parent: Element, said: Mapping[str, Any]) -> None:
    for term, value in said.items():
        if not term.startswith("@"):
            continue
        found = SubElement(parent, "Annotation", Term=term[1:])
        if isinstance(value, Mapping):
            record = SubElement(found, "Record")
            for name, each in value.items():
                _value(SubElement(record, "PropertyValue", Property=name), each)
        else:
            _value(found, value)


def _value(element: Element, value: Any) -> None:
    if isinstance(value, bool):
        element.set("Bool", "true" if value else "false")
    elif isinstance(value, str):
        element.set("String", value)
    else:
        collection = SubElement(element, "Collection")
        for path in value:
            SubElement(collection, "PropertyPath").text = path


def _members(value: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((name, said) for name, said in value.items() if name[0] not in "$@")
