"""Writing planned entries: the customer ledger, its details, and the projections that follow them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from erp.kernel.bulk import insert_rows, update_rows, upsert_rows
from erp.kernel.ledger import Numbers
from posting.journal import GLSection
from posting.values import Facts
from receivables.models.entries import (
    CustomerBalance,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.plans.entry import EntryPlan
from receivables.plans.values import Key, OpenItemState, PlannedDetail

INITIAL = DetailedCustomerLedgerEntry.Type.INITIAL_ENTRY


class CustomerSection:
    """The customer ledger's part of a posting run, for `registers.write`.

    plans  with the facts of their entries, in the order in which they were planned
    gl     the section that holds their lines, the very objects
    by     user name, for the entries

    At most six statements, however many entries are settled.
    """

    def __init__(self, plans: Iterable[tuple[EntryPlan, Facts]], gl: GLSection, *, by: str = ""):
        self.plans = list(plans)
        self.gl = gl
        self.by = by
        self._entry_nos: dict[Key, int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How many detail numbers; entries have the number of their G/L entry."""
        return {"customer_detail_no": sum(len(plan.details) for plan, _facts in self.plans)}

    def entry_no(self, plan: EntryPlan) -> int:
        """The number of a new entry; known once the G/L section has its numbers."""
        if isinstance(plan.key, int):
            return plan.key
        return self.gl.entry_no(plan.entry_line)

    def write(self, numbers: Numbers) -> None:
        """Insert entries and details, then bring open items and balances up to date."""
        if not self.plans:
            return
        self._entry_nos = {plan.key: self.entry_no(plan) for plan, _facts in self.plans}
        entries = [self._entry_row(plan, facts) for plan, facts in self.plans if plan.entry is not None]
        insert_rows(CustomerLedgerEntry, entries)
        insert_rows(DetailedCustomerLedgerEntry, list(self._detail_rows(numbers.customer_detail_no)))
        after: dict[Key, OpenItemState] = {}
        reopened: set[int] = set()
        for plan, _facts in self.plans:
            after.update(plan.after)
            reopened |= plan.reopened
        write_items(after, self._entry_nos, reopened)
        write_balances(detail for plan, _facts in self.plans for detail in plan.details)

    @cached_property
    def _transaction_of(self) -> dict[int, int]:
        return {
            id(line): self.gl.transaction_no(index)
            for index, transaction in enumerate(self.gl.transactions)
            for line in transaction.lines
        }

    def _entry_row(self, plan: EntryPlan, facts: Facts) -> "EntryRow":
        entry = plan.entry
        return EntryRow(
            entry_no=self._entry_nos[plan.key],
            transaction_no=self._transaction_of[id(plan.entry_line)],
            customer_id=entry.customer_id,
            sell_to_customer_no=entry.sell_to_customer_no or entry.customer_no,
            customer_name=entry.customer_name,
            posting_date=facts.posting_date,
            document_date=facts.document_date,
            due_date=entry.due_date,
            document_type=entry.document_type,
            document_no=facts.document_no,
            external_document_no=facts.external_document_no,
            description=(entry.description or facts.description)[:100],
            your_reference=entry.your_reference,
            currency_code=entry.currency_code,
            original_currency_factor=entry.currency_factor,
            amount=entry.amount,
            amount_lcy=entry.amount_lcy,
            customer_posting_group_id=entry.posting_group.pk,
            salesperson_code=entry.salesperson_code,
            payment_terms_code=entry.payment_terms_code,
            payment_method_code=entry.payment_method_code,
            payment_reference=entry.payment_reference,
            balancing_account_no=entry.balancing_account_no,
            sales_lcy=entry.sales_lcy,
            profit_lcy=entry.profit_lcy,
            invoice_discount_lcy=entry.invoice_discount_lcy,
            payment_discount_date=entry.payment_discount_date,
            payment_discount_tolerance_date=plan.tolerance_date,
            original_payment_discount_possible=entry.payment_discount_possible,
            max_payment_tolerance=plan.max_tolerance,
            source_code=facts.source_code,
            reason_code=facts.reason_code,
            journal_batch=facts.journal_batch,
            created_by=self.by,
            prepayment=entry.prepayment,
            reverses_id=entry.reverses,
        )

    def _detail_rows(self, first: int) -> Iterable["DetailRow"]:
        number = first
        for plan, facts in self.plans:
            application_no = 0
            for detail in plan.details:
                if detail.type != INITIAL and not application_no:
                    application_no = number
                yield self._detail_row(number, plan, detail, facts, application_no)
                number += 1

    def _detail_row(
        self, number: int, plan: EntryPlan, detail: PlannedDetail, facts: Facts, application_no: int
    ) -> "DetailRow":
        item, share = detail.item, detail.vat
        is_initial = detail.type == INITIAL
        lines = plan.application_lines if not is_initial and plan.application_lines else plan.lines
        return DetailRow(
            entry_no=number,
            customer_entry_id=self._number(item.key),
            customer_id=item.customer_id,
            type=detail.type,
            posting_date=facts.posting_date,
            document_type=facts.document_type,
            document_no=facts.document_no,
            amount=detail.amount,
            amount_lcy=detail.amount_lcy,
            correction=detail.reverses is not None or (is_initial and plan.entry.correction),
            currency_code=item.currency_code,
            transaction_no=self._transaction_of[id(lines[0])] if lines else 0,
            application_no=0 if is_initial else application_no,
            applied_entry_id=None if detail.applied is None else self._number(detail.applied),
            initial_entry_due_date=item.due_date,
            initial_document_type=item.document_type,
            customer_posting_group_id=item.group.id,
            gen_bus_posting_group=share.gen_bus if share else "",
            gen_prod_posting_group=share.gen_prod if share else "",
            vat_bus_posting_group=share.vat_bus if share else "",
            vat_prod_posting_group=share.vat_prod if share else "",
            gl_entry_no=None if detail.contra is None else self.gl.entry_no(plan.contra_lines[detail.contra]),
            remaining_payment_discount_before=item.discount,
            max_payment_tolerance_before=item.max_tolerance,
            payment_discount_date_before=item.discount_date,
            payment_discount_tolerance_date_before=item.discount_tolerance_date,
            on_hold_before=item.on_hold,
            reminder_level_before=item.reminder_level,
            source_code=facts.source_code,
            reverses_id=detail.reverses,
        )

    def _number(self, key: Key) -> int:
        return key if isinstance(key, int) else self._entry_nos[key]


