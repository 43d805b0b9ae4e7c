"""The sets of the API that this room declares; `erp/api.py` composes them."""

from erp.kernel.odata.entity import register
from posting.api.company import Companies
from posting.api.company_information import CompanyInformation
from posting.api.countries import CountriesRegions
from posting.api.currencies import Currencies, CurrencyExchangeRates
from posting.api.entries import Accounts, GeneralLedgerEntries
from posting.api.groups import GeneralProductPostingGroups, TaxAreas, TaxGroups
from posting.api.ledger_setup import AccountingPeriods, LedgerSetup

register(
    AccountingPeriods,
    Accounts,
    Companies,
    CompanyInformation,
    CountriesRegions,
    Currencies,
    CurrencyExchangeRates,
    GeneralLedgerEntries,
    GeneralProductPostingGroups,
    LedgerSetup,
    TaxAreas,
    TaxGroups,
)
