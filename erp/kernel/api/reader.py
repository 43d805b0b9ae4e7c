"""GET: lists, single entities, counts, contents."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from erp.kernel.api.json import dumps
from erp.kernel.api.work import KIND, Work, check_may, need_permissions, shown
from erp.kernel.odata.errors import ApiError
from erp.kernel.odata.query import Query
from erp.kernel.odata.reading import ETAG, PIECE, Reading, Row


class Reader(Work):
    """GET."""

    def answer(self) -> HttpResponse:
        check_may(self.request, self.entities, "GET")
        self.check_parents()
        if self.address.action is not None:
            return self.finish(self._call())
        if self.address.stream:
            return self._stream()
        query = self.query()
        if self.address.special == "$count":
            return HttpResponse(str(Reading(self.entities, query, self.asking, self.address.within).count()),
                                content_type="text/plain")  # fmt: skip
        if self.address.is_one:
            return self.finish(self._entity(query))
        return self.finish(self._collection(query))

    def _call(self) -> HttpResponse:
        action = self.address.action
        if action.method != "GET":
            raise ApiError(
                405, "BadRequest_MethodNotAllowed", _("{action} wants POST.").format(action=action.name)
            )
        need_permissions(self.request, action.permissions)
        record = None if action.on_set else self.entities.find(self.asking, self.address.id)
        given = {name: value for name, value in self.request.query_params.items() if not name.startswith("$")}
        return shown(action.run(self.asking, record, given).body)

    def _stream(self) -> HttpResponse:
        row = self.read(Query(select=frozenset()))
        record = self.entities.find(self.asking, row.get(self.entities.key) or self.address.id or self._key())
        data, kind, name = self.entities.stream(self.asking, record, self.address.stream)
        response = HttpResponse(data, content_type=kind or "application/octet-stream")
        response["X-Content-Type-Options"] = "nosniff"
        quoted = name.replace('"', "").replace("\n", " ").replace("\r", " ")
        response["Content-Disposition"] = (
            f'attachment; filename="{quoted.encode("ascii", "replace").decode()}"'
        )
        return self.finish(response)

    def _key(self) -> Any:
        return self.read(Query(select=frozenset({self.entities.key})))[self.entities.key]

    def _entity(self, query: Query) -> HttpResponse:
        row = self.read(query)
        if self.request.headers.get("If-None-Match") == row[ETAG]:
            return HttpResponse(status=304)
        response = shown({"@odata.context": self.context("/$entity"), **row})
        response["ETag"] = row[ETAG]
        return response

    def _collection(self, query: Query) -> HttpResponse | StreamingHttpResponse:
        reading = Reading(self.entities, query, self.asking, self.address.within)
        head: dict[str, Any] = {"@odata.context": self.context("")}
        if query.count:
            head["@odata.count"] = reading.count()
        pieces = reading.pieces()
        first = next(pieces, [])
        if query.size <= PIECE:
            for _rest in pieces:
                pass
            return shown({**head, "value": first, **self._next(reading)})
        return StreamingHttpResponse(self._written(head, first, pieces, reading), content_type=KIND)

    def _written(
        self, head, first: list[Row], pieces: Iterator[list[Row]], reading: Reading
    ) -> Iterator[str]:
        """A long page, piece by piece: memory stays the same however long it is."""
        yield dumps(head)[:-1] + ',"value":['
        comma = ""
        for rows in _chained(first, pieces):
            if rows:
                yield comma + dumps(rows)[1:-1]
                comma = ","
        rest = dumps(self._next(reading))
        yield "]" + ("," + rest[1:-1] if len(rest) > 2 else "") + "}"

    def _next(self, reading: Reading) -> dict[str, str]:
        if not reading.token:
            return {}
        options = self.request.query_params.copy()
        options["$skiptoken"] = reading.token
        options.pop("$skip", None)
        address = self.request.build_absolute_uri(self.request.path)
        return {"@odata.nextLink": f"{address}?{options.urlencode(safe='$,:')}"}


def _chained(first: list[Row], rest: Iterator[list[Row]]) -> Iterator[list[Row]]:
    yield first
    yield from rest
