"""Every report there is."""

from collections.abc import Iterable

from reporting.report import Report
from reporting.reports import (
    aged_receivables,
    back_orders,
    customer_statement,
    inventory_valuation,
    sales,
    trial_balance,
    vat_entries,
)

REPORTS: dict[str, Report] = {
    report.key: report
    for report in (
        *sales.REPORTS,
        back_orders.REPORT,
        aged_receivables.REPORT,
        customer_statement.REPORT,
        inventory_valuation.REPORT,
        trial_balance.REPORT,
        vat_entries.REPORT,
    )
}


def reports_for(user) -> Iterable[Report]:
    """The reports that a user may see, in their order."""
    return [report for report in REPORTS.values() if report.is_for(user)]
