"""Roles: groups with permissions, from `roles.csv` (who) and `grants.csv` (what they may)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.setup_data import files
from erp.setup_data.files import Row
from sales.models import RoleSalesSetup

VERBS = frozenset({"view", "add", "change", "delete"})


def load_roles(folders: Sequence[Path], problems: list[Problem]) -> int:
    """Add missing roles and missing grants; returns how many were added.

    A grant on a table or an action that does not exist here is left out: it takes effect with the load after the
    upgrade that brings it. Nothing is ever taken away from a role; who wants less makes a role of their own.
    """
    described = list(files.overlay(files.read(folders, "roles", problems), ("code",), problems))
    roles = [row.cells["code"] for row in described]
    bands = {row.cells["code"]: row.cells.get("max_line_discount") for row in described}
    there = dict(Group.objects.values_list("name", "pk"))
    Group.objects.bulk_create([Group(name=code) for code in roles if code not in there])
    groups = dict(Group.objects.values_list("name", "pk"))
    new = [code for code in roles if code not in there and bands[code]]
    RoleSalesSetup.objects.bulk_create(
        [RoleSalesSetup(role_id=groups[code], max_line_discount=Decimal(bands[code])) for code in new]
    )
    catalog = Catalog()
    wanted = {
        (groups[row.cells["role"]], permission)
        for row in files.read(folders, "grants", problems)
        if _is_known(row, groups, problems)
        for permission in catalog.permissions(row.cells["table"], row.cells["may"].split())
    }
    known = set(Group.permissions.through.objects.values_list("group_id", "permission_id"))
    missing = sorted(wanted - known)
    Group.permissions.through.objects.bulk_create(
        [Group.permissions.through(group_id=group, permission_id=permission) for group, permission in missing]
    )
    return len(groups) - len(there) + len(missing)


class Catalog:
    """Every permission of this installation, found by what a grant says."""

    def __init__(self):
        rows = Permission.objects.values_list(
            "pk", "codename", "content_type__app_label", "content_type__model"
        )
        self.by_table: dict[str, dict[str, int]] = {}
        for pk, codename, room, model in rows:
            self.by_table.setdefault(f"{room}.{model}", {})[codename] = pk

    def permissions(self, table: str, may: Sequence[str]) -> Iterator[int]:
        """The permissions that exist for `sales.salesdocument`, `sales.*` or `*` and these verbs and actions."""
        for name, there in self.by_table.items():
            if table in (name, "*", f"{name.partition('.')[0]}.*"):
                model = name.partition(".")[2]
                wanted = (f"{verb}_{model}" if verb in VERBS else verb for verb in may)
                yield from (there[codename] for codename in wanted if codename in there)


def _is_known(row: Row, groups: dict[str, int], problems: list[Problem]) -> bool:
    role = row.cells["role"]
    if role not in groups:
        problems.append(row.problem(_("there is no such role"), field="role", value=role))
    return role in groups
