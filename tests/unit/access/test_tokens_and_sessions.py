"""Who is let into the API: a token of a script, or a session; and what is refused, is logged."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from erp.kernel.access_tokens import issue, revoke
from erp.kernel.models import User
from tests.unit.access.callers import ME, NINE, ORDERS, ask, token_of

pytestmark = pytest.mark.urls("tests.support.tiny_api")


# --- Personal access tokens --------------------------------------------------------------------------------------
def test_a_personal_token_is_its_user(mette):
    answer = ask(ME, token_of(mette, "customers.read", "items.read"))
    assert answer.json() == {"user": "mette", "scopes": ["customers.read", "items.read"]}


def test_without_credentials_one_is_asked_for_a_bearer_token(world):
    answer = ask(ME)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="Handel"')


@pytest.mark.parametrize("header", ["Basic bWV0dGU6bWV0dGU=", "Token abc", "Negotiate"])
def test_other_ways_of_logging_in_are_not_offered(mette, header):
    assert ask(ME, Authorization=header).status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer a b", "bearer hdl_", "Bearer ëë", "Bearer x%00"]
)
def test_a_header_without_a_token_is_refused(mette, header):
    answer = ask(ME, Authorization=header)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_a_token_that_is_over_is_refused_and_the_attempt_is_logged(mette, denied):
    plain = token_of(mette)
    with time_machine.travel(NINE + timedelta(days=1), tick=False):
        answer = ask(ME, plain)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    (line,) = denied()
    assert line == (f"denied: ExpiredToken; user 'mette'; token '{plain[:8]}'; GET /tiny/me/; from 127.0.0.1")
    assert plain not in line


def test_a_revoked_token_and_one_of_somebody_who_left_are_refused(mette):
    token, plain = issue(mette, "A", ["items.read"], expires_at=NINE + timedelta(days=1), at=NINE)
    other = token_of(mette)
    revoke(token, at=NINE)
    assert (ask(ME, plain).status_code, ask(ME, other).status_code) == (401, 200)
    User.objects.filter(pk=mette.pk).update(is_active=False)
    assert ask(ME, other).status_code == 401


def test_what_is_logged_keeps_to_one_line(mette, denied):
    Client().get("/tiny/me/", headers={"Authorization": "Bearer hdl_\x85x\x1b[1m"})
    Client().get("/tiny/me/%0Adenied", headers={"Authorization": f"Bearer {'x' * 9000}"})
    assert denied()
    for line in denied():
        assert line.isprintable() and line.isascii() and len(line) < 200


def test_a_scope_that_is_missing_is_named(mette, denied):
    answer = ask(ORDERS, token_of(mette, "sales.orders.read"))
    assert answer.status_code == 403
    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="sales.orders.write"'
    assert "no scope sales.orders.write; user 'mette'; token 'hdl_" in denied()[0]
    assert ask(ORDERS, token_of(mette, "sales.orders.write")).status_code == 204
    assert ask(ORDERS, token_of(mette, "API.ReadWrite.All")).status_code == 204


# --- Sessions ----------------------------------------------------------------------------------------------------
def test_a_session_is_its_user_without_scopes(sign_in):
    answer = sign_in("CLERK").get(ME)
    assert answer.json() == {"user": "door-clerk", "scopes": None}


def test_a_session_changes_nothing_without_the_token_of_its_page(mette):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mette)
    assert browser.post(ORDERS).status_code == 403
    page = browser.get("/settings/")
    sent = browser.post(ORDERS, headers={"X-CSRFToken": str(page.context["csrf_token"])})
    assert sent.status_code == 204


def test_a_token_counts_before_the_session(sign_in, mette):
    browser = sign_in("CLERK")
    assert browser.get(ME, headers={"Authorization": f"Bearer {token_of(mette)}"}).json()["user"] == "mette"
    assert browser.get(ME, headers={"Authorization": "Bearer hdl_wrong"}).status_code == 401
