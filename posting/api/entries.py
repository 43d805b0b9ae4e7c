"""The general ledger: its entries, and the chart of accounts with what each account moved."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet, Many, One
from erp.kernel.odata.errors import bad_url
from erp.kernel.odata.kinds import RowGuid
from erp.kernel.odata.properties import Bool, Choice, Day, Dec, Guid, Int, Moment, Number, Text
from posting import selectors
from posting.api.kinds import JNL_DOCUMENT_TYPES
from posting.as_of import NOW, Known, known_at
from posting.models import GLAccount

Category, Type = GLAccount.Category, GLAccount.Type
CATEGORIES = {
    "": "",
    Category.ASSETS: "Assets",
    Category.LIABILITIES: "Liabilities",
    Category.EQUITY: "Equity",
    Category.INCOME: "Income",
    Category.COST_OF_GOODS_SOLD: "Cost of Goods Sold",
    Category.EXPENSE: "Expense",
}
TYPES = {
    Type.POSTING: "Posting",
    Type.HEADING: "Heading",
    Type.TOTAL: "Total",
    Type.BEGIN_TOTAL: "Begin-Total",
    Type.END_TOTAL: "End-Total",
}
DAYS, KNOWN = "dateFilter_FilterOnly", "knownAt_FilterOnly"
ONE_DAY = timedelta(days=1)


def known_property() -> Moment:
    """For $filter of sets whose figures are those of a moment; it steers, see `known_of`."""
    about = "For $filter only, with `eq`: the moment whose knowledge counts; what was posted later does not."
    return Moment(KNOWN, read_only=True, extension=True, about=about)


def known_of(told: Mapping[tuple[str, str], Any]) -> Known:
    """The moment that $filter asks for; without one now."""
    for (name, operator), moment in told.items():
        if name == KNOWN:
            if operator != "eq" or not isinstance(moment, datetime):
                message = _("{property} is compared with a moment such as 2026-03-02T10:15:00Z, by eq.")
                raise bad_url(message.format(property=KNOWN), "$filter")
            return known_at(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return NOW


class GeneralLedgerEntries(EntitySet):
    """What was posted to the accounts, in local currency; in the order of the entry numbers."""

    name, entity, scope = "generalLedgerEntries", "generalLedgerEntry", "finance"
    permissions = {"GET": ("posting.view_glentry",)}
    unique = ("entryNumber",)
    properties = (
        RowGuid("id", table="posting.glentry", read_only=True),
        Int("entryNumber", "entry_no", read_only=True, sortable=True),
        Day("postingDate", "posting_date", nullable=False, read_only=True, sortable=True),
        Number("documentNumber", "document_no", length=20, read_only=True, sortable=True),
        Choice("documentType", "document_type", values=JNL_DOCUMENT_TYPES, type="JnlDocType", read_only=True),
        Guid("accountId", "account__uuid", of=GLAccount, read_only=True),
        Number("accountNumber", "account__number", length=20, read_only=True),
        Text("description", "description", length=100, read_only=True),
        Dec("debitAmount", selectors.debit_expression(), scale=2, read_only=True),
        Dec("creditAmount", selectors.credit_expression(), scale=2, read_only=True),
        Dec("additionalCurrencyDebitAmount", scale=2, read_only=True, absent=True),
        Dec("additionalCurrencyCreditAmount", scale=2, read_only=True, absent=True),
        Moment("lastModifiedDateTime", "register__created_at", read_only=True),
    )
    navigation = (
        One("account", to="accounts", key="accountId", path="account"),
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
        Many("attachments", to="attachments", by="parentId"),
    )

    def rows(self, asking: Asking) -> QuerySet:
        return selectors.gl_entries().order_by()


class Accounts(EntitySet):
    """The chart of accounts. `netChange` is what moved in the period that dateFilter_FilterOnly names, else all.

    With knownAt_FilterOnly it is what was known of that at a moment.
    """

    name, entity, model, scope = "accounts", "account", GLAccount, "finance"
    steers = frozenset({DAYS, KNOWN})
    properties = (
        Guid("id", "uuid", read_only=True),
        Number("number", "number", length=20, read_only=True, sortable=True),
        Text("displayName", "name", length=100, read_only=True),
        Choice("category", "category", values=CATEGORIES, type="AccountCategory", read_only=True),
        Text("subCategory", length=80, read_only=True, absent=True),
        Bool("blocked", "blocked", read_only=True),
        Choice("accountType", "type", values=TYPES, type="AccountType", read_only=True),
        Bool("directPosting", "direct_posting", read_only=True),
        Dec("netChange", scale=2, read_only=True, filterable=False),
        Choice("consolidationTranslationMethod", values={"": ""}, read_only=True, absent=True),
        Text("consolidationDebitAccount", length=20, read_only=True, absent=True),
        Text("consolidationCreditAccount", length=20, read_only=True, absent=True),
        Bool("excludeFromConsolidation", read_only=True, absent=True),
        Moment("lastModifiedDateTime", "modified_at", read_only=True, sortable=True),
        Day(DAYS, read_only=True, extension=True, about="For $filter only: the period of netChange."),
        known_property(),
    )

    def restrict(self, asking: Asking, filtered: Mapping[tuple[str, str], Any]) -> None:
        asking.told[self.name] = filtered

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """The net changes of all accounts, from the balances by day."""
        told = asking.told.get(self.name, {})
        start, on = period(told)
        found = selectors.trial_balance(start=start, on=on, known=known_of(told))
        changes = {row.number: row.net_change for row in found}
        numbers = {str(id): number for number, id in asking.ids_by_code(GLAccount, "number").items()}
        show = self.property("netChange").show
        for row in rows:
            row["netChange"] = show(changes.get(numbers[row["id"]]), asking)


def period(told: Mapping[tuple[str, str], Any]) -> tuple[date | None, date | None]:
    """First and last day of what $filter says of the dates; None without a bound."""
    start = on = None
    for (name, operator), day in told.items():
        if name != DAYS:
            continue
        if not isinstance(day, date) or operator == "ne":
            raise bad_url(
                _("{property} is compared with a date, by eq, ge, gt, le or lt.").format(property=DAYS)
            )
        if operator in ("eq", "ge", "gt"):
            first = day + ONE_DAY if operator == "gt" else day
            start = first if start is None else max(start, first)
        if operator in ("eq", "le", "lt"):
            last = day - ONE_DAY if operator == "lt" else day
            on = last if on is None else min(on, last)
    return start, on
