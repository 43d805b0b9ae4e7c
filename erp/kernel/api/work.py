"""What reading and writing have in common: who may, what the way leads through, and how an answer looks."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from erp.kernel.api.address import Address
from erp.kernel.api.auth import need_scope
from erp.kernel.api.json import dumps
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, entity_set
from erp.kernel.odata.errors import bad_url, denied
from erp.kernel.odata.filters import sets_in
from erp.kernel.odata.properties import Guid
from erp.kernel.odata.query import DEFAULT_ROWS, MOST_ROWS, Query, read_query
from erp.kernel.odata.reading import Reading, Row, read_one

KIND = "application/json; odata.metadata=minimal; charset=utf-8"


def check_may(request: Request, entities: EntitySet, verb: str) -> None:
    """The user's permissions and the token's scope."""
    need_scope(request, f"{entities.scope}.{'read' if verb == 'GET' else 'write'}")
    need_permissions(request, entities.needed(verb))


def need_permissions(request: Request, permissions: tuple[str, ...]) -> None:
    lacking = [name for name in permissions if not request.user.has_perm(name)]
    if lacking:
        message = _("{user} has no permission {permission}.")
        raise denied(message.format(user=request.user.get_username(), permission=", ".join(lacking)))


def shown(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(dumps(value), status=status, content_type=KIND)


def location(asking: Asking, name: str, id: Any) -> str:
    """The address of an entity."""
    entities = entity_set(name)
    is_text = not isinstance(entities.property(entities.key), Guid)
    key = str(id).replace("'", "''")
    return f"{asking.base}/{name}('{key}')" if is_text else f"{asking.base}/{name}({key})"


class Work:
    """One request to one set."""

    def __init__(self, request: Request, address: Address, asking: Asking):
        self.request, self.address, self.asking = request, address, asking
        self.entities = address.entities

    def query(self) -> Query:
        size = _page_size(self.request)
        query = read_query(self.entities, self.request.query_params, size=size)
        for entities in _sets_of(query, self.entities):
            check_may(self.request, entities, "GET")
        return query

    def check_parents(self) -> None:
        """What the way leads through exists, and may be seen."""
        for entities, id in self.address.parents:
            check_may(self.request, entities, "GET")
            if read_one(entities, id, Query(select=frozenset()), self.asking) is None:
                raise entities.missing(id)
        way = self.address.through
        if way is not None:  # the entity that a property of its parent names
            parent, id = self.address.parents[-1]
            row = read_one(parent, id, Query(select=frozenset({way.key})), self.asking)
            self.address.id = row[way.key]

    def read(self, query: Query | None = None) -> Row:
        """The entity of the address; raises 404."""
        row = read_one(
            self.entities,
            self.address.id,
            query or Query(),
            self.asking,
            self.address.within,
        ) if self.address.id is not None else self._only(query or Query())  # fmt: skip
        if row is None:
            raise self.entities.missing(self.address.id or "")
        return row

    def _only(self, query: Query) -> Row | None:
        return Reading(self.entities, query, self.asking, self.address.within).one()

    def context(self, end: str) -> str:
        """What an answer holds, as OData names it: #companies(…)/salesOrders/$entity."""
        root, company, key = self.asking.base.partition("/companies(")
        within = f"companies({key}/" if company else ""
        return f"{root}/$metadata#{within}{self.entities.name}{end}"

    def finish(self, response: HttpResponse) -> HttpResponse:
        for name, value in self.asking.headers.items():
            response[name] = value
        if self.asking.warnings:
            response["X-Warnings"] = ",".join(dict.fromkeys(each.code for each in self.asking.warnings))
        return response


def _page_size(request: Request) -> int:
    """Rows on a page, as the caller prefers."""
    for part in request.headers.get("Prefer", "").split(","):
        name, _equals, value = part.strip().partition("=")
        if name.strip().lower() in ("odata.maxpagesize", "maxpagesize"):
            if not value.strip().isdecimal() or len(value) > 12 or not int(value):
                raise bad_url(_("odata.maxpagesize is a whole number from 1."), "Prefer")
            return min(int(value), getattr(request._request, "most_rows", MOST_ROWS))
    return DEFAULT_ROWS


def _sets_of(query: Query, entities: EntitySet) -> Iterator[EntitySet]:
    """The other sets that a query reads: what is expanded, and what a filter looks into."""
    if query.filter is not None:
        yield from sets_in(query.filter, entities)
    for way, inner in query.expand:
        yield entity_set(way.to)
        yield from _sets_of(inner, entity_set(way.to))
