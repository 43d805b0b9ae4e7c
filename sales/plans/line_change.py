"""What may be typed into a line when, whatever its value; and another variant of what it sells. Pure."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.masters import LineMasters
from sales.models import SalesLine
from sales.models.base import LineType
from sales.plans.check_master import check_variant
from sales.plans.line import plain

# All that a text has.
TEXT = frozenset({"description", "description_2"})
# What goods were moved by or from: fixed once some have left.
MOVED = frozenset({"unit_code", "location_code", "variant_code"})
# What only items have.
OF_ITEMS = frozenset({"variant_code"})


def label(name: str) -> str:
    return str(SalesLine._meta.get_field(name).verbose_name)


def check_change(line: SalesLine, changes: Mapping) -> list[Problem]:
    """What kind of line it is, what has left and what was promised may stand in the way of a change.

    returns  E-LINE-COMMENT for more than the words of a text; E-TF for what goods were moved by, once some have left
             (or were fetched), and for the variant of what is no item; E-DATE-PROMISED for a requested date under a
             promised one
    """
    if line.type == LineType.COMMENT:
        message = _("Line {line_no} is a text and has no {field}; add a line for what is sold.")
        return [
            _problem(line, "E-LINE-COMMENT", message, name, field=label(name))
            for name in sorted(changes.keys() - TEXT)
        ]
    problems = []
    promised = changes.get("promised_delivery_date", line.promised_delivery_date)
    if "requested_delivery_date" in changes and promised:
        message = _("Requested Delivery Date of line {line_no} cannot change while {date} is promised.")
        problems.append(_problem(line, "E-DATE-PROMISED", message, "requested_delivery_date", date=promised))
    if line.type != LineType.ITEM:
        message = _("Line {line_no} ({number}) is no item and has no {field}; leave it empty.")
        problems += [
            _problem(line, "E-TF", message, name, field=label(name))
            for name in sorted(OF_ITEMS & changes.keys())
            if changes[name]
        ]
    if line.quantity_shipped:
        message = _(
            "{field} of line {line_no} ({number}) cannot change: {shipped} have left; add a line for the rest."
        )
        problems += [
            _problem(line, "E-TF", message, name, field=label(name), shipped=plain(line.quantity_shipped))
            for name in sorted(MOVED & changes.keys())
            if changes[name] != getattr(line, name)
        ]
    return problems


def keeps_price(line: SalesLine) -> bool:
    """What was fetched keeps the price of its order, and what comes back the one that it was sold at."""
    comes_back = line.applies_from_item_entry is not None or line.restores_order
    return line.is_fetched or (line.document.traits.receives and comes_back)


def take_variant(line: SalesLine, code: str, masters: LineMasters) -> list[Problem]:
    """Sell another variant of the item, under its description: E-VARIANT-NONE, E-ITEM-BLOCKED."""
    item = line.item
    variant = masters.variants.get((item.id, code))
    if code and variant is None:
        message = _("Item {number} has no variant {variant}.")
        return [_problem(line, "E-VARIANT-NONE", message, "variant_code", variant=code)]
    problems = check_variant(item, variant, credit=line.document.traits.receives, line_no=line.line_no)
    if not problems:
        line.variant_code = code
        line.description = (variant.description if variant else "") or item.description
    return problems


def _problem(line: SalesLine, code: str, message: str, name: str, **data) -> Problem:
    text = message.format(line_no=line.line_no, number=line.number, **data)
    return Problem(code, text, line_no=line.line_no, field=name)
