"""What somebody may give away when they type a price or a discount; what price lists give, anybody may."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError
from erp.kernel.money import CENT, WIDE, round_to
from sales.arithmetic.values import HUNDRED, ZERO
from sales.masters import NewLine
from sales.models import RoleSalesSetup, SalesDocument, SalesLine, UserSalesSetup
from sales.routines.price import price_lines
from sales.values import SalesValues

LOWERS_PRICES = "sales.lower_price"
CONCEDED = ("line_discount_percent", "line_discount_amount", "line_amount")


class DiscountTooHigh(ErpError):
    """More than the user, or the user's roles, may give."""

    code, status, setup = "E-PERM-DISCOUNT", 403, "admin:sales_usersalessetup_changelist"
    template = _(
        "{user} may give a line discount of at most {most} %; line {line_no} would have {percent} %."
    )


class InvoiceDiscountTooHigh(ErpError):
    """The same of the discount of a whole document."""

    code, status, setup = "E-PERM-INVDISC", 403, DiscountTooHigh.setup
    template = _("{user} may give an invoice discount of at most {most} %; {amount} is {percent} %.")


class PriceTooLow(ErpError):
    """Below what the price lists say, and the user may not go there."""

    code, status, setup = "E-PERM-PRICE", 403, "setup-permission-sets"
    template = _("{user} may not sell below the list: line {line_no} costs {price}, and was to cost {typed}.")


def check_concessions(
    document: SalesDocument,
    *,
    by,
    discounted: Sequence[SalesLine],
    priced: Sequence[SalesLine],
    values: SalesValues,
    on: date,
) -> None:
    """Stop a discount or a price that is not this user's to give. No query where nothing was typed.

    by                  None, or a superuser: gives what they like
    discounted, priced  the lines on which somebody typed a discount, or a price
    raises              DiscountTooHigh, PriceTooLow

    What comes back is credited at any price below the list: that gives nothing away.
    """
    if by is None or by.is_superuser or document.traits.receives:
        return
    most = most_discount(by) if discounted else None
    for line in discounted:
        if most is not None and line.line_discount_percent > most:
            found = {"percent": _text(line.line_discount_percent), "most": _text(most)}
            raise DiscountTooHigh(user=by.get_username(), line_no=line.line_no, **found)
    if not priced or by.has_perm(LOWERS_PRICES):
        return
    for line, decision in zip(priced, price_lines(document, priced, values=values, on=on), strict=True):
        if decision is not None and line.unit_price < decision.unit_price:
            found = {"price": _text(decision.unit_price), "typed": _text(line.unit_price)}
            raise PriceTooLow(user=by.get_username(), line_no=line.line_no, **found)


def check_invoice_discount(
    document: SalesDocument, lines: Sequence[SalesLine], amount: Decimal, *, by
) -> None:
    """Stop an invoice discount that is not this user's to give; one that becomes smaller may.

    amount  of the whole document, as somebody typed it
    raises  InvoiceDiscountTooHigh
    """
    if by is None or by.is_superuser or document.traits.receives:
        return
    base = sum((line.line_amount for line in lines if line.allow_invoice_discount), ZERO)
    if amount <= sum((line.inv_discount_amount for line in lines), ZERO) or base <= 0:
        return
    most = most_discount(by)
    percent = WIDE.divide(WIDE.multiply(amount, HUNDRED), base)
    if most is not None and percent > most:
        found = {"percent": _text(round_to(percent, CENT, "up")), "most": _text(most)}
        raise InvoiceDiscountTooHigh(user=by.get_username(), amount=_text(amount), **found)


def most_discount(user) -> Decimal | None:
    """In percent: what the user's own set-up says, else the most that one of the roles says; None: no bound."""
    own = UserSalesSetup.objects.filter(user=user).values_list("max_line_discount", flat=True).first()
    if own is not None:
        return own
    roles = RoleSalesSetup.objects.filter(role__user=user)
    return roles.aggregate(most=Max("max_line_discount"))["most"]


def check_new_lines(
    document: SalesDocument,
    given: Iterable[NewLine],
    lines: Iterable[SalesLine],
    *,
    by,
    values: SalesValues,
    on: date,
) -> None:
    """The same for lines that are new, in the order in which they were given."""
    pairs = list(zip(given, lines, strict=False))
    check_concessions(
        document,
        by=by,
        discounted=[line for new, line in pairs if any(getattr(new, name) for name in CONCEDED)],
        priced=[line for new, line in pairs if new.unit_price is not None],
        values=values,
        on=on,
    )


def _text(figure: Decimal) -> str:
    """Without idle zeros."""
    return f"{figure.normalize():f}"
