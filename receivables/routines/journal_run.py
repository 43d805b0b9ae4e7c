"""From journal lines to transactions, document by document."""

from dataclasses import dataclass, field
from decimal import Decimal

from customers.models import Customer
from customers.terms import discount_possible, due_on
from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from posting.currency import to_lcy
from posting.setup_values import PostingSetup
from posting.values import Facts, Line, Transaction
from posting.vat import expand
from receivables.ledger import BankMovement, load_open_items, plan_entry
from receivables.models import DocumentType
from receivables.plans.entry import EntryPlan, NewEntry
from receivables.plans.journal_line import BANK, CUSTOMER, JournalLine, JournalMasters
from receivables.plans.values import ApplyRequest, Key, OpenItems, OpenItemState


@dataclass
class JournalPlan:
    """A journal as it will be posted: what the preview shows."""

    transactions: list[Transaction] = field(default_factory=list)
    plans: list[tuple[EntryPlan, Facts]] = field(default_factory=list)
    movements: list[BankMovement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    pending_documents: int = 0


class JournalRun:
    """Turns lines into transactions, document by document."""

    def __init__(
        self,
        plan: JournalPlan,
        masters: JournalMasters,
        setup: PostingSetup,
        source_code: str,
        journal_batch: str,
    ):
        self.plan = plan
        self.masters = masters
        self.setup = setup
        self.source_code = source_code
        self.journal_batch = journal_batch
        self.document: tuple | None = None
        self.chunks: list[tuple[Facts, list[Line]]] = []
        self.effects: list[Transaction] = []
        self.balance = ZERO
        self.changed: dict[int, dict[Key, OpenItemState]] = {}

    def add(self, line: JournalLine) -> None:
        """Add a line; a new document, or a balance of zero, starts a new transaction."""
        document = (line.posting_date, line.document_type, line.document_no)
        if document != self.document or not self.balance:
            self.finish_document()
        self.document = document
        facts = self._facts(line)
        if not self.chunks or self.chunks[-1][0] != facts:
            self.chunks.append((facts, []))
        factor = self.masters.factor(line)
        amount_lcy = line.amount_lcy
        if amount_lcy is None:
            amount_lcy = to_lcy(line.amount, factor, precision=self.setup.precision)
        elif line.currency_code:
            factor = _factor_of(line.amount, amount_lcy)
        self._add_side(
            line, line.account_type, line.account_no, line.amount, amount_lcy, factor, facts, is_main=True
        )
        if line.bal_account_no:
            self._add_side(
                line, line.bal_account_type, line.bal_account_no, -line.amount, -amount_lcy, factor, facts,
                is_main=False,
            )  # fmt: skip

    def finish_document(self) -> None:
        """Close the transaction of the document; what was settled with it follows in transactions of its own."""
        for place, (facts, lines) in enumerate(self.chunks):
            self.plan.transactions.append(Transaction(facts, tuple(lines), continues=place > 0))
        self.plan.transactions += self.effects
        self.chunks, self.effects, self.balance = [], [], ZERO

    def _add_side(
        self,
        line: JournalLine,
        kind: str,
        number: str,
        amount: Decimal,
        amount_lcy: Decimal,
        factor: Decimal,
        facts: Facts,
        *,
        is_main: bool,
    ) -> None:
        lines = self.chunks[-1][1]
        self.balance += amount_lcy
        currency_amount = amount if line.currency_code else ZERO
        if kind == CUSTOMER:
            plan = self._plan_customer(line, number, amount, amount_lcy, factor, facts)
            lines.append(plan.entry_line)
            if plan.application_lines:
                self.effects.append(Transaction(facts, plan.application_lines))
        elif kind == BANK:
            bank = self.masters.banks[number]
            entry = Line(
                bank.posting_group.gl_account_id,
                amount_lcy,
                description=line.description,
                correction=line.correction,
                currency_amount=currency_amount,
                source_type="bank",
                source_no=number,
                line_no=line.line_no,
            )
            lines.append(entry)
            code = bank.currency.code if bank.currency_id else ""
            in_bank = amount if code else amount_lcy
            self.plan.movements.append(
                BankMovement(bank.pk, in_bank, amount_lcy, entry, facts, code, line.description)
            )
        else:
            entry = Line(
                self.masters.accounts[number].pk,
                amount_lcy,
                description=line.description,
                correction=line.correction,
                currency_amount=currency_amount,
                source_type="",
                source_no="",
                system_created=False,
                line_no=line.line_no,
            )
            if is_main:
                entry = entry._replace(
                    gen_posting_type=line.gen_posting_type,
                    gen_bus=line.gen_bus,
                    gen_prod=line.gen_prod,
                    vat_bus=line.vat_bus,
                    vat_prod=line.vat_prod,
                )
            lines += expand(entry, setup=self.setup, problems=self.plan.problems)

    def _plan_customer(
        self,
        line: JournalLine,
        number: str,
        amount: Decimal,
        amount_lcy: Decimal,
        factor: Decimal,
        facts: Facts,
    ) -> EntryPlan:
        customer = self.masters.customers[number]
        request = _request(line, customer)
        items = load_open_items(
            customer.pk,
            apply=request,
            on=line.posting_date,
            setup=self.setup,
            currency_code=line.currency_code,
            amount=amount,
            rules=self.masters.rules,
        )
        changed = self.changed.setdefault(customer.pk, {})
        if request is not None and changed:
            items = _with_run(items, changed, request)
        entry = self._new_entry(line, customer, amount, amount_lcy, factor, request)
        plan = plan_entry(entry, facts, open_items=items, setup=self.setup)
        self.plan.problems += [
            Problem(problem.code, problem.message, line.line_no, problem.field, problem.setup)
            for problem in plan.problems
        ]
        changed.update(plan.after)
        self.plan.plans.append((plan, facts))
        return plan

    def _new_entry(
        self,
        line: JournalLine,
        customer: Customer,
        amount: Decimal,
        amount_lcy: Decimal,
        factor: Decimal,
        request: ApplyRequest | None,
    ) -> NewEntry:
        document_date = line.document_date or line.posting_date
        is_invoice = line.document_type in (DocumentType.INVOICE, DocumentType.CREDIT_MEMO)
        terms = self.masters.terms.get(line.payment_terms_code or "")
        if is_invoice and line.payment_terms_code is None:
            terms = customer.payment_terms
        due = due_on(
            terms if is_invoice else None,
            document_date,
            is_credit_memo=line.document_type == DocumentType.CREDIT_MEMO,
        )
        if line.payment_discount_date is not None:
            due = due._replace(discount_date=line.payment_discount_date)
        if line.payment_discount_percent is not None:
            due = due._replace(discount_percent=line.payment_discount_percent)
        return NewEntry(
            customer_id=customer.pk,
            customer_no=customer.number,
            customer_name=customer.name,
            posting_group=self.masters.groups.get(line.posting_group) or customer.customer_posting_group,
            document_type=line.document_type,
            amount=amount,
            amount_lcy=amount_lcy,
            currency_code=line.currency_code,
            currency_factor=factor,
            due_date=line.due_date or due.due_date,
            payment_discount_date=due.discount_date if is_invoice else None,
            payment_discount_possible=discount_possible(
                due,
                posting_date=line.posting_date,
                basis=amount if is_invoice else ZERO,
                grace_period=self.masters.rules.grace_period,
                precision=self.masters.rules.currency(line.currency_code).precision,
            ),
            payment_terms_code=terms.code if terms and is_invoice else "",
            payment_method_code=customer.payment_method.code if customer.payment_method_id else "",
            salesperson_code=line.salesperson_code
            or (customer.salesperson.code if customer.salesperson_id else ""),
            balancing_account_no=line.bal_account_no,
            block_payment_tolerance=customer.block_payment_tolerance,
            correction=line.correction,
            on_hold=line.on_hold,
            description=line.description,
            apply=request,
            line_no=line.line_no,
        )

    def _facts(self, line: JournalLine) -> Facts:
        return Facts(
            posting_date=line.posting_date,
            vat_date=line.vat_date or line.posting_date,
            document_date=line.document_date or line.posting_date,
            document_type=line.document_type,
            document_no=line.document_no,
            external_document_no=line.external_document_no,
            description=line.description,
            source_code=self.source_code,
            reason_code=line.reason_code,
            journal_batch=self.journal_batch,
            currency_code=line.currency_code,
        )


def _request(line: JournalLine, customer: Customer) -> ApplyRequest | None:
    if line.apply is not None:
        return line.apply
    if line.applies_to_document_no:
        return ApplyRequest.to_document(
            line.applies_to_document_type or DocumentType.INVOICE, line.applies_to_document_no
        )
    if line.applies_to_id:
        return ApplyRequest.by_id(line.applies_to_id)
    if customer.application_method == customer.ApplicationMethod.APPLY_TO_OLDEST:
        return ApplyRequest.oldest()
    return None


def _with_run(items: OpenItems, changed: dict[Key, OpenItemState], request: ApplyRequest) -> OpenItems:
    """The open items as earlier lines of this journal leave them."""
    problems = items.problems
    named = (request.document_type, request.document_no)
    if any((item.document_type, item.document_no) == named and item.is_open for item in changed.values()):
        problems = ()
    return OpenItems(items, items.rules, problems).after(changed)


def _factor_of(amount: Decimal, amount_lcy: Decimal) -> Decimal:
    return round(amount / amount_lcy, 15)
