"""Who may do what: each routine that changes something says what it takes, and the one called from outside is asked.

    @needs("sales.release_salesdocument")
    @transition(source=Status.OPEN, target=Status.RELEASED)
    def release(document, *, by, at): ...

    @needs(rights_to_post)                      # what it takes depends on what is asked: called with the same arguments
    def post(document, *, by, at, ship=False, invoice=False): ...

Only the outermost routine of a call asks. What it does on the way is an indirect right, as in Business Central: who
may post may cause the release that posting brings along, and still cannot press Release. `by` is who does it; a
routine without `by`, and one that is told None, is done by whoever acts here (`changelog.acting_as`), else by the
machine itself, which may do everything: its jobs run in the name of who asked for them.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel import denied
from erp.kernel.changelog import acting_user
from erp.kernel.errors import ErpError

LETTERS = {"view": "R", "add": "I", "change": "M", "delete": "D"}  # as on the page of the permission sets
Right = str | frozenset[str]  # one permission, or several of which any will do
Wanted = Right | Callable[..., Iterable[Right]]

_within: ContextVar[bool] = ContextVar("within_a_routine", default=False)


class NotAllowed(ErpError):
    """The user has not the permission that it takes."""

    code, status = "E-PERM", 403
    setup = "setup-permission-sets"
    template = gettext_lazy(
        "{user} may not do this{subject}: it takes the permission “{wanted}”. "
        "Roles give permissions; an administrator gives roles to users."
    )


def either(*permissions: str) -> Right:
    """Any of these permissions will do."""
    return frozenset(permissions)


def needs(*wanted: Wanted) -> Callable:
    """Let a routine be called from outside by those who have every right; see the module.

    raises  NotAllowed (E-PERM, 403), noted as a denied attempt
    """

    def decorate(routine: Callable) -> Callable:
        place = f"{routine.__module__}.{routine.__qualname__}"
        parameters = inspect.signature(routine).parameters.values()
        first = next((each.name for each in parameters if each.kind is not each.KEYWORD_ONLY), None)
        takes_by = any(each.name == "by" for each in parameters)

        @wraps(routine)
        def allowed(*args, **kwargs):
            if _within.get():
                return routine(*args, **kwargs)
            subject = args[0] if args else kwargs.get(first)
            by = _who(kwargs.get("by"))
            if by is not None:
                told = kwargs | {"by": by} if takes_by else kwargs
                check(by, _listed(wanted, args, told), place=place, subject=subject)
            try:
                with within():
                    return routine(*args, **kwargs)
            except ErpError as error:
                if (
                    error.status == 403 and by is not None
                ):  # who asks is the reason: not the sender, not the one asked
                    denied.note(user=by, wanted=error.code, place=place, record=_record(subject))
                raise

        allowed.needs = wanted
        return allowed

    return decorate


@contextmanager
def within() -> Iterator[None]:
    """What is done in here has been allowed as a whole: the routines that are called ask nobody."""
    token = _within.set(True)
    try:
        yield
    finally:
        _within.reset(token)


def check(by, rights: Iterable[Right], *, place: str, subject: object = None) -> None:
    """
    raises  NotAllowed where the user lacks one of the rights, after it was noted
    """
    for right in rights:
        if not has_rights(by, [right]):
            names = _names(right)
            record = _record(subject)
            denied.note(user=by, wanted=" / ".join(names), place=place, record=record)
            raise NotAllowed(
                user=by.get_full_name() or by.get_username(),
                subject=_(" ({record})").format(record=record) if record else "",
                wanted=_(" or ").join(permission_name(name) for name in names),
            )


def has_rights(user, rights: Iterable[Right]) -> bool:
    """Whether somebody has every right: what a page asks before it offers something. Notes nothing."""
    return all(any(user.has_perm(name) for name in _names(right)) for right in rights)


def permission_name(permission: str) -> str:
    """What a permission allows, as the page of the roles words it: "Can post shipments"."""
    room, _dot, codename = permission.partition(".")
    if room not in apps.app_configs:
        return permission
    for model in apps.get_app_config(room).get_models():
        found = dict(model._meta.permissions).get(codename)
        if found:
            return str(_(found))
        verb, _underline, name = codename.partition("_")
        if name == model._meta.model_name and verb in model._meta.default_permissions:
            return f"{LETTERS[verb]}: {model._meta.verbose_name}"
    return permission


def _names(right: Right) -> list[str]:
    return [right] if isinstance(right, str) else sorted(right)


def _record(subject: object) -> str:
    return str(subject) if isinstance(subject, Model) else ""


def _who(by):
    return by if by is not None else acting_user()


def _listed(wanted: Iterable[Wanted], args: tuple, kwargs: dict) -> Iterator[Right]:
    for right in wanted:
        if callable(right):
            yield from right(*args, **kwargs)
        else:
            yield right
