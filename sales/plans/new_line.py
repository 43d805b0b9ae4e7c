"""Making a line of what somebody typed and what the masters say. Pure: masters in, an unsaved line out."""

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import round_to
from inventory.models import Item, ItemVariant
from inventory.models.setup import Policy
from posting.models import GLAccount
from sales.arithmetic.values import UNIT
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.values import SalesValues


def plan_line(
    document: SalesDocument, new: NewLine, line_no: int, *, masters: LineMasters, values: SalesValues
) -> tuple[SalesLine | None, list[Problem]]:
    """The line without price and amounts, or what is wrong with it."""
    new, problems = masters.resolve_reference(new, line_no)
    if problems:
        return None, problems
    line = SalesLine(
        document=document,
        line_no=line_no,
        type=new.type,
        number=new.number,
        variant_code=new.variant_code,
        item_reference_no=new.item_reference_no,
        description=new.description,
        location_code=document.location_code if new.location_code is None else new.location_code,
        shipment_date=document.shipment_date,
        requested_delivery_date=document.requested_delivery_date,
        promised_delivery_date=document.promised_delivery_date,
        gen_bus_posting_group=document.gen_bus_posting_group,
        vat_bus_posting_group=document.vat_bus_posting_group,
        return_reason_code=new.return_reason_code,
        applies_to_item_entry=new.applies_to_item_entry,
        applies_from_item_entry=new.applies_from_item_entry,
    )
    if new.type == LineType.COMMENT:
        return line, []
    if new.type == LineType.ITEM:
        problems = _take_item(line, new, masters, values, credit=document.traits.receives)
    elif new.type == LineType.GL_ACCOUNT:
        problems = _take_account(line, new, masters)
    else:
        message = _("{type} is no line type; use item, gl_account or comment.").format(type=new.type)
        problems = [Problem("E-LINE-TYPE", message, line_no=line_no, field="type")]
    if problems:
        return None, problems
    if new.location_code and new.location_code not in masters.locations:
        message = _("There is no location {location}; choose one that is set up.")
        problem = _problem(line, "E-CODE-NONE", message, "location_code", location=new.location_code)
        return None, [problem]
    if new.allow_invoice_discount is not None:
        line.allow_invoice_discount = new.allow_invoice_discount
    problems = take_vat(line, values)
    return (None if problems else line), problems


def take_vat(line: SalesLine, values: SalesValues) -> list[Problem]:
    """How the line is taxed, by its business and product group; no row in the set-up is refused at once."""
    problems: list[Problem] = []
    row = values.posting.vat(
        line.vat_bus_posting_group, line.vat_prod_posting_group, problems=problems, line_no=line.line_no
    )
    if row is not None:
        line.vat_percent = row.percent
        line.vat_identifier = row.identifier
        line.vat_calculation_type = row.calculation_type
    return problems


def take_unit(line: SalesLine, item: Item, unit_code: str, masters: LineMasters) -> list[Problem]:
    """Sell in this unit: how many base units it holds, and what one of it costs."""
    base = item.base_unit.code
    unit_code = unit_code or (item.sales_unit.code if item.sales_unit else base)
    per_unit = 1 if unit_code == base else masters.units.get((item.id, unit_code))
    if per_unit is None:
        message = _("Item {item} is not sold by {unit}; add the unit on the item card.")
        return [_problem(line, "E-UOM-MISSING", message, "unit_code", item=item.number, unit=unit_code)]
    line.unit_code = unit_code
    line.per_unit = per_unit
    line.unit_cost_lcy = round_to(item.unit_cost * per_unit, UNIT)
    return []


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


def _take_item(
    line: SalesLine, new: NewLine, masters: LineMasters, values: SalesValues, *, credit: bool
) -> list[Problem]:
    item = masters.items.get(new.number)
    if item is None:
        message = _("There is no item {number}.")
        return [_problem(line, "E-ITEM-NONE", message, "number", number=new.number or "–")]
    problems = check_item(item, credit=credit, line_no=line.line_no)
    variant = masters.variants.get((item.id, new.variant_code))
    if new.variant_code and variant is None:
        message = _("Item {item} has no variant {variant}.")
        problems.append(
            _problem(
                line, "E-VARIANT-NONE", message, "variant_code", item=item.number, variant=new.variant_code
            )
        )
    problems += check_variant(item, variant, credit=credit, line_no=line.line_no)
    problems += take_unit(line, item, new.unit_code, masters)
    if problems:
        return problems
    line.item = item
    line.description = new.description or (variant.description if variant else "") or item.description
    line.description_2 = item.description_2
    line.gen_prod_posting_group = new.gen_prod_posting_group or item.gen_prod_posting_group.code
    line.vat_prod_posting_group = new.vat_prod_posting_group or item.vat_prod_posting_group.code
    line.inventory_posting_group = item.inventory_posting_group.code if item.inventory_posting_group else ""
    line.allow_invoice_discount = item.allow_invoice_discount
    return []


def _take_account(line: SalesLine, new: NewLine, masters: LineMasters) -> list[Problem]:
    account = masters.accounts.get(new.number)
    if account is None:
        message = _("There is no G/L account {number}.")
        return [_problem(line, "E-GL-NONE", message, "number", number=new.number or "–")]
    if account.type != GLAccount.Type.POSTING:
        message = _("Account {number} is not a posting account.")
        return [_problem(line, "E-GL-TYPE", message, "number", number=account.number)]
    if account.blocked:
        message = _("Account {number} is blocked.")
        return [_problem(line, "E-GL-BLOCKED", message, "number", number=account.number)]
    if not account.direct_posting:
        message = _("Account {number} does not allow direct posting; choose another one.")
        return [_problem(line, "E-GL-DIRECT", message, "number", number=account.number)]
    line.gl_account = account
    line.description = new.description or account.name
    line.unit_code = new.unit_code
    line.allow_invoice_discount = False
    line.gen_prod_posting_group = new.gen_prod_posting_group or _code(account.gen_prod_posting_group)
    line.vat_prod_posting_group = new.vat_prod_posting_group or _code(account.vat_prod_posting_group)
    if not line.vat_prod_posting_group:
        message = _(
            "Account {number} has no VAT product posting group; fill it in on the account or the line."
        )
        return [_problem(line, "E-TF", message, "vat_prod_posting_group", number=account.number)]
    return []


def _code(group) -> str:
    return group.code if group else ""


def _problem(line: SalesLine, code: str, message: str, field: str, **data) -> Problem:
    return Problem(code, message.format(**data), line_no=line.line_no, field=field)
