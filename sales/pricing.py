"""Choosing a line's price and discount, and saying why: the "lowest price" method.

All price lists that reach the customer compete on one level. A line made for the document's currency or for
the very variant goes before one that is not, even if dearer; between equals the lower net price wins, and the
higher discount. The card's price is asked only when no price line qualifies.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import Problem
from erp.kernel.money import round_to
from sales.arithmetic.values import HUNDRED, ONE, UNIT, ZERO, VATKey, VATType


class Status(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    INACTIVE = "inactive"


class AmountType(StrEnum):
    PRICE = "price"
    DISCOUNT = "discount"
    BOTH = "price_and_discount"


class SourceType(StrEnum):
    """For whom a price line is made."""

    ALL_CUSTOMERS = "all_customers"
    CUSTOMER = "customer"
    CONTACT = "contact"
    CAMPAIGN = "campaign"
    PRICE_GROUP = "customer_price_group"
    DISCOUNT_GROUP = "customer_discount_group"


class AssetType(StrEnum):
    """What a price line is for."""

    ITEM = "item"
    ITEM_DISCOUNT_GROUP = "item_discount_group"
    RESOURCE = "resource"
    RESOURCE_GROUP = "resource_group"
    GL_ACCOUNT = "gl_account"
    ALL_ITEMS = "all_items"


class Source(NamedTuple):
    type: str
    number: str = ""


class Asset(NamedTuple):
    type: str
    number: str = ""


ALL_CUSTOMERS = Source(SourceType.ALL_CUSTOMERS)
ALL_ITEMS = Asset(AssetType.ALL_ITEMS)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line of a price list. Dates are inclusive, None is open; blank currency, unit and variant mean any.

    vat  when the price includes VAT: the VAT of the price's business group for this product
    key  whatever the caller recognises the line by
    """

    source: Source
    asset: Asset
    unit_price: Decimal = ZERO
    line_discount_percent: Decimal = ZERO
    amount_type: str = AmountType.PRICE
    status: str = Status.ACTIVE
    variant: str = ""
    unit: str = ""
    currency: str = ""
    minimum_quantity: Decimal = ZERO
    starting_date: date | None = None
    ending_date: date | None = None
    allow_line_discount: bool = True
    allow_invoice_discount: bool = True
    includes_vat: bool = False
    vat: VATKey | None = None
    key: object = None


@dataclass(frozen=True, slots=True)
class Card:
    """The price on the card of the item or resource: per base unit, in local currency."""

    unit_price: Decimal = ZERO
    allow_invoice_discount: bool = True
    includes_vat: bool = False
    vat: VATKey | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """A document line looking for its price.

    on                   order date of quotes and orders, posting date of invoices and credit memos
    assets               what is sold and the group that it belongs to
    sources              everybody the customer counts as; price and discount groups are the line's own
    vat                  VAT of the line
    per_unit             base units in one unit of the line
    factor               foreign units per local unit; 1 in local currency
    allow_line_discount  as the document has it
    """

    on: date
    assets: frozenset[Asset]
    sources: frozenset[Source]
    quantity: Decimal
    card: Card
    vat: VATKey
    variant: str = ""
    unit: str = ""
    per_unit: Decimal = ONE
    currency: str = ""
    factor: Decimal = ONE
    prices_including_vat: bool = False
    allow_line_discount: bool = True
    unit_precision: Decimal = UNIT


