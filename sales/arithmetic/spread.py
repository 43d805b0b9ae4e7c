from collections.abc import Sequence
from decimal import Decimal

from erp.kernel.amounts import sum_wide
from erp.kernel.money import WIDE, round_to
from sales.arithmetic.values import CENT, ZERO


def spread(total: Decimal, weights: Sequence[Decimal], *, precision: Decimal = CENT) -> list[Decimal]:
    """Share an amount over lines with a running remainder, so that the shares add up again.

    total    amount already rounded to `precision`; any sign
    weights  one per line, any sign; a line of weight zero gets nothing unless every weight is zero
    returns  len(weights) amounts whose sum is exactly `total`

    Where the weights cancel out there is no proportion to follow and the first line takes everything. Unlike
    the kernel's `split_amount` this serves documents on which sales and returns stand side by side.
    """
    whole = sum_wide(weights)
    if whole == 0:
        return [total if index == 0 else ZERO for index in range(len(weights))]
    shares = []
    running = given = ZERO
    for weight in weights:
        running = WIDE.add(running, weight)
        reached = round_to(WIDE.divide(WIDE.multiply(total, running), whole), precision)
        shares.append(reached - given)
        given = reached
    return shares
