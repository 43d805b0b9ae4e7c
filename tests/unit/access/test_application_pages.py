"""Set-up: the applications that may connect, their secrets, and who manages them."""

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from erp.kernel.applications import Kind, register
from erp.kernel.changelog import ChangeLogEntry
from erp.kernel.errors import ProblemsFound
from erp.kernel.models import Application, User
from tests.world.office import Office

LIST, NEW = reverse("setup-applications"), reverse("setup-application-new")
URI = "https://shop.example/callback"


@pytest.fixture
def office(world) -> Office:
    return Office(world)


@pytest.fixture
def ivan(office) -> Client:
    """The administrator."""
    client = Client()
    client.force_login(office.user("ivan"))
    return client


@pytest.fixture
def mette(world, office) -> User:
    return world.user("mette", role="INTEGRATOR")


def typed(user: User | None = None, **values) -> dict:
    """What the form of a machine sends; without a user, that of a server."""
    kind = "machine" if user else "server"
    given = {"name": "Web shop", "kind": kind, "scopes": ["sales.orders.write"]}
    given |= {"user": user.pk} if user else {"redirect_uris": URI}
    return given | values


def test_a_machine_is_registered_and_its_secret_is_shown_once(ivan, mette):
    shown = ivan.post(NEW, typed(mette))
    secret = shown.context["secret"]
    application = Application.objects.get()
    page = shown.content.decode()
    assert len(secret) == 128 and secret in page and application.client_id in page
    assert "no-store" in shown["Cache-Control"]
    assert (application.kind, application.user, application.scopes) == (
        Kind.MACHINE,
        mette,
        ["sales.orders.write"],
    )
    assert application.client_secret.startswith(("pbkdf2", "md5"))
    again = ivan.get(reverse("setup-application", args=[application.pk])).content.decode()
    assert secret not in again and application.client_secret not in again and "mette" in again
    assert "Web shop" in ivan.get(LIST).content.decode()


def test_an_application_for_persons_has_addresses_and_a_device_no_secret(ivan):
    ivan.post(NEW, typed(redirect_uris=f"{URI}\r\nhttps://shop.example/other"))
    server = Application.objects.get()
    assert (server.kind, server.user) == (Kind.SERVER, None)
    assert server.redirect_uris.split() == [URI, "https://shop.example/other"]
    page = reverse("setup-application", args=[server.pk])
    assert 'name="user"' not in ivan.get(page).content.decode()
    assert ivan.post(page, typed(redirect_uris=f"{URI}/moved")).status_code == 302
    server.refresh_from_db()
    assert server.redirect_uris == f"{URI}/moved"
    shown = ivan.post(NEW, typed(kind="device", redirect_uris="com.example.app:/callback"))
    assert "It has no secret" in shown.content.decode()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"redirect_uris": ""}, "at least one redirect address"),
        (
            {"redirect_uris": "http://shop.example/callback"},
            "http://shop.example/callback is no redirect address",
        ),
        ({"redirect_uris": "http://localhost/callback"}, "is no redirect address"),
        ({"redirect_uris": "https://shop.example/callback#part"}, "is no redirect address"),
        ({"redirect_uris": "https://*.example/callback"}, "is no redirect address"),
        ({"redirect_uris": "https://me@shop.example/"}, "is no redirect address"),
        ({"redirect_uris": "https://[shop/callback"}, "is no redirect address"),
        ({"redirect_uris": "https://shop.example:port/"}, "is no redirect address"),
        ({"redirect_uris": "javascript:alert(1)"}, "is no redirect address"),
        ({"redirect_uris": "https:///callback"}, "is no redirect address"),
        ({"redirect_uris": "https://shop.example;script-src/"}, "is no redirect address"),
        ({"scopes": []}, "Choose at least one"),
        ({"scopes": ["no.such.scope"]}, "no.such.scope"),
        ({"name": ""}, "Name"),
        ({"kind": "password"}, "password"),
    ],
)
def test_what_cannot_connect_is_refused(ivan, values, message):
    refused = ivan.post(NEW, typed(**values))
    assert refused.status_code == 422
    assert message in refused.content.decode()
    assert not Application.objects.exists()