def write_items(after: Mapping[Key, OpenItemState], entry_nos: Mapping[Key, int], reopened: set[int]) -> None:
    """Insert what is newly open, change what still is, remove what is settled. At most three statements."""
    added, changed, closed = [], [], []
    for key, item in after.items():
        if not item.is_open:
            if isinstance(key, int) and key not in reopened:
                closed.append(key)
            continue
        row = _item_row(entry_nos.get(key, key), item)
        if isinstance(key, int) and key not in reopened:
            changed.append(row)
        else:
            added.append(row)
    if closed:
        OpenItem.objects.filter(entry_id__in=closed)._raw_delete(using=OpenItem.objects.db)
    update_rows(OpenItem, changed, key="entry_id")
    insert_rows(OpenItem, added)


def write_balances(details: Iterable[PlannedDetail]) -> None:
    """Move the balance per customer and currency by what the details say. One statement, or none."""
    moved: dict[tuple[int, str], list[Decimal]] = {}
    for detail in details:
        sums = moved.setdefault(
            (detail.item.customer_id, detail.item.currency_code), [Decimal(0), Decimal(0)]
        )
        sums[0] += detail.amount
        sums[1] += detail.amount_lcy
    rows = [BalanceRow(customer, code, *sums) for (customer, code), sums in moved.items() if any(sums)]
    upsert_rows(CustomerBalance, rows, key=("customer_id", "currency_code"), add=("amount", "amount_lcy"))


def _item_row(entry_no: int, item: OpenItemState) -> "ItemRow":
    return ItemRow(
        entry_id=entry_no,
        customer_id=item.customer_id,
        due_date=item.due_date,
        currency_code=item.currency_code,
        positive=(item.remaining or item.remaining_lcy) > 0,
        remaining_amount=item.remaining,
        remaining_amount_lcy=item.remaining_lcy,
        adjusted_currency_factor=item.adjusted_factor,
        payment_discount_date=item.discount_date,
        payment_discount_tolerance_date=item.discount_tolerance_date,
        remaining_payment_discount=item.discount,
        max_payment_tolerance=item.max_tolerance,
        on_hold=item.on_hold,
        applies_to_id=item.applies_to_id,
        amount_to_apply=item.amount_to_apply,
        last_issued_reminder_level=item.reminder_level,
    )


class EntryRow(NamedTuple):
    entry_no: int
    transaction_no: int
    customer_id: int
    sell_to_customer_no: str
    customer_name: str
    posting_date: date
    document_date: date
    due_date: date
    document_type: str
    document_no: str
    external_document_no: str
    description: str
    your_reference: str
    currency_code: str
    original_currency_factor: Decimal
    amount: Decimal
    amount_lcy: Decimal
    customer_posting_group_id: int
    salesperson_code: str
    payment_terms_code: str
    payment_method_code: str
    payment_reference: str
    balancing_account_no: str
    sales_lcy: Decimal
    profit_lcy: Decimal
    invoice_discount_lcy: Decimal
    payment_discount_date: date | None
    payment_discount_tolerance_date: date | None
    original_payment_discount_possible: Decimal
    max_payment_tolerance: Decimal
    source_code: str
    reason_code: str
    journal_batch: str
    created_by: str
    prepayment: bool
    reverses_id: int | None


class DetailRow(NamedTuple):
    entry_no: int
    customer_entry_id: int
    customer_id: int
    type: str
    posting_date: date
    document_type: str
    document_no: str
    amount: Decimal
    amount_lcy: Decimal
    correction: bool
    currency_code: str
    transaction_no: int
    application_no: int
    applied_entry_id: int | None
    initial_entry_due_date: date
    initial_document_type: str
    customer_posting_group_id: int
    gen_bus_posting_group: str
    gen_prod_posting_group: str
    vat_bus_posting_group: str
    vat_prod_posting_group: str
    gl_entry_no: int | None
    remaining_payment_discount_before: Decimal
    max_payment_tolerance_before: Decimal
    payment_discount_date_before: date | None
    payment_discount_tolerance_date_before: date | None
    on_hold_before: str
    reminder_level_before: int
    source_code: str
    reverses_id: int | None


class ItemRow(NamedTuple):
    entry_id: int
    customer_id: int
    due_date: date
    currency_code: str
    positive: bool
    remaining_amount: Decimal
    remaining_amount_lcy: Decimal
    adjusted_currency_factor: Decimal
    payment_discount_date: date | None
    payment_discount_tolerance_date: date | None
    remaining_payment_discount: Decimal
    max_payment_tolerance: Decimal
    on_hold: str
    applies_to_id: str
    amount_to_apply: Decimal
    last_issued_reminder_level: int


class BalanceRow(NamedTuple):
    customer_id: int
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal
