"""The sets of the API that this room declares; `erp/api.py` composes them."""

from erp.kernel.odata.entity import register
from receivables.api.addresses import ResponsibilityCenters, ShipToAddresses
from receivables.api.ageing import AgedAccountsReceivables
from receivables.api.bank import BankAccounts
from receivables.api.customers import Customers
from receivables.api.entries import (
    AppliedCustomerLedgerEntries,
    CustomerLedgerEntries,
    DetailedCustomerLedgerEntries,
)
from receivables.api.figures import CustomerFinancialDetails, CustomerSales
from receivables.api.journals import CustomerPaymentJournals, Journals
from receivables.api.lines import JournalLines
from receivables.api.payments import CustomerPayments
from receivables.api.templates import CustomerTemplates

register(Customers, CustomerFinancialDetails, CustomerSales, AgedAccountsReceivables, ShipToAddresses)
register(BankAccounts, CustomerTemplates, ResponsibilityCenters)
register(
    AppliedCustomerLedgerEntries,
    CustomerLedgerEntries,
    CustomerPaymentJournals,
    CustomerPayments,
    DetailedCustomerLedgerEntries,
    JournalLines,
    Journals,
)
