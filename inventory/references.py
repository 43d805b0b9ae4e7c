"""What others call our items: customers, vendors, bar codes.

Typing a reference finds the item; picking an item finds the reference. Preference: the partner's own row, then bar
codes, then references of nobody in particular.
"""

from datetime import date
from typing import NamedTuple

from django.db.models import Q

from inventory import errors
from inventory.models import ItemReference

Type = ItemReference.Type
CUSTOMER, VENDOR = Type.CUSTOMER, Type.VENDOR


class Found(NamedTuple):
    """What a reference stands for; descriptions are empty where the row leaves them to the item."""

    item_id: int
    item_number: str
    variant_code: str
    unit_code: str
    description: str
    description_2: str
    reference_no: str
    type: str


COLUMNS = (
    "item_id", "item__number", "variant_code", "unit__code", "description", "description_2", "reference_no", "type",
)  # fmt: skip


def _candidates(partner_type: str, partner_no: str, on: date):
    own = Q(type=partner_type, type_no=partner_no) if partner_no else Q(pk=None)
    valid = Q(starting_date=None) | Q(starting_date__lte=on)
    valid &= Q(ending_date=None) | Q(ending_date__gte=on)
    return ItemReference.objects.filter(valid, own | Q(type__in=[Type.BAR_CODE, Type.NONE]))


def _found(rows) -> list[Found]:
    order = {CUSTOMER: 0, VENDOR: 0, Type.BAR_CODE: 1, Type.NONE: 2}
    found = [
        Found(*row)._replace(unit_code=row[3] or "") for row in rows.order_by("pk").values_list(*COLUMNS)
    ]
    return sorted(found, key=lambda row: order[row.type])


def resolve(
    reference_no: str, *, on: date, partner_type: str = CUSTOMER, partner_no: str = ""
) -> list[Found]:
    """The items that a typed reference may mean: the best kind of row only, one per item. One query.

    returns  one row, or several when the user has to pick
    raises   E-REF-NONE when there is none
    """
    rows = _found(_candidates(partner_type, partner_no, on).filter(reference_no=reference_no))
    if not rows:
        raise errors.NoSuchReference(reference=reference_no)
    best = [row for row in rows if row.type == rows[0].type]
    return list({row.item_id: row for row in reversed(best)}.values())[::-1]


def reference_for(
    item_id: int,
    *,
    on: date,
    variant_code: str = "",
    unit_code: str = "",
    partner_type: str = CUSTOMER,
    partner_no: str = "",
) -> Found | None:
    """What the partner calls an item in this variant and unit; None where nobody has a name for it. One query."""
    rows = _candidates(partner_type, partner_no, on).filter(item=item_id, variant_code=variant_code)
    rows = rows.filter(Q(unit__code=unit_code) | Q(unit=None))
    found = _found(rows)
    found = [row for row in found if row.type == partner_type] if partner_no else found
    return min(found, key=lambda row: row.unit_code != unit_code, default=None)
