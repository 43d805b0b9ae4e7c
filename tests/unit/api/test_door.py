"""The door: addresses, companies, refusals in the error body of v2.0, etags, idempotency, preferences."""

import pytest
from django.contrib.auth.models import Permission

from customers.models import PaymentTerms
from erp.kernel.models import User
from posting.models import GeneralLedgerSetup

pytestmark = pytest.mark.django_db


def ask(api, verb, path, body=None, **headers):
    return api.send(verb, path, body, headers)


def refused(api, verb, path, body=None, **headers) -> tuple[int, str]:
    answer = ask(api, verb, path, body, **headers)
    return answer.status_code, answer.code


@pytest.fixture
def terms(api):
    return ask(
        api, "POST", "paymentTerms", {"code": "net7", "displayName": "7 days", "dueDateCalculation": "7D"}
    ).body


def test_a_stranger_is_asked_who_he_is(world, client):
    answer = client.get("/api/v2.0/companies")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "Authentication_InvalidCredentials"
    assert "Bearer" in answer["WWW-Authenticate"]


def test_a_company_may_be_named_in_four_ways(api):
    company = GeneralLedgerSetup.objects.get()
    by_name = {"company": company.company_name} if company.company_name else {"company": str(company.uuid)}
    for path, headers in (
        ("paymentTerms", {}),
        (f"/api/v2.0/companies/{company.uuid}/paymentTerms", {}),
        (f"/api/v2.0/paymentTerms?company={by_name['company']}", {}),
        ("/api/v2.0/paymentTerms", {"X-Company": str(company.uuid)}),
    ):
        assert ask(api, "GET", path, **headers).status_code == 200
    assert refused(api, "GET", "/api/v2.0/paymentTerms") == (400, "BadRequest_RequiredParamNotProvided")
    assert refused(api, "GET", "/api/v2.0/companies(nobody)/paymentTerms") == (
        404,
        "Internal_CompanyNotFound",
    )


def test_making_one(api, terms):
    assert terms["code"] == "NET7"
    row = PaymentTerms.objects.get(code="NET7")
    assert (terms["id"], row.due_date_calculation) == (str(row.uuid), "7D")
    assert terms["@odata.etag"].startswith('W/"')


def test_where_it_is_and_how_to_get_there(api):
    made = ask(api, "POST", "paymentTerms", {"code": "X"})
    assert made.status_code == 201
    assert made["Location"].endswith(f"{api.base}/paymentTerms({made.body['id']})")
    assert ask(api, "GET", made["Location"].partition("testserver")[2]).body["code"] == "X"
    assert ask(api, "GET", f"paymentTerms/{made.body['id']}").body["code"] == "X"


