"""Lines of journals; what is typed stands, and posting says what is wrong with it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import ALL, EntitySet, Many, One
from erp.kernel.odata.errors import bad_request, invalid, missing
from erp.kernel.odata.properties import Code, Day, Dec, Guid, Int, Moment, Number, Text
from posting.models import VATProductGroup
from receivables.api.sides import ACCOUNT, BALANCING, AccountKind, id_expression
from receivables.models import JournalBatch, JournalLine
from receivables.routines.write_journal import change_line, draft_line, locked_batch, remove_line

PLACE = ("batch", "batch_name", "line_no")  # where a line stands; it stays there

PLACES = (
    Guid("journalId", key="batch_id", of=JournalBatch, to="batch"),
    Code("journalDisplayName", "batch__name", length=10, to="batch_name"),
    Int("lineNumber", "line_no"),
)
PAPER = (
    Day("postingDate", "posting_date"),
    Number("documentNumber", "document_no", length=20),
    Text("externalDocumentNumber", "external_document_no", length=35),
    Dec("amount", "amount", scale=2),
)
TEXTS = (
    Text("description", "description", length=100),
    Text("comment", length=250, absent=True),
)
CHANGED = Moment("lastModifiedDateTime", "modified_at", read_only=True)


class LineSet(EntitySet):
    """What lines of journals and customer payments have in common."""

    model = JournalLine
    verbs = ALL
    needs = ("journalId", "id")
    unique = ("journalId", "lineNumber")

    def rows(self, asking: Asking) -> QuerySet[JournalLine]:
        return JournalLine.objects.order_by().select_related("batch")

    def find(self, asking: Asking, id: Any, *, lock: bool = False) -> JournalLine:
        """The line; its journal is locked first, as everybody does who writes in it or posts it."""
        line = super().find(asking, id)
        if lock:
            locked_batch(line.batch)
            line = super().find(asking, id, lock=True)
        return line

    def remove(self, asking: Asking, record: JournalLine) -> None:
        remove_line(record.batch, record.line_no, by=asking.user, at=asking.at)


class JournalLines(LineSet):
    """Lines of every journal."""

    name, entity, scope = "journalLines", "journalLine", "finance"
    properties = (
        Guid("id", "uuid", read_only=True),
        *PLACES,
        AccountKind("accountType", "account_type"),
        Guid("accountId", id_expression("account_type", "account_no"), to=ACCOUNT.id),
        Number("accountNumber", "account_no", length=20),
        *PAPER,
        *TEXTS,
        Code("taxCode", "vat_prod", length=20, of=VATProductGroup, by="code", gives="code"),
        AccountKind("balanceAccountType", "bal_account_type"),
        Guid("balancingAccountId", id_expression("bal_account_type", "bal_account_no"), to=BALANCING.id),
        Number("balancingAccountNumber", "bal_account_no", length=20),
        CHANGED,
    )
    navigation = (
        One("journal", to="journals", key="journalId"),
        One("account", to="accounts", key="accountId"),
        Many("attachments", to="attachments", by="parentId"),
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
    )

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        return write_line(asking, batch_given(given, JournalBatch.objects.all()), given).uuid

    def change(self, asking: Asking, record: JournalLine, given: dict[str, Any]) -> None:
        refuse_another_place(record, given)
        typed = {name: value for name, value in given.items() if name not in _PARTS}
        typed |= ACCOUNT.typed(given, (record.account_type, record.account_no))
        typed |= BALANCING.typed(given, (record.bal_account_type, record.bal_account_no))
        change_line(record.batch, record.line_no, typed=typed, by=asking.user, at=asking.at)


_PARTS = frozenset(
    (*PLACE, *[name for side in (ACCOUNT, BALANCING) for name in (side.kind, side.number, side.id)])
)


def write_line(asking: Asking, batch: JournalBatch, given: Mapping[str, Any]) -> JournalLine:
    """Write a new line at the end of a journal."""
    typed = {name: value for name, value in given.items() if name not in _PARTS}
    typed |= ACCOUNT.typed(given) | BALANCING.typed(given)
    return at_its_place(draft_line(batch, on=asking.on, typed=typed), given)


def batch_given(given: Mapping[str, Any], batches: QuerySet[JournalBatch]) -> JournalBatch:
    """The journal that a new line names, by identifier, by name, or by both."""
    batch, name = given.get("batch"), given.get("batch_name")
    if batch is None and not name:
        raise missing(_("Name the journal: journalId, or post below it."), "journalId")
    if batch is None:
        found = list(batches.filter(name=name)[:2])
        if len(found) != 1:
            message = _('There are {count} journals called "{name}"; name one by journalId.')
            message = message.format(count=len(found) if len(found) < 2 else _("several"), name=name)
            raise invalid(message, "journalDisplayName", "Internal_InvalidTableRelation")
        return found[0]
    if not batches.filter(pk=batch.pk).exists():
        message = _("{journal} is no cash receipt journal.").format(journal=batch)
        raise invalid(message, "journalId", "Internal_InvalidTableRelation")
    if name and name != batch.name:
        message = _("{property} and {other} values do not match.")
        message = message.format(property="journalId", other="journalDisplayName")
        raise bad_request(message, "journalDisplayName")
    return batch


def at_its_place(line: JournalLine, given: Mapping[str, Any]) -> JournalLine:
    """The new line, unless another number was asked for than the next one, which it gets."""
    if given.get("line_no", 0) not in (0, line.line_no):
        message = _("The next line of {journal} is {line}; leave lineNumber out.")
        raise bad_request(message.format(journal=line.batch, line=line.line_no), "lineNumber")
    return line


def refuse_another_place(line: JournalLine, given: Mapping[str, Any]) -> None:
    """A line stays in its journal, where it stands."""
    same = {"batch": line.batch, "batch_name": line.batch.name, "line_no": line.line_no}
    outside = {"batch": "journalId", "batch_name": "journalDisplayName", "line_no": "lineNumber"}
    for name, value in same.items():
        if given.get(name, value) != value:
            message = _("{property} can't be changed; write another line.")
            raise bad_request(message.format(property=outside[name]), outside[name])
