"""What one posting will do, as plain values: papers, facts and transactions of goods, money and cash. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from erp.kernel.errors import Problem
from inventory.ledger import ItemPlan, Paper, ResourceUse
from posting.values import Facts, Line, Transaction
from receivables.ledger import EntryPlan
from sales.models import SalesDocument
from sales.plans.charge_revenue import ChargePlan
from sales.plans.goods import GOODS, MONEY, GoodsPlan
from sales.plans.invoice_values import InvoicePlan
from sales.plans.parts import Part
from sales.plans.sources import SourcePlan
from sales.values import SalesValues

SOURCE_CODE = "SALES"
PENDING = "***"  # stands for a number until it is drawn


@dataclass
class PostingPlan:
    """All that one posting will do; what the preview shows.

    explanations  by line number, what is new of why a line has its account, see `sales.plans.explain`
    """

    document: SalesDocument
    moves_goods: bool
    invoices: bool
    parts: Sequence[Part]
    invoice: InvoicePlan | None = None
    goods: GoodsPlan | None = None
    items: ItemPlan | None = None
    entries: list[EntryPlan] = field(default_factory=list)
    cash_line: Line | None = None
    sources: SourcePlan = field(default_factory=SourcePlan)
    resources: list[ResourceUse] = field(default_factory=list)
    charges: ChargePlan = field(default_factory=ChargePlan)
    explanations: Mapping[int, dict] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def writes_goods_paper(plan: PostingPlan, values: SalesValues) -> bool:
    """Orders always leave a shipment behind; invoices and credit memos where the set-up wants it."""
    if not plan.moves_goods:
        return False
    traits = plan.document.traits
    if traits.in_steps:
        return True
    return values.sales.return_receipt_on_credit_memo if traits.receives else values.sales.shipment_on_invoice


def papers(plan: PostingPlan, goods_no: str, money_no: str) -> dict[str, Paper]:
    document = plan.document
    receives = document.traits.receives
    goods = Paper(
        document_type="sales_return_receipt" if receives else "sales_shipment",
        document_no=goods_no,
        posting_date=document.posting_date,
        document_date=document.document_date,
        external_document_no=document.external_document_no,
        source_type="customer",
        source_no=document.customer.number,
        order_no=document.number if document.traits.in_steps else "",
        source_code=SOURCE_CODE,
        salesperson_code=document.salesperson_code,
    )
    money = goods._replace(
        document_type="sales_credit_memo" if receives else "sales_invoice", document_no=money_no
    )
    return {GOODS: goods, MONEY: money}


def _facts(document: SalesDocument, *, document_type: str) -> Facts:
    return Facts(
        posting_date=document.posting_date,
        vat_date=document.vat_date or document.posting_date,
        document_date=document.document_date,
        document_type=document_type,
        document_no=PENDING,
        external_document_no=document.external_document_no,
        description=document.posting_description,
        source_type="customer",
        source_no=document.bill_to_customer.number,
        source_code=SOURCE_CODE,
        reason_code=document.reason_code,
        currency_code=document.currency_code,
    )


def money_facts(document: SalesDocument) -> Facts:
    """What the G/L and customer entries of a posted invoice or credit memo have in common."""
    return _facts(document, document_type="credit_memo" if document.traits.receives else "invoice")


def cash_facts(document: SalesDocument) -> Facts:
    """The same of the payment (or refund) of a cash sale; it carries the invoice's number."""
    return _facts(document, document_type="refund" if document.traits.receives else "payment")


def transactions(plan: PostingPlan) -> list[Transaction]:
    """The goods' expected cost by itself, where the set-up posts it; then the invoice, receivable first."""
    transactions = []
    goods_lines = plan.items.lines_of(GOODS) if plan.items else []
    if goods_lines:
        transactions.append(Transaction(_facts(plan.document, document_type=""), goods_lines))
    if plan.invoice is not None:
        money_lines = [*plan.entries[0].lines, *plan.invoice.journal]
        money_lines += plan.items.lines_of(MONEY) if plan.items else []
        transactions.append(Transaction(money_facts(plan.document), money_lines))
    if plan.cash_line is not None:
        cash_lines = [*plan.entries[1].lines, plan.cash_line]
        transactions.append(Transaction(cash_facts(plan.document), cash_lines))
    return transactions


def numbered(plan: PostingPlan, goods_no: str, money_no: str) -> list[Transaction]:
    return [
        entry._replace(
            facts=entry.facts._replace(document_no=money_no if entry.facts.document_type else goods_no)
        )
        for entry in plan.transactions
    ]
