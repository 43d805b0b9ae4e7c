"""What an entity set of the API is: its properties, where its rows come from, and what may be done with them.

    class PaymentTermsSet(EntitySet):
        name, entity, model = "paymentTerms", "paymentTerm", PaymentTerms
        verbs = ALL
        properties = (
            Guid("id", "uuid", read_only=True),
            Code("code", "code", length=10, required=True, sortable=True),
            Text("displayName", "description", length=100),
            Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
        )

    register(PaymentTermsSet)

One declaration makes the addresses, $metadata, the reference, the permissions and the contract test.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import BigIntegerField, Expression, Model, Q, QuerySet
from django.utils.translation import gettext as _

from erp.kernel.errors import raise_problems
from erp.kernel.models.ledger import LedgerModel
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.errors import ApiError, not_found
from erp.kernel.odata.properties import Place, Property, Stream

READ = frozenset({"GET"})
ALL = frozenset({"GET", "POST", "PATCH", "DELETE"})
RIGHTS = {"GET": "view", "POST": "add", "PATCH": "change", "DELETE": "delete"}


class RowVersion(Expression):
    """The transaction that wrote a row last: whoever changes the row changes it."""

    output_field = BigIntegerField()

    def as_sql(self, compiler, connection):
        alias = compiler.quote_name_unless_alias(compiler.query.get_initial_alias())
        return f"({alias}.xmin)::text::bigint", []


@dataclass(frozen=True)
class Source:
    """Rows of one table behind a set.

    rows   unordered
    at     where properties live in this table, if not where the set says
    etag   expressions that change whenever the entity does
    kinds  properties that are filtered by in another way in this table (an identifier that is made)
    """

    rows: QuerySet
    at: Mapping[str, Place] = field(default_factory=dict)
    etag: Sequence[Any] = (RowVersion(),)
    kinds: Mapping[str, Property] = field(default_factory=dict)


@dataclass(frozen=True)
class One:
    """A way to a single entity: the one that a property names (`key`), or the one that names this entity (`by`).

    path  the same way in the ORM, where $filter may take it ("customer/displayName eq …")
    """

    name: str
    to: str
    key: str = ""
    by: str = ""
    path: str = ""
    many: ClassVar[bool] = False


@dataclass(frozen=True)
class Many:
    """A way to the entities that name this one in their property `by`.

    inside  (column of theirs, column of ours), where $filter may ask any() and all()
    given   what routines call them in a deep insert; blank: they cannot be given with their parent
    where   further conditions: values of properties
    """

    name: str
    to: str
    by: str
    inside: tuple[str, str] | None = None
    given: str = ""
    where: Mapping[str, str] = field(default_factory=dict, hash=False)
    many: ClassVar[bool] = True


@dataclass(frozen=True)
class Done:
    """What an action led to.

    location  set and identifier of the result, as ("salesInvoices", id); the answer's Location
    body      for actions that v2.0 does not have: what they answer, with 200
    """

    location: tuple[str, UUID | str] | None = None
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True)
class Action:
    """Something done with one entity: POST …({id})/Microsoft.NAV.{name}.

    run          (asking, record, given) → Done; called inside a transaction, the record locked
    permissions  all of them are needed
    given        what the body may say
    lists        parts of the body that are lists of objects: name → their properties
    scope        what a token must allow, after the set's stem: post, write or read
    extension    v2.0 does not have it
    on_set       it is about the set, not about one entity: …/salesOrders/Microsoft.NAV.{name}; record is None
    method       GET for what only reads
    answers      the properties of its body, for the reference
    locks        False: it reads only, or commits by itself
    insists      the caller must say with If-Match which version it decides about
    later        what is run instead where the caller prefers respond-async
    """

    name: str
    run: Callable[[Asking, Any, Mapping[str, Any]], Done]
    permissions: tuple[str, ...] = ()
    given: tuple[Property, ...] = ()
    lists: Mapping[str, tuple[Property, ...]] = field(default_factory=dict)
    scope: str = "post"
    extension: bool = False
    on_set: bool = False
    method: str = "POST"
    answers: tuple[Property, ...] = ()
    locks: bool = True
    insists: bool = False
    later: Callable[[Asking, Any, Mapping[str, Any]], Done] | None = None
    about: str = ""


class EntitySet:
    """One set of the API. Subclasses declare; instances live in the registry, one each."""

    name: ClassVar[str]
    entity: ClassVar[str]
    model: ClassVar[type[Model] | None] = None
    verbs: ClassVar[frozenset[str]] = READ
    properties: ClassVar[tuple[Property, ...]] = ()
    navigation: ClassVar[tuple[One | Many, ...]] = ()
    actions: ClassVar[tuple[Action, ...]] = ()
    scope: ClassVar[str] = "setup"  # stem of the scopes that tokens need: setup.read, setup.write, setup.post
    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # by verb; else those of the model
    key: ClassVar[str] = "id"
    unique: ClassVar[tuple[str, ...]] = ("id",)  # properties that put the rows in order, together once only
    needs: ClassVar[
        tuple[str, ...]
    ] = ()  # one of them must be filtered by, where the address names no parent
    steers: ClassVar[frozenset[str]] = frozenset()  # properties that $filter sets instead of comparing
    found_by: ClassVar[tuple[str, ...]] = ()  # columns in which $search looks for words; with a words_index
    is_extension: ClassVar[bool] = False  # v2.0 does not have it
    without_company: ClassVar[bool] = False  # its address does not name a company
    does: ClassVar[str] = ""  # it has no rows: POST to its address is this action of it
    about: ClassVar[str] = ""

    # Reading ------------------------------------------------------------------------------------------------------
    def rows(self, asking: Asking) -> QuerySet:
        """The rows of a set that has one table."""
        return self.model._default_manager.order_by()

    def sources(self, asking: Asking) -> Sequence[Source]:
        """Where the rows come from: one table, or several that show as one."""
        return [Source(self.rows(asking))]

    def listed(self, asking: Asking, source: Source, asked: Collection[str]) -> Source:
        """What a plain list shows of a source; `asked` are the properties that $filter names. By id all is found."""
        return source

    def restrict(self, asking: Asking, filtered: Mapping[str, Any]) -> None:
        """Told what $filter asks of properties that steer and do not select (`agedAsOfDate`); see `steers`."""
        asking.told[self.name] = filtered

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Fill in what no column keeps, for a page of rows at once."""

    def find(self, asking: Asking, id: Any, *, lock: bool = False) -> Any:
        """The record behind an identifier, for routines; raises 404."""
        for source in self.sources(asking):
            condition = self.where_key(asking, source, id)
            rows = source.rows.filter(condition)
            if lock and not issubclass(
                rows.model, LedgerModel
            ):  # what was posted changes no more: nothing to lock
                rows = rows.select_for_update(of=("self",))
            record = rows.first()
            if record is not None:
                return record
        raise self.missing(id)

    def where_key(self, asking: Asking, source: Source, id: Any) -> Q:
        """The condition that a row of a source has this identifier."""
        from erp.kernel.odata.filters import equals

        return equals(self.property(self.key), source, id, asking)

    def missing(self, id: Any) -> ApiError:
        """What to raise for an identifier that nothing has."""
        message = _("The {entity} {id} does not exist; it may have been posted or deleted.")
        return not_found(message.format(entity=self.entity, id=id), "Internal_RecordNotFound")

    # Writing: `given` has what routines call it, converted and checked for its kind -------------------------------
    def create(self, asking: Asking, given: dict[str, Any]) -> Any:
        """Make one; returns its identifier (a UUID, or the key's text)."""
        from erp.kernel.odata.writing import create_row

        return create_row(self, given)

    def change(self, asking: Asking, record: Any, given: dict[str, Any]) -> None:
        """Change one that is locked."""
        from erp.kernel.odata.writing import change_row

        change_row(self, record, given)

    def remove(self, asking: Asking, record: Any) -> None:
        """Delete one that is locked."""
        from erp.kernel.odata.writing import remove_row

        remove_row(self, record)

    def stream(self, asking: Asking, record: Any, name: str) -> tuple[bytes, str, str]:
        """Bytes of a stream property, their content type and a file name."""
        raise not_found(_("{entity} has no content.").format(entity=self.entity))

    def put_stream(self, asking: Asking, record: Any, name: str, data: bytes, content_type: str) -> None:
        """Replace the bytes of a stream property."""
        raise ApiError(405, "BadRequest_MethodNotAllowed", _("The content cannot be changed."))

    # What the declaration says --------------------------------------------------------------------------------------
    @classmethod
    def property(cls, name: str) -> Property | None:
        return cls.by_name().get(name)

    @classmethod
    def by_name(cls) -> Mapping[str, Property]:
        if "_by_name" not in cls.__dict__:
            cls._by_name = {each.name: each for each in cls.properties}
        return cls._by_name

    @classmethod
    def way(cls, name: str) -> One | Many | None:
        return next((each for each in cls.navigation if each.name == name), None)

    @classmethod
    def streams(cls) -> Iterable[Property]:
        return (each for each in cls.properties if isinstance(each, Stream))

    @classmethod
    def needed(cls, verb: str) -> tuple[str, ...]:
        """The permissions that a verb needs."""
        if verb in cls.permissions:
            return cls.permissions[verb]
        if cls.model is None:
            return cls.permissions.get("GET", ())
        meta = cls.model._meta
        return (f"{meta.app_label}.{RIGHTS[verb]}_{meta.model_name}",)


_sets: dict[str, EntitySet] = {}


def register(*sets: type[EntitySet]) -> None:
    """Put sets under their addresses; once each."""
    for each in sets:
        known = _sets.get(each.name)
        if known is not None and type(known) is not each:
            raise ValueError(f"two entity sets are called {each.name}")
        _sets[each.name] = each()


def entity_set(name: str) -> EntitySet | None:
    """The set of a name, or None."""
    return _sets.get(name)


def entity_sets() -> list[EntitySet]:
    """All sets, by name."""
    return [_sets[name] for name in sorted(_sets)]


__all__ = [
    "ALL", "READ", "Action", "Asking", "Done", "EntitySet", "Many", "One", "RowVersion", "Source", "entity_set",
    "entity_sets", "raise_problems", "register",
]  # fmt: skip