@pytest.mark.parametrize(
    ("body", "status", "code", "target"),
    [
        ({"displayName": "x"}, 400, "BadRequest_RequiredParamNotProvided", "code"),
        ({"code": "X", "colour": "red"}, 400, "BadRequest", "colour"),
        ({"code": "X" * 11}, 400, "Application_StringExceededLength", "code"),
        ({"code": 5}, 400, "Application_EvaluateException", "code"),
        ({"code": "X", "discountPercent": "much"}, 400, "Application_EvaluateException", "discountPercent"),
        ({"code": "X", "discountPercent": 1.123456}, 400, "Application_EvaluateException", "discountPercent"),
        ({"code": "X", "discountPercent": 101}, 400, "Application_FieldValidationException", ""),
        ({"code": "X", "dueDateCalculation": "soon"}, 400, "Application_FieldValidationException",
         "dueDateCalculation"),
        ({"code": "X", "lastModifiedDateTime": "2026-01-01T00:00:00Z"}, 400, "BadRequest", "lastModifiedDateTime"),
        ({"code": "X", "id": "22b4b57e-9983-491a-b835-cd84b6611a2e"}, 400, "BadRequest", "id"),
        ({"code": "X", "calculateDiscountOnCreditMemos": "yes"}, 400, "Application_EvaluateException",
         "calculateDiscountOnCreditMemos"),
        ("{", 400, "BadRequest", ""),
        ('{"code": "X", "discountPercent": NaN}', 400, "BadRequest", ""),
        ("[1]", 400, "BadRequest", ""),
        ("[" * 100_000, 400, "BadRequest", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_made(api, body, status, code, target):
    answer = ask(api, "POST", "paymentTerms", body)
    error = answer.body["error"]
    assert (answer.status_code, error["code"], error["target"]) == (status, code, target)
    assert error["innererror"]["requestId"] == answer["client-request-id"]
    assert not PaymentTerms.objects.filter(code="X").exists()


def test_a_code_is_there_once(api, terms):
    assert refused(api, "POST", "paymentTerms", {"code": "NET7"}) == (400, "Internal_EntityWithSameKeyExists")


def test_who_means_to_choose_the_id_may(api):
    id = "22b4b57e-9983-491a-b835-cd84b6611a2e"
    made = ask(api, "POST", "paymentTerms", {"code": "X", "id": id}, **{"X-Allow-Client-Id": "1"})
    assert made.body["id"] == id
    again = refused(api, "POST", "paymentTerms", {"code": "Y", "id": id}, **{"X-Allow-Client-Id": "1"})
    assert again == (400, "Internal_EntityWithSameKeyExists")


def test_changing_wants_the_etag_that_was_read(api, terms):
    path = f"paymentTerms({terms['id']})"
    assert refused(api, "PATCH", path, {"displayName": "a"}) == (400, "BadRequest_RequiredParamNotProvided")
    changed = ask(api, "PATCH", path, {"displayName": "a"}, **{"If-Match": terms["@odata.etag"]})
    assert (changed.status_code, changed.body["displayName"]) == (200, "a")
    assert changed.body["@odata.etag"] != ""
    assert ask(api, "PATCH", path, {"displayName": "c"}, **{"If-Match": "*"}).status_code == 200


def test_an_echo_of_what_is_read_only_is_let_through(api, terms):
    body = {name: value for name, value in terms.items() if not name.startswith("@")} | {"displayName": "b"}
    answer = ask(api, "PATCH", f"paymentTerms({terms['id']})", body, **{"If-Match": "*"})
    assert (answer.status_code, answer.body["displayName"]) == (200, "b")
    body["lastModifiedDateTime"] = "2001-01-01T00:00:00Z"
    assert refused(api, "PATCH", f"paymentTerms({terms['id']})", body, **{"If-Match": "*"}) == (
        400,
        "BadRequest",
    )


def test_removing(api, terms, world):
    path = f"paymentTerms({terms['id']})"
    assert ask(api, "DELETE", path).status_code == 204
    assert refused(api, "GET", path) == (404, "Internal_RecordNotFound")


def test_verbs_that_are_not_offered(api, terms):
    assert refused(api, "POST", "/api/v2.0/", {}) == (405, "BadRequest_MethodNotAllowed")
    assert refused(api, "DELETE", "$metadata") == (405, "BadRequest_MethodNotAllowed")
    assert refused(api, "PUT", f"paymentTerms({terms['id']})", {}) == (405, "BadRequest_MethodNotAllowed")
    assert refused(api, "DELETE", "companies") == (405, "BadRequest_MethodNotAllowed")
    assert refused(api, "PATCH", "paymentTerms", {}) == (405, "BadRequest_MethodNotAllowed")
    assert refused(api, "POST", f"paymentTerms({terms['id']})", {}) == (405, "BadRequest_MethodNotAllowed")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404), ("paymentTerms(5)", 400), ("paymentTerms('x')/code", 400), ("paymentTerms/$value", 404),
        ("paymentTerms/Microsoft.NAV.explode", 400), ("paymentTerms(", 400), ("$count", 400),
        ("paymentTerms?$colour=1", 400),
        ("paymentTerms(22b4b57e-9983-491a-b835-cd84b6611a2e)", 404), ("paymentTerms/$count/$count", 400),
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(api, path, status):
    assert ask(api, "GET", path).status_code == status


def test_counting(api, terms):
    answer = api.client.get(f"{api.base}/paymentTerms/$count?$filter=code eq 'NET7'")
    assert (answer.content, answer["Content-Type"]) == (b"1", "text/plain")
    assert (
        ask(api, "GET", "paymentTerms?$count=true&$top=0").body["@odata.count"]
        == PaymentTerms.objects.count()
    )


def test_pages_by_preference(api):
    PaymentTerms.objects.bulk_create(PaymentTerms(code=f"T{number:04}") for number in range(2_500))
    seen, path, pages = (
        [],
        "paymentTerms?$orderby=code&$filter=startswith(code,'T0') or startswith(code,'T1') or startswith(code,'T2')",
        0,
    )
    while path:
        body = ask(api, "GET", path).body
        seen += [row["code"] for row in body["value"]]
        path, pages = body.get("@odata.nextLink", "").partition("testserver")[2], pages + 1
    assert (pages, len(seen), len(set(seen))) == (3, 2_500, 2_500)
    long = ask(api, "GET", "paymentTerms?$orderby=code", Prefer="odata.maxpagesize=20000").body
    assert len(long["value"]) == PaymentTerms.objects.count()
    assert "@odata.nextLink" not in long


def test_the_same_key_does_it_once(api):
    first = ask(api, "POST", "paymentTerms", {"code": "ONCE"}, **{"Idempotency-Key": "k1"})
    again = ask(api, "POST", "paymentTerms", {"code": "ONCE"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, first.body, first["Location"]) == (
        again.status_code,
        again.body,
        again["Location"],
    )
    other = refused(api, "POST", "paymentTerms", {"code": "TWICE"}, **{"Idempotency-Key": "k1"})
    assert other == (409, "Idempotency_Mismatch")
    assert refused(api, "POST", "paymentTerms", {"code": "X"}, **{"Idempotency-Key": "k" * 65}) == (
        400,
        "BadRequest",
    )


def test_minimal_answers(api):
    made = ask(api, "POST", "paymentTerms", {"code": "MIN"}, Prefer="return=minimal")
    assert (made.status_code, made.content) == (204, b"")
    assert "paymentTerms(" in made["Location"]


def test_permissions_are_those_of_the_pages(api):
    clerk = User.objects.create_user("reader")
    api = api.of(clerk)
    assert refused(api, "GET", "paymentTerms") == (403, "Authorization_RequestDenied")
    clerk.user_permissions.add(Permission.objects.get(codename="view_paymentterms"))
    assert ask(api, "GET", "paymentTerms").status_code == 200
    assert refused(api, "POST", "paymentTerms", {"code": "X"}) == (403, "Authorization_RequestDenied")


def test_a_session_without_its_token_writes_nothing(api):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(api.user)
    answer = strict.post(f"{api.base}/paymentTerms", "{}", content_type="application/json")
    assert answer.status_code == 403


def test_an_unforeseen_error_says_nothing_of_itself(api, monkeypatch):
    from customers.api.terms import PaymentTermsSet

    monkeypatch.setattr(PaymentTermsSet, "create", lambda *_args: 1 / 0)
    api.client.raise_request_exception = False
    answer = ask(api, "POST", "paymentTerms", {"code": "X"})
    assert (answer.status_code, answer.body["error"]["code"]) == (500, "Internal_ServerError")
    assert "division" not in answer.content.decode()
