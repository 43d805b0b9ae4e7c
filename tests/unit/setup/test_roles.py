"""Who may do what, as the set-up delivers it."""

import re
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

from erp.demo_users import DEMO_USERS
from erp.setup_data import files, load_setup
from sales.models import SalesDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def may():
    """Asks whether a role has a permission."""
    load_setup(on=date(2026, 1, 1))

    def ask(role, permission):
        room, _, codename = permission.partition(".")
        group = Group.objects.get(name=role)
        return group.permissions.filter(content_type__app_label=room, codename=codename).exists()

    return ask


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        (
            "CLERK",
            ["sales.add_salesdocument", "sales.release_salesdocument", "customers.change_customer"],
            [
                "sales.ship_salesdocument",
                "sales.invoice_salesdocument",
                "inventory.view_valueentry",
                "sales.change_pricelist",
                "customers.change_paymentterms",
            ],
        ),
        (
            "ACCOUNTANT",
            [
                "sales.invoice_salesdocument",
                "receivables.post_payment",
                "receivables.apply_entries",
                "posting.view_glentry",
            ],
            ["sales.ship_salesdocument", "kernel.add_user", "inventory.change_item"],
        ),
        (
            "SALES-MANAGER",
            ["sales.release_salesdocument", "sales.change_pricelist", "inventory.view_valueentry"],
            ["receivables.change_openitem", "posting.change_vatpostingsetup"],
        ),
        (
            "WAREHOUSE",
            ["sales.ship_salesdocument", "inventory.view_stock"],
            ["sales.change_salesdocument", "sales.view_salesinvoice", "receivables.view_customerledgerentry"],
        ),
        (
            "INTEGRATOR",
            ["sales.add_salesdocument", "inventory.add_item"],
            ["customers.delete_customer", "sales.change_pricelist"],
        ),
        (
            "ADMINISTRATOR",
            [
                "kernel.add_user",
                "auth.change_group",
                "posting.change_vatpostingsetup",
                "kernel.view_changelogentry",
            ],
            ["sales.invoice_salesdocument", "sales.ship_salesdocument", "inventory.change_item"],
        ),
        ("AUDITOR", ["posting.view_glentry", "kernel.view_changelogentry"], ["sales.add_salesdocument"]),
    ],
)
def test_each_role_has_what_its_work_needs_and_no_more(may, role, allowed, refused):
    assert [permission for permission in allowed if not may(role, permission)] == []
    assert [permission for permission in refused if may(role, permission)] == []


def test_nobody_may_write_a_ledger_by_hand(may):
    codenames = Group.objects.filter(permissions__codename__regex=r"^(add|change|delete)_.*(entry|register)$")
    assert not codenames.exists()


def test_grants_speak_of_tables_that_exist():
    tables = {model._meta.label_lower for model in apps.get_models()}
    tables |= {f"{app.label}.*" for app in apps.get_app_configs()} | {"*"}
    rows = files.read([files.FOLDER / "common"], "grants", [])
    assert [row.cells["table"] for row in rows if row.cells["table"] not in tables] == []


ROOMS = (
    "approvals", "customers", "erp", "integration", "inventory", "posting", "receivables", "reporting", "sales",
    "templates",
)  # fmt: skip
NAME = r"((?:approvals|customers|inventory|kernel|posting|receivables|reporting|sales)\.[a-z]+_[a-z]+)"
ASKED = re.compile(rf'(?:@may\(|has_perm\(|,\s*|PERMISSION = )"{NAME}"|perms\.{NAME}')


def permissions_asked_for():
    root = files.FOLDER.parents[2]
    for room in ROOMS:
        for path in (root / room).rglob("*"):
            if path.suffix in {".py", ".html"} and {"views", "templates"} & set(path.parts):
                for found in ASKED.finditer(path.read_text(encoding="utf-8")):
                    yield found[1] or found[2]


def test_every_page_can_be_seen_by_somebody(may):
    """What pages ask for exists, and at least one role has it."""
    granted = {
        f"{room}.{codename}"
        for room, codename in Permission.objects.filter(group__isnull=False).values_list(
            "content_type__app_label", "codename"
        )
    }
    asked = set(permissions_asked_for())
    assert "sales.release_salesdocument" in asked
    assert sorted(asked - granted) == []


def test_every_demo_user_has_a_role_of_the_set_up(may):
    assert {user.role for user in DEMO_USERS} <= set(Group.objects.values_list("name", flat=True))


def test_a_database_from_before_names_its_rights_anew(may):
    rights = Permission.objects.filter(content_type__app_label="sales", codename="release_salesdocument")
    rights.update(name="Can release and reopen sales documents")
    for statement, _given in import_module("sales.migrations.0013_rights").RENAME:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    named = dict(
        Permission.objects.filter(content_type__model="salesdocument").values_list("codename", "name")
    )
    assert dict(SalesDocument._meta.permissions).items() <= named.items()
