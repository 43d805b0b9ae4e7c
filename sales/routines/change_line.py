from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.periods import DateFormula
from sales.arithmetic.values import HUNDRED, ZERO
from sales.dates import moving
from sales.head import FORMULAS, check_codes, check_formulas, check_service
from sales.masters import LineMasters, NewLine
from sales.models import SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans import free_text
from sales.plans import line as edit
from sales.plans.fulfilment import check_not_revived
from sales.plans.line_change import TEXT, check_change, keeps_price, label, take_variant
from sales.plans.new_line import take_new_unit, take_vat
from sales.plans.totals import vat_key
from sales.rights import to_change_line
from sales.routines.assign_charge import refit_assignment
from sales.routines.check_blanket import check_agreed
from sales.routines.check_concessions import check_concessions
from sales.routines.date_lines import date_lines
from sales.routines.discount import give_back
from sales.routines.fetch import check_fetched_quantity
from sales.routines.follow import follow_shipping
from sales.routines.lock import line_now, lock, refuse_locked
from sales.routines.price import apply_price, price_lines
from sales.routines.return_reasons import follow_return
from sales.routines.total import total
from sales.values import SalesValues

# Changes that a released document still allows: the warehouse works with them.
QUANTITIES = frozenset({"qty_to_ship", "qty_to_invoice"})
ALWAYS = QUANTITIES | {"package_tracking_no"}
SHIPPING = frozenset({"shipment_date", "requested_delivery_date", "promised_delivery_date",
                      "planned_shipment_date", "planned_delivery_date", "shipping_agent_code",
                      "shipping_agent_service_code", "shipping_time", "outbound_handling_time",
                      "location_code", "package_tracking_no"})  # fmt: skip
PLAIN = SHIPPING | {"description", "description_2", "return_reason_code", "applies_to_item_entry",
                    "applies_from_item_entry", "allow_invoice_discount"}  # fmt: skip
PRICED = frozenset({"quantity", "unit_code", "variant_code"})
GROUPS = frozenset({"gen_prod_posting_group", "vat_prod_posting_group"})
TYPED = frozenset({"unit_price", "line_discount_percent", "line_discount_amount", "line_amount"})


@needs(to_change_line)
@transaction.atomic
def change_line(
    line: SalesLine, *, by, at: datetime, on: date, values: SalesValues | None = None, **changes
) -> SalesLine:
    """Type new values into a line, in the order in which they depend on each other.

    changes  quantity, unit_code, variant_code, unit_price, line_discount_percent, line_discount_amount, line_amount,
             qty_to_ship, qty_to_invoice, description, location_code, vat_prod_posting_group, shipping_agent_code …
    raises   LinesLocked when the document is released and a change is not one of `ALWAYS` (texts may always change);
             ProblemsFound: E-LINE-COMMENT, E-CODE-NONE, E-DATE-PROMISED, E-TF for unit, variant and location of what
             has left, E-QTY-PRECISION, E-GSL-QTY, E-LINE-CANCELLED, E-LINE-QTYSHIPPED, E-LINE-SIGN, E-QTY-SHIP,
             E-QTY-INV, E-DISC-RANGE, E-LINEAMT-HIGH …

    With a problem nothing is written. Source: Business Central, validation of the sales line.
    """
    unknown = changes.keys() - (ALWAYS | PLAIN | PRICED | GROUPS | TYPED)
    if unknown:
        raise TypeError(f"a sales line has no {', '.join(sorted(unknown))} to change")
    document = lock(line.document_id)
    rows = SalesLine.objects.select_related(
        "item__base_unit",
        "item__sales_unit",
        "item__vat_prod_posting_group",
        "item__vat_bus_posting_group_price",
        "gl_account",
        "resource__base_unit",
    )
    line = line_now(line, rows)
    line.document = document
    late = ALWAYS if line.type != LineType.COMMENT else ALWAYS | TEXT
    refuse_locked(
        document,
        wants_open={label(name) for name in changes.keys() - late},
        texts=line.type == LineType.COMMENT,
    )
    raise_problems(document, _check(line, changes))
    raise_problems(document, check_agreed(document, line, changes))
    if "quantity" in changes:
        raise_problems(document, _check_quantity(line, changes["quantity"]))
    values = SalesValues.fit(document.currency_code, values)
    rules = values.line_rules(document)
    shared, reason = line.inv_discount_amount, line.return_reason_code
    moved = moving(line, changes)
    _type_plain(document, line, changes)
    date_lines(document, [line], ledger=values.posting.gl, changed=moved)
    if not line.allow_invoice_discount:
        line.inv_discount_amount = line.inv_discount_invoiced
    problems: list[Problem] = _regroup(document, line, changes, values, rules)
    if not problems and PRICED & changes.keys():
        problems += _reprice(document, line, changes, values, rules, on)
    if not problems:
        problems += _type(line, changes, rules)
    if not problems and by is not None:
        given = {"values": values, "on": on}
        discounted = [line] if changes.keys() & TYPED - {"unit_price"} else []
        priced = [line] if "unit_price" in changes else []
        check_concessions(document, by=by, discounted=discounted, priced=priced, **given)
    if not problems:
        problems += follow_return(document, line, changes, reason_before=reason)
    raise_problems(document, problems)
    corrected = line.vat_difference
    if QUANTITIES & changes.keys() and not values.sales.allow_vat_difference:
        line.vat_difference = ZERO
    line.save()
    give_back(document, shared - line.inv_discount_amount)
    if changes.keys() - ALWAYS - TEXT or line.vat_difference != corrected:
        total(document, values=values, at=at)
        line.refresh_from_db()
    if line.type == LineType.CHARGE and changes.keys() & (PRICED | GROUPS | TYPED):
        refit_assignment(line, precision=values.precision)
    return line


