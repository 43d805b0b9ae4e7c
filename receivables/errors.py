"""What the receivables room refuses, as exceptions and as the problems that its checks collect."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError, Problem

CUSTOMER_GROUPS = "admin:customers_customerpostinggroup_changelist"
CURRENCIES = "admin:posting_currency_changelist"
SETUP = "admin:receivables_receivablessetup_changelist"
BANK_ACCOUNTS = "admin:receivables_bankaccount_changelist"
LEDGER_SETUP = "admin:posting_generalledgersetup_changelist"


class NotOpen(ErpError):
    """The entry does not exist, or nothing is left of it."""

    code, status = "E-AP-NOTOPEN", 409
    template = gettext_lazy("{entry} is not open.")


class OtherCustomer(ErpError):
    """Entries of one customer are not settled with those of another."""

    code, status = "E-AP-OTHERCUST", 409
    template = gettext_lazy("{entry} belongs to customer {customer}.")


class NothingChosen(ErpError):
    """There is nothing to apply to."""

    code, status = "E-AP-NONE", 422
    template = gettext_lazy("Choose an entry to apply to.")


class SameSign(ErpError):
    """A payment settles what is owed to us, not another payment."""

    code, status = "E-AP-SIGN", 422
    template = gettext_lazy(
        "{entry} cannot be applied: its remaining amount, {remaining}, has the same sign."
    )


class CurrenciesDiffer(ErpError):
    """The set-up does not allow applications between currencies."""

    code, status = "E-AP-CURR", 422
    template = gettext_lazy("All entries of one application need the same currency.")
    setup = SETUP


class ApplicationTooEarly(ErpError):
    """A posted application cannot lie before one of its entries."""

    code, status = "E-AP-DATE", 422
    template = gettext_lazy("The date may not precede {entry}'s posting date, {date}.")


class EntryIsLater(ErpError):
    """A new entry cannot settle one that is posted later."""

    code, status = "E-AP-EARLY", 422
    template = gettext_lazy("Your posting date is earlier than that of {entry}, {date}.")


class ApplicationDateClosed(ErpError):
    """The date of the application is outside the allowed posting dates."""

    code, status = "E-AP-RANGE", 422
    template = gettext_lazy("The application date {date} is not open for posting.")
    setup = LEDGER_SETUP


class DocumentExists(ErpError):
    """Invoices, credit memos, finance charge memos and reminders have a number of their own."""

    code, status = "E-AR-DUPDOC", 409
    template = gettext_lazy("{entry} already exists.")


class WrongSign(ErpError):
    """A discount, a tolerance or an amount to apply goes the way of what remains."""

    code, status = "E-AR-SIGN", 422
    template = gettext_lazy("{field} must have the sign of the remaining amount, {remaining}.")


class TooBig(ErpError):
    """A discount, a tolerance or an amount to apply is at most what remains."""

    code, status = "E-AR-TOOBIG", 422
    template = gettext_lazy("{field} exceeds the remaining amount, {remaining}.")


class EntryClosed(ErpError):
    """Nothing is left of the entry, so that there is nothing to change."""

    code, status = "E-AR-CLOSED", 409
    template = gettext_lazy("{entry} is closed.")


class ToleranceBeforeDiscount(ErpError):
    """A grace period does not end before the discount does."""

    code, status = "E-AR-TOLDATE", 422
    template = gettext_lazy(
        "The discount tolerance date {tolerance_date} precedes the discount date {discount_date}."
    )


class NothingToUnapply(ErpError):
    """No application of the entry is in force."""

    code, status = "E-UN-NONE", 409
    template = gettext_lazy("Nothing to unapply: {entry} is not applied.")


class LaterApplication(ErpError):
    """Last in, first out: a later application of one of the entries stands in the way."""

    code, status = "E-UN-LATER", 409
    template = gettext_lazy("First unapply the later application of {entry}.")


class PartOfReversal(ErpError):
    """A reversal is undone by reversing it."""

    code, status = "E-UN-REV", 409
    template = gettext_lazy("{entry} is part of a reversal.")


class UnapplyDate(ErpError):
    """The date is closed, or lies before the application."""

    code, status = "E-UN-DATE", 422
    template = gettext_lazy("The date must be open and not before {date}.")


class StillApplied(ErpError):
    """What was settled is unapplied before it is reversed."""

    code, status = "E-REV-APPLIED", 409
    template = gettext_lazy("{entry} is applied or was adjusted; unapply it first.")


class BankAccountCurrency(ErpError):
    """A bank account with a currency takes no other."""

    code, status = "E-GL-BANKCUR", 422
    template = gettext_lazy("Bank {bank} accepts only {currency}.")
    setup = BANK_ACCOUNTS


class BankAccountBlocked(ErpError):
    """Nothing is posted to a blocked bank account."""

    code, status = "E-GL-BANKBLOCK", 409
    template = gettext_lazy("Bank account {bank} is blocked.")
    setup = BANK_ACCOUNTS


class NoBankAccount(ErpError):
    """The money must have come from somewhere."""

    code, status = "E-PR-SETUP", 422
    template = gettext_lazy("Name a bank or G/L account, or set up a default bank account.")
    setup = SETUP


class WrongAmount(ErpError):
    """The sign follows from the kind of document."""

    code, status = "E-GL-SIGN", 422
    template = gettext_lazy("Amount of a {document_type} must be {sign}.")


class BadAgeingPeriod(ErpError):
    """The periods of an ageing must step back in time, one after the other."""

    code, status = "E-AG-PERIOD", 422
    template = gettext_lazy("Period {period} cannot be used; try 1M+CM instead of CM+1M.")


def entry_name(document_type: str, document_no: str, entry_no: object = None) -> str:
    """An entry as people name it."""
    from receivables.models import DocumentType

    label = DocumentType(document_type).label if document_type else _("Entry")
    return f"{label} {document_no}".strip() if document_no else f"{_('Entry')} {entry_no}"


def account_missing(group: str, field: str, label: str, setup: str = CUSTOMER_GROUPS) -> Problem:
    message = _("Field {field} is empty in posting group {group}.").format(field=label, group=group)
    return Problem("E-PG-ACC", message, None, field, setup)


def currency_account_missing(currency: str, label: str) -> Problem:
    message = _("Field {field} is empty in currency {currency}.").format(field=label, currency=currency)
    return Problem("E-PG-ACC", message, None, None, CURRENCIES)


def not_rounded(amount: Decimal, precision: Decimal, line_no: int | None = None) -> Problem:
    message = _("Amount {amount} is not rounded to {precision}.").format(amount=amount, precision=precision)
    return Problem("E-GL-ROUND", message, line_no, "amount")


def two_sub_ledgers(line_no: int | None = None) -> Problem:
    return Problem("E-GL-TWOSUB", _("One side must be a G/L or bank account."), line_no, "bal_account_type")


def both_ways_to_apply(line_no: int | None = None) -> Problem:
    message = _("Use either an applies-to document or an applies-to ID.")
    return Problem("E-GL-APPLBOTH", message, line_no, "applies_to_id")


def no_posting_group(customer: str) -> Problem:
    message = _("Customer {customer} has no customer posting group.").format(customer=customer)
    return Problem("E-PG-ACC", message, None, "customer_posting_group", "admin:customers_customer_changelist")


def application_in_register(register_transaction: int) -> Problem:
    message = _(
        "Reverse the transactions of the register one by one: transaction {number} was applied within it."
    )
    return Problem("E-REV-REG", message.format(number=register_transaction))


def entries_in_open_year(customer: str) -> Problem:
    message = _("Customer {customer} cannot be deleted: it has entries in an open fiscal year.")
    return Problem("E-CU-DEL-FY", message.format(customer=customer))


def open_entries(customer: str) -> Problem:
    return Problem(
        "E-CU-DEL-OPEN",
        _("Customer {customer} cannot be deleted: it has open entries.").format(customer=customer),
    )


def posted_history(customer: str) -> Problem:
    message = _(
        "Customer {customer} cannot be deleted: posted entries name it. Block it for everything instead."
    )
    return Problem("E-CU-DEL-HIST", message.format(customer=customer))


class JournalEmpty(ErpError):
    """There are no lines: nobody typed one, or somebody posted them a moment ago."""

    code, status = "E-JB-EMPTY", 409
    template = gettext_lazy("{journal} has no lines. {story}")


class BatchExists(ErpError):
    """Journals of a kind are told apart by their names."""

    code, status = "E-JB-EXISTS", 409
    template = gettext_lazy("{journal} exists already.")


class BatchNeedsName(ErpError):
    """A journal without a name cannot be found again."""

    code, status = "E-JB-NAME", 422
    template = gettext_lazy("Give the journal a name.")


class BatchInUse(ErpError):
    """Lines are posted or removed before their journal is deleted."""

    code, status = "E-JB-LINES", 409
    template = gettext_lazy("{journal} still has lines: post or remove them first.")


class NothingMarked(ErpError):
    """Nobody said which entries were paid."""

    code, status = "E-PR-NONE", 422
    template = gettext_lazy("Mark at least one payment.")


class NothingToPay(ErpError):
    """Invoices and credit memos of a lump come out even: they are applied to each other instead."""

    code, status = "E-PR-ZERO", 422
    template = gettext_lazy("What is marked comes to nothing: apply the entries to each other instead.")


def account_empty(line_no: int | None) -> Problem:
    return Problem("E-GL-ACCOUNT", _("Enter an account."), line_no, "account_no")


def nothing_on_line(line_no: int | None) -> Problem:
    return Problem("W-JNL-ZERO", _("The line has no amount: posting leaves it out."), line_no, "amount")


def number_not_typed(series: str, number: str, line_no: int | None) -> Problem:
    message = _("Numbers of series {series} cannot be typed: leave {number} out.").format(
        series=series, number=number
    )
    return Problem("E-NS-MANUAL", message, line_no, "document_no", "admin:kernel_numberseries_changelist")
