from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, raise_problems
from sales.head import check_codes
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import line as edit
from sales.plans.new_line import take_unit
from sales.routines.discount import give_back
from sales.routines.lock import lock, refuse_locked
from sales.routines.price import apply_price, price_lines
from sales.routines.total import total
from sales.values import SalesValues

# Changes that a released document still allows: the warehouse works with them.
ALWAYS = frozenset({"qty_to_ship", "qty_to_invoice"})
PLAIN = frozenset({"description", "description_2", "location_code", "shipment_date", "return_reason_code",
                   "applies_to_item_entry", "applies_from_item_entry", "allow_invoice_discount"})  # fmt: skip
PRICED = frozenset({"quantity", "unit_code"})
TYPED = frozenset({"unit_price", "line_discount_percent", "line_discount_amount", "line_amount"})
# All that a text has.
TEXT = frozenset({"description", "description_2"})
# What goods were moved by or from: fixed once some have left.
MOVED = frozenset({"unit_code", "location_code"})


@transaction.atomic
def change_line(
    line: SalesLine, *, by, at: datetime, on: date, values: SalesValues | None = None, **changes
) -> SalesLine:
    """Type new values into a line, in the order in which they depend on each other.

    changes  quantity, unit_code, unit_price, line_discount_percent, line_discount_amount, line_amount,
             qty_to_ship, qty_to_invoice, description, location_code, …
    raises   LinesLocked when the document is released and a change is not one of `ALWAYS` (texts may always change);
             ProblemsFound: E-LINE-COMMENT, E-TF for unit and location of what has left, E-QTY-PRECISION,
             E-LINE-QTYSHIPPED, E-LINE-SIGN, E-QTY-SHIP, E-QTY-INV, E-DISC-RANGE, E-LINEAMT-HIGH …

    With a problem nothing is written. Source: Business Central, validation of the sales line.
    """
    unknown = changes.keys() - (ALWAYS | PLAIN | PRICED | TYPED)
    if unknown:
        raise TypeError(f"a sales line has no {', '.join(sorted(unknown))} to change")
    document = lock(line.document_id)
    line = SalesLine.objects.select_related(
        "item__base_unit",
        "item__sales_unit",
        "item__vat_prod_posting_group",
        "item__vat_bus_posting_group_price",
    ).get(pk=line.pk)
    line.document = document
    late = ALWAYS if line.type != LineType.COMMENT else ALWAYS | TEXT
    refuse_locked(document, wants_open={_label(name) for name in changes.keys() - late})
    raise_problems(document, [*_check(line, changes), *check_codes(changes, line_no=line.line_no)])
    values = SalesValues.fit(document.currency_code, values)
    rules = values.line_rules(document)
    shared = line.inv_discount_amount
    for name in PLAIN & changes.keys():
        setattr(line, name, changes[name])
    if not line.allow_invoice_discount:
        line.inv_discount_amount = line.inv_discount_invoiced
    problems: list[Problem] = []
    if PRICED & changes.keys():
        problems += _reprice(document, line, changes, values, rules, on)
    if not problems:
        problems += _type(line, changes, rules)
    raise_problems(document, problems)
    line.save()
    give_back(document, shared - line.inv_discount_amount)
    if changes.keys() - ALWAYS - TEXT:
        total(document, values=values, at=at)
        line.refresh_from_db()
    return line


def _label(name: str) -> str:
    return str(SalesLine._meta.get_field(name).verbose_name)


def _check(line: SalesLine, changes: Mapping) -> list[Problem]:
    """What kind of line it is, and what has left, may stand in the way of a change whatever its value."""
    if line.type == LineType.COMMENT:
        message = _("Line {line_no} is a text and has no {field}; add a line for what is sold.")
        return [
            Problem(
                "E-LINE-COMMENT",
                message.format(line_no=line.line_no, field=_label(name)),
                line_no=line.line_no,
                field=name,
            )
            for name in sorted(changes.keys() - TEXT)
        ]
    if not line.quantity_shipped:
        return []
    message = _(
        "{field} of line {line_no} ({number}) cannot change: {shipped} have left; add a line for the rest."
    )
    return [
        Problem(
            "E-TF",
            message.format(
                field=_label(name),
                line_no=line.line_no,
                number=line.number,
                shipped=edit.plain(line.quantity_shipped),
            ),
            line_no=line.line_no,
            field=name,
        )
        for name in sorted(MOVED & changes.keys())
        if changes[name] != getattr(line, name)
    ]


def _reprice(
    document: SalesDocument, line: SalesLine, changes: Mapping, values: SalesValues, rules, on: date
) -> list[Problem]:
    """A new quantity or unit: base quantity, price and discount are found afresh."""
    quantity: Decimal = changes.get("quantity", line.quantity)
    if line.type != LineType.ITEM:
        line.unit_code = changes.get("unit_code", line.unit_code)
        return edit.set_quantity(line, quantity, rules)
    masters = LineMasters.load(
        [NewLine(number=line.item.number)], customer_no=document.customer_number, on=on
    )
    if "unit_code" in changes:
        problems = take_unit(line, line.item, changes["unit_code"], masters)
        if problems:
            return problems
    precision = masters.precision(line.item_id, line.unit_code)
    problems = edit.set_quantity(line, quantity, rules, precision=precision)
    if problems:
        return problems
    (decision,) = price_lines(document, [line], values=values, on=on)
    apply_price(line, decision, only_quantity="unit_code" not in changes)
    return edit.set_unit_price(line, line.unit_price, rules)


def _type(line: SalesLine, changes: Mapping, rules: edit.LineRules) -> list[Problem]:
    problems: list[Problem] = []
    if "unit_price" in changes:
        problems += edit.set_unit_price(line, changes["unit_price"], rules)
        line.price_explanation = {"from": "typed", "unit_price": str(changes["unit_price"])}
    if "line_discount_percent" in changes:
        problems += edit.set_line_discount_percent(line, changes["line_discount_percent"], rules)
    if "line_discount_amount" in changes:
        problems += edit.set_line_discount_amount(line, changes["line_discount_amount"], rules)
    if "line_amount" in changes:
        problems += edit.set_line_amount(line, changes["line_amount"], rules)
    if "qty_to_ship" in changes:
        problems += edit.set_qty_to_ship(line, changes["qty_to_ship"])
    if "qty_to_invoice" in changes:
        problems += edit.set_qty_to_invoice(line, changes["qty_to_invoice"])
    return problems
