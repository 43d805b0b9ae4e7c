"""How a line's revenue is shown in the general ledger: net, or gross with its discounts beside it."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from erp.kernel.money import round_to
from sales.arithmetic.values import CENT, HUNDRED, ONE, ZERO, VATKey
from sales.arithmetic.vat import LineVAT


class DiscountPosting(StrEnum):
    """Which discounts get accounts of their own."""

    NONE = "no_discounts"
    INVOICE = "invoice_discounts"
    LINE = "line_discounts"
    ALL = "all_discounts"

    @property
    def shows_line_discount(self) -> bool:
        return self in (DiscountPosting.LINE, DiscountPosting.ALL)

    @property
    def shows_invoice_discount(self) -> bool:
        return self in (DiscountPosting.INVOICE, DiscountPosting.ALL)


class RevenuePart(NamedTuple):
    """What goes to one account, and the VAT beside it. Discounts are negative where sales are positive."""

    amount: Decimal = ZERO
    vat_base: Decimal = ZERO
    vat_amount: Decimal = ZERO


class Revenue(NamedTuple):
    """A line's rows; a discount without an account of its own is zero and taken off the sales row."""

    sales: RevenuePart
    line_discount: RevenuePart
    inv_discount: RevenuePart


def split_revenue(
    line: LineVAT,
    *,
    vat: VATKey,
    line_discount_amount: Decimal = ZERO,
    inv_discount_amount: Decimal = ZERO,
    posting: DiscountPosting | str = DiscountPosting.NONE,
    prices_including_vat: bool = False,
    vat_base_discount: Decimal = ZERO,
    precision: Decimal = CENT,
    vat_direction: str = "nearest",
) -> Revenue:
    """Set discounts apart, each with its own VAT; the three rows always add up to the line.

    The discounts are on the document's price basis. Call it with the amounts in foreign currency and again
    with those in local currency: each set of rows adds up in its own currency.
    """
    posting = DiscountPosting(posting)

    def discount_row(discount: Decimal) -> RevenuePart:
        if vat.is_full:
            return RevenuePart(vat_amount=-discount)
        whole = HUNDRED + vat.charged if prices_including_vat else HUNDRED
        kept = ONE - vat_base_discount / HUNDRED
        vat_amount = round_to(discount * vat.charged / whole * kept, precision, vat_direction)
        if prices_including_vat and not vat_base_discount:
            amount = discount - vat_amount
        else:
            amount = round_to(discount * HUNDRED / whole, precision)
        return RevenuePart(-amount, -round_to(amount * kept, precision), -vat_amount)

    nothing = RevenuePart()
    line_discount = discount_row(line_discount_amount) if posting.shows_line_discount else nothing
    inv_discount = discount_row(inv_discount_amount) if posting.shows_invoice_discount else nothing
    sales = RevenuePart(
        line.amount - line_discount.amount - inv_discount.amount,
        line.vat_base - line_discount.vat_base - inv_discount.vat_base,
        line.vat_amount - line_discount.vat_amount - inv_discount.vat_amount,
    )
    return Revenue(sales, line_discount, inv_discount)
