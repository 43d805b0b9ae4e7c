"""Whether an item, its units, variants and references are right; and whether they may be changed or deleted.

Each check returns problems, all of them. Forms and imports ask the same questions as the routines.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Problem
from inventory import errors, usage
from inventory.models import CostingMethod, Item, ItemUnit, Location

LOCKED_BY_ENTRIES = ("type", "costing_method", "unit_cost")


def check_item(item: Item) -> list[Problem]:
    """What is wrong with a card by itself: kinds of items, costing, reservation."""
    found: list[tuple[ErpError, str]] = []
    if not item.description.strip():
        found.append((errors.ItemIncomplete(item=item.number, field=_("a description")), "description"))
    if item.base_unit_id is None:
        found.append((errors.ItemIncomplete(item=item.number, field=_("a base unit")), "base_unit"))
    if not item.keeps_stock:
        if item.reserve != Item.Reserve.NEVER:
            found.append((errors.ReserveNeedsStock(item=item.number), "reserve"))
        if item.costing_method != CostingMethod.FIFO or item.inventory_posting_group_id is not None:
            found.append((errors.CostingNeedsStock(item=item.number), "costing_method"))
    return [error.as_problem(field=field) for error, field in found]


def check_sellable(item: Item) -> list[Problem]:
    """What a card lacks before it can stand on a document and be posted."""
    wanted = {"gen_prod_posting_group": _("a general product posting group"),
              "vat_prod_posting_group": _("a VAT product posting group")}  # fmt: skip
    if item.keeps_stock:
        wanted["inventory_posting_group"] = _("an inventory posting group")
    problems = [
        errors.ItemIncomplete(item=item.number, field=words).as_problem(field=name)
        for name, words in wanted.items()
        if getattr(item, f"{name}_id") is None
    ]
    return [*check_item(item), *problems]


def check_change(item: Item, changes: Mapping[str, Any]) -> list[Problem]:
    """Which of the changes what was posted, or stands on documents, does not allow (E-ITEM-FIELD-LOCKED)."""
    changed = [name for name, value in changes.items() if getattr(item, name) != value]
    problems = []
    locked = [name for name in LOCKED_BY_ENTRIES if name in changed]
    # A standard item's unit cost is its standard cost, which may change at any time.
    if item.costing_method == CostingMethod.STANDARD and "unit_cost" in locked:
        locked.remove("unit_cost")
    if locked:
        blocker = usage.entries_of(item) or usage.elsewhere("item", item.pk)
        problems += [_locked(item, name, blocker) for name in locked if blocker]
    if "base_unit" in changed and (
        blocker := usage.open_entries_of(item) or usage.elsewhere("item", item.pk)
    ):
        problems.append(_locked(item, "base_unit", blocker))
    return problems


def _locked(item: Item, name: str, blocker: str) -> Problem:
    label = str(Item._meta.get_field(name).verbose_name)
    return errors.ItemFieldLocked(field=label, item=item.number, blocker=blocker).as_problem(field=name)


def check_delete(item: Item) -> list[Problem]:
    """Why an item cannot be deleted (E-ITEM-DELETE): ledgers keep what was posted, documents what is open."""
    blocker = usage.open_entries_of(item) or usage.entries_of(item) or usage.elsewhere("item", item.pk)
    return [errors.ItemInUse(item=item.number, blocker=blocker).as_problem()] if blocker else []


def check_unit(row: ItemUnit, *, before: ItemUnit | None = None) -> list[Problem]:
    """What is wrong with a unit of an item: its quantity, its precision, and a change while it is in use.

    before  the row as it is stored, when it is being changed
    """
    item, code = row.item, row.unit.code
    reasons = []
    if row.per_unit is None or row.per_unit <= 0:
        reasons.append(_("it must hold more than zero"))
    elif row.unit_id == item.base_unit_id and row.per_unit != 1:
        reasons.append(_("the base unit holds exactly one"))
    if row.rounding_precision is not None and not 0 <= row.rounding_precision <= 1:
        reasons.append(_("the rounding precision lies between 0 and 1"))
    problems = [
        errors.UnitQuantityWrong(unit=code, item=item.number, reason=reason).as_problem(field="per_unit")
        for reason in reasons
    ]
    if before is not None and before.per_unit != row.per_unit:
        problems += check_unit_delete(before, changing=True)
    return problems


def check_unit_delete(row: ItemUnit, *, changing: bool = False) -> list[Problem]:
    """Why a unit cannot be deleted, or its quantity changed (E-UOM-USED)."""
    item, code = row.item, row.unit.code
    reasons = []
    if row.unit_id == item.base_unit_id:
        reasons.append(_("it is the base unit"))
    elif not changing and row.unit_id in (item.sales_unit_id, item.purchase_unit_id):
        reasons.append(_("it is the sales or purchase unit"))
    if blocker := usage.open_entries_in(row) or usage.elsewhere("unit", (item.pk, code)):
        reasons.append(_("there are {blocker}").format(blocker=blocker))
    return [
        errors.UnitInUse(unit=code, item=item.number, reason=reason).as_problem(field="per_unit")
        for reason in reasons[:1]
    ]


def check_location_delete(location: Location) -> list[Problem]:
    """Why a location cannot be deleted (E-LOCATION-DELETE)."""
    blocker = usage.stock_at(location.code) or usage.elsewhere("location", location.code)
    return [errors.LocationInUse(location=location.code, blocker=blocker).as_problem()] if blocker else []
