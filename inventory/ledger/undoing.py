"""Undoing a delivery or receipt, as far as it is not invoiced: a counter entry, applied to the original."""

from inventory import errors
from inventory.ledger.facts import StockState
from inventory.ledger.values import Movement


def undo_movement(
    entry_no: int,
    *,
    state: StockState,
    paper: str,
    line_no: int,
    order_line_no: int = 0,
    description: str = "",
) -> Movement:
    """The movement that undoes an entry: same type and place, opposite quantity, at the same cost.

    Of an issue that was invoiced in part, it is the rest; the invoiced part must have come back (its invoice was
    cancelled).

    state   loaded with the entry among its `entry_nos`
    raises  E-APPLY-REMAINING when the entry is not there; what else speaks against it (E-UNDO-INVOICED, E-UNDO-DONE,
            E-UNDO-CONSUMED) becomes a problem of the plan
    """
    row = state.entries.get(entry_no)
    if row is None:
        raise errors.CannotApply(entry=entry_no, reason="there is no such entry")
    first = state.firsts.get(entry_no)
    return Movement(
        paper=paper,
        line_no=line_no,
        item_id=row.item_id,
        entry_type=row.entry_type,
        quantity=(row.invoiced - row.quantity) or -row.quantity,
        variant_code=row.variant,
        location_code=row.location,
        order_line_no=order_line_no,
        unit_cost=row.unit_cost,
        gen_bus=first.gen_bus if first else "",
        gen_prod=first.gen_prod if first else "",
        description=description,
        serial_no=row.serial,
        lot_no=row.lot,
        drop_shipment=row.drop,
        correction=True,
        reverses=entry_no,
    )
