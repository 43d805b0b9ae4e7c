"""What the API refuses, in the codes of Business Central's API v2.0 (source: api-v2, section 5)."""

from collections.abc import Iterable, Mapping
from typing import Any


class ApiError(Exception):
    """A refusal with its status, its code and its sentence.

    target   the property it is about, as in "salesOrderLines[2].quantity"
    details  further reasons: {"code", "message", "target"}
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str = "",
        details: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(message)
        self.status, self.code, self.message, self.target = status, code, str(message), target
        self.details, self.headers = [dict(detail) for detail in details], dict(headers or {})


def bad_request(message: str, target: str = "", code: str = "BadRequest") -> ApiError:
    """400: what was sent cannot be understood."""
    return ApiError(400, code, message, target=target)


def bad_url(message: str, target: str = "") -> ApiError:
    """400: an option or a path that means nothing."""
    return ApiError(400, "BadRequest_InvalidRequestUrl", message, target=target)


def missing(message: str, target: str = "") -> ApiError:
    """400: something that must be given was not."""
    return ApiError(400, "BadRequest_RequiredParamNotProvided", message, target=target)


def invalid(message: str, target: str = "", code: str = "Application_FieldValidationException") -> ApiError:
    """400: a value that a property cannot have."""
    return ApiError(400, code, message, target=target)


def not_found(message: str, code: str = "BadRequest_ResourceNotFound") -> ApiError:
    """404."""
    return ApiError(404, code, message)


def denied(message: str) -> ApiError:
    """403: a permission or a scope is missing."""
    return ApiError(403, "Authorization_RequestDenied", message)


def changed() -> ApiError:
    """409: somebody else changed it since the caller read it."""
    from django.utils.translation import gettext as _

    return ApiError(
        409,
        "Request_EntityChanged",
        _("Another user has already changed the record: read it again and send its new @odata.etag."),
        target="If-Match",
    )
