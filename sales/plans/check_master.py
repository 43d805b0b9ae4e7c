"""Whether an item, a variant or a resource may stand on a line: asked when it is typed, and again when it is posted."""

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from inventory.models import Item, ItemVariant, Resource
from inventory.models.setup import Policy


def check_item(item: Item, *, credit: bool, line_no: int) -> list[Problem]:
    """May this item be put on a line? Credit documents take back what may no longer be sold."""
    if item.blocked:
        message = _("Item {item} is blocked.").format(item=item.number)
        return [Problem("E-ITEM-BLOCKED", message, line_no=line_no, field="number")]
    if item.sales_blocked and not credit:
        message = _("Item {item} is blocked for sale.").format(item=item.number)
        return [Problem("E-ITEM-SALES-BLOCKED", message, line_no=line_no, field="number")]
    missing = [
        item._meta.get_field(name).verbose_name
        for name in ("gen_prod_posting_group", "vat_prod_posting_group")
        if getattr(item, f"{name}_id") is None
    ]
    if item.keeps_stock and item.inventory_posting_group_id is None:
        missing.append(item._meta.get_field("inventory_posting_group").verbose_name)
    return [
        Problem(
            "E-TF",
            _("{field} of item {item} is empty; fill it in on the item card.").format(
                field=name, item=item.number
            ),
            line_no=line_no,
            field="number",
        )
        for name in missing
    ]


def check_variant(item: Item, variant: ItemVariant | None, *, credit: bool, line_no: int) -> list[Problem]:
    if variant is None:
        return []
    if variant.blocked or (variant.sales_blocked and not credit):
        code = "E-ITEM-BLOCKED" if variant.blocked else "E-ITEM-SALES-BLOCKED"
        message = _("Variant {variant} of item {item} is blocked.").format(
            item=item.number, variant=variant.code
        )
        return [Problem(code, message, line_no=line_no, field="variant_code")]
    return []


def variant_is_mandatory(item: Item, *, by_default: bool) -> bool:
    if item.variant_mandatory == Policy.DEFAULT:
        return by_default
    return item.variant_mandatory == Policy.YES


def check_resource(resource: Resource, *, line_no: int) -> list[Problem]:
    """May this resource be put on a line?"""
    setup = "admin:inventory_resource_changelist"
    reasons = (
        (resource.blocked, "E-RES-BLOCKED", _("Resource {number} is blocked.")),
        (resource.privacy_blocked, "E-RES-PRIVACY", _("Resource {number} is blocked for privacy.")),
    )
    return [
        Problem(code, message.format(number=resource.number), line_no=line_no, field="number", setup=setup)
        for is_so, code, message in reasons
        if is_so
    ]
