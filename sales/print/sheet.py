"""A paper as the customer reads it. Values only; the words are in the language that was active when it was made."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from erp.kernel.money import ZERO


@dataclass(frozen=True)
class SheetLine:
    """One line; with `is_text` there is a description and nothing else."""

    number: str = ""
    description: str = ""
    description_2: str = ""
    reference_no: str = ""
    variant_code: str = ""
    quantity: Decimal = ZERO
    unit: str = ""
    shipment_date: date | None = None
    return_reason: str = ""
    country_of_origin: str = ""
    tariff_no: str = ""
    net_weight: Decimal = ZERO
    unit_price: Decimal = ZERO
    line_discount_percent: Decimal = ZERO
    vat_percent: Decimal = ZERO
    amount: Decimal = ZERO
    is_text: bool = False


@dataclass(frozen=True)
class SheetVAT:
    """One rate of VAT. `amount_lcy` where the paper is in a foreign currency: tax offices want it in theirs."""

    percent: Decimal
    base: Decimal
    amount: Decimal
    amount_lcy: Decimal | None = None


@dataclass(frozen=True)
class Bank:
    """Where the money goes."""

    name: str
    iban: str
    account_no: str
    swift_code: str


@dataclass(frozen=True)
class Sheet:
    """Everything that stands on one paper.

    facts       (label, text) beside the address, in order; empty ones are left out
    foot        sentences under the totals: terms, payment discount, VAT clauses
    watermark   across the page: what this paper is not
    paid        of an invoice: what has been paid by now; None where that is nothing to tell
    columns     which columns the lines have, of: reference, date, reason, origin, price, discount, vat
    is_demand   the paper asks for money
    """

    title: str
    number: str
    file_name: str
    to: tuple[str, ...]
    ship_to: tuple[str, ...] = ()
    invoice_to: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    text: str = ""
    lines: tuple[SheetLine, ...] = ()
    columns: frozenset[str] = frozenset()
    currency: str = ""
    lcy: str = ""
    prices_including_vat: bool = False
    invoice_discount: Decimal = ZERO
    net: Decimal = ZERO
    gross: Decimal = ZERO
    groups: tuple[SheetVAT, ...] = ()
    paid: Decimal | None = None
    net_weight: Decimal = ZERO
    gross_weight: Decimal = ZERO
    foot: tuple[str, ...] = ()
    bank: Bank | None = None
    watermark: str = ""
    declares: bool = False
    signs: bool = False
    is_demand: bool = False

    @property
    def has_amounts(self) -> bool:
        return "price" in self.columns

    @property
    def remaining(self) -> Decimal:
        """What is still to pay."""
        return self.gross - (self.paid or ZERO)

    @property
    def before_discount(self) -> Decimal:
        """The sum of the lines, as their prices are: with VAT or without."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def width(self) -> int:
        """How many columns a line of text runs across, after that of its number."""
        extra = {"reference": 1, "date": 1, "reason": 1, "origin": 3, "price": 2, "discount": 1, "vat": 1}
        return 3 + sum(extra[name] for name in self.columns)
