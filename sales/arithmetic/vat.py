"""VAT of a sales document: while entering, by group at release and posting, and spread back on the lines."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import round_to
from sales.arithmetic.spread import spread
from sales.arithmetic.values import CENT, HUNDRED, ONE, ZERO, AmountLine, VATKey


class GroupTotals(NamedTuple):
    """Sums of the other lines of a VAT group, as they stand in the document."""

    line_amount: Decimal = ZERO
    inv_discount_amount: Decimal = ZERO
    amount: Decimal = ZERO
    amount_including_vat: Decimal = ZERO
    vat_difference: Decimal = ZERO


class LineVAT(NamedTuple):
    """The four amounts that VAT gives a line."""

    line_no: int
    amount: Decimal = ZERO
    vat_base: Decimal = ZERO
    vat_amount: Decimal = ZERO
    amount_including_vat: Decimal = ZERO
    vat_difference: Decimal = ZERO


class VATGroup(NamedTuple):
    """One row of VAT: the lines of one key and one sign, rounded once.

    base      the net amount excluding VAT
    vat_base  what VAT was reckoned on: `base` less the payment discount where that reduces VAT
    """

    key: VATKey
    positive: bool
    line_amount: Decimal
    inv_discount_base: Decimal
    inv_discount_amount: Decimal
    base: Decimal
    vat_base: Decimal
    vat_amount: Decimal
    amount_including_vat: Decimal
    vat_difference: Decimal = ZERO

    @property
    def calculated_vat(self) -> Decimal:
        """The VAT amount before anybody corrected it by hand."""
        return self.vat_amount - self.vat_difference


class DocumentVAT(NamedTuple):
    """VAT of a whole document or of one invoice: the groups, and one result per line in their order."""

    groups: list[VATGroup]
    lines: list[LineVAT]

    @property
    def amount(self) -> Decimal:
        return sum((group.base for group in self.groups), ZERO)

    @property
    def vat_amount(self) -> Decimal:
        return sum((group.vat_amount for group in self.groups), ZERO)

    @property
    def amount_including_vat(self) -> Decimal:
        return sum((group.amount_including_vat for group in self.groups), ZERO)


# While entering


def enter_vat(
    line: AmountLine,
    others: GroupTotals | None = None,
    *,
    prices_including_vat: bool = False,
    vat_base_discount: Decimal = ZERO,
    precision: Decimal = CENT,
    vat_direction: str = "nearest",
) -> LineVAT:
    """A line's VAT while it is typed: what its group comes to with it, less what the others already have.

    So a line may be a cent off its own product, and the group is right. Corrections by hand stay with the lines that
    carry them.
    """
    net, corrected = line.net, line.vat_difference
    if not line.counts or net == 0:
        return LineVAT(line.line_no)
    if line.vat.is_full:
        vat = net + corrected
        return LineVAT(line.line_no, vat_amount=vat, amount_including_vat=vat, vat_difference=corrected)

    others = others or GroupTotals()
    rate = line.vat.charged / HUNDRED
    discount = vat_base_discount / HUNDRED
    if prices_including_vat:
        group_net = others.line_amount - others.inv_discount_amount + net
        group_amount = round_to(group_net / (ONE + rate), precision)
        amount = group_amount - others.amount - others.vat_difference - corrected
        not_charged = round_to(group_amount * discount * rate, precision, vat_direction)
        including_vat = group_net - not_charged - others.amount_including_vat
    else:
        amount = round_to(net, precision)
        group_amount = others.amount + amount
        group_vat = round_to(group_amount * (ONE - discount) * rate, precision, vat_direction)
        including_vat = group_amount + group_vat - others.amount_including_vat + others.vat_difference
        including_vat += corrected
    vat_base = round_to(amount * (ONE - discount), precision)
    return LineVAT(line.line_no, amount, vat_base, including_vat - amount, including_vat, corrected)


def enter_vat_on_lines(
    lines: Iterable[AmountLine],
    *,
    prices_including_vat: bool = False,
    vat_base_discount: Decimal = ZERO,
    precision: Decimal = CENT,
    vat_direction: str = "nearest",
) -> list[LineVAT]:
    """The same for all lines of a document, each on top of the ones before it."""
    totals: dict[VATKey, GroupTotals] = {}
    results = []
    for line in lines:
        before = totals.get(line.vat, GroupTotals())
        result = enter_vat(
            line,
            before,
            prices_including_vat=prices_including_vat,
            vat_base_discount=vat_base_discount,
            precision=precision,
            vat_direction=vat_direction,
        )
        results.append(result)
        totals[line.vat] = GroupTotals(
            before.line_amount + line.line_amount,
            before.inv_discount_amount + line.inv_discount_amount,
            before.amount + result.amount,
            before.amount_including_vat + result.amount_including_vat,
            before.vat_difference + result.vat_difference,
        )
    return results


# By group


def vat_groups(
    lines: Iterable[AmountLine],
    *,
    prices_including_vat: bool = False,
    vat_base_discount: Decimal = ZERO,
    precision: Decimal = CENT,
    vat_direction: str = "nearest",
) -> list[VATGroup]:
    """VAT rounded once per key and sign, in the order of the keys, returns before sales.

    What rounding the returns of a key gained or lost is carried into its sales, so that both together are as
    if they had been rounded in one.
    """
    sums: dict[tuple[VATKey, bool], list[Decimal]] = {}
    for line in lines:
        if not line.counts:
            continue
        total = sums.setdefault((line.vat, line.line_amount >= 0), [ZERO, ZERO, ZERO, ZERO])
        total[0] += line.line_amount
        total[1] += line.inv_discount_amount
        total[2] += line.vat_difference
        if line.allow_invoice_discount and not line.vat.is_full:
            total[3] += line.line_amount

    groups = []
    carry_of: dict[VATKey, Decimal] = {}
    discount = vat_base_discount / HUNDRED
    for key, positive in sorted(sums):
        line_amount, inv_discount, difference, inv_discount_base = sums[key, positive]
        net = line_amount - inv_discount
        if key.is_full:
            base = vat_base = ZERO
            vat = difference + net
            including_vat = vat
        else:
            exact = _vat_contained(net, key, prices_including_vat) * (ONE - discount)
            carry = carry_of.pop(key, ZERO) if net else ZERO
            vat = difference + round_to(carry + exact, precision, vat_direction)
            if not positive:
                carry_of[key] = exact - round_to(exact, precision, vat_direction)
            if not prices_including_vat:
                base = net
            elif discount:
                base = round_to(net * HUNDRED / (HUNDRED + key.charged) - difference, precision)
            else:
                base = net - vat
            including_vat = base + vat
            vat_base = round_to(base * (ONE - discount), precision)
        groups.append(
            VATGroup(
                key=key,
                positive=positive,
                line_amount=line_amount,
                inv_discount_base=inv_discount_base,
                inv_discount_amount=inv_discount,
                base=base,
                vat_base=vat_base,
                vat_amount=vat,
                amount_including_vat=including_vat,
                vat_difference=difference,
            )
        )
    return groups


def spread_vat(
    lines: Sequence[AmountLine],
    groups: Iterable[VATGroup],
    *,
    prices_including_vat: bool = False,
    precision: Decimal = CENT,
) -> list[LineVAT]:
    """Give every line its share of its group, in the order of the lines; the shares add up to the group."""
    members: dict[tuple[VATKey, bool], list[int]] = {}
    for index, line in enumerate(lines):
        if line.counts:
            members.setdefault((line.vat, line.line_amount >= 0), []).append(index)

    results = [LineVAT(line.line_no) for line in lines]
    for group in groups:
        indexes = members.get((group.key, group.positive), [])
        nets = [lines[index].net for index in indexes]
        vats = spread(group.vat_amount, nets, precision=precision)
        differences = spread(group.vat_difference, nets, precision=precision)
        if group.key.is_full:
            amounts = vat_bases = [ZERO] * len(indexes)
        elif prices_including_vat:
            shares = spread(group.amount_including_vat, nets, precision=precision)
            amounts = [share - vat for share, vat in zip(shares, vats, strict=True)]
            vat_bases = amounts
        else:
            amounts = vat_bases = nets
        if group.vat_base != group.base:
            vat_bases = spread(group.vat_base, nets, precision=precision)
        for index, amount, vat_base, vat, difference in zip(
            indexes, amounts, vat_bases, vats, differences, strict=True
        ):
            results[index] = LineVAT(lines[index].line_no, amount, vat_base, vat, amount + vat, difference)
    return results


def document_vat(
    lines: Sequence[AmountLine],
    *,
    prices_including_vat: bool = False,
    vat_base_discount: Decimal = ZERO,
    precision: Decimal = CENT,
    vat_direction: str = "nearest",
) -> DocumentVAT:
    """VAT by group and on the lines, as release, statistics and posting want it."""
    groups = vat_groups(
        lines,
        prices_including_vat=prices_including_vat,
        vat_base_discount=vat_base_discount,
        precision=precision,
        vat_direction=vat_direction,
    )
    spread_out = spread_vat(lines, groups, prices_including_vat=prices_including_vat, precision=precision)
    return DocumentVAT(groups, spread_out)


# Corrected by hand


def with_typed_vat(group: VATGroup, vat_amount: Decimal, *, prices_including_vat: bool = False) -> VATGroup:
    """The group with a VAT amount typed by hand. Prices that include VAT keep their total."""
    change = vat_amount - group.vat_amount
    moved = group._replace(vat_amount=vat_amount, vat_difference=group.vat_difference + change)
    if prices_including_vat and not group.key.is_full:
        return moved._replace(base=group.base - change, vat_base=group.vat_base - change)
    return moved._replace(amount_including_vat=group.amount_including_vat + change)


def check_typed_vat(
    group: VATGroup, vat_amount: Decimal, *, allowed: bool, maximum: Decimal
) -> list[Problem]:
    """May this VAT amount be typed? `allowed` by the sales setup, `maximum` by currency or company."""
    difference = vat_amount - group.calculated_vat
    if not difference:
        return []
    if not allowed:
        message = _("VAT amounts cannot be changed: Allow VAT Difference is off.")
        return [Problem("E-VATDIFF-OFF", message, field="vat_amount")]
    problems = []
    if abs(difference) > maximum:
        message = _("VAT difference must not exceed {maximum}.").format(maximum=maximum)
        problems.append(Problem("E-VATDIFF-MAX", message, field="vat_amount"))
    if vat_amount * (group.line_amount - group.inv_discount_amount) < 0:
        message = _("VAT must have the sign of its base.")
        problems.append(Problem("E-VATDIFF-SIGN", message, field="vat_amount"))
    return problems


def check_full_vat_account(
    key: VATKey, account_no: str, *, sales_vat_account: str, line_no: int | None = None
) -> list[Problem]:
    """A line that is nothing but VAT belongs on the VAT account itself."""
    if not key.is_full or account_no == sales_vat_account:
        return []
    message = _("A Full VAT line must use account {account}.").format(account=sales_vat_account)
    return [Problem("E-VAT-FULLACC", message, line_no=line_no, field="number")]


# Reduced by the payment discount


def vat_base_discount(payment_discount: Decimal, *, tolerance: Decimal) -> Decimal:
    """VAT Base Discount %: the payment discount, as far as the VAT tolerance lets it reduce VAT."""
    return min(payment_discount, tolerance)


def check_vat_base_discount(percent: Decimal, *, tolerance: Decimal) -> list[Problem]:
    if percent <= tolerance:
        return []
    message = _("VAT Base Discount % must not exceed VAT Tolerance % ({tolerance}).")
    message = message.format(tolerance=tolerance)
    return [Problem("E-VATBASE-TOL", message, field="vat_base_discount_percent")]


def _vat_contained(net: Decimal, key: VATKey, prices_including_vat: bool) -> Decimal:
    """Unrounded VAT on an amount, or inside it where prices include VAT."""
    return net * key.charged / (HUNDRED + key.charged if prices_including_vat else HUNDRED)
