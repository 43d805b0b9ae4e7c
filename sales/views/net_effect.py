"""What two papers come to together: one that is posted, and the one that would take it back; ledger by ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from erp.kernel.money import ZERO
from inventory.selectors import entries_for as item_entries
from posting.selectors import entries_for as gl_entries
from receivables.selectors import entry
from sales.models import SalesInvoice
from sales.models.base import PostedMoney
from sales.plans.line import plain
from sales.views.planned import Planned


@dataclass
class NetRow:
    """One figure of a ledger: of the posted paper, of the new one, and of both."""

    name: str
    description: str = ""
    posted: Decimal = ZERO
    planned: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.posted + self.planned


@dataclass(frozen=True)
class NetEffect:
    """The figures by ledger; amounts in local currency, but for the customer's in the currency of the paper."""

    gl: list[NetRow]
    vat: list[NetRow]
    customer: list[NetRow]
    quantities: list[NetRow]
    costs: list[NetRow]

    @property
    def is_nothing(self) -> bool:
        """Whether both papers together leave nothing in any ledger."""
        rows = (self.gl, self.vat, self.customer, self.quantities, self.costs)
        return not any(row.net for group in rows for row in group)


def net_effect(paper: PostedMoney, planned: Planned) -> NetEffect:
    """Set the entries of a posted paper against those that a plan would write. Seven queries."""
    is_invoice = isinstance(paper, SalesInvoice)
    ledgers = gl_entries(paper.number)
    document_type = "invoice" if is_invoice else "credit_memo"
    items = [
        row for row in item_entries(paper.number).values if row.document_type == f"sales_{document_type}"
    ]
    posted_gl = [row for row in ledgers.gl if row.document_type == document_type]
    posted_vat = [row for row in ledgers.vat if row.document_type == document_type]
    owed = entry(paper.customer_entry_no)
    return NetEffect(
        gl=_sums(
            ((row.account_no, row.account_name, row.amount) for row in posted_gl),
            ((row.account_no, row.account_name, row.debit - row.credit) for row in planned.gl),
        ),
        vat=_sums(
            ((row.vat_identifier, f"{plain(row.vat_percent)} %", row.amount) for row in posted_vat),
            ((row.vat_identifier, f"{plain(row.vat_percent)} %", row.amount) for row in planned.vat),
        ),
        customer=_sums(
            [(owed.customer_no, owed.customer_name, owed.amount)],
            [
                (owed.customer_no, owed.customer_name, row.amount)
                for row in planned.customer
                if row.type == "initial_entry"
            ],
        ),
        quantities=_sums(
            ((row.item_no, "", row.invoiced_quantity) for row in items),
            ((row.item_no, row.description, row.invoiced_quantity) for row in planned.items),
        ),
        costs=_sums(
            ((row.item_no, "", row.cost_actual) for row in items),
            ((row.item_no, row.description, row.cost_actual) for row in planned.items),
        ),
    )


Figure = tuple[str, str, Decimal]


def _sums(posted: Iterable[Figure], planned: Iterable[Figure]) -> list[NetRow]:
    rows: dict[str, NetRow] = {}
    for figures, side in ((posted, "posted"), (planned, "planned")):
        for name, description, amount in figures:
            row = rows.setdefault(name, NetRow(name))
            row.description = row.description or description
            setattr(row, side, getattr(row, side) + amount)
    return [rows[name] for name in sorted(rows) if rows[name].posted or rows[name].planned]
