"""Bring indentation and end-totals of the chart of accounts in line with its begin- and end-totals."""

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from posting.models import GLAccount
from posting.plans.chart import ChartRow, plan_indentation


@needs("posting.change_glaccount")
@transaction.atomic
def indent_chart() -> int:
    """Indent the chart and fill its end-totals; returns how many accounts changed. Raises E-GL-CHART."""
    accounts = list(GLAccount.objects.select_for_update().order_by("number"))
    rows = [ChartRow(row.number, row.type, row.indentation, row.totaling) for row in accounts]
    planned, problems = plan_indentation(rows)
    raise_problems("", problems)
    changed = []
    for account, before, after in zip(accounts, rows, planned, strict=True):
        if before != after:
            account.indentation, account.totaling = after.indentation, after.totaling
            changed.append(account)
    GLAccount.objects.bulk_update(changed, ["indentation", "totaling"])
    return len(changed)
