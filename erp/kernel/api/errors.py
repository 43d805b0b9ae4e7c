"""Every refusal in the error body of v2.0: what the API refuses itself, what routines refuse, what nobody foresaw."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

from erp.kernel.api.auth import log_denied
from erp.kernel.errors import ErpError, Problem
from erp.kernel.faults import refusal_for
from erp.kernel.odata.entity import EntitySet, Many
from erp.kernel.odata.errors import ApiError

logger = logging.getLogger("handel.api")

# Refusals with a code of their own (api-v2, section 5), by the beginning of ours.
CODES: Mapping[str, tuple[int, str]] = {
    "E-IDEM-MISMATCH": (409, "Idempotency_Mismatch"),
    "E-IDEM-LEN": (400, "BadRequest"),
    "E-DOC-GONE": (404, "Internal_RecordNotFound"),
    "E-AP-RANGE": (409, "Period_Closed"),
    "E-AP-NOTOPEN": (409, "BadRequest_InvalidOperation"),
    "E-AP-CURR": (409, "BadRequest_InvalidOperation"),
    "E-AR-TOOBIG": (409, "BadRequest_InvalidOperation"),
    "E-UN-DATE": (409, "Period_Closed"),
    "E-UN-": (409, "BadRequest_InvalidOperation"),
    "E-JB-EXISTS": (400, "Internal_EntityWithSameKeyExists"),
    "E-JB-EMPTY": (400, "BadRequest_InvalidOperation"),
    "E-APR-PENDING": (409, "Approval_Pending"),
    "E-APR-NOTOPEN": (409, "BadRequest_InvalidOperation"),
    "E-APR-ENDED": (409, "BadRequest_InvalidOperation"),
    "E-REL-APPROVAL": (409, "Approval_Required"),
    "E-POST-APPROVAL": (409, "Approval_Required"),
    "E-QUO-APPROVAL": (409, "Approval_Required"),
    "E-MAIL-APPROVAL": (409, "Approval_Pending"),
    "E-APPR-PENDING": (409, "Approval_Pending"),
    "E-APPR": (409, "Approval_Required"),
    "E-STOCK": (409, "Stock_Unavailable"),
    "E-CU-CREDIT": (409, "Credit_Exceeded"),
    "E-GL-DATE": (409, "Period_Closed"),
    "E-GL-PERIOD": (409, "Period_Closed"),
    "E-BLK-QTY": (409, "BadRequest_InvalidOperation"),
    "E-BLK-LINKED": (409, "BadRequest_InvalidOperation"),
    "E-RET-MAX": (409, "BadRequest_InvalidOperation"),
    "E-STATUS": (400, "BadRequest_InvalidOperation"),
    "E-LOCKED": (400, "BadRequest_InvalidOperation"),
}


def api_error_of(error: Exception, entities: EntitySet | None = None) -> ApiError:
    """Any exception as what the caller is told."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ErpError):
        return _of_routine(error, entities)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return ApiError(401, "Authentication_InvalidCredentials", str(error.detail), headers=_asks(error))
    if isinstance(error, exceptions.PermissionDenied):
        return ApiError(403, "Authorization_RequestDenied", str(error.detail), headers=_asks(error))
    if isinstance(error, PermissionDenied):
        message = _("You don't have the permission that this needs.")
        return ApiError(403, "Authorization_RequestDenied", message)
    if isinstance(error, exceptions.MethodNotAllowed):
        return ApiError(405, "BadRequest_MethodNotAllowed", str(error.detail))
    if isinstance(error, exceptions.UnsupportedMediaType):
        return ApiError(415, "BadRequest", str(error.detail))
    if isinstance(error, exceptions.Throttled):
        return ApiError(429, "Application_TooManyRequests", str(error.detail))
    if isinstance(error, exceptions.APIException):
        return ApiError(error.status_code, "BadRequest", str(error.detail))
    if isinstance(error, Http404):
        return ApiError(404, "BadRequest_NotFound", _("There is nothing at this address."))
    if isinstance(error, DataError):
        return ApiError(400, "Application_EvaluateException", _("A value is out of range."))
    refusal = refusal_for(error)
    if refusal is not None:
        return _of_database(refusal)
    return ApiError(500, "Internal_ServerError", _("Something went wrong on our side; it has been noted."))


def _of_database(refusal: ErpError) -> ApiError:
    """A database in trouble; the same request may be sent again."""
    busy = refusal.status == 409
    details = [{"code": refusal.code, "message": refusal.message, "target": ""}]
    code = "Request_EntityChanged" if busy else "Internal_TenantUnavailable"
    headers = {"Retry-After": "1" if busy else "5"}
    return ApiError(refusal.status, code, refusal.message, details=details, headers=headers)


def _asks(error: exceptions.APIException) -> dict[str, str]:
    """What a refused client is told to come back with."""
    asked = getattr(error, "auth_header", "")
    return {"WWW-Authenticate": asked} if asked else {}


def body_of(error: ApiError, request_id: str) -> dict[str, Any]:
    """The error body of v2.0, with what it lacks: the place, further reasons, and the request's own number."""
    return {
        "error": {
            "code": error.code,
            "message": f"{error.message} CorrelationId:  {request_id}.",
            "target": error.target,
            "details": error.details,
            "innererror": {"requestId": request_id},
        }
    }


def note(error: ApiError, exception: Exception, request_id: str, request: Request) -> None:
    """What nobody foresaw goes to the log with everything, and so does who was denied what; the rest is the caller's
    affair. Missing scopes, bad tokens and what routines refuse are noted where they are found.
    """
    if error.status >= 500:
        logger.error("Request %s to %s failed", request_id, request.path, exc_info=exception)
    elif error.status == 403 and not isinstance(exception, exceptions.PermissionDenied | ErpError):
        log_denied(request, error.message, user=request.user)


def new_request_id() -> str:
    return str(uuid4())


def _of_routine(error: ErpError, entities: EntitySet | None) -> ApiError:
    problems = error.problems
    status, code = _code_of(problems[0].code, error)
    details = [
        {"code": each.code, "message": each.message, "target": _target(each, entities)} for each in problems
    ]
    return ApiError(status, code, error.message, target=details[0]["target"], details=details)


def _code_of(code: str, error: ErpError) -> tuple[int, str]:
    for beginning, found in CODES.items():
        if code.startswith(beginning):
            return found
    if code.startswith("Q-"):  # the page would ask; the API wants to be told
        return 409, "Application_CallbackNotAllowed"
    if error.status == 403:
        return 403, "Authorization_RequestDenied"
    if error.status == 404:
        return 404, "Internal_RecordNotFound"
    return 400, "Application_DialogException"


def _target(problem: Problem, entities: EntitySet | None) -> str:
    """The property that a problem is about: "salesOrderLines[1].quantity" for the line 20000."""
    if entities is None:
        return problem.field or ""
    if problem.line_no is None:
        return _outside(problem.field, entities)
    from erp.kernel.odata.entity import entity_set

    way = next((each for each in entities.navigation if isinstance(each, Many) and each.given), None)
    if way is None:
        return _outside(problem.field, entities)
    place = f"{way.name}[{max(problem.line_no // 10000 - 1, 0)}]"
    field = _outside(problem.field, entity_set(way.to))
    return f"{place}.{field}" if field else place


def _outside(field: str | None, entities: EntitySet) -> str:
    if not field:
        return ""
    return next((each.name for each in entities.properties if each.inside == field), field)
