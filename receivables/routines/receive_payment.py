"""Money from a customer, or back to one, over a bank account or a G/L account."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from customers.checks import check_journal_not_blocked
from customers.models import Customer
from customers.selectors import locked
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.idempotency import hash_request, once
from erp.kernel.money import ONE, ZERO
from erp.kernel.numbering import next_number
from posting import journal
from posting.currency import factor_on, to_lcy
from posting.errors import account_not_direct
from posting.models import GLAccount
from posting.setup_values import PostingSetup
from posting.values import Facts, Line, Transaction
from receivables import errors
from receivables.ledger import BankMovement, load_open_items, load_rules, plan_entry
from receivables.ledger.run import write_run
from receivables.models import BankAccount, DocumentType, ReceivablesSetup
from receivables.plans.entry import EntryPlan, NewEntry
from receivables.plans.values import ApplyRequest

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "CASHRECJNL"
BATCH = "RECEIPTS"
PENDING = "***"


@dataclass(frozen=True, slots=True)
class ReceiptPlan:
    """A payment or refund as it will be posted: what the preview shows."""

    customer: Customer
    facts: Facts
    entry: EntryPlan
    transactions: tuple[Transaction, ...]
    movements: tuple[BankMovement, ...]
    problems: tuple[Problem, ...]
    number_series: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A posted payment or refund. `remaining` is what it did not settle; a payment's is negative."""

    document_no: str
    entry_no: int
    register_no: int
    remaining: Decimal


@needs("receivables.post_payment")
def receive_payment(*, by: "User | None", at: datetime, idempotency_key: str = "", **given) -> Receipt:
    """Post a payment or a refund of a customer, and settle what it is for.

    idempotency_key  the same key again returns the first receipt and posts nothing; it needs a user
    given            see `plan_receipt`
    raises           ProblemsFound with everything that is wrong; nothing is written then and no number is drawn

    Undo with `unapply`, then `posting.routines.reverse`.
    """

    def work() -> dict:
        receipt = _post(by=by, at=at, **given)
        return {
            "document_no": receipt.document_no,
            "entry_no": receipt.entry_no,
            "register_no": receipt.register_no,
            "remaining": str(receipt.remaining),
        }

    if not idempotency_key or by is None:
        return _post(by=by, at=at, **given)
    asked = hash_request(**{name: _fingerprint(value) for name, value in given.items()})
    done = once(key=idempotency_key, user=by, operation="receivables.receive_payment", request_hash=asked)(
        work
    )
    return Receipt(**{**done, "remaining": Decimal(done["remaining"])})


def preview_payment(*, by: "User | None", **given) -> ReceiptPlan:
    """The plan of a payment with its problems, and not a trace of it."""
    with transaction.atomic():
        plan = plan_receipt(by=by, **given)
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def _post(*, by: "User | None", at: datetime, **given) -> Receipt:
    setup = PostingSetup.load()
    plan = plan_receipt(by=by, setup=setup, **given)
    raise_problems(plan.customer, plan.problems)

    facts = plan.facts
    if facts.document_no == PENDING:
        facts = facts._replace(document_no=next_number(plan.number_series, on=facts.posting_date))
    written = write_run(
        [entry._replace(facts=facts) for entry in plan.transactions],
        [(plan.entry, facts)],
        [movement._replace(facts=facts) for movement in plan.movements],
        setup=setup,
        source_code=SOURCE_CODE,
        by=by,
        at=at,
        journal_batch=BATCH,
    )
    return Receipt(facts.document_no, written.entry_nos[0], written.register_no, plan.entry.item.remaining)


