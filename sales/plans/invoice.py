"""Deciding an invoice or a credit memo: its lines, its VAT, and the general ledger entries that follow.

Pure: parts of a document in, plain values out. Amounts on the paper are positive in the document's currency; in the
ledgers a sale is a credit, so revenue and VAT are negative on invoices and positive on credit memos.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.arithmetic.amounts import LinePart, OrderedLine, part_to_invoice
from sales.arithmetic.lcy import convert
from sales.arithmetic.rounding import rounding_line
from sales.arithmetic.values import ZERO, AmountLine, VATKey
from sales.arithmetic.vat import LineVAT, document_vat
from sales.models import SalesDocument
from sales.plans.correction import Mirror
from sales.plans.invoice_entries import Key, Row, compress_rows, revenue_rows
from sales.plans.invoice_values import InvoicedLine, InvoicePlan, RoundingAccount
from sales.plans.parts import Part
from sales.plans.totals import vat_key
from sales.values import SalesValues


def plan_invoice(
    document: SalesDocument,
    parts: Sequence[Part],
    *,
    values: SalesValues,
    rounding_account: RoundingAccount | None = None,
    account_numbers: dict[int, str] | None = None,
    mirror: Mirror | None = None,
) -> InvoicePlan:
    """Decide the money side of posting a document.

    rounding_account   needed where the sales set-up rounds invoices
    account_numbers    numbers of the accounts on Full VAT lines and in their set-up, for the check that they agree
    mirror             the paper that is taken back: its amounts are copied, rounding line and all

    VAT is rounded once per VAT group of this invoice; local currency is converted cumulatively; the ledger lines are
    compressed by account and posting groups. Source: Business Central, posting of sales invoices.
    """
    plan = InvoicePlan(takes_back=mirror is not None)
    invoiced = [part for part in parts if part.invoice]
    rules = values.total_rules(document)
    if mirror is None:
        figures = [_figures(part, rules.precision) for part in invoiced]
        amounts = [_amount_line(part, figure) for part, figure in zip(invoiced, figures, strict=True)]
        plan.groups, vat_lines = document_vat(amounts, **rules._asdict())
    else:
        figures, vat_lines = mirror.of([part.line.line_no for part in invoiced])
    local = _in_local_currency(vat_lines, document, values)
    plan.lines = [InvoicedLine(*row) for row in zip(invoiced, figures, vat_lines, local, strict=True)]
    rows = revenue_rows(document, plan, values, account_numbers or {})
    plan.amount = sum((line.amount for line in vat_lines), ZERO)
    plan.amount_including_vat = sum((line.amount_including_vat for line in vat_lines), ZERO)
    plan.inv_discount_amount = sum((figure.inv_discount_amount for figure in figures), ZERO)
    if values.sales.invoice_rounding and mirror is None:
        rows += _round(document, plan, values, rounding_account)
    compress_rows(document, plan, rows, values)
    return plan


def _figures(part: Part, precision: Decimal) -> LinePart:
    line = part.line
    return part_to_invoice(
        OrderedLine(
            line.quantity,
            line.unit_price,
            line.line_discount_percent,
            line.line_discount_amount,
            line.inv_discount_amount,
            line.quantity_invoiced,
            line.inv_discount_invoiced,
            line.vat_difference,
        ),
        part.invoice,
        precision=precision,
    )


def _amount_line(part: Part, figures: LinePart) -> AmountLine:
    line = part.line
    return AmountLine(
        line_no=line.line_no,
        quantity=part.invoice,
        unit_price=line.unit_price,
        line_amount=figures.line_amount,
        vat=vat_key(line),
        inv_discount_amount=figures.inv_discount_amount,
        allow_invoice_discount=line.allow_invoice_discount,
        vat_difference=figures.vat_difference,
    )


def _in_local_currency(
    lines: Sequence[LineVAT], document: SalesDocument, values: SalesValues
) -> list[LineVAT]:
    """Each amount column is converted cumulatively; VAT is what the net leaves of the gross."""
    factor = document.currency_factor
    if not document.currency_code:
        return list(lines)
    precision = values.posting.precision
    nets = convert((line.amount for line in lines), factor, precision=precision)
    grosses = convert((line.amount_including_vat for line in lines), factor, precision=precision)
    bases = convert((line.vat_base for line in lines), factor, precision=precision)
    differences = convert((line.vat_difference for line in lines), factor, precision=precision)
    return [
        LineVAT(line.line_no, net, base, gross - net, gross, difference)
        for line, net, base, gross, difference in zip(lines, nets, bases, grosses, differences, strict=True)
    ]


def _round(
    document: SalesDocument,
    plan: InvoicePlan,
    values: SalesValues,
    account: RoundingAccount | None,
) -> list[Row]:
    """The invoice rounding line, where the total is no multiple of what can be paid."""
    if account is None:
        message = _("Invoice Rounding Account is empty in customer posting group {code}.")
        message = message.format(code=document.customer_posting_group)
        plan.problems.append(
            Problem("E-PG-ACC", message, setup="admin:customers_customerpostinggroup_changelist")
        )
        return []
    row = values.posting.vat(document.vat_bus_posting_group, account.vat_prod, problems=plan.problems)
    if row is None:
        return []
    key = VATKey(row.identifier, row.calculation_type, row.percent)
    rules = values.total_rules(document)
    line = rounding_line(
        plan.amount_including_vat,
        to=values.rounding.invoice_rounding_precision,
        direction=values.rounding.invoice_rounding_type,
        vat=key,
        prices_including_vat=rules.prices_including_vat,
        vat_base_discount=rules.vat_base_discount,
        precision=rules.precision,
    )
    if line is None:
        return []
    plan.rounding, plan.rounding_account, plan.rounding_vat = line, account, row
    before, before_incl = plan.amount, plan.amount_including_vat
    plan.amount += line.amount
    plan.amount_including_vat += line.amount_including_vat
    fcy = (line.amount, line.amount, line.vat_amount, ZERO)
    lcy = fcy
    if document.currency_code:
        factor, precision = document.currency_factor, values.posting.precision
        net = convert([before, line.amount], factor, precision=precision)[1]
        gross = convert([before_incl, line.amount_including_vat], factor, precision=precision)[1]
        lcy = (net, net, gross - net, ZERO)
    gl_key = Key(
        account.id,
        document.gen_bus_posting_group,
        account.gen_prod,
        document.vat_bus_posting_group,
        account.vat_prod,
        key,
        "",
    )
    return [Row(gl_key, fcy, lcy)]
