"""My access tokens: made once one has proved again who one is, shown once, taken back; and the command for scripts."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken as OAuthToken

from erp.kernel.access_tokens import find, issue
from erp.kernel.applications import Kind, register
from erp.kernel.models import AccessToken, User
from tests.world import TODAY, nine_o_clock

NINE = nine_o_clock(TODAY)
TOKENS, NEW = reverse("tokens"), reverse("token-new")


@pytest.fixture
def clara(world) -> User:
    return world.user("clara", role="CLERK")


@pytest.fixture
def browser(clara) -> Client:
    """Clara, who has just proved again who she is."""
    browser = Client()
    browser.force_login(clara)
    browser.post(reverse("account_reauthenticate"), {"password": "clara"})
    return browser


def typed(**values) -> dict:
    return {"name": "Export", "days": "30", "scopes": ["sales.orders.read", "inventory.adjust"]} | values


def given(user: User, name: str = "Export") -> AccessToken:
    return issue(user, name, ["sales.orders.read"], expires_at=NINE + timedelta(days=30), at=NINE)[0]


def test_a_token_is_made_and_shown_once(browser, clara):
    shown = browser.post(NEW, typed())
    plain = shown.context["plain"]
    assert plain in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    token = find(plain, at=NINE)
    assert (token.user, token.name, token.scopes) == (
        clara,
        "Export",
        ["sales.orders.read", "inventory.adjust"],
    )
    assert token.expires_at == NINE + timedelta(days=30)

    listed = browser.get(TOKENS).content.decode()
    assert (
        "Export" in listed
        and token.prefix in listed
        and "Read sales orders; Change the stock of items" in listed
    )
    assert plain not in listed


def test_the_form_offers_every_scope_and_ninety_days(browser):
    page = browser.get(NEW).content.decode()
    for scope in ("sales.orders.read", "sales.orders.post", "inventory.adjust", "API.ReadWrite.All"):
        assert f'value="{scope}"' in page
    assert 'value="sales.shipments.write"' not in page
    assert 'value="90"' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"days": "0"},
        {"days": "366"},
        {"days": ""},
        {"scopes": []},
        {"scopes": ["no.such.scope"]},
    ],
)
def test_what_cannot_be_a_token_is_refused_and_stays_typed(browser, wrong):
    refused = browser.post(NEW, typed(**wrong))
    assert refused.status_code == 422
    assert "This was not done" in refused.content.decode()
    assert not AccessToken.objects.exists()
    if "scopes" not in wrong:
        chosen = [
            choice.scope
            for row in refused.context["form"].rows()
            for choice in row.cells
            if choice and choice.is_chosen
        ]
        assert chosen == ["sales.orders.read"]


def test_making_one_takes_the_password_again(clara):
    browser = Client()
    browser.force_login(clara)
    assert browser.get(NEW).url == f"{reverse('account_reauthenticate')}?next={NEW.replace('/', '%2F')}"
    assert browser.post(NEW, typed()).status_code == 302
    assert not AccessToken.objects.exists()
    assert browser.get(TOKENS).status_code == 200
    assert Client().get(TOKENS).status_code == 302


def test_a_token_is_taken_back(browser, clara):
    token = given(clara)
    assert "Revoke" in browser.get(TOKENS).content.decode()
    assert browser.post(reverse("token-revoke", args=[token.pk])).url == TOKENS
    token.refresh_from_db()
    assert token.revoked_at == NINE
    assert "Revoked" in browser.get(TOKENS).content.decode()


def test_a_token_that_is_over_says_so(browser, clara):
    given(clara)
    with time_machine.travel(NINE + timedelta(days=31), tick=False):
        browser.force_login(clara)
        listed = browser.get(TOKENS).content.decode()
    assert "Expired" in listed and "Revoke" not in listed


def test_the_tokens_of_others_are_neither_seen_nor_taken_back(browser, world):
    token = given(world.user("otto", role="CLERK"), "Of Otto")
    assert "Of Otto" not in browser.get(TOKENS).content.decode()
    assert browser.post(reverse("token-revoke", args=[token.pk])).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_applications_that_act_for_me_are_listed_and_sent_away(browser, clara):
    application, _secret = register(
        "Calendar", Kind.SERVER, scopes=["customers.read"], redirect_uris=["https://calendar.example/"]
    )
    assert "Calendar" not in browser.get(TOKENS).content.decode()
    OAuthToken.objects.create(
        user=clara,
        application=application,
        token="t",
        scope="customers.read",
        expires=NINE + timedelta(hours=1),
    )
    assert "Calendar" in browser.get(TOKENS).content.decode()
    assert browser.post(reverse("application-withdraw", args=[application.pk])).url == TOKENS
    assert not OAuthToken.objects.exists()


def test_the_way_to_the_tokens(browser):
    assert f'href="{TOKENS}"' in browser.get(reverse("settings")).content.decode()
    offered = browser.get(reverse("palette"), headers={"X-Requested-With": "handel"}).json()["pages"]
    assert TOKENS in [page["url"] for page in offered]


# --- The administration --------------------------------------------------------------------------------------------
def test_an_administrator_takes_back_the_tokens_of_others(world, clara):
    token = given(clara)
    ivan = Client()
    ivan.force_login(world.user("ivan", role="ADMINISTRATOR"))
    rows = reverse("admin:kernel_accesstoken_changelist")
    assert token.prefix in ivan.get(rows).content.decode()
    assert (
        token.hashed
        not in ivan.get(reverse("admin:kernel_accesstoken_change", args=[token.pk])).content.decode()
    )
    ivan.post(rows, {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at == NINE


# --- manage.py create_token ----------------------------------------------------------------------------------------
def run(*words: str) -> str:
    said = StringIO()
    call_command("create_token", *words, stdout=said)
    return said.getvalue()


def test_the_command_prints_the_token_and_nothing_else(clara):
    said = run(
        "clara", "--name", "Nightly", "--scope", "items.read", "--scope", "customers.read", "--days", "7"
    )
    token = find(said.strip(), at=NINE)
    assert said == f"{said.strip()}\n"
    assert (token.user, token.name, token.scopes) == (clara, "Nightly", ["items.read", "customers.read"])
    assert token.expires_at == NINE + timedelta(days=7)


def test_a_command_without_wishes_makes_one_for_everything_for_ninety_days(clara):
    token = find(run("clara").strip(), at=NINE)
    assert (token.scopes, token.expires_at) == (["API.ReadWrite.All"], NINE + timedelta(days=90))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nobody"], "There is no user nobody"),
        (["clara", "--scope", "orders"], "No such scope: orders"),
        (["clara", "--days", "366"], "between 1 and 365"),
        (["clara", "--days", "0"], "between 1 and 365"),
        (["clara", "--name", ""], "between 1 and 60"),
        (["gone"], "cannot log in"),
    ],
)
def test_the_command_says_what_is_wrong(world, clara, words, message):
    world.user("gone", role="CLERK", is_active=False)
    with pytest.raises(CommandError, match=message):
        run(*words)
    assert not AccessToken.objects.exists()
