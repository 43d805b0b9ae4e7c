"""What keeps transactions out of the general ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO, is_rounded
from posting import errors
from posting.dates import DateRange, check_date
from posting.values import Line, Transaction, chains


class AccountFacts(NamedTuple):
    """What a check wants to know of an account."""

    number: str
    is_posting: bool
    blocked: bool
    direct_posting: bool


def check_transactions(
    transactions: Sequence[Transaction],
    *,
    chart: Mapping[int, AccountFacts],
    allowed: DateRange,
    first_period: date | None,
    precisions: Mapping[str, Decimal],
    manual: bool,
) -> list[Problem]:
    """All problems, in the order of the lines; what concerns a whole document follows its lines.

    chart       the accounts of the lines by id; one that is missing does not exist
    precisions  amount rounding precision by currency code, "" for the local currency
    manual      typed by somebody: accounts must allow direct posting, foreign currency must balance too, and have
                the sign of the local amount
    """
    problems: list[Problem] = []
    for chain in chains(transactions):
        from_the_setup = _vat_accounts(chain)
        for transaction in chain:
            problems += _check_facts(transaction, allowed, first_period)
            for line in transaction.lines:
                direct = manual and not (line.system_created and line.account_id in from_the_setup)
                problems += _check_line(line, transaction.facts.currency_code, chart, precisions, direct)
                if manual:
                    problems += _check_signs(line)
        problems += _check_balance(chain, manual)
    return problems


def _check_facts(transaction: Transaction, allowed: DateRange, first_period: date | None) -> list[Problem]:
    facts = transaction.facts
    problems = []
    line_no = _first_line_no([transaction])
    closed = check_date(facts.posting_date, allowed, first_period, line_no=line_no)
    if closed:
        problems.append(closed)
    if not facts.document_no.strip():
        problems.append(errors.document_no_missing(line_no))
    return problems


def _check_line(
    line: Line,
    currency_code: str,
    chart: Mapping[int, AccountFacts],
    precisions: Mapping[str, Decimal],
    direct: bool,
) -> list[Problem]:
    problems = []
    account = chart.get(line.account_id)
    if account is None:
        problems.append(errors.account_missing(line.account_id, line.line_no))
    elif not account.is_posting:
        problems.append(errors.account_not_posting(account.number, line.line_no))
    else:
        if account.blocked:
            problems.append(errors.account_blocked(account.number, line.line_no))
        if direct and not account.direct_posting:
            problems.append(errors.account_not_direct(account.number, line.line_no))
    problems += check_rounded(line.amount, precisions[""], line.line_no)
    if currency_code:
        problems += check_rounded(line.currency_amount, precisions[currency_code], line.line_no)
    return problems


def _check_signs(line: Line) -> list[Problem]:
    """Both amounts point the same way where somebody typed them.

    A document's amounts are converted as running totals, so what is worth less than a cent may come out a cent the
    other way.
    """
    if line.amount * line.currency_amount >= 0:
        return []
    return [errors.signs_differ(line.amount, line.currency_amount, line.line_no)]


def check_rounded(amount: Decimal, precision: Decimal, line_no: int | None = None) -> list[Problem]:
    """E-GL-ROUND where the amount is no multiple of the precision."""
    return [] if is_rounded(amount, precision) else [errors.not_rounded(amount, precision, line_no)]


def _check_balance(chain: Sequence[Transaction], manual: bool) -> list[Problem]:
    problems = []
    line_no = _first_line_no(chain)
    by_date: dict[date, Decimal] = {}
    for facts, lines, _continues in chain:
        by_date[facts.posting_date] = sum(
            (line.amount for line in lines), by_date.get(facts.posting_date, ZERO)
        )
    facts = chain[0].facts
    papers = {(each.facts.document_type, each.facts.document_no) for each in chain}
    for on, difference in by_date.items():
        if difference and len(papers) == len(by_date) == 1:
            problems.append(errors.document_off_balance(facts.document_no, difference, line_no))
        elif difference:
            problems.append(errors.date_off_balance(on, difference, line_no))
    currencies = {transaction.facts.currency_code for transaction in chain}
    if manual and len(currencies) == 1 and facts.currency_code:
        difference = sum((line.currency_amount for transaction in chain for line in transaction.lines), ZERO)
        if difference:
            problems.append(
                errors.currency_off_balance(facts.document_no, difference, facts.currency_code, line_no)
            )
    return problems


def _vat_accounts(chain: Sequence[Transaction]) -> set[int | None]:
    """The accounts that the VAT setup chose, and not whoever typed the lines."""
    entries = [line.vat for transaction in chain for line in transaction.lines if line.vat is not None]
    return {account for entry in entries for account in (entry.account_id, entry.reverse_charge_account_id)}


def _first_line_no(chain: Sequence[Transaction]) -> int | None:
    return next((line.line_no for transaction in chain for line in transaction.lines), None)
