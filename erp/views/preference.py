"""What a page remembers for the user who looks at it."""

import json
import re

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.preferences import merge_preference, remember_preference
from erp.kernel.views import may
from erp.kernel.views.json import problems_json, read_json

KEY = re.compile(r"[a-z][a-z0-9_.-]{1,98}")
LONGEST = 4000  # characters of JSON


@require_POST
@may()
def preference_put(request: HttpRequest) -> JsonResponse:
    """Remember {"key", "value"}, or put {"key", "merge": {…}} into the object that is remembered."""
    try:
        sent = read_json(request)
        key = sent.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key) or ("value" in sent) == ("merge" in sent):
            raise _refused()
        merges = "merge" in sent
        value = sent["merge"] if merges else sent["value"]
        if value is None or (merges and not isinstance(value, dict)) or len(json.dumps(value)) > LONGEST:
            raise _refused()
        with transaction.atomic():
            if not merges:
                remember_preference(request.user, key, value)
            elif len(json.dumps(merge_preference(request.user, key, value))) > LONGEST:
                raise _refused()
    except ErpError as error:
        return problems_json(error)
    return JsonResponse({"key": key})


def _refused() -> ProblemsFound:
    message = _("This cannot be remembered. Reload the page and try again.")
    return ProblemsFound([Problem("E-PREFERENCE", message)])
