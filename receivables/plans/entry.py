"""One new entry in the customer ledger: its G/L lines, its details, and what it settles. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from customers.models import CustomerPostingGroup
from erp.kernel.errors import Problem
from erp.kernel.money import ONE, WIDE, ZERO, is_rounded, round_to
from erp.kernel.periods import calc_date
from posting.setup_values import PostingSetup
from posting.values import Facts, Line, VATLine
from receivables import errors
from receivables.models import DetailedCustomerLedgerEntry, DocumentType
from receivables.plans.application import settle
from receivables.plans.selection import choose
from receivables.plans.values import (
    ApplyRequest,
    Contra,
    CurrencyRules,
    Effects,
    GroupAccounts,
    Key,
    OpenItems,
    OpenItemState,
    Pending,
    PlannedDetail,
    Rules,
    sign,
)

Type = DetailedCustomerLedgerEntry.Type
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A receivable to be posted: an invoice, a credit memo, a payment, a refund.

    customer_id, customer_no   who owes it: the bill-to customer
    amount, amount_lcy         debit positive: an invoice is positive, a payment negative; both rounded
    currency_code              empty for local currency, whose factor is 1
    payment_discount_possible  what may be deducted until `payment_discount_date`; same sign as the amount
    sales_lcy, profit_lcy      net of VAT, signed like the document
    on_hold                    a payment with the text that keeps an invoice on hold takes the hold away
    apply                      what it settles at once; None leaves it open
    """

    customer_id: int
    customer_no: str
    customer_name: str
    posting_group: CustomerPostingGroup
    document_type: str
    amount: Decimal
    amount_lcy: Decimal
    due_date: date
    currency_code: str = ""
    currency_factor: Decimal = ONE
    sell_to_customer_no: str = ""
    payment_discount_date: date | None = None
    payment_discount_possible: Decimal = ZERO
    payment_terms_code: str = ""
    payment_method_code: str = ""
    salesperson_code: str = ""
    sales_lcy: Decimal = ZERO
    profit_lcy: Decimal = ZERO
    invoice_discount_lcy: Decimal = ZERO
    your_reference: str = ""
    payment_reference: str = ""
    balancing_account_no: str = ""
    block_payment_tolerance: bool = False
    prepayment: bool = False
    correction: bool = False
    on_hold: str = ""
    description: str = ""
    apply: ApplyRequest | None = None
    reverses: int | None = None
    line_no: int | None = None


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What posting an entry, or applying a posted one, will write.

    lines   G/L lines; of a new entry the FIRST is the one on the receivables account, whose number the entry gets.
            They go into the caller's transactions as they are: the section finds them by identity
    after   every entry it touches, as it is afterwards; also the new one
    reopened  numbers of entries that were closed and are open again
    """

    key: Key
    entry: NewEntry | None
    lines: tuple[Line, ...]
    details: tuple[PlannedDetail, ...]
    contra_lines: tuple[Line, ...] = ()
    after: Mapping[Key, OpenItemState] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    tolerance_date: date | None = None
    max_tolerance: Decimal = ZERO
    reopened: frozenset[int] = frozenset()

    @property
    def entry_line(self) -> Line | None:
        """The line on the receivables account."""
        return self.lines[0] if self.entry is not None else None

    @property
    def application_lines(self) -> tuple[Line, ...]:
        """Discounts, tolerances, gains and losses with their counterparts; they sum to zero by themselves."""
        return self.lines[1:] if self.entry is not None else self.lines

    @property
    def item(self) -> OpenItemState:
        """The new (or applying) entry as it will be: what a later plan of the same run may settle."""
        return self.after[self.key]


def plan_entry(entry: NewEntry, facts: Facts, *, open_items: OpenItems, setup: PostingSetup) -> EntryPlan:
    """Decide what a new entry writes: nothing is read from or written to the database.

    facts       of the transaction that the first line will be in; `document_no` may still be "***"
    open_items  from `load_open_items`: the entries that it may settle, with the rules
    returns     the plan; the caller stops on its problems, adds its own lines (bank, revenue …) for the rest
    """
    rules, problems = open_items.rules, []
    currency = rules.currencies.get(entry.currency_code) or CurrencyRules(entry.currency_code)
    group = group_accounts(entry.posting_group)
    problems += _check_amounts(entry, currency, rules, group)
    tolerance_date = _tolerance_date(entry, rules)
    tolerance = (
        ZERO if entry.block_payment_tolerance else max_tolerance(entry.document_type, entry.amount, currency)
    )
    new = _state(entry, facts, group, tolerance, tolerance_date)
    details = (PlannedDetail(new, Type.INITIAL_ENTRY, entry.amount, entry.amount_lcy),)
    effects = Effects((), (), (), {})
    if entry.apply is not None and entry.amount:
        chosen, found = choose(new, entry.apply, open_items)
        problems += found
        if chosen and not problems:
            effects = settle(
                new, chosen, rules=rules, answers=entry.apply, tolerate=not entry.apply.is_oldest
            )
            problems += effects.problems
    receivable = Line(
        account_id=group.receivables or 0,
        amount=entry.amount_lcy,
        description=entry.description,
        correction=entry.correction,
        currency_amount=entry.amount if entry.currency_code else ZERO,
        source_type="customer",
        source_no=entry.customer_no,
        line_no=entry.line_no,
    )
    contra_lines, lines = effect_lines(effects, entry.customer_no)
    return EntryPlan(
        key=new.key,
        entry=entry,
        lines=(receivable, *lines),
        details=details + effects.details,
        contra_lines=contra_lines,
        after={new.key: new, **effects.after},
        problems=tuple(problems),
        tolerance_date=tolerance_date,
        max_tolerance=tolerance,
    )


def plan_application(new: OpenItemState, request: ApplyRequest, *, open_items: OpenItems) -> EntryPlan:
    """Decide what applying a posted entry to others writes; its lines may be none."""
    chosen, problems = choose(new, request, open_items, is_posted=True)
    effects = Effects((), (), (), {})
    if chosen and not problems:
        effects = settle(new, chosen, rules=open_items.rules, answers=request)
        problems += effects.problems
    contra_lines, lines = effect_lines(effects, new.customer_no)
    return EntryPlan(
        key=new.key,
        entry=None,
        lines=lines,
        details=effects.details,
        contra_lines=contra_lines,
        after={new.key: new, **effects.after},
        problems=tuple(problems),
    )


def effect_lines(effects: Effects, customer_no: str) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The G/L lines of an application: those of the contras, in their order; and these with the receivables."""
    source = {"source_type": "customer", "source_no": customer_no}
    contras = tuple(_contra_line(contra, source) for contra in effects.contras)
    receivables = tuple(Line(account_id, amount, **source) for account_id, amount in effects.receivables)
    return contras, contras + receivables


