"""Posts an order and is killed on the way, as by `kill -9`: python -m tests.race.killed STAGE DOCUMENT_ID."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pkgutil import resolve_name
from unittest.mock import patch

# Where the process dies: just before the function that is named, or just after it.
STAGES = {
    "before deciding": ("sales.routines.decide.load", "before"),
    "goods locked": ("sales.routines.decide.load_goods", "after"),
    "decided": ("sales.routines.post.decide", "after"),
    "number drawn": ("sales.routines.post._draw_numbers", "after"),
    "ledger numbers taken": ("posting.registers.take_numbers", "after"),
    "general ledger written": ("posting.journal.GLSection.write", "after"),
    "customer ledger written": ("receivables.ledger.section.CustomerSection.write", "after"),
    "item ledger written": ("inventory.ledger.section.ItemSection.write", "after"),
    "register written": ("posting.registers._insert", "after"),
    "papers written": ("sales.routines.post.write_money_paper", "after"),
    "order updated": ("sales.routines.post._update_document", "after"),
    "committed": ("erp.kernel.outbox.nudge", "before"),
}


def deadly(original: Callable, moment: str) -> Callable:
    def run(*args, **kwargs):
        if moment == "after":
            original(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return run


def main(stage: str, document_id: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from sales.models import SalesDocument
    from sales.routines import post

    path, moment = STAGES[stage]
    with ExitStack() as stack:
        stack.enter_context(patch(path, deadly(resolve_name(path), moment)))
        post.ship_and_invoice(
            SalesDocument.objects.get(pk=document_id), by=None, at=datetime(2026, 3, 2, 9, tzinfo=UTC)
        )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
