"""The door to the resource ledger: time of people and machines that was sold, or taken back. Nobody else writes it.

    ResourceSection(uses, paper)    for posting.registers.write, next to a GLSection

Resources have no stock: nothing else follows from an entry.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.bulk import insert_rows
from erp.kernel.ledger import Numbers
from inventory.ledger.values import Paper
from inventory.models.entries import ResourceLedgerEntry


class ResourceUse(NamedTuple):
    """Time of a resource on one line of a paper; one resource ledger entry.

    quantity                 in the resource's base unit: negative where it is sold, positive where it is taken back
    unit_cost, unit_price    of one unit, in local currency
    total_cost, total_price  signed as the quantity, in local currency; the price after discounts and without VAT
    """

    line_no: int
    resource_id: int
    quantity: Decimal
    unit_code: str
    unit_cost: Decimal
    total_cost: Decimal
    unit_price: Decimal
    total_price: Decimal
    description: str = ""
    gen_bus: str = ""
    gen_prod: str = ""


class ResourceSection:
    """The rows of the resource ledger, for `registers.write`. They count for themselves and need no numbers.

    paper  the invoice or credit memo, with its number
    """

    counts: Mapping[str, int] = {}

    def __init__(self, uses: Sequence[ResourceUse], paper: Paper):
        self.uses = uses
        self.paper = paper

    def write(self, numbers: Numbers) -> None:
        """Insert the rows with the number of their register: one statement."""
        paper = self.paper
        rows = [
            _Row(
                resource_id=use.resource_id,
                register_no=numbers.register_no,
                posting_date=paper.posting_date,
                document_type=paper.document_type,
                document_no=paper.document_no,
                document_line_no=use.line_no,
                external_document_no=paper.external_document_no,
                description=use.description[:100],
                source_type=paper.source_type,
                source_no=paper.source_no,
                unit_code=use.unit_code,
                quantity=use.quantity,
                unit_cost=use.unit_cost,
                total_cost=use.total_cost,
                unit_price=use.unit_price,
                total_price=use.total_price,
                gen_bus_posting_group=use.gen_bus,
                gen_prod_posting_group=use.gen_prod,
                source_code=paper.source_code,
            )
            for use in self.uses
        ]
        insert_rows(ResourceLedgerEntry, rows)


class _Row(NamedTuple):
    resource_id: int
    register_no: int
    posting_date: date
    document_type: str
    document_no: str
    document_line_no: int
    external_document_no: str
    description: str
    source_type: str
    source_no: str
    unit_code: str
    quantity: Decimal
    unit_cost: Decimal
    total_cost: Decimal
    unit_price: Decimal
    total_price: Decimal
    gen_bus_posting_group: str
    gen_prod_posting_group: str
    source_code: str
