"""Lines of a general journal as they are typed, and what they name. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from customers.models import Customer, CustomerPostingGroup, PaymentTerms
from erp.kernel.money import ONE, ZERO
from posting.models import GLAccount
from receivables.models import BankAccount, DocumentType
from receivables.plans.values import ApplyRequest, Rules

GL, CUSTOMER, BANK = "gl", "customer", "bank"
PENDING = "***"
NEGATIVE = (DocumentType.PAYMENT, DocumentType.CREDIT_MEMO)
UNIQUE = (
    DocumentType.INVOICE,
    DocumentType.CREDIT_MEMO,
    DocumentType.FINANCE_CHARGE_MEMO,
    DocumentType.REMINDER,
)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line as somebody types it: debit positive, in the currency of the line.

    account_type, bal_account_type  "gl", "customer" or "bank"; without a balancing account other lines must balance it
    document_no     empty: from the number series of the journal, a new one whenever the lines balance
    amount_lcy      None: the amount at the day's rate; typed, it sets the rate
    gen_posting_type, … of a G/L line: its amount then includes VAT
    posting_group   of a customer line: another customer posting group than the customer's
    payment_terms_code  None: the customer's, on invoices and credit memos
    applies_to_document_no, applies_to_id, apply   what a customer line settles
    """

    line_no: int
    posting_date: date | None
    document_type: str
    document_no: str
    account_type: str
    account_no: str
    amount: Decimal
    bal_account_type: str = GL
    bal_account_no: str = ""
    currency_code: str = ""
    amount_lcy: Decimal | None = None
    document_date: date | None = None
    vat_date: date | None = None
    external_document_no: str = ""
    description: str = ""
    gen_posting_type: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    vat_bus: str = ""
    vat_prod: str = ""
    due_date: date | None = None
    payment_terms_code: str | None = None
    payment_discount_date: date | None = None
    payment_discount_percent: Decimal | None = None
    posting_group: str = ""
    correction: bool = False
    on_hold: str = ""
    salesperson_code: str = ""
    reason_code: str = ""
    applies_to_document_type: str = ""
    applies_to_document_no: str = ""
    applies_to_id: str = ""
    apply: ApplyRequest | None = None


@dataclass
class JournalMasters:
    """What the lines name; customers are locked."""

    accounts: dict[str, GLAccount]
    customers: dict[str, Customer]
    banks: dict[str, BankAccount]
    terms: dict[str, PaymentTerms]
    groups: dict[str, CustomerPostingGroup]
    rules: Rules
    factors: dict[tuple[str, date], Decimal]
    documents_in_use: set[tuple[str, str]]

    def factor(self, line: JournalLine) -> Decimal:
        """The factor of a line's currency on its day."""
        return self.factors[line.currency_code, line.posting_date] if line.currency_code else ONE


def sides(line: JournalLine) -> list[tuple[str, str]]:
    """Kind and number of the account, and of the balancing account where there is one."""
    found = [(line.account_type, line.account_no)]
    return [*found, (line.bal_account_type, line.bal_account_no)] if line.bal_account_no else found


def with_numbers(lines: Sequence[JournalLine]) -> tuple[list[JournalLine], int]:
    """Give lines without a document number a place holder: a new one whenever what went before balances.

    returns  the lines, and how many numbers will have to be drawn
    """
    numbered, balance, count = [], ZERO, 0
    for line in lines:
        if line.document_no:
            numbered.append(line)
            continue
        if not balance:
            count += 1
        numbered.append(replace(line, document_no=f"{PENDING}{count}"))
        if not line.bal_account_no:
            balance += line.amount
    return numbered, count