def _check(line: SalesLine, changes: Mapping) -> list[Problem]:
    agent = changes.get("shipping_agent_code", line.shipping_agent_code)
    return [
        *check_change(line, changes),
        *check_codes(changes, line_no=line.line_no),
        *check_service(changes, agent=agent, line_no=line.line_no),
        *check_formulas(changes, line_no=line.line_no),
    ]


def _check_quantity(line: SalesLine, quantity: Decimal) -> list[Problem]:
    """What a shipment has left for a line that invoices it; and that a closed rest stays closed."""
    if line.is_fetched:
        return check_fetched_quantity(line, quantity)
    return check_not_revived(line, quantity)


def _type_plain(document: SalesDocument, line: SalesLine, changes: Mapping) -> None:
    """What no price depends on; a carrier brings its shipping time, a location its handling time."""
    for name in PLAIN & changes.keys():
        setattr(line, name, changes[name])
    for name in FORMULAS:
        setattr(line, name, str(DateFormula.parse(getattr(line, name))) if getattr(line, name) else "")
    served_as = document.customer or document.customer_template
    follow_shipping(line, changes.keys(), typed=changes.keys(), customer=served_as)


def _regroup(
    document: SalesDocument, line: SalesLine, changes: Mapping, values: SalesValues, rules: edit.LineRules
) -> list[Problem]:
    """Another product group: taxed and posted by its rows of the set-up; a price that contains VAT keeps its net."""
    if not GROUPS & changes.keys():
        return []
    before = vat_key(line).charged
    for name in GROUPS & changes.keys():
        setattr(line, name, changes[name])
    problems = take_vat(line, values, typed=changes.keys())
    if problems or not document.prices_including_vat:
        return problems
    net = line.unit_price * HUNDRED / (HUNDRED + before)
    return edit.set_unit_price(line, net * (HUNDRED + vat_key(line).charged) / HUNDRED, rules)


def _reprice(
    document: SalesDocument, line: SalesLine, changes: Mapping, values: SalesValues, rules, on: date
) -> list[Problem]:
    """A new quantity or unit: base quantity, price and discount are found afresh."""
    quantity: Decimal = changes.get("quantity", line.quantity)
    if line.type not in (LineType.ITEM, LineType.RESOURCE):
        line.unit_code = changes.get("unit_code", line.unit_code)
        return edit.set_quantity(line, quantity, rules)
    masters = LineMasters.load(
        [NewLine(number=line.number, type=line.type)], customer_no=document.customer_number, on=on
    )
    sold_by = line.per_unit
    problems = take_variant(line, changes["variant_code"], masters) if "variant_code" in changes else []
    if "description" in changes:
        line.description = changes["description"]
    if "unit_code" in changes:
        problems += take_new_unit(line, changes["unit_code"], masters)
    if problems:
        return problems
    precision = masters.precision(line.item_id, line.unit_code)
    problems = edit.set_quantity(line, quantity, rules, precision=precision)
    if problems or line.is_fetched:  # what was fetched keeps price and discounts of its order
        return problems
    if keeps_price(line):
        return edit.set_unit_price(line, line.unit_price * line.per_unit / sold_by, rules)
    (decision,) = price_lines(document, [line], values=values, on=on)
    if decision is not None:
        apply_price(line, decision, only_quantity="unit_code" not in changes)
    return edit.set_unit_price(line, line.unit_price, rules)


def _type(line: SalesLine, changes: Mapping, rules: edit.LineRules) -> list[Problem]:
    problems: list[Problem] = []
    if "unit_price" in changes:
        problems += edit.set_unit_price(line, changes["unit_price"], rules)
        line.price_explanation = {"from": "typed", "unit_price": str(changes["unit_price"])}
    if "line_discount_percent" in changes:
        problems += edit.set_line_discount_percent(line, changes["line_discount_percent"], rules)
    if "line_discount_amount" in changes:
        problems += edit.set_line_discount_amount(line, changes["line_discount_amount"], rules)
    if "line_amount" in changes:
        set_amount = free_text.type_amount if line.document.free_text else edit.set_line_amount
        problems += set_amount(line, changes["line_amount"], rules)
    if "qty_to_ship" in changes:
        problems += edit.set_qty_to_ship(line, changes["qty_to_ship"])
    if "qty_to_invoice" in changes:
        problems += edit.set_qty_to_invoice(line, changes["qty_to_invoice"])
    return problems