def max_tolerance(document_type: str, amount: Decimal, currency: CurrencyRules) -> Decimal:
    """How much may be missing or too much when an invoice or credit memo is paid; with the sign of the amount.

    The smaller of percentage and maximum, of those that are set; never more than the amount.
    """
    if document_type not in (DocumentType.INVOICE, DocumentType.CREDIT_MEMO):
        return ZERO
    percent, cap = currency.tolerance_percent, currency.tolerance_cap
    by_percent = round_to(WIDE.divide(WIDE.multiply(abs(amount), percent), HUNDRED), currency.precision)
    limits = [limit for limit, is_set in ((by_percent, percent), (cap, cap)) if is_set]
    return sign(amount) * min([*limits, abs(amount)]) if limits else ZERO


def group_accounts(group: CustomerPostingGroup) -> GroupAccounts:
    """A posting group as a value."""
    return GroupAccounts(
        id=group.pk,
        code=group.code,
        receivables=group.receivables_account_id,
        discount_debit=group.payment_discount_debit_account_id,
        discount_credit=group.payment_discount_credit_account_id,
        tolerance_debit=group.payment_tolerance_debit_account_id,
        tolerance_credit=group.payment_tolerance_credit_account_id,
        rounding_debit=group.debit_rounding_account_id,
        rounding_credit=group.credit_rounding_account_id,
        application_rounding_debit=group.debit_application_rounding_account_id,
        application_rounding_credit=group.credit_application_rounding_account_id,
    )


def _state(
    entry: NewEntry, facts: Facts, group: GroupAccounts, tolerance: Decimal, tolerance_date: date | None
) -> OpenItemState:
    return OpenItemState(
        key=Pending(),
        customer_id=entry.customer_id,
        customer_no=entry.customer_no,
        document_type=entry.document_type,
        document_no=facts.document_no,
        posting_date=facts.posting_date,
        due_date=entry.due_date,
        group=group,
        amount=entry.amount,
        amount_lcy=entry.amount_lcy,
        remaining=entry.amount,
        remaining_lcy=entry.amount_lcy,
        currency_code=entry.currency_code,
        factor=entry.currency_factor,
        adjusted_factor=entry.currency_factor,
        discount_date=entry.payment_discount_date,
        discount_tolerance_date=tolerance_date,
        discount=entry.payment_discount_possible,
        max_tolerance=tolerance,
        on_hold=entry.on_hold,
    )


def _tolerance_date(entry: NewEntry, rules: Rules) -> date | None:
    if entry.payment_discount_date is None or entry.block_payment_tolerance:
        return None
    return calc_date(rules.grace_period, entry.payment_discount_date)


def _check_amounts(
    entry: NewEntry, currency: CurrencyRules, rules: Rules, group: GroupAccounts
) -> Sequence[Problem]:
    found = []
    if group.receivables is None:
        label = str(CustomerPostingGroup._meta.get_field("receivables_account").verbose_name)
        found.append(errors.account_missing(group.code, "receivables_account", label))
    if not is_rounded(entry.amount, currency.precision):
        found.append(errors.not_rounded(entry.amount, currency.precision, entry.line_no))
    if not is_rounded(entry.amount_lcy, rules.lcy.precision):
        found.append(errors.not_rounded(entry.amount_lcy, rules.lcy.precision, entry.line_no))
    return found


def _contra_line(contra: Contra, source: dict[str, str]) -> Line:
    share = contra.vat
    if share is None:
        return Line(contra.account_id, contra.amount, **source)
    return Line(
        contra.account_id,
        contra.amount,
        gen_posting_type="sale",
        gen_bus=share.gen_bus,
        gen_prod=share.gen_prod,
        vat_bus=share.vat_bus,
        vat_prod=share.vat_prod,
        vat_amount=contra.vat_amount,
        vat=VATLine(
            type="sale",
            base=contra.amount,
            amount=contra.vat_amount,
            percent=share.percent,
            identifier=share.identifier,
            calculation_type=share.calculation_type,
            account_id=share.vat_account,
            vat_bus=share.vat_bus,
            vat_prod=share.vat_prod,
            gen_bus=share.gen_bus,
            gen_prod=share.gen_prod,
            tax_category=share.tax_category,
            bill_to_no=share.bill_to_no,
            country_code=share.country_code,
            vat_registration_no=share.vat_registration_no,
            eu_3_party_trade=share.eu_3_party_trade,
            eu_service=share.eu_service,
        ),
        **source,
    )
