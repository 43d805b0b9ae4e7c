"""The customer ledger as the API shows it: rows to be paged by entry number, with what is open of them."""

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from erp.kernel.money import ZERO
from erp.kernel.odata.entity import RowVersion
from receivables.models.entries import CustomerLedgerEntry, DetailedCustomerLedgerEntry, OpenItem
from receivables.selectors.sums import AMOUNT

Type = DetailedCustomerLedgerEntry.Type
_ZERO = Value(ZERO, output_field=AMOUNT)
REMAINING = Coalesce(F("open_item__remaining_amount"), _ZERO)
REMAINING_LCY = Coalesce(F("open_item__remaining_amount_lcy"), _ZERO)
DISCOUNT = Coalesce(F("open_item__remaining_payment_discount"), _ZERO)
DISCOUNT_DATE = Coalesce(F("open_item__payment_discount_date"), F("payment_discount_date"))
DUE_DATE = Coalesce(F("open_item__due_date"), F("due_date"))
ON_HOLD = Coalesce(F("open_item__on_hold"), Value(""))
APPLIES_TO_ID = Coalesce(F("open_item__applies_to_id"), Value(""))
IS_OPEN = ExpressionWrapper(Q(open_item__isnull=False), output_field=BooleanField())


def _in_force() -> QuerySet[DetailedCustomerLedgerEntry]:
    """Applications that nobody undid."""
    undone = DetailedCustomerLedgerEntry.objects.filter(reverses=OuterRef("pk"))
    rows = DetailedCustomerLedgerEntry.objects.filter(type=Type.APPLICATION, reverses=None)
    return rows.filter(~Exists(undone)).order_by()


def closed_on() -> Case:
    """The day on which the last application settled an entry; null while it is open."""
    last = _in_force().filter(customer_entry=OuterRef("pk")).order_by("-entry_no").values("posting_date")[:1]
    return Case(When(open_item__isnull=True, then=Subquery(last)), output_field=DateField(null=True))


def open_item_version() -> Subquery:
    """For the etag: changes whenever something of what is open does."""
    items = OpenItem.objects.filter(entry=OuterRef("pk")).order_by()
    return Subquery(items.annotate(version=RowVersion()).values("version"))


def customer_entries() -> QuerySet[CustomerLedgerEntry]:
    """Every customer ledger entry."""
    return CustomerLedgerEntry.objects.order_by()


def customer_details() -> QuerySet[DetailedCustomerLedgerEntry]:
    """Every detail of every entry."""
    return DetailedCustomerLedgerEntry.objects.order_by()


def is_undone() -> Exists:
    """Whether another detail undid this one."""
    return Exists(DetailedCustomerLedgerEntry.objects.filter(reverses=OuterRef("pk")).order_by())


def applications() -> QuerySet[DetailedCustomerLedgerEntry]:
    """What was applied to each entry, or of it, and not undone; see `partner`."""
    return _in_force()


def partner(column: str) -> Case:
    """Something of the entry on the other side of an application.

    A detail of what was settled names the entry that settled it. That one's own detail names itself, and follows the
    detail of what it settled.
    """
    before = DetailedCustomerLedgerEntry.objects.filter(pk=OuterRef("pk") - 1).order_by()
    settled = Subquery(before.values(f"customer_entry__{column}"))
    field = CustomerLedgerEntry._meta.get_field(column)
    return Case(
        When(customer_entry=F("applied_entry"), then=settled),
        default=F(f"applied_entry__{column}"),
        output_field=field.clone(),
    )


def application_of(entry_no: int, detail_no: int) -> int | None:
    """The application that a detail of an entry belongs to; None where there is none, or it was undone."""
    details = DetailedCustomerLedgerEntry.objects.filter(pk=detail_no, customer_entry=entry_no)
    found = details.annotate(undone=is_undone()).filter(undone=False, reverses=None, application_no__gt=0)
    return found.values_list("application_no", flat=True).first()


def last_application(entry_no: int) -> int | None:
    """The newest application of an entry that is in force; None where nothing settled it."""
    details = _in_force().filter(customer_entry=entry_no, application_no__gt=0)
    return details.order_by("-application_no").values_list("application_no", flat=True).first()
