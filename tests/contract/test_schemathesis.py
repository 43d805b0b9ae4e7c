"""Whatever a program makes of our description, the server knows an answer that is described as well.

Schemathesis reads /api/openapi.json and calls every operation of a running server with bodies and options of its own
making, read first, then written, deleted last. It always makes the same ones.
"""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.api_company import Caller, furnish
from tests.world import World
from tests.world.template import put_setup

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ORDER = {"get": 0, "patch": 1, "post": 2, "delete": 3}
TIMES = {"get": 2, "patch": 2, "post": 3, "delete": 1}
CALM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def caller(transactional_db, live_server) -> Caller:
    put_setup()
    world = World()
    furnish(world)
    caller = Caller.of(world, live_server.url)
    caller.make_examples()
    return caller


def operations(caller: Caller) -> Iterator:
    """Every operation of the description, what only reads first."""
    answer = requests.get(f"{caller.server}/api/openapi.json", headers=caller.headers, timeout=60)
    schema = schemathesis.openapi.from_dict(strict(caller.filled_in(answer.json())))
    found = [result.ok() for result in schema.get_all_operations()]
    return iter(sorted(found, key=lambda each: ORDER[each.method.lower()]))


def strict(document: dict) -> dict:
    """What is read has nothing that is not described. Programs of others need not be that strict."""
    for schema in document["components"]["schemas"].values():
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
    return document


def test_every_answer_is_one_that_is_described(caller):
    failures, called = [], 0
    for operation in operations(caller):
        try:
            ask(operation, caller)
        except (Exception, FailureGroup) as failure:  # schemathesis' own are no exceptions but groups of them
            failures.append(f"{operation.method.upper()} {operation.path}\n{failure}")
        called += 1
    assert called > 100
    assert not failures, "\n\n".join([f"{len(failures)} of {called} operations:", *failures])


def times(operation) -> int:
    """How often an operation is called; a way from one entity to others once, for its options are those of the set."""
    method = operation.method.lower()
    is_way = (
        method == "get" and operation.path.rpartition("/")[0].endswith(")") and operation.path.count("(") > 1
    )
    return 1 if is_way else TIMES[method]


def examples(operation) -> list:
    """The example of the body, said of the first entity that there is."""
    shown = [each.definition.get("examples", {}).get("example") for each in operation.body]
    values = {each.name: known for each in operation.path_parameters if (known := _known(each))}
    headers = {"If-Match": "*"} if any(each.name == "If-Match" for each in operation.headers) else {}
    if not any(shown) or len(values) < len(list(operation.path_parameters)):
        return []
    return [
        operation.Case(
            path_parameters=values, headers=headers, body=each["value"], media_type="application/json"
        )
        for each in shown
    ]


def _known(parameter) -> str | None:
    return next(iter(parameter.definition["schema"].get("enum", [])), None)


def ask(operation, caller: Caller) -> None:
    """Call an operation a few times, each time in another way; first as its example says."""
    for case in examples(operation):
        answer = case.call(base_url=caller.server, headers=caller.headers, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    @settings(CALM, max_examples=times(operation))
    @given(case=operation.as_strategy())
    def call(case) -> None:
        answer = case.call(base_url=caller.server, headers=caller.headers, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    call()
