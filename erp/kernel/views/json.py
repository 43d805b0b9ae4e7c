"""What modules in the browser send and are answered: JSON in, JSON or problems out."""

import json
from collections.abc import Iterable

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.views.refusal import refusal_of

LIMIT = 2 * 1024 * 1024  # bytes; a thousand pasted lines need a tenth of it


def read_json(request: HttpRequest) -> dict:
    """The JSON object that was sent.

    raises  ProblemsFound E-JSON: not an object, longer than 2 MB, or with the NUL character, half a character or a
            figure that is none, which no column keeps
    """
    try:
        if len(request.body) > LIMIT:
            raise ValueError("too long")
        sent = json.loads(request.body)
        if not isinstance(sent, dict) or "\\u0000" in request.body.decode():
            raise ValueError("no object")
        json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        message = _("The page sent what cannot be read. Reload it and try again.")
        raise ProblemsFound([Problem("E-JSON", message)])
    return sent


def problems_json(reason: ErpError | Iterable[Problem]) -> JsonResponse:
    """A refusal as modules read it: {"problems": [{code, message, line_no, field, setup}]}."""
    refusal = refusal_of(reason)
    return JsonResponse({"problems": [as_json(each) for each in refusal.problems]}, status=refusal.status)


def as_json(problem: Problem) -> dict:
    """One problem; `setup` is the address of the page that mends it."""
    from erp.kernel.templatetags.handel import mends

    return {
        "code": problem.code,
        "message": problem.message,
        "line_no": problem.line_no,
        "field": problem.field,
        "setup": mends(problem),
    }
