"""Ledgers that are filled to be measured are as lawful as posted ones."""

from datetime import timedelta

import pytest

from erp.kernel.invariants import run_all
from inventory.routines.adjust_cost import adjust_cost
from posting.models import GLEntry
from receivables.models import CustomerLedgerEntry, OpenItem
from receivables.selectors import aged_receivables
from tests.bench.ledgers import NAMES, TINY, fill
from tests.bench.samples import DAYS, LAST_DAY
from tests.world import nine_o_clock


@pytest.fixture
def ledgers(db):
    fill(TINY)


def test_copied_postings_keep_every_law(ledgers):
    assert CustomerLedgerEntry.objects.count() >= TINY.entries
    assert GLEntry.objects.count() >= 2 * TINY.entries
    assert OpenItem.objects.filter(customer__number=NAMES.big).count() > 1
    _keep_every_law()

    # Half of the days lie behind us: what was open then is today's open items without what came later.
    for on in (LAST_DAY, LAST_DAY - timedelta(days=7), LAST_DAY - timedelta(days=DAYS // 2)):
        added_up = aged_receivables(on=on, with_zero=True).rows
        assert aged_receivables(on=on).rows == tuple(row for row in added_up if any(row.buckets))
        assert any(row.total for row in added_up)

    # The one item waits for its cost; afterwards the laws hold again.
    adjusted = adjust_cost(by=None, at=nine_o_clock(LAST_DAY), items=[NAMES.adjusted_item])
    assert adjusted.entries >= TINY.adjusted
    _keep_every_law()


def _keep_every_law() -> None:
    broken = [result for result in run_all() if not result.holds]
    assert not broken, "\n".join(f"{law.code} {law.text}: {law.finding.failures[:5]}" for law in broken)
