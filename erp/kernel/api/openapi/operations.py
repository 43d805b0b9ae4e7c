"""What can be done with a set, operation by operation: verbs, counts, contents, ways to others, actions."""

from collections.abc import Iterator
from typing import Any

from erp.kernel.api.door import VERSION
from erp.kernel.api.openapi.parts import RATE, READING, WRITING, refusals, security
from erp.kernel.api.openapi.schemas import Schema, capital, component, creation, ref
from erp.kernel.api.scopes import RESOURCES
from erp.kernel.odata.description import action_summary, summary, words
from erp.kernel.odata.entity import Action, EntitySet, Many, One, entity_set
from erp.kernel.odata.examples import action_example, answer_example, below, example
from erp.kernel.odata.properties import Guid

Operation = dict[str, Any]
Found = Iterator[tuple[str, str, Operation]]  # path, verb, operation
JSON = "application/json"
ANY = "application/octet-stream"
COMMON = ("extensions", "language", "prefer")


class Operations:
    """The operations of one set."""

    def __init__(self, entities: EntitySet, sets: list[EntitySet]):
        self.entities, self.sets = entities, sets
        company = "" if entities.without_company else "/companies({companyId})"
        self.base = f"{VERSION}{company}/{entities.name}"
        self.key = f"{entities.entity}Id"
        is_text = not isinstance(entities.property(entities.key), Guid)
        quoted = f"'{{{self.key}}}'" if is_text else f"{{{self.key}}}"
        self.one = f"{self.base}({quoted})"
        self.is_text = is_text
        self.tag = tag(entities)

    def all(self) -> Found:
        if self.entities.does:
            yield from (self._action(action) for action in self.entities.actions)
            return
        yield from self._collection()
        yield from self._entity()
        for each in self.entities.streams():
            yield from self._stream(self.one, self.entities, each.name, f"{self.entities.entity}")
        for way in self.entities.navigation:
            if entity_set(way.to) in self.sets:
                yield from self._way(way)
        for action in self.entities.actions:
            yield self._action(action)

    # The set --------------------------------------------------------------------------------------------------------
    def _collection(self) -> Found:
        name, entity = self.entities.name, self.entities.entity
        yield self.base, "get", self._operation(
            f"list{capital(name)}", summary(self.entities) or words(name),
            parameters=self._options(self.entities, many=True),
            responses={"200": self._page(self.entities), **refusals(READING)},
        )  # fmt: skip
        counted = {
            "description": "How many there are.",
            "content": {"text/plain": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}},
        }
        yield f"{self.base}/$count", "get", self._operation(
            f"count{capital(name)}", f"How many {words(name).lower()} there are.",
            parameters=[ref(f"{entity}Filter", "parameters")],
            responses={"200": counted, **refusals(READING)},
        )  # fmt: skip
        if "POST" in self.entities.verbs:
            yield self.base, "post", self._creation(self.entities, f"create{capital(entity)}", [])

    def _creation(
        self, entities: EntitySet, id: str, parameters: list[Schema], way: Many | None = None
    ) -> Operation:
        shown = example(entities, "create")
        return self._operation(
            id, f"Make one: {words(entities.entity).lower()}.",
            parameters=[*parameters, *_common("idempotencyKey")],
            body=_body(creation(entities, way.by if way else ""), below(shown, way) if way else shown),
            responses={
                "201": _answer("Made.", component(entities), example(entities, "read"), "ETag", "Location"),
                "204": _empty("Made; with return=minimal.", "Location"),
                **refusals(WRITING),
            },
            scope="write",
        )  # fmt: skip

    # One entity -----------------------------------------------------------------------------------------------------
    def _entity(self) -> Found:
        entities = self.entities
        entity, key = entities.entity, self._key_parameters()
        yield self.one, "get", self._operation(
            f"get{capital(entity)}", f"One {words(entity).lower()}.",
            parameters=[*key, *self._options(entities, many=False)],
            responses={"200": self._shown(entities), **refusals(READING)},
        )  # fmt: skip
        yield from self._changes(self.one, entities, entity, key)

    def _changes(self, path: str, entities: EntitySet, id: str, key: list[Schema]) -> Found:
        """PATCH and DELETE of an entity."""
        if "PATCH" in entities.verbs:
            yield path, "patch", self._operation(
                f"update{capital(id)}", f"Change one: {words(entities.entity).lower()}.",
                parameters=[*key, ref("ifMatch", "parameters"), *_common("idempotencyKey")],
                body=_body(component(entities, "update"), example(entities, "update")),
                responses={
                    "200": self._shown(entities), "204": _empty("Changed; with return=minimal."), **refusals(WRITING),
                },
                scope="write",
            )  # fmt: skip
        if "DELETE" in entities.verbs:
            yield path, "delete", self._operation(
                f"delete{capital(id)}", f"Delete one: {words(entities.entity).lower()}.",
                parameters=[*key, ref("ifMatchOptional", "parameters"), *_common("idempotencyKey")],
                responses={"204": _empty("Deleted."), **refusals(WRITING)},
                scope="write",
            )  # fmt: skip

    def _stream(self, path: str, entities: EntitySet, name: str, id: str) -> Found:
        """The bytes of a property."""
        key = self._key_parameters()
        content = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        yield f"{path}/{name}", "get", self._operation(
            f"get{capital(id)}{capital(name)}", f"The content: {words(name).lower()}.",
            parameters=key,
            responses={"200": {"description": "The bytes.", "content": content}, **refusals(READING)},
        )  # fmt: skip
        if "PATCH" in entities.verbs:
            body = {"required": True, "content": {ANY: {"schema": {"type": "string", "format": "binary"}}}}
            yield f"{path}/{name}", "patch", self._operation(
                f"put{capital(id)}{capital(name)}", f"Replace the content: {words(name).lower()}.",
                parameters=[*key, ref("ifMatch", "parameters"), *_common("idempotencyKey")],
                body=body,
                responses={"204": _empty("Replaced."), **refusals((405, *WRITING))},
                scope="write",
            )  # fmt: skip

    # Ways to other entities -----------------------------------------------------------------------------------------
    def _way(self, way: Any) -> Found:
        theirs, key = entity_set(way.to), self._key_parameters()
        path, id = f"{self.one}/{way.name}", f"{capital(way.name)}Of{capital(self.entities.entity)}"
        answer = self._page(theirs) if way.many else self._shown(theirs)
        yield path, "get", self._operation(
            f"{'list' if way.many else 'get'}{capital(id)}",
            f"{words(way.name)} of one {words(self.entities.entity).lower()}.",
            parameters=[*key, *self._options(theirs, many=way.many)],
            responses={"200": answer, **refusals(READING)},
            scope_of=theirs,
        )  # fmt: skip
        if way.many and "POST" in theirs.verbs:
            operation = self._creation(theirs, f"create{capital(id)}", key, way)
            yield path, "post", operation | {"security": security(f"{theirs.scope}.write")}
        if isinstance(way, One) and way.by:
            yield from self._changes(path, theirs, id, key)
            for each in theirs.streams():
                yield from self._stream(path, theirs, each.name, id)

    # Actions --------------------------------------------------------------------------------------------------------
    def _action(self, action: Action) -> tuple[str, str, Operation]:
        path = f"{self.base if action.on_set else self.one}/Microsoft.NAV.{action.name}"
        path = self.base if action.name == self.entities.does else path
        key = [] if action.on_set else self._key_parameters()
        id = f"{self.entities.entity}{capital(action.name)}"
        shape = component(self.entities, f"{action.name}Answer") if action.answers else ""
        if action.method == "GET":
            given = [_given(each) for each in action.given]
            return path, "get", self._operation(
                id, action_summary(action), parameters=[*key, *given],
                responses={"200": _answer("Done.", shape, answer_example(action)), **refusals(READING)},
                scope=action.scope,
            )  # fmt: skip
        # What v2.0 does not have, answers in the way that suits it; its own actions have no body.
        answers = action.answers or action.extension
        told = {"200": _answer("Done.", shape, answer_example(action), "Location")} if answers else {}
        if action.later:
            told["202"] = _empty(
                "Taken on, with Prefer: respond-async; Location says how it goes.", "Location"
            )
        version = ref("ifMatch" if action.insists else "ifMatchOptional", "parameters")
        match = [] if action.on_set or not action.locks else [version]
        has_body = action.given or action.lists
        body = _body(component(self.entities, action.name), action_example(action)) if has_body else None
        if body is not None:
            body["required"] = any(each.required for each in action.given)
        operation = self._operation(
            id, action_summary(action),
            parameters=[*key, *match, *_common("idempotencyKey")],
            body=body,
            responses=told | {"204": _empty("Done; Location names the result.", "Location"), **refusals(WRITING)},
            scope=action.scope,
        )  # fmt: skip
        return path, "post", operation | ({"x-extension": True} if action.extension else {})

    # Parts of operations --------------------------------------------------------------------------------------------
    def _operation(
        self, id: str, about: str, *, parameters, responses, body=None, scope="read", scope_of=None
    ) -> Operation:
        first, _dot, _rest = about.partition(". ")
        found: Operation = {
            "operationId": id,
            "summary": first.rstrip(".")[:120],
            "description": about,
            "tags": [self.tag],
            "parameters": [*self._company(), *parameters],
            "responses": responses,
            "security": security(f"{(scope_of or self.entities).scope}.{scope}"),
        }
        if body is not None:
            found["requestBody"] = body
        return found | ({"x-extension": True} if self.entities.is_extension else {})

    def _company(self) -> list[Schema]:
        return [] if self.entities.without_company else [ref("companyId", "parameters")]

    def _key_parameters(self) -> list[Schema]:
        if self.key == "companyId":
            return [ref("companyId", "parameters")]
        kind: Schema = (
            {"type": "string", "minLength": 1} if self.is_text else {"type": "string", "format": "uuid"}
        )
        shown = example(self.entities, "read").get(self.entities.key)
        about = f"Identifies the {words(self.entities.entity).lower()}."
        return [
            {
                "name": self.key,
                "in": "path",
                "required": True,
                "description": about,
                "schema": kind,
                "example": shown,
            }
        ]

    def _options(self, entities: EntitySet, *, many: bool) -> list[Schema]:
        """What a reader may ask for besides."""
        names = ["Select"] + (["Expand"] if entities.navigation else [])
        if not many:
            return [ref(f"{entities.entity}{name}", "parameters") for name in names] + _common()
        names += ["Filter", "Orderby"]
        return [
            *(ref(f"{entities.entity}{name}", "parameters") for name in names),
            *(ref(name, "parameters") for name in ("top", "skip", "count")),
            *([ref("search", "parameters")] if entities.found_by else []),
            *_common(),
        ]

    def _page(self, entities: EntitySet) -> Schema:
        shown = {"@odata.context": f"https://host{VERSION}/$metadata#{entities.name}",
                 "value": [example(entities, "read")]}  # fmt: skip
        return _answer("A page of them.", component(entities, "page"), shown)

    def _shown(self, entities: EntitySet) -> Schema:
        return _answer("The entity.", component(entities), example(entities, "read"), "ETag")


def tag(entities: EntitySet) -> str:
    """The theme of a set: the part of the API that its scopes open."""
    return next((str(each.name) for each in RESOURCES if each.stem == entities.scope), entities.scope)


def _common(*more: str) -> list[Schema]:
    return [ref(name, "parameters") for name in (*more, *COMMON)]


def _given(each: Any) -> Schema:
    return {"name": each.name, "in": "query", "description": str(each.about), "schema": {"type": "string"}}


def _body(name: str, shown: Any) -> Schema:
    content = {"schema": ref(name), "examples": {"example": {"value": shown}}}
    return {"required": True, "content": {JSON: content}}


def _answer(about: str, name: str, shown: Any, *headers: str) -> Schema:
    content = {"schema": ref(name) if name else {"type": "object"}, "examples": {"example": {"value": shown}}}
    return {"description": about, "headers": _headers(*headers), "content": {JSON: content}}


def _empty(about: str, *headers: str) -> Schema:
    return {"description": about, "headers": _headers(*headers)}


def _headers(*names: str) -> Schema:
    return {name: ref(name, "headers") for name in names} | RATE | {"X-Warnings": ref("Warnings", "headers")}
