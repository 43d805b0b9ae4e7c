"""What others have not heard yet: events in order, and what changed in a set since a token was given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.feed import KEEP, Change, changes_after, safe_sequence
from erp.kernel.models import User
from integration.webhooks.resources import FOLLOWED, Followed, readable_by
from sales.models import SalesCreditMemo, SalesDocument, SalesInvoice

_signer = signing.Signer(salt="handel.delta")
Type, Kind = SalesDocument.Type, Change.Kind


class BadToken(ErpError):
    """A token that we never gave, or gave for another set."""

    code, status = "E-DELTA-TOKEN", 400
    template = _("The token is not one of {set}: begin again without it.")


class TokenTooOld(ErpError):
    """A token from before what the feed still knows."""

    code, status = "E-DELTA-OLD", 410
    template = _("The token is older than {days} days: read {set} as a whole again, without it.")


@dataclass(frozen=True)
class Removed:
    """A record that a set has no more.

    reason       deleted, posted or converted
    replaced_by  set and identifier of what became of it; None where nothing did
    """

    id: UUID
    reason: str
    replaced_by: tuple[str, UUID] | None = None


@dataclass(frozen=True)
class Delta:
    """What changed in a set: identifiers of records that were made or changed, and those that went.

    token    for the next question
    is_more  there is more already: ask again at once
    """

    changed: Sequence[UUID]
    removed: Sequence[Removed]
    token: str
    is_more: bool


def events_after(sequence: int, user: User) -> QuerySet[Change]:
    """The changes of all sets that a user may read, behind a number; as far as the feed is complete. Unordered."""
    changes = Change.objects.filter(id__gt=sequence, id__lte=safe_sequence(), entity__in=readable_by(user))
    return changes.exclude(kind=Kind.NOTHING).order_by()


def first_token(entity: str, *, at: datetime) -> str:
    """The token to ask with later; to be taken before the set is read as a whole, so that nothing falls between."""
    return _token(entity, safe_sequence(), at)


def page_token(entity: str, start: str, place: str) -> str:
    """The token for the next page of a set that is being read as a whole.

    start  the token that `first_token` gave
    place  where the page begins, as the reading said
    """
    return _signer.sign_object([entity, start, place], compress=True)


def continue_reading(entity: str, token: str) -> tuple[str, str] | None:
    """What `page_token` was given; None for a token that asks for changes. Raises BadToken."""
    _named, start, place = _read(entity, token)
    return (start, place) if isinstance(start, str) else None


def delta(entity: str, token: str, *, at: datetime, limit: int = 1000) -> Delta:
    """What changed in a set since a token was given, each record once, by its last state.

    limit   how many changes are looked at; records may be fewer
    raises  BadToken, TokenTooOld
    """
    sequence = _sequence_of(entity, token, at=at)
    followed = FOLLOWED[entity]
    until = safe_sequence()
    changes = changes_after(sequence, [entity], limit + 1, until=until)
    changes, is_more = changes[:limit], len(changes) > limit
    last = {followed.id_of(change): change for change in changes}
    last.pop(None, None)
    gone = {id: change for id, change in last.items() if change.kind == Kind.DELETED}
    return Delta(
        changed=[id for id in last if id not in gone],
        removed=_removed(followed, gone),
        # Of what is still to come, the feed keeps the oldest as long as the change before it.
        token=_token(entity, changes[-1].id, changes[-1].at) if is_more else _token(entity, until, at),
        is_more=is_more,
    )


def _token(entity: str, sequence: int, at: datetime) -> str:
    return _signer.sign_object([entity, sequence, int(at.timestamp())])


def _sequence_of(entity: str, token: str, *, at: datetime) -> int:
    _named, sequence, given = _read(entity, token)
    if datetime.fromtimestamp(given, UTC) < at - KEEP:
        raise TokenTooOld(set=entity, days=KEEP.days)
    return sequence


def _read(entity: str, token: str) -> list:
    """The three parts of a token: its set first."""
    try:
        parts = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadToken(set=entity)
    if parts[0] != entity:
        raise BadToken(set=entity)
    return parts


def _removed(followed: Followed, gone: Mapping[UUID, Change]) -> list[Removed]:
    """What became of records that are gone: an order was posted, a quote became an order."""
    became: dict[str, tuple[str, tuple[str, UUID]]] = {}
    if followed.entity == "salesQuotes":
        became = _converted(gone.values())
    elif followed.entity == "salesOrders":
        became = _posted(SalesInvoice, "salesInvoices", gone.values())
    elif followed.entity == "salesReturnOrders":
        became = _posted(SalesCreditMemo, "salesCreditMemos", gone.values())
    removed = []
    for id, change in gone.items():
        reason, replaced_by = became.get(change.number, ("deleted", None))
        removed.append(Removed(id, reason, replaced_by))
    return removed


def _posted(model, entity: str, gone: Iterable[Change]) -> dict[str, tuple[str, tuple[str, UUID]]]:
    """By the number of an order: the last paper that billed it. An order goes when all of it is billed."""
    papers = model.objects.filter(order_no__in=[change.number for change in gone if change.number])
    papers = papers.order_by("id").values_list("order_no", "uuid")
    return {number: ("posted", (entity, uuid)) for number, uuid in papers}


def _converted(gone: Iterable[Change]) -> dict[str, tuple[str, tuple[str, UUID]]]:
    """By the number of a quote: the order or the invoice that it became, made in the transaction that removed it."""
    gone = list(gone)
    made = Change.objects.filter(
        xid__in=[change.xid for change in gone],
        entity__in=("salesOrders", "salesInvoices"),
        kind=Kind.CREATED,
    )
    made_in = {}
    for xid, entity, key in made.values_list("xid", "entity", "key"):
        made_in.setdefault(xid, []).append((entity, key))
    keys = [key for each in made_in.values() for _entity, key in each]
    quote_of = dict(SalesDocument.objects.filter(uuid__in=keys).values_list("uuid", "quote_no"))
    quote_of |= dict(SalesInvoice.objects.filter(uuid__in=keys).values_list("uuid", "quote_no"))
    became = {}
    for change in gone:
        candidates = made_in.get(change.xid, [])
        named = [each for each in candidates if quote_of.get(each[1]) == change.number]
        # An order that is gone meanwhile tells no more what it came from; alone in its transaction it can be no other.
        alone = candidates if len(candidates) == 1 and candidates[0][1] not in quote_of else []
        for target in [*named, *alone][:1]:
            became[change.number] = ("converted", target)
    return became
