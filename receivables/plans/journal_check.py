"""What keeps lines out of the general journal, line by line. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from customers.checks import check_journal_not_blocked
from erp.kernel.errors import Problem
from erp.kernel.money import is_rounded
from posting import errors as gl_errors
from posting.models import GLAccount
from receivables import errors
from receivables.models import DocumentType
from receivables.plans.journal_line import (
    BANK,
    CUSTOMER,
    NEGATIVE,
    UNIQUE,
    JournalLine,
    JournalMasters,
    sides,
)
from receivables.plans.values import Rules, sign

HUNDRED = 100


def check_lines(lines: Sequence[JournalLine], masters: JournalMasters) -> list[Problem]:
    """Everything wrong with the lines one by one; the balance is the general ledger's to check."""
    found: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.posting_date is None:
            found.append(gl_errors.date_missing(line.line_no))
        if not line.document_no:
            found.append(gl_errors.document_no_missing(line.line_no))
        if line.account_type == CUSTOMER and line.bal_account_type == CUSTOMER and line.bal_account_no:
            found.append(errors.two_sub_ledgers(line.line_no))
        if line.applies_to_document_no and line.applies_to_id:
            found.append(errors.both_ways_to_apply(line.line_no))
        found += _check_amounts(line, masters.rules)
        for place, (kind, number) in enumerate(sides(line)):
            found += _check_side(line, kind, number, masters, line.amount if place == 0 else -line.amount)
        if CUSTOMER in (line.account_type, line.bal_account_type) and line.document_type in UNIQUE:
            document = (line.document_type, line.document_no)
            if document in masters.documents_in_use or document in seen:
                refusal = errors.DocumentExists(entry=errors.entry_name(*document))
                found.append(refusal.as_problem(line_no=line.line_no, field="document_no"))
            seen.add(document)
    return found


def _check_amounts(line: JournalLine, rules: Rules) -> list[Problem]:
    currency = rules.currencies.get(line.currency_code)
    found = []
    if currency is None:
        message = _("There is no currency {currency}.").format(currency=line.currency_code)
        return [Problem("E-CX-CURRENCY", message, line.line_no, "currency_code", errors.CURRENCIES)]
    if not is_rounded(line.amount, currency.precision):
        found.append(errors.not_rounded(line.amount, currency.precision, line.line_no))
    if line.amount_lcy is not None:
        if not is_rounded(line.amount_lcy, rules.lcy.precision):
            found.append(errors.not_rounded(line.amount_lcy, rules.lcy.precision, line.line_no))
        if sign(line.amount_lcy) != sign(line.amount) or (
            not line.currency_code and line.amount_lcy != line.amount
        ):
            found.append(gl_errors.signs_differ(line.amount_lcy, line.amount, line.line_no))
    return found


def _check_side(
    line: JournalLine, kind: str, number: str, masters: JournalMasters, amount: Decimal
) -> list[Problem]:
    if kind == CUSTOMER:
        return _check_customer(line, number, masters, amount)
    if kind == BANK:
        return _check_bank(line, number, masters)
    account = masters.accounts.get(number)
    if account is None:
        return [gl_errors.account_missing(number, line.line_no)]
    if account.type == GLAccount.Type.POSTING and not account.direct_posting:
        return [gl_errors.account_not_direct(number, line.line_no)]
    return []


def _check_customer(
    line: JournalLine, number: str, masters: JournalMasters, amount: Decimal
) -> list[Problem]:
    customer = masters.customers.get(number)
    if customer is None:
        message = _("There is no customer {number}.").format(number=number)
        return [Problem("E-CU-NONE", message, line.line_no, "account_no")]
    found = list(check_journal_not_blocked(customer, document_type=line.document_type, line_no=line.line_no))
    if line.document_type and sign(amount) != (-1 if line.document_type in NEGATIVE else 1):
        refusal = errors.WrongAmount(
            document_type=DocumentType(line.document_type).label,
            sign=_("negative") if line.document_type in NEGATIVE else _("positive"),
        )
        found.append(refusal.as_problem(line_no=line.line_no, field="amount"))
    if line.gen_posting_type or line.vat_bus or line.vat_prod:
        message = _("Customer lines carry no VAT.")
        found.append(Problem("E-GL-CUSTVAT", message, line.line_no, "gen_posting_type"))
    if line.posting_group and line.posting_group not in masters.groups:
        message = _("There is no customer posting group {group}.").format(group=line.posting_group)
        found.append(Problem("E-PG-NONE", message, line.line_no, "posting_group", errors.CUSTOMER_GROUPS))
    if not line.posting_group and customer.customer_posting_group is None:
        found.append(errors.no_posting_group(number))
    if line.payment_terms_code and line.payment_terms_code not in masters.terms:
        message = _("There are no payment terms {terms}.").format(terms=line.payment_terms_code)
        found.append(Problem("E-PT-NONE", message, line.line_no, "payment_terms_code"))
    if line.payment_discount_percent is not None and not 0 <= line.payment_discount_percent <= HUNDRED:
        message = _("A payment discount of {percent} % is out of range: it is between 0 and 100.")
        message = message.format(percent=f"{line.payment_discount_percent.normalize():f}")
        found.append(Problem("E-GL-DISC", message, line.line_no, "payment_discount_percent"))
    elif line.payment_discount_percent and line.document_type not in (
        DocumentType.INVOICE,
        DocumentType.CREDIT_MEMO,
    ):
        message = _("Only invoices and credit memos carry a payment discount.")
        found.append(Problem("E-GL-DISC", message, line.line_no, "payment_discount_percent"))
    return found


def _check_bank(line: JournalLine, number: str, masters: JournalMasters) -> list[Problem]:
    bank = masters.banks.get(number)
    if bank is None:
        message = _("There is no bank account {number}.").format(number=number)
        return [Problem("E-GL-BANKNONE", message, line.line_no, "account_no", errors.BANK_ACCOUNTS)]
    if bank.blocked:
        return [errors.BankAccountBlocked(bank=number).as_problem(line_no=line.line_no, field="account_no")]
    if bank.currency_id and bank.currency.code != line.currency_code:
        refusal = errors.BankAccountCurrency(bank=number, currency=bank.currency.code)
        return [refusal.as_problem(line_no=line.line_no, field="currency_code")]
    return []
