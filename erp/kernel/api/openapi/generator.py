"""The document, put together by drf-spectacular: its settings and its frame, our paths.

All addresses of the API are one route with one view (erp/kernel/api/door.py), which a generator that walks routes
cannot see into; so the paths come from the declared sets.
"""

from functools import lru_cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ResolvedComponent

from erp.kernel.api.door import VERSION
from erp.kernel.api.openapi import parts
from erp.kernel.api.openapi.operations import JSON, Operation, Operations, tag
from erp.kernel.api.openapi.schemas import Schemas, ref
from erp.kernel.odata.entity import entity_sets

ABOUT = "The API itself"


class Generator(SchemaGenerator):
    """Lists one operation for each set and verb, action, content and way."""

    def parse(self, input_request: Any, public: bool) -> dict[str, dict[str, Operation]]:
        sets = entity_sets()
        self._register(sets)
        paths: dict[str, dict[str, Operation]] = {}
        for entities in sets:
            for path, verb, operation in Operations(entities, sets).all():
                paths.setdefault(path, {})[verb] = operation
        for path, verb, operation in _of_the_service():
            paths.setdefault(path, {})[verb] = operation
        return dict(sorted(paths.items()))

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        with translation.override("en"):
            found = super().get_schema(request, public)
            found["tags"] = [
                {"name": name} for name in [ABOUT, *sorted({tag(each) for each in entity_sets()})]
            ]
        return found

    def _register(self, sets: list) -> None:
        """The components: what operations refer to."""
        options = {name: said for each in sets for name, said in parts.set_parameters(each).items()}
        kinds = {
            ResolvedComponent.SCHEMA: Schemas(sets).all(),
            ResolvedComponent.PARAMETER: parts.PARAMETERS | options,
            ResolvedComponent.HEADER: parts.HEADERS,
            ResolvedComponent.RESPONSE: parts.refusal_components(),
            ResolvedComponent.SECURITY_SCHEMA: parts.security_schemes(),
        }
        for kind, components in kinds.items():
            for name, schema in components.items():
                one = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
                self.registry.register_on_missing(one)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document; made once in each process, for the sets that it has."""
    return Generator().get_schema(public=True)


def _of_the_service() -> list[tuple[str, str, Operation]]:
    """The addresses that belong to no set."""
    company, parameters = f"{VERSION}/companies({{companyId}})", [ref("companyId", "parameters")]
    xml = {"schema": {"type": "string"}}
    csdl = {"description": "CSDL.", "content": {"application/xml": xml, JSON: {"schema": {"type": "object"}}}}
    options = [
        ref("schemaversion", "parameters"),
        ref("format", "parameters"),
        ref("extensions", "parameters"),
    ]
    service = _json("Which sets there are.", "Service")
    named = _json("What people call entities, properties and values, by language.", "Definitions")
    found = []
    for path, given, end in ((VERSION, [], ""), (company, parameters, "OfCompany")):
        batch = _operation(
            f"batch{end}",
            "Up to 100 requests in one.",
            given,
            {"200": _json("Their answers.", "BatchAnswer")},
        )
        batch["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": ref("Batch"), "example": BATCH}},
        }
        batch["responses"] |= parts.refusals(parts.WRITING)
        found += [
            (f"{path}/$metadata", "get",
             _operation(f"metadata{end}", "What the API holds, for OData clients.", [*given, *options], {"200": csdl})),
            (f"{path}/$batch", "post", batch),
            (f"{path}/entityDefinitions", "get",
             _operation(f"definitions{end}", "Captions of entities, properties and values.", given, {"200": named})),
        ]  # fmt: skip
    return [
        (f"{VERSION}/", "get", _operation("service", "Which sets there are.", [], {"200": service})),
        *found,
    ]


def _operation(id: str, about: str, parameters: list, responses: dict) -> Operation:
    return {
        "operationId": id,
        "summary": about.rstrip("."),
        "tags": [ABOUT],
        "parameters": parameters,
        "responses": responses | parts.refusals(parts.READING),
        "security": [{"token": []}, {"oauth": []}, {"session": []}],
    }


def _json(about: str, name: str) -> dict[str, Any]:
    return {"description": about, "content": {JSON: {"schema": ref(name)}}}


BATCH = {
    "requests": [
        {"id": "1", "method": "GET", "url": "customers?$top=1"},
        {"id": "2", "method": "GET", "url": "items?$top=1", "dependsOn": ["1"]},
    ]
}
