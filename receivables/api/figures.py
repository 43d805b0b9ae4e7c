"""What customers owe and bought, in figures."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.errors import bad_url
from erp.kernel.odata.properties import Day, Dec, Guid, Moment, Number, Text
from receivables import selectors
from receivables.api.customers import MONEY

DATES = "dateFilter_FilterOnly"


class CustomerFinancialDetails(EntitySet):
    """Balance, overdue amount and sales of each customer, in local currency."""

    name, entity, model = "customerFinancialDetails", "customerFinancialDetail", Customer
    scope = "customers"
    permissions = {"GET": ("customers.view_customer", *MONEY)}
    properties = (
        Guid("id", "uuid", read_only=True),
        Number("number", "number", length=20, read_only=True, sortable=True),
        Dec("balance", lambda _asking: selectors.balance_expression(), scale=2, read_only=True),
        Dec("totalSalesExcludingTax",
            lambda asking: selectors.sales_expression(until=asking.on - timedelta(days=1)), scale=2, read_only=True,
            about="Of invoices less credit memos that were posted for yesterday or earlier."),
        Dec("overdueAmount", lambda asking: selectors.overdue_expression(asking.on), scale=2, read_only=True,
            about="What was due yesterday or earlier."),
        Moment("lastModifiedDateTime", "modified_at", read_only=True),
    )  # fmt: skip


class CustomerSales(EntitySet):
    """What was invoiced to each customer, less credit memos, without VAT; in the days of the filter."""

    name, entity, model = "customerSales", "customerSale", Customer
    scope = "finance"
    permissions = {"GET": ("customers.view_customer", "receivables.view_customerledgerentry")}
    key = "customerId"
    unique = ("customerId",)
    steers = frozenset({DATES})
    properties = (
        Guid("customerId", "uuid", read_only=True),
        Number("customerNumber", "number", length=20, read_only=True, sortable=True),
        Text("name", "name", length=100, read_only=True),
        Dec("totalSalesAmount", lambda asking: selectors.sales_expression(**days(asking)), scale=2, read_only=True),
        Day(DATES, read_only=True, filterable=False,
            about="Only for $filter, with ge, gt, le, lt, eq: the posting dates that count."),
    )  # fmt: skip

    def restrict(self, asking: Asking, filtered: Mapping[tuple[str, str], Any]) -> None:
        super().restrict(asking, filtered)
        days(asking)

    def rows(self, asking: Asking) -> QuerySet:
        """Those who bought something in these days."""
        return Customer.objects.order_by().filter(selectors.has_sales(**days(asking)))


def days(asking: Asking) -> dict[str, date | None]:
    """The first and the last day that $filter lets count."""
    since = until = None
    for (_name, operator), day in asking.told.get(CustomerSales.name, {}).items():
        if not isinstance(day, date):
            raise bad_url(
                _("{property} is compared with a date such as 2026-03-02.").format(property=DATES), DATES
            )
        if operator == "ne":
            message = _("{property} takes eq, ge, gt, le and lt.")
            raise bad_url(message.format(property=DATES), DATES)
        if operator in ("ge", "gt", "eq"):
            since = day + timedelta(days=operator == "gt")
        if operator in ("le", "lt", "eq"):
            until = day - timedelta(days=operator == "lt")
    return {"since": since, "until": until}
