"""The customer ledger, which v2.0 does not have: entries, their details, what settled what; apply and unapply."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.selectors import locked
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import Action, Done, EntitySet, Many, One, RowVersion, Source
from erp.kernel.odata.errors import invalid, missing
from erp.kernel.odata.kinds import RowGuid
from erp.kernel.odata.properties import Bool, Choice, Code, Day, Dec, Guid, Int, Number, Text
from erp.kernel.odata.rowid import pk_of, row_id
from posting.api.kinds import JNL_DOCUMENT_TYPES
from receivables import errors, selectors
from receivables.routines.apply import apply_entries
from receivables.routines.unapply import unapply as unapply_last
from receivables.selectors import rows as ledger

TABLE = "receivables.customerledgerentry"
DETAILS = "receivables.detailedcustomerledgerentry"
DETAIL_TYPES = {
    "initial_entry": "Initial Entry",
    "application": "Application",
    "unrealized_loss": "Unrealized Loss",
    "unrealized_gain": "Unrealized Gain",
    "realized_loss": "Realized Loss",
    "realized_gain": "Realized Gain",
    "payment_discount": "Payment Discount",
    "payment_discount_vat_excl": "Payment Discount (VAT Excl.)",
    "payment_discount_vat_adjustment": "Payment Discount (VAT Adjustment)",
    "application_rounding": "Appln. Rounding",
    "correction_of_remaining_amount": "Correction of Remaining Amount",
    "payment_tolerance": "Payment Tolerance",
    "payment_discount_tolerance": "Payment Discount Tolerance",
    "payment_tolerance_vat_excl": "Payment Tolerance (VAT Excl.)",
    "payment_tolerance_vat_adjustment": "Payment Tolerance (VAT Adjustment)",
    "payment_discount_tolerance_vat_excl": "Payment Discount Tolerance (VAT Excl.)",
    "payment_discount_tolerance_vat_adjustment": "Payment Discount Tolerance (VAT Adjustment)",
}
MAY_SEE = {"GET": ("receivables.view_customerledgerentry",)}


def _document_type(at: Any = "document_type", **more: Any) -> Choice:
    return Choice("documentType", at, values=JNL_DOCUMENT_TYPES, type="JnlDocType", read_only=True, **more)


def apply(asking: Asking, entry: Any, given: Mapping[str, Any]) -> Done:
    """Apply an entry to others at once, with everything that follows: discounts, tolerance, gains."""
    wanted = given.get("entries") or []
    if not wanted:
        raise missing(_("Name the entries that are settled: entries[…].entryId."), "entries")
    pairs = []
    for place, each in enumerate(wanted):
        key = pk_of(TABLE, each["entry"]) if each.get("entry") else None
        if key is None:
            message = _("There is no customer ledger entry {id}.").format(id=each.get("entry", ""))
            raise invalid(message, f"entries[{place}].entryId", "Internal_InvalidTableRelation")
        pairs.append((key, each.get("amount") or None))
    applied = apply_entries(
        applying=entry.pk, to=tuple(pairs), on=given.get("on"), by=asking.user, at=asking.at
    )
    body = {
        "entryId": str(row_id(TABLE, applied.entry_no)),
        "remainingAmount": applied.remaining,
        "postingDate": applied.on.isoformat(),
        "registerNumber": applied.register_no,
    }
    return Done(location=(CustomerLedgerEntries.name, row_id(TABLE, entry.pk)), body=body)


def unapply(asking: Asking, entry: Any, given: Mapping[str, Any]) -> Done:
    """Undo the last application of an entry; one that is named must be the last."""
    if given.get("detail"):
        number = ledger.application_of(entry.pk, given["detail"])
        if number is None:
            message = _("Detail {number} is no application of this entry that is in force.")
            raise invalid(message.format(number=given["detail"]), "detailedEntryNo")
        if number != ledger.last_application(entry.pk):
            raise errors.LaterApplication(entry=errors.entry_name(entry.document_type, entry.document_no))
    done = unapply_last(entry.pk, on=given.get("on"), by=asking.user, at=asking.at)
    body = {
        "applicationNumber": done.application_no,
        "postingDate": done.on.isoformat(),
        "registerNumber": done.register_no,
        "entryIds": [str(row_id(TABLE, number)) for number in done.entry_nos],
    }
    return Done(location=(CustomerLedgerEntries.name, row_id(TABLE, entry.pk)), body=body)


class CustomerLedgerEntries(EntitySet):
    """One receivable document each: invoice, credit memo, payment, refund; what customers pay is negative."""

    name, entity, scope = "customerLedgerEntries", "customerLedgerEntry", "payments"
    is_extension = True
    permissions = MAY_SEE
    unique = ("entryNumber",)
    properties = (
        RowGuid("id", table=TABLE, read_only=True),
        Int("entryNumber", "entry_no", read_only=True, sortable=True),
        Guid("customerId", "customer__uuid", of=Customer, read_only=True),
        Number("customerNumber", "customer__number", length=20, read_only=True),
        _document_type(),
        Number("documentNumber", "document_no", length=20, read_only=True, sortable=True),
        Text("externalDocumentNumber", "external_document_no", length=35, read_only=True),
        Day("postingDate", "posting_date", nullable=False, read_only=True),
        Day("dueDate", ledger.DUE_DATE, nullable=False, read_only=True),
        Day("pmtDiscountDate", ledger.DISCOUNT_DATE, read_only=True),
        Dec("originalAmount", "amount", scale=2, read_only=True),
        Dec("remainingAmount", ledger.REMAINING, scale=2, read_only=True),
        Dec("remainingAmountLCY", ledger.REMAINING_LCY, scale=2, read_only=True),
        Dec("remainingPmtDiscPossible", ledger.DISCOUNT, scale=2, read_only=True),
        Code("currencyCode", "currency_code", length=10, read_only=True),
        Bool("open", ledger.IS_OPEN, read_only=True),
        Text("onHold", ledger.ON_HOLD, length=3, read_only=True),
        Text("appliesToId", ledger.APPLIES_TO_ID, length=50, read_only=True),
        Code("salespersonCode", "salesperson_code", length=20, read_only=True),
        Day("closedAtDate", ledger.closed_on(), read_only=True, filterable=False),
    )
    navigation = (
        One("customer", to="customers", key="customerId", path="customer"),
        Many("detailedEntries", to="detailedCustomerLedgerEntries", by="customerLedgerEntryId",
             inside=("customer_entry", "pk")),
        Many("appliedEntries", to="appliedCustomerLedgerEntries", by="customerLedgerEntryId"),
    )  # fmt: skip
    actions = (
        Action(
            "apply",
            run=apply,
            permissions=(*MAY_SEE["GET"], "receivables.apply_entries"),
            given=(Day("postingDate", to="on"),),
            lists={
                "entries": (
                    RowGuid("entryId", table=TABLE, to="entry"),
                    Dec("amountToApply", scale=2, to="amount"),
                )
            },
            extension=True,
            answers=(
                RowGuid("entryId", table=TABLE),
                Dec("remainingAmount", scale=2),
                Day("postingDate"),
                Int("registerNumber"),
            ),
            about="Settles open entries of the same customer; without an amount as much as there is.",
        ),
        Action(
            "unapply",
            run=unapply,
            permissions=(*MAY_SEE["GET"], "receivables.unapply_entries"),
            given=(Int("detailedEntryNo", to="detail"), Day("postingDate", to="on")),
            extension=True,
            answers=(Int("applicationNumber"), Day("postingDate"), Int("registerNumber")),
            about="Undoes the last application of the entry: all of it, also where it settled other entries.",
        ),
    )

    def sources(self, asking: Asking) -> Sequence[Source]:
        return [Source(ledger.customer_entries(), etag=(RowVersion(), ledger.open_item_version()))]

    def find(self, asking: Asking, id: Any, *, lock: bool = False) -> Any:
        """The entry; what is locked is its customer, for whom everybody waits who settles something."""
        entry = super().find(asking, id)
        if lock:
            locked(selectors.customer_of(entry.pk))
        return entry


class DetailedCustomerLedgerEntries(EntitySet):
    """The movements of customer ledger entries, which are the sums of them."""

    name, entity, scope = "detailedCustomerLedgerEntries", "detailedCustomerLedgerEntry", "payments"
    is_extension = True
    permissions = MAY_SEE
    unique = ("entryNumber",)
    properties = (
        RowGuid("id", table=DETAILS, read_only=True),
        Int("entryNumber", "entry_no", read_only=True, sortable=True),
        RowGuid("customerLedgerEntryId", key="customer_entry_id", table=TABLE, read_only=True),
        Choice("entryType", "type", values=DETAIL_TYPES, type="DetailedEntryType", read_only=True),
        Day("postingDate", "posting_date", nullable=False, read_only=True),
        _document_type(),
        Number("documentNumber", "document_no", length=20, read_only=True, sortable=True),
        Dec("amount", "amount", scale=2, read_only=True),
        Dec("amountLCY", "amount_lcy", scale=2, read_only=True),
        Code("currencyCode", "currency_code", length=10, read_only=True),
        Int("transactionNumber", "transaction_no", read_only=True),
        Int("applicationNumber", "application_no", read_only=True),
        RowGuid("appliedEntryId", key="applied_entry_id", table=TABLE, read_only=True),
        Bool("unapplied", ledger.is_undone(), read_only=True, filterable=False),
    )
    navigation = (One("customerLedgerEntry", to="customerLedgerEntries", key="customerLedgerEntryId"),)

    def rows(self, asking: Asking) -> QuerySet:
        return ledger.customer_details()


class AppliedCustomerLedgerEntries(EntitySet):
    """What settled an entry, or what it settled: each application that is in force, as it moved the entry."""

    name, entity, scope = "appliedCustomerLedgerEntries", "appliedCustomerLedgerEntry", "payments"
    is_extension = True
    permissions = MAY_SEE
    needs = ("customerLedgerEntryId", "id")
    properties = (
        RowGuid("id", table=DETAILS, read_only=True),
        RowGuid("customerLedgerEntryId", key="customer_entry_id", table=TABLE, read_only=True),
        RowGuid("appliedEntryId", ledger.partner("entry_no"), table=TABLE, read_only=True, filterable=False),
        _document_type(at=ledger.partner("document_type"), filterable=False),
        Number("documentNumber", ledger.partner("document_no"), length=20, read_only=True, filterable=False),
        Day("postingDate", "posting_date", nullable=False, read_only=True),
        Dec("amount", "amount", scale=2, read_only=True),
        Code("currencyCode", "currency_code", length=10, read_only=True),
        Int("applicationNumber", "application_no", read_only=True),
    )
    navigation = (One("appliedEntry", to="customerLedgerEntries", key="appliedEntryId"),)

    def rows(self, asking: Asking) -> QuerySet:
        return ledger.applications()