def test_a_machine_has_a_user_and_no_address_and_the_others_the_other_way_round(mette):
    for kind, given, field in (
        (Kind.MACHINE, {}, "user"),
        (Kind.MACHINE, {"user": mette, "redirect_uris": [URI]}, "redirect_uris"),
        (Kind.SERVER, {"user": mette, "redirect_uris": [URI]}, "user"),
        (Kind.DEVICE, {}, "redirect_uris"),
    ):
        with pytest.raises(ProblemsFound) as refusal:
            register("Shop", kind, scopes=["customers.read"], **given)
        assert [problem.field for problem in refusal.value.problems] == [field]


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": None},
        {"scopes": []},
        {"hash_client_secret": False},
        {"authorization_grant_type": "password"},
        {"authorization_grant_type": "implicit"},
        {"authorization_grant_type": "authorization-code"},
    ],
)
def test_the_database_refuses_what_must_never_be(mette, wrong):
    register("Shop", Kind.MACHINE, scopes=["customers.read"], user=mette)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(**wrong)


def test_an_application_is_changed_and_the_change_is_logged(ivan, mette, office):
    application, _secret = register("Shop", Kind.MACHINE, scopes=["customers.read"], user=mette)
    page = reverse("setup-application", args=[application.pk])
    values = {"name": "Shop", "user": mette.pk, "scopes": ["customers.read", "items.read"], "blocked": "on"}
    assert ivan.post(page, values).url == page
    application.refresh_from_db()
    assert (application.scopes, application.blocked) == (["customers.read", "items.read"], True)
    assert "May not connect" in ivan.get(LIST).content.decode()
    logged = ChangeLogEntry.objects.filter(table="kernel_application", field="blocked").get()
    assert (logged.after, logged.user) == ("true", office.user("ivan"))
    assert ivan.post(page, values | {"user": ""}).status_code == 422
    assert 'name="redirect_uris"' not in ivan.get(page).content.decode()


def test_a_new_secret_is_shown_once(ivan, mette):
    application, secret = register("Shop", Kind.MACHINE, scopes=["customers.read"], user=mette)
    shown = ivan.post(reverse("setup-application-secret", args=[application.pk]))
    assert shown.context["secret"] not in ("", secret)
    device, _none = register("App", Kind.DEVICE, scopes=["customers.read"], redirect_uris=[URI])
    assert ivan.post(reverse("setup-application-secret", args=[device.pk])).status_code == 403


def test_the_list_says_when_a_machine_cannot_work(ivan, mette):
    register("Shop", Kind.MACHINE, scopes=["customers.read"], user=mette)
    User.objects.filter(pk=mette.pk).update(is_active=False)
    assert "Its user cannot log in" in ivan.get(LIST).content.decode()


def test_nobody_gets_through_an_application_what_they_may_not_do_themselves(ivan, world, browser):
    boss = world.by
    assert boss.is_superuser
    assert ivan.post(NEW, typed(boss)).status_code == 422
    application, _secret = register("Shop", Kind.MACHINE, scopes=["customers.read"], user=boss)
    for name in ("setup-application", "setup-application-secret"):
        assert ivan.post(reverse(name, args=[application.pk]), typed(boss)).status_code == 403
    assert ivan.get(reverse("setup-application", args=[application.pk])).status_code == 403
    assert browser.get(reverse("setup-application", args=[application.pk])).status_code == 200
    assert browser.post(NEW, typed(boss)).status_code == 200


def test_rights(ivan, sign_in, mette):
    application, _secret = register("Shop", Kind.MACHINE, scopes=["customers.read"], user=mette)
    page = reverse("setup-application", args=[application.pk])
    clerk = sign_in("CLERK")
    for address in (LIST, NEW, page):
        assert ivan.get(address).status_code == 200
        assert clerk.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert clerk.post(reverse("setup-application-secret", args=[application.pk])).status_code == 403
    assert f'href="{LIST}"' in ivan.get(reverse("setup-users")).content.decode()


def test_the_administration_shows_no_tokens_of_applications():
    names = {model._meta.label for model in admin.site._registry}
    assert (
        not {name for name in names if name.startswith("oauth2_provider.")}
        and "kernel.Application" not in names
    )
