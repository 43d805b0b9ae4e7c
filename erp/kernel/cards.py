"""What the cards of masters share: the months of a year, and who changed what."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.kernel.models import ChangeLogEntry

CHANGES = 20
LONGEST = 60
YES, NO = ("true", "t"), ("false", "f")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that somebody changed, in words; with `field` blank the record itself was made."""

    at: datetime
    by: str
    field: str
    before: str
    after: str


def months_in_words() -> list[str]:
    """Jan to Dec, as the active language shortens them."""
    return [date_format(date(2001, month, 1), "M").capitalize() for month in range(1, 13)]


def changes_of(
    record: Model, *, labels: Callable[[str], str], hidden: Collection[str] = ()
) -> Sequence[Change]:
    """The latest changes of a record by its change log, the newest first; a query for each table it refers to.

    labels  what a field is called; a FieldDoesNotExist leaves the change out
    hidden  columns whose changes are nobody's business here
    """
    model = type(record)
    rows = ChangeLogEntry.objects.filter(table=model._meta.db_table, record_id=record.pk)
    rows = rows.exclude(field__in=[*hidden, "modified_at"]).select_related("user")[:CHANGES]
    found = []
    for row in rows:
        by = row.user.username if row.user else ""
        if not row.field:
            found.append(Change(row.at, by, "", "", ""))
            continue
        try:
            field = _field(model, row.field)
            found.append(
                Change(row.at, by, labels(field.name), _words(field, row.before), _words(field, row.after))
            )
        except FieldDoesNotExist:
            continue
    return found


def _field(model: type[Model], column: str):
    for field in model._meta.concrete_fields:
        if column in (field.column, field.name):
            return field
    raise FieldDoesNotExist(column)


def _words(field, text: str | None) -> str:
    """A stored value as people read it."""
    if text in (None, ""):
        return "–"
    if isinstance(field, ForeignKey):
        return str(field.related_model._base_manager.filter(pk=text).first() or text)
    if field.choices:
        return str(dict(field.flatchoices).get(text, text))
    if text in YES + NO and field.get_internal_type() == "BooleanField":
        return _("Yes") if text in YES else _("No")
    return text[:LONGEST]
