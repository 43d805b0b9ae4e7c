"""Undo an application, the last one first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from customers.selectors import locked
from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from posting import journal
from posting.dates import check_posting_date
from posting.setup_values import PostingSetup
from posting.values import Facts, Transaction
from receivables import errors
from receivables.ledger import unapplication
from receivables.ledger.run import write_run
from receivables.plans.unapplication import plan_unapplication

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "UNAPPSALES"


@dataclass(frozen=True, slots=True)
class Unapplied:
    """Which application was undone, on which day, and the entries that are open again."""

    application_no: int
    on: date
    entry_nos: tuple[int, ...]
    register_no: int


@needs("receivables.unapply_entries")
@transaction.atomic
def unapply(
    entry_no: int, *, by: "User | None", at: datetime, on: date | None = None, document_no: str = ""
) -> Unapplied:
    """Undo the last application of an entry: all of it, also where it settled other entries.

    on           None: the day of the application; never before it
    document_no  of the new rows; empty: that of the application
    raises       NotOpen for an unknown entry, NothingToUnapply, PartOfReversal, LaterApplication, UnapplyDate

    Remaining amounts, discounts, tolerances and due dates are again what they were; the G/L gets corrections.
    """
    setup = PostingSetup.load()
    customers = unapplication.customers_of([entry_no])
    if not customers:
        raise errors.NotOpen(entry=errors.entry_name("", "", entry_no))
    locked(customers[0])
    application_no = unapplication.last_application_of(entry_no)
    if application_no is None:
        raise errors.NothingToUnapply(entry=errors.entry_name("", "", entry_no))
    undone = unapplication.load_application(application_no, setup=setup)
    if undone.reversal:
        raise errors.PartOfReversal(entry=errors.entry_name("", "", entry_no))
    if undone.later is not None:
        later = undone.later
        raise errors.LaterApplication(
            entry=errors.entry_name(later.document_type, later.document_no, later.key)
        )
    first_day = undone.details[0].posting_date
    day = first_day if on is None else on
    if day < first_day or check_posting_date(day, by, setup) is not None:
        raise errors.UnapplyDate(date=first_day)

    plan = plan_unapplication(
        undone.applying,
        undone.details,
        items=undone.items,
        lines=undone.lines,
        closed=undone.closed,
    )
    applying = undone.items[undone.applying]
    facts = Facts(
        posting_date=day,
        vat_date=day,
        document_date=day,
        document_type=applying.document_type,
        document_no=document_no or applying.document_no,
        source_type="customer",
        source_no=applying.customer_no,
        source_code=SOURCE_CODE,
        currency_code=applying.currency_code,
    )
    transactions = [Transaction(facts, plan.lines)] if plan.lines else []
    raise_problems(facts.document_no, journal.check(transactions, by=by, setup=setup, manual=False))
    written = write_run(transactions, [(plan, facts)], setup=setup, source_code=SOURCE_CODE, by=by, at=at)
    return Unapplied(application_no, day, tuple(sorted(undone.items)), written.register_no)
