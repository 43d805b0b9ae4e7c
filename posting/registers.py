"""Writing a posting run: one block of numbers for all ledgers, every ledger's rows, one register.

    gl = GLSection(transactions)
    register_no = registers.write([gl, customer_section, item_section], source_code="SALES", by=user.username, at=at)

Everything is decided by now: the ledger head is locked here, and until the transaction ends.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple, Protocol

from django.db import IntegrityError

from erp.kernel.bulk import insert_rows
from erp.kernel.ledger import Numbers, take_numbers
from erp.kernel.together import together
from posting.errors import OutOfBalance
from posting.models.entries import Register

# Ledgers that the register keeps the range of, by counter of the ledger head.
RANGES = (
    "gl_entry_no",
    "vat_entry_no",
    "customer_detail_no",
    "bank_entry_no",
    "item_entry_no",
    "value_entry_no",
    "item_application_no",
)


BALANCES = "posting_register_balances"  # the trigger in migration 0002


class Section(Protocol):
    """The rows that one ledger's door wants written.

    counts  how many numbers of each counter of the ledger head; 0 or absent takes none
    A section may also have `assign(numbers)`; all sections are assigned their numbers before the first one writes.
    """

    @property
    def counts(self) -> Mapping[str, int]: ...

    def write(self, numbers: Numbers) -> None:
        """Insert the rows. `numbers` has the first number of each of this section's blocks, and `register_no`."""


class RegisterRow(NamedTuple):
    register_no: int
    created_at: datetime
    created_by: str
    source_code: str
    journal_batch: str
    reverses_id: int | None
    from_gl_entry_no: int | None = None
    to_gl_entry_no: int | None = None
    from_vat_entry_no: int | None = None
    to_vat_entry_no: int | None = None
    from_customer_detail_no: int | None = None
    to_customer_detail_no: int | None = None
    from_bank_entry_no: int | None = None
    to_bank_entry_no: int | None = None
    from_item_entry_no: int | None = None
    to_item_entry_no: int | None = None
    from_value_entry_no: int | None = None
    to_value_entry_no: int | None = None
    from_item_application_no: int | None = None
    to_item_application_no: int | None = None


def write(
    sections: Sequence[Section],
    *,
    source_code: str,
    by: str,
    at: datetime,
    journal_batch: str = "",
    reverses: int | None = None,
) -> int:
    """Write all sections as one register; returns its number.

    by        user name; empty for the machine itself
    reverses  number of the register that this one undoes
    raises    TransactionManagementError outside a transaction; E-GL-INTERNAL when the G/L rows do not sum to zero

    Two sections may fill the same ledger: each gets consecutive numbers of its own, in the order given. One round trip
    for the numbers, and one for all rows and the register, with which the database checks the balance as well.
    """
    totals = Counter()
    for section in sections:
        totals.update(section.counts)
    taken = take_numbers(register_no=1, **{name: count for name, count in totals.items() if count})
    register_no = taken.register_no

    views = _views(sections, taken)
    for section, numbers in zip(sections, views, strict=True):
        if hasattr(section, "assign"):
            section.assign(numbers)
    ranges = {}
    for name in RANGES:
        if totals[name]:
            first = getattr(taken, name)
            ranges[f"from_{name}"], ranges[f"to_{name}"] = first, first + totals[name] - 1
    row = RegisterRow(register_no, at, by, source_code, journal_batch, reverses, **ranges)
    with _balance_told():
        _write_rows(sections, views, row)
    return register_no


@together()
def _write_rows(sections: Sequence[Section], views: Sequence[Numbers], row: RegisterRow) -> None:
    """The register last: with it the database checks that it is whole, and takes no more for it."""
    for section, numbers in zip(sections, views, strict=True):
        section.write(numbers)
    insert_rows(Register, [row], then=f"SET CONSTRAINTS {BALANCES} IMMEDIATE")


def _views(sections: Sequence[Section], taken: Numbers) -> list[Numbers]:
    """Each section's part of the blocks, one after the other."""
    following = vars(taken).copy()
    views = []
    for section in sections:
        view = {"register_no": taken.register_no}
        for name, count in section.counts.items():
            if count:
                view[name] = following[name]
                following[name] += count
        views.append(Numbers(**view))
    return views


@contextmanager
def _balance_told() -> Iterator[None]:
    """The database checks the register as soon as it is written, so that who posted hears of it."""
    try:
        yield
    except IntegrityError as error:
        said = getattr(error.__cause__, "diag", None)
        if said is None or said.constraint_name != BALANCES:
            raise
        raise OutOfBalance(reason=said.message_primary) from error
