"""What is planned and not posted, as a preview shows it: rows of the ledgers, without numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from erp.kernel.money import ZERO
from posting.models import GLAccount
from posting.values import Transaction, VATLine, debit_and_credit
from receivables.ledger import EntryPlan


@dataclass(frozen=True)
class PlannedGL:
    posting_date: date
    account_no: str
    account_name: str
    description: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class PlannedVAT:
    vat_identifier: str
    vat_percent: Decimal
    base: Decimal
    amount: Decimal
    calculation_type: str


@dataclass(frozen=True)
class PlannedCustomer:
    """A detailed customer entry; an invoice has one, and more where it settles others at once."""

    type: str
    document_type: str
    document_no: str
    due_date: date
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal


@dataclass
class Planned:
    """The rows; debit and credit of the general ledger are equal."""

    gl: list[PlannedGL] = field(default_factory=list)
    vat: list[PlannedVAT] = field(default_factory=list)
    customer: list[PlannedCustomer] = field(default_factory=list)

    @property
    def debit(self) -> Decimal:
        return sum((row.debit for row in self.gl), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((row.credit for row in self.gl), ZERO)


def planned_entries(transactions: Iterable[Transaction], entries: Iterable[EntryPlan]) -> Planned:
    """Everything that these transactions and entries would write. One query, for the names of accounts."""
    transactions = list(transactions)
    planned = Planned()
    ids = {line.account_id for entry in transactions for line in entry.lines}
    accounts = {row.pk: row for row in GLAccount.objects.filter(pk__in=ids).only("pk", "number", "name")}
    for facts, lines, _continues in transactions:
        for line in lines:
            account = accounts[line.account_id]
            debit, credit = debit_and_credit(line.amount, correction=line.correction)
            text = line.description or facts.description
            planned.gl.append(
                PlannedGL(facts.posting_date, account.number, account.name, text, debit, credit)
            )
            if line.vat is not None:
                planned.vat.append(_vat(line.vat))
    for entry in entries:
        planned.customer += [_customer(detail) for detail in entry.details]
    return planned


def _vat(vat: VATLine) -> PlannedVAT:
    return PlannedVAT(vat.identifier, vat.percent, vat.base or ZERO, vat.amount or ZERO, vat.calculation_type)


def _customer(detail) -> PlannedCustomer:
    item = detail.item
    return PlannedCustomer(
        detail.type,
        item.document_type,
        item.document_no,
        item.due_date,
        item.currency_code,
        detail.amount,
        detail.amount_lcy,
    )
