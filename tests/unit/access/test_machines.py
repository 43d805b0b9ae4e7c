"""Machines: client credentials, as the user that an administrator chose."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from oauth2_provider.models import AccessToken as OAuthToken

from erp.kernel.applications import change, new_secret
from erp.kernel.models import User
from tests.unit.access.callers import (
    CALLBACK,
    ME,
    NINE,
    ORDERS,
    TOKEN,
    ask,
    fetch,
    fetch_as_machine,
    machine,
    shop,
)

pytestmark = pytest.mark.urls("tests.support.tiny_api")


def test_a_machine_gets_a_token_for_an_hour_and_acts_as_its_user(mette):
    application, secret = machine(mette)
    given = fetch_as_machine(application, secret).json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3600)
    assert given["scope"].split() == ["sales.orders.write", "customers.read"]
    assert "refresh_token" not in given
    token = given["access_token"]
    assert ask(ME, token).json() == {"user": "mette", "scopes": ["customers.read", "sales.orders.write"]}
    assert ask(ORDERS, token).status_code == 204
    with time_machine.travel(NINE + timedelta(minutes=59), tick=False):
        assert ask(ME, token).status_code == 200
    with time_machine.travel(NINE + timedelta(minutes=60), tick=False):
        assert ask(ME, token).status_code == 401


def test_a_machine_may_prove_itself_in_the_header(mette):
    application, secret = machine(mette)
    words = base64.b64encode(f"{application.client_id}:{secret}".encode()).decode()
    answer = Client().post(
        TOKEN, {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {words}"}
    )
    assert answer.status_code == 200


def test_neither_secret_nor_token_is_kept_as_it_is(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT json_agg(a)::text FROM kernel_application a)"
            " || (SELECT json_agg(t)::text FROM oauth2_provider_accesstoken t)"
            " || (SELECT json_agg(c)::text FROM kernel_changelogentry c)"
        )
        ((kept,),) = cursor.fetchall()
    assert application.client_id in kept
    assert secret not in kept and token not in kept


def test_odata_options_do_not_get_in_the_way_of_a_token(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    for query in ("$filter=displayName eq 'Søren & Co {x}'", "$filter=%zz", "a=1;b=2&$select=id,number"):
        answer = Client().generic("GET", f"{ME}?{query}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, query


def test_a_token_in_the_address_is_none(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    assert Client().get(f"{ME}?access_token={token}").status_code == 401


def test_a_machine_asks_for_less_but_not_for_more(mette):
    application, secret = machine(mette)
    less = fetch_as_machine(application, secret, scope="sales.orders.read").json()
    assert less["scope"] == "sales.orders.read"
    assert ask(ORDERS, less["access_token"]).status_code == 403
    for more in ("items.read", "API.ReadWrite.All", "sales.orders.post", "no.such.scope"):
        refused = fetch_as_machine(application, secret, scope=more)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope"), more


def test_a_wrong_secret_is_refused_and_logged(mette, denied):
    application, _secret = machine(mette)
    refused = fetch_as_machine(application, "wrong-secret")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert f"client '{application.client_id}'" in denied()[0] and "wrong-secret" not in denied()[0]
    assert Client().post(TOKEN, {"grant_type": "client_credentials"}).status_code == 401


def test_a_machine_whose_user_cannot_log_in_is_refused(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    User.objects.filter(pk=mette.pk).update(is_active=False)
    assert ask(ME, token).status_code == 401
    assert fetch_as_machine(application, secret).status_code == 401


def test_a_blocked_machine_is_refused_at_once(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    type(application).objects.update(blocked=True)
    assert ask(ME, token).status_code == 401
    assert fetch_as_machine(application, secret).status_code == 401


def test_what_a_machine_may_and_as_whom_counts_at_once(world, mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    otto = world.user("otto", role="CLERK")
    change(application, name="Shop", scopes=["customers.read"], user=otto, redirect_uris=[], blocked=False)
    assert ask(ME, token).json() == {"user": "otto", "scopes": ["customers.read"]}


def test_a_new_secret_ends_the_one_before_and_what_it_gave(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    other = new_secret(application)
    assert ask(ME, token).status_code == 401
    assert fetch_as_machine(application, secret).status_code == 401
    assert fetch_as_machine(application, other).status_code == 200


@pytest.mark.parametrize("grant_type", ["password", "authorization_code", "refresh_token", "implicit"])
def test_a_machine_gets_tokens_in_no_other_way(mette, grant_type):
    application, secret = machine(mette)
    given = {
        "username": "mette",
        "password": "mette",
        "code": "x",
        "refresh_token": "x",
        "redirect_uri": CALLBACK,
    }
    assert fetch(application, secret, grant_type=grant_type, **given).status_code in (400, 401)
    assert not OAuthToken.objects.exists()


def test_an_application_asks_whether_a_token_is_of_use(mette):
    application, secret = machine(mette)
    token = fetch_as_machine(application, secret).json()["access_token"]
    proof = {"client_id": application.client_id, "client_secret": secret, "token": token}
    told = Client().post("/oauth/introspect/", proof).json()
    assert (told["active"], told["username"], told["client_id"]) == (True, "mette", application.client_id)
    assert Client().post("/oauth/introspect/", {"token": token}).status_code == 403
    assert Client().get("/oauth/introspect/", proof).status_code == 405
    User.objects.filter(pk=mette.pk).update(is_active=False)
    other, proves = shop()
    proof |= {"client_id": other.client_id, "client_secret": proves}
    assert Client().post("/oauth/introspect/", proof).json() == {"active": False}


def test_clients_find_the_doors_by_themselves(world):
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == "http://testserver"
    assert told["authorization_endpoint"] == "http://testserver/oauth/authorize/"
    assert told["token_endpoint"] == "http://testserver/oauth/token/"
    assert told["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
    assert told["response_types_supported"] == ["code"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert "sales.orders.post" in told["scopes_supported"]
    assert "registration_endpoint" not in told


@pytest.mark.parametrize(
    "path", ["applications/", "applications/register/", "authorized_tokens/", "device/", "register/"]
)
def test_the_toolkit_s_own_pages_are_not_there(browser, path):
    assert browser.get(f"/oauth/{path}").status_code == 404
