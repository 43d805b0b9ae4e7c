"""Moving documents from status to status, one at a time and with a trace.

    @transition(source={Status.OPEN, Status.PENDING_APPROVAL}, target=Status.RELEASED)
    def release(document: SalesDocument, *, by: User, at: datetime) -> None:
        raise_problems(document, check_release(document))

    order = release(order, by=request.user, at=timezone.now())

The model wants `FSMModelMixin` and a `FSMField(protected=True)`: nobody but a transition sets it.
"""

import inspect
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

import django_fsm
from django.db import models, router, transaction
from django_fsm import FSMField, FSMFieldMixin

from erp.kernel.errors import Gone, WrongStatus
from erp.kernel.models.workflow import TransitionLog

if TYPE_CHECKING:
    from erp.kernel.models import User

__all__ = ["FSMField", "FSMModelMixin", "history_of", "lock", "log_move", "may_start", "transition"]

Document = TypeVar("Document", bound=models.Model)
_reading = RLock()


class FSMModelMixin(django_fsm.FSMModelMixin):
    """A model whose status only a transition sets, and which can be read again all the same."""

    def refresh_from_db(self, *args, **kwargs) -> None:
        """One thread at a time: django_fsm lifts the field's protection, which all threads share, and puts it back."""
        with _reading:
            guarded = [field for field in self._meta.concrete_fields if isinstance(field, FSMFieldMixin)]
            protected = [field for field in guarded if field.protected]
            try:
                super().refresh_from_db(*args, **kwargs)
            finally:
                for field in protected:
                    field.protected = True


def transition(*, source: object | Iterable, target: object | Iterable, field: str = "status") -> Callable:
    """Make a routine a move of its first argument, a document, from one status to another.

    source  the status, or statuses, from which the move starts
    target  the status it ends in; where there are several, the routine returns the one it chose
    field   the protected FSMField that moves

    The routine takes the document, and `by` and `at` as keywords (`by` None: the machine itself). Calling it locks
    the row, reads it again, refuses with WrongStatus (409) when the status is another one by now, runs the body on the
    locked object, sets the status with django_fsm, saves that column alone, writes the TransitionLog, all in one
    transaction, and returns the locked object: the caller's own copy is stale from then on.

    A routine may call others, also on the same document; then the outer one's own check comes first and its status
    is set last.
    """
    sources, targets = _several(source), _several(target)

    def decorate(body: Callable[..., object]) -> Callable[..., Document]:
        names = inspect.signature(body).parameters
        if not {"by", "at"} <= names.keys():
            raise TypeError(f"{body.__qualname__} takes `by` and `at` as keywords: who moves it, and when")
        goal = targets[0] if len(targets) == 1 else django_fsm.RETURN_VALUE(*targets)
        django_fsm.transition(field=field, source=list(sources), target=goal)(body)

        @wraps(body)
        def move(document: Document, *, by: "User | None", at: datetime, **values) -> Document:
            model = type(document)
            with transaction.atomic(using=router.db_for_write(model)):
                locked = lock(document)
                before = getattr(locked, field)
                if before not in sources:
                    raise _wrong_status(locked, field, sources)
                model._meta.get_field(field).change_state(locked, body, by=by, at=at, **values)
                after = getattr(locked, field)
                model._base_manager.filter(pk=locked.pk).update(**{field: after})
                log_move(locked, field=field, verb=body.__name__, before=before, after=after, by=by, at=at)
            return locked

        move.sources, move.targets, move.field = frozenset(sources), frozenset(targets), field
        return move

    return decorate


def lock(document: Document) -> Document:
    """The document as it is now, locked until the transaction ends; Gone where somebody was faster."""
    rows = type(document)._base_manager.select_for_update(of=("self",))
    found = rows.filter(pk=document.pk).first()
    if found is None:
        raise Gone(document=_name(document))
    return found


def may_start(move: Callable, document: models.Model) -> bool:
    """Whether a move starts from the document's status: what a page needs to show its button."""
    return getattr(document, move.field) in move.sources


def history_of(document: models.Model) -> models.QuerySet[TransitionLog]:
    """Every move of a document, oldest first."""
    log = TransitionLog.objects.filter(subject=document._meta.label_lower, subject_id=document.pk)
    return log.select_related("by").order_by("id")


def _several(status: object | Iterable) -> tuple:
    return tuple(status) if isinstance(status, set | frozenset | list | tuple) else (status,)


def _wrong_status(document: models.Model, field: str, sources: tuple) -> WrongStatus:
    labels = dict(document._meta.get_field(field).flatchoices)
    return WrongStatus(
        document=_name(document),
        status=labels.get(getattr(document, field), getattr(document, field)),
        expected=" / ".join(sorted(str(labels.get(status, status)) for status in sources)),
    )


def _name(document: models.Model) -> str:
    return f"{document._meta.verbose_name} {_number(document) or document.pk}"


def _number(document: models.Model) -> str:
    return str(getattr(document, "number", None) or getattr(document, "code", None) or "")


def log_move(
    document: models.Model,
    *,
    field: str,
    verb: str,
    before: str,
    after: str,
    by: "User | None",
    at: datetime,
) -> None:
    """Note a move in a document's history: for what moves a document without being a status of its row."""
    TransitionLog.objects.create(
        subject=document._meta.label_lower, subject_id=document.pk, number=_number(document), field=field,
        verb=verb, from_status=before, to_status=after, by=by, at=at,
    )  # fmt: skip