class Reason(StrEnum):
    """Why a price line was not taken."""

    STATUS = "status"
    SOURCE = "source"
    ASSET = "asset"
    DATE = "date"
    CURRENCY = "currency"
    UNIT = "unit"
    VARIANT = "variant"
    LESS_SPECIFIC_ASSET = "less_specific_asset"
    MINIMUM_QUANTITY = "minimum_quantity"
    LESS_SPECIFIC = "less_specific"
    DEARER = "dearer"
    LOWER_DISCOUNT = "lower_discount"
    EQUAL = "equal"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Reason.STATUS: gettext_lazy("The price list is not active."),
    Reason.SOURCE: gettext_lazy("Made for other customers."),
    Reason.ASSET: gettext_lazy("Made for something else."),
    Reason.DATE: gettext_lazy("Not valid on the date of the document."),
    Reason.CURRENCY: gettext_lazy("In another currency."),
    Reason.UNIT: gettext_lazy("For another unit of measure."),
    Reason.VARIANT: gettext_lazy("For another variant."),
    Reason.LESS_SPECIFIC_ASSET: gettext_lazy("For all items, and there is one for this item."),
    Reason.MINIMUM_QUANTITY: gettext_lazy("The quantity is below the minimum."),
    Reason.LESS_SPECIFIC: gettext_lazy("Another one is made for the currency or the variant."),
    Reason.DEARER: gettext_lazy("Another one is cheaper."),
    Reason.LOWER_DISCOUNT: gettext_lazy("Another one gives more discount."),
    Reason.EQUAL: gettext_lazy("Another one comes to the same and was found first."),
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A price line that was looked at and not taken.

    wanted  whether it was looked at as a price or as a discount
    value   what it would have given: the converted unit price or the percentage; None if it never qualified
    """

    line: PriceLine
    wanted: AmountType
    reason: Reason
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceDecision:
    """The price, the discount, and where both come from.

    price_line         the winning line; None means the price of the card
    discount_line      the line that offers the discount; None means that none does
    price_lines_exist  some price line is in scope, even if its minimum quantity was not met
    """

    unit_price: Decimal
    line_discount_percent: Decimal
    allow_line_discount: bool
    allow_invoice_discount: bool
    price_line: PriceLine | None
    discount_line: PriceLine | None
    price_lines_exist: bool
    rejected: tuple[Rejected, ...]

    @property
    def from_card(self) -> bool:
        return self.price_line is None

    @property
    def discount_refused(self) -> bool:
        """A discount is on offer, but the winning price allows none."""
        return self.discount_line is not None and not self.allow_line_discount


class _Candidate(NamedTuple):
    line: PriceLine
    value: Decimal  # converted unit price, or discount percentage
    rank: Decimal  # the lower the better


class _Choice(NamedTuple):
    best: _Candidate | None
    in_scope: bool
    rejected: list[Rejected]


def select_price(demand: Demand, price_lines: Sequence[PriceLine]) -> PriceDecision:
    """Find the line's discount, then its price in view of that discount; tell what else was considered.

    Of lines that come to the same, the first wins: hand them over in a lasting order.
    """

    def as_discount(line: PriceLine) -> _Candidate:
        return _Candidate(line, line.line_discount_percent, -line.line_discount_percent)

    def as_price(line: PriceLine) -> _Candidate:
        price = convert_price(demand, line)
        paid = HUNDRED - discount if line.allow_line_discount else HUNDRED
        return _Candidate(line, price, price * paid / HUNDRED)

    discounts = [line for line in price_lines if _gives_discount(line)] if demand.allow_line_discount else []
    for_discount = _choose(demand, discounts, AmountType.DISCOUNT, as_discount)
    discount = for_discount.best.value if for_discount.best else ZERO
    prices = [line for line in price_lines if line.amount_type != AmountType.DISCOUNT]
    for_price = _choose(demand, prices, AmountType.PRICE, as_price)

    price_line = for_price.best.line if for_price.best else None
    allow_line_discount = demand.allow_line_discount and (
        price_line is None or price_line.allow_line_discount
    )
    return PriceDecision(
        unit_price=for_price.best.value if for_price.best else convert_card_price(demand),
        line_discount_percent=discount if allow_line_discount else ZERO,
        allow_line_discount=allow_line_discount,
        allow_invoice_discount=(price_line or demand.card).allow_invoice_discount,
        price_line=price_line,
        discount_line=for_discount.best.line if for_discount.best else None,
        price_lines_exist=for_price.in_scope,
        rejected=(*for_discount.rejected, *for_price.rejected),
    )


def price_after_change(decision: PriceDecision, current_price: Decimal, *, only_quantity: bool) -> Decimal:
    """The unit price to put on a line that has one already.

    only_quantity  quantity or variant changed: then a price typed by hand survives, as long as no price line
                   is in scope. Any other change takes the selected price.
    """
    if only_quantity and not decision.price_lines_exist:
        return current_price
    return decision.unit_price


def convert_price(demand: Demand, line: PriceLine) -> Decimal:
    """The line's price as the document needs it: by VAT, then by unit, then by currency, then rounded."""
    basis = {"unit": line.unit, "currency": line.currency}
    return _convert(demand, line.unit_price, line.includes_vat, line.vat, **basis)


def convert_card_price(demand: Demand) -> Decimal:
    card = demand.card
    return _convert(demand, card.unit_price, card.includes_vat, card.vat, unit="", currency="")


def check_picked_price(demand: Demand, line: PriceLine) -> list[Problem]:
    """May this price line be picked by hand for the document line?"""
    problems = []
    if not _reaches_minimum(demand, line):
        message = _("The line quantity is below the price line's minimum.")
        problems.append(Problem("E-PRC-MINQTY", message, field="quantity"))
    if not _is_valid_on(line, demand.on):
        message = _("The price line is not valid on {date}.").format(date=demand.on)
        problems.append(Problem("E-PRC-DATE", message))
    if line.currency not in ("", demand.currency):
        message = _("Currency of the price line must be {value}.").format(value=demand.currency or _("blank"))
        problems.append(Problem("E-PRC-MISMATCH", message, field="currency"))
    if line.unit not in ("", demand.unit):
        message = _("Unit of the price line must be {value}.").format(value=demand.unit or _("blank"))
        problems.append(Problem("E-PRC-MISMATCH", message, field="unit"))
    return problems


