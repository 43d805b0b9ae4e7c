from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import CustomerPostingGroup
from erp.kernel.access import needs
from erp.kernel.bulk import update_rows
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.money import WIDE, round_to
from sales.arithmetic.invoice_discount import (
    DiscountRecord,
    calculate_invoice_discount,
    check_full_vat_lines,
    check_typed_amount,
    spread_percent,
    spread_typed_amount,
)
from sales.arithmetic.values import ONE, ZERO, AmountLine, VATKey
from sales.models import CustomerInvoiceDiscount, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.new_line import take_vat
from sales.plans.totals import amount_line, enter_totals
from sales.rights import to_change
from sales.routines.check_concessions import check_invoice_discount
from sales.routines.lock import lock, refuse_locked
from sales.values import SalesValues

STEP = 10000


class Discounted(NamedTuple):
    """What a discount of the whole document changes on a line."""

    id: int
    amount: Decimal
    vat_base_amount: Decimal
    amount_including_vat: Decimal
    inv_discount_amount: Decimal
    recalculate_invoice_discount: bool


@needs(to_change)
@transaction.atomic
def discount_invoice(
    document: SalesDocument,
    *,
    values: SalesValues,
    at: datetime,
    lines: Sequence[SalesLine] | None = None,
) -> list[SalesLine]:
    """Calculate the invoice discount and the service charge by the customer's discount code.

    lines    the lines of a document that the caller has locked, as release and posting do; None: the document is
             locked and must be open
    returns  the lines in their order, with the service charge line where the code asks for one
    raises   LinesLocked; ProblemsFound: E-PG-ACC without an account for the charge, E-VAT-NOSETUP, E-INVD-FULLVAT

    What is invoiced keeps the discount it got; the percentage is for the rest of each line.
    Source: Business Central, Calculate Invoice Discount.
    """
    lines = _lock_lines(document) if lines is None else list(lines)
    steps = [
        DiscountRecord(row.minimum_amount, row.discount_percent, row.service_charge, row.currency_code)
        for row in CustomerInvoiceDiscount.objects.filter(code=document.invoice_discount_code)
    ]
    charge_line = next((line for line in lines if is_charge(line)), None)
    counted = [line for line in lines if line is not charge_line]
    if not steps and charge_line is None:
        return lines
    charge_account = _charge_account(document) if any(step.service_charge for step in steps) else None
    charge_vat = _charge_vat(document, charge_account, values) if charge_account else None
    result = calculate_invoice_discount(
        [amount_line(line) for line in counted],
        steps,
        currency=document.currency_code,
        factor=document.currency_factor,
        prices_including_vat=document.prices_including_vat,
        per_vat_identifier=values.sales.calc_invoice_discount_per_vat_id,
        charge_vat=charge_vat,
        precision=values.precision,
        unit_precision=values.unit_precision,
    )
    shares = result.line_discounts
    if result.percent is not None and any(line.quantity_invoiced for line in counted):
        shares = spread_percent(
            [_open_part(line, values.precision) for line in counted],
            result.percent,
            per_vat_identifier=values.sales.calc_invoice_discount_per_vat_id,
            precision=values.precision,
        )
        shares = [line.inv_discount_invoiced + share for line, share in zip(counted, shares, strict=True)]
    _give(counted, shares)
    raise_problems(document, check_full_vat_lines([amount_line(line) for line in counted]))
    if result.percent is not None:
        document.invoice_discount_calculation = SalesDocument.InvoiceDiscountCalculation.PERCENT
        document.invoice_discount_value = result.percent
    lines = _with_charge(document, counted, charge_line, charge_account, result.service_charge, values)
    _write(document, lines, values, at)
    return lines


@needs(to_change)
@transaction.atomic
def type_invoice_discount(
    document: SalesDocument, amount: Decimal, *, values: SalesValues, at: datetime, by=None
) -> list[SalesLine]:
    """Give the whole document a discount amount, shared by the lines that allow it.

    amount  of the document; what its invoices gave already is part of it and stays with their lines
    by      who typed it, and may give only so much; None: it was agreed on before
    raises  LinesLocked when the document is not open; ProblemsFound: E-INVD-NOBASE, E-INVD-MAX;
            InvoiceDiscountTooHigh
    """
    lines = _lock_lines(document)
    amount = round_to(amount, values.precision)
    check_invoice_discount(document, lines, amount, by=by)
    given = sum((line.inv_discount_invoiced for line in lines), ZERO)
    figures = [_open_part(line, values.precision) for line in lines]
    raise_problems(document, check_typed_amount(figures, amount - given, given=given))
    shares = spread_typed_amount(figures, amount - given, precision=values.precision)
    _give(lines, [line.inv_discount_invoiced + share for line, share in zip(lines, shares, strict=True)])
    document.invoice_discount_calculation = SalesDocument.InvoiceDiscountCalculation.AMOUNT
    document.invoice_discount_value = amount
    _write(document, lines, values, at)
    return lines


