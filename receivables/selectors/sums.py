"""Sums of amounts, and the kinds of details that are summed together."""

from django.db.models import DecimalField, Sum, Value
from django.db.models.functions import Coalesce

from erp.kernel.money import ZERO
from receivables.models.entries import DetailedCustomerLedgerEntry

Type = DetailedCustomerLedgerEntry.Type
AMOUNT = DecimalField(max_digits=20, decimal_places=2)
DISCOUNTS = (Type.PAYMENT_DISCOUNT, Type.PAYMENT_DISCOUNT_VAT_EXCL, Type.PAYMENT_DISCOUNT_VAT_ADJUSTMENT)
LATE_DISCOUNTS = (
    Type.PAYMENT_DISCOUNT_TOLERANCE,
    Type.PAYMENT_DISCOUNT_TOLERANCE_VAT_EXCL,
    Type.PAYMENT_DISCOUNT_TOLERANCE_VAT_ADJUSTMENT,
)
TOLERANCES = (Type.PAYMENT_TOLERANCE, Type.PAYMENT_TOLERANCE_VAT_EXCL, Type.PAYMENT_TOLERANCE_VAT_ADJUSTMENT)


def total(column: str, **options) -> Coalesce:
    """The sum of a column, zero where there is nothing."""
    return Coalesce(Sum(column, **options), Value(ZERO, output_field=AMOUNT))
