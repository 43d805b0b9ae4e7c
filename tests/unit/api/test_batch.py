"""$batch: many requests in one, apart or together, as JSON and as multipart."""

import pytest
from django.db import OperationalError

from customers.models import PaymentTerms
from erp.kernel.models import User
from tests.unit.api.test_door import ask

pytestmark = pytest.mark.django_db


def part(id, method, url, body=None, **more):
    return {"id": id, "method": method, "url": url, "body": body, **more}


def send(api, *parts, **headers):
    answer = ask(api, "POST", "$batch", {"requests": list(parts)}, **headers)
    assert answer.status_code == 200, answer.content
    return {each["id"]: each for each in answer.body["responses"]}


def codes():
    return set(PaymentTerms.objects.filter(code__startswith="B").values_list("code", flat=True))


def test_each_by_itself(api):
    """One that is refused stops nobody else."""
    answers = send(
        api,
        part("1", "POST", "paymentTerms", {"code": "B1"}),
        part("2", "POST", "paymentTerms", {"displayName": "no code"}),
        part("3", "POST", "paymentTerms", {"code": "B3"}),
        part("4", "GET", "paymentTerms?$filter=startswith(code,'B')&$select=code"),
    )
    assert [answers[id]["status"] for id in "1234"] == [201, 400, 201, 200]
    assert {row["code"] for row in answers["4"]["body"]["value"]} == {"B1", "B3"} == codes()


def test_stopping_at_the_first(api):
    answers = send(
        api,
        part("1", "POST", "paymentTerms", {}),
        part("2", "POST", "paymentTerms", {"code": "B2"}),
        Prefer="odata.continue-on-error=false",
    )
    assert list(answers) == ["1"]
    assert codes() == set()


def test_later_requests_name_earlier_ones(api):
    answers = send(
        api,
        part("1", "POST", "paymentTerms", {"code": "B1"}),
        part("2", "PATCH", "$1", {"displayName": "new"}, headers={"If-Match": "*"}, dependsOn=["1"]),
        part(
            "3", "PATCH", "$nobody", {"displayName": "new"}, headers={"If-Match": "*"}, dependsOn=["nobody"]
        ),
    )
    assert [answers[id]["status"] for id in "123"] == [201, 200, 424]
    assert PaymentTerms.objects.get(code="B1").description == "new"


def test_snapshot_is_all_or_nothing(api):
    answers = send(
        api,
        part("1", "POST", "paymentTerms", {"code": "B1"}),
        part("2", "POST", "paymentTerms", {"code": "B2"}),
        part("3", "POST", "paymentTerms", {"displayName": "no code"}),
        Isolation="snapshot",
    )
    assert [answers[id]["status"] for id in "123"] == [424, 424, 400]
    assert codes() == set()


def test_a_group_is_all_or_nothing_and_others_are_not_touched(api):
    answers = send(
        api,
        part("1", "POST", "paymentTerms", {"code": "B1"}),
        part("2", "POST", "paymentTerms", {"code": "B2"}, atomicityGroup="g"),
        part("3", "POST", "paymentTerms", {"code": "B2"}, atomicityGroup="g"),
        part("4", "POST", "paymentTerms", {"code": "B4"}),
    )
    assert [answers[id]["status"] for id in "1234"] == [201, 424, 400, 201]
    assert codes() == {"B1", "B4"}


@pytest.mark.parametrize(
    "requests",
    [
        None, [], "x", [1], [{"id": "1"}], [part("1", "BREW", "paymentTerms")],
        [part("1", "GET", "a"), part("1", "GET", "b")], [part(str(n), "GET", "companies") for n in range(101)],
    ],
)  # fmt: skip
def test_what_is_no_batch(api, requests):
    answer = ask(api, "POST", "$batch", {"requests": requests})
    assert (answer.status_code, answer.body["error"]["code"]) == (400, "BadRequest")
    assert ask(api, "GET", "$batch").status_code == 405


def test_requests_do_not_leave_the_api(api):
    answers = send(
        api,
        part("1", "GET", "/admin/"),
        part("2", "GET", "https://example.com/api"),
        part("3", "POST", "$batch", {"requests": []}),
        part("4", "GET", f"http://testserver{api.base}/paymentTerms?$top=1"),
    )
    assert [answers[id]["status"] for id in "1234"] == [400, 400, 400, 200]


