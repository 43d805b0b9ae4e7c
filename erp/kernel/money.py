"""Amounts, rounded where the books say so and nowhere else."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from functools import lru_cache
from typing import Literal

ZERO = Decimal(0)
CENT = Decimal("0.01")
ONE = Decimal(1)

# Wide enough that a product or quotient of two of our numbers never loses a digit before it is rounded on purpose.
WIDE = Context(prec=80)

Direction = Literal["nearest", "up", "down"]
_ROUNDING = {"nearest": ROUND_HALF_UP, "up": ROUND_UP, "down": ROUND_DOWN}


@lru_cache(maxsize=256)
def _decimal_place(precision: Decimal) -> Decimal | None:
    """The precision as 1, 0.1, 0.01 …, for which Decimal has a way of its own; None when it is something else.

    Without trailing zeros: 0.01000, as columns give it, is equal to 0.01 and must not quantize to five places.
    """
    if not precision.is_finite() or precision <= 0:
        raise ValueError(f"A rounding precision is greater than zero, not {precision}")
    plain = precision.normalize()
    _sign, digits, exponent = plain.as_tuple()
    return plain if digits == (1,) and exponent <= 0 else None


def round_to(x: Decimal | int, precision: Decimal = CENT, direction: Direction = "nearest") -> Decimal:
    """Round to the nearest multiple of a precision, ties away from zero.

    x          a Decimal or an int; a float is refused, it has lost its cents already
    precision  any number greater than zero: 0.01 for cents, 0.05 for Swiss cash, 5 for whole fives
    direction  "nearest", "up" (away from zero) or "down" (towards zero)
    returns    a multiple of `precision`, with its decimals; never a negative zero

    Symmetric: round_to(-x) == -round_to(x). Source: Business Central, rounding of amounts.
    """
    if not isinstance(x, Decimal):
        if not isinstance(x, int):
            raise TypeError(f"round_to wants a Decimal, not {type(x).__name__}")
        x = Decimal(x)
    rounding = _ROUNDING[direction]
    place = _decimal_place(precision)
    if place is not None:
        rounded = x.quantize(place, rounding=rounding, context=WIDE)
    else:
        units = WIDE.divide(x, precision).quantize(ONE, rounding=rounding, context=WIDE)
        rounded = WIDE.multiply(units, precision)
    return rounded if rounded else abs(rounded)


def is_rounded(x: Decimal, precision: Decimal = CENT) -> bool:
    """Whether an amount is a multiple of the precision already."""
    return x == round_to(x, precision)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency; the local currency is the empty code.

    Adds, subtracts and compares within one currency; mixing two is a ValueError. A product is not rounded.
    """

    amount: Decimal
    currency: str = ""

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise ValueError(
                f"Cannot mix {self.currency or 'local currency'} and {other.currency or 'local currency'}"
            )
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return (
            Money(self.amount + self._same(other), self.currency)
            if isinstance(other, Money)
            else NotImplemented
        )

    def __radd__(self, other: object) -> "Money":
        return self if other == 0 else NotImplemented  # so that sum() can start from 0

    def __sub__(self, other: "Money") -> "Money":
        return (
            Money(self.amount - self._same(other), self.currency)
            if isinstance(other, Money)
            else NotImplemented
        )

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if not isinstance(factor, Decimal | int):
            return NotImplemented
        return Money(WIDE.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other) if isinstance(other, Money) else NotImplemented

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other) if isinstance(other, Money) else NotImplemented

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other) if isinstance(other, Money) else NotImplemented

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other) if isinstance(other, Money) else NotImplemented

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}".rstrip()

    def rounded(self, precision: Decimal = CENT, direction: Direction = "nearest") -> "Money":
        """The same money, rounded to its currency's precision."""
        return Money(round_to(self.amount, precision, direction), self.currency)
