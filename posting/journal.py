"""The door to the general ledger and to the VAT entries. Nobody else writes them.

gl = GLSection([Transaction(facts, lines)])            within a larger posting, see `registers`
posted = post([Transaction(facts, lines)], …)          a journal by itself
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction as database

from erp.kernel.bulk import insert_rows, upsert_rows
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.ledger import Numbers
from posting import registers
from posting.currency import precisions
from posting.dates import DateRange, allowed_dates
from posting.errors import NothingToPost
from posting.models import GLAccount
from posting.models.entries import GLBalance, GLEntry, VATEntry
from posting.plans.check import AccountFacts, check_transactions
from posting.setup_values import PostingSetup, period_bounds
from posting.values import Facts, Line, Transaction, VATLine, chains, debit_and_credit

if TYPE_CHECKING:
    from erp.kernel.models import User

__all__ = ["Facts", "GLSection", "Line", "Posted", "Transaction", "VATLine", "check", "post"]


class Posted(NamedTuple):
    """What a posting wrote."""

    register_no: int
    transaction_nos: tuple[int, ...]
    gl_entry_nos: range


class GLSection:
    """The G/L and VAT rows of some transactions, for `registers.write`; keeps the balances by day up to date.

    setup  spares the query for the first open day of the books, which tells prior-year entries

    Numbers follow the order of the lines. A line is known by identity: each object stands for one entry.
    """

    def __init__(self, transactions: Sequence[Transaction], *, setup: PostingSetup | None = None):
        self.transactions = tuple(transactions)
        self.setup = setup
        self.lines = [line for transaction in self.transactions for line in transaction.lines]
        self.vat_lines = [line for line in self.lines if line.vat is not None]
        self.numbers: Numbers | None = None
        if len({id(line) for line in self.lines}) != len(self.lines):
            raise ValueError(
                "One Line object stands for one entry; make a second one instead of using it twice"
            )

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers of each ledger."""
        return {
            "transaction_no": sum(1 for _ in chains(self.transactions)),
            "gl_entry_no": len(self.lines),
            "vat_entry_no": len(self.vat_lines),
        }

    def assign(self, numbers: Numbers) -> None:
        """Know the numbers, so that other sections can ask for them before rows are written."""
        self.numbers = numbers

    def entry_no(self, line: Line) -> int:
        """The entry number of a line, the very object that was handed in."""
        return self.numbers.gl_entry_no + self._place[id(line)]

    def transaction_no(self, index: int = 0) -> int:
        """The transaction number of the transaction at an index."""
        return self.numbers.transaction_no + self._chain_of[index]

    @property
    def entry_nos(self) -> range:
        """All entry numbers, in the order of the lines."""
        first = self.numbers.gl_entry_no if self.lines else 0
        return range(first, first + len(self.lines))

    def write(self, numbers: Numbers) -> None:
        """Insert the rows and move the balances: at most three statements, and one query without a setup."""
        self.assign(numbers)
        if not self.lines:
            return
        first_open_day = self.setup.first_open_day if self.setup else period_bounds()[1]
        entries, balances = self._gl_rows(first_open_day)
        insert_rows(GLEntry, entries)
        insert_rows(VATEntry, self._vat_rows())
        key = ("account_id", "posting_date", "closing")
        upsert_rows(GLBalance, balances, key=key, add=("debit_amount", "credit_amount"))

    @cached_property
    def _place(self) -> dict[int, int]:
        return {id(line): place for place, line in enumerate(self.lines)}

    @cached_property
    def _chain_of(self) -> list[int]:
        return [number for number, chain in enumerate(chains(self.transactions)) for _ in chain]

    def _gl_rows(self, first_open_day: date | None) -> tuple[list["GLRow"], list["BalanceRow"]]:
        rows, balances = [], []
        entry_no = self.numbers.gl_entry_no
        for index, (facts, lines, _continues) in enumerate(self.transactions):
            transaction_no = self.transaction_no(index)
            prior_year = first_open_day is not None and facts.posting_date < first_open_day
            for line in lines:
                source_type = facts.source_type if line.source_type is None else line.source_type
                source_no = facts.source_no if line.source_no is None else line.source_no
                rows.append(
                    GLRow(
                        entry_no=entry_no,
                        register_id=self.numbers.register_no,
                        transaction_no=transaction_no,
                        account_id=line.account_id,
                        posting_date=facts.posting_date,
                        vat_date=facts.vat_date,
                        document_date=facts.document_date,
                        document_type=facts.document_type,
                        document_no=facts.document_no,
                        external_document_no=facts.external_document_no,
                        description=(line.description or facts.description)[:100],
                        amount=line.amount,
                        correction=line.correction,
                        source_currency_code=facts.currency_code,
                        source_currency_amount=line.currency_amount,
                        gen_posting_type=line.gen_posting_type,
                        gen_bus_posting_group=line.gen_bus,
                        gen_prod_posting_group=line.gen_prod,
                        vat_bus_posting_group=line.vat_bus,
                        vat_prod_posting_group=line.vat_prod,
                        vat_amount=line.vat_amount,
                        quantity=line.quantity,
                        source_type=source_type,
                        source_no=source_no,
                        source_code=facts.source_code,
                        journal_batch=facts.journal_batch,
                        reason_code=facts.reason_code,
                        system_created=line.system_created,
                        prior_year=prior_year,
                        closing=facts.closing,
                        reverses_id=line.reverses,
                    )
                )
                debit, credit = debit_and_credit(line.amount, correction=line.correction)
                balances.append(BalanceRow(line.account_id, facts.posting_date, facts.closing, debit, credit))
                entry_no += 1
        return rows, balances

    def _vat_rows(self) -> list["VATRow"]:
        rows = []
        entry_no = getattr(self.numbers, "vat_entry_no", 0)
        for index, (facts, lines, _continues) in enumerate(self.transactions):
            for line in lines:
                vat = line.vat
                if vat is None:
                    continue
                full_base = vat.base if vat.base_before_discount is None else vat.base_before_discount
                rows.append(
                    VATRow(
                        entry_no=entry_no,
                        transaction_no=self.transaction_no(index),
                        gl_entry_no=self.entry_no(line),
                        posting_date=facts.posting_date,
                        vat_date=facts.vat_date,
                        document_date=facts.document_date,
                        document_type=facts.document_type,
                        document_no=facts.document_no,
                        external_document_no=facts.external_document_no,
                        type=vat.type,
                        base=vat.base,
                        base_before_discount=full_base,
                        amount=vat.amount,
                        vat_difference=vat.difference,
                        vat_percent=vat.percent,
                        vat_identifier=vat.identifier,
                        calculation_type=vat.calculation_type,
                        vat_account_id=vat.account_id,
                        reverse_charge_account_id=vat.reverse_charge_account_id,
                        vat_bus_posting_group=vat.vat_bus,
                        vat_prod_posting_group=vat.vat_prod,
                        gen_bus_posting_group=vat.gen_bus,
                        gen_prod_posting_group=vat.gen_prod,
                        tax_category=vat.tax_category,
                        bill_to_no=vat.bill_to_no,
                        country_code=vat.country_code,
                        vat_registration_no=vat.vat_registration_no,
                        eu_3_party_trade=vat.eu_3_party_trade,
                        eu_service=vat.eu_service,
                        source_code=facts.source_code,
                        reverses_id=vat.reverses,
                    )
                )
                entry_no += 1
        return rows


