"""Settling entries: what a payment, a credit memo or a refund does to the entries it is applied to.

Pure: values in, values out. `settle` walks the chosen entries; for each of them, in this order: payment tolerance,
payment discount, late discount, application rounding, the application itself, exchange gains and losses, and the
correction of the cents that a currency leaves behind.

Source: Business Central, application of customer entries, payment tolerance, realized gains and losses.
"""

from collections.abc import Sequence
from decimal import Decimal

from erp.kernel.money import ONE, WIDE, ZERO, round_to
from receivables.plans.effects import DISCOUNT_TYPES, LATE_TYPES, TOLERANCE_TYPES, Book, Running
from receivables.plans.eligibility import View, accepted_late, is_affordable, is_timely, needed, view_of
from receivables.plans.tolerance import tolerance_shares
from receivables.plans.values import ApplyRequest, Chosen, Effects, OpenItemState, Rules, sign


def settle(
    new: OpenItemState,
    chosen: Sequence[Chosen],
    *,
    rules: Rules,
    answers: ApplyRequest,
    tolerate: bool = True,
) -> Effects:
    """Apply one entry to others.

    new       the applying entry, with what remains of it
    chosen    the entries to be settled, checked by `selection`; in any order
    answers   whether late discounts and differences within tolerance are accepted
    tolerate  False where neither is evaluated: oldest first
    returns   what is to be written; entries that nothing happened to are not in it
    """
    return _Settlement(new, chosen, rules, answers, tolerate).run()


class _Settlement:
    """One walk over the chosen entries; `book` collects what comes of it."""

    def __init__(self, new, chosen, rules, answers, tolerate):
        self.new = new
        self.rules = rules
        self.book = Book(new, rules)
        self.views = sorted(
            (view_of(choice, new, rules) for choice in chosen), key=lambda view: view.item.order
        )
        self.late = accepted_late(new, self.views, answers, rules) if tolerate else frozenset()
        self.shares = {}
        if tolerate and answers.accept_payment_tolerance:
            precision = rules.currency(new.currency_code).precision
            self.shares = tolerance_shares(new, self.views, self.late, precision=precision)

    def run(self) -> Effects:
        first, second = self._phases()
        for view in first:
            self._apply(view, whole=True)
        for view in second:
            remaining = self.book.new.remaining
            if not remaining:
                break
            if sign(remaining) != sign(view.remaining):
                self._apply(view)
        if self.book.details:
            self._finish_new()
        return self.book.close()

    def _phases(self) -> tuple[list[View], list[View]]:
        """One walk where all entries are of the other sign; else netting in two phases.

        Entries of the applying entry's own sign (a credit memo beside a payment) are taken in whole first when the
        invoices use everything up, and last, as far as needed, when they do not.
        """
        own = sign(self.new.remaining)
        if not any(sign(view.remaining) == own for view in self.views):
            return [], self.views
        total = sum((needed(self.new, view, self.late) for view in self.views), self.new.remaining)
        first = 1 if total < 0 else -1
        return (
            [view for view in self.views if sign(view.remaining) == first],
            [view for view in self.views if sign(view.remaining) != first],
        )

    def _apply(self, view: View, *, whole: bool = False) -> None:
        book = self.book
        old = book.open(view.item)
        share = self.shares.get(view.item.key, ZERO)
        if share:
            self._reduce(view, TOLERANCE_TYPES, -share)
        is_discounted = self._take_discount(view, whole)
        if view.is_foreign and not view.is_lowered:
            self._round_off(view)
        if is_discounted:
            applied = -view.remaining
        elif whole or self.shares:
            applied = -view.to_apply
        else:
            applied = sign(book.new.remaining) * min(abs(book.new.remaining), abs(view.to_apply))
        if applied:
            self._pair(old, view, applied)

    def _take_discount(self, view: View, whole: bool) -> bool:
        """The whole discount or none of it."""
        if not view.discount or not (whole or is_affordable(self.book.new.remaining, view)):
            return False
        if is_timely(self.new, view):
            self._reduce(view, DISCOUNT_TYPES, -view.discount)
            return True
        if view.item.key in self.late:
            self._reduce(view, LATE_TYPES, -view.discount)
            return True
        return False

    def _reduce(self, view: View, types: tuple, amount: Decimal) -> None:
        """A discount or tolerance on the applying entry: the payment counts for more, or for less, than was paid.

        Its local value is what the whole entry is worth with it, less what it is worth without, so that no cent
        is left when the entry closes.
        """
        new = self.new
        amount_lcy = self.rules.to_lcy(new.amount + amount, new.factor) - new.amount_lcy
        self.book.reduce(view.item, types, amount, amount_lcy)

    def _round_off(self, view: View) -> None:
        """Between currencies a small difference is rounded off, so that both entries close."""
        difference = self.book.new.remaining + view.remaining
        if difference and abs(difference) <= view.slack:
            self.book.round_off(-difference, self.rules.to_lcy(-difference, self.new.factor))

    def _pair(self, old: Running, view: View, applied: Decimal) -> None:
        """The application, once it is known how much is applied in the currency of the applying entry."""
        book, rules, new = self.book, self.rules, self.new
        own_applied = view.to_own(applied, rules, new.currency_code)
        if view.is_foreign and not new.currency_code:
            applied_lcy = applied
        else:
            applied_lcy = rules.to_lcy(own_applied, view.item.factor)
        book.release(old, _part(old.unrealized_lcy, own_applied, old.remaining))
        book.realize(book.new, applied_lcy - rules.to_lcy(applied, new.factor))
        book.realize(old, rules.to_lcy(own_applied, view.item.factor) - applied_lcy)
        book.pair(old, own_applied, applied, applied_lcy)
        book.correct(old)

    def _finish_new(self) -> None:
        """What is left of the applying entry itself: its unrealized part, and its cents in local currency."""
        running = self.book.new
        used = self.new.remaining - running.remaining
        self.book.release(running, _part(self.new.unrealized_lcy, used, self.new.remaining))
        self.book.correct(running)


def _part(amount: Decimal, used: Decimal, whole: Decimal) -> Decimal:
    """The part of an amount that goes with the used part of a whole; at most all of it."""
    if not amount or not whole:
        return ZERO
    return round_to(WIDE.multiply(amount, min(abs(WIDE.divide(used, whole)), ONE)))
