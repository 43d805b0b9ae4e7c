"""$batch: many requests in one, as JSON or as multipart/mixed (api-v2, section 7).

Each request commits by itself and an error stops nobody else; `Prefer: odata.continue-on-error=false` stops at the
first. Requests of one atomicity group (change set), or all of them under `Isolation: snapshot`, are one transaction:
one that fails undoes them all. An action that posts may only be the last of such a group.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from erp.kernel.api import multipart
from erp.kernel.api.address import Address, read_address
from erp.kernel.api.errors import api_error_of, body_of, new_request_id, note
from erp.kernel.api.json import dumps, loads, read_object
from erp.kernel.odata.errors import ApiError, bad_request
from erp.kernel.odata.query import DEFAULT_ROWS

MOST = 100
VERBS = ("GET", "POST", "PATCH", "DELETE")
ROOT = "/api/v2.0/"
_REFERENCE = re.compile(r"\$([\w.~-]+)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
OWN = {"content-type", "content-length", "host", "authorization", "cookie", "idempotency-key", "if-match", "prefer",
       "if-none-match", "isolation", "transfer-encoding"}  # fmt: skip
# What only the outer request says: who it is, and, in front of us, the proxy of it.
NOT_ITS_OWN = {"content-type", "content-length", "authorization", "cookie", "host", "forwarded", "x-real-ip"}


@dataclass
class Part:
    """One request of a batch."""

    id: str
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    group: str = ""
    after: tuple[str, ...] = ()


class _Undo(Exception):
    """A request of a group failed: the group's transaction is undone."""


def batch(door: Any, request: Request, address: Address) -> HttpResponse:
    """The answer to a POST to $batch. `door` answers each request as if it had come alone."""
    if request.method != "POST":
        raise ApiError(405, "BadRequest_MethodNotAllowed", _("$batch wants POST."))
    is_multipart = request.content_type.startswith("multipart/mixed")
    parts = multipart.read(request) if is_multipart else _json_parts(request.body)
    _check(parts)
    if request.headers.get("Isolation", "").lower() == "snapshot":
        for part in parts:
            part.group = "snapshot"
    company = f"companies({address.company})/" if address.company else ""
    run = _Run(door, request, ROOT + company, stops=_stops(request))
    answers = run.answers(parts)
    if is_multipart:
        return multipart.written(parts, answers)
    responses = [_as_json(part, answers[part.id]) for part in parts if part.id in answers]
    return HttpResponse(dumps({"responses": responses}), content_type="application/json")


class _Run:
    """The requests of one batch, on their way through the door."""

    def __init__(self, door: Any, request: Request, base: str, *, stops: bool):
        self.door, self.request, self.base, self.stops = door, request, base, stops
        self.done: dict[str, HttpResponse] = {}
        self.places: dict[str, str] = {}  # where each request's entity lives

    def answers(self, parts: list[Part]) -> Mapping[str, HttpResponse]:
        for group in _groups(parts):
            if self.stops and any(answer.status_code >= 400 for answer in self.done.values()):
                break
            if group[0].group:
                self._together(group)
            else:
                self.done[group[0].id] = self._one(group[0])
        return self.done

    def _together(self, group: list[Part]) -> None:
        """All of them or none."""
        failed: Part | None = None
        try:
            with transaction.atomic():
                for part in group:
                    is_last = part is group[-1]
                    answer = self._one(part, may_post=is_last)
                    self.done[part.id] = answer
                    if answer.status_code >= 400:
                        failed = part
                        raise _Undo
        except Exception as exception:
            if failed is None:  # the database refused the whole when it was to be committed
                self._undone(group, exception)
                return
            message = _("Request {id} failed, so this one was undone as well.").format(id=failed.id)
            for part in group:
                if part is not failed:
                    self.done[part.id] = _refusal(ApiError(424, "BadRequest", message))
                    self.places.pop(part.id, None)

    def _undone(self, group: list[Part], exception: Exception) -> None:
        """Nothing of a group was kept, and no single request is to blame."""
        error = api_error_of(exception)
        note(error, exception, self.door.request_id, self.request)
        for part in group:
            self.done[part.id] = _refusal(error)
            self.places.pop(part.id, None)

    def _one(self, part: Part, *, may_post: bool = True) -> HttpResponse:
        """The answer to one request; refusals are answers too."""
        inner, address = None, None
        try:
            for id in part.after:
                if id not in self.done or self.done[id].status_code >= 400:
                    message = _("Request {id}, on which this one depends, failed.").format(id=id)
                    raise ApiError(424, "BadRequest", message)
            inner, path = self._request(part)
            address = read_address(path)
            if address.special == "$batch":
                raise bad_request(_("A batch holds no batch."))
            if address.action is not None and address.action.scope == "post" and not may_post:
                message = _("{action} posts: it may only be the last request of a group.")
                raise ApiError(400, "BadRequest_InvalidOperation", message.format(action=address.action.name))
            answer = _answered(lambda: self.door.act(inner, address))
        except Exception as exception:
            error = api_error_of(exception, address.entities if address else None)
            note(error, exception, self.door.request_id, inner or self.request)
            return _refusal(error)
        self.places[part.id] = urlsplit(answer.get("Location") or inner.path).path
        return answer

    def _request(self, part: Part) -> tuple[Request, str]:
        """A request of its own, by the same caller; and its path below the root."""
        url = _REFERENCE.sub(lambda found: self.places.get(found[1], found[0]), part.url, count=1) \
            if part.url.lstrip("/").startswith("$") and not part.url.lstrip("/").startswith(("$metadata", "$batch")) \
            else part.url  # fmt: skip
        try:
            split = urlsplit(url.lstrip("/") if url.startswith("/$") else url)
        except ValueError:
            raise bad_request(_("{url} is not below {root}.").format(url=part.url[:200], root=ROOT), "url")
        path = split.path if split.path.startswith("/") else self.base + split.path
        if not path.startswith(ROOT):
            raise bad_request(_("{url} is not below {root}.").format(url=part.url[:200], root=ROOT), "url")
        from urllib.parse import unquote

        environ = {
            name: value for name, value in self.request._request.META.items()
            if not (name.startswith("HTTP_") and name[5:].lower().replace("_", "-") in OWN)
        }  # fmt: skip
        environ |= {
            "REQUEST_METHOD": part.method,
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": split.query,
            "CONTENT_TYPE": part.headers.get("content-type", "application/json"),
            "CONTENT_LENGTH": str(len(part.body)),
            "wsgi.input": BytesIO(part.body),
        }
        for name, value in part.headers.items():
            if name not in NOT_ITS_OWN and not name.startswith("x-forwarded-"):
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        plain = WSGIRequest(environ)
        plain.most_rows = DEFAULT_ROWS  # a hundred long pages would all be in memory at once
        plain.user, plain._dont_enforce_csrf_checks = self.request.user, True
        inner = Request(plain, parsers=[], authenticators=[])
        inner.user, inner.auth = self.request.user, self.request.auth
        return inner, plain.path[len(ROOT) :]


