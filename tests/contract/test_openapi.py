"""/api/openapi.json describes the whole API: every set and verb, every action, every example as its schema says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import erp.urls  # noqa: F401 (it has the sets declared)
from erp.kernel.api.document import written
from erp.kernel.odata.entity import EntitySet, entity_set, entity_sets
from erp.kernel.odata.properties import Stream

COMPANY = "/api/v2.0/companies({companyId})"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(written("json"))


def base(entities: EntitySet) -> str:
    return f"/api/v2.0/{entities.name}" if entities.without_company else f"{COMPANY}/{entities.name}"


def one(entities: EntitySet, paths: dict) -> str:
    """The address of one entity of a set, among the paths."""
    start = f"{base(entities)}("
    return next(path for path in paths if path.startswith(start) and "/" not in path[len(start) :])


def test_it_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    errors = [
        f"{list(each.absolute_path)}: {each.message}"
        for each in OpenAPIV31SpecValidator(document).iter_errors()
    ]
    assert errors == []


def test_every_set_and_verb_is_there(document):
    paths = document["paths"]
    for entities in entity_sets():
        if "GET" not in entities.verbs:
            assert list(paths[base(entities)]) == ["post"]
            continue
        here = {verb.upper() for verb in paths[one(entities, paths)]} & {"GET", "PATCH", "DELETE"}
        assert here == entities.verbs - {"POST"}, entities.name
        assert {"GET"} | entities.verbs & {"POST"} == {verb.upper() for verb in paths[base(entities)]}
        assert "get" in paths[f"{base(entities)}/$count"]


def test_every_action_content_and_way_is_there(document):
    paths = document["paths"]
    for entities in entity_sets():
        if "GET" not in entities.verbs:
            continue
        entity = one(entities, paths)
        for action in entities.actions:
            path = f"{base(entities) if action.on_set else entity}/Microsoft.NAV.{action.name}"
            assert list(paths[path]) == [action.method.lower()]
        for each in entities.properties:
            if isinstance(each, Stream):
                assert "get" in paths[f"{entity}/{each.name}"]
        for way in entities.navigation:
            if entity_set(way.to) is not None:
                assert "get" in paths[f"{entity}/{way.name}"]


def test_operations_have_names_of_their_own(document):
    names = [said["operationId"] for item in document["paths"].values() for said in item.values()]
    assert len(names) == len(set(names))


def test_what_is_read_only_is_not_in_what_is_sent(document):
    schemas = document["components"]["schemas"]
    for entities in entity_sets():
        for use, verb in (("Create", "POST"), ("Update", "PATCH")):
            if verb not in entities.verbs:
                assert f"{entities.entity}{use}" not in schemas
                continue
            sent = schemas[f"{entities.entity}{use}"]["properties"]
            for each in entities.properties:
                assert (each.name in sent) == (not each.read_only and not isinstance(each, Stream))


def test_every_operation_says_how_to_log_in_and_what_is_refused(document):
    for path, item in document["paths"].items():
        for verb, said in item.items():
            assert {"token", "oauth", "session"} == {name for way in said["security"] for name in way}, path
            assert {"400", "401", "403", "404", "429", "500"} <= set(said["responses"])
            assert any(status.startswith("2") for status in said["responses"])
            if verb != "get":
                assert {"409", "413", "415"} <= set(said["responses"])


def test_every_resource_and_action_has_an_example_that_fits(document):
    found = list(examples(document))
    assert len(found) > 2 * len(entity_sets())
    for place, schema, value in found:
        whole = (
            {"$ref": f"#{schema}", "components": document["components"]}
            if isinstance(schema, str)
            else schema
        )
        whole = {**whole, "components": document["components"]}
        errors = [each.message for each in Draft202012Validator(whole).iter_errors(value)]
        assert errors == [], f"{place}: {value}"


def test_bodies_of_entities_and_actions_have_examples(document):
    for path, item in document["paths"].items():
        for verb, said in item.items():
            for content in said.get("requestBody", {}).get("content", {}).values():
                if "$ref" in content["schema"]:
                    assert "examples" in content or "example" in content, f"{verb} {path}"


def examples(document: dict) -> Iterator[tuple[str, Any, Any]]:
    """Every example of a body: where it stands, its schema, the value."""
    for path, item in document["paths"].items():
        for verb, said in item.items():
            bodies = [said.get("requestBody", {}), *said["responses"].values()]
            for body in bodies:
                for content in body.get("content", {}).values():
                    for each in content.get("examples", {}).values():
                        yield f"{verb} {path}", content["schema"], each["value"]


# --- At its address --------------------------------------------------------------------------------------------------


def test_it_is_read_with_a_log_in_as_json_and_as_yaml(client, world):
    assert client.get("/api/openapi.json").status_code == 401
    assert client.get("/api/openapi.json").json()["error"]["code"] == "Authentication_InvalidCredentials"
    client.force_login(world.by)
    answer = client.get("/api/openapi.json")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json()["info"]["title"] == "Handel"
    answer = client.get("/api/openapi.yaml")
    assert answer["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer.content.startswith(b"openapi: 3.1.")
