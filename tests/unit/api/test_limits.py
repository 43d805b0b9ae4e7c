"""The limits as a client meets them: headers on every answer, 429, 413 and 415."""

import uuid

import pytest

from erp.kernel.api import counters
from erp.kernel.api.limits import gate
from erp.kernel.models import User

pytestmark = pytest.mark.django_db
ROOT = "/api/v2.0/"
BATCH = f"{ROOT}$batch"


@pytest.fixture
def caller(client):
    """A client that is logged in as somebody for whom nothing has been counted."""
    user = User.objects.create(username=f"caller-{uuid.uuid4().hex[:8]}", is_superuser=True)
    client.force_login(user)
    client.user = user
    names = [counters.name(user.pk, part) for part in ("log", "running", "waiting", "alive")]
    counters.client().delete(*names)
    yield client
    counters.client().delete(*names)


def code(answer) -> str:
    return answer.json()["error"]["code"]


def test_every_answer_tells_what_is_left(caller):
    answers = [caller.get(ROOT), caller.get(f"{ROOT}nothing"), caller.post(BATCH, "x", "text/plain")]
    assert [answer.status_code for answer in answers] == [200, 404, 415]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["5999", "5998", "5997"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"6000"}
    assert all(int(answer.headers["X-RateLimit-Reset"]) for answer in answers)


def test_one_request_too_many(caller, settings):
    settings.API_RATE = 2
    assert [caller.get(ROOT).status_code for _ in range(3)] == [200, 200, 429]
    refused = caller.get(ROOT)
    assert code(refused) == "Application_TooManyRequests"
    assert 298 <= int(refused.headers["Retry-After"]) <= 300
    assert refused.headers["X-RateLimit-Remaining"] == "0"


def test_who_is_not_known_is_not_counted(client):
    answer = client.get(ROOT)
    assert answer.status_code == 401
    assert "X-RateLimit-Limit" not in answer.headers


def test_a_full_queue(caller, settings):
    settings.API_CONCURRENT, settings.API_QUEUE = 1, 0
    with gate(caller.user.pk):
        refused = caller.get(ROOT)
    assert (refused.status_code, code(refused)) == (429, "Application_TooManyRequests")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["X-RateLimit-Remaining"] == "5999"
    assert caller.get(ROOT).status_code == 200


def test_a_body_that_is_too_large(caller, settings):
    settings.API_BODY = 100
    refused = caller.post(BATCH, b"x" * 101, content_type="application/json")
    assert (refused.status_code, code(refused)) == (413, "BadRequest_BodyTooLarge")


def test_a_body_that_is_no_json(caller):
    refused = caller.post(BATCH, "<requests/>", content_type="application/xml")
    assert (refused.status_code, code(refused)) == (415, "BadRequest_UnsupportedMediaType")
