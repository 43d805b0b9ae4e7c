"""Deciding a posting: lock, read, check, and plan every ledger, each by its own room. Nothing is written but a
release, which a preview takes back."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from erp.kernel.errors import Problem, raise_problems
from inventory import ledger as item_ledger
from posting import journal
from posting.dates import check_posting_date
from posting.values import Line
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, UserSalesSetup
from sales.plans import check
from sales.plans.goods import GOODS, MONEY, plan_goods
from sales.plans.invoice import plan_invoice
from sales.plans.parts import plan_parts
from sales.plans.posting import (
    PENDING,
    PostingPlan,
    cash_facts,
    money_facts,
    papers,
    transactions,
    writes_goods_paper,
)
from sales.plans.settle import plan_cash, plan_receivable
from sales.routines.load import Work, load, load_goods
from sales.routines.lock import lock_to_post
from sales.routines.release import finish_amounts, items_with_variants, release
from sales.values import SalesValues

Status = SalesDocument.Status
Policy = UserSalesSetup.PostingPolicy


def decide(
    document: SalesDocument,
    *,
    ship: bool,
    invoice: bool,
    by,
    at: datetime,
    posting_date: date | None,
    values: SalesValues | None,
) -> tuple[PostingPlan, Work]:
    """Plan a posting of a document, under locks; problems are in the plan, and with them it may stop half-way."""
    document = lock_to_post(document.pk)
    traits = document.traits
    policy = _policy(by)
    if traits.at_once or policy == Policy.MANDATORY:
        ship = invoice = True
    raise_problems(document, _check_asked(document, ship, invoice, policy))
    values = SalesValues.fit(document.currency_code, values)
    document = _release(document, by=by, at=at, values=values)
    work = load(document, posting_date=posting_date, at=at, values=values)
    parts = plan_parts(
        work.lines, ship=ship, invoice=invoice, at_once=traits.at_once, uninvoiced=work.uninvoiced
    )
    plan = PostingPlan(
        document=document,
        moves_goods=any(part.ship for part in parts),
        invoices=any(part.invoice for part in parts),
        parts=parts,
    )
    plan.problems += _check(plan, work, by)
    if any(problem.code in ("E-TF", "E-POST-NOTHING") for problem in plan.problems):
        return plan, work
    load_goods(work)
    _decide(plan, work, by)
    return plan, work


def _release(document: SalesDocument, *, by, at: datetime, values: SalesValues) -> SalesDocument:
    """Posting releases an open document; of a released one the automatic invoice discount is calculated again."""
    if document.status != Status.RELEASED:
        release(document, by=by, at=at, values=values)
        return lock_to_post(document.pk)
    if values.sales.calc_invoice_discount:
        finish_amounts(document, list(document.lines.order_by("line_no")), values=values, at=at)
    return document


def _policy(by) -> str:
    """What the user set-up lets somebody post; nobody in person, and who has none, may post all."""
    found = UserSalesSetup.objects.filter(user=by).values_list("invoice_posting_policy") if by else ()
    return next((policy for (policy,) in found), Policy.ALLOWED)


def _check_asked(document: SalesDocument, ship: bool, invoice: bool, policy: str) -> list[Problem]:
    traits = document.traits
    if not traits.invoices:
        message = _("A {type} is not posted; make an order or an invoice of it.")
        return [Problem("E-POST-TYPE", message.format(type=document.get_type_display()), field="type")]
    if not (ship or invoice):
        return [Problem("E-POST-FLAG", _("Choose to ship, to invoice, or both."))]
    if invoice and policy == Policy.PROHIBITED:
        message = _("Your user set-up does not allow posting invoices; leave {document} to somebody who may.")
        setup = "admin:sales_usersalessetup_changelist"
        return [Problem("E-POST-POLICY", message.format(document=document), setup=setup)]
    if document.status == Status.PENDING_APPROVAL:
        message = _("{document} is waiting for approval and cannot be posted.").format(document=document)
        return [Problem("E-POST-APPROVAL", message, field="status")]
    return []


def _check(plan: PostingPlan, work: Work, by) -> list[Problem]:
    document, values = plan.document, work.values
    problems = check.check_head(
        document,
        invoice=plan.invoices,
        external_no_mandatory=values.sales.external_document_no_mandatory,
    )
    if document.posting_date:
        problem = check_posting_date(document.posting_date, by, values.posting)
        problems += [problem] if problem else []
    problems += check_not_blocked(
        document.customer,
        document.bill_to_customer,
        document_type=document.type,
        action="post",
        ships=plan.moves_goods,
    )
    goods = [document.traits.goods_series] if writes_goods_paper(plan, values) else []
    money = [document.traits.money_series] if plan.invoices else []
    problems += check.check_series(values.sales, [*goods, *money])
    problems += check.check_something_to_post(document, plan.parts)
    problems += check.check_quantities(plan.parts)
    problems += check.check_advice(document, plan.parts)
    if work.values.sales.exact_cost_reversing_mandatory:
        problems += check.check_exact_cost(document, plan.parts)
    problems += check.check_lines(
        document,
        plan.parts,
        work.inventory,
        items_with_variants=items_with_variants(work.lines, work.inventory),
    )
    return problems


def _decide(plan: PostingPlan, work: Work, by) -> None:
    """Plan the ledgers, each by its own room, and check the G/L transactions as a whole."""
    document, values = plan.document, work.values
    if plan.invoices:
        plan.invoice = plan_invoice(
            document,
            plan.parts,
            values=values,
            rounding_account=work.rounding_account,
            account_numbers=work.account_numbers,
        )
        plan.problems += plan.invoice.problems
        plan.problems += check.check_not_negative(
            document, plan.invoice.amount, plan.invoice.amount_including_vat
        )
    if work.stock is not None:
        _decide_goods(plan, work)
    if plan.problems:
        return
    if plan.invoice is not None:
        _decide_entries(plan, work)
    plan.transactions = transactions(plan)
    plan.problems += journal.check(plan.transactions, by=by, setup=values.posting, manual=False)


def _decide_entries(plan: PostingPlan, work: Work) -> None:
    """The receivable, and in a cash sale the payment that closes it at once."""
    document, values = plan.document, work.values
    receivable = plan_receivable(
        document,
        plan.invoice,
        plan.items,
        money_facts(document),
        posting_group=work.posting_group,
        open_items=work.open_items,
        values=values,
    )
    plan.entries = [receivable]
    if work.cash is not None and receivable.entry.amount and not receivable.problems:
        payment = plan_cash(receivable, cash_facts(document), open_items=work.open_items, values=values)
        plan.entries.append(payment)
        plan.cash_line = Line(
            account_id=work.cash.account_id,
            amount=-payment.entry.amount_lcy,
            currency_amount=-payment.entry.amount if document.currency_code else ZERO,
        )
    plan.problems += [problem for entry in plan.entries for problem in entry.problems]


def _decide_goods(plan: PostingPlan, work: Work) -> None:
    invoiced = {row.part.line.line_no: row for row in plan.invoice.lines} if plan.invoice else {}
    plan.goods = plan_goods(
        plan.document,
        plan.parts,
        invoiced,
        values=work.values,
        goods_paper=GOODS if writes_goods_paper(plan, work.values) else MONEY,
    )
    plan.items = item_ledger.plan(
        plan.goods.movements,
        plan.goods.invoicings,
        papers=papers(plan, PENDING, PENDING),
        state=work.stock,
    )
    plan.problems += plan.items.problems
