"""The rules of the books: periods, the local currency, the days on which may be posted."""

from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.properties import Bool, Code, Day, Guid, Moment, Text
from posting.models import AccountingPeriod, GeneralLedgerSetup


class AccountingPeriods(EntitySet):
    """Periods of the books; each ends where the next one starts."""

    name, entity, model = "accountingPeriods", "accountingPeriod", AccountingPeriod
    properties = (
        Guid("id", key="pk", of=AccountingPeriod, read_only=True),
        Day("startingDate", "starting_date", read_only=True, sortable=True, nullable=False),
        Text("name", "name", length=20, read_only=True),
        Bool("newFiscalYear", "new_fiscal_year", read_only=True),
        Bool("closed", "closed", read_only=True),
        Bool("dateLocked", "date_locked", read_only=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
    )


class LedgerSetup(EntitySet):
    """The general ledger set-up; one row."""

    name, entity, model = "generalLedgerSetup", "generalLedgerSetup", GeneralLedgerSetup
    properties = (
        Guid("id", "uuid", read_only=True),
        Day("allowPostingFrom", "allow_posting_from", read_only=True),
        Day("allowPostingTo", "allow_posting_to", read_only=True),
        Code("additionalReportingCurrency", length=10, read_only=True, absent=True),
        Code("localCurrencyCode", "lcy_code", length=10, read_only=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )
