"""Making a line of what somebody typed and what the masters say. Pure: masters in, an unsaved line out."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from erp.kernel.money import round_to
from inventory.models import Item, Resource
from posting.models import GLAccount
from sales.arithmetic.values import UNIT
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.check_master import check_item, check_resource, check_variant
from sales.plans.explain import explain_posting
from sales.plans.free_text import check_new_line
from sales.values import SalesValues


def plan_line(
    document: SalesDocument, new: NewLine, line_no: int, *, masters: LineMasters, values: SalesValues
) -> tuple[SalesLine | None, list[Problem]]:
    """The line without price and amounts, or what is wrong with it."""
    new, problems = masters.resolve_reference(new, line_no)
    problems += check_new_line(document, new, masters.accounts.get(new.number), line_no)
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
        shipping_agent_code=document.shipping_agent_code,
        shipping_agent_service_code=document.shipping_agent_service_code,
        shipping_time=document.shipping_time,
        outbound_handling_time=document.outbound_handling_time,
        package_tracking_no=document.package_tracking_no,
        gen_bus_posting_group=document.gen_bus_posting_group,
        vat_bus_posting_group=document.vat_bus_posting_group,
        return_reason_code=new.return_reason_code,
        applies_to_item_entry=new.applies_to_item_entry,
        applies_from_item_entry=new.applies_from_item_entry,
    )
    if new.type == LineType.COMMENT:
        problems = _take_text(line, new, masters)
        return (None if problems else line), problems
    if new.type == LineType.ITEM:
        problems = _take_item(line, new, masters, values, credit=document.traits.receives)
    elif new.type == LineType.GL_ACCOUNT:
        problems = _take_account(line, new, masters)
    elif new.type == LineType.RESOURCE:
        problems = _take_resource(line, new, masters)
    elif new.type == LineType.CHARGE:
        problems = _take_charge(line, new, masters)
    else:
        message = _("{type} is no line type; use one of: {types}.")
        message = message.format(type=new.type, types=", ".join(LineType.values))
        problems = [Problem("E-LINE-TYPE", message, line_no=line_no, field="type")]
    if problems:
        return None, problems
    if new.location_code and new.location_code not in masters.locations:
        message = _("There is no location {location}; choose one that is set up.")
        problem = _problem(line, "E-CODE-NONE", message, "location_code", location=new.location_code)
        return None, [problem]
    if new.allow_invoice_discount is not None:
        line.allow_invoice_discount = new.allow_invoice_discount
    typed = [name for name in ("gen_prod_posting_group", "vat_prod_posting_group") if getattr(new, name)]
    problems = take_vat(line, values, typed=typed)
    return (None if problems else line), problems


def take_vat(line: SalesLine, values: SalesValues, *, typed: Collection[str] = ()) -> list[Problem]:
    """How the line is taxed, by its business and product group; no row in the set-up is refused at once.

    typed  groups that somebody typed instead of taking the master's

    The line keeps why: see `sales.plans.explain`.
    """
    problems: list[Problem] = []
    row = values.posting.vat(
        line.vat_bus_posting_group, line.vat_prod_posting_group, problems=problems, line_no=line.line_no
    )
    if row is not None:
        line.vat_percent = row.percent
        line.vat_identifier = row.identifier
        line.vat_calculation_type = row.calculation_type
        line.vat_clause_code = row.clause
        line.posting_explanation = explain_posting(line, values, typed=typed)
    return problems


def take_new_unit(line: SalesLine, unit_code: str, masters: LineMasters) -> list[Problem]:
    """Another unit of measure for what the line sells: an item has several, a resource its base unit."""
    if line.type == LineType.RESOURCE:
        return _take_resource_unit(line, line.resource, unit_code)
    return take_unit(line, line.item, unit_code, masters)


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
    for measure in ("gross_weight", "net_weight", "unit_volume", "units_per_parcel"):
        setattr(line, measure, getattr(item, measure))
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


def _take_resource(line: SalesLine, new: NewLine, masters: LineMasters) -> list[Problem]:
    resource = masters.resources.get(new.number)
    if resource is None:
        message = _("There is no resource {number}.")
        return [_problem(line, "E-RES-NONE", message, "number", number=new.number or "–")]
    problems = check_resource(resource, line_no=line.line_no)
    problems += _take_resource_unit(line, resource, new.unit_code)
    if problems:
        return problems
    line.resource = resource
    line.description = new.description or resource.name
    line.unit_cost_lcy = resource.unit_cost
    line.allow_invoice_discount = True
    return _take_groups(line, new, resource, _("resource"))


def _take_resource_unit(line: SalesLine, resource: Resource, unit_code: str) -> list[Problem]:
    base = resource.base_unit.code
    if unit_code not in ("", base):
        message = _("Resource {number} is sold by {base}, not by {unit}.")
        facts = {"number": resource.number, "base": base, "unit": unit_code}
        return [_problem(line, "E-UOM-MISSING", message, "unit_code", **facts)]
    line.unit_code = base
    return []


def _take_charge(line: SalesLine, new: NewLine, masters: LineMasters) -> list[Problem]:
    charge = masters.charges.get(new.number)
    if charge is None:
        message = _("There is no item charge {number}.")
        return [_problem(line, "E-CHG-NONE", message, "number", number=new.number or "–")]
    line.item_charge = charge
    line.description = new.description or charge.description
    line.unit_code = new.unit_code
    line.allow_invoice_discount = False
    return _take_groups(line, new, charge, _("item charge"))


def _take_text(line: SalesLine, new: NewLine, masters: LineMasters) -> list[Problem]:
    """A standard text by its code; free text names nothing."""
    if not new.number:
        return []
    text = masters.texts.get(new.number)
    if text is None:
        message = _("There is no standard text {number}.")
        return [_problem(line, "E-TEXT-CODE", message, "number", number=new.number)]
    line.description = new.description or text.description
    return []


def _take_groups(line: SalesLine, new: NewLine, master, noun: str) -> list[Problem]:
    """The product groups, typed or the master's; without them nothing can be taxed or posted."""
    problems = []
    for name in ("gen_prod_posting_group", "vat_prod_posting_group"):
        setattr(line, name, getattr(new, name) or _code(getattr(master, name)))
        if not getattr(line, name):
            message = _("{field} of {noun} {number} is empty; fill it in on its card.")
            label = master._meta.get_field(name).verbose_name
            problems.append(
                _problem(line, "E-TF", message, "number", field=label, noun=noun, number=master.number)
            )
    return problems


def _code(group) -> str:
    return group.code if group else ""


def _problem(line: SalesLine, code: str, message: str, field: str, **data) -> Problem:
    return Problem(code, message.format(**data), line_no=line.line_no, field=field)
