"""What an address means: companies({id})/salesOrders({id})/Microsoft.NAV.… (source: api-v2, section 1)."""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from erp.kernel.odata.entity import Action, EntitySet, Many, One, entity_set
from erp.kernel.odata.errors import ApiError, bad_url, not_found
from erp.kernel.odata.properties import Guid

LONGEST = 4_000  # also within a batch, where no web server keeps it short
_SEGMENT = re.compile(r"(?P<name>[^()]+)(?:\((?P<key>.*)\))?", re.S)
_SLASH = re.compile(r"/(?=(?:[^']*'[^']*')*[^']*$)")  # outside of quotes
_ACTION = re.compile(r"(?:Microsoft\.)?NAV\.(?P<name>\w+)(?:\(\))?", re.I)


@dataclass
class Address:
    """An address taken apart.

    company   the key of the company in it; None where it names none
    entities  the set that is spoken to; None for the service itself
    id        the entity's identifier; None for the whole set
    within    values of properties that the way gave: {"documentId": "…"}
    parents   (set, identifier) of what the way led through, outermost first
    single    the way leads to one entity, though no identifier is named
    """

    company: str | None = None
    entities: EntitySet | None = None
    id: Any = None
    within: dict[str, str] = field(default_factory=dict)
    parents: list[tuple[EntitySet, Any]] = field(default_factory=list)
    through: One | None = None
    single: bool = False
    action: Action | None = None
    stream: str = ""
    special: str = ""  # $metadata, $batch, $count, entityDefinitions

    @property
    def is_one(self) -> bool:
        return self.id is not None or self.single


def read_address(path: str) -> Address:
    """Take a path below /api/v2.0/ apart; raises 404 for what does not exist, 400 for what is no address."""
    if len(path) > LONGEST:
        raise bad_url(_("The address is longer than {limit} characters.").format(limit=LONGEST))
    address = Address()
    segments = [each for each in _SLASH.split(path) if each]
    if _names_company(segments):
        address.company, segments = _company(segments)
    place = 0
    while place < len(segments):
        segment = segments[place]
        if address.special or address.action or address.stream:
            raise bad_url(_("Nothing follows {segment}.").format(segment=segments[place - 1]))
        following = segments[place + 1] if place + 1 < len(segments) else ""
        place += _step(address, segment, following)
    does = address.entities.does if address.entities is not None else ""
    if does and address.action is None and not address.is_one:
        address.action = _action(address, does)
    return address


def _names_company(segments: list[str]) -> bool:
    """Whether an address begins with a company, and something of it follows; companies/$count is about all of them."""
    if len(segments) < 2 or segments[0].partition("(")[0] != "companies":
        return False
    return segments[0] != "companies" or not segments[1].startswith("$")


def _company(segments: list[str]) -> tuple[str, list[str]]:
    """The key in companies({id}) or companies/{id}, and what follows."""
    matched = _SEGMENT.fullmatch(segments[0])
    if matched and matched["key"]:
        return _unquoted(matched["key"]), segments[1:]
    return segments[1], segments[2:]


def _step(address: Address, segment: str, following: str) -> int:
    """Go one segment further; returns how many were used."""
    if segment in ("$metadata", "$batch", "entityDefinitions"):
        if address.entities is not None:
            raise bad_url(_("{segment} is not offered here.").format(segment=segment))
        address.special = segment
        return 1
    if segment == "$count":
        if address.entities is None or address.is_one:
            raise bad_url(_("$count follows a set."))
        address.special = segment
        return 1
    called = _ACTION.fullmatch(segment)
    if called and address.entities is not None:
        address.action = _action(address, called["name"])
        return 1
    matched = _SEGMENT.fullmatch(segment)
    if matched is None:
        raise bad_url(_("{segment} is no part of an address.").format(segment=segment[:100]))
    name, key, used = matched["name"], matched["key"], 1
    if (
        address.entities is not None
        and address.is_one
        and any(each.name == name for each in address.entities.streams())
    ):
        address.stream = name
        return 1
    if address.entities is None:
        _begin(address, name)
    else:
        _follow(address, name)
    if key is None and following and _takes_key(address, following):
        key, used = following, 2
    if key:
        _enter(address, key)
    return used


def _begin(address: Address, name: str) -> None:
    entities = entity_set(name)
    if entities is None:
        raise not_found(_("There is no {name} here.").format(name=name[:100]), "BadRequest_NotFound")
    address.entities = entities


def _follow(address: Address, name: str) -> None:
    """From an entity along one of its ways."""
    before, way = address.entities, address.entities.way(name)
    if not address.is_one or way is None or entity_set(way.to) is None:
        message = _("{entity} has no way {name}.").format(entity=before.entity, name=name[:100])
        raise not_found(message, "BadRequest_NotFound")
    if address.id is None:
        raise bad_url(_("Name the {entity} first.").format(entity=before.entity))
    address.parents.append((before, address.id))
    address.entities = entity_set(way.to)
    if isinstance(way, Many) or way.by:
        address.within = {way.by: str(address.id), **dict(getattr(way, "where", {}))}
    address.through = way if isinstance(way, One) and way.key else None
    address.id, address.single = None, isinstance(way, One)


def _takes_key(address: Address, following: str) -> bool:
    """Whether a segment is the key of the set before it: …/salesOrders/{id}."""
    if address.is_one:
        return False
    key = address.entities.property(address.entities.key)
    if isinstance(key, Guid):
        try:
            UUID(following)
        except ValueError:
            return False
        return True
    return not (following.startswith("$") or _ACTION.fullmatch(following))


def _enter(address: Address, key: str) -> None:
    """Name one entity of the set."""
    entities, text = address.entities, _unquoted(key.partition("=")[2] if re.match(r"\w+=", key) else key)
    each = entities.property(entities.key)
    if isinstance(each, Guid) and not getattr(entities, "named", False):
        try:
            address.id = UUID(text)
        except ValueError:
            raise ApiError(
                400, "Application_InvalidGUID", _('"{key}" is no identifier (GUID).').format(key=text[:60])
            )
    else:
        address.id = text
    address.single = False


def _action(address: Address, name: str) -> Action:
    entities = address.entities
    for action in entities.actions:
        if action.name.lower() == name.lower():
            if action.on_set != (not address.is_one):
                raise bad_url(_("{action} is asked of {what}.").format(
                    action=action.name, what=entities.name if action.on_set else entities.entity))  # fmt: skip
            return action
    raise ApiError(
        400,
        "BadRequest_MethodNotImplemented",
        _("{entity} has no action {name}.").format(entity=entities.entity, name=name[:100]),
    )


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text
