"""The bank ledger: money in and out of our own accounts, beside the G/L line of each movement."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from erp.kernel.bulk import insert_rows
from erp.kernel.ledger import Numbers
from posting.journal import GLSection
from posting.values import Facts, Line
from receivables.models.entries import BankLedgerEntry


class BankMovement(NamedTuple):
    """What came in (positive) or went out on a bank account; `line` is its line on the bank's G/L account."""

    bank_account_id: int
    amount: Decimal
    amount_lcy: Decimal
    line: Line
    facts: Facts
    currency_code: str = ""
    description: str = ""
    reverses: int | None = None


class BankSection:
    """The bank ledger's part of a posting run, for `registers.write`."""

    def __init__(self, movements: Iterable[BankMovement], gl: GLSection):
        self.movements = list(movements)
        self.gl = gl

    @property
    def counts(self) -> dict[str, int]:
        return {"bank_entry_no": len(self.movements)}

    def write(self, numbers: Numbers) -> None:
        """Insert the rows: one statement."""
        if not self.movements:
            return
        transaction_of = {
            id(line): self.gl.transaction_no(index)
            for index, transaction in enumerate(self.gl.transactions)
            for line in transaction.lines
        }
        rows = [
            BankRow(
                entry_no=numbers.bank_entry_no + place,
                transaction_no=transaction_of[id(movement.line)],
                gl_entry_no=self.gl.entry_no(movement.line),
                bank_account_id=movement.bank_account_id,
                posting_date=movement.facts.posting_date,
                document_type=movement.facts.document_type,
                document_no=movement.facts.document_no,
                external_document_no=movement.facts.external_document_no,
                description=(movement.description or movement.facts.description)[:100],
                currency_code=movement.currency_code,
                amount=movement.amount,
                amount_lcy=movement.amount_lcy,
                source_code=movement.facts.source_code,
                reverses_id=movement.reverses,
            )
            for place, movement in enumerate(self.movements)
        ]
        insert_rows(BankLedgerEntry, rows)


class BankRow(NamedTuple):
    entry_no: int
    transaction_no: int
    gl_entry_no: int
    bank_account_id: int
    posting_date: date
    document_type: str
    document_no: str
    external_document_no: str
    description: str
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal
    source_code: str
    reverses_id: int | None
