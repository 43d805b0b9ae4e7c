"""Users with their roles and approval limits, and what each role may do."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from approvals.models import ApprovalUser
from erp.kernel.access import LETTERS
from erp.kernel.models import User
from erp.kernel.views import may, refusal_of
from erp.views.segregation import warnings_about
from erp.views.user_forms import ApprovalForm, UserForm

NOT_OURS = ("admin", "contenttypes", "sessions", "account", "mfa", "oauth2_provider", "support")
LIMITS = "approvals.change_approvaluser"


@may("kernel.view_user")
def user_list(request: HttpRequest) -> HttpResponse:
    """Everybody with a log-in, their roles, and what they may approve."""
    users = User.objects.order_by("-is_active", "username").prefetch_related("groups")
    users = users.select_related("approval_user__approver__user", "approval_user__substitute__user")
    return render(request, "setup/users.html", {"users": users})


@may("kernel.view_user", "kernel.add_user")
def user_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, User())


@may("kernel.view_user", "kernel.change_user")
def user_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if user.is_superuser and not request.user.is_superuser:
        raise PermissionDenied  # who may not do everything does not take over who may
    return _edit(request, user)


def _edit(request: HttpRequest, user: User) -> HttpResponse:
    """The form of a user; saved as a whole, or not at all."""
    typed = request.POST if request.method == "POST" else None
    limits = ApprovalUser.objects.filter(user_id=user.pk).first() if user.pk else None
    form = UserForm(typed, instance=user, by=request.user)
    may_limit = request.user.has_perm(LIMITS)
    approval = (
        ApprovalForm(typed, instance=limits or ApprovalUser(), prefix="approval") if may_limit else None
    )
    refused = None
    if typed is not None:
        if form.is_valid() and (approval is None or approval.is_valid()):
            with transaction.atomic():
                saved = form.save()
                if approval is not None:
                    approval.save_for(saved)
            messages.success(request, _("{user} is saved.").format(user=saved.username))
            return redirect("setup-user", saved.pk)
        refused = refusal_of(form if form.errors else approval)
    found = User.objects.get(pk=user.pk) if user.pk else None
    context = {
        "person": found,
        "form": form,
        "approval": approval,
        "warnings": warnings_about(found.get_group_permissions()) if found else [],
        "refusal": refused,
    }
    return render(request, "setup/user.html", context, status=refused.status if refused else 200)


@dataclass
class Row:
    """One table, and what there is to be allowed on it."""

    room: str
    name: str
    table: str
    verbs: dict[str, Permission] = field(default_factory=dict)
    actions: list[Permission] = field(default_factory=list)


def _tables() -> list[Row]:
    """Every table of the rooms with its permissions, by room and name. One query."""
    rows: dict[str, Row] = {}
    found = Permission.objects.select_related("content_type").exclude(content_type__app_label__in=NOT_OURS)
    for permission in found.order_by("content_type__app_label", "content_type__model", "codename"):
        model = permission.content_type.model_class()
        if model is None:
            continue
        table = model._meta.label_lower
        room = apps.get_app_config(model._meta.app_label).verbose_name
        row = rows.setdefault(table, Row(str(room), str(model._meta.verbose_name), table))
        verb = permission.codename.partition("_")[0]
        if verb in LETTERS and permission.codename == f"{verb}_{model._meta.model_name}":
            row.verbs[verb] = permission
        else:
            row.actions.append(permission)
    return sorted(rows.values(), key=lambda row: (row.room, row.name))


@may("auth.view_group")
def permission_sets(request: HttpRequest) -> HttpResponse:
    """The matrix: what each role may do on each table. R read, I insert, M modify, D delete, X more than that."""
    groups = list(Group.objects.order_by("name").prefetch_related("permissions"))
    held = {group.pk: {permission.pk for permission in group.permissions.all()} for group in groups}
    rows = []
    for row in _tables():
        cells = [_letters(row, held[group.pk]) for group in groups]
        if any(cells):
            rows.append((row, cells))
    context = {"groups": groups, "rows": rows, "rooms": sorted({row.room for row, _cells in rows})}
    return render(request, "setup/permission_sets.html", context)


def _letters(row: Row, held: set[int]) -> str:
    letters = "".join(
        letter for verb, letter in LETTERS.items() if verb in row.verbs and row.verbs[verb].pk in held
    )
    return letters + ("X" if any(action.pk in held for action in row.actions) else "")


@may("auth.view_group", "auth.change_group")
def permission_set(request: HttpRequest, pk: int) -> HttpResponse:
    """One role, table by table, to tick and untick."""
    group = get_object_or_404(Group, pk=pk)
    rows = _tables()
    if request.method == "POST":
        known = {permission.pk for row in rows for permission in (*row.verbs.values(), *row.actions)}
        wanted = {int(text) for text in request.POST.getlist("may") if text.isdecimal() and len(text) < 18}
        other = set(group.permissions.exclude(pk__in=known).values_list("pk", flat=True))
        group.permissions.set((wanted & known) | other)
        messages.success(request, _("{role} is saved.").format(role=group.name))
        return redirect("setup-permission-set", group.pk)
    held = set(group.permissions.values_list("pk", flat=True))
    names = _names(group.permissions.select_related("content_type"))
    context = {
        "group": group,
        "rows": [(row, [(verb, row.verbs.get(verb)) for verb in LETTERS]) for row in rows],
        "held": held,
        "warnings": warnings_about(names),
        "users": group.user_set.order_by("username"),
    }
    return render(request, "setup/permission_set.html", context)


def _names(permissions: Iterable[Permission]) -> set[str]:
    return {f"{each.content_type.app_label}.{each.codename}" for each in permissions}
