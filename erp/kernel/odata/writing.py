"""What is sent, as routines take it; and rows of small set-up tables, which need no routine of their own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import has_uuid
from erp.kernel.odata.entity import EntitySet, Many, entity_set
from erp.kernel.odata.errors import ApiError, bad_request, invalid, missing
from erp.kernel.odata.properties import Guid, Property
from erp.kernel.odata.rowid import pk_of, row_id


def read_body(
    entities: EntitySet,
    body: Any,
    *,
    creating: bool,
    shown: Mapping[str, Any] | None = None,
    target: str = "",
) -> dict[str, Any]:
    """A body's properties by what routines call them; deep ones as lists of the same.

    shown    the entity as the caller can read it: read-only properties that say the same are let through
    raises   ApiError 400 that names the property: unknown, read-only, of another kind, too long, contradictory
    """
    return read_bodies(entities, [body], creating=creating, shown=shown, targets=[target])[0]


def read_bodies(
    entities: EntitySet,
    bodies: Sequence[Any],
    *,
    creating: bool,
    shown: Mapping[str, Any] | None = None,
    targets: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Several bodies at once: what they name is looked up together, one query for each kind of name."""
    targets = targets or [""] * len(bodies)
    typed = [
        _typed(entities, body, creating=creating, shown=shown, target=target)
        for body, target in zip(bodies, targets, strict=True)
    ]
    found = _look_up(entities, [values for values, _deep in typed])
    given = []
    for (values, deep), target in zip(typed, targets, strict=True):
        try:
            one = _agreed(values, found)
        except ApiError as error:
            raise _within(error, target)
        for way, parts in deep.items():
            prefix = f"{target}.{way.name}" if target else way.name
            names = [f"{prefix}[{place}]" for place in range(len(parts))]
            one[way.given] = read_bodies(entity_set(way.to), parts, creating=True, targets=names)
        given.append(one)
    return given


def read_values(
    properties: Iterable[Property], body: Mapping[str, Any], lists: Mapping[str, tuple[Property, ...]]
) -> dict[str, Any]:
    """The body of an action, by the names of its properties."""
    if not isinstance(body, Mapping):
        raise bad_request(_("The body must be a JSON object."))
    known = {each.name: each for each in properties}
    given: dict[str, Any] = {}
    for name, value in body.items():
        if name in known:
            given[known[name].inside] = _named(known[name], value) if value is not None else None
        elif name in lists:
            if not isinstance(value, list):
                raise bad_request(_("{property} must be a list.").format(property=name), name)
            given[name] = [read_values(lists[name], each, {}) for each in value]
        elif not name.startswith("@"):
            raise _unknown(name, [*known, *lists])
    return given


def _named(each: Property, value: Any) -> Any:
    """A value of an action's body: what it says, or the row that it names."""
    inside = each.read(value)
    if each.of is None or inside in (None, ""):
        return inside
    rows = _rows_named(each, {inside})
    return _meant(each, inside, {(each.name, name): row for name, row in rows.items()})


def _typed(
    entities: EntitySet, body: Any, *, creating: bool, shown: Mapping[str, Any] | None, target: str
) -> tuple[list[tuple[Property, Any]], dict[Many, list]]:
    if not isinstance(body, Mapping):
        raise bad_request(_("The body must be a JSON object."), target)
    values: list[tuple[Property, Any]] = []
    deep: dict[Many, list] = {}
    for name, value in body.items():
        each, way = entities.property(name), entities.way(name)
        if "@" in name or (creating and value is None and (each or way)):  # what is new is said, or follows
            continue
        if each is not None and each.read_only:
            if shown is not None and name in shown and _same(shown[name], value):
                continue
            message = _("The property {property} is read-only; leave it out.").format(property=name)
            raise _within(bad_request(message, name), target)
        if each is not None:
            try:
                inside = each.read(value)
                if each.absent:
                    _check_absent(each, inside)
                else:
                    values.append((each, inside))
            except ApiError as error:
                raise _within(error, target)
        elif isinstance(way, Many) and way.given and creating:
            if not isinstance(value, list):
                message = _("{property} must be a list.").format(property=name)
                raise _within(bad_request(message, name), target)
            deep[way] = value
        elif way is not None:
            message = _(
                "{property} can't be changed with its parent; change it at its own address, or use $batch."
            )
            raise _within(bad_request(message.format(property=name), name), target)
        else:
            raise _within(_unknown(name, entities.by_name()), target)
    if creating:
        _check_required(entities, values, target)
    return values, deep


def _check_absent(each: Property, value: Any) -> None:
    """What Handel has not can be said to be blank; anything else would be forgotten, so it is refused."""
    if value:
        raise invalid(
            _("{property} must be blank: there is no such thing here.").format(property=each.name), each.name
        )


def _check_required(entities: EntitySet, values: Iterable[tuple[Property, Any]], target: str) -> None:
    given = {each.inside for each, value in values if value not in (None, "")}
    for each in entities.properties:
        if each.required and each.inside not in given:
            message = _("{property} must be given.").format(property=each.name)
            raise _within(missing(message, each.name), target)


def _same(shown: Any, value: Any) -> bool:
    return shown == value or (shown == "" and value is None) or str(shown) == str(value)


def _unknown(name: str, known: Iterable[str]) -> ApiError:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1)
    message = _("The property {property} does not exist.").format(property=name)
    if near:
        message += " " + _("Did you mean {property}?").format(property=near[0])
    return bad_request(message, name)


