"""What the sums are made of: a line's amounts and the VAT group that it belongs to."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
UNIT = Decimal("0.00001")


class VATType(StrEnum):
    """How VAT is reckoned; the same words as in the VAT posting setup."""

    NORMAL = "normal"
    REVERSE_CHARGE = "reverse_charge"
    FULL = "full"


class VATKey(NamedTuple):
    """One VAT group: lines that share a key are rounded together."""

    identifier: str
    calculation_type: str = VATType.NORMAL
    percent: Decimal = ZERO

    @property
    def charged(self) -> Decimal:
        """The percentage that the customer pays: none under reverse charge, none on a full VAT line."""
        return self.percent if self.calculation_type == VATType.NORMAL else ZERO

    @property
    def is_full(self) -> bool:
        return self.calculation_type == VATType.FULL


class AmountLine(NamedTuple):
    """A document line, or the part of it being invoiced, as VAT and the invoice discount see it.

    line_amount          after line discount, before invoice discount; includes VAT where the prices do
    inv_discount_amount  its share of the invoice discount, on the same basis as `line_amount`
    vat_difference       its share of a VAT amount corrected by hand
    """

    line_no: int
    quantity: Decimal
    unit_price: Decimal
    line_amount: Decimal
    vat: VATKey
    inv_discount_amount: Decimal = ZERO
    allow_invoice_discount: bool = True
    vat_difference: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What is left after both discounts, on the document's price basis."""
        return self.line_amount - self.inv_discount_amount

    @property
    def counts(self) -> bool:
        """Texts and free lines take no part in VAT and discounts."""
        return self.quantity != 0 and self.unit_price != 0
