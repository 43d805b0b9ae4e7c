from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from erp.kernel.access import needs
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine
from sales.rights import to_change
from sales.routines.discount import discount_invoice, type_invoice_discount
from sales.routines.lock import lock
from sales.values import SalesValues

By = SalesDocument.InvoiceDiscountCalculation


@needs(to_change)
@transaction.atomic
def settle_discount(
    document: SalesDocument, *, typed: Decimal, at: datetime, values: SalesValues | None = None
) -> None:
    """Share the invoice discount anew after lines came, went or changed, so that nobody need do it while reading.

    typed   the amount that the discount was before, where it is a typed one
    raises  LinesLocked; ProblemsFound: E-INVD-FULLVAT, E-PG-ACC, E-VAT-NOSETUP

    A typed amount is what is left of it after lines took their shares along, or all of it where the set-up keeps it
    (`keep_invoice_discount_amount`), but never more than the lines come to. A percentage is calculated; so is the
    customer's rule where the set-up wants that (`calc_invoice_discount`).
    """
    document = lock(document.pk)
    values = SalesValues.fit(document.currency_code, values)
    how = document.invoice_discount_calculation
    if how == By.AMOUNT:
        keeps = values.sales.keep_invoice_discount_amount
        amount = typed if keeps else document.invoice_discount_value
        lines = list(document.lines.order_by("line_no"))
        most = sum((line.line_amount for line in lines if line.allow_invoice_discount), ZERO)
        if amount or any(line.inv_discount_amount for line in lines):
            type_invoice_discount(document, min(amount, max(most, ZERO)), values=values, at=at)
    elif how == By.PERCENT or values.sales.calc_invoice_discount:
        discount_invoice(document, values=values, at=at)


@needs(to_change)
@transaction.atomic
def discount_by_rule(
    document: SalesDocument, *, at: datetime, values: SalesValues | None = None
) -> Sequence[SalesLine]:
    """Forget a discount that was typed as an amount: the customer's discount code decides again.

    raises  what `discount_invoice` raises
    """
    values = SalesValues.fit(document.currency_code, values)
    type_invoice_discount(document, _given(document), values=values, at=at)
    document.invoice_discount_calculation, document.invoice_discount_value = By.NONE, ZERO
    document.save(update_fields=["invoice_discount_calculation", "invoice_discount_value"])
    return discount_invoice(document, values=values, at=at)


def _given(document: SalesDocument) -> Decimal:
    """What invoices of the document gave already stays with their lines."""
    return sum((line.inv_discount_invoiced for line in document.lines.all()), ZERO)
