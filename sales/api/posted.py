"""What posted invoices and credit memos show, and where: their own columns, and what the ledger says of them today.

A draft and what is posted from it are one entity of v2.0, with one identifier; so each set has two sources. Posted rows
never change: how they stand follows from who took them back, and from what is left of their ledger entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from erp.kernel.fields import AmountField
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done, RowVersion, Source
from erp.kernel.odata.errors import ApiError, bad_request, denied, invalid
from erp.kernel.odata.properties import Choice, Place, Property
from receivables.routines.edit_open_item import edit_open_item
from receivables.selectors import due_date_of, is_open, open_entry_nos, remaining_of
from sales.api.head import need_right
from sales.api.properties import versions_of_lines
from sales.models import CancelledDocument, SalesCreditMemo, SalesDocument, SalesInvoice
from sales.models.base import PostedMoney

Kind = CancelledDocument.Kind
Status = SalesDocument.Status
ENTRY = "customer_entry_no"
PAID, CANCELED, CORRECTIVE = "paid", "canceled", "corrective"

# "Open" is a released draft, and a posted paper that is not settled.
STATUS: Mapping[str, str] = {
    Status.OPEN: "Draft",
    Status.PENDING_APPROVAL: "In Review",
    Status.RELEASED: "Open",
    Status.PENDING_PREPAYMENT: "Open",
    PAID: "Paid",
    CANCELED: "Canceled",
    CORRECTIVE: "Corrective",
}
# What routines call by another name than the column of a posted paper.
CALLED = {"bill_to": "bill_to_customer", "discount_amount": "inv_discount_amount"}
TEXT = CharField()
AMOUNT = AmountField()


@dataclass(frozen=True, kw_only=True)
class PostedStatus(Choice):
    """How a posted paper stands; $filter asks for the few that are open or were taken back, not for every paper."""

    cancelled: str

    def compare(self, path: str, operator: str, value: Any) -> Q:
        if operator not in ("eq", "ne"):
            return super().compare(path, operator, value)
        found = self._rows(value)
        return found if operator == "eq" else ~found

    def _rows(self, value: str) -> Q:
        canceled = Q(number__in=_cancelled(self.cancelled).values("cancelled_no"))
        corrective = Q(number__in=_cancelling(self.cancelled).values("cancelled_by_no"))
        owed = Q(**{f"{ENTRY}__in": open_entry_nos()})
        if value == CANCELED:
            return canceled
        if value == CORRECTIVE:
            return corrective & ~canceled
        if value == PAID:
            return ~owed & ~canceled & ~corrective
        if STATUS.get(value) == "Open":
            return owed & ~canceled & ~corrective
        return Q(pk__in=[])


def _cancelled(kind: str) -> QuerySet:
    return CancelledDocument.objects.filter(kind=kind).order_by()


def _cancelling(kind: str) -> QuerySet:
    """Those in which a paper of the other kind was taken back by one of this kind."""
    return CancelledDocument.objects.exclude(kind=kind).order_by()


def status_of(kind: str) -> Case:
    """How a posted paper of a kind stands; the first that fits (source: api-v2, section 8)."""
    return Case(
        When(Exists(_cancelled(kind).filter(cancelled_no=OuterRef("number"))), then=Value(CANCELED)),
        When(Exists(_cancelling(kind).filter(cancelled_by_no=OuterRef("number"))), then=Value(CORRECTIVE)),
        When(is_open(ENTRY), then=Value(str(Status.RELEASED))),
        default=Value(PAID),
        output_field=TEXT,
    )


def remaining(kind: str) -> Case:
    """What is left to pay; nothing of what was taken back."""
    cancelled = Exists(_cancelled(kind).filter(cancelled_no=OuterRef("number")))
    return Case(
        When(cancelled, then=Value(0, output_field=AMOUNT)),
        default=remaining_of(ENTRY),
        output_field=AMOUNT,
    )


def cancelled_invoice_no() -> Subquery:
    """The invoice that a posted credit memo took back."""
    rows = _cancelled(Kind.INVOICE).filter(cancelled_by_no=OuterRef("number"))
    return Subquery(rows.values("cancelled_no"), output_field=TEXT)


def places(kind: str) -> dict[str, Place]:
    """Where the properties of a posted paper live that a draft keeps elsewhere."""
    return {
        "dueDate": due_date_of(ENTRY, otherwise="due_date"),
        "discountAmount": F("inv_discount_amount"),
        "totalAmountExcludingTax": F("amount"),
        "totalTaxAmount": F("amount_including_vat") - F("amount"),
        "totalAmountIncludingTax": F("amount_including_vat"),
        "status": status_of(kind),
        "lastModifiedDateTime": F("created_at"),
        "posted": Value(True),
    }


def status(enumeration: str, *, kind: str = "", blank: bool = False) -> Property:
    """How a document stands; of posted papers of a kind, with ways of their own to be found by it.

    blank  the enumeration knows a blank one, which no document has
    """
    values = {"": "", **STATUS} if blank else STATUS
    if kind:
        return PostedStatus(
            "status", status_of(kind), values=values, type=enumeration, read_only=True, cancelled=kind
        )
    return Choice("status", "status", values=values, type=enumeration, read_only=True)


def sources(asking: Asking, drafts: QuerySet, papers: Source) -> list[Source]:
    """Drafts and posted papers, as far as the caller may see them; a header says what was left out.

    raises  ApiError 403 for who may see neither
    """
    source = Source(drafts, etag=(RowVersion(), Cast(versions_of_lines(), TextField())))
    return allowed(asking, source, papers)


def allowed(asking: Asking, drafts: Source, papers: Source) -> list[Source]:
    """Those of two sources that the caller may see; raises ApiError 403 where it is neither."""
    needed = f"sales.view_{papers.rows.model._meta.model_name.removesuffix('line')}"
    user = asking.user
    sees_drafts, sees_papers = user.has_perm("sales.view_salesdocument"), user.has_perm(needed)
    if not sees_drafts and not sees_papers:
        message = _("{user} has no permission {permission}.")
        raise denied(message.format(user=user.get_username(), permission=needed))
    if not (sees_drafts and sees_papers):
        asking.headers["X-Filtered-By-Permission"] = "posted" if sees_drafts else "drafts"
    return [source for source, seen in ((drafts, sees_drafts), (papers, sees_papers)) if seen]


def etag(kind: str) -> tuple[Any, ...]:
    """For the etag of a posted paper: it never changes, but how it stands does."""
    state = Concat(
        status_of(kind),
        Value(" "),
        Cast(remaining_of(ENTRY), TextField()),
        Value(" "),
        Cast(due_date_of(ENTRY, otherwise="due_date"), TextField()),
        output_field=TextField(),
    )
    return RowVersion(), state


# Writing --------------------------------------------------------------------------------------------------------------


def is_posted(record: Model) -> bool:
    return isinstance(record, PostedMoney)


def refuse_posted(record: Model) -> None:
    """Nobody deletes, or posts again, what was posted: 409 Already_Posted."""
    if is_posted(record):
        message = _("{number} is posted; it stays as it is. Cancel it, or write a credit memo.")
        raise ApiError(409, "Already_Posted", message.format(number=record.number))


def of_drafts(*actions: Action) -> tuple[Action, ...]:
    """Actions on working documents, refused for what is posted."""

    def guarded(run: Callable[..., Done]) -> Callable[..., Done]:
        def run_on_draft(asking: Asking, record: Model, given: Mapping[str, Any]) -> Done:
            refuse_posted(record)
            return run(asking, record, given)

        return run_on_draft

    return tuple(replace(each, run=guarded(each.run)) for each in actions)


def refuse_draft(record: Model, action: str) -> None:
    """What is only done with posted papers."""
    if not is_posted(record):
        message = _("{action} wants a posted document; {document} is not posted yet.")
        raise ApiError(
            400, "BadRequest_InvalidOperation", message.format(action=action, document=record.number)
        )


def change_posted(
    asking: Asking, paper: SalesInvoice | SalesCreditMemo, given: dict[str, Any], names: Mapping[str, str]
) -> None:
    """Change the day on which a posted invoice is due, which the ledger keeps; nothing else of it ever changes.

    given   what the caller sent; what says no more than the paper says is let through
    names   what properties are called outside, by what they are called here
    raises  ApiError 400 that names the property; 403; ProblemsFound, EntryClosed where nothing is left to pay
    """
    changes_day = isinstance(paper, SalesInvoice) and "due_date" in given
    due = given.pop("due_date") if changes_day else None
    for name, value in given.items():
        if getattr(paper, CALLED.get(name, name), object()) != value:
            message = _("{number} is posted: {property} can't be changed any more.")
            message = message.format(number=paper.number, property=names.get(name, name))
            raise bad_request(message, names.get(name, name), "BadRequest_InvalidOperation")
    if not changes_day:
        return
    if due is None:
        raise invalid(_("A posted invoice is due on some day: dueDate can't be blank."), "dueDate")
    need_right(asking, "receivables.change_openitem")
    edit_open_item(paper.customer_entry_no, due_date=due, by=asking.user, at=asking.at)


__all__ = [
    "STATUS", "Kind", "PostedStatus", "allowed", "cancelled_invoice_no", "change_posted", "etag", "is_posted",
    "of_drafts", "places", "refuse_draft", "refuse_posted", "remaining", "sources", "status", "status_of",
]  # fmt: skip
