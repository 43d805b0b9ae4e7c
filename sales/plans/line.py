"""Editing one line in memory: what a typed value does to the others, and what is refused.

Every `set_` function changes the line it is given and returns the problems it found; with a problem the line is
left as it was. VAT is not touched here: it belongs to the whole document (`plans/totals.py`).
"""

from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, is_rounded, round_to
from erp.kernel.quantity import QTY, to_base
from sales.arithmetic import amounts
from sales.arithmetic.values import CENT, UNIT, ZERO
from sales.models import SalesLine
from sales.traits import Traits


class LineRules(NamedTuple):
    """What a line's document and the set-up say about editing it."""

    traits: Traits
    amount_precision: Decimal = CENT
    unit_precision: Decimal = UNIT
    ships_by_default: bool = True
    one_by_default: bool = False
    one_account_by_default: bool = False


def set_quantity(
    line: SalesLine, quantity: Decimal, rules: LineRules, *, precision: Decimal = QTY
) -> list[Problem]:
    """A new quantity: not below what was shipped, not of the other sign; the rest starts afresh from it.

    precision  smallest quantity of the unit: 1 where half a box is no box
    """
    problems = _check_precision(line, quantity, "quantity", precision)
    if problems:
        return problems
    if line.is_fetched:
        _keep_fetched(line, quantity, rules)
        return []
    if line.quantity_shipped and quantity * line.quantity_shipped < 0:
        message = _("Quantity {typed} must keep the sign of Quantity Shipped ({shipped}).")
        return [
            _problem(
                line,
                "E-LINE-SIGN",
                message,
                "quantity",
                typed=plain(quantity),
                shipped=plain(line.quantity_shipped),
            )
        ]
    if abs(quantity) < abs(line.quantity_shipped):
        message = _("Quantity {typed} must not be less than Quantity Shipped ({shipped}).")
        return [
            _problem(
                line,
                "E-LINE-QTYSHIPPED",
                message,
                "quantity",
                typed=plain(quantity),
                shipped=plain(line.quantity_shipped),
            )
        ]
    line.quantity = quantity
    line.quantity_base = to_base(quantity, line.per_unit)
    reset_quantities(line, rules)
    _recalculate(line, rules)
    return []


def _keep_fetched(line: SalesLine, quantity: Decimal, rules: LineRules) -> None:
    """Goods of a posted shipment: all of the line has left, and it keeps its share of the order's invoice discount."""
    share = WIDE.multiply(line.inv_discount_amount, quantity)
    share = WIDE.divide(share, line.quantity) if line.quantity else ZERO
    line.quantity = line.quantity_shipped = quantity
    line.quantity_base = to_base(quantity, line.per_unit)
    reset_quantities(line, rules)
    _recalculate(line, rules)
    line.inv_discount_amount = round_to(share, rules.amount_precision)
    line.recalculate_invoice_discount = False


def reset_quantities(line: SalesLine, rules: LineRules) -> None:
    """To ship: what is outstanding, or nothing where the set-up wants it typed. To invoice: all that may be."""
    by_default = rules.ships_by_default or not rules.traits.in_steps
    line.qty_to_ship = line.outstanding_quantity if by_default else ZERO
    line.qty_to_invoice = line.max_qty_to_invoice


def set_qty_to_ship(line: SalesLine, quantity: Decimal) -> list[Problem]:
    """Never more than is outstanding: there is no over-shipment in sales."""
    problems = _check_precision(line, quantity, "qty_to_ship", QTY)
    if problems:
        return problems
    if not _lies_within(quantity, line.outstanding_quantity):
        message = _("At most {most} units can be shipped; {typed} was entered.")
        most = line.outstanding_quantity
        return [_problem(line, "E-QTY-SHIP", message, "qty_to_ship", most=plain(most), typed=plain(quantity))]
    line.qty_to_ship = quantity
    line.qty_to_invoice = line.max_qty_to_invoice
    return []