def _answered(work: Callable[[], HttpResponse]) -> HttpResponse:
    answer = work()
    if getattr(answer, "streaming", False):
        whole = b"".join(answer.streaming_content)
        answer = HttpResponse(whole, status=answer.status_code, headers=dict(answer.headers))
    return answer


def _json_parts(body: bytes) -> list[Part]:
    requests = read_object(body).get("requests")
    if not isinstance(requests, list):
        raise bad_request(_("requests must be a list."), "requests")
    return [_json_part(place, each) for place, each in enumerate(requests)]


def _json_part(place: int, each: Any) -> Part:
    target = f"requests[{place}]"
    if not isinstance(each, Mapping):
        raise bad_request(_("The body must be a JSON object."), target)
    for name in ("id", "method", "url"):
        if not isinstance(each.get(name), str) or not each[name]:
            raise bad_request(_("{property} must be given.").format(property=name), f"{target}.{name}")
    headers = each.get("headers") or {}
    if isinstance(headers, Mapping) and any(
        _CONTROL.search(f"{name}{text}") for name, text in headers.items()
    ):
        raise bad_request(
            _("A header has no line ends and no other control characters."), f"{target}.headers"
        )
    after = each.get("dependsOn") or []
    if not isinstance(headers, Mapping) or not isinstance(after, list):
        raise bad_request(_("headers is an object and dependsOn a list."), target)
    body = each.get("body")
    group = str(each.get("atomicityGroup") or "")
    return Part(
        id=each["id"],
        method=each["method"].upper(),
        url=each["url"],
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        body=b"" if body is None else body.encode() if isinstance(body, str) else dumps(body).encode(),
        group=group,
        after=tuple(str(id) for id in after),
    )


def _check(parts: list[Part]) -> None:
    if not parts:
        raise bad_request(_("The batch is empty."), "requests")
    if len(parts) > MOST:
        raise bad_request(_("A batch holds at most {most} requests.").format(most=MOST), "requests")
    ids = [part.id for part in parts]
    if len(set(ids)) < len(ids):
        raise bad_request(_("Each request of a batch has an id of its own."), "requests")
    for part in parts:
        if part.method not in VERBS:
            raise bad_request(_("{verb} is not offered.").format(verb=part.method[:20]), "method")


def _groups(parts: list[Part]) -> Iterator[list[Part]]:
    """Requests that follow each other in one group, together; all others alone."""
    group: list[Part] = []
    for part in parts:
        if group and (not part.group or part.group != group[0].group):
            yield group
            group = []
        group.append(part)
        if not part.group:
            yield group
            group = []
    if group:
        yield group


def _stops(request: Request) -> bool:
    prefer = request.headers.get("Prefer", "").replace(" ", "").lower()
    return "continue-on-error=false" in prefer


def _refusal(error: ApiError) -> HttpResponse:
    answer = HttpResponse(
        dumps(body_of(error, new_request_id())), status=error.status, content_type="application/json"
    )
    for name, value in error.headers.items():
        answer[name] = value
    return answer


def _as_json(part: Part, answer: HttpResponse) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    shown = {"id": part.id, "status": answer.status_code, "headers": headers}
    if part.group:
        shown["atomicityGroup"] = part.group
    if answer.content:
        kind = headers.get("content-type", "").partition(";")[0]
        if kind == "application/json":
            shown["body"] = loads(answer.content)
        elif kind in ("text/plain", "application/xml"):
            shown["body"] = answer.content.decode()
        else:  # a file; JSON has no bytes (OData JSON Format 4.01, section 19.5)
            shown["body"] = urlsafe_b64encode(answer.content).decode()
    return shown
