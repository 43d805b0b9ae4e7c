"""Free text invoices: amounts on accounts, described in words; no goods, no order, nothing shipped. Pure.

Source: Dynamics 365 Finance, free text invoices.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from posting.models import GLAccount
from sales.arithmetic.amounts import gross_amount
from sales.masters import NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.line import LineRules, set_line_amount, set_unit_price
from sales.plans.parts import Part

ALLOWED = frozenset({LineType.GL_ACCOUNT, LineType.COMMENT})


def check_head(document: SalesDocument, given: Mapping[str, object]) -> list[Problem]:
    """Only an invoice is of free text (E-FT-TYPE)."""
    if not given.get("free_text") or document.type == SalesDocument.Type.INVOICE:
        return []
    message = _("A {type} is for goods; write free text on an invoice.")
    return [Problem("E-FT-TYPE", message.format(type=document.get_type_display()), field="free_text")]


def check_new_line(
    document: SalesDocument, new: NewLine, account: GLAccount | None, line_no: int
) -> list[Problem]:
    """A line of a free text invoice names an account, says what it is for, and how it is taxed.

    E-FT-ITEM, E-FT-ACCOUNT, E-FT-TEXT, E-FT-TAX
    """
    if not document.free_text or new.type == LineType.COMMENT:
        return []
    if new.type not in ALLOWED:
        return [_no_goods(new.type, line_no)]
    problems = []
    if not new.number.strip():
        message = _("Line {line_no} names no G/L account: choose the one that its revenue goes to.")
        message = message.format(line_no=line_no)
        problems.append(Problem("E-FT-ACCOUNT", message, line_no=line_no, field="number"))
    if not new.description.strip():
        problems.append(_no_text(line_no))
    group = new.vat_prod_posting_group or (account and account.vat_prod_posting_group_id)
    if account is not None and not group:
        problems.append(_no_tax(line_no))
    return problems


def check_parts(document: SalesDocument, parts: Iterable[Part]) -> list[Problem]:
    """The same of the lines as they stand when they are posted, however they came to be there."""
    if not document.free_text:
        return []
    problems = []
    for line in (part.line for part in parts):
        if line.type not in ALLOWED:
            problems.append(_no_goods(line.type, line.line_no))
        elif line.type == LineType.GL_ACCOUNT and line.quantity:
            problems += [] if line.description.strip() else [_no_text(line.line_no)]
            problems += [] if line.vat_prod_posting_group else [_no_tax(line.line_no)]
    return problems


def type_amount(line: SalesLine, amount: Decimal, rules: LineRules) -> list[Problem]:
    """A typed amount goes before quantity × price: the price becomes what makes it so.

    Where no price does to the cent, the next higher one is taken and the rest is a line discount.
    """
    amount = round_to(amount, rules.amount_precision)
    if not line.quantity or amount * line.quantity < 0:
        message = _("Type a quantity that is not 0 and has the sign of the amount {amount}.")
        message = message.format(amount=amount)
        return [Problem("E-FT-AMOUNT", message, line_no=line.line_no, field="line_amount")]
    exact = WIDE.divide(amount, line.quantity)
    line.line_discount_percent = Decimal(0)
    price = round_to(exact, rules.unit_precision)
    if gross_amount(line.quantity, price, precision=rules.amount_precision) != amount:
        price = round_to(exact, rules.unit_precision, "up")
    line.price_explanation = {"from": "typed", "unit_price": str(price)}
    return set_unit_price(line, price, rules) or set_line_amount(line, amount, rules)


def _no_goods(type: str, line_no: int) -> Problem:
    message = _(
        "Line {line_no} is of type {type}: a free text invoice has G/L accounts and comments only. Write a sales "
        "invoice for goods and services."
    )
    labels = dict(LineType.choices)
    message = message.format(line_no=line_no, type=labels.get(type, type))
    return Problem("E-FT-ITEM", message, line_no=line_no, field="type")


def _no_text(line_no: int) -> Problem:
    message = _("Line {line_no} has no description: say what the customer pays for.").format(line_no=line_no)
    return Problem("E-FT-TEXT", message, line_no=line_no, field="description")


def _no_tax(line_no: int) -> Problem:
    message = _(
        "Line {line_no} has no VAT product posting group: fill it in on the line, or on its G/L account."
    ).format(line_no=line_no)
    return Problem("E-FT-TAX", message, line_no=line_no, field="vat_prod_posting_group")
