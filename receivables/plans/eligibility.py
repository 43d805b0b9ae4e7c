"""Whether a discount may be taken, and each entry as it looks in the currency of the one that settles it. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.money import ZERO
from receivables.models import DocumentType
from receivables.plans.values import ApplyRequest, Chosen, Key, OpenItemState, Rules, sign

PAYMENTS = frozenset({DocumentType.PAYMENT, DocumentType.REFUND})
DISCOUNTED = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_MEMO})
TOLERATED = frozenset(
    {
        (DocumentType.PAYMENT, DocumentType.INVOICE),
        (DocumentType.REFUND, DocumentType.CREDIT_MEMO),
    }
)


class View(NamedTuple):
    """A chosen entry in the currency of the applying entry.

    own_to_apply  the amount to apply in the entry's own currency
    slack         how much may be missing and still be rounded off; only between currencies
    """

    item: OpenItemState
    remaining: Decimal
    discount: Decimal
    tolerance: Decimal
    to_apply: Decimal
    own_to_apply: Decimal
    is_lowered: bool
    is_foreign: bool
    slack: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What must be paid where the discount is granted."""
        return self.remaining - self.discount

    def to_own(self, applied: Decimal, rules: Rules, currency_code: str) -> Decimal:
        """An applied amount in the entry's own currency; the whole stays the whole."""
        if not self.is_foreign:
            return applied
        if applied == -self.remaining:
            return -self.item.remaining
        if applied == -self.to_apply:
            return -self.own_to_apply
        own = rules.convert(applied, currency_code, self.item.currency_code)
        return own if abs(own) < abs(self.item.remaining) else sign(own) * abs(self.item.remaining)


def view_of(choice: Chosen, new: OpenItemState, rules: Rules) -> View:
    """Convert a chosen entry; a discount larger than what is left counts for what is left."""
    item, code = choice.item, new.currency_code
    is_foreign = item.currency_code != code
    discount = item.discount if abs(item.discount) <= abs(item.remaining) else item.remaining

    def converted(amount: Decimal) -> Decimal:
        return rules.convert(amount, item.currency_code, code) if is_foreign and amount else amount

    remaining = converted(item.remaining)
    return View(
        item=item,
        remaining=remaining,
        discount=converted(discount),
        tolerance=converted(item.max_tolerance),
        to_apply=converted(choice.to_apply) if choice.is_lowered else remaining,
        own_to_apply=choice.to_apply,
        is_lowered=choice.is_lowered,
        is_foreign=is_foreign,
        slack=rules.currency(code).application_rounding if is_foreign else ZERO,
    )


def may_deduct(new: OpenItemState, view: View) -> bool:
    """Whether the entry carries a discount that this kind of paper may take, date and amount paid aside."""
    return bool(
        view.discount
        and new.document_type in PAYMENTS
        and view.item.document_type in DISCOUNTED
        and (not view.is_lowered or abs(view.to_apply) >= abs(view.net))
    )


def is_timely(new: OpenItemState, view: View) -> bool:
    """Whether the payment is dated by the discount date."""
    until = view.item.discount_date
    return until is not None and new.posting_date <= until and may_deduct(new, view)


def is_in_grace(new: OpenItemState, view: View) -> bool:
    """Whether the payment is late for the discount and still within the grace period."""
    until, late_until = view.item.discount_date, view.item.discount_tolerance_date
    return (
        until is not None
        and late_until is not None
        and until < new.posting_date <= late_until
        and is_tolerated(new, view)
        and may_deduct(new, view)
    )


def is_tolerated(new: OpenItemState, view: View) -> bool:
    """Tolerance is given to a payment of an invoice and to a refund of a credit memo."""
    return (new.document_type, view.item.document_type) in TOLERATED


def is_affordable(available: Decimal, view: View) -> bool:
    """Whether what is left of the payment covers the entry less its discount."""
    return abs(available) + view.slack >= abs(view.net)


def accepted_late(
    new: OpenItemState, views: Iterable[View], answers: ApplyRequest, rules: Rules
) -> frozenset[Key]:
    """The entries whose late discount is granted: in the grace period, and paid but for the tolerance.

    Source: Business Central, payment discount tolerance; with `late_when_full` also to whoever paid in full.
    """
    if not answers.accept_late_discount:
        return frozenset()
    granted, left = set(), abs(new.remaining)
    for view in views:
        if sign(view.remaining) == sign(new.remaining):
            left += abs(view.to_apply)
            continue
        needed = abs(view.to_apply)
        if is_timely(new, view):
            needed = abs(view.net)
        elif (
            is_in_grace(new, view)
            and left + abs(view.tolerance) >= abs(view.net)
            and (rules.late_when_full or left < abs(view.remaining))
        ):
            granted.add(view.item.key)
            needed = abs(view.net)
        left = max(left - needed, ZERO)
    return frozenset(granted)


def needed(new: OpenItemState, view: View, late: frozenset[Key]) -> Decimal:
    """What settles the entry as it was chosen, its discount judged by dates alone."""
    return view.net if view.item.key in late or is_timely(new, view) else view.to_apply
