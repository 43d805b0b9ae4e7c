"""Undo shipments, receipts and return receipts that are not invoiced."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from inventory import ledger, posting_run
from inventory.ledger import Paper, StockSetup
from inventory.models import ItemEntryState
from inventory.posting_run import Posted

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "UNDO"


@needs("inventory.post_item_journal")
@transaction.atomic
def undo(
    entry_nos: Sequence[int],
    *,
    document_no: str,
    on: date,
    by: "User | None",
    at: datetime,
    document_type: str = "",
    setup: StockSetup | None = None,
) -> Posted:
    """Post a counter entry for each entry: same place and cost, opposite quantity; both count as invoiced.

    A document that is undone by its own room plans `ledger.undo_movement`s among its other changes instead.
    raises  ProblemsFound: E-UNDO-INVOICED, E-UNDO-DONE, E-UNDO-CONSUMED
    """
    setup = setup or StockSetup.load()
    items = ItemEntryState.objects.filter(pk__in=entry_nos).values_list("item_id", flat=True)
    state = ledger.load(set(items), entry_nos=entry_nos, on=on, setup=setup)
    papers = {"undo": Paper(document_type, document_no, on, on, source_code=SOURCE_CODE)}
    movements = [
        ledger.undo_movement(entry_no, state=state, paper="undo", line_no=10000 * place)
        for place, entry_no in enumerate(entry_nos, 1)
    ]
    plan = ledger.plan(movements, papers=papers, state=state)
    return posting_run.write(
        plan,
        papers,
        by=by,
        at=at,
        setup=setup,
        source_code=SOURCE_CODE,
        description=_("Undo"),
        subject=document_no,
    )
