"""How a small difference between a payment and what it settles is shared out. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from erp.kernel.money import CENT, WIDE, ZERO, round_to
from receivables.plans.eligibility import View, is_tolerated, needed
from receivables.plans.values import Key, OpenItemState, sign


def tolerance_shares(
    new: OpenItemState, views: Sequence[View], late: frozenset[Key], *, precision: Decimal = CENT
) -> dict[Key, Decimal]:
    """The difference that each entry takes, in the currency of the payment; empty where it is too large, or none.

    late     entries whose late discount is granted
    returns  positive where too little was paid for an invoice, negative where too much

    All or nothing: a cent more than the entries tolerate together, and nothing is tolerated. The entry with the
    largest tolerance is served first; what its maximum cuts off goes to those with room.
    Source: Business Central, payment tolerance.
    """
    rooms = {
        view.item.key: abs(view.tolerance) for view in views if is_tolerated(new, view) and view.tolerance
    }
    difference = sum((needed(new, view, late) for view in views), new.remaining)
    if not rooms or not difference or abs(difference) > sum(rooms.values(), ZERO):
        return {}
    shares = dict.fromkeys(rooms, ZERO)
    weights = {view.item.key: abs(view.to_apply) for view in views if view.item.key in rooms}
    rest = abs(difference)
    while rest:
        open_keys = [key for key, room in rooms.items() if shares[key] < room]
        weight = sum((weights[key] for key in open_keys), ZERO)
        for key in sorted(open_keys, key=lambda key: -rooms[key]):
            exact = WIDE.divide(WIDE.multiply(rest, weights[key]), weight) if weight else rest
            share = min(round_to(exact, precision), rooms[key] - shares[key], rest)
            shares[key] += share
            rest -= share
            weight -= weights[key]
    return {key: sign(difference) * share for key, share in shares.items() if share}
