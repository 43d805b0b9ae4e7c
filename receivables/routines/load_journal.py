"""Reading and locking what a journal names."""

from collections.abc import Sequence

from customers.models import Customer, CustomerPostingGroup, PaymentTerms
from posting.currency import factors_on
from posting.models import GLAccount
from posting.setup_values import PostingSetup
from receivables import selectors
from receivables.ledger import load_rules
from receivables.models import BankAccount
from receivables.plans.journal_line import BANK, CUSTOMER, GL, UNIQUE, JournalLine, JournalMasters, sides


def load_masters(lines: Sequence[JournalLine], setup: PostingSetup, *, lock: bool = True) -> JournalMasters:
    """Read and lock what the lines name: a constant number of queries, and one per posting date with currencies.

    lock  False only reads: for checks of a journal that is being typed
    """
    both_sides = [side for line in lines for side in sides(line)]
    numbers = {
        kind: {number for type_, number in both_sides if type_ == kind} for kind in (GL, CUSTOMER, BANK)
    }
    found = Customer.objects.select_for_update(of=("self",), no_key=True) if lock else Customer.objects.all()
    customers = (
        found.select_related("customer_posting_group", "payment_terms", "payment_method", "salesperson")
        .filter(number__in=numbers[CUSTOMER])
        .order_by("pk")
    )
    banks = BankAccount.objects.filter(number__in=numbers[BANK]).select_related("posting_group", "currency")
    factors = {}
    for on in {line.posting_date for line in lines if line.currency_code and line.posting_date}:
        codes = {line.currency_code for line in lines if line.posting_date == on}
        factors |= {(code, on): factor for code, factor in factors_on(codes, on).items()}
    codes = {line.payment_terms_code for line in lines if line.payment_terms_code}
    groups = {line.posting_group for line in lines if line.posting_group}
    return JournalMasters(
        accounts={row.number: row for row in GLAccount.objects.filter(number__in=numbers[GL])},
        customers={row.number: row for row in customers} if numbers[CUSTOMER] else {},
        banks={row.number: row for row in banks} if numbers[BANK] else {},
        terms={row.code: row for row in PaymentTerms.objects.filter(code__in=codes)} if codes else {},
        groups={row.code: row for row in CustomerPostingGroup.objects.filter(code__in=groups)}
        if groups
        else {},
        rules=load_rules(setup),
        factors=factors,
        documents_in_use=selectors.documents_in_use(
            (line.document_type, line.document_no)
            for line in lines
            if line.document_type in UNIQUE and CUSTOMER in (line.account_type, line.bal_account_type)
        ),
    )
