"""Payments that are registered from a bank statement: what is suggested, and what is worth knowing. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from erp.kernel.templatetags.handel import amount, day
from receivables.plans.journal_draft import to_pay
from receivables.selectors import EntryRow


@dataclass(frozen=True, slots=True)
class Received:
    """A payment of one open entry. The amount is a positive figure, also where money goes back to the customer."""

    entry: EntryRow
    on: date
    amount: Decimal
    external_document_no: str = ""

    @property
    def is_refund(self) -> bool:
        return self.entry.remaining < 0

    @property
    def signed(self) -> Decimal:
        """What the bank account gains."""
        return -self.amount if self.is_refund else self.amount


def suggested(entry: EntryRow, on: date | None) -> Decimal:
    """What is expected for an entry on a day: what remains, less the discount while it is in time."""
    return abs(to_pay(entry.remaining, discount=entry.discount, discount_date=entry.discount_date, on=on))


def worth_knowing(received: Received) -> list[Problem]:
    """Warnings: they tell, they stop nothing."""
    entry, found = received.entry, []
    left, discount = abs(entry.remaining), abs(entry.discount)
    if entry.on_hold:
        found.append(Problem("W-PR-HOLD", _("On hold: {mark}.").format(mark=entry.on_hold)))
    late = bool(discount) and entry.discount_date is not None and received.on > entry.discount_date
    if late:
        message = _("The discount of {discount} ended on {date}.")
        found.append(
            Problem("W-PR-DISCOUNT", message.format(discount=amount(discount), date=day(entry.discount_date)))
        )
    if received.amount > left:
        message = _("{amount} more than remains: it stays open as a payment.")
        found.append(Problem("W-PR-OVER", message.format(amount=amount(received.amount - left))))
    elif received.amount < left and received.amount != suggested(entry, received.on):
        message = _("{amount} stays open.")
        found.append(Problem("W-PR-PART", message.format(amount=amount(left - received.amount))))
    if received.on > entry.due_date and not received.is_refund:
        days = (received.on - entry.due_date).days
        found.append(Problem("W-PR-LATE", _("{days} days after the due date.").format(days=days)))
    return found


def takes_discount(received: Received) -> Decimal:
    """The discount that the payment takes, zero where it takes none."""
    entry = received.entry
    in_time = entry.discount_date is not None and received.on <= entry.discount_date
    if entry.discount and in_time and received.amount == suggested(entry, received.on):
        return abs(entry.discount)
    return ZERO


def check_lump(received: Iterable[Received]) -> list[Problem]:
    """E-PR-LUMPCUST, E-PR-LUMPDATE, E-PR-LUMPCURR: one payment has one customer, one date, one currency."""
    rows = list(received)
    found = []
    if len({row.entry.customer_no for row in rows}) > 1:
        found.append(Problem("E-PR-LUMPCUST", _("A lump payment needs one customer.")))
    if len({row.on for row in rows}) > 1:
        found.append(Problem("E-PR-LUMPDATE", _("A lump payment needs one date.")))
    if len({row.entry.currency_code for row in rows}) > 1:
        found.append(Problem("E-PR-LUMPCURR", _("A lump payment needs one currency.")))
    return found
