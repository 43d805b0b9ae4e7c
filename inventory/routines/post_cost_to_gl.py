"""Post inventory cost to G/L: what value entries did not post by themselves."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from erp.kernel.ledger import lock_ledgers
from inventory.ledger.accounts import LineBook
from inventory.ledger.late import Due, LateCostSection, costs_due
from inventory.ledger.setup import StockSetup
from posting import journal, registers
from posting.journal import Facts, GLSection, Transaction

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "INVTPCOST"


class CostPosted(NamedTuple):
    """What a run posted; register 0 means that nothing was due."""

    entries: int
    register_no: int = 0


@needs("posting.post_journal")
@transaction.atomic
def post_cost_to_gl(
    *,
    by: "User | None",
    at: datetime,
    document_no: str = "",
    on: date | None = None,
    until: date | None = None,
    setup: StockSetup | None = None,
) -> CostPosted:
    """Post `cost − cost posted` of every value entry, expected cost where the set-up wants it; safe to run twice.

    document_no, on  given: one summarised document on that date; left out: each entry's own document and date, moved
                     to the first open day where that date is closed
    until            only value entries dated up to this day
    raises           ProblemsFound: E-POSTING-SETUP, dates, accounts
    """
    setup = setup or StockSetup.load()
    lock_ledgers()
    due = costs_due(expected_cost=setup.rules.expected_cost_posting, until=until)
    if not due:
        return CostPosted(0)
    book = LineBook(setup)
    for cost in due:
        book.add(
            _paper(cost, document_no, on, setup.first_open_date),
            entry_type=cost.item_entry_type,
            value_type=cost.type,
            location=cost.location,
            group=cost.group,
            gen_bus=cost.gen_bus,
            gen_prod=cost.gen_prod,
            actual=cost.actual,
            expected=cost.expected,
        )
    transactions = [
        Transaction(_facts(day, number), lines)
        for day, number in book.sums
        if (lines := book.lines((day, number)))
    ]
    raise_problems("", book.problems)
    raise_problems("", journal.check(transactions, by=by, setup=setup.posting, manual=False))
    sections = [GLSection(transactions, setup=setup.posting), LateCostSection(due)]
    user = by.get_username() if by else ""
    return CostPosted(len(due), registers.write(sections, source_code=SOURCE_CODE, by=user, at=at))


def _paper(cost: Due, document_no: str, on: date | None, first_open: date | None) -> tuple[date, str]:
    day = on or (max(cost.posting_date, first_open) if first_open else cost.posting_date)
    return day, document_no or cost.document_no


def _facts(day: date, document_no: str) -> Facts:
    return Facts(
        posting_date=day,
        vat_date=day,
        document_date=day,
        document_type="",
        document_no=document_no,
        description=_("Inventory cost"),
        source_code=SOURCE_CODE,
    )
