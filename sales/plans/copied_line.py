"""A working line made from another line: of a working document, a posted paper, or an archived version. Pure."""

from decimal import Decimal

from erp.kernel.money import WIDE, round_to
from erp.kernel.quantity import to_base
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType, PaperLine
from sales.plans import line as edit
from sales.plans.explain import explanation_on

MASTERS = ("item_id", "gl_account_id", "resource_id", "item_charge_id")
FACTS = (*(field.attname for field in PaperLine._meta.get_fields()), *MASTERS)
# What only working lines have; a posted line leaves it at its default.
WORKING = ("inventory_posting_group", "allow_line_discount", "allow_invoice_discount", "requested_delivery_date",
           "promised_delivery_date", "planned_shipment_date", "planned_delivery_date", "shipping_time",
           "outbound_handling_time", "recalculate_invoice_discount", "system_created")  # fmt: skip
# What belongs to the paper that the line stood on.
LEFT_BEHIND = frozenset(
    {"line_no", "restores_order", "blanket_order_no", "blanket_order_line_no", "package_tracking_no"}
)


def copied_line(
    source: PaperLine,
    document: SalesDocument,
    line_no: int,
    rules: edit.LineRules,
    *,
    quantity: Decimal | None = None,
    **own,
) -> SalesLine:
    """An unsaved line of a document with another line's facts, price and discounts; nothing of it is posted yet.

    source    any line with its item at hand (`select_related`), of the document's own currency
    quantity  None: the line's whole quantity; a part takes its share of the discounts
    own       what the new line has of its own: order_no, shipment_no, applies_from_item_entry …

    Links to orders, blanket orders and shipments are not copied: name them in `own`. VAT and totals belong to the
    whole document, see `sales.routines.total`.
    """
    facts = {name: getattr(source, name) for name in FACTS if name not in LEFT_BEHIND}
    facts |= {name: getattr(source, name) for name in WORKING if hasattr(source, name)}
    line = SalesLine(document=document, line_no=line_no, **facts)
    line.posting_explanation = explanation_on(document, line.posting_explanation)
    if not hasattr(source, "allow_invoice_discount"):
        _take_from_item(line, source)
    if quantity is not None and quantity != source.quantity:
        _take_part(line, quantity, rules)
    elif line.line_discount_amount:
        _keep_amount(line, rules)
    for name, value in own.items():
        setattr(line, name, value)
    edit.reset_quantities(line, rules)
    return line


def has_typed_discount(line: SalesLine, rules: edit.LineRules) -> bool:
    """Whether the discount was typed as an amount that its percentage, of five decimals, does not come to."""
    precision = rules.amount_precision
    gross = line.line_amount + line.line_discount_amount
    return line.line_discount_amount != _percent_of(gross, line.line_discount_percent, precision)


def _percent_of(gross: Decimal, percent: Decimal, precision: Decimal) -> Decimal:
    return round_to(WIDE.divide(WIDE.multiply(gross, percent), Decimal(100)), precision)


def _take_from_item(line: SalesLine, source: PaperLine) -> None:
    item = source.item if line.type == LineType.ITEM else None
    line.item = item
    line.allow_invoice_discount = bool(source.inv_discount_amount) or bool(
        item and item.allow_invoice_discount
    )
    if item and item.inventory_posting_group:
        line.inventory_posting_group = item.inventory_posting_group.code


def _keep_amount(line: SalesLine, rules: edit.LineRules) -> None:
    """A line that invoiced a part of another may be a cent off its own discount: what it came to stays."""
    gross = round_to(WIDE.multiply(line.quantity, line.unit_price), rules.amount_precision)
    line.line_discount_amount = gross - line.line_amount


def _take_part(line: SalesLine, quantity: Decimal, rules: edit.LineRules) -> None:
    """Fewer (or more) than the source: amounts anew, and of a discount typed as an amount the share."""
    precision = rules.amount_precision
    whole = line.quantity
    gross = round_to(WIDE.multiply(quantity, line.unit_price), precision)
    discount = _percent_of(gross, line.line_discount_percent, precision)
    if whole and has_typed_discount(line, rules):
        share = WIDE.divide(WIDE.multiply(line.line_discount_amount, quantity), whole)
        discount = round_to(share, precision)
    line.quantity = quantity
    line.quantity_base = to_base(quantity, line.per_unit)
    line.line_discount_amount = discount
    line.line_amount = gross - discount
    share = WIDE.divide(WIDE.multiply(line.inv_discount_amount, quantity), whole) if whole else ZERO
    line.inv_discount_amount = round_to(share, precision)
    corrected = WIDE.divide(WIDE.multiply(line.vat_difference, quantity), whole) if whole else ZERO
    line.vat_difference = round_to(corrected, precision)
