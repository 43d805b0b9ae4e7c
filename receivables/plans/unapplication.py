"""Undoing an application: every detail of it, with the opposite sign. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from erp.kernel.money import ONE, ZERO
from posting.values import Line, VATLine
from receivables.models import DetailedCustomerLedgerEntry
from receivables.plans.entry import EntryPlan
from receivables.plans.values import GroupAccounts, Key, OpenItemState, PlannedDetail, VATShare

Type = DetailedCustomerLedgerEntry.Type
UNREALIZED = (Type.UNREALIZED_GAIN, Type.UNREALIZED_LOSS)


@dataclass(frozen=True, slots=True)
class WrittenDetail:
    """A detail of an application that is in force, with what its entry looked like before."""

    entry_no: int
    customer_entry: int
    type: str
    posting_date: date
    amount: Decimal
    amount_lcy: Decimal
    applied: int
    gl_entry_no: int | None
    groups: tuple[str, str, str, str]
    discount_before: Decimal
    tolerance_before: Decimal
    discount_date_before: date | None
    discount_tolerance_date_before: date | None
    due_date_before: date
    on_hold_before: str
    reminder_level_before: int


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """The G/L entry on the other side of details, and the VAT entry that stands on it."""

    account_id: int
    amount: Decimal
    gen_posting_type: str
    vat: VATLine | None


def plan_unapplication(
    applying: int,
    details: Sequence[WrittenDetail],
    *,
    items: Mapping[int, OpenItemState],
    lines: Mapping[int, WrittenLine],
    closed: frozenset[int],
) -> EntryPlan:
    """What brings everything back to what it was before an application.

    details  of the application, in the order they were written
    items    the entries they belong to as they are now; closed ones with nothing remaining
    lines    by G/L entry number
    closed   entries that have no open item
    """
    contras = {number: _mirror(number, line, items[applying].customer_no) for number, line in lines.items()}
    places = {number: place for place, number in enumerate(contras)}
    after: dict[Key, OpenItemState] = {}
    receivables: dict[tuple[int, bool], Decimal] = {}
    between: dict[int, Decimal] = {}
    planned = []
    for detail in details:
        item = items[detail.customer_entry]
        planned.append(
            PlannedDetail(
                item,
                detail.type,
                -detail.amount,
                -detail.amount_lcy,
                applied=detail.applied,
                contra=places.get(detail.gl_entry_no),
                vat=_share(detail),
                reverses=detail.entry_no,
            )
        )
        account = _receivables(item.group)
        if detail.gl_entry_no is not None:
            side = (account, detail.amount_lcy < 0)
            receivables[side] = receivables.get(side, ZERO) - detail.amount_lcy
        elif detail.type == Type.APPLICATION:
            between[account] = between.get(account, ZERO) - detail.amount_lcy
        after[item.key] = _before(after.get(item.key), item, detail, item.key in closed)
    for account, amount in between.items():
        receivables[account, amount > 0] = receivables.get((account, amount > 0), ZERO) + amount
    source = {"source_type": "customer", "source_no": items[applying].customer_no, "correction": True}
    control = tuple(
        Line(account, amount, **source) for (account, _side), amount in receivables.items() if amount
    )
    return EntryPlan(
        key=applying,
        entry=None,
        lines=(*contras.values(), *control),
        details=tuple(planned),
        contra_lines=tuple(contras.values()),
        after=after,
        reopened=frozenset(key for key in after if key in closed),
    )


def _before(
    state: OpenItemState | None, item: OpenItemState, detail: WrittenDetail, was_closed: bool
) -> OpenItemState:
    """The entry with this detail undone; the first detail knows what it looked like before."""
    if state is None:
        state = replace(
            item, discount=detail.discount_before, max_tolerance=detail.tolerance_before, applies_to_id="",
            amount_to_apply=ZERO,
        )  # fmt: skip
        if was_closed:
            state = replace(
                state,
                due_date=detail.due_date_before,
                discount_date=detail.discount_date_before,
                discount_tolerance_date=detail.discount_tolerance_date_before,
                on_hold=detail.on_hold_before,
                reminder_level=detail.reminder_level_before,
            )
    released = -detail.amount_lcy if detail.type in UNREALIZED else ZERO
    return replace(
        state,
        remaining=state.remaining - detail.amount,
        remaining_lcy=state.remaining_lcy - detail.amount_lcy,
        unrealized_lcy=state.unrealized_lcy + released,
    )


def _mirror(number: int, line: WrittenLine, customer_no: str) -> Line:
    vat = line.vat
    return Line(
        line.account_id,
        -line.amount,
        correction=True,
        gen_posting_type=line.gen_posting_type,
        gen_bus=vat.gen_bus if vat else "",
        gen_prod=vat.gen_prod if vat else "",
        vat_bus=vat.vat_bus if vat else "",
        vat_prod=vat.vat_prod if vat else "",
        vat_amount=vat.amount if vat else ZERO,
        source_type="customer",
        source_no=customer_no,
        vat=vat,
        reverses=number,
    )


def _share(detail: WrittenDetail) -> VATShare | None:
    """The groups of a detail that stands for a part of the VAT."""
    gen_bus, gen_prod, vat_bus, vat_prod = detail.groups
    if not any(detail.groups):
        return None
    return VATShare(
        ZERO, ZERO, ONE, "", "", None, vat_bus=vat_bus, vat_prod=vat_prod, gen_bus=gen_bus, gen_prod=gen_prod
    )


def _receivables(group: GroupAccounts) -> int:
    return group.receivables or 0
