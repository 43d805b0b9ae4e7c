from collections.abc import Iterable
from dataclasses import dataclass

from django.forms import BaseForm

from erp.kernel.errors import ErpError, Problem


@dataclass(frozen=True)
class Refusal:
    """Why nothing was done, as `components/_refusal.html` shows it."""

    problems: tuple[Problem, ...]
    status: int = 422


def refusal_of(reason: ErpError | BaseForm | Iterable[Problem]) -> Refusal:
    """An error that a routine raised, a form that could not be read, or problems that a plan found."""
    if isinstance(reason, ErpError):
        return Refusal(reason.problems, reason.status)
    if isinstance(reason, BaseForm):
        return Refusal(tuple(_form_problems(reason)))
    return Refusal(tuple(reason))


def _form_problems(form: BaseForm) -> Iterable[Problem]:
    for name, errors in form.errors.items():
        label = form[name].label if name in form.fields else ""
        for error in errors:
            yield Problem("E-FORM", f"{label}: {error}" if label else str(error), field=name)