def give_back(document: SalesDocument, share: Decimal) -> None:
    """A discount typed as an amount shrinks by the share of a line that lost it."""
    by_amount = SalesDocument.InvoiceDiscountCalculation.AMOUNT
    if share and document.invoice_discount_calculation == by_amount:
        document.invoice_discount_value -= share
        document.save(update_fields=["invoice_discount_value"])


def is_charge(line: SalesLine) -> bool:
    """Whether the line is the service charge, which the system adds, reprices and takes away."""
    return line.system_created and line.type == LineType.GL_ACCOUNT


def _lock_lines(document: SalesDocument) -> list[SalesLine]:
    """Lock a document that must be open, bring it up to date, and read its lines."""
    refuse_locked(lock(document.pk), wants_open=[_("invoice discount")])
    document.refresh_from_db()
    return list(document.lines.order_by("line_no"))


def _open_part(line: SalesLine, precision: Decimal) -> AmountLine:
    """What of a line is not invoiced, as the discount sees it."""
    figures = amount_line(line)
    if not line.quantity_invoiced:
        return figures
    rest = line.quantity - line.quantity_invoiced
    amount = round_to(WIDE.divide(WIDE.multiply(line.line_amount, rest), line.quantity), precision)
    return figures._replace(quantity=rest, line_amount=amount)


def _give(lines: Sequence[SalesLine], shares: Sequence[Decimal]) -> None:
    for line, share in zip(lines, shares, strict=True):
        line.inv_discount_amount = share
        line.recalculate_invoice_discount = False


def _write(document: SalesDocument, lines: list[SalesLine], values: SalesValues, at: datetime) -> None:
    enter_totals(lines, values.total_rules(document))
    update_rows(
        SalesLine, [Discounted(*(getattr(line, name) for name in Discounted._fields)) for line in lines]
    )
    document.modified_at = at
    document.save(update_fields=["invoice_discount_calculation", "invoice_discount_value", "modified_at"])


def _charge_account(document: SalesDocument):
    group = CustomerPostingGroup.objects.select_related(
        "service_charge_account__gen_prod_posting_group", "service_charge_account__vat_prod_posting_group"
    ).get(code=document.customer_posting_group)
    if group.service_charge_account is None:
        message = _("Service Charge Acc. is empty in customer posting group {code}.").format(code=group.code)
        raise_problems(
            document, [Problem("E-PG-ACC", message, setup="admin:customers_customerpostinggroup_changelist")]
        )
    return group.service_charge_account


def _charge_vat(document: SalesDocument, account, values: SalesValues) -> VATKey:
    prod = account.vat_prod_posting_group.code if account.vat_prod_posting_group else ""
    problems: list[Problem] = []
    row = values.posting.vat(document.vat_bus_posting_group, prod, problems=problems)
    raise_problems(document, problems)
    return VATKey(row.identifier, row.calculation_type, row.percent)


def _with_charge(document, counted, charge_line, account, charge: Decimal, values: SalesValues):
    """Add, reprice or drop the service charge line; one that has been charged or delivered stays as it is."""
    if charge_line is not None and (charge_line.quantity_shipped or charge_line.quantity_invoiced):
        return [*counted, charge_line]
    if not charge:
        if charge_line is not None:
            charge_line.delete()
        return counted
    rules = values.line_rules(document)
    if charge_line is None:
        charge_line = SalesLine(
            document=document,
            line_no=max((line.line_no for line in counted), default=0) + STEP,
            type=LineType.GL_ACCOUNT,
            number=account.number,
            gl_account=account,
            description=_("Service Charge"),
            system_created=True,
            allow_invoice_discount=False,
            gen_bus_posting_group=document.gen_bus_posting_group,
            vat_bus_posting_group=document.vat_bus_posting_group,
            gen_prod_posting_group=account.gen_prod_posting_group.code
            if account.gen_prod_posting_group
            else "",
            vat_prod_posting_group=account.vat_prod_posting_group.code
            if account.vat_prod_posting_group
            else "",
        )
        raise_problems(document, take_vat(charge_line, values))
        edit.set_quantity(charge_line, ONE, rules)
        edit.set_unit_price(charge_line, charge, rules)
        charge_line.save(force_insert=True)
    else:
        edit.set_unit_price(charge_line, charge, rules)
        charge_line.save()
    charge_line.inv_discount_amount = ZERO
    return [*counted, charge_line]
