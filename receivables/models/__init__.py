"""Every table of the receivables room."""

from posting.models.entries import DocumentType
from receivables.models.bank import BankAccount, BankAccountPostingGroup
from receivables.models.entries import (
    BankLedgerEntry,
    CustomerBalance,
    CustomerLedgerEntry,
    DetailedCustomerLedgerEntry,
    OpenItem,
)
from receivables.models.journal import AccountType, JournalBatch, JournalLine
from receivables.models.setup import ReceivablesSetup

__all__ = [
    "AccountType",
    "BankAccount",
    "BankAccountPostingGroup",
    "BankLedgerEntry",
    "CustomerBalance",
    "CustomerLedgerEntry",
    "DetailedCustomerLedgerEntry",
    "DocumentType",
    "JournalBatch",
    "JournalLine",
    "OpenItem",
    "ReceivablesSetup",
]
