"""What the model, the house and the simulator say to each other."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

ZERO = Decimal(0)


class Op(NamedTuple):
    """Something somebody wants done; plain JSON, so that it travels to a worker and into a report.

    name   of a method of `Company`, and of a function in `tests.soak.house`
    given  texts, numbers and lists; amounts and days are texts
    """

    name: str
    given: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.given.items())})"


class Refused(Exception):
    """It cannot be done; the house must say one of these codes."""

    def __init__(self, *codes: str):
        super().__init__(*codes)
        self.codes = frozenset(codes)


def cents(amount: Fraction | Decimal) -> Decimal:
    """Rounded to cents, halves away from zero."""
    exact = Fraction(amount) * 100
    whole = int(abs(exact) + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-2)


def part(amount: Decimal, quantity: Decimal, whole: Decimal) -> Decimal:
    """So much of an amount as a quantity is of the whole, in cents."""
    return cents(Fraction(amount) * Fraction(quantity) / Fraction(whole))


def shared(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """A total over weights: what all until here have together is rounded, so that nothing is lost."""
    whole, running, given, found = sum(weights, ZERO), ZERO, ZERO, []
    for weight in weights:
        running += weight
        reached = part(total, running, whole) if whole else ZERO
        found.append(reached - given)
        given = reached
    return found
