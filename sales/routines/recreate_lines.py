from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, raise_problems
from erp.kernel.money import WIDE
from sales.arithmetic.invoice_discount import check_typed_amount
from sales.arithmetic.values import HUNDRED, ZERO
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.line import plain
from sales.plans.totals import amount_line, vat_key
from sales.routines.add_lines import plan_lines
from sales.routines.assign_charge import refit_assignments
from sales.routines.discount import discount_invoice, type_invoice_discount
from sales.routines.total import total
from sales.values import SalesValues

Calculation = SalesDocument.InvoiceDiscountCalculation

# A rebuilt line is the same row, so that texts, comments and charge assignments stay with it.
KEPT = frozenset({"uuid", "document", "line_no", "attached_to_line", "quantity_cancelled"})
# What the lines sell, to be read with them.
MASTERS = ("item", "gl_account", "resource", "item_charge")
REBUILT = [
    field.name
    for field in SalesLine._meta.concrete_fields
    if not (field.primary_key or field.generated or field.name in KEPT)
]
UNPRICED = frozenset({LineType.GL_ACCOUNT, LineType.CHARGE})


def sold(lines: Sequence[SalesLine]) -> list[SalesLine]:
    """The lines that somebody entered and that sell something: those that are rebuilt."""
    return [line for line in lines if line.sells_something and not line.system_created]


def check_rebuild(lines: Sequence[SalesLine], *, field: str) -> list[Problem]:
    """Lines that must stay as they are (E-TF): something of them is posted, or they are linked to another paper.

    field  the field of the head that would rebuild them
    """
    problems = []
    label = SalesDocument._meta.get_field(field).verbose_name
    for line in lines:
        if reason := _reason(line):
            message = _("{field} cannot change: line {line_no} ({number}) {reason}.").format(
                field=label, line_no=line.line_no, number=line.number, reason=reason
            )
            problems.append(Problem("E-TF", message, line_no=line.line_no, field=field))
    return problems


def recreate(
    document: SalesDocument,
    lines: Sequence[SalesLine],
    *,
    before: SalesDocument,
    values: SalesValues,
    at: datetime,
    on: date,
    warnings: list[Problem] | None = None,
) -> None:
    """Rebuild the lines of a document whose head is new and saved, from type, number, unit, variant and quantity.

    lines     all lines of the document, with their masters
    before    the head as it was
    warnings  receives W-INVD-RESET where a discount typed as an amount cannot be given again
    raises    ProblemsFound with what is wrong with a line: an item that is blocked by now, a missing set-up row

    Prices, discounts and taxes are found anew, and what was typed of them is lost; descriptions and the links to item
    entries stay. What has no price list keeps its price, in the new currency and on the new basis. The invoice
    discount is calculated again by the new customer's code, or the typed amount shared again.
    Source: Business Central, recreating sales lines.
    """
    old = sold(lines)
    rebuilt = plan_lines(document, [(line.line_no, _typed(line)) for line in old], on=on, values=values)
    rules = values.line_rules(document)
    for was, line in zip(old, rebuilt, strict=True):
        line.pk, line.attached_to_line_id = was.pk, was.attached_to_line_id
        line.description, line.description_2 = was.description, was.description_2
        if not was.quantity:  # a set-up that begins with one means new lines
            edit.set_quantity(line, ZERO, rules)
        if line.type in UNPRICED:
            raise_problems(document, edit.set_unit_price(line, _carried(was, line, before, document), rules))
    document.lines.filter(system_created=True).delete()
    SalesLine.objects.bulk_update(rebuilt, REBUILT)
    refit_assignments(total(document, values=values, at=at), precision=values.precision)
    had_charge = any(line.system_created for line in lines)
    _discount_again(document, before, had_charge, values=values, at=at, warnings=warnings)


def _reason(line: SalesLine) -> str:
    """Why a line cannot be rebuilt; blank where it can."""
    if line.is_fetched:
        return _("invoices goods of {paper}").format(paper=line.shipment_no)
    if line.quantity_shipped:
        return _("has {quantity} posted").format(quantity=plain(line.quantity_shipped))
    if line.quantity_invoiced:
        return _("has {quantity} invoiced").format(quantity=plain(line.quantity_invoiced))
    if line.blanket_order_no:
        return _("is called off from blanket order {order}").format(order=line.blanket_order_no)
    if line.order_no:
        return _("belongs to order {order}").format(order=line.order_no)
    return ""


def _typed(line: SalesLine) -> NewLine:
    return NewLine(
        type=line.type,
        number=line.number,
        variant_code=line.variant_code,
        unit_code=line.unit_code,
        quantity=line.quantity,
        description=line.description,
        return_reason_code=line.return_reason_code,
        applies_to_item_entry=line.applies_to_item_entry,
        applies_from_item_entry=line.applies_from_item_entry,
    )


def _carried(was: SalesLine, line: SalesLine, before: SalesDocument, document: SalesDocument) -> Decimal:
    """The price of a line without price list: the same worth without VAT, in the document's new currency."""
    from_vat = vat_key(was).charged if before.prices_including_vat else ZERO
    to_vat = vat_key(line).charged if document.prices_including_vat else ZERO
    times = WIDE.multiply(document.currency_factor, HUNDRED + to_vat)
    by = WIDE.multiply(before.currency_factor, HUNDRED + from_vat)
    return was.unit_price if times == by else WIDE.divide(WIDE.multiply(was.unit_price, times), by)


def _discount_again(
    document: SalesDocument,
    before: SalesDocument,
    had_charge: bool,
    *,
    values: SalesValues,
    at: datetime,
    warnings: list[Problem] | None,
) -> None:
    """The invoice discount that the document had, of its lines as they are now."""
    calculation, amount = before.invoice_discount_calculation, before.invoice_discount_value
    if not (calculation or had_charge):
        return
    document.invoice_discount_calculation, document.invoice_discount_value = Calculation.NONE, ZERO
    document.save(update_fields=["invoice_discount_calculation", "invoice_discount_value"])
    if calculation != Calculation.AMOUNT:
        discount_invoice(document, values=values, at=at)
        return
    figures = [amount_line(line) for line in document.lines.order_by("line_no")]
    if before.currency_code == document.currency_code and not check_typed_amount(figures, amount):
        type_invoice_discount(document, amount, values=values, at=at)
    elif warnings is not None:
        message = _("The invoice discount of {amount} was cleared: type it again for the new lines.")
        warnings.append(
            Problem("W-INVD-RESET", message.format(amount=amount), field="invoice_discount_value")
        )