def test_multipart_with_a_change_set(api):
    body = "\r\n".join(
        [
            "--b", "Content-Type: multipart/mixed; boundary=c", "",
            "--c", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: 1", "",
            "POST paymentTerms HTTP/1.1", "Content-Type: application/json", "", '{"code": "B1"}', "",
            "--c", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: 2", "",
            "PATCH $1 HTTP/1.1", "Content-Type: application/json", "If-Match: *", "", '{"displayName": "two"}', "",
            "--c--",
            "--b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "",
            "GET paymentTerms?$filter=code%20eq%20'B1' HTTP/1.1", "Accept: application/json", "", "",
            "--b--", "",
        ]
    )  # fmt: skip
    answer = api.client.generic(
        "POST", f"{api.base}/$batch", body, content_type="multipart/mixed; boundary=b"
    )
    text = answer.content.decode()
    assert answer.status_code == 200, text
    assert answer["Content-Type"].startswith("multipart/mixed")
    assert text.index("HTTP/1.1 201 Created") < text.index("HTTP/1.1 200 OK")
    assert '"displayName":"two"' in text
    assert PaymentTerms.objects.get(code="B1").description == "two"


@pytest.mark.parametrize(
    ("one", "status"),
    [
        (part("1", "GET", "http://["), 200),
        (part("1", "GET", "paymentTerms", headers={"X-Company": "a\u0000"}), 400),
        (part("1", "GET", "paymentTerms", headers={"Prefer": "a\r\nSet-Cookie: b"}), 400),
        (part("1", "GET", "\ud800"), 400),
    ],
)
def test_what_is_no_request(api, one, status):
    """A request that makes no sense is refused by itself; what is no header, as a whole."""
    answer = ask(api, "POST", "$batch", {"requests": [one]})
    assert answer.status_code == status
    if status == 200:
        assert answer.body["responses"][0]["status"] == 400


def test_a_part_does_not_say_where_it_comes_from(api, caplog):
    """The proxy says it, of the request as a whole."""
    stranger = api.of(User.objects.create_user("stranger"))
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    answers = send(stranger, part("1", "GET", "paymentTerms", headers=headers))
    assert answers["1"]["status"] == 403
    assert "203.0.113.9" not in caplog.text
    answers = send(api, part("1", "GET", "paymentTerms?$top=1", headers=headers))
    assert "evil.example" not in answers["1"]["body"]["@odata.context"]


def test_a_group_that_the_database_refuses_at_its_end(api, monkeypatch):
    """What is refused only when the whole is to be kept is told like any refusal, and others are not touched."""
    from contextlib import contextmanager
    from types import SimpleNamespace

    from erp.kernel.api import batch

    class Deadlock(Exception):
        pgcode = "40P01"

    @contextmanager
    def refuses_in_the_end():
        with atomic():
            yield
            raise OperationalError("deadlock") from Deadlock()

    atomic = batch.transaction.atomic
    monkeypatch.setattr(batch, "transaction", SimpleNamespace(atomic=refuses_in_the_end))
    answers = send(
        api,
        part("1", "GET", "paymentTerms?$top=1"),
        part("2", "POST", "paymentTerms", {"code": "B2"}, atomicityGroup="g"),
        part("3", "GET", "$2"),
    )
    assert [answers[id]["status"] for id in "123"] == [200, 409, 404]
    assert codes() == set()


def test_parts_within_parts_without_end(api):
    body = "".join(
        f"--a{depth}\r\nContent-Type: multipart/mixed; boundary=a{depth + 1}\r\n\r\n" for depth in range(3000)
    )
    answer = api.client.post(f"{api.base}/$batch", body, content_type="multipart/mixed; boundary=a0")
    assert answer.status_code == 400


def test_pages_of_parts_are_short(api):
    """A hundred pages of twenty thousand rows would not fit into memory; the next link leads on."""
    PaymentTerms.objects.bulk_create(PaymentTerms(code=f"B{number}") for number in range(1_001))
    answers = send(api, part("1", "GET", "paymentTerms", headers={"Prefer": "odata.maxpagesize=20000"}))
    assert len(answers["1"]["body"]["value"]) == 1_000
    assert "@odata.nextLink" in answers["1"]["body"]
