"""Asking for tokens, and asking with them: what the tests of access share."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from erp.kernel.access_tokens import issue
from erp.kernel.applications import Kind, register
from erp.kernel.models import User
from tests.world import TODAY, nine_o_clock

ME, ORDERS = "/tiny/me/", "/tiny/orders/"
AUTHORIZE, TOKEN = "/oauth/authorize/", "/oauth/token/"
NINE = nine_o_clock(TODAY)
CALLBACK = "https://shop.example/callback"
VERIFIER = "a-verifier-of-forty-three-letters-or-more-as-it-must-be"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def ask(path: str, token: str = "", **headers):
    """The API, with a token; a POST where there is something to do."""
    given = headers | ({"Authorization": f"Bearer {token}"} if token else {})
    browser = Client()
    return browser.post(path, headers=given) if path == ORDERS else browser.get(path, headers=given)


def token_of(user: User, *scopes: str) -> str:
    """A personal token for a day."""
    wanted = scopes or ["customers.read"]
    return issue(user, "Test", wanted, expires_at=NINE + timedelta(days=1), at=NINE)[1]


def machine(user: User, *scopes: str):
    return register(
        "Web shop", Kind.MACHINE, user=user, scopes=scopes or ["sales.orders.write", "customers.read"]
    )


def fetch(application, secret: str = "", **given):
    """What an application is answered that asks for tokens."""
    sent = {"client_id": application.client_id, "client_secret": secret} | given
    return Client().post(TOKEN, {name: value for name, value in sent.items() if value})


def fetch_as_machine(application, secret: str, **given):
    return fetch(application, secret, grant_type="client_credentials", **given)


def shop(kind: Kind = Kind.SERVER, *uris: str):
    return register(
        "Shop", kind, scopes=["sales.orders.write", "customers.read"], redirect_uris=uris or [CALLBACK]
    )


def address(application, **given) -> str:
    """Where an application sends a person to."""
    asked = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": CALLBACK,
        "scope": "sales.orders.read customers.read",
        "state": "my-state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | given
    return f"{AUTHORIZE}?{urlencode({name: value for name, value in asked.items() if value})}"


def answer_of(browser: Client, application, *, allow: bool = True, **given) -> dict[str, str]:
    """What is sent back to the application after the person has answered."""
    page = browser.get(address(application, **given))
    assert page.status_code == 200, page.content
    hidden = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    sent = browser.post(AUTHORIZE, hidden | ({"allow": "yes"} if allow else {}))
    assert sent.status_code == 302
    assert sent.url.startswith(given.get("redirect_uri", CALLBACK))
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.url).query).items()}


def fetch_for_person(application, secret: str, code: str, **given):
    asked = {"code": code, "code_verifier": VERIFIER, "redirect_uri": CALLBACK} | given
    return fetch(application, secret, grant_type="authorization_code", **asked)
