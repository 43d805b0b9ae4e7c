"""Journals being typed: every batch as `journals`, those of cash receipts as `customerPaymentJournals` as well."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, QuerySet, Value, When
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, Action, Done, EntitySet, Many, One, Source
from erp.kernel.odata.errors import bad_request, denied, invalid
from erp.kernel.odata.properties import Code, Guid, Moment, Number, Text
from erp.kernel.odata.rowid import row_id
from erp.kernel.odata.writing import change_row
from receivables.api.lines import write_line
from receivables.api.payments import write_payment
from receivables.api.sides import BALANCING, id_expression
from receivables.journals import batches
from receivables.models import JournalBatch
from receivables.plans.journal_draft import TRAITS, Kind
from receivables.routines.post_journal_batch import post_journal_batch
from receivables.routines.write_journal import delete_batch, draft_batch

TEMPLATES: Mapping[str, str] = {Kind.GENERAL: "GENERAL", Kind.CASH_RECEIPTS: "CASHRCPT", Kind.SALES: "SALES"}
DEFAULTS = ("number_series", "bal_account_type", "bal_account_no")


def batch_id(batch: JournalBatch) -> UUID:
    """The identifier of a journal, the same in both sets."""
    return row_id(JournalBatch._meta.label_lower, batch.pk)


def post(asking: Asking, batch: JournalBatch, given: Mapping[str, Any]) -> Done:
    """Post all lines and empty the journal; which permission that takes depends on its kind, as on its page."""
    permission = TRAITS[Kind(batch.kind)].may_post
    if not asking.user.has_perm(permission):
        message = _("{user} has no permission {permission}.")
        raise denied(message.format(user=asking.user.get_username(), permission=permission))
    post_journal_batch(batch, by=asking.user, at=asking.at)
    return Done(location=("journals", batch_id(batch)))


VIEW_LINES = ("receivables.view_journalline",)


class _Batches(EntitySet):
    """What both sets have in common."""

    model = JournalBatch
    verbs = ALL

    def kind_of(self, given: Mapping[str, Any]) -> str:
        """The kind of a new journal."""
        raise NotImplementedError

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        """A journal with the numbers and the balancing account that others of its kind have, unless told."""
        kind = self.kind_of(given)
        start = batches(kind)[0]
        fields = {name: getattr(start, name) for name in DEFAULTS} | BALANCING.typed(given)
        fields["description"] = given.get("description", "")
        batch = draft_batch(kind=kind, name=given["name"], **fields)
        for line in given.get("lines", ()):
            self.write(asking, batch, line)
        return batch_id(batch)

    def write(self, asking: Asking, batch: JournalBatch, given: dict[str, Any]) -> None:
        """Write a line that was sent along with its journal."""
        raise NotImplementedError

    def change(self, asking: Asking, record: JournalBatch, given: dict[str, Any]) -> None:
        if given.get("name", record.name) != record.name:
            raise bad_request(_("A journal keeps its code; make another one."), "code")
        if given.get("template", TEMPLATES[record.kind]) != TEMPLATES[record.kind]:
            raise bad_request(_("A journal keeps its template; make another one."), "templateDisplayName")
        values = BALANCING.typed(given, (record.bal_account_type, record.bal_account_no))
        if "description" in given:
            values["description"] = given["description"]
        change_row(self, record, values)

    def remove(self, asking: Asking, record: JournalBatch) -> None:
        delete_batch(record)


_ID = Guid("id", key="pk", of=JournalBatch, read_only=True)
_CODE = Code("code", "name", length=10, required=True, sortable=True)
_NAME = Text("displayName", "description", length=100)
_CHANGED = Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True)
_BALANCING = (
    Guid("balancingAccountId", id_expression("bal_account_type", "bal_account_no"), to=BALANCING.id),
    Number("balancingAccountNumber", "bal_account_no", length=20, read_only=True),
)
_ACCOUNT = One("account", to="accounts", key="balancingAccountId")


class Journals(_Batches):
    """Every journal. A list shows the general ones, unless it is filtered by its template."""

    name, entity, scope = "journals", "journal", "finance"
    properties = (
        _ID,
        _CODE,
        _NAME,
        Code(
            "templateDisplayName",
            Case(
                *[When(kind=kind, then=Value(name)) for kind, name in TEMPLATES.items()],
                output_field=CharField(),
            ),
            length=10,
            to="template",
        ),
        _CHANGED,
        *_BALANCING,
    )
    navigation = (
        Many("journalLines", to="journalLines", by="journalId", inside=("batch", "pk"), given="lines"),
        _ACCOUNT,
    )
    actions = (Action("post", run=post, permissions=VIEW_LINES),)

    def listed(self, asking: Asking, source: Source, asked: Collection[str]) -> Source:
        if {"templateDisplayName", "id"} & set(asked):
            return source
        return replace(source, rows=source.rows.filter(kind=Kind.GENERAL))

    def kind_of(self, given: Mapping[str, Any]) -> str:
        wanted = given.get("template") or TEMPLATES[Kind.GENERAL]
        found = next((kind for kind, name in TEMPLATES.items() if name == wanted), None)
        if found is None:
            message = _('The template "{template}" does not exist; these do: {templates}.')
            message = message.format(template=wanted, templates=", ".join(TEMPLATES.values()))
            raise invalid(message, "templateDisplayName", "Internal_InvalidTableRelation")
        return found

    def write(self, asking: Asking, batch: JournalBatch, given: dict[str, Any]) -> None:
        write_line(asking, batch, given)


class CustomerPaymentJournals(_Batches):
    """Journals of cash receipts."""

    name, entity, scope = "customerPaymentJournals", "customerPaymentJournal", "payments"
    properties = (_ID, _CODE, _NAME, _CHANGED, *_BALANCING)
    navigation = (
        Many("customerPayments", to="customerPayments", by="journalId", given="lines"),
        _ACCOUNT,
    )
    actions = (Action("post", run=post, permissions=VIEW_LINES, extension=True),)

    def rows(self, asking: Asking) -> QuerySet[JournalBatch]:
        return super().rows(asking).filter(kind=Kind.CASH_RECEIPTS)

    def kind_of(self, given: Mapping[str, Any]) -> str:
        return Kind.CASH_RECEIPTS

    def write(self, asking: Asking, batch: JournalBatch, given: dict[str, Any]) -> None:
        write_payment(asking, batch, given)
