"""Reading an application that is to be undone. A constant number of queries, however many entries it settled."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from posting.models.entries import GLEntry, VATEntry
from posting.setup_values import PostingSetup
from posting.values import VATLine
from receivables.ledger.load import load_groups, load_items
from receivables.models.entries import CustomerLedgerEntry, DetailedCustomerLedgerEntry, OpenItem
from receivables.plans.unapplication import WrittenDetail, WrittenLine
from receivables.plans.values import OpenItemState

INITIAL = DetailedCustomerLedgerEntry.Type.INITIAL_ENTRY


@dataclass(frozen=True, slots=True)
class WrittenApplication:
    """An application in force, and everything it touched.

    later     an entry of it that a later application touches too; None: it is the last one
    reversal  whether it closes an entry against its mirror
    """

    application_no: int
    applying: int
    details: tuple[WrittenDetail, ...]
    items: dict[int, OpenItemState]
    lines: dict[int, WrittenLine]
    closed: frozenset[int]
    later: OpenItemState | None
    reversal: bool


def in_force(details: QuerySet | None = None) -> QuerySet[DetailedCustomerLedgerEntry]:
    """Details of applications that nobody has undone."""
    details = DetailedCustomerLedgerEntry.objects.all() if details is None else details
    undone = DetailedCustomerLedgerEntry.objects.filter(reverses=OuterRef("pk"))
    return details.filter(~Q(application_no=0), ~Exists(undone), reverses=None)


def customers_of(entry_nos: Collection[int]) -> list[int]:
    """The customers of some entries, in the order in which they are locked."""
    rows = CustomerLedgerEntry.objects.filter(pk__in=entry_nos)
    return list(rows.order_by("customer_id").values_list("customer_id", flat=True).distinct())


def last_application_of(entry_no: int) -> int | None:
    """The number of the newest application of an entry that is in force."""
    details = in_force(DetailedCustomerLedgerEntry.objects.filter(customer_entry_id=entry_no))
    return details.order_by("-application_no").values_list("application_no", flat=True).first()


def load_application(application_no: int, *, setup: PostingSetup) -> WrittenApplication:
    """Read an application and lock its entries; the caller has locked the customer."""
    rows = in_force(DetailedCustomerLedgerEntry.objects.filter(application_no=application_no)).order_by(
        "entry_no"
    )
    details = tuple(_detail(row) for row in rows)
    entry_nos = {detail.customer_entry for detail in details}
    open_items = {
        item.key: item for item in load_items(OpenItem.objects.filter(pk__in=entry_nos), setup=setup)
    }
    closed = frozenset(entry_nos - open_items.keys())
    items = open_items | _closed_items(closed)
    return WrittenApplication(
        application_no=application_no,
        applying=details[0].applied,
        details=details,
        items=items,
        lines=_lines({detail.gl_entry_no for detail in details} - {None}),
        closed=closed,
        later=_later(application_no, entry_nos, items),
        reversal=CustomerLedgerEntry.objects.filter(pk__in=entry_nos, reverses_id__in=entry_nos).exists(),
    )


def _detail(row: DetailedCustomerLedgerEntry) -> WrittenDetail:
    return WrittenDetail(
        entry_no=row.entry_no,
        customer_entry=row.customer_entry_id,
        type=row.type,
        posting_date=row.posting_date,
        amount=row.amount,
        amount_lcy=row.amount_lcy,
        applied=row.applied_entry_id,
        gl_entry_no=row.gl_entry_no,
        groups=(
            row.gen_bus_posting_group,
            row.gen_prod_posting_group,
            row.vat_bus_posting_group,
            row.vat_prod_posting_group,
        ),
        discount_before=row.remaining_payment_discount_before,
        tolerance_before=row.max_payment_tolerance_before,
        discount_date_before=row.payment_discount_date_before,
        discount_tolerance_date_before=row.payment_discount_tolerance_date_before,
        due_date_before=row.initial_entry_due_date,
        on_hold_before=row.on_hold_before,
        reminder_level_before=row.reminder_level_before,
    )


def _closed_items(entry_nos: Collection[int]) -> dict[int, OpenItemState]:
    """Entries without an open item: nothing remains of them."""
    if not entry_nos:
        return {}
    entries = list(
        CustomerLedgerEntry.objects.filter(pk__in=entry_nos).annotate(number=F("customer__number"))
    )
    groups = load_groups({entry.customer_posting_group_id for entry in entries})
    return {
        entry.pk: OpenItemState(
            key=entry.pk,
            customer_id=entry.customer_id,
            customer_no=entry.number,
            document_type=entry.document_type,
            document_no=entry.document_no,
            posting_date=entry.posting_date,
            due_date=entry.due_date,
            group=groups[entry.customer_posting_group_id],
            amount=entry.amount,
            amount_lcy=entry.amount_lcy,
            remaining=Decimal(0),
            remaining_lcy=Decimal(0),
            currency_code=entry.currency_code,
            factor=entry.original_currency_factor,
            adjusted_factor=entry.original_currency_factor,
            discount_date=entry.payment_discount_date,
            discount_tolerance_date=entry.payment_discount_tolerance_date,
            transaction_no=entry.transaction_no,
        )
        for entry in entries
    }


def _lines(gl_entry_nos: Iterable[int]) -> dict[int, WrittenLine]:
    """The G/L entries on the other side, with the mirror of their VAT entries."""
    numbers = set(gl_entry_nos)
    if not numbers:
        return {}
    taxes = {tax.gl_entry_no: tax for tax in VATEntry.objects.filter(gl_entry_no__in=numbers)}
    rows = GLEntry.objects.filter(pk__in=numbers).order_by("entry_no")
    return {
        entry.entry_no: WrittenLine(
            entry.account_id, entry.amount, entry.gen_posting_type, _mirror(taxes.get(entry.entry_no))
        )
        for entry in rows
    }


def _mirror(tax: VATEntry | None) -> VATLine | None:
    if tax is None:
        return None
    return VATLine(
        type=tax.type,
        base=-tax.base,
        amount=-tax.amount,
        percent=tax.vat_percent,
        identifier=tax.vat_identifier,
        calculation_type=tax.calculation_type,
        account_id=tax.vat_account_id,
        vat_bus=tax.vat_bus_posting_group,
        vat_prod=tax.vat_prod_posting_group,
        gen_bus=tax.gen_bus_posting_group,
        gen_prod=tax.gen_prod_posting_group,
        tax_category=tax.tax_category,
        bill_to_no=tax.bill_to_no,
        country_code=tax.country_code,
        vat_registration_no=tax.vat_registration_no,
        eu_3_party_trade=tax.eu_3_party_trade,
        eu_service=tax.eu_service,
        reverses=tax.entry_no,
    )


def _later(
    application_no: int, entry_nos: Collection[int], items: dict[int, OpenItemState]
) -> OpenItemState | None:
    later = in_force(DetailedCustomerLedgerEntry.objects.filter(customer_entry_id__in=entry_nos))
    number = (
        later.filter(application_no__gt=application_no)
        .order_by("-application_no")
        .values_list("customer_entry_id", flat=True)
        .first()
    )
    return items[number] if number is not None else None
