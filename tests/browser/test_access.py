"""Tokens and applications in a real browser: the pages fit, and a person is sent back to what they let in."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from erp.kernel.access_tokens import issue
from erp.kernel.applications import Kind, register
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check
from tests.world.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).decode().rstrip("=")
LAST_YEAR = datetime(2025, 3, 2, 9, tzinfo=UTC)


def _address(application, **given) -> str:
    asked = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": "https://shop.example/callback",
        "state": "my-state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | given
    return f"{reverse('oauth2_provider:authorize')}?{urlencode(asked)}"


def _shop():
    scopes = ["sales.orders.read", "sales.orders.write", "customers.read"]
    uris = ["https://shop.example/callback"]
    return register("The web shop of Adatum", Kind.SERVER, scopes=scopes, redirect_uris=uris)[0]


def _prove(page: Page, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_the_pages_fit_and_are_accessible(company, new_page, size, scheme):
    office, shop = Office(company), _shop()
    ivan, now = office.user("ivan"), timezone.now()
    issue(
        ivan,
        "Nightly export of everything",
        ["sales.orders.read"],
        expires_at=now + timedelta(days=9),
        at=now,
    )
    issue(ivan, "Old", ["items.read"], expires_at=LAST_YEAR + timedelta(days=9), at=LAST_YEAR)
    machine, _secret = register(
        "Bookkeeping", Kind.MACHINE, scopes=["finance.read"], user=office.user("agnes")
    )
    page = new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        expects=("400 (Bad Request)", "422"),
    )
    log_in(page, "ivan")
    for name, address in {
        "tokens": reverse("tokens"),
        "applications": reverse("setup-applications"),
        "new application": reverse("setup-application-new"),
        "machine": reverse("setup-application", args=[machine.pk]),
        "application for persons": reverse("setup-application", args=[shop.pk]),
        "consent": _address(shop),
        "no consent": _address(shop, redirect_uri="https://evil.example/"),
    }.items():
        page.goto(address)
        _check(page, name)
    page.goto(reverse("setup-application", args=[machine.pk]))
    page.get_by_role("button", name="New secret").click()
    expect(page.get_by_label("Secret")).to_be_visible()
    _check(page, "secret")
    page.goto(reverse("token-new"))
    _prove(page, "ivan")
    _check(page, "new token")
    page.get_by_label("Name").fill("Export")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one")
    _check(page, "token refused")
    page.get_by_role("checkbox", name="Read sales orders", exact=True).check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_label("Access token")).to_have_value(re.compile(r"^hdl_[\w-]{43}$"))
    _check(page, "token made")


@pytest.mark.parametrize(("button", "answer"), [("Let it in", "code"), ("Refuse", "error")])
def test_a_person_logs_in_answers_and_is_back_in_the_application(company, new_page, button, answer):
    """The page's own policy must let the browser follow the redirect after the form, and to nowhere else."""
    Office(company)
    page = new_page()
    page.route("https://shop.example/**", lambda route: route.fulfill(body="Welcome back"))
    page.goto(_address(_shop()))
    page.get_by_label("User name").fill("clara")
    page.get_by_label("Password").fill("clara")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Let The web shop of Adatum act for you?")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("https://shop.example/callback**")
    told = parse_qs(urlsplit(page.url).query)
    assert told["state"] == ["my-state"] and answer in told