def _within(error: ApiError, target: str) -> ApiError:
    if target:
        error.target = f"{target}.{error.target}" if error.target else target
    return error


def _look_up(
    entities: EntitySet, given: Iterable[list[tuple[Property, Any]]]
) -> dict[tuple[str, Any], Model]:
    """The rows that properties name: by property and value."""
    wanted: dict[str, set[Any]] = {}
    for values in given:
        for each, value in values:
            if each.of is not None and not each.is_key and value not in (None, ""):
                wanted.setdefault(each.name, set()).add(value)
    found: dict[tuple[str, Any], Model] = {}
    for name, names in wanted.items():
        each = entities.property(name)
        found |= {(name, value): row for value, row in _rows_named(each, names).items()}
    return found


def _rows_named(each: Property, names: set[Any]) -> dict[Any, Model]:
    model = each.of
    if isinstance(each, Guid) and not has_uuid(model):
        label = model._meta.label_lower
        keys = {id: pk_of(label, id) for id in names}
        rows = model._default_manager.in_bulk([pk for pk in keys.values() if pk is not None])
        return {id: rows[pk] for id, pk in keys.items() if pk in rows}
    column = "uuid" if isinstance(each, Guid) else (each.by or "code")
    return {getattr(row, column): row for row in model._default_manager.filter(**{f"{column}__in": names})}


def _agreed(values: Iterable[tuple[Property, Any]], found: Mapping[tuple[str, Any], Model]) -> dict[str, Any]:
    """One value for each inside name; two properties that name the same thing must agree."""
    given: dict[str, Any] = {}
    said: dict[str, str] = {}
    for each, value in values:
        value = _meant(each, value, found)
        if each.inside in given and given[each.inside] != value:
            message = _("{property} and {other} values do not match.").format(
                property=said[each.inside], other=each.name
            )
            raise bad_request(message, each.name)
        given[each.inside], said[each.inside] = value, each.name
    return given


def _meant(each: Property, value: Any, found: Mapping[tuple[str, Any], Model]) -> Any:
    """What a property names: a row, or the code of one; None or blank for nothing."""
    if each.of is None or each.is_key:
        return value
    if value in (None, ""):
        return "" if each.gives else None
    row = found.get((each.name, value))
    if row is None:
        message = _('{property} "{value}" does not exist in {table}.').format(
            property=each.name, value=value, table=each.of._meta.verbose_name_plural
        )
        raise invalid(message, each.name, "Internal_InvalidTableRelation")
    return getattr(row, each.gives) if each.gives else row


def give_id(entities: EntitySet, id: UUID, wanted: UUID) -> UUID:
    """Let a new row have the identifier that its maker chose; refuses one that is taken, or that rows don't keep."""
    if entities.model is None or not has_uuid(entities.model):
        raise bad_request(_("The id of {set} can't be chosen.").format(set=entities.name), "id")
    try:
        with transaction.atomic():
            entities.model._default_manager.filter(uuid=id).update(uuid=wanted)
    except IntegrityError:
        message = _("The id {id} is taken.").format(id=wanted)
        raise invalid(message, "id", "Internal_EntityWithSameKeyExists")
    return wanted


def keep(entities: EntitySet, row: Model, given: dict[str, Any], *names: str) -> None:
    """Take out what cannot be changed; raises `ApiError` 400 where it is said to be otherwise than it is."""
    for name in names:
        if name in given and given.pop(name) != getattr(row, name):
            outside = next((each.name for each in entities.properties if each.inside == name), name)
            message = _("{property} can't be changed; make another {entity}.")
            raise invalid(message.format(property=outside, entity=entities.entity), outside)


# Rows without a routine of their own ------------------------------------------------------------------------------


def create_row(entities: EntitySet, given: Mapping[str, Any]) -> UUID:
    """Insert a row of a set-up table; returns its identifier."""
    row = entities.model(**given)
    _save(entities, row)
    return row.uuid if has_uuid(entities.model) else row_id(entities.model._meta.label_lower, row.pk)


def change_row(entities: EntitySet, row: Model, given: Mapping[str, Any]) -> None:
    """Change some columns of a row of a set-up table."""
    for name, value in given.items():
        setattr(row, name, value)
    _save(entities, row, only=list(given))


def remove_row(entities: EntitySet, row: Model) -> None:
    """Delete a row of a set-up table, unless something still names it."""
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError):
        message = _("{row} cannot be deleted: it is used.").format(row=row)
        raise invalid(message, code="Application_DialogException")


def _save(entities: EntitySet, row: Model, only: list[str] | None = None) -> None:
    try:
        row.full_clean(exclude=["id", "uuid", "modified_at"])
    except ValidationError as error:
        raise _refused(entities, error)
    try:
        with transaction.atomic():
            if only is None:
                row.save(force_insert=True)
            elif only:
                row.save(update_fields=only)
    except IntegrityError:
        raise invalid(_("This {entity} exists already.").format(entity=entities.entity), "",
                      "Internal_EntityWithSameKeyExists")  # fmt: skip


def _refused(entities: EntitySet, error: ValidationError) -> ApiError:
    names = {each.inside: each.name for each in entities.properties}
    for column, errors in error.error_dict.items():
        first = errors[0]
        twice = first.code in ("unique", "unique_together")
        code = "Internal_EntityWithSameKeyExists" if twice else "Application_FieldValidationException"
        return invalid(" ".join(first.messages), names.get(column, ""), code)
    return invalid(str(error))
