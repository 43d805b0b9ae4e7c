"""Deciding a posting: lock, read, check, and plan every ledger, each by its own room. Nothing is written but a
release, which a preview takes back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from erp.kernel.access import within
from erp.kernel.compiled import Compiled, Given
from erp.kernel.errors import Problem, ProblemsFound, raise_problems
from inventory import ledger as item_ledger
from posting import journal
from posting.dates import DateRange, allowed_dates, check_date
from posting.values import Line
from sales.approval import POST, check_needs_no_approval
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, UserSalesSetup
from sales.plans import check
from sales.plans.charge_revenue import check_charges, give_back, plan_charges, take_charges_back
from sales.plans.correction import Mirror
from sales.plans.explain import explain_accounts
from sales.plans.goods import GOODS, MONEY, plan_goods, told_by_sales
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
from sales.plans.resources import plan_resources
from sales.plans.settle import plan_cash, plan_receivable
from sales.plans.sources import plan_sources
from sales.routines.load import Work, load, load_goods
from sales.routines.lock import lock_the_rest, lock_to_post
from sales.routines.release import finish_amounts, items_with_variants, release
from sales.selectors import waits_in_queue
from sales.values import SalesValues

Status = SalesDocument.Status
Policy = UserSalesSetup.PostingPolicy
POLICY = Compiled(
    lambda: UserSalesSetup.objects.filter(user=Given("user")).values_list("invoice_posting_policy", flat=True)
)


def decide(
    document: SalesDocument,
    *,
    ship: bool,
    invoice: bool,
    by,
    at: datetime,
    posting_date: date | None,
    confirmed_date: bool | None,
    values: SalesValues | None,
    from_queue: bool = False,
    held: bool = False,
    mirror: Mirror | None = None,
) -> tuple[PostingPlan, Work]:
    """Plan a posting of a document, under locks; problems are in the plan, and with them it may stop half-way.

    Raises at once what has to be settled first: a type that is not posted, approval, the queue, a day to confirm.
    """
    document = lock_the_rest(document) if held else lock_to_post(document.pk)
    traits = document.traits
    policy = _policy(by)
    if traits.at_once or policy == Policy.MANDATORY:
        ship = invoice = True
    queued = not from_queue and waits_in_queue(document)
    raise_problems(document, check.check_may_start(document, queued=queued))
    raise_problems(document, check_needs_no_approval(document, code=POST))
    values = SalesValues.fit(document.currency_code, values)
    if values.sales.posting_date_check and not confirmed_date:
        day = posting_date or document.posting_date
        raise_problems(document, check.check_work_date(day, at, ask=confirmed_date is None))
    document, unreleased = _release(document, by=by, at=at, values=values)
    work = load(document, posting_date=posting_date, at=at, values=values, mirror=mirror)
    parts = plan_parts(
        work.lines, ship=ship, invoice=invoice, at_once=traits.at_once, uninvoiced=work.uninvoiced
    )
    for part in parts if mirror else ():
        part.taken = mirror.goods.get(part.line.line_no, ())
    plan = PostingPlan(
        document=document,
        moves_goods=not document.free_text and any(part.ship for part in parts),
        invoices=any(part.invoice for part in parts),
        parts=parts,
    )
    if plan.invoices:
        plan.invoice = plan_invoice(
            document,
            plan.parts,
            values=values,
            rounding_account=work.rounding_account,
            account_numbers=work.account_numbers,
            mirror=mirror,
        )
    asked = _check_asked(document, ship, invoice, policy)
    allowed = allowed_dates(by, values.posting)
    problems = [*_check(plan, work, allowed, asked), *unreleased]
    plan.problems += dict.fromkeys(problems)
    if unreleased or any(problem.code in ("E-TF", "E-POST-NOTHING", "E-POST-FLAG") for problem in problems):
        return plan, work
    load_goods(work)
    _decide(plan, work, by, allowed)
    return plan, work


def _release(
    document: SalesDocument, *, by, at: datetime, values: SalesValues
) -> tuple[SalesDocument, Sequence[Problem]]:
    """Posting releases an open document; of a released one the automatic invoice discount is calculated again.

    What keeps it from being released is told together with everything else.
    """
    if document.status != Status.RELEASED:
        try:
            with within():  # who looks at what posting would do need not have the right to press Release
                release(document, by=by, at=at, values=values)
        except ProblemsFound as error:
            return document, error.problems
        return lock_to_post(document.pk), ()
    if values.sales.calc_invoice_discount:
        finish_amounts(document, list(document.lines.order_by("line_no")), values=values, at=at)
    return document, ()


def _policy(by) -> str:
    """What the user set-up lets somebody post; nobody in person, and who has none, may post all."""
    return (POLICY.first(user=by.pk) if by else None) or Policy.ALLOWED


def _check_asked(document: SalesDocument, ship: bool, invoice: bool, policy: str) -> list[Problem]:
    """What the clerk chose to post, and whether the clerk may."""
    if not (ship or invoice):
        return [Problem("E-POST-FLAG", _("Choose to ship, to invoice, or both."))]
    if invoice and policy == Policy.PROHIBITED:
        message = _("Your user set-up does not allow posting invoices; leave {document} to somebody who may.")
        setup = "admin:sales_usersalessetup_changelist"
        return [Problem("E-POST-POLICY", message.format(document=document), setup=setup)]
    return []


def _check(plan: PostingPlan, work: Work, allowed: DateRange, asked: list[Problem]) -> list[Problem]:
    """Everything that can be told before goods are looked at, in the order in which people mend it.

    The total, the head, the day, what was asked for, who buys, what is left to post, the lines, the numbers.
    """
    document, values = plan.document, work.values
    problems: list[Problem] = []
    if plan.invoice is not None:
        problems += check.check_not_negative(document, plan.invoice.amount, plan.invoice.amount_including_vat)
    problems += check.check_head(document)
    if document.posting_date:
        problem = check_date(document.posting_date, allowed, values.posting.first_period)
        problems += [problem] if problem else []
    problems += asked
    problems += check_not_blocked(
        document.customer,
        document.bill_to_customer,
        document_type=document.type,
        action="post",
        ships=plan.moves_goods,
    )
    if plan.invoices:
        problems += check.check_invoice_head(document)
    if not asked:
        problems += check.check_something_to_post(document, plan.parts)
    problems += check.check_advice(document, plan.parts)
    problems += check.check_lines(
        document,
        plan.parts,
        work.inventory,
        items_with_variants=items_with_variants(work.lines, work.inventory),
    )
    problems += check.check_quantities(plan.parts)
    if work.mirror is None:
        problems += check_charges(plan.parts, work.charges.assignments)
    if values.sales.exact_cost_reversing_mandatory:
        problems += check.check_exact_cost(document, plan.parts)
    problems += plan.invoice.problems if plan.invoice else ()
    wants_goods = writes_goods_paper(plan, values) and not document.shipping_no_series
    wants_money = plan.invoices and not document.posting_no_series
    goods = [document.traits.goods_series] if wants_goods else []
    money = [document.traits.money_series] if wants_money else []
    problems += check.check_series(values.sales, [*goods, *money])
    if plan.invoices and values.sales.external_document_no_mandatory:
        problems += check.check_external_no(document)
    return problems


def _decide(plan: PostingPlan, work: Work, by, allowed: DateRange) -> None:
    """Plan the ledgers, each by its own room, and check the G/L transactions as a whole."""
    values = work.values
    _decide_sources(plan, work)
    if work.stock is not None:
        _decide_goods(plan, work)
    if plan.invoice is not None:
        _decide_services(plan, work)
    if plan.problems:
        return
    if plan.invoice is not None:
        _decide_entries(plan, work)
    plan.transactions = transactions(plan)
    plan.problems += journal.check(
        plan.transactions, by=by, setup=values.posting, manual=False, chart=values.chart, allowed=allowed
    )


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
        cost_of_resources=sum((use.total_cost for use in plan.resources), ZERO),
        mirror=work.mirror,
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


def _decide_sources(plan: PostingPlan, work: Work) -> None:
    """The orders and blanket orders that are moved on besides this document."""
    figures = plan.invoice.lines if plan.invoice else ()
    plan.sources = plan_sources(
        plan.document,
        plan.parts,
        {row.part.line.line_no: row.figures.inv_discount_amount for row in figures},
        work.sources,
        ships_by_default=work.values.line_rules(plan.document).ships_by_default,
    )
    plan.problems += plan.sources.problems


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
    plan.problems += told_by_sales(plan.items.problems)


def _decide_services(plan: PostingPlan, work: Work) -> None:
    """What is invoiced besides goods: time of resources, charges on goods; and which accounts take the revenue."""
    values, invoiced = work.values, plan.invoice.lines
    plan.explanations = explain_accounts((row.part.line for row in invoiced), values)
    plan.resources = plan_resources(plan.document, invoiced, precision=values.posting.precision)
    if work.mirror is not None:
        plan.charges = take_charges_back(plan.parts, work.mirror, work.charges.charged)
        orders = work.sources.values()
        plan.charges.states += give_back(orders, work.charges.ordered, precision=values.precision)
        return
    plan.charges = plan_charges(
        plan.document,
        plan.parts,
        {row.part.line.line_no: row for row in invoiced},
        plan.goods,
        work.charges,
        precision=values.precision,
    )
    plan.problems += plan.charges.problems
