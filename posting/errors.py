"""What the posting room refuses, as exceptions and as the problems that its checks collect."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError, Problem

GENERAL_SETUP = "admin:posting_generalpostingsetup_changelist"
VAT_SETUP = "admin:posting_vatpostingsetup_changelist"
ACCOUNTS = "admin:posting_glaccount_changelist"
LEDGER_SETUP = "admin:posting_generalledgersetup_changelist"
PERIODS = "admin:posting_accountingperiod_changelist"
RATES = "admin:posting_exchangerate_changelist"


class NoExchangeRate(ErpError):
    """No rate of this currency starts on the day or before it."""

    code, status = "E-CX-RATE", 422
    template = gettext_lazy("No exchange rate for {currency} on {date}.")
    setup = RATES


class OutOfBalance(ErpError):
    """What was written does not sum to zero: a fault of the program, found before anything could be kept."""

    code, status = "E-GL-INTERNAL", 500
    template = gettext_lazy("Internal: {reason}")


class NothingToPost(ErpError):
    """The journal has no line with an amount."""

    code, status = "E-GL-EMPTY", 422
    template = gettext_lazy("There is nothing to post.")


class AccountInUse(ErpError):
    """The account has entries, or something refers to it."""

    code, status = "E-GL-DEL", 409
    template = gettext_lazy("Account {number} cannot be deleted: {reason}.")


class NoSuchTransaction(ErpError):
    """There is nothing to reverse under this number."""

    code, status = "E-REV-NONE", 404
    template = gettext_lazy("There is no {kind} {number} in the general ledger.")


class NextYearMissing(ErpError):
    """A year can be closed only into the next one."""

    code, status = "E-FY-NEXT", 409
    template = gettext_lazy("Create the next fiscal year before closing this one.")
    setup = PERIODS


class NoOpenYear(ErpError):
    """Every fiscal year is closed, or none was ever created."""

    code, status = "E-FY-NONE", 409
    template = gettext_lazy("There is no open fiscal year.")
    setup = PERIODS


class YearExists(ErpError):
    """The new fiscal year must follow the ones that exist."""

    code, status = "E-FY-ORDER", 409
    template = gettext_lazy("A new fiscal year cannot start on {date}: it must follow {last}.")
    setup = PERIODS


class YearNotClosed(ErpError):
    """The income statement is closed for a fiscal year that is closed itself."""

    code, status = "E-FY-OPEN", 409
    template = gettext_lazy("No closed fiscal year ends on {date}.")
    setup = PERIODS


class BadTotaling(ErpError):
    """The totaling of an account cannot be read."""

    code, status = "E-GL-TOTALING", 422
    template = gettext_lazy(
        "{text} is not a totaling: write account numbers and ranges, as in 1000..1999|3100."
    )
    setup = ACCOUNTS


def date_missing(line_no: int | None = None) -> Problem:
    return Problem("E-GL-DATE0", _("Posting date is missing."), line_no, "posting_date")


def date_not_allowed(on: date, start: date | None, end: date | None, line_no: int | None = None) -> Problem:
    message = _("{date} is outside your allowed posting dates ({from_}–{to}).").format(
        date=on, from_=start or "", to=end or ""
    )
    return Problem("E-GL-DATE", message, line_no, "posting_date", LEDGER_SETUP)


def before_first_period(on: date, line_no: int | None = None) -> Problem:
    message = _("{date} lies before the first accounting period.").format(date=on)
    return Problem("E-GL-PERIOD", message, line_no, "posting_date", PERIODS)


def document_no_missing(line_no: int | None = None) -> Problem:
    return Problem("E-GL-DOCNO", _("Document number is missing."), line_no, "document_no")


def account_missing(number: object, line_no: int | None = None, field: str = "account_no") -> Problem:
    message = (
        _("There is no account {number}.").format(number=number)
        if number
        else _("Account number is missing.")
    )
    return Problem("E-GL-ACC", message, line_no, field, ACCOUNTS)


def account_not_posting(number: str, line_no: int | None = None) -> Problem:
    message = _("Account {number} is not a posting account.").format(number=number)
    return Problem("E-GL-TYPE", message, line_no, "account_no", ACCOUNTS)


def account_not_direct(number: str, line_no: int | None = None) -> Problem:
    message = _("Account {number} does not allow direct posting.").format(number=number)
    return Problem("E-GL-DIRECT", message, line_no, "account_no", ACCOUNTS)


def account_blocked(number: str, line_no: int | None = None) -> Problem:
    message = _("Account {number} is blocked.").format(number=number)
    return Problem("E-GL-BLOCKED", message, line_no, "account_no", ACCOUNTS)


def not_rounded(amount: Decimal, precision: Decimal, line_no: int | None = None) -> Problem:
    message = _("Amount {amount} is not rounded to {precision}.").format(amount=amount, precision=precision)
    return Problem("E-GL-ROUND", message, line_no, "amount")


def signs_differ(amount: Decimal, currency_amount: Decimal, line_no: int | None = None) -> Problem:
    message = _(
        "{currency_amount} in foreign and {amount} in local currency must have the same sign."
    ).format(currency_amount=currency_amount, amount=amount)
    return Problem("E-GL-CURSIGN", message, line_no, "currency_amount")


def document_off_balance(document_no: str, difference: Decimal, line_no: int | None = None) -> Problem:
    message = _("Document {number} is out of balance by {difference}.").format(
        number=document_no, difference=difference
    )
    return Problem("E-GL-DOCBAL", message, line_no, "amount")


def date_off_balance(on: date, difference: Decimal, line_no: int | None = None) -> Problem:
    message = _("Lines dated {date} are out of balance by {difference}.").format(
        date=on, difference=difference
    )
    return Problem("E-GL-DATEBAL", message, line_no, "amount")


def currency_off_balance(
    document_no: str, difference: Decimal, currency: str, line_no: int | None = None
) -> Problem:
    message = _("Document {number} is out of balance by {difference} {currency}.").format(
        number=document_no, difference=difference, currency=currency
    )
    return Problem("E-GL-CURBAL", message, line_no, "currency_amount")


def general_setup_missing(bus: str, prod: str, line_no: int | None = None) -> Problem:
    message = _("There is no general posting setup for {bus} and {prod}.").format(
        bus=bus or "–", prod=prod or "–"
    )
    return Problem("E-POSTING-SETUP", message, line_no, None, GENERAL_SETUP)


def general_setup_blocked(bus: str, prod: str, line_no: int | None = None) -> Problem:
    message = _("The general posting setup for {bus} and {prod} is blocked.").format(
        bus=bus or "–", prod=prod
    )
    return Problem("E-POSTING-SETUP", message, line_no, "blocked", GENERAL_SETUP)


def general_account_missing(
    bus: str, prod: str, field: str, label: str, line_no: int | None = None
) -> Problem:
    message = _("Field {field} is empty in the general posting setup for {bus} and {prod}.").format(
        field=label, bus=bus or "–", prod=prod
    )
    return Problem("E-POSTING-SETUP", message, line_no, field, GENERAL_SETUP)


def vat_setup_missing(bus: str, prod: str, line_no: int | None = None) -> Problem:
    message = _("No VAT setup for {bus}/{prod}.").format(bus=bus or "–", prod=prod or "–")
    return Problem("E-VAT-NOSETUP", message, line_no, None, VAT_SETUP)


def vat_setup_blocked(bus: str, prod: str, line_no: int | None = None) -> Problem:
    message = _("The VAT setup for {bus}/{prod} is blocked.").format(bus=bus or "–", prod=prod)
    return Problem("E-VAT-NOSETUP", message, line_no, "blocked", VAT_SETUP)


def group_account_missing(
    group: object, field: str, label: str, line_no: int | None = None, setup: str | None = None
) -> Problem:
    message = _("Field {field} is empty in posting group {group}.").format(field=label, group=group)
    return Problem("E-PG-ACC", message, line_no, field, setup)


def not_from_a_journal(entry_no: int) -> Problem:
    message = _("Entry {number}: only journal postings can be reversed; use a credit memo.").format(
        number=entry_no
    )
    return Problem("E-REV-JNL", message)


def reversed_already(entry_no: int, transaction_no: int) -> Problem:
    message = _("Entry {number} is already reversed by transaction {transaction}.").format(
        number=entry_no, transaction=transaction_no
    )
    return Problem("E-REV-DONE", message)
