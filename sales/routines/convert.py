"""From an offer to business: a quote becomes an order or an invoice, whole or in part."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.workflow import log_move
from sales.arithmetic.values import ZERO
from sales.masters import LineMasters
from sales.models import ArchivedDocument, SalesDocument, SalesLine
from sales.plans import line as edit
from sales.plans.archive_rules import check_answered, keeps_version
from sales.plans.chosen_part import Taken, check_precision, plan_part
from sales.plans.quote import stage_of
from sales.plans.still_sold import check_still_sold, named_by
from sales.rights import to_sell
from sales.routines.archive import write_versions
from sales.routines.carry_over import (
    carried_lines,
    carry_charges,
    carry_comments,
    carry_head,
    forget_comments,
    parents_of,
    sum_invoice_discount,
)
from sales.routines.discount import discount_invoice
from sales.routines.lock import lock, refuse_locked
from sales.routines.may_make import check_may_make
from sales.routines.price import apply_price, price_lines
from sales.routines.prospect import check_template
from sales.routines.quotes.assign_customer import assign_customer
from sales.routines.quotes.keep_rest import keep_rest as keep_the_rest
from sales.routines.total import total
from sales.routines.write_lines import write_lines
from sales.values import SalesValues

Type, Calculation = SalesDocument.Type, SalesDocument.InvoiceDiscountCalculation
CONFIRMED = "confirmed"  # the last stage in the history of a quote that is gone


@needs(to_sell, "sales.delete_salesdocument")
def make_order(quote: SalesDocument, *, by, at: datetime, on: date, **given) -> SalesDocument:
    """Turn a quote into an order: same prices, same discounts, same order date; see `_convert`."""
    return _convert(quote, Type.ORDER, by=by, at=at, on=on, **given)


@needs(to_sell, "sales.delete_salesdocument")
def make_invoice(quote: SalesDocument, *, by, at: datetime, on: date, **given) -> SalesDocument:
    """Turn a quote into an invoice that ships and bills at once; see `_convert`."""
    return _convert(quote, Type.INVOICE, by=by, at=at, on=on, **given)


@transaction.atomic
def _convert(
    quote: SalesDocument,
    target: str,
    *,
    by,
    at: datetime,
    on: date,
    part: Mapping[int, Decimal] | None = None,
    keep_rest: bool = True,
    recalculate: bool = False,
    create_customer: bool | None = None,
    customer_no: str = "",
    archive: bool | None = None,
) -> SalesDocument:
    """Turn a quote into a document of a type; the quote is gone, or stays with what was not accepted.

    on               the work date
    part             quantity by line number, where only a part of the quote is accepted; None: all of it
    keep_rest        whether the quote stays with the rest of it; False closes it
    recalculate      look prices up afresh, as of the work date, instead of keeping what was agreed
    create_customer  whether a prospect becomes a customer, by the quote's customer template
    customer_no      number of that customer, where its series lets one type it
    archive          whether a version of the quote is kept, where the set-up asks

    raises  LinesLocked and its like; ProblemsFound: E-QUO-TYPE, E-QUO-NOCUST, E-QUO-TEMPL, E-QUO-PART, blocked
            customers, salespeople and masters; Q-QUO-CUST and Q-ARCH for what was asked and not answered

    Source: Business Central, quote to order and quote to invoice; a quote that has expired may be converted.
    """
    quote = lock(quote.pk)
    raise_problems(quote, _check_is_quote(quote))
    refuse_locked(quote)
    values = SalesValues.load(quote.currency_code)
    masters = ("item__vat_bus_posting_group_price", "resource")
    lines = list(quote.lines.select_related(*masters).order_by("line_no"))
    plan = plan_part(lines, part)
    chosen = [row.line for row in plan.chosen]
    known = LineMasters.load(named_by(chosen), customer_no="", on=on)
    problems = [
        *_check_prospect(quote, create_customer),
        *check_answered(values.sales, quote, archive),
        *check_may_make(quote, target),
        *plan.problems,
        *check_precision(plan.chosen, known),
        *check_still_sold(quote, chosen, known),
    ]
    raise_problems(quote, problems)

    if keeps_version(values.sales, quote.type, archive):
        write_versions([quote], reason=ArchivedDocument.Reason.CONVERTED, by=by, at=at)
    if quote.is_for_prospect:
        quote = assign_customer(quote, number=customer_no, by=by, at=at, on=on)
    document = carry_head(quote, target, by=by, at=at, on=on, values=values, quote_no=quote.number)
    copies = carried_lines(plan.chosen, document, values)
    taken = {
        line.line_no: Taken(line.line_discount_amount, line.inv_discount_amount, line.vat_difference)
        for line in copies
    }
    if recalculate:
        _reprice(document, copies, chosen, values, on)
    written = write_lines(copies, parents_of(plan.chosen))
    carry_charges(plan.chosen, written)
    carry_comments(quote, document, written.keys())
    if part is not None or recalculate:
        sum_invoice_discount(document, copies)
        document.save()
    copies = total(document, values=values, at=at)
    if recalculate and document.invoice_discount_calculation == Calculation.PERCENT:
        discount_invoice(document, values=values, at=at, lines=copies)
    outbox.put("sales.quote.converted", key=quote.number, type=target, number=document.number)
    if keep_rest and not plan.is_all:
        keep_the_rest(quote, plan, taken, values=values, at=at)
    else:
        _close(quote, target, by=by, at=at)
    return document


def _check_is_quote(document: SalesDocument) -> list[Problem]:
    if document.type == Type.QUOTE:
        return []
    message = _("{document} is no quote: only a quote becomes an order or an invoice.")
    return [Problem("E-QUO-TYPE", message.format(document=document), field="type")]


def _check_prospect(quote: SalesDocument, create_customer: bool | None) -> list[Problem]:
    """An offer to a prospect becomes business with a customer."""
    if not quote.is_for_prospect:
        return []
    if create_customer:
        return check_template(quote.customer_template)
    if create_customer is None:
        message = _("{name} is no customer yet. Create the customer from template {template}?")
        message = message.format(name=quote.sell_to_name, template=quote.customer_template.code)
        return [Problem("Q-QUO-CUST", message, field="create_customer")]
    message = _("{document} is for a prospect: select or create the customer before you convert it.")
    return [Problem("E-QUO-NOCUST", message.format(document=quote), field="customer")]


def _reprice(
    document: SalesDocument,
    lines: Sequence[SalesLine],
    offered: Sequence[SalesLine],
    values: SalesValues,
    on: date,
) -> None:
    """Prices and discounts of the day; an invoice discount is given anew where it is a percentage. Nothing is saved."""
    document.order_date = on
    rules = values.line_rules(document)
    for line, source in zip(lines, offered, strict=True):
        line.item, line.resource = source.item, source.resource
        line.inv_discount_amount = ZERO
    for line, decision in zip(lines, price_lines(document, lines, values=values, on=on), strict=True):
        if decision is not None:
            apply_price(line, decision)
            edit.set_unit_price(line, line.unit_price, rules)
    if document.invoice_discount_calculation == Calculation.AMOUNT:
        document.invoice_discount_calculation = Calculation.NONE
        document.invoice_discount_value = ZERO


def _close(quote: SalesDocument, target: str, *, by, at: datetime) -> None:
    """The quote has become business and goes; its history and its archived versions stay."""
    verb = f"make_{target}"
    log_move(quote, field="stage", verb=verb, before=stage_of(quote), after=CONFIRMED, by=by, at=at)
    forget_comments(quote)
    quote.delete()
