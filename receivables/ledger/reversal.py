"""The mirror of customer and bank entries when the general ledger reverses a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Q, QuerySet

from customers.models import Customer
from erp.kernel.errors import Problem
from posting.journal import GLSection
from posting.registers import Section
from posting.selectors import PostedTransaction
from posting.setup_values import PostingSetup
from posting.values import Facts, Line
from receivables import errors
from receivables.ledger.bank import BankMovement, BankSection
from receivables.ledger.load import load_items
from receivables.ledger.section import CustomerSection
from receivables.ledger.unapplication import in_force, load_application
from receivables.models.entries import (
    BankLedgerEntry,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.plans.entry import EntryPlan, NewEntry
from receivables.plans.unapplication import plan_unapplication
from receivables.plans.values import OpenItemState, Pending, PlannedDetail

Type = DetailedCustomerLedgerEntry.Type


class CustomerLedger:
    """What the reversal of a G/L transaction asks about its customer entries; see `posting.reversal.Subledger`."""

    def lock(self, transactions: Sequence[PostedTransaction]) -> None:
        customers = _entries(transactions).order_by("customer_id").values_list("customer_id", flat=True)
        list(Customer.objects.select_for_update(no_key=True).filter(pk__in=set(customers)).order_by("pk"))

    def check(self, transactions: Sequence[PostedTransaction], *, whole_register: bool) -> list[Problem]:
        """E-REV-APPLIED for entries that are settled, E-REV-REG where a register also settled what it posted."""
        numbers = {transaction.transaction_no for transaction in transactions}
        touching = Q(customer_entry__in=_entries(transactions)) | Q(transaction_no__in=numbers)
        applications = in_force().filter(touching).order_by().values("application_no").distinct()
        details = in_force(DetailedCustomerLedgerEntry.objects.filter(application_no__in=applications))
        pairs = _reversal_pairs(details)
        found: dict[Problem, None] = {}
        for detail in details.select_related("customer_entry").order_by("entry_no"):
            entry = detail.customer_entry
            if detail.application_no in pairs:
                continue
            if whole_register and detail.transaction_no in numbers:
                found[errors.application_in_register(detail.transaction_no)] = None
            elif entry.transaction_no in numbers or detail.transaction_no in numbers:
                name = errors.entry_name(entry.document_type, entry.document_no, entry.pk)
                found[errors.StillApplied(entry=name).as_problem()] = None
        return list(found)

    def sections(
        self, transactions: Sequence[PostedTransaction], mirrored: Mapping[int, Line], gl: GLSection
    ) -> Sequence[Section]:
        """Mirror entries, each closed against its original; reversing a mirror opens the original again."""
        entries = list(
            _entries(transactions).select_related("customer", "customer_posting_group").order_by("pk")
        )
        if not entries:
            return []
        setup = PostingSetup()
        items = {
            item.key: item
            for item in load_items(
                OpenItem.objects.filter(pk__in=[entry.pk for entry in entries]), setup=setup
            )
        }
        facts_of = {
            id(line): transaction.facts for transaction in gl.transactions for line in transaction.lines
        }
        plans = []
        for entry in entries:
            line = mirrored[entry.pk]
            facts = facts_of[id(line)]
            if entry.reverses_id is not None:
                undone, opened = _reopen(entry, setup)
                plans.append((undone, facts._replace(document_no=entry.document_no)))
                items |= opened
            plans.append((_mirror(entry, items[entry.pk], line, facts), facts))
        return [CustomerSection(plans, gl)]


class BankLedger:
    """The same for bank entries: whatever moved the bank moves it back."""

    def lock(self, transactions: Sequence[PostedTransaction]) -> None:
        """Bank entries only grow: there is nothing to wait for."""

    def check(self, transactions: Sequence[PostedTransaction], *, whole_register: bool) -> list[Problem]:
        return []

    def sections(
        self, transactions: Sequence[PostedTransaction], mirrored: Mapping[int, Line], gl: GLSection
    ) -> Sequence[Section]:
        facts_of = {
            id(line): transaction.facts for transaction in gl.transactions for line in transaction.lines
        }
        movements = []
        for entry in BankLedgerEntry.objects.filter(gl_entry_no__in=list(mirrored)).order_by("entry_no"):
            line = mirrored[entry.gl_entry_no]
            movements.append(
                BankMovement(
                    entry.bank_account_id,
                    -entry.amount,
                    -entry.amount_lcy,
                    line,
                    facts_of[id(line)],
                    entry.currency_code,
                    line.description or entry.description,
                    reverses=entry.pk,
                )
            )
        return [BankSection(movements, gl)] if movements else []


def _entries(transactions: Sequence[PostedTransaction]):
    numbers = [transaction.transaction_no for transaction in transactions]
    return CustomerLedgerEntry.objects.filter(transaction_no__in=numbers)


def _reversal_pairs(details: QuerySet[DetailedCustomerLedgerEntry]) -> set[int]:
    """The applications that close a mirror against its original."""
    entry_nos: dict[int, set[int]] = {}
    mirrors: dict[int, set[int | None]] = {}
    rows = details.values_list("application_no", "customer_entry_id", "customer_entry__reverses_id")
    for application_no, entry_no, reverses in rows.order_by():
        entry_nos.setdefault(application_no, set()).add(entry_no)
        mirrors.setdefault(application_no, set()).add(reverses)
    return {number for number, originals in mirrors.items() if originals & entry_nos[number]}


def _reopen(entry: CustomerLedgerEntry, setup: PostingSetup) -> tuple[EntryPlan, dict[int, OpenItemState]]:
    """Undo the application of a mirror with its original, so that both are open."""
    detail = in_force(DetailedCustomerLedgerEntry.objects.filter(customer_entry_id=entry.pk)).get()
    written = load_application(detail.application_no, setup=setup)
    plan = plan_unapplication(
        written.applying, written.details, items=written.items, lines=written.lines, closed=written.closed
    )
    return plan, dict(plan.after)


def _mirror(entry: CustomerLedgerEntry, item: OpenItemState, line: Line, facts: Facts) -> EntryPlan:
    """The entry with all signs turned, and the application that closes the two."""
    new = NewEntry(
        customer_id=entry.customer_id,
        customer_no=entry.customer.number,
        customer_name=entry.customer_name,
        posting_group=entry.customer_posting_group,
        document_type=entry.document_type,
        amount=-entry.amount,
        amount_lcy=-entry.amount_lcy,
        due_date=entry.due_date,
        currency_code=entry.currency_code,
        currency_factor=entry.original_currency_factor,
        sell_to_customer_no=entry.sell_to_customer_no,
        payment_terms_code=entry.payment_terms_code,
        payment_method_code=entry.payment_method_code,
        salesperson_code=entry.salesperson_code,
        sales_lcy=-entry.sales_lcy,
        profit_lcy=-entry.profit_lcy,
        invoice_discount_lcy=-entry.invoice_discount_lcy,
        your_reference=entry.your_reference,
        payment_reference=entry.payment_reference,
        balancing_account_no=entry.balancing_account_no,
        prepayment=entry.prepayment,
        correction=line.correction,
        description=line.description,
        reverses=entry.pk,
    )
    key = Pending()
    mirror = replace(
        item,
        key=key,
        posting_date=facts.posting_date,
        amount=new.amount,
        amount_lcy=new.amount_lcy,
        remaining=new.amount,
        remaining_lcy=new.amount_lcy,
        discount_date=None,
        discount_tolerance_date=None,
        discount=Decimal(0),
        max_tolerance=Decimal(0),
        on_hold="",
        applies_to_id="",
        amount_to_apply=Decimal(0),
        reminder_level=0,
    )
    details = (
        PlannedDetail(mirror, Type.INITIAL_ENTRY, new.amount, new.amount_lcy),
        PlannedDetail(item, Type.APPLICATION, -item.remaining, -item.remaining_lcy, applied=key),
        PlannedDetail(mirror, Type.APPLICATION, item.remaining, item.remaining_lcy, applied=key),
    )
    zero = {"remaining": Decimal(0), "remaining_lcy": Decimal(0)}
    after = {key: replace(mirror, **zero), item.key: replace(item, **zero)}
    return EntryPlan(key=key, entry=new, lines=(line,), details=details, after=after)
