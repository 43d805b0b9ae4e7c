"""Putting tables under the change feed, as migration operations; `erp.kernel.feed` says what the feed is.

    operations = [
        TrackChanges("customers_customer", "customers"),
        TrackChanges("posting_currency", "currencies", number="code"),
        TrackChanges("sales_salesdocument", {"order": "salesOrders", "quote": "salesQuotes"}),
        TrackParts("sales_salesline", "document_id", of=TrackChanges("sales_salesdocument", …)),
        TrackArrivals("posting_register", "generalLedgerEntries"),
    ]

All want a dependency on ("kernel", "0012_lean_writing"). The triggers run once per statement, however many rows it
changes. Each has a function of its own, so that its statement is planned once per connection.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from erp.kernel.fences import _TableTrigger

EVENTS = {
    "INSERT": "NEW TABLE AS became",
    "UPDATE": "OLD TABLE AS was NEW TABLE AS became",
    "DELETE": "OLD TABLE AS was",
}

NOTE_CHANGES = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $feed$
{stamped}BEGIN
    IF coalesce(current_setting('handel.feed', true), '') = '' THEN
        PERFORM kernel_open_feed();
    END IF;
    INSERT INTO kernel_change AS c (entity, key, row_id, number, kind, xid)
    SELECT {values}, pg_current_xact_id()::text::bigint FROM {records} r WHERE {entity} IS NOT NULL
    ON CONFLICT (xid, entity, key, row_id) DO UPDATE SET number = {number}, kind = CASE
        WHEN c.kind = 'created' AND excluded.kind = 'deleted' THEN ''
        WHEN c.kind = 'created' THEN 'created'
        WHEN c.kind = 'deleted' AND excluded.kind <> 'deleted' THEN 'updated'
        ELSE excluded.kind END;
    RETURN NULL;
END $feed$
"""
# A change of nothing but the moment of the last change is none.
CHANGED = (
    "(SELECT n.* FROM became n JOIN was o USING ({pk})"
    " WHERE n IS DISTINCT FROM o AND (NOT stamped OR kernel_differ(n, o)))"
)
STAMPED = """DECLARE
    stamped boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = TG_RELID AND attname = 'modified_at');
"""


@dataclass(frozen=True)
class Followed:
    """How the feed names the records of one table.

    table   the table
    entity  name of the set, or one name for each value of the column `by`; rows of other values are not followed
    key     the column with the identifier; blank where there is none, then the primary key counts
    number  the column that names a record to people; blank where there is none
    pk      the primary key
    twins   tables where a record of the same set and identifier goes on living: going there is no deletion
    """

    table: str
    entity: str | Mapping[str, str]
    key: str = "uuid"
    number: str = "number"
    pk: str = "id"
    by: str = "type"
    twins: tuple[str, ...] = ()


def feeding(table: str, name: str, event: str, arguments: Sequence[str], *, quote_name) -> list[str]:
    """A trigger that notes what a statement did to a table, and its function, as SQL; one name for both.

    arguments  set, identifier, row and number of a record `r`, as SQL; its primary key; then either whether it lives
               on in a twin, as SQL, or 'collection'; for parts of a whole the column that leads to the whole, its
               table, its key. No column but these is named: others may go.
    """
    entity, key, row, number, pk, twin, *whole = arguments
    records, kind = ("was", "'deleted'") if event == "DELETE" else ("became", "'created'")
    if event == "UPDATE":
        kind, records = "'updated'", CHANGED.format(pk=quote_name(pk))
    if whole:
        column, of, of_pk = map(quote_name, whole)
        kind = "'updated'"
        records = f"(SELECT * FROM {of} WHERE {of_pk} IN (SELECT p.{column} FROM {records} p))"
    elif twin == "collection":
        kind, records = "'collection'", f"(SELECT FROM {records} LIMIT 1)"
    elif event != "UPDATE" and twin != "false":
        kind = f"CASE WHEN {twin} THEN 'updated' ELSE {kind} END"
    values = f"{entity}, {key}, {row}, {number}, {kind}"
    said = "c.number" if event == "DELETE" else "excluded.number"  # a twin has another number
    return [
        NOTE_CHANGES.format(
            name=quote_name(name), values=values, records=records, entity=entity, number=said,
            stamped=STAMPED if event == "UPDATE" else "",
        ),
        f"CREATE TRIGGER {quote_name(name)} AFTER {event} ON {quote_name(table)}"
        f" REFERENCING {EVENTS[event]} FOR EACH STATEMENT EXECUTE FUNCTION {quote_name(name)}()",
    ]  # fmt: skip


class _Tracking(_TableTrigger):
    """Three triggers, because the database hands over changed rows to triggers of one event only."""

    suffix = "feed"
    events: Iterable[str] = tuple(EVENTS)

    def statements(self, quote_name, quote_value) -> list[str]:
        arguments = self.arguments(quote_name, quote_value)
        return [
            statement
            for event in self.events
            for statement in feeding(self.table, self._name(event), event, arguments, quote_name=quote_name)
        ]

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if self.allow(schema_editor, app_label):
            for event in self.events:
                schema_editor.execute(
                    f"DROP FUNCTION {schema_editor.quote_name(self._name(event))}() CASCADE"
                )

    def _name(self, event: str) -> str:
        return f"{self.trigger}_{event.lower()}"


class TrackChanges(_Tracking):
    """Writes every record of a table that is made, changed or deleted to the feed; the arguments are `Followed`'s."""

    def __init__(self, table: str, entity: str | Mapping[str, str], **how):
        super().__init__(table)
        self.followed = Followed(table, entity, **how)
        self.how = how

    def arguments(self, quote_name, quote_value) -> list[str]:
        twins = (
            f"EXISTS (SELECT FROM {quote_name(twin)} twin WHERE twin.uuid = r.{quote_name(self.followed.key)})"
            for twin in self.followed.twins
        )
        return [*_columns(self.followed, quote_name, quote_value), " OR ".join(twins) or "false"]

    def deconstruct(self):
        return type(self).__name__, [self.table, self.followed.entity], self.how

    def describe(self) -> str:
        return f"Changes of {self.table} show in the change feed"


class TrackParts(_Tracking):
    """Lets a change of a part (a line) count as an update of its whole (the document).

    whole  the column that leads to the whole
    of     how the whole is followed
    """

    def __init__(self, table: str, whole: str, *, of: TrackChanges, pk: str = "id"):
        super().__init__(table)
        self.whole, self.of, self.pk = whole, of, pk

    def arguments(self, quote_name, quote_value) -> list[str]:
        whole = self.of.followed
        entity, key, row, number, whole_pk = _columns(whole, quote_name, quote_value)
        return [entity, key, row, number, self.pk, "false", self.whole, whole.table, whole_pk]

    def deconstruct(self):
        return type(self).__name__, [self.table, self.whole], {"of": self.of, "pk": self.pk}

    def describe(self) -> str:
        return f"Changes of {self.table} show in the change feed as updates of {self.of.table}"


class TrackArrivals(_Tracking):
    """Says that records of a set came, not which: one row of the feed for all that a transaction brought."""

    events = ("INSERT",)

    def __init__(self, table: str, entity: str):
        super().__init__(table)
        self.entity = entity

    def arguments(self, quote_name, quote_value) -> list[str]:
        return [quote_value(self.entity), "NULL::uuid", "NULL::bigint", "''", "", "collection"]

    def deconstruct(self):
        return type(self).__name__, [self.table, self.entity], {}

    def describe(self) -> str:
        return f"Rows of {self.table} show in the change feed as arrivals in {self.entity}"


def _columns(followed: Followed, quote_name, quote_value) -> list[str]:
    """The set, the identifier, the row and the number of a record `r`, as SQL; then the name of its primary key."""
    entity = followed.entity
    if isinstance(entity, str):
        entity_sql = quote_value(entity)
    else:
        choices = " ".join(
            f"WHEN {quote_value(type)} THEN {quote_value(name)}" for type, name in entity.items()
        )
        entity_sql = f"CASE r.{quote_name(followed.by)} {choices} END"
    return [
        entity_sql,
        f"r.{quote_name(followed.key)}" if followed.key else "NULL::uuid",
        "NULL::bigint" if followed.key else f"r.{quote_name(followed.pk)}",
        f"r.{quote_name(followed.number)}" if followed.number else "''",
        followed.pk,
    ]
