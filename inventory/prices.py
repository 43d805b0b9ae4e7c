"""How price, cost and profit of an item hang together. Pure."""

from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import WIDE, ZERO, round_to
from erp.kernel.quantity import QTY

PROFIT_FROM_PRICE, PRICE_FROM_PROFIT = "profit_from_price", "price_from_profit"
HUNDRED = Decimal(100)
LIMIT = Decimal("9999.99999")  # what a percentage column holds; a loss beyond is just as bad
UNIT = QTY  # unit amounts have five decimals, as quantities


class Relation(NamedTuple):
    """A price and the profit in it, in percent of the price without VAT."""

    unit_price: Decimal
    profit_percent: Decimal


def related(
    *,
    mode: str,
    unit_price: Decimal,
    unit_cost: Decimal,
    profit_percent: Decimal,
    vat_percent: Decimal = ZERO,
) -> Relation:
    """Bring price and profit in line with the cost, the way the card says.

    vat_percent  the VAT contained in the price; zero for a price without VAT
    returns      the price and profit % to keep; unchanged where the mode knows no relation
    """
    factor = 1 + vat_percent / HUNDRED
    if mode == PROFIT_FROM_PRICE:
        if not unit_price or not unit_cost:
            return Relation(unit_price, ZERO)
        net = WIDE.divide(unit_price, factor)
        profit = round_to(HUNDRED * (1 - WIDE.divide(unit_cost, net)), UNIT)
        return Relation(unit_price, max(min(profit, LIMIT), -LIMIT))
    if mode == PRICE_FROM_PROFIT and profit_percent < HUNDRED:
        net = WIDE.divide(unit_cost, 1 - profit_percent / HUNDRED)
        return Relation(round_to(WIDE.multiply(net, factor), UNIT), profit_percent)
    return Relation(unit_price, profit_percent)