class GLRow(NamedTuple):
    entry_no: int
    register_id: int
    transaction_no: int
    account_id: int
    posting_date: date
    vat_date: date
    document_date: date
    document_type: str
    document_no: str
    external_document_no: str
    description: str
    amount: Decimal
    correction: bool
    source_currency_code: str
    source_currency_amount: Decimal
    gen_posting_type: str
    gen_bus_posting_group: str
    gen_prod_posting_group: str
    vat_bus_posting_group: str
    vat_prod_posting_group: str
    vat_amount: Decimal
    quantity: Decimal
    source_type: str
    source_no: str
    source_code: str
    journal_batch: str
    reason_code: str
    system_created: bool
    prior_year: bool
    closing: bool
    reverses_id: int | None


class VATRow(NamedTuple):
    entry_no: int
    transaction_no: int
    gl_entry_no: int
    posting_date: date
    vat_date: date
    document_date: date
    document_type: str
    document_no: str
    external_document_no: str
    type: str
    base: Decimal
    base_before_discount: Decimal
    amount: Decimal
    vat_difference: Decimal
    vat_percent: Decimal
    vat_identifier: str
    calculation_type: str
    vat_account_id: int | None
    reverse_charge_account_id: int | None
    vat_bus_posting_group: str
    vat_prod_posting_group: str
    gen_bus_posting_group: str
    gen_prod_posting_group: str
    tax_category: str
    bill_to_no: str
    country_code: str
    vat_registration_no: str
    eu_3_party_trade: bool
    eu_service: bool
    source_code: str
    reverses_id: int | None


