"""What changed lately, in order: for whoever missed a notice, or wants none (source: api-v2, 12.13)."""

from functools import cache

from django.db.models import Case, CharField, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Concat

from erp.kernel.api.scopes import allows
from erp.kernel.feed import Change
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, entity_set
from erp.kernel.odata.properties import Choice, Guid, Int, Moment, Text
from erp.kernel.odata.rowid import MadeId
from integration.selectors import events_after
from integration.webhooks.resources import API, FOLLOWED


@cache
def _record() -> Case:
    """The identifier of the changed record, where the record has none of its own made of its row."""
    labels = {each.label for each in FOLLOWED.values() if each.label}
    made = [
        When(
            Q(entity__in=[name for name, each in FOLLOWED.items() if each.label == label]),
            then=MadeId(F("row_id"), label=label),
        )
        for label in sorted(labels)
    ]
    return Case(*made, default=F("key"))


def _resource(asking: Asking) -> Case:
    """The record as notices name it; the whole set where no record is named."""
    company = asking.base.rpartition("/")[2]
    whole = Concat(Value(f"{API}/{company}/"), F("entity"), output_field=TextField())
    one = Concat(whole, Value("("), Cast(_record(), CharField()), Value(")"), output_field=TextField())
    return Case(When(key=None, row_id=None, then=whole), default=one, output_field=TextField())


class Events(EntitySet):
    """Changes of the last seven days, also deletions, in the sets that the caller may read.

    Read on with $filter=sequence gt n and $orderby=sequence. Numbers rise and have gaps; what has a lower number than
    one that was read never comes later.
    """

    name, entity, model = "events", "event", Change
    is_extension = True
    scope = "webhooks"
    permissions = {"GET": ()}
    unique = ("sequence",)
    properties = (
        Guid("id", key="pk", of=Change, read_only=True),
        Int("sequence", "id", read_only=True, sortable=True),
        Text("entity", "entity", read_only=True),
        Guid("entityId", lambda _asking: _record(), read_only=True, nullable=True),
        Text("number", "number", read_only=True),
        Choice(
            "changeType",
            "kind",
            values={kind: kind for kind in ("created", "updated", "deleted", "collection")},
            read_only=True,
        ),
        Text("resource", _resource, read_only=True),
        Moment("lastModifiedDateTime", "at", read_only=True),
    )

    def rows(self, asking: Asking):
        rows = events_after(0, asking.user)
        if asking.scopes is None:
            return rows
        return rows.filter(entity__in=[name for name in FOLLOWED if _is_allowed(name, asking)])


def _is_allowed(name: str, asking: Asking) -> bool:
    entities = entity_set(name)
    return entities is not None and allows(asking.scopes, f"{entities.scope}.read")
