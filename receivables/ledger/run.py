"""One posting run of this room: G/L, customer ledger and bank ledger together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from posting import registers
from posting.journal import GLSection
from posting.setup_values import PostingSetup
from posting.values import Facts, Transaction
from receivables.ledger.bank import BankMovement, BankSection
from receivables.ledger.section import CustomerSection
from receivables.plans.entry import EntryPlan

if TYPE_CHECKING:
    from erp.kernel.models import User


@dataclass(frozen=True, slots=True)
class Written:
    """What a run wrote."""

    register_no: int
    entry_nos: tuple[int, ...]
    transaction_nos: tuple[int, ...] = ()


def write_run(
    transactions: Sequence[Transaction],
    plans: Sequence[tuple[EntryPlan, Facts]],
    movements: Sequence[BankMovement] = (),
    *,
    setup: PostingSetup,
    source_code: str,
    by: "User | None",
    at: datetime,
    journal_batch: str = "",
) -> Written:
    """Write it all as one register; returns the numbers of the plans' entries, in their order.

    transactions  none where an application reaches no G/L account: details alone, with transaction number 0
    """
    username = by.get_username() if by else ""
    gl = GLSection(transactions, setup=setup)
    customers = CustomerSection(plans, gl, by=username)
    sections = [gl, *([customers] if plans else []), *([BankSection(movements, gl)] if movements else [])]
    register_no = registers.write(
        sections, source_code=source_code, by=username, at=at, journal_batch=journal_batch
    )
    return Written(
        register_no,
        tuple(customers.entry_no(plan) for plan, _facts in plans),
        tuple(dict.fromkeys(gl.transaction_no(index) for index in range(len(transactions)))),
    )
