"""Who must say yes in the demo company, and what is waiting for it today."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from approvals.models import ApprovalEntry, ApprovalRun, ApprovalUser, Workflow
from approvals.routines.enable import enable
from approvals.routines.reject import reject
from approvals.routines.request import request
from customers.models import Customer
from erp.kernel.models import User
from inventory.models import Item
from sales.approval import SUBJECT
from sales.masters import NewLine
from sales.models import SalesDocument
from sales.routines.draft import draft

LIMIT = 10_000
# Customer, what is ordered at the least (local currency), how many days ago it was sent, why it was rejected.
LARGE = (
    ("C10001", 12_500, 4, ""),
    ("C10004", 18_200, 0, ""),
    ("C10007", 31_000, 1, "Half of it on prepayment, please: we have never sold them as much."),
)


def set_up_approvals(people: Mapping[str, User]) -> None:
    """Orders and invoices above the clerk's limit wait for the sales manager, whom the accountant stands in for."""
    clerk, manager = people["CLERK"], people["SALES-MANAGER"]
    accountant, administrator = people["ACCOUNTANT"], people["ADMINISTRATOR"]
    above = ApprovalUser.objects.create(user=manager, unlimited_sales=True)
    deputy = ApprovalUser.objects.create(user=accountant, sales_amount_limit=LIMIT, approver=above)
    ApprovalUser.objects.filter(pk=above.pk).update(substitute=deputy)
    ApprovalUser.objects.create(user=clerk, sales_amount_limit=LIMIT, approver=above)
    ApprovalUser.objects.create(user=administrator, is_administrator=True, approver=above)
    workflow = Workflow.objects.create(
        code="LARGE-SALES",
        description="Orders and invoices over 10,000 need the sales manager",
        document_types=["order", "invoice"],
        amount_more_than=Decimal(LIMIT),
        due_date_formula="2D",
    )
    enable(workflow)


def send_large_orders(people: Mapping[str, User], *, on: date) -> list[ApprovalRun]:
    """Orders that the clerk has sent to the manager: one is overdue, one is from today, one came back."""
    clerk, manager = people["CLERK"], people["SALES-MANAGER"]
    item = (
        Item.objects.filter(sales_blocked=False, type=Item.Type.INVENTORY)
        .order_by("-unit_price", "number")
        .first()
    )
    sent = []
    for place, (number, worth, days_ago, reason) in enumerate(LARGE):
        day = on - timedelta(days=days_ago)
        at = datetime.combine(day, time(9, 10 + place), tzinfo=UTC)
        pieces = (Decimal(worth) / item.unit_price * Decimal("1.3")).to_integral_value(ROUND_CEILING)
        order = draft(
            SalesDocument.Type.ORDER,
            Customer.objects.get(number=number),
            by=clerk,
            at=at,
            on=day,
            lines=[NewLine(number=item.number, quantity=pieces, unit_code=item.sales_unit.code)],
            external_document_no=f"PO-{4700 + place}",
        )
        run = request(SUBJECT, order.pk, by=clerk, at=at, on=day)
        if reason:
            asked = run.entries.get(status=ApprovalEntry.Status.OPEN)
            reject(asked, by=manager, at=at + timedelta(hours=1), comment=reason)
        sent.append(run)
    return sent
