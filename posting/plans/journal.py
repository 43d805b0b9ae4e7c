"""From the lines that somebody typed to the transactions of the general ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import Problem
from erp.kernel.money import ONE, ZERO
from posting import errors, vat
from posting.currency import to_lcy
from posting.plans.check import check_rounded
from posting.setup_values import PostingSetup
from posting.values import Facts, Line, Transaction


class JournalLine(NamedTuple):
    """A line of a G/L journal: an amount on an account, and perhaps its opposite on a balancing account.

    amount         in the currency of the line, debit positive, VAT included where there is a posting type
    vat_date       None: as the general ledger setup says
    document_date  None: the posting date
    """

    line_no: int
    posting_date: date | None
    document_no: str
    account_no: str
    amount: Decimal
    bal_account_no: str = ""
    description: str = ""
    document_type: str = ""
    external_document_no: str = ""
    document_date: date | None = None
    vat_date: date | None = None
    currency_code: str = ""
    gen_posting_type: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    vat_bus: str = ""
    vat_prod: str = ""
    reason_code: str = ""
    correction: bool = False


class AccountDefaults(NamedTuple):
    """What an account knows of itself for a line that names it."""

    id: int
    name: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    vat_bus: str = ""
    vat_prod: str = ""


class JournalPlan(NamedTuple):
    """The transactions, and what was found while making them; the door's own checks come on top."""

    transactions: list[Transaction]
    problems: list[Problem]


def plan_journal(
    lines: Sequence[JournalLine],
    *,
    accounts: Mapping[str, AccountDefaults],
    factors: Mapping[tuple[str, date], Decimal | Problem],
    setup: PostingSetup,
    force_document_balance: bool = True,
) -> JournalPlan:
    """Group lines into transactions; lines without an amount are left out.

    accounts                those that the lines name, by number
    factors                 by currency and date, for every foreign currency line; a problem where there is no rate
    force_document_balance  True: each (posting date, document type, document no.) balances by itself. False: a
                            transaction goes on over several documents until the lines balance

    A new transaction starts where the paper or the date changes, and wherever the lines so far balance.
    """
    problems: list[Problem] = []
    entries: list[tuple[Facts, list[Line]]] = []
    for line in lines:
        if not line.amount:
            continue
        if line.posting_date is None:
            problems.append(errors.date_missing(line.line_no))
            continue
        entries.append((_facts(line, setup), _gl_lines(line, accounts, factors, setup, problems)))
    transactions = []
    for group in _groups(entries, by_paper=force_document_balance):
        transactions += _merged(group)
    return JournalPlan(transactions, problems)


Entry = tuple[Facts, list[Line]]


def _groups(entries: Sequence[Entry], *, by_paper: bool) -> list[list[Entry]]:
    """What shares a transaction number: lines of a paper, or of all papers, until they balance."""
    groups: list[list[Entry]] = []
    still_open: dict[tuple, int] = {}
    balances: list[Decimal] = []
    for facts, lines in entries:
        if not lines:
            continue
        paper = (facts.posting_date, facts.document_type, facts.document_no) if by_paper else ()
        place = still_open.setdefault(paper, len(groups))
        if place == len(groups):
            groups.append([])
            balances.append(ZERO)
        groups[place].append((facts, lines))
        balances[place] += sum((line.amount for line in lines), ZERO)
        if not balances[place]:
            del still_open[paper]
    return groups


def _merged(group: Sequence[Entry]) -> list[Transaction]:
    """One transaction for each run of equal facts; the later ones continue the first."""
    transactions: list[Transaction] = []
    for facts, lines in group:
        if transactions and transactions[-1].facts == facts:
            transactions[-1].lines.extend(lines)
        else:
            transactions.append(Transaction(facts, list(lines), continues=bool(transactions)))
    return transactions


def _facts(line: JournalLine, setup: PostingSetup) -> Facts:
    document_date = line.document_date or line.posting_date
    by_document = setup.gl.default_vat_date == setup.gl.VATDate.DOCUMENT_DATE
    return Facts(
        posting_date=line.posting_date,
        vat_date=line.vat_date or (document_date if by_document else line.posting_date),
        document_date=document_date,
        document_type=line.document_type,
        document_no=line.document_no,
        external_document_no=line.external_document_no,
        reason_code=line.reason_code,
        currency_code=line.currency_code,
    )


def _gl_lines(
    line: JournalLine,
    accounts: Mapping[str, AccountDefaults],
    factors: Mapping[tuple[str, date], Decimal | Problem],
    setup: PostingSetup,
    problems: list[Problem],
) -> list[Line]:
    """The entries of one typed line; empty when it cannot be made, which is then a problem."""
    found = len(problems)
    account = accounts.get(line.account_no)
    balancing = accounts.get(line.bal_account_no)
    if account is None:
        problems.append(errors.account_missing(line.account_no, line.line_no))
    if balancing is None and line.bal_account_no:
        problems.append(errors.account_missing(line.bal_account_no, line.line_no, "bal_account_no"))
    factor = factors.get((line.currency_code, line.posting_date), ONE) if line.currency_code else ONE
    if isinstance(factor, Problem):
        problems.append(factor)
        factor = ONE
    if not line.currency_code:
        problems.extend(check_rounded(line.amount, setup.precision, line.line_no))
    if len(problems) > found:
        return []
    amount = to_lcy(line.amount, factor, precision=setup.precision) if line.currency_code else line.amount
    currency_amount = line.amount if line.currency_code else ZERO
    typed = Line(
        account_id=account.id,
        amount=amount,
        description=line.description or account.name,
        correction=line.correction,
        gen_posting_type=line.gen_posting_type,
        gen_bus=line.gen_bus or (account.gen_bus if line.gen_posting_type else ""),
        gen_prod=line.gen_prod or (account.gen_prod if line.gen_posting_type else ""),
        vat_bus=line.vat_bus or (account.vat_bus if line.gen_posting_type else ""),
        vat_prod=line.vat_prod or (account.vat_prod if line.gen_posting_type else ""),
        currency_amount=currency_amount,
        system_created=False,
        line_no=line.line_no,
    )
    entries = vat.expand(typed, setup=setup, problems=problems)
    if balancing is not None:
        entries.append(
            Line(
                account_id=balancing.id,
                amount=-amount,
                description=line.description or balancing.name,
                correction=line.correction,
                currency_amount=-currency_amount,
                system_created=False,
                line_no=line.line_no,
            )
        )
    return entries