def set_qty_to_invoice(line: SalesLine, quantity: Decimal) -> list[Problem]:
    """Never more than has been shipped or is about to be."""
    problems = _check_precision(line, quantity, "qty_to_invoice", QTY)
    if problems:
        return problems
    if not _lies_within(quantity, line.max_qty_to_invoice):
        message = _("At most {most} units can be invoiced; {typed} was entered.")
        most = line.max_qty_to_invoice
        return [
            _problem(line, "E-QTY-INV", message, "qty_to_invoice", most=plain(most), typed=plain(quantity))
        ]
    line.qty_to_invoice = quantity
    return []


def set_unit_price(line: SalesLine, unit_price: Decimal, rules: LineRules) -> list[Problem]:
    """A new price, rounded as the currency rounds prices, keeps the discount percentage."""
    if unit_price < 0:
        message = _("Unit Price must not be negative; enter a negative quantity to give money back.")
        return [_problem(line, "E-PRICE-NEGATIVE", message, "unit_price")]
    line.unit_price = round_to(unit_price, rules.unit_precision)
    _recalculate(line, rules)
    return []


def set_line_discount_percent(line: SalesLine, percent: Decimal, rules: LineRules) -> list[Problem]:
    """A percentage, kept with five decimals; the amount follows."""
    problems = amounts.check_line_discount_percent(percent, line_no=line.line_no)
    if not problems:
        line.line_discount_percent = round_to(percent, UNIT)
        _recalculate(line, rules)
    return problems


def set_line_discount_amount(line: SalesLine, amount: Decimal, rules: LineRules) -> list[Problem]:
    """The typed amount stays as it is, rounded as the currency rounds amounts; the percentage follows."""
    amount = round_to(amount, rules.amount_precision)
    asked = {"precision": rules.amount_precision, "line_no": line.line_no}
    problems = amounts.check_line_discount_amount(line.quantity, line.unit_price, amount, **asked)
    if not problems:
        precision = rules.amount_precision
        _take(
            line, amounts.amounts_from_discount(line.quantity, line.unit_price, amount, precision=precision)
        )
    return problems


def set_line_amount(line: SalesLine, amount: Decimal, rules: LineRules) -> list[Problem]:
    """What is missing to quantity × price becomes the discount."""
    amount = round_to(amount, rules.amount_precision)
    asked = {"precision": rules.amount_precision, "line_no": line.line_no}
    problems = amounts.check_line_amount(line.quantity, line.unit_price, amount, **asked)
    if not problems:
        precision = rules.amount_precision
        _take(
            line,
            amounts.amounts_from_line_amount(line.quantity, line.unit_price, amount, precision=precision),
        )
    return problems


def _recalculate(line: SalesLine, rules: LineRules) -> None:
    _take(
        line,
        amounts.amounts_from_percent(
            line.quantity, line.unit_price, line.line_discount_percent, precision=rules.amount_precision
        ),
    )


def _take(line: SalesLine, figures: amounts.LineAmounts) -> None:
    """Every change of a line's amount takes its share of the invoice discount away until it is shared again.

    What has been invoiced of the share was given and stays. A line that lost something remembers it, so that people
    can be told (W-INVD-RESET). VAT that was corrected by hand is calculated again.
    """
    if line.inv_discount_amount != line.inv_discount_invoiced:
        line.recalculate_invoice_discount = True
    line.line_discount_percent = figures.line_discount_percent
    line.line_discount_amount = figures.line_discount_amount
    line.line_amount = figures.line_amount
    line.inv_discount_amount = line.inv_discount_invoiced
    line.vat_difference = ZERO


def _lies_within(quantity: Decimal, most: Decimal) -> bool:
    return 0 <= quantity <= most or most <= quantity <= 0


def plain(quantity: Decimal) -> str:
    """A quantity as people write it: without the zeros that the column keeps."""
    return f"{quantity.normalize():f}"


def _check_precision(line: SalesLine, quantity: Decimal, field: str, precision: Decimal) -> list[Problem]:
    if is_rounded(quantity, precision):
        return []
    message = _("{typed} {unit} of {number} is too fine: the smallest quantity is {precision}.")
    return [
        _problem(
            line,
            "E-QTY-PRECISION",
            message,
            field,
            typed=plain(quantity),
            unit=line.unit_code,
            number=line.number,
            precision=plain(precision),
        )
    ]


def _problem(line: SalesLine, code: str, message: str, field: str, **data) -> Problem:
    return Problem(code, message.format(**data), line_no=line.line_no, field=field)
