"""Persons let applications act for them: authorization code with PKCE, and how that ends."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from oauth2_provider.models import AccessToken as OAuthToken
from oauth2_provider.models import Grant, RefreshToken

from erp.kernel.applications import Kind, withdraw
from erp.kernel.models import User
from tests.unit.access.callers import (
    AUTHORIZE,
    CALLBACK,
    ME,
    NINE,
    ORDERS,
    address,
    answer_of,
    ask,
    fetch,
    fetch_for_person,
    machine,
    shop,
)

pytestmark = pytest.mark.urls("tests.support.tiny_api")


def test_a_person_lets_an_application_act_for_them(clara):
    application, secret = shop()
    page = clara.get(address(application)).content.decode()
    assert "Shop" in page and "door-clerk" in page and "shop.example" in page
    assert "Read sales orders" in page and "Read customers and contacts" in page
    assert "Write, change and delete" not in page

    answer = answer_of(clara, application)
    assert (answer["state"], answer["iss"]) == ("my-state", "http://testserver")
    given = fetch_for_person(application, secret, answer["code"]).json()
    assert given["scope"].split() == ["sales.orders.read", "customers.read"]
    told = ask(ME, given["access_token"]).json()
    assert told == {"user": "door-clerk", "scopes": ["customers.read", "sales.orders.read"]}
    assert ask(ORDERS, given["access_token"]).status_code == 403

    # A code is good once; whoever uses it again got it by stealth.
    assert fetch_for_person(application, secret, answer["code"]).json()["error"] == "invalid_grant"


def test_the_page_of_consent_lets_the_browser_go_on_to_the_application_alone(clara):
    application, _secret = shop()
    policy = clara.get(address(application))["Content-Security-Policy"]
    assert "form-action 'self' https://shop.example;" in f"{policy};"
    assert "unsafe" not in policy
    assert "shop.example" not in clara.get("/settings/")["Content-Security-Policy"]


def test_a_person_refuses(clara):
    application, _secret = shop()
    answer = answer_of(clara, application, allow=False)
    assert answer["error"] == "access_denied" and answer["state"] == "my-state"
    assert not Grant.objects.exists()


def test_whoever_is_not_logged_in_logs_in_first(world):
    application, _secret = shop()
    answer = Client().get(address(application))
    assert answer.status_code == 302
    assert answer.url.startswith("/login/?next=/oauth/authorize/%3Fresponse_type")


def test_pkce_is_not_optional(clara):
    application, secret = shop()
    for wrong in ({"code_challenge": "", "code_challenge_method": ""}, {"code_challenge_method": "plain"}):
        answer = clara.get(address(application, **wrong))
        if answer.status_code == 200:  # the toolkit looks at the method when it is answered
            hidden = {
                name: value for name, value in answer.context["form"].initial.items() if value is not None
            }
            answer = clara.post(AUTHORIZE, hidden | {"allow": "yes"})
        assert (answer.status_code, parse_qs(urlsplit(answer.url).query)["error"]) == (
            302,
            ["invalid_request"],
        )
    code = answer_of(clara, application)["code"]
    for verifier in ("", "another-verifier-of-forty-three-letters-or-more"):
        assert fetch_for_person(application, secret, code, code_verifier=verifier).status_code == 400
    assert not OAuthToken.objects.exists()


def test_a_server_must_know_its_secret_and_a_device_has_none(clara):
    server, secret = shop()
    assert secret
    assert fetch_for_person(server, "", answer_of(clara, server)["code"]).status_code == 401
    assert fetch_for_person(server, "wrong", answer_of(clara, server)["code"]).status_code == 401
    device, none = shop(Kind.DEVICE)
    assert none == ""
    assert fetch_for_person(device, "", answer_of(clara, device)["code"]).status_code == 200


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("http://127.0.0.1/callback", "http://127.0.0.1:51234/callback"),
        ("com.example.app:/callback", "com.example.app:/callback"),
    ],
)
def test_programs_on_a_person_s_own_machine_are_sent_back_to(clara, registered, asked):
    device, _none = shop(Kind.DEVICE, registered)
    policy = clara.get(address(device, redirect_uri=asked))["Content-Security-Policy"]
    assert f"form-action 'self' {asked.removesuffix('/callback')};" in f"{policy};"
    code = answer_of(clara, device, redirect_uri=asked)["code"]
    assert fetch_for_person(device, "", code, redirect_uri=asked).status_code == 200
    refused = clara.get(address(device, redirect_uri=asked, scope="items.read"))
    assert (refused.status_code, refused.url.partition("?")[0]) == (302, asked)


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/callback",
        "https://shop.example/callback/more",
        "https://shop.example/callback?to=evil.example",
        "http://shop.example/callback",
        "https://shop.example@evil.example/callback",
        "http://127.0.0.1:;script-src/callback",
        "http://127.0.0.1:99999/callback",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_anywhere_else(clara, asked):
    application, _secret = shop(Kind.SERVER, CALLBACK, "http://127.0.0.1/callback")
    answer = clara.get(address(application, redirect_uri=asked))
    assert answer.status_code == 400
    assert "cannot be let in" in answer.content.decode()


@pytest.mark.parametrize("client_id", ["nobody", "\0", ""])
def test_an_application_that_is_not_known_is_told_so_to_the_person(clara, client_id):
    application, _secret = shop()
    answer = clara.get(address(application, client_id=client_id))
    assert answer.status_code == 400
    assert "cannot be let in" in answer.content.decode()


def test_a_blocked_application_and_a_machine_ask_nobody(clara, mette):
    application, _secret = shop()
    type(application).objects.update(blocked=True)
    assert clara.get(address(application)).status_code == 400
    other, _secret = machine(mette)
    assert clara.get(address(other)).status_code == 400


def test_no_token_travels_in_an_address(clara):
    application, _secret = shop()
    refused = clara.get(address(application, response_type="token"))
    assert refused.status_code == 302
    assert parse_qs(urlsplit(refused.url).query)["error"] == ["unauthorized_client"]


def test_an_application_renews_its_token_and_one_that_was_stolen_ends_it_all(clara):
    application, secret = shop()
    first = fetch_for_person(application, secret, answer_of(clara, application)["code"]).json()
    renewed = fetch(
        application, secret, grant_type="refresh_token", refresh_token=first["refresh_token"]
    ).json()
    assert ask(ME, first["access_token"]).status_code == 401
    assert ask(ME, renewed["access_token"]).json()["user"] == "door-clerk"
    # The old one comes again: somebody has copied it, so nobody may go on with either.
    again = fetch(application, secret, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again.json()["error"] == "invalid_grant"
    assert ask(ME, renewed["access_token"]).status_code == 401
    last = fetch(application, secret, grant_type="refresh_token", refresh_token=renewed["refresh_token"])
    assert last.status_code == 400


def test_what_is_not_used_for_a_month_is_not_renewed(clara):
    application, secret = shop()
    given = fetch_for_person(application, secret, answer_of(clara, application)["code"]).json()
    with time_machine.travel(NINE + timedelta(days=30, hours=2), tick=False):
        late = fetch(application, secret, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert late.json()["error"] == "invalid_grant"


def test_for_somebody_who_left_nothing_is_given(clara):
    application, secret = shop()
    given = fetch_for_person(application, secret, answer_of(clara, application)["code"]).json()
    code = answer_of(clara, application)["code"]
    User.objects.filter(username="door-clerk").update(is_active=False)
    assert ask(ME, given["access_token"]).status_code == 401
    assert fetch_for_person(application, secret, code).status_code == 400
    renewed = fetch(application, secret, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert renewed.status_code == 400


def test_a_person_takes_it_back_for_themselves_alone(clara, sign_in):
    application, secret = shop()
    mine = fetch_for_person(application, secret, answer_of(clara, application)["code"]).json()
    other = sign_in("ACCOUNTANT")
    theirs = fetch_for_person(application, secret, answer_of(other, application)["code"]).json()
    withdraw(application, User.objects.get(username="door-clerk"))
    assert ask(ME, mine["access_token"]).status_code == 401
    renewed = fetch(application, secret, grant_type="refresh_token", refresh_token=mine["refresh_token"])
    assert renewed.status_code == 400
    assert ask(ME, theirs["access_token"]).json()["user"] == "door-accountant"


def test_an_application_gives_a_token_back(clara):
    application, secret = shop()
    given = fetch_for_person(application, secret, answer_of(clara, application)["code"]).json()
    proof = {"client_id": application.client_id, "client_secret": secret}
    assert Client().post("/oauth/revoke/", proof | {"token": given["access_token"]}).status_code == 200
    assert ask(ME, given["access_token"]).status_code == 401
    assert not RefreshToken.objects.filter(revoked=None).exists()
