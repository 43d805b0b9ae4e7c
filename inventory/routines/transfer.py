"""Transfer goods straight from one location to another: out and in at once, at the same cost."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import raise_problems
from inventory import errors, ledger, posting_run
from inventory.ledger import Movement, Paper, StockSetup
from inventory.models import EntryType, Item, ItemDocumentType
from inventory.posting_run import Posted
from inventory.units import Unit, in_base, units_of

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "TRANSFER"


class TransferLine(NamedTuple):
    """Goods to be moved; the quantity is positive, in the unit named or in base units."""

    line_no: int
    item: str
    quantity: Decimal
    variant_code: str = ""
    unit_code: str = ""
    serial_no: str = ""
    lot_no: str = ""
    description: str = ""


@needs("inventory.post_item_journal")
@transaction.atomic
def post_transfer(
    lines: Sequence[TransferLine],
    *,
    origin: str,
    destination: str,
    document_no: str,
    on: date,
    by: "User | None",
    at: datetime,
    setup: StockSetup | None = None,
) -> Posted:
    """Post a direct transfer; returns the entries out and in, line by line.

    origin, destination  codes of two locations that are no in-transit locations
    raises               ProblemsFound; stock never goes negative by a transfer
    """
    setup = setup or StockSetup.load()
    problems = []
    if not origin or not destination or origin == destination:
        problems.append(errors.TransferNeedsTwoPlaces(origin=origin, destination=destination).as_problem())
    problems += [
        errors.LocationIsTransit(location=code).as_problem()
        for code in (origin, destination)
        if setup.in_transit.get(code)
    ]
    numbers = {line.item for line in lines}
    items = {item.number: item for item in Item.objects.filter(number__in=numbers)}
    state = ledger.load([item.pk for item in items.values()], on=on, setup=setup)
    units = units_of(item.pk for item in items.values())
    paper = Paper(ItemDocumentType.TRANSFER_SHIPMENT, document_no, on, on, source_code=SOURCE_CODE)
    papers = {"out": paper, "in": paper._replace(document_type=ItemDocumentType.TRANSFER_RECEIPT)}
    movements: list[Movement] = []
    for line in lines:
        item = items.get(line.item)
        if item is None or not item.keeps_stock:
            problems.append(errors.NoSuchItem(item=line.item).as_problem(line_no=line.line_no))
            continue
        unit = units.get((item.pk, line.unit_code)) if line.unit_code else Unit("")
        if unit is None or line.quantity < 0:
            refusal = errors.NoSuchUnit(item=line.item, unit=line.unit_code) if unit is None else None
            refusal = refusal or errors.QuantityMissing(item=line.item)
            problems.append(refusal.as_problem(line_no=line.line_no))
            continue
        base, misfit = in_base(line.quantity, unit, item=line.item, line_no=line.line_no)
        problems += misfit
        out = Movement(
            paper="out",
            line_no=line.line_no,
            item_id=item.pk,
            entry_type=EntryType.TRANSFER,
            quantity=-base,
            variant_code=line.variant_code,
            location_code=origin,
            unit_code=line.unit_code,
            per_unit=unit.per_unit,
            description=line.description or item.description,
            serial_no=line.serial_no,
            lot_no=line.lot_no,
        )
        carried = {
            "paper": "in",
            "quantity": base,
            "location_code": destination,
            "carries_cost_of": len(movements),
        }
        movements += [out, out._replace(**carried)]
    raise_problems(document_no, problems)
    plan = ledger.plan(movements, papers=papers, state=state)
    return posting_run.write(
        plan,
        papers,
        by=by,
        at=at,
        setup=setup,
        source_code=SOURCE_CODE,
        description=_("Transfer"),
        subject=document_no,
    )
