"""One field of a head at a time: saved when it is left, refused beside it, merged with what others changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Gone, Problem, ProblemsFound
from erp.kernel.views import may, work_date
from erp.kernel.views.json import as_json, problems_json, read_json
from sales.head_form import HeadForm
from sales.models import SalesDocument
from sales.models.base import LineType
from sales.routines.cascade import CASCADED
from sales.routines.edit_head import edit_head
from sales.routines.lock import lock, refuse_locked
from sales.views.finding import document_or_404
from sales.views.grid import lines_now
from sales.views.head import QUESTIONS, addresses_of, customer_typed, question_of
from sales.views.page import Rights
from sales.views.presence import note_change
from sales.views.sections import as_typed, is_locked, value_of, values_of

# An answer that rebuilt or changed the lines: the page is to be read anew.
OF_LINES = ("recreate_lines", "convert_prices", "cascade", "confirmed")


class Change:
    """What somebody typed over what; both as the page shows them."""

    def __init__(self, old: str, new: str):
        self.old, self.new = old, new


@dataclass
class Outcome:
    """What became of the changes that were sent."""

    document: SalesDocument
    saved: list[str] = field(default_factory=list)
    conflicts: list[dict[str, str]] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    lines_followed: bool = False


@may("sales.view_salesdocument")
def document_fields(request: HttpRequest, type: str, number: str) -> JsonResponse:
    """GET: every field of the head as it is now. POST: change some.

    Takes {"fields": {name: {"old", "new"}}, "answers": {question: true}}. Answers 200 with what is saved and all fields
    as they are then; 409 where somebody else changed a field meanwhile: {"conflicts": [{"field", "mine", "theirs"}]},
    the others are saved; 422 with the problems, and {"question"} where only an answer is missing.
    """
    try:
        document = document_or_404(type, number)
    except Http404:
        return problems_json(Gone(document=f"{SalesDocument(type=type).get_type_display()} {number}"))
    if request.method != "POST":
        return JsonResponse(state_of(document))
    if not Rights(request.user, document).may_change_head:
        raise PermissionDenied
    try:
        sent = read_json(request)
        changes, answers = _changes(sent), _answers(sent)
        with transaction.atomic():
            outcome = _save(request, document, changes, answers)
    except ErpError as error:
        question = question_of(error)
        if question is None:
            return problems_json(error)
        return JsonResponse({"problems": [], "question": as_json(question)}, status=422)
    answer = state_of(outcome.document) | {
        "saved": outcome.saved,
        "warnings": [as_json(warning) for warning in outcome.warnings],
        "rows": lines_now(request, outcome.document) if outcome.lines_followed else [],
        "reload": bool(outcome.saved) and any(answers.get(name) for name in OF_LINES),
    }
    if outcome.saved:
        note_change(outcome.document, request.user)
    if outcome.conflicts:
        return JsonResponse(answer | {"conflicts": outcome.conflicts, "problems": []}, status=409)
    return JsonResponse(answer)


def state_of(document: SalesDocument) -> dict[str, object]:
    """The fields of the head as the page shows them, and the version that they are of."""
    return {
        "fields": values_of(HeadForm(document=document, addresses=addresses_of(document), everything=True)),
        "version": document.modified_at.isoformat(),
    }


def _save(
    request: HttpRequest, document: SalesDocument, changes: dict[str, Change], answers: dict[str, bool]
) -> Outcome:
    document = lock(document.pk)
    addresses = addresses_of(document)
    whole = HeadForm(document=document, addresses=addresses, everything=True)
    now = values_of(whole)
    outcome, typed, problems = Outcome(document), {}, []
    for name, change in changes.items():
        if name not in now:
            message = _("{document} has no field “{name}”. Reload the page.")
            problems.append(Problem("E-FIELD", message.format(document=document, name=name), field=name))
        elif change.new == now[name]:
            outcome.saved.append(name)
        elif change.old != now[name] and _as_shown(whole.fields[name], change.new) == now[name]:
            outcome.saved.append(name)  # sent again, as the first answer was lost
        elif change.old != now[name]:
            outcome.conflicts.append({"field": name, "mine": change.new, "theirs": now[name]})
        else:
            if is_locked(document, name):
                refuse_locked(document, wants_open=[whole.fields[name].label])
            typed[name] = as_typed(whole.fields[name], change.new)
    if problems:
        raise ProblemsFound(problems, subject=document)
    if not typed:
        return outcome
    form = HeadForm(typed, document=document, addresses=addresses)
    if not form.is_valid():
        raise ProblemsFound(
            [
                Problem("E-FORM", message, field=name)
                for name, messages in form.errors.items()
                for message in messages
            ],
            subject=document,
        )
    changes = form.changes()
    if "cascade" not in answers and _lines_follow(document, changes.keys()):
        answers, outcome.lines_followed = answers | {"cascade": True}, True
    edit_head(
        document,
        by=request.user,
        at=timezone.now(),
        on=work_date(request),
        sell_to=customer_typed(form.typed("sell_to"), "sell_to"),
        bill_to=customer_typed(form.typed("bill_to"), "bill_to"),
        ship_to_code=form.typed("ship_to_code"),
        changes=changes,
        answers=answers,
        warnings=outcome.warnings,
    )
    outcome.document = document_or_404(document.type, document.number)
    outcome.saved += typed
    return outcome


def _as_shown(kind: forms.Field, text: str) -> str:
    """What was typed as the page shows it once it is stored; what cannot be read as it stands."""
    try:
        return value_of(kind, kind.clean(as_typed(kind, text)))
    except ValidationError:
        return text


def _lines_follow(document: SalesDocument, changed: Iterable[str]) -> bool:
    """Whether the lines have in these fields what the head has: nobody gave one of them a value of its own, so they
    take over a new one without being asked.
    """
    names = [name for name in CASCADED if name in changed]
    if not names:
        return False
    own = Q()
    for name in names:
        value = getattr(document, name)
        own |= ~Q(**({f"{name}__isnull": True} if value is None else {name: value}))
    return not document.lines.exclude(type=LineType.COMMENT).filter(own).exists()


def _changes(sent: dict) -> dict[str, Change]:
    fields = sent.get("fields")
    if not isinstance(fields, dict):
        raise _nonsense()
    changes = {}
    for name, change in fields.items():
        if not isinstance(change, dict) or not all(
            isinstance(change.get(part), str) for part in ("old", "new")
        ):
            raise _nonsense()
        changes[name] = Change(change["old"], change["new"])
    return changes


def _answers(sent: dict) -> dict[str, bool]:
    answers = sent.get("answers", {})
    if not isinstance(answers, dict) or not all(isinstance(said, bool) for said in answers.values()):
        raise _nonsense()
    return {name: said for name, said in answers.items() if name in QUESTIONS}


def _nonsense() -> ProblemsFound:
    message = _("The page sent what cannot be read. Reload it and try again.")
    return ProblemsFound([Problem("E-JSON", message)])
