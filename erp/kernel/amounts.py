"""Rounding that adds up: parts of an amount, and parts of a stream of amounts."""

from collections.abc import Sequence
from decimal import Decimal

from erp.kernel.money import CENT, WIDE, ZERO, is_rounded, round_to


def split_amount(total: Decimal, weights: Sequence[Decimal], *, precision: Decimal = CENT) -> list[Decimal]:
    """Share a rounded amount over lines so that the shares add up again.

    total      amount in one currency, already rounded to its minor unit (0.01 for EUR), not negative
    weights    one per line, same order as the result, not negative; any unit, only ratios matter
    precision  the currency's minor unit
    returns    len(weights) amounts in the currency of `total`; their sum is exactly `total`
    raises     ValueError when every weight is zero: nobody can be chosen to pay

    Rounds the running total, not each share: no cent is lost, and every share is within one cent of exact. A weight
    of zero gets nothing.
    Source: EN 16931 BR-CO-11 wants the parts to equal the stated total.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("split_amount wants a total and weights that are not negative")
    if not is_rounded(total, precision):
        raise ValueError(f"{total} is not rounded to {precision}")
    whole = sum_wide(weights)
    if not whole:
        raise ValueError("Every weight is zero: nobody can be chosen to pay")

    shares, weight_so_far, given = [], ZERO, ZERO
    for weight in weights:
        weight_so_far = WIDE.add(weight_so_far, weight)
        due = round_to(WIDE.divide(WIDE.multiply(total, weight_so_far), whole), precision)
        shares.append(due - given)
        given = due
    return shares


def sum_wide(numbers: Sequence[Decimal]) -> Decimal:
    """A sum that keeps every digit, however far apart the numbers are in size."""
    total = ZERO
    for number in numbers:
        total = WIDE.add(total, number)
    return total


class RunningRound:
    """Rounds a stream of exact amounts so that the running sum is never more than half a unit off.

        running = RunningRound()
        vat = [running.push(line.vat_exact) for line in lines]

    After every push the parts given out so far add up to the rounded sum of the exact amounts so far. Signs may mix.
    """

    __slots__ = ("exact", "precision", "rounded")

    def __init__(self, precision: Decimal = CENT):
        self.precision = precision
        self.exact = ZERO
        self.rounded = ZERO

    def push(self, exact: Decimal) -> Decimal:
        """The rounded part for one more exact amount."""
        self.exact = WIDE.add(self.exact, exact)
        due = round_to(self.exact, self.precision)
        part = due - self.rounded
        self.rounded = due
        return part

    @property
    def remainder(self) -> Decimal:
        """What the next part still carries, at most half a unit either way."""
        return WIDE.subtract(self.exact, self.rounded)
