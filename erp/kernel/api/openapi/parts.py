"""What operations share: options, headers, refusals and ways to log in, each described once."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from erp.kernel.api.openapi.schemas import Schema, ref
from erp.kernel.api.scopes import SCOPES
from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.examples import value_of
from erp.kernel.odata.metadata import is_sortable
from erp.kernel.odata.properties import Bool, Choice, Guid, Moment, Stream, Text
from erp.kernel.odata.query import DEFAULT_ROWS, MOST_ROWS, MOST_SKIPPED


def _header(name: str, about: str, **schema: Any) -> Schema:
    return {"name": name, "in": "header", "description": about, "schema": {"type": "string", **schema}}


def _option(name: str, about: str, **schema: Any) -> Schema:
    return {"name": name, "in": "query", "description": about, "schema": schema}


PARAMETERS: dict[str, Schema] = {
    "companyId": {
        "name": "companyId",
        "in": "path",
        "required": True,
        "description": "The company's identifier, from GET companies.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "top": _option("$top", "At most so many.", type="integer", minimum=0, maximum=2**31 - 1),
    "skip": _option("$skip", "Leave out so many first.", type="integer", minimum=0, maximum=MOST_SKIPPED),
    "count": _option("$count", "Count all that the filter lets through.", type="boolean"),
    "search": _option("$search", "Words that must be found.", type="string"),
    "schemaversion": _option(
        "$schemaversion", "1.0 has no enumerations.", type="string", enum=["1.0", "2.0", "2.1"], default="1.0"
    ),
    "format": _option("$format", "Else Accept decides.", type="string", enum=["xml", "json"]),
    "ifMatch": _header("If-Match", "The @odata.etag that you have read, or * for whatever it is now.")
    | {"required": True, "example": "*"},
    "ifMatchOptional": _header("If-Match", "Refuse where the entity is not as you have read it.") | {"example": "*"},
    "idempotencyKey": _header(
        "Idempotency-Key",
        "A name of your own for this request: sent again within 7 days, the first answer comes back and nothing is "
        "done twice.",
        maxLength=64,
    ),
    "prefer": _header(
        "Prefer",
        "return=minimal answers without a body; odata.maxpagesize=n makes pages of n rows "
        f"({DEFAULT_ROWS} unless said, {MOST_ROWS} at most); respond-async has an action that posts done later.",
    )
    | {"examples": {"page": {"value": "odata.maxpagesize=100"}, "minimal": {"value": "return=minimal"}}},
    "extensions": _header("X-Extensions", "1: show what v2.0 does not have as well.", enum=["1"]),
    "language": _header("Accept-Language", "The language of messages.") | {"example": "nl"},
}  # fmt: skip

HEADERS: dict[str, Schema] = {
    "ETag": {"description": "The entity's etag.", "schema": {"type": "string"}},
    "Location": {
        "description": "The address of what was made.",
        "schema": {"type": "string", "format": "uri"},
    },
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "Warnings": {"description": "Codes of what you should know of.", "schema": {"type": "string"}},
    "RateLimit": {"description": "Requests allowed in five minutes.", "schema": {"type": "integer"}},
    "RateRemaining": {"description": "How many of these are left.", "schema": {"type": "integer"}},
}
RATE = {
    "X-RateLimit-Limit": ref("RateLimit", "headers"),
    "X-RateLimit-Remaining": ref("RateRemaining", "headers"),
}

# status → name of the component, when, code of the example, its sentence
REFUSALS: dict[int, tuple[str, str, str, str]] = {
    400: ("BadRequest", "What was sent cannot be understood, or a rule of the business refuses it.",
          "Application_DialogException", "The customer ADATUM is blocked for invoices."),
    401: ("Unauthorized", "No token, or one that is not valid.", "Authentication_InvalidCredentials",
          "Authentication credentials were not provided."),
    403: ("Forbidden", "The permission or the scope is missing.", "Authorization_RequestDenied",
          "This takes the scope sales.orders.write."),
    404: ("NotFound", "There is no such record, company or address.", "Internal_RecordNotFound",
          "The record does not exist; it may have been posted or deleted."),
    405: ("MethodNotAllowed", "This cannot be done with it.", "BadRequest_MethodNotAllowed",
          "The content cannot be changed."),
    409: ("Conflict", "Somebody else changed it first, or its state forbids it: credit, stock, approval, period.",
          "Request_EntityChanged", "Another user has already changed the record: read it again."),
    413: ("TooLarge", "The body is larger than 25 MB (files: 100 MB).", "BadRequest_BodyTooLarge",
          "The body is larger than 25 MB."),
    415: ("UnsupportedMediaType", "The body is not application/json.", "BadRequest_UnsupportedMediaType",
          'The body must be "application/json", not "text/plain".'),
    429: ("TooManyRequests", "Too many requests in five minutes, or waiting at once.", "Application_TooManyRequests",
          "Only 6000 requests in 5 minutes are allowed. Try again in 12 seconds."),
    500: ("ServerError", "Our fault; it has been noted.", "Internal_ServerError",
          "Something went wrong on our side; it has been noted."),
    503: ("Unavailable", "Your other requests take all places that you have.", "Internal_TenantUnavailable",
          "Your other requests are still running. Try again in 5 seconds."),
}  # fmt: skip
READING = (400, 401, 403, 404, 429, 500, 503)
WRITING = (400, 401, 403, 404, 409, 413, 415, 429, 500, 503)


def refusals(statuses: tuple[int, ...]) -> dict[str, Schema]:
    """The refusals that an operation can answer."""
    return {str(status): ref(REFUSALS[status][0], "responses") for status in statuses}


def refusal_components() -> dict[str, Schema]:
    """Each refusal, with the error body of v2.0."""
    request = "4e1f4d02-9d1c-4bb5-9f0e-6d1c7f1c2b7a"
    found = {}
    for status, (name, when, code, message) in REFUSALS.items():
        error = {"code": code, "message": f"{message} CorrelationId:  {request}.", "target": "", "details": [],
                 "innererror": {"requestId": request}}  # fmt: skip
        content = {"schema": ref("Error"), "example": {"error": error}}
        later = {"Retry-After": ref("RetryAfter", "headers")} if status in (429, 503) else {}
        found[name] = {"description": when, "content": {"application/json": content}}
        if later:
            found[name]["headers"] = later
    return found


def set_parameters(entities: EntitySet) -> dict[str, Schema]:
    """The options whose values depend on a set, as components: salesOrderSelect, salesOrderFilter …"""
    shown = [each.name for each in entities.properties if not isinstance(each, Stream)]
    found = {
        "Select": _list("$select", "Only these properties.", {"type": "string", "enum": shown}),
        "Filter": _option("$filter", "Only rows for which this is true.", type="string")
        | {"example": filter_example(entities)},
    }
    sortable = [each.name for each in entities.properties if is_sortable(entities, each)]
    ways = [f"{name}{order}" for name in sortable for order in ("", " desc")]
    if ways:
        found["Orderby"] = _list("$orderby", "In this order.", {"type": "string", "enum": ways})
    names = [way.name for way in entities.navigation]
    if names:
        nested = {"type": "string", "pattern": r"^\w+\(.+\)$"}
        items = {"anyOf": [{"type": "string", "enum": names}, nested]}
        about = "These as well; each may have options of its own: lines($select=quantity;$top=5)."
        found["Expand"] = _list("$expand", about, items)
    return {f"{entities.entity}{name}": said for name, said in found.items()}


def _list(name: str, about: str, items: Schema) -> Schema:
    schema = {"type": "array", "uniqueItems": True, "items": items}
    return {
        "name": name,
        "in": "query",
        "description": about,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def filter_example(entities: EntitySet) -> str:
    """A filter that this set understands."""
    able = [
        each for each in entities.properties if each.filterable and each.at is not None and not each.extension
    ]
    able = [each for each in able if each.name not in entities.steers]
    for kind in (Text, Choice, Moment, Guid, Bool):
        for each in able:
            if isinstance(each, kind) and not each.is_key:
                value = value_of(each, entities.entity)
                if kind is Moment:
                    return f"{each.name} gt {value}"
                if kind is Bool:
                    return f"{each.name} eq false"
                return f"{each.name} eq {value}" if kind is Guid else f"{each.name} eq '{value}'"
    return "true"


def security(scope: str) -> list[Schema]:
    """How one may log in, and with which scope."""
    return [{"token": []}, {"oauth": [scope] if scope in SCOPES else []}, {"session": []}]


def security_schemes() -> dict[str, Schema]:
    scopes = {name: str(text) for name, text in SCOPES.items()}
    token, authorize = reverse("oauth2_provider:token"), reverse("oauth2_provider:authorize")
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal access token (hdl_…), made under My settings or by manage.py create_token.",
        },
        "oauth": {
            "type": "oauth2",
            "description": "Applications that an administrator registered; people with PKCE (S256).",
            "flows": {
                "clientCredentials": {"tokenUrl": token, "scopes": scopes},
                "authorizationCode": {
                    "authorizationUrl": authorize, "tokenUrl": token, "refreshUrl": token, "scopes": scopes,
                },
            },
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The browser's own session; writing needs X-CSRFToken too.",
        },
    }  # fmt: skip
