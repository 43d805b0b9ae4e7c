"""From the currency of the document to local currency, so that no cent appears or disappears on the way."""

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import round_to
from sales.arithmetic.values import CENT, ONE, ZERO


class Gathered(NamedTuple):
    """What the rows of one grouping come to: several amounts side by side, in both currencies."""

    fcy: tuple[Decimal, ...]
    lcy: tuple[Decimal, ...]


def convert(amounts: Iterable[Decimal], factor: Decimal, *, precision: Decimal = CENT) -> list[Decimal]:
    """Convert amounts one after another: each is worth what the running total grows by.

    factor   foreign units per one unit of local currency; 0 or 1 on a document in local currency
    returns  amounts in local currency; their sum is the converted sum, rounded once
    """
    if factor in (ZERO, ONE):
        return list(amounts)
    converted = []
    running = given = ZERO
    for amount in amounts:
        running += amount
        reached = round_to(running / factor, precision)
        converted.append(reached - given)
        given = reached
    return converted


def convert_rows(
    rows: Sequence[Sequence[Decimal]], factor: Decimal, *, precision: Decimal = CENT
) -> list[tuple[Decimal, ...]]:
    """Convert several amounts per line, each column on its own.

    Convert amount and amount including VAT, and take VAT as their difference: then revenue and VAT together
    are what the customer owes, in local currency too.
    """
    columns = [convert(column, factor, precision=precision) for column in zip(*rows, strict=True)]
    return list(zip(*columns, strict=True))


def gather(
    rows: Iterable[tuple[Hashable, Sequence[Decimal], Sequence[Decimal]]],
) -> dict[Hashable, Gathered]:
    """Add up converted rows (grouping, foreign amounts, local amounts), groupings as they first appear.

    A grouping that comes to nothing in foreign currency must not leave cents behind in local currency: what
    rounding left on it passes to the next grouping that has an amount, or else to the last one. Column totals
    do not change.
    """
    sums: dict[Hashable, tuple[list[Decimal], list[Decimal]]] = {}
    residue: list[Decimal] = []
    for key, foreign, local in rows:
        fcy, lcy = sums.setdefault(key, ([ZERO] * len(foreign), [ZERO] * len(local)))
        residue.extend([ZERO] * (len(foreign) - len(residue)))
        for column, (in_foreign, in_local) in enumerate(zip(foreign, local, strict=True)):
            fcy[column] += in_foreign
            lcy[column] += in_local + residue[column]
            residue[column] = ZERO
            if fcy[column] == 0:
                residue[column], lcy[column] = lcy[column], ZERO

    for column, left in enumerate(residue):
        if left:
            last = next((lcy for fcy, lcy in reversed(sums.values()) if fcy[column]), None)
            if last is None:  # nothing was posted in foreign currency at all: the cents stay where they arose
                last = next(reversed(sums.values()))[1]
            last[column] += left
    return {key: Gathered(tuple(fcy), tuple(lcy)) for key, (fcy, lcy) in sums.items()}