def plan_receipt(
    *,
    by: "User | None",
    customer: Customer,
    amount: Decimal,
    on: date,
    bank: BankAccount | None = None,
    account: GLAccount | None = None,
    currency_code: str | None = None,
    currency_factor: Decimal | None = None,
    refund: bool = False,
    apply: ApplyRequest | None = None,
    document_no: str = "",
    external_document_no: str = "",
    document_date: date | None = None,
    description: str = "",
    payment_reference: str = "",
    on_hold: str = "",
    setup: PostingSetup | None = None,
) -> ReceiptPlan:
    """Decide a payment: locks the customer and what is settled, writes nothing. Within a transaction.

    amount         what was paid, more than zero; to the customer where `refund`
    bank, account  where it came in: one of the two; neither takes the default bank account of the set-up
    currency_code  None: that of the bank account, empty is local currency
    apply          None: what the customer's application method says, which is nothing or oldest first
    document_no    empty: from the number series of payments
    """
    setup = setup or PostingSetup.load()
    rules = load_rules(setup)
    own = (
        ReceivablesSetup.objects.select_related("default_bank_account").filter(pk=1).first()
        or ReceivablesSetup()
    )
    problems: list[Problem] = []
    if bank is None and account is None:
        bank = own.default_bank_account
        if bank is None:
            raise errors.NoBankAccount()
    bank_currency = bank.currency.code if bank and bank.currency_id else ""
    code = bank_currency if currency_code is None else currency_code
    if bank_currency and code != bank_currency:
        problems.append(
            errors.BankAccountCurrency(bank=bank.number, currency=bank_currency).as_problem(field="currency")
        )
    factor = currency_factor or factor_on(code, on)
    customer = locked(customer.pk)
    if apply is None and customer.application_method == customer.ApplicationMethod.APPLY_TO_OLDEST:
        apply = ApplyRequest.oldest()

    document_type = DocumentType.REFUND if refund else DocumentType.PAYMENT
    if amount <= 0:
        refusal = errors.WrongAmount(document_type=document_type.label, sign=_("positive"))
        problems.append(refusal.as_problem(field="amount"))
    problems += check_journal_not_blocked(customer, document_type=document_type)
    problems += _check_other_side(bank, account)
    if not document_no and not own.payment_number_series:
        message = _("Type a document number, or set up a number series for payments.")
        problems.append(Problem("E-GL-DOCNO", message, None, "document_no", errors.SETUP))
    facts = Facts(
        posting_date=on,
        vat_date=on,
        document_date=document_date or on,
        document_type=document_type,
        document_no=document_no or PENDING,
        external_document_no=external_document_no,
        description=description or customer.name,
        source_type="customer",
        source_no=customer.number,
        source_code=SOURCE_CODE,
        journal_batch=BATCH,
        currency_code=code,
    )
    signed = amount if refund else -amount
    amount_lcy = to_lcy(signed, factor, precision=rules.lcy.precision) if code else signed
    new = NewEntry(
        customer_id=customer.pk,
        customer_no=customer.number,
        customer_name=customer.name,
        posting_group=_posting_group(customer, problems),
        document_type=document_type,
        amount=signed,
        amount_lcy=amount_lcy,
        currency_code=code,
        currency_factor=factor if code else ONE,
        due_date=facts.document_date,
        payment_method_code=customer.payment_method.code if customer.payment_method_id else "",
        salesperson_code=customer.salesperson.code if customer.salesperson_id else "",
        payment_reference=payment_reference,
        balancing_account_no=bank.number if bank else account.number,
        block_payment_tolerance=customer.block_payment_tolerance,
        on_hold=on_hold,
        apply=apply,
    )
    if problems:
        empty = EntryPlan(key=0, entry=None, lines=(), details=())
        return ReceiptPlan(customer, facts, empty, (), (), tuple(problems), own.payment_number_series)
    items = load_open_items(
        customer.pk, apply=apply, on=on, setup=setup, currency_code=code, amount=signed, rules=rules
    )
    entry = plan_entry(new, facts, open_items=items, setup=setup)
    line, movements = _other_side(bank, account, bank_currency, signed, amount_lcy, code, facts)
    transactions = [Transaction(facts, (entry.entry_line, line))]
    if entry.application_lines:
        transactions.append(Transaction(facts, entry.application_lines))
    problems += entry.problems
    problems += journal.check(transactions, by=by, setup=setup, manual=False)
    return ReceiptPlan(
        customer, facts, entry, tuple(transactions), movements, tuple(problems), own.payment_number_series
    )


def _other_side(
    bank: BankAccount | None,
    account: GLAccount | None,
    bank_currency: str,
    signed: Decimal,
    amount_lcy: Decimal,
    code: str,
    facts: Facts,
) -> tuple[Line, tuple[BankMovement, ...]]:
    """The G/L line of the money, and its bank entry: a bank account in local currency takes any, at its local value."""
    currency_amount = -signed if code else ZERO
    if bank is None:
        return Line(account.pk, -amount_lcy, currency_amount=currency_amount, system_created=False), ()
    line = Line(
        bank.posting_group.gl_account_id,
        -amount_lcy,
        currency_amount=currency_amount,
        source_type="bank",
        source_no=bank.number,
    )
    amount = -signed if bank_currency else -amount_lcy
    return line, (BankMovement(bank.pk, amount, -amount_lcy, line, facts, bank_currency),)


def _check_other_side(bank: BankAccount | None, account: GLAccount | None) -> list[Problem]:
    if bank is not None:
        return [errors.BankAccountBlocked(bank=bank.number).as_problem(field="bank")] if bank.blocked else []
    return [] if account.direct_posting else [account_not_direct(account.number)]


def _posting_group(customer: Customer, problems: list[Problem]):
    if customer.customer_posting_group is None:
        problems.append(errors.no_posting_group(customer.number))
    return customer.customer_posting_group


def _fingerprint(value):
    """What makes a request the same one: keys of records, the fields of an application."""
    if isinstance(value, ApplyRequest):
        return repr(value)
    return value.pk if hasattr(value, "pk") else value
