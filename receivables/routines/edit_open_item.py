"""Change what may be changed on an entry that is open: due date, discount, tolerance, hold, and what to apply."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import ErpError, raise_problems
from receivables import errors
from receivables.ledger.edit import locked_item, locked_items, write_changes
from receivables.plans.values import sign

if TYPE_CHECKING:
    from erp.kernel.models import User
    from receivables.models import OpenItem

EDITABLE = frozenset(
    {
        "due_date",
        "payment_discount_date",
        "payment_discount_tolerance_date",
        "remaining_payment_discount",
        "max_payment_tolerance",
        "on_hold",
        "applies_to_id",
        "amount_to_apply",
    }
)
LIMITED = ("remaining_payment_discount", "max_payment_tolerance", "amount_to_apply")


@needs("receivables.change_openitem")
@transaction.atomic
def edit_open_item(entry_no: int, *, by: "User | None", at: datetime, **fields: Any) -> "OpenItem":
    """Set fields of an open item; what changed is in the change log.

    fields  of EDITABLE; discounts, tolerances and amounts to apply go the way of what remains, and not beyond it
    raises  EntryClosed; ProblemsFound: E-AR-SIGN, E-AR-TOOBIG, E-AR-TOLDATE
    """
    unknown = fields.keys() - EDITABLE
    if unknown:
        raise TypeError(f"{', '.join(sorted(unknown))} cannot be changed on a posted entry")
    item = locked_item(entry_no)
    if item is None:
        raise errors.EntryClosed(entry=errors.entry_name("", "", entry_no))
    changes = {name: value for name, value in fields.items() if getattr(item, name) != value}
    name = errors.entry_name(item.entry.document_type, item.entry.document_no, entry_no)
    raise_problems(name, check_changes(item, changes))
    write_changes(item, changes, by=by, at=at)
    return item


def check_changes(item: "OpenItem", changes: dict[str, Any]):
    """What is wrong with new values of an open item. Pure."""
    found: list[tuple[ErpError, str]] = []
    left: Decimal = item.remaining_amount
    for field in LIMITED:
        value = changes.get(field)
        if not value:
            continue
        label = str(item._meta.get_field(field).verbose_name)
        if sign(value) != sign(left):
            found.append((errors.WrongSign(field=label, remaining=left), field))
        elif abs(value) > abs(left):
            found.append((errors.TooBig(field=label, remaining=left), field))
    until: date | None = changes.get("payment_discount_date", item.payment_discount_date)
    late: date | None = changes.get("payment_discount_tolerance_date", item.payment_discount_tolerance_date)
    is_touched = {"payment_discount_date", "payment_discount_tolerance_date"} & changes.keys()
    if is_touched and late is not None and (until is None or late < until):
        refusal = errors.ToleranceBeforeDiscount(tolerance_date=late, discount_date=until or "–")
        found.append((refusal, "payment_discount_tolerance_date"))
    return [error.as_problem(field=field) for error, field in found]


@needs("receivables.apply_entries")
@transaction.atomic
def mark_to_apply(entry_nos, *, applies_to_id: str, by: "User | None", at: datetime) -> None:
    """Choose entries for an application under an ID, with all that remains; choosing one twice lets it go.

    An entry that somebody else chose is taken over.
    raises  EntryClosed for the first one of which nothing is left
    """
    items = {item.pk: item for item in locked_items(entry_nos)}
    for entry_no in entry_nos:
        item = items.get(entry_no)
        if item is None:
            raise errors.EntryClosed(entry=errors.entry_name("", "", entry_no))
        is_chosen = item.applies_to_id == applies_to_id
        changes = {
            "applies_to_id": "" if is_chosen else applies_to_id,
            "amount_to_apply": Decimal(0) if is_chosen else item.remaining_amount,
        }
        write_changes(item, changes, by=by, at=at)
