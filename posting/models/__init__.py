"""Every table of the posting room."""

from posting.models.accounts import GLAccount
from posting.models.country import Country
from posting.models.currency import Currency, ExchangeRate
from posting.models.entries import GLBalance, GLEntry, Register, VATEntry
from posting.models.groups import (
    GeneralBusinessGroup,
    GeneralProductGroup,
    VATBusinessGroup,
    VATProductGroup,
)
from posting.models.periods import AccountingPeriod, UserPostingDates
from posting.models.seal import Seal
from posting.models.setup import GeneralLedgerSetup, GeneralPostingSetup, VATClause, VATPostingSetup

__all__ = [
    "AccountingPeriod",
    "Country",
    "Currency",
    "ExchangeRate",
    "GLAccount",
    "GLBalance",
    "GLEntry",
    "GeneralBusinessGroup",
    "GeneralLedgerSetup",
    "GeneralPostingSetup",
    "GeneralProductGroup",
    "Register",
    "Seal",
    "UserPostingDates",
    "VATBusinessGroup",
    "VATClause",
    "VATEntry",
    "VATPostingSetup",
    "VATProductGroup",
]
