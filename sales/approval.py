"""What approvals are told about a sales document, and what keeps one back that nobody has approved."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q, Sum

from approvals.plans.restriction import check_approved
from approvals.selectors import enabled_workflows, last_run, was_approved
from approvals.subjects import Facts
from customers.models import Customer
from customers.selectors import credit_situation
from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from sales.models import SalesDocument, SalesLine, UserSalesSetup
from sales.models.base import LineType
from sales.plans.head_change import AGREED, OPEN

SUBJECT = "sales.document"
RELEASE, POST, CONVERT = "E-REL-APPROVAL", "E-POST-APPROVAL", "E-QUO-APPROVAL"


def facts_of(document: SalesDocument) -> Facts:
    """The document as approvers are asked about it: without VAT, at full quantity, after all discounts. One query."""
    lines = SalesLine.objects.filter(document=document).order_by()
    is_selling = ~Q(type=LineType.COMMENT)
    sums = lines.aggregate(net=Sum("amount", default=Decimal(0)), selling=Count("pk", filter=is_selling))
    net = abs(sums["net"])
    groups = (document.price_group_code, document.discount_group_code, document.customer_posting_group)
    return Facts(
        key=document.pk,
        type=document.type,
        number=document.number,
        title=str(document),
        party_no=document.customer_number,
        party_name=document.sell_to_name,
        currency_code=document.currency_code,
        amount=net,
        amount_lcy=round_to(WIDE.divide(net, document.currency_factor)),
        groups=tuple(group for group in groups if group),
        salesperson_code=document.salesperson_code,
        is_empty=not sums["selling"],
        salespeople=lambda: _users_behind(document.salesperson_code),
        credit=lambda: _credit_left(document),
    )


def _users_behind(salesperson_code: str) -> Sequence[int]:
    users = UserSalesSetup.objects.filter(salesperson__code=salesperson_code)
    return tuple(users.order_by("user_id").values_list("user_id", flat=True))


def _credit_left(document: SalesDocument) -> Decimal:
    """What is left of the payer's limit; the document itself is among what the payer is about to owe already."""
    payer = Customer.objects.filter(pk=document.bill_to_customer_id).first()
    if payer is None:
        return Decimal(0)
    day = document.posting_date or document.order_date or document.created_at.date()
    return credit_situation(payer, on=day).available_credit


def fixed(document: SalesDocument) -> frozenset[str]:
    """The fields of a head that change only while it is open; more of them once somebody has approved the document."""
    if document.status == SalesDocument.Status.RELEASED and was_approved(SUBJECT, document.pk):
        return OPEN | AGREED
    return OPEN


def check_needs_no_approval(document: SalesDocument, *, code: str) -> list[Problem]:
    """Why an open document may not be released, posted or converted: somebody must approve it first.

    code  RELEASE, POST or CONVERT: what was tried
    """
    if document.status != SalesDocument.Status.OPEN:
        return []
    return check_approved(
        str(document),
        facts=lambda: facts_of(document),
        workflows=list(enabled_workflows(SUBJECT, document.type)),
        last=last_run(SUBJECT, document.pk),
        code=code,
    )
