"""Users, their roles and limits; and what each role may do."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from approvals.models import ApprovalUser
from erp.kernel.models import User
from tests.world.office import Office

USERS, NEW = reverse("setup-users"), reverse("setup-user-new")
SETS = reverse("setup-permission-sets")


@pytest.fixture
def office(world):
    return Office(world)


@pytest.fixture
def ivan(office) -> Client:
    """The administrator."""
    client = Client()
    client.force_login(office.user("ivan"))
    return client


def typed(person: User | None = None, **values) -> dict:
    """What the form of a user sends."""
    given = {
        "username": "otto", "first_name": "Otto", "last_name": "Berg", "email": "otto@handel.example",
        "is_active": "on", "roles": [Group.objects.get(name="CLERK").pk], "approval-sales_amount_limit": "0",
    }  # fmt: skip
    if person is not None:
        given |= {"username": person.username, "roles": [group.pk for group in person.groups.all()]}
    return {name: value for name, value in (given | values).items() if value is not None}


def test_a_new_user_gets_a_log_in_roles_and_a_limit(office, ivan):
    limits = {
        "approval-takes_part": "on",
        "approval-sales_amount_limit": "2500",
        "approval-approver": office.rows["mira"].pk,
    }
    answer = ivan.post(NEW, typed(password="a long enough secret", **limits))
    otto = User.objects.get(username="otto")
    assert answer.url == reverse("setup-user", args=[otto.pk])
    assert otto.check_password("a long enough secret") and not otto.is_superuser
    assert [group.name for group in otto.groups.all()] == ["CLERK"]
    assert (otto.approval_user.sales_amount_limit, otto.approval_user.approver.user.username) == (
        2500,
        "mira",
    )
    listed = ivan.get(USERS).content.decode()
    assert "2,500.00" in listed and "Otto Berg" in listed


def test_a_user_needs_a_password_and_one_that_is_hard_to_guess(ivan):
    assert ivan.post(NEW, typed()).status_code == 422
    assert ivan.post(NEW, typed(password="12345")).status_code == 422
    assert not User.objects.filter(username="otto").exists()


def test_roles_change_and_the_password_stays(office, ivan):
    clara = office.user("clara")
    accountant = Group.objects.get(name="ACCOUNTANT")
    page = reverse("setup-user", args=[clara.pk])
    assert (
        ivan.post(page, typed(clara, roles=[accountant.pk], **{"approval-takes_part": "on"})).status_code
        == 302
    )
    clara.refresh_from_db()
    assert [group.name for group in clara.groups.all()] == ["ACCOUNTANT"]
    assert clara.check_password("clara")
    # Duties that should not be in one hand are told.
    assert "W-DUTY-CREDITMEMO" in ivan.get(page).content.decode()


def test_a_user_is_deactivated_but_nobody_locks_themselves_out(office, ivan):
    clara, me = office.user("clara"), office.user("ivan")
    # Zoe's approver is Clara: she stays in the approval set-up.
    keep = {"approval-takes_part": "on"}
    assert (
        ivan.post(reverse("setup-user", args=[clara.pk]), typed(clara, is_active=None, **keep)).status_code
        == 302
    )
    clara.refresh_from_db()
    assert not clara.is_active
    refused = ivan.post(reverse("setup-user", args=[me.pk]), typed(me, is_active=None))
    assert refused.status_code == 422
    me.refresh_from_db()
    assert me.is_active


def test_the_approval_set_up_stays_whole(office, ivan):
    mira, zoe = office.user("mira"), office.user("zoe")
    assert ivan.post(reverse("setup-user", args=[mira.pk]), typed(mira)).status_code == 422
    second = {"approval-takes_part": "on", "approval-is_administrator": "on"}
    assert ivan.post(reverse("setup-user", args=[zoe.pk]), typed(zoe, **second)).status_code == 422
    assert ivan.post(reverse("setup-user", args=[zoe.pk]), typed(zoe)).status_code == 302
    assert not ApprovalUser.objects.filter(user=zoe).exists()


def test_what_a_role_may_do_is_read_and_changed(office, ivan):
    shown = ivan.get(SETS).content.decode()
    assert "SALES-MANAGER" in shown and "RIMDX" in shown
    clerk = Group.objects.get(name="CLERK")
    page = reverse("setup-permission-set", args=[clerk.pk])
    assert "clara" in ivan.get(page).content.decode()
    kept = clerk.permissions.exclude(codename="delete_salesdocument")
    assert (
        ivan.post(page, {"may": [permission.pk for permission in kept] + ["x", "999999"]}).status_code == 302
    )
    codes = set(clerk.permissions.values_list("codename", flat=True))
    assert "delete_salesdocument" not in codes and "change_salesdocument" in codes


def test_rights(office, ivan, sign_in, world):
    clerk = sign_in("CLERK")
    group = Group.objects.get(name="CLERK")
    for address in (USERS, NEW, SETS, reverse("setup-permission-set", args=[group.pk])):
        assert clerk.get(address).status_code == 403, address
        assert Client().get(address).status_code == 302
    # An administrator does not take over somebody who may do everything.
    assert ivan.get(reverse("setup-user", args=[world.by.pk])).status_code == 403
