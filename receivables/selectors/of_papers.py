"""What the ledger says of papers, as expressions for queries on them: a column of theirs names the ledger entry."""

from django.db.models import CharField, DateField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from erp.kernel.money import ZERO
from receivables.models.entries import DetailedCustomerLedgerEntry, OpenItem
from receivables.selectors.sums import AMOUNT, Type


def remaining_of(entry_no: str) -> Coalesce:
    """What is left of the entry that a column names, in its currency; zero once it is settled."""
    left = _item(entry_no).values("remaining_amount")
    return Coalesce(Subquery(left), Value(ZERO, output_field=AMOUNT), output_field=AMOUNT)


def is_open(entry_no: str) -> Exists:
    """Whether something is left of the entry that a column names."""
    return Exists(_item(entry_no))


def due_date_of(entry_no: str, otherwise: str) -> Coalesce:
    """When the entry that a column names is due, as it was last changed; once it is settled, what the paper says."""
    return Coalesce(Subquery(_item(entry_no).values("due_date")), F(otherwise), output_field=DateField())


def open_entry_nos() -> QuerySet:
    """The numbers of all entries of which something is left."""
    return OpenItem.objects.order_by().values("pk")


def settled_invoice_no(entry_no: str) -> Subquery:
    """The number of the first invoice that the entry a column names was applied to, as far as that still stands.

    The details of one application are neighbours: one of each of the two entries that settle each other, naming the
    same applying entry.
    """
    undone = DetailedCustomerLedgerEntry.objects.filter(reverses=OuterRef("pk"))
    own = (
        DetailedCustomerLedgerEntry.objects.filter(
            customer_entry=OuterRef(OuterRef(entry_no)), type=Type.APPLICATION, reverses=None
        )
        .filter(~Exists(undone))
        .order_by()
        .values("application_no")
    )
    theirs = DetailedCustomerLedgerEntry.objects.filter(
        application_no__in=own, type=Type.APPLICATION, initial_document_type="invoice"
    ).exclude(application_no=0)
    numbers = theirs.order_by("entry_no").values("customer_entry__document_no")[:1]
    return Subquery(numbers, output_field=CharField())


def _item(entry_no: str) -> QuerySet:
    return OpenItem.objects.filter(pk=OuterRef(entry_no)).order_by()


__all__ = ["due_date_of", "is_open", "open_entry_nos", "remaining_of", "settled_invoice_no"]
