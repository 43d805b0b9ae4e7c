"""What values post to the general ledger.

The account named first is debited by a positive cost, the other credited; a negative cost swaps the sides.

| Value                           | Debit               | Credit               |
| ------------------------------- | ------------------- | -------------------- |
| purchase, direct cost           | inventory           | direct cost applied  |
| purchase, indirect cost         | inventory           | overhead applied     |
| standard cost variance          | inventory           | purchase variance    |
| sale                            | inventory           | cost of goods sold   |
| adjustment, transfer, assembly, | inventory           | inventory adjustment |
| revaluation, rounding           |                     |                      |
| purchase, expected              | inventory (interim) | accrual (interim)    |
| sale, expected                  | inventory (interim) | COGS (interim)       |
"""

from collections.abc import Hashable
from decimal import Decimal

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from inventory.ledger.setup import StockSetup
from inventory.models import EntryType, ValueEntry
from posting.journal import Line

ADJUSTMENT = "inventory_adjustment_account"
OFFSET = {
    (EntryType.PURCHASE, ValueEntry.Type.DIRECT_COST): "direct_cost_applied_account",
    (EntryType.PURCHASE, ValueEntry.Type.INDIRECT_COST): "overhead_applied_account",
    (EntryType.PURCHASE, ValueEntry.Type.VARIANCE): "purchase_variance_account",
    (EntryType.SALE, ValueEntry.Type.DIRECT_COST): "cogs_account",
}
INTERIM_OFFSET = {
    EntryType.PURCHASE: "inventory_accrual_interim_account",
    EntryType.SALE: "cogs_interim_account",
}


class LineBook:
    """Collects the G/L lines of values by paper, one line per account and posting groups."""

    def __init__(self, setup: StockSetup):
        self.setup = setup
        self.problems: list[Problem] = []
        self.sums: dict[Hashable, dict[tuple, Decimal]] = {}
        self.found: dict[tuple, tuple[int | None, int | None]] = {}

    def add(
        self,
        paper: Hashable,
        *,
        entry_type: str,
        value_type: str,
        location: str,
        group: str,
        gen_bus: str,
        gen_prod: str,
        actual: Decimal = ZERO,
        expected: Decimal = ZERO,
        line_no: int | None = None,
    ) -> None:
        """Both sides of an actual and of an expected cost; the general ledger hears of amounts, not of zeros."""
        sums = self.sums.setdefault(paper, {})
        for amount, interim in ((actual, False), (expected, True)):
            if not amount:
                continue
            key = (entry_type, value_type, location, group, gen_bus, gen_prod, interim)
            if key not in self.found:
                self.found[key] = self._accounts(*key, line_no)
            stock, offset = self.found[key]
            if stock is None or offset is None:
                continue
            sums[stock, gen_bus, gen_prod] = sums.get((stock, gen_bus, gen_prod), ZERO) + amount
            sums[offset, gen_bus, gen_prod] = sums.get((offset, gen_bus, gen_prod), ZERO) - amount

    def lines(self, paper: Hashable) -> list[Line]:
        """The lines of one paper; they sum to zero."""
        return [
            Line(account_id, amount, gen_bus=gen_bus, gen_prod=gen_prod)
            for (account_id, gen_bus, gen_prod), amount in self.sums.get(paper, {}).items()
            if amount
        ]

    def _accounts(
        self,
        entry_type: str,
        value_type: str,
        location: str,
        group: str,
        gen_bus: str,
        gen_prod: str,
        interim: bool,
        line_no: int | None,
    ) -> tuple[int | None, int | None]:
        offset = (
            INTERIM_OFFSET.get(entry_type) if interim else OFFSET.get((entry_type, value_type), ADJUSTMENT)
        )
        name = "inventory_interim_account" if interim else "inventory_account"
        options = {"problems": self.problems, "line_no": line_no}
        return (
            self.setup.inventory_account(location, group, name, **options),
            self.setup.posting.account(gen_bus, gen_prod, offset or ADJUSTMENT, **options),
        )
