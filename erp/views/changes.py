"""The change log for people: who changed which field of what, from what to what."""

from functools import cache

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from erp.kernel.listing import Column, Facts, Kind, Listing, View
from erp.kernel.models import ChangeLogEntry
from erp.kernel.views import may
from erp.kernel.views.listing import show_list

Action = ChangeLogEntry.Action


@may("kernel.view_changelogentry")
def change_log(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, CHANGES)


@cache
def _models() -> dict:
    return {model._meta.db_table: model for model in apps.get_models()}


def _table(entry: ChangeLogEntry) -> str:
    """A table's name as people say it."""
    model = _models().get(entry.table)
    return capfirst(str(model._meta.verbose_name)) if model else entry.table


def _field(entry: ChangeLogEntry) -> str:
    """A column's name as pages label it."""
    model = _models().get(entry.table)
    columns = {field.column: field for field in model._meta.concrete_fields} if model and entry.field else {}
    named = columns.get(entry.field)
    return capfirst(str(named.verbose_name)) if named is not None else entry.field


def _rows(facts: Facts) -> QuerySet:
    return ChangeLogEntry.objects.select_related("user")


def _search(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    return rows.filter(record_key__istartswith=text)


CHANGES = Listing(
    key="kernel.changes",
    title=_("Change log"),
    rows=_rows,
    columns=(
        Column("at", _("At"), Kind.MOMENT, "at", phone=True),
        Column("user", _("User"), Kind.CODE, "user__username", phone=True, token="user"),
        Column("table", _("Table"), Kind.CODE, "table", value=_table),
        Column("record", _("Record"), Kind.CODE, "record_key", phone=True),
        Column("action", _("Action"), Kind.CHOICE, "action"),
        Column("field", _("Field"), Kind.CODE, "field", value=_field, phone=True),
        Column("before", _("Before"), Kind.TEXT, "before"),
        Column("after", _("After"), Kind.TEXT, "after", stretch=True),
    ),
    views=(
        View("all", _("All")),
        View("modified", _("Modified"), lambda rows, facts: rows.filter(action=Action.UPDATE)),
        View("inserted", _("Inserted"), lambda rows, facts: rows.filter(action=Action.INSERT)),
        View("deleted", _("Deleted"), lambda rows, facts: rows.filter(action=Action.DELETE)),
    ),
    search=_search,
    search_hint=_("Number of the record"),
    empty=_("Every change of set-up and masters will stand here, with who made it."),
)
