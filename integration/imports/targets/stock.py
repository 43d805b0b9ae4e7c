"""Opening stock: what lies where, and what it cost."""

from collections.abc import Sequence

from integration.imports.targets.context import STEP, Context
from integration.imports.targets.memory import Memory
from integration.imports.targets.target import Field, Record, Target
from inventory.models import EntryType, Item, Location, UnitOfMeasure
from inventory.routines.post_item_journal import JournalLine, post_item_journal

OPENING = "OPENING"
FIELDS = (
    Field("item", required=True, names=Item),
    Field("location_code", names=Location),
    Field("variant_code", size=10),
    Field("quantity", kind="number", required=True, digits=(19, 5)),
    Field("unit_code", names=UnitOfMeasure),
    Field("unit_cost", kind="number", digits=(19, 5)),
    Field("posting_date", kind="date", required=True),
    Field("document_no", size=20),
    Field("description", size=100),
    Field("serial_no", size=50),
    Field("lot_no", size=50),
)
PASSED = ("location_code", "variant_code", "unit_code", "description", "serial_no", "lot_no")


def write_stock(records: Sequence[Record], context: Context) -> None:
    """Post all new stock as positive adjustments, in one item journal; nothing of an item needs no posting."""
    memory = Memory(source=context.source, section=context.section, by=context.by, at=context.at)
    fresh = [record for record in records if record.key not in memory]
    context.done["kept"] += len(records) - len(fresh)
    lines = []
    for record in context.each(fresh, verb="write"):
        number = record.values.get("document_no", OPENING)
        memory.remember(record.key, document_type="item_journal", number=number)
        if record.values["quantity"]:
            lines.append((record, _line(record.values, STEP * (len(lines) + 1), number)))
        context.done["added"] += 1
    if lines:
        context.attempt_all(
            [record for record, _line in lines],
            post_item_journal,
            [line for _record, line in lines],
            by=context.by,
            at=context.at,
        )
    if not context.errors:
        memory.save()


def _line(values: dict, line_no: int, document_no: str) -> JournalLine:
    return JournalLine(
        line_no=line_no,
        posting_date=values["posting_date"],
        document_no=document_no,
        entry_type=EntryType.POSITIVE_ADJUSTMENT,
        item=values["item"],
        quantity=values["quantity"],
        unit_amount=values.get("unit_cost"),
        **{name: values[name] for name in PASSED if name in values},
    )


STOCK = Target(
    name="stock",
    fields={field.name: field for field in FIELDS},
    key=("item", "location_code", "variant_code"),
    write=write_stock,
)
