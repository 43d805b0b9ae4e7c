"""Forms that post carry a key: sent twice, they post once and show the first result twice."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from erp.kernel.idempotency import hash_request, once

FIELD = "idempotency_key"


def new_key() -> str:
    """For the hidden field of a form; see `components/_once.html`."""
    return uuid4().hex


def post_once(request: HttpRequest, *, operation: str, work: Callable[[], Any], **what: Any) -> Any:
    """Do the work of a posting form unless its key says that it was done; returns its result either way.

    what  everything that makes the request what it is
    """
    key = request.POST.get(FIELD, "").replace("\0", "")
    return once(key=key, user=request.user, operation=operation, request_hash=hash_request(**what))(work)
