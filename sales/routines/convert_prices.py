from collections.abc import Sequence
from decimal import Decimal

from sales.arithmetic import prices_including_vat as arithmetic
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.plans.totals import vat_key
from sales.values import SalesValues

WRITTEN = ("unit_price", "line_discount_amount", "line_amount", "inv_discount_amount", "vat_difference")


def convert(document: SalesDocument, lines: Sequence[SalesLine], *, values: SalesValues) -> None:
    """Reprice the lines of a document that has just been switched between prices with and without VAT.

    The discount percentages stay, and the invoice discount is scaled; a discount typed as an amount for the whole
    document becomes what its lines have of it now, and VAT corrected by hand is reckoned anew. Nothing of the lines
    may be invoiced. The caller saves the head and brings totals up to date.
    Source: Business Central, Prices Including VAT.
    """
    priced = [line for line in lines if line.sells_something]
    converted = arithmetic.convert_prices(
        [
            arithmetic.PricedLine(
                line_no=line.line_no,
                quantity=line.quantity,
                unit_price=line.unit_price,
                line_discount_percent=line.line_discount_percent,
                inv_discount_amount=line.inv_discount_amount,
                vat=vat_key(line),
            )
            for line in priced
        ],
        to_including_vat=document.prices_including_vat,
        unit_precision=values.unit_precision,
        precision=values.precision,
    )
    for line, result in zip(priced, converted, strict=True):
        line.unit_price = result.unit_price
        line.line_discount_amount = result.amounts.line_discount_amount
        line.line_amount = result.amounts.line_amount
        line.inv_discount_amount = result.inv_discount_amount
        line.vat_difference = ZERO
    SalesLine.objects.bulk_update(priced, WRITTEN)
    if document.invoice_discount_calculation == SalesDocument.InvoiceDiscountCalculation.AMOUNT:
        document.invoice_discount_value = _given(priced)


def _given(lines: Sequence[SalesLine]) -> Decimal:
    return sum((line.inv_discount_amount for line in lines), ZERO)
