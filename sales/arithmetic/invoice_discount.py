"""Invoice discount and service charge: earned by the size of a document, or typed as an amount."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import round_to
from sales.arithmetic.spread import spread
from sales.arithmetic.values import CENT, HUNDRED, ONE, UNIT, ZERO, AmountLine, VATKey


class DiscountRecord(NamedTuple):
    """One step of an invoice discount code: from this amount on, this percentage and this charge."""

    minimum_amount: Decimal
    discount_percent: Decimal = ZERO
    service_charge: Decimal = ZERO
    currency: str = ""


class InvoiceDiscount(NamedTuple):
    """What calculating by the code came to.

    charge_base     net amount of all lines, which chooses the service charge
    discount_base   net amount of the lines that allow invoice discount, which chooses the percentage
    service_charge  unit price of the service charge line on the document's price basis; 0 means no such line
    percent         the document's new percentage; None when the code has no records: nothing changes
    line_discounts  Inv. Discount Amount per line, in the order of the lines
    """

    charge_base: Decimal
    discount_base: Decimal
    service_charge: Decimal
    percent: Decimal | None
    line_discounts: list[Decimal]


def find_record(
    records: Iterable[DiscountRecord],
    amount: Decimal,
    *,
    currency: str = "",
    factor: Decimal = ONE,
    precision: Decimal = CENT,
) -> DiscountRecord | None:
    """The step of one code that an amount reaches, with its charge in the currency of the document.

    Steps in the document's currency come first; only where none is reached, those in local currency are tried
    with the amount converted. `factor` is foreign units per local unit.
    """
    found = _highest_reached(records, amount, currency)
    if found or not currency:
        return found
    found = _highest_reached(records, amount / factor, "")
    if found is None:
        return None
    charge = round_to(found.service_charge * factor, precision)
    return found._replace(service_charge=charge, currency=currency)


def calculate_invoice_discount(
    lines: Sequence[AmountLine],
    records: Sequence[DiscountRecord],
    *,
    currency: str = "",
    factor: Decimal = ONE,
    prices_including_vat: bool = False,
    per_vat_identifier: bool = False,
    charge_vat: VATKey | None = None,
    precision: Decimal = CENT,
    unit_precision: Decimal = UNIT,
) -> InvoiceDiscount:
    """Discount and charge by the customer's code.

    lines       all lines but the service charge line, which counts for nothing while it is calculated
    charge_vat  VAT group of the service charge account; the charge of prices including VAT includes it
    """

    def net_total(weights: dict[tuple[VATKey, bool], Decimal]) -> Decimal:
        if not prices_including_vat:
            return sum(weights.values(), ZERO)
        parts = (amount * HUNDRED / (HUNDRED + key.charged) for (key, _sign), amount in weights.items())
        return sum((round_to(part, precision) for part in parts), ZERO)

    groups = _Groups(lines)
    charge_base, discount_base = net_total(groups.all), net_total(groups.discountable)
    find = partial(find_record, records, currency=currency, factor=factor, precision=precision)
    for_charge, for_discount = find(charge_base), find(discount_base)

    charge = for_charge.service_charge if for_charge else ZERO
    if charge and prices_including_vat and charge_vat:
        charge = round_to(charge * (HUNDRED + charge_vat.charged) / HUNDRED, unit_precision)
    if not records:
        unchanged = [line.inv_discount_amount for line in lines]
        return InvoiceDiscount(charge_base, discount_base, charge, None, unchanged)
    percent = for_discount.discount_percent if for_discount else ZERO
    discounts = spread_percent(lines, percent, per_vat_identifier=per_vat_identifier, precision=precision)
    return InvoiceDiscount(charge_base, discount_base, charge, percent, discounts)


def spread_percent(
    lines: Sequence[AmountLine],
    percent: Decimal,
    *,
    per_vat_identifier: bool = False,
    precision: Decimal = CENT,
) -> list[Decimal]:
    """Inv. Discount Amount per line for a percentage: rounded by VAT group, then shared by the group's lines.

    The fraction of a cent that a group leaves is carried into the next, unless every VAT identifier is to be
    right on its own.
    """
    groups = _Groups(lines)
    discounts = {}
    carry = ZERO
    for key, base in groups.discountable.items():
        carry += base * percent / HUNDRED
        discounts[key] = round_to(carry, precision)
        carry = ZERO if per_vat_identifier else carry - discounts[key]
    return groups.share(discounts, precision=precision)


def spread_typed_amount(
    lines: Sequence[AmountLine], amount: Decimal, *, precision: Decimal = CENT
) -> list[Decimal]:
    """Inv. Discount Amount per line for an amount typed for the document: by VAT group, then by line."""
    groups = _Groups(lines)
    keys = list(groups.discountable)
    by_group = spread(amount, list(groups.discountable.values()), precision=precision) if keys else []
    return groups.share(dict(zip(keys, by_group, strict=True)), precision=precision)


def check_typed_amount(
    lines: Iterable[AmountLine], amount: Decimal, *, given: Decimal = ZERO
) -> list[Problem]:
    """May this amount be the document's invoice discount? At most what the lines that allow it come to.

    lines   what is not invoiced yet of each line
    amount  what these lines are to get
    given   what was given on invoices already, for the message
    """
    if not amount:
        return []
    base = sum(_Groups(lines).discountable.values(), ZERO)
    if not base:
        message = _("No line allows invoice discount; use a line discount or allow it on an item line.")
        return [Problem("E-INVD-NOBASE", message, field="invoice_discount_amount")]
    if not (0 <= amount <= base or base <= amount <= 0):
        message = _("The invoice discount must lie between {least} and {most}; {typed} was entered.")
        message = message.format(least=given, most=given + base, typed=given + amount)
        return [Problem("E-INVD-MAX", message, field="invoice_discount_amount")]
    return []


def check_full_vat_lines(lines: Iterable[AmountLine]) -> list[Problem]:
    message = _("Full VAT lines cannot take invoice discount.")
    return [
        Problem("E-INVD-FULLVAT", message, line_no=line.line_no, field="inv_discount_amount")
        for line in lines
        if line.vat.is_full and line.inv_discount_amount
    ]


class _Groups:
    """Line amounts by VAT key and sign, in the order in which VAT is reckoned."""

    def __init__(self, lines: Iterable[AmountLine]):
        self.lines = list(lines)
        every: dict[tuple[VATKey, bool], Decimal] = {}
        self.members: dict[tuple[VATKey, bool], list[int]] = {}
        for index, line in enumerate(self.lines):
            if not line.counts:
                continue
            key = (line.vat, line.line_amount >= 0)
            every[key] = every.get(key, ZERO) + line.line_amount
            if line.allow_invoice_discount and not line.vat.is_full:
                self.members.setdefault(key, []).append(index)
        self.all = dict(sorted(every.items()))
        bases = {
            key: sum((self.lines[index].line_amount for index in indexes), ZERO)
            for key, indexes in sorted(self.members.items())
        }
        self.discountable = {key: base for key, base in bases.items() if base}

    def share(self, discounts: dict[tuple[VATKey, bool], Decimal], *, precision: Decimal) -> list[Decimal]:
        """Each group's discount on its lines, with a running remainder; nothing on all other lines."""
        shares = [ZERO] * len(self.lines)
        for key, discount in discounts.items():
            indexes = self.members[key]
            weights = [self.lines[index].line_amount for index in indexes]
            parts = spread(discount, weights, precision=precision)
            for index, part in zip(indexes, parts, strict=True):
                shares[index] = part
        return shares


def _highest_reached(
    records: Iterable[DiscountRecord], amount: Decimal, currency: str
) -> DiscountRecord | None:
    reached = [step for step in records if step.currency == currency and step.minimum_amount <= amount]
    return max(reached, key=lambda record: record.minimum_amount, default=None)
