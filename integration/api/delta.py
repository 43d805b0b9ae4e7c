"""What changed in a set since last time: GET salesOrders/Microsoft.NAV.delta (source: api-v2, 13.13)."""

from collections.abc import Callable, Mapping
from typing import Any

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done, EntitySet, entity_set
from erp.kernel.odata.query import Query
from erp.kernel.odata.reading import Reading, Row
from integration.selectors import Removed, continue_reading, delta, first_token, page_token
from integration.webhooks.resources import FOLLOWED

PAGE = 1000


def offer_delta() -> None:
    """Let every set that is followed record by record be asked for what changed; once the sets are declared."""
    for followed in FOLLOWED.values():
        entities = entity_set(followed.entity)
        if entities is None or followed.is_whole:
            continue
        about = "Without a token all rows; then what changed since the token of @odata.deltaLink was given."
        action = Action(
            "delta",
            run=_delta_of(entities),
            method="GET",
            scope="read",
            on_set=True,
            extension=True,
            locks=False,
            about=about,
        )
        others = [each for each in entities.actions if each.name != action.name]
        entities.actions = (*others, action)


def _delta_of(entities: EntitySet) -> Callable[[Asking, Any, Mapping[str, Any]], Done]:
    def run(asking: Asking, _record: Any, given: Mapping[str, Any]) -> Done:
        token = given.get("token", "")
        return _changed(entities, asking, token) if token else _whole(entities, asking)

    return run


def _whole(entities: EntitySet, asking: Asking) -> Done:
    """Everything, page by page; the token is taken before the first page is read."""
    return _page(entities, asking, first_token(entities.name, at=asking.at), "")


def _page(entities: EntitySet, asking: Asking, start: str, place: str) -> Done:
    reading = Reading(entities, Query(size=PAGE, token=place), asking)
    rows = reading.all()
    if reading.token:
        return _answer(entities, asking, rows, next=page_token(entities.name, start, reading.token))
    return _answer(entities, asking, rows, delta=start)


def _changed(entities: EntitySet, asking: Asking, token: str) -> Done:
    """The rows that changed as they are now, and those that went. One that nobody sees any more counts as gone."""
    begun = continue_reading(entities.name, token)
    if begun is not None:
        return _page(entities, asking, *begun)
    found = delta(entities.name, token, at=asking.at, limit=PAGE)
    ids = [str(id) for id in found.changed]
    rows = []
    if ids:
        rows = Reading(entities, Query(size=len(ids)), asking, among=(entities.key, ids)).all()
    seen = {row[entities.key] for row in rows}
    removed = [*found.removed, *(Removed(id, "deleted") for id in found.changed if str(id) not in seen)]
    value = [*rows, *(_shown(asking, each) for each in removed)]
    if found.is_more:
        return _answer(entities, asking, value, next=found.token)
    return _answer(entities, asking, value, delta=found.token)


def _shown(asking: Asking, removed: Removed) -> Row:
    said = {"reason": removed.reason}
    if removed.replaced_by is not None:
        entity, id = removed.replaced_by
        said["replacedBy"] = f"{entity}({id})"
    return {"id": str(removed.id), "@removed": said}


def _answer(entities: EntitySet, asking: Asking, rows: list[Row], *, next: str = "", delta: str = "") -> Done:
    address = f"{asking.base}/{entities.name}/Microsoft.NAV.delta?token={next or delta}"
    root = asking.base.partition("/companies(")[0]
    body = {"@odata.context": f"{root}/$metadata#{entities.name}/$delta", "value": rows}
    body["@odata.nextLink" if next else "@odata.deltaLink"] = address
    return Done(body=body)
