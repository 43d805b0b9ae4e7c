"""What an invoice (or credit memo) tells the resource ledger. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from erp.kernel.money import WIDE, round_to
from inventory.ledger import ResourceUse
from sales.arithmetic.values import UNIT
from sales.models import SalesDocument
from sales.models.base import LineType
from sales.plans.invoice_values import InvoicedLine


def plan_resources(
    document: SalesDocument, invoiced: Sequence[InvoicedLine], *, precision: Decimal
) -> list[ResourceUse]:
    """An entry per invoiced line of a resource: time that is sold is negative, time that is taken back positive.

    precision  of amounts in local currency

    Source: Business Central, posting sales lines of type Resource.
    """
    return [_use(document, row, precision) for row in invoiced if row.part.line.type == LineType.RESOURCE]


def _use(document: SalesDocument, row: InvoicedLine, precision: Decimal) -> ResourceUse:
    line, sign = row.part.line, document.traits.sign
    quantity = -sign * row.part.invoice
    return ResourceUse(
        line_no=line.line_no,
        resource_id=line.resource_id,
        quantity=quantity,
        unit_code=line.unit_code,
        unit_cost=line.unit_cost_lcy,
        total_cost=round_to(WIDE.multiply(quantity, line.unit_cost_lcy), precision),
        unit_price=round_to(WIDE.divide(line.unit_price, document.currency_factor), UNIT),
        total_price=-sign * row.vat_lcy.amount,
        description=line.description,
        gen_bus=line.gen_bus_posting_group,
        gen_prod=line.gen_prod_posting_group,
    )
