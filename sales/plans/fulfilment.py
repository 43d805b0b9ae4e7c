"""How far the lines of an order, and the order, have come: shipped, invoiced, cancelled. Pure; derived, never stored.

    deliver remainder   what is neither shipped nor cancelled
    invoice remainder   what is shipped and not invoiced

A line is invoiced when both are nothing, so that one whose rest was cancelled can be. A document is as far as the line
that is least far; cancelled lines don't count unless all are.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import Problem
from erp.kernel.money import WIDE, round_to
from erp.kernel.quantity import to_base
from sales.arithmetic.amounts import gross_amount
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.line import LineRules, plain, reset_quantities


class Fulfilment(TextChoices):
    """On return orders "shipped" reads "received", and "invoiced" reads "credited"."""

    OPEN = "open", gettext_lazy("Not shipped")
    PARTLY_SHIPPED = "partly_shipped", gettext_lazy("Partly shipped")
    SHIPPED = "shipped", gettext_lazy("Shipped")
    PARTLY_INVOICED = "partly_invoiced", gettext_lazy("Partly invoiced")
    INVOICED = "invoiced", gettext_lazy("Invoiced")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


RETURNED = {
    Fulfilment.OPEN: gettext_lazy("Not received"),
    Fulfilment.PARTLY_SHIPPED: gettext_lazy("Partly received"),
    Fulfilment.SHIPPED: gettext_lazy("Received"),
    Fulfilment.PARTLY_INVOICED: gettext_lazy("Partly credited"),
    Fulfilment.INVOICED: gettext_lazy("Credited"),
}


def label_of(fulfilment: str, *, receives: bool) -> str:
    """The word for it on a document that ships, or on one that receives."""
    found = Fulfilment(fulfilment)
    return str(RETURNED.get(found, found.label) if receives else found.label)


def line_fulfilment(line: SalesLine) -> Fulfilment | None:
    """How far one line of an order has come; None for a text, and for a line of nothing."""
    return _fulfilment([line])


def document_fulfilment(lines: Iterable[SalesLine]) -> Fulfilment | None:
    """How far an order has come, by its lines; None where it sells nothing."""
    return _fulfilment(lines)


def _fulfilment(lines: Iterable[SalesLine]) -> Fulfilment | None:
    counted = [line for line in lines if line.sells_something and (line.quantity or line.quantity_cancelled)]
    if not counted:
        return None
    if any(line.outstanding_quantity for line in counted):
        some_left = any(line.quantity_shipped for line in counted)
        return Fulfilment.PARTLY_SHIPPED if some_left else Fulfilment.OPEN
    if any(line.shipped_not_invoiced for line in counted):
        some_billed = any(line.quantity_invoiced for line in counted)
        return Fulfilment.PARTLY_INVOICED if some_billed else Fulfilment.SHIPPED
    return Fulfilment.INVOICED if any(line.quantity for line in counted) else Fulfilment.CANCELLED


def with_fulfilment(documents: QuerySet[SalesDocument]) -> QuerySet[SalesDocument]:
    """The documents annotated with `fulfilment`, blank where they sell nothing; for lists and their filters."""

    def has_line(*conditions: Q) -> Exists:
        counted = ~Q(type=LineType.COMMENT) & (~Q(quantity=0) | ~Q(quantity_cancelled=0))
        return Exists(SalesLine.objects.filter(counted, *conditions, document=OuterRef("pk")))

    def where(condition: Exists, then: str | Case) -> When:
        return When(condition, then=then if isinstance(then, Case) else Value(str(then)))

    shipped = has_line(~Q(quantity_shipped=0))
    billed = has_line(~Q(quantity_invoiced=0))
    return documents.annotate(
        fulfilment=Case(
            where(
                has_line(~Q(quantity=F("quantity_shipped"))),
                Case(where(shipped, Fulfilment.PARTLY_SHIPPED), default=Value(Fulfilment.OPEN.value)),
            ),
            where(
                has_line(~Q(quantity_shipped=F("quantity_invoiced"))),
                Case(where(billed, Fulfilment.PARTLY_INVOICED), default=Value(Fulfilment.SHIPPED.value)),
            ),
            where(has_line(~Q(quantity=0)), Fulfilment.INVOICED),
            where(has_line(), Fulfilment.CANCELLED),
            default=Value(""),
            output_field=CharField(),
        )
    )


def cancel_rest(line: SalesLine, rules: LineRules) -> None:
    """Close what is outstanding of a line: its quantity becomes what was shipped, its discounts shrink in proportion.

    What was invoiced of the invoice discount was given and stays.
    """
    whole, left = line.quantity, line.quantity_shipped
    discount = scaled(line.line_discount_amount, left, whole, rules.amount_precision)
    shared = scaled(line.inv_discount_amount, left, whole, rules.amount_precision)
    line.quantity_cancelled += line.outstanding_quantity
    line.quantity, line.quantity_base = left, to_base(left, line.per_unit)
    line.line_discount_amount = discount
    line.line_amount = gross_amount(left, line.unit_price, precision=rules.amount_precision) - discount
    line.inv_discount_amount = max(shared, line.inv_discount_invoiced, key=abs)
    reset_quantities(line, rules)


def scaled(amount: Decimal, part: Decimal, whole: Decimal, precision: Decimal) -> Decimal:
    """A part's share of an amount that stands on a whole line."""
    return round_to(WIDE.divide(WIDE.multiply(amount, part), whole), precision) if whole else Decimal(0)


def check_not_revived(line: SalesLine, quantity: Decimal) -> list[Problem]:
    """What was cancelled of a line never ships again: it may not grow any more (E-LINE-CANCELLED)."""
    if not line.quantity_cancelled or abs(quantity) <= abs(line.quantity):
        return []
    message = _(
        "{cancelled} units of line {line_no} ({number}) were cancelled and never ship again: add a line for more."
    ).format(cancelled=plain(line.quantity_cancelled), line_no=line.line_no, number=line.number)
    return [Problem("E-LINE-CANCELLED", message, line_no=line.line_no, field="quantity")]