def _choose(
    demand: Demand,
    lines: Iterable[PriceLine],
    wanted: AmountType,
    as_candidate: Callable[[PriceLine], _Candidate],
) -> _Choice:
    in_scope, rejected = _in_scope(demand, lines, wanted)
    candidates = []
    for line in in_scope:
        if _reaches_minimum(demand, line):
            candidates.append(as_candidate(line))
        else:
            rejected.append(Rejected(line, wanted, Reason.MINIMUM_QUANTITY))
    best, losers = _best(candidates, wanted)
    return _Choice(best, bool(in_scope), rejected + losers)


def _gives_discount(line: PriceLine) -> bool:
    """A price line that leaves its discount at nothing says nothing about discounts."""
    if line.amount_type == AmountType.BOTH:
        return line.line_discount_percent > 0
    return line.amount_type == AmountType.DISCOUNT


def _in_scope(
    demand: Demand, lines: Iterable[PriceLine], wanted: AmountType
) -> tuple[list[PriceLine], list[Rejected]]:
    """Lines that hold whatever the quantity; those for all items only where there is none for this one."""
    own: list[PriceLine] = []
    general: list[PriceLine] = []
    rejected = []
    for line in lines:
        reason = _out_of_scope(demand, line, wanted)
        if reason:
            rejected.append(Rejected(line, wanted, reason))
        elif line.asset in demand.assets:
            own.append(line)
        else:
            general.append(line)
    if own:
        rejected += [Rejected(line, wanted, Reason.LESS_SPECIFIC_ASSET) for line in general]
    return own or general, rejected


def _out_of_scope(demand: Demand, line: PriceLine, wanted: AmountType) -> Reason | None:
    other_kind = SourceType.DISCOUNT_GROUP if wanted == AmountType.PRICE else SourceType.PRICE_GROUP
    if line.source not in demand.sources or line.source.type == other_kind:
        return Reason.SOURCE
    if line.asset not in demand.assets and line.asset != ALL_ITEMS:
        return Reason.ASSET
    if line.status != Status.ACTIVE:
        return Reason.STATUS
    if not _is_valid_on(line, demand.on):
        return Reason.DATE
    if line.currency not in ("", demand.currency):
        return Reason.CURRENCY
    if demand.unit and line.unit not in ("", demand.unit):
        return Reason.UNIT
    if line.variant not in ("", demand.variant):
        return Reason.VARIANT
    return None


def _is_valid_on(line: PriceLine, day: date) -> bool:
    begun = line.starting_date is None or line.starting_date <= day
    return begun and (line.ending_date is None or day <= line.ending_date)


def _reaches_minimum(demand: Demand, line: PriceLine) -> bool:
    """A price line without a unit counts in base units."""
    quantity = abs(demand.quantity)
    return line.minimum_quantity <= (quantity if line.unit else quantity * demand.per_unit)


def _best(candidates: Sequence[_Candidate], wanted: AmountType) -> tuple[_Candidate | None, list[Rejected]]:
    """Walk the candidates with a best in hand: the more specific first, then the lower rank."""
    best: _Candidate | None = None
    for candidate in candidates:
        if best is None:
            best = candidate
            continue
        improves = _has_more(candidate.line, best.line)
        degrades = _has_more(best.line, candidate.line)
        if improves if improves != degrades else candidate.rank < best.rank:
            best = candidate
    if best is None:
        return None, []
    return best, [
        Rejected(candidate.line, wanted, _why_beaten(candidate, best, wanted), candidate.value)
        for candidate in candidates
        if candidate is not best
    ]


def _has_more(one: PriceLine, other: PriceLine) -> bool:
    """Is `one` made for a currency or variant where `other` is made for any?"""
    return bool((one.currency and not other.currency) or (one.variant and not other.variant))


def _why_beaten(candidate: _Candidate, best: _Candidate, wanted: AmountType) -> Reason:
    if _has_more(best.line, candidate.line) and not _has_more(candidate.line, best.line):
        return Reason.LESS_SPECIFIC
    if candidate.rank == best.rank:
        return Reason.EQUAL
    return Reason.DEARER if wanted == AmountType.PRICE else Reason.LOWER_DISCOUNT


def _convert(
    demand: Demand, price: Decimal, includes_vat: bool, vat: VATKey | None, *, unit: str, currency: str
) -> Decimal:
    document = HUNDRED + demand.vat.charged
    reverse_charge = demand.vat.calculation_type == VATType.REVERSE_CHARGE
    if includes_vat:
        contained = HUNDRED + (vat.charged if vat else ZERO)
        if demand.prices_including_vat and not reverse_charge:
            price = price * document / contained
        else:
            price = price * HUNDRED / contained
    elif demand.prices_including_vat:
        price = price * document / HUNDRED
    if not unit:
        price *= demand.per_unit
    if demand.currency and not currency:
        price *= demand.factor
    return round_to(price, demand.unit_precision)