class BalanceRow(NamedTuple):
    account_id: int
    posting_date: date
    closing: bool
    debit_amount: Decimal
    credit_amount: Decimal


def load_chart(account_ids: Collection[int] | None = None) -> dict[int, AccountFacts]:
    """What `check` asks of accounts, by id; of all accounts, or of these. One query."""
    rows = GLAccount.objects.order_by()
    if account_ids is not None:
        rows = rows.filter(pk__in=account_ids)
    return {
        id: AccountFacts(number, type == GLAccount.Type.POSTING, *rest)
        for id, number, type, *rest in rows.values_list("id", "number", "type", "blocked", "direct_posting")
    }


def check(
    transactions: Sequence[Transaction],
    *,
    by: "User | None",
    setup: PostingSetup,
    manual: bool,
    chart: Mapping[int, AccountFacts] | None = None,
    allowed: DateRange | None = None,
) -> list[Problem]:
    """Everything that keeps these transactions out of the general ledger, in the order of their lines.

    by      whose allowed posting dates count; None: the company's
    manual  typed by somebody: direct posting must be on, and foreign currency must balance too
    chart   accounts read before, those of these lines among them
    allowed the days on which this user may post, where they were read before

    At most three queries: the user's dates, the accounts, the currencies.
    """
    if chart is None:
        chart = load_chart({line.account_id for transaction in transactions for line in transaction.lines})
    currencies = {transaction.facts.currency_code for transaction in transactions}
    return check_transactions(
        transactions,
        chart=chart,
        allowed=allowed or allowed_dates(by, setup),
        first_period=setup.first_period,
        precisions=precisions(currencies | {""}, local=setup.precision),
        manual=manual,
    )


@database.atomic
def post(
    transactions: Sequence[Transaction],
    *,
    source_code: str,
    by: "User | None",
    at: datetime,
    manual: bool = True,
    journal_batch: str = "",
    reverses: int | None = None,
    setup: PostingSetup | None = None,
) -> Posted:
    """Post a G/L journal by itself.

    manual         typed by somebody; lines without an amount are left out
    journal_batch  where the lines come from; only what has one can be reversed
    reverses       number of the register that this posting undoes
    raises         ProblemsFound with all problems; E-GL-EMPTY when there is no line
    """
    setup = setup or PostingSetup.load()
    transactions = [
        _with_source(transaction, source_code, journal_batch, manual) for transaction in transactions
    ]
    if not any(transaction.lines for transaction in transactions):
        raise NothingToPost()
    raise_problems("", check(transactions, by=by, setup=setup, manual=manual))
    gl = GLSection(transactions, setup=setup)
    register_no = registers.write(
        [gl],
        source_code=source_code,
        by=by.get_username() if by else "",
        at=at,
        journal_batch=journal_batch,
        reverses=reverses,
    )
    numbers = dict.fromkeys(gl.transaction_no(index) for index in range(len(transactions)))
    return Posted(register_no, tuple(numbers), gl.entry_nos)


def _with_source(transaction: Transaction, source_code: str, journal_batch: str, manual: bool) -> Transaction:
    facts = transaction.facts._replace(
        source_code=transaction.facts.source_code or source_code,
        journal_batch=transaction.facts.journal_batch or journal_batch,
    )
    lines = [line for line in transaction.lines if line.amount or not manual]
    return transaction._replace(facts=facts, lines=lines)
