"""POST, PATCH, DELETE: entities made, changed and removed; actions; contents."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from erp.kernel.api.auth import need_scope
from erp.kernel.api.json import read_object
from erp.kernel.api.work import Work, check_may, location, need_permissions, shown
from erp.kernel.odata.entity import Done, Many, entity_set
from erp.kernel.odata.errors import ApiError, bad_request, changed, invalid, missing
from erp.kernel.odata.reading import ETAG, Row, read_one
from erp.kernel.odata.writing import give_id, read_body, read_values


class Writer(Work):
    """POST, PATCH, DELETE; inside a transaction."""

    def answer(self) -> HttpResponse:
        verb = self.request.method
        if self.address.action is not None:
            return self.finish(self._act())
        if verb == "POST" and self.address.is_one and not self.address.stream:
            raise ApiError(405, "BadRequest_MethodNotAllowed", _("POST goes to the set, or to an action."))
        if verb not in self.entities.verbs and not self.address.stream:
            offered = ", ".join(sorted(self.entities.verbs))
            message = _("{set} offers {verbs}.").format(set=self.entities.name, verbs=offered)
            raise ApiError(405, "BadRequest_MethodNotAllowed", message, headers={"Allow": offered})
        if self.address.stream and verb not in ("PATCH", "DELETE"):
            raise ApiError(405, "BadRequest_MethodNotAllowed", _("The content is changed by PATCH."))
        check_may(self.request, self.entities, "PATCH" if self.address.stream else verb)
        self.check_parents()
        if verb == "POST":
            return self.finish(self._create())
        if not self.address.is_one:
            raise ApiError(
                405,
                "BadRequest_MethodNotAllowed",
                _("Name one {entity}.").format(entity=self.entities.entity),
            )
        return self.finish(self._put_stream() if self.address.stream else getattr(self, f"_{verb.lower()}")())

    def _create(self) -> HttpResponse:
        body = dict(read_object(self.request.body))
        for name, value in self.address.within.items():
            if str(body.setdefault(name, value)).lower() != value.lower():
                raise bad_request(_("{property} is not that of the address.").format(property=name), name)
        for way in self.entities.navigation:
            if isinstance(way, Many) and way.given and body.get(way.name):
                check_may(self.request, entity_set(way.to), "POST")
        wanted = self._wanted_id(body)
        given = read_body(self.entities, body, creating=True)
        if wanted is not None and self._is_taken(wanted):
            message = _("The id {id} is taken.").format(id=wanted)
            raise invalid(message, "id", "Internal_EntityWithSameKeyExists")
        id = self.entities.create(self.asking, given)
        if wanted is not None:
            id = give_id(self.entities, id, wanted)
        address = location(self.asking, self.entities.name, id)
        if "return=minimal" in self.request.headers.get("Prefer", ""):
            response = HttpResponse(status=204)
        else:
            row = read_one(self.entities, id, self.query(), self.asking)
            response = shown({"@odata.context": self.context("/$entity"), **row}, 201)
            response["ETag"] = row[ETAG]
        response["Location"] = address
        return response

    def _wanted_id(self, body: dict[str, Any]) -> UUID | None:
        """An identifier that the caller chose, where it says that it means to."""
        if "id" not in body or self.entities.key != "id":
            return None
        if self.request.headers.get("X-Allow-Client-Id") != "1":
            message = _("The id is ours to choose; leave it out, or send the header X-Allow-Client-Id: 1.")
            raise bad_request(message, "id")
        return self.entities.property("id").read(body.pop("id"))

    def _is_taken(self, id: UUID) -> bool:
        """Whether another of the set has this identifier: also one in another table, as a posted invoice."""
        try:
            return self.entities.find(self.asking, id) is not None
        except ApiError:
            return False

    def _locked(self, *, insists: bool) -> tuple[Any, Row]:
        """The record, locked, and as the caller could have read it; refuses where it changed since."""
        wanted = self.request.headers.get("If-Match", "").strip()
        if insists and not wanted:
            message = _("If-Match must be given: the @odata.etag that you have read, or *.")
            raise missing(message, "If-Match")
        id = self.address.id if self.address.id is not None else self.read()[self.entities.key]
        record = self.entities.find(self.asking, id, lock=True)
        row = self.read()
        if wanted and wanted != "*" and row[ETAG] not in [each.strip() for each in wanted.split(",")]:
            raise changed()
        return record, row

    def _patch(self) -> HttpResponse:
        record, row = self._locked(insists=True)
        given = read_body(self.entities, read_object(self.request.body), creating=False, shown=row)
        self.entities.change(self.asking, record, given)
        if "return=minimal" in self.request.headers.get("Prefer", ""):
            return HttpResponse(status=204)
        row = self.read(self.query())
        response = shown({"@odata.context": self.context("/$entity"), **row})
        response["ETag"] = row[ETAG]
        return response

    def _delete(self) -> HttpResponse:
        record, _row = self._locked(insists=False)
        self.entities.remove(self.asking, record)
        return HttpResponse(status=204)

    def _put_stream(self) -> HttpResponse:
        record, _row = self._locked(insists=True)
        data = self.request.body if self.request.method == "PATCH" else b""
        kind = self.request.content_type or "application/octet-stream"
        self.entities.put_stream(self.asking, record, self.address.stream, data, kind)
        return HttpResponse(status=204)

    def _act(self) -> HttpResponse:
        action = self.address.action
        if self.request.method != action.method:
            message = _("{action} wants {verb}.").format(action=action.name, verb=action.method)
            raise ApiError(405, "BadRequest_MethodNotAllowed", message)
        need_scope(self.request, f"{self.entities.scope}.{action.scope}")
        need_permissions(self.request, action.permissions)
        self.check_parents()
        record = None
        if not action.on_set:
            record, _row = self._locked(insists=action.insists) if action.locks else (self._unlocked(), None)
        body = read_object(self.request.body) if action.given or action.lists else {}
        given = read_values(action.given, body, action.lists)
        wants_later = "respond-async" in self.request.headers.get("Prefer", "")
        run = action.later if action.later and wants_later else action.run
        return self._done(run(self.asking, record, given))

    def _unlocked(self) -> Any:
        return self.entities.find(self.asking, self.address.id)

    def _done(self, done: Done) -> HttpResponse:
        minimal = "return=minimal" in self.request.headers.get("Prefer", "")
        if done.body is not None and not (minimal and done.location):
            response = shown(done.body, done.status or 200)
        else:
            response = HttpResponse(status=done.status or 204)
        if done.location:
            response["Location"] = location(self.asking, *done.location)
        for name, value in done.headers.items():
            response[name] = value
        return response
