"""Everything that can be wrong with posting a sales document, collected and shown together."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from inventory.models import InventorySetup
from sales.arithmetic.values import ZERO
from sales.models import SalesDocument, SalesLine, SalesSetup
from sales.models.base import LineType
from sales.plans.check_master import check_item, check_resource, variant_is_mandatory
from sales.plans.free_text import check_parts
from sales.plans.line import plain
from sales.plans.parts import Part


def check_head(document: SalesDocument) -> list[Problem]:
    """Fields without which nothing can be posted."""
    return _empty_on_head(document, "posting_date", "document_date", "gen_bus_posting_group")


def check_invoice_head(document: SalesDocument) -> list[Problem]:
    """Fields without which nobody can owe anything."""
    return _empty_on_head(document, "due_date", "customer_posting_group")


def check_external_no(document: SalesDocument) -> list[Problem]:
    """Ext. Doc. No. Mandatory: the customer's own number stands on everything that is invoiced."""
    return _empty_on_head(document, "external_document_no")


def check_work_date(posting_date: date | None, at: datetime, *, ask: bool) -> list[Problem]:
    """Posting Date Check on Posting: another day than today is confirmed by somebody, or refused.

    ask  somebody is there to be asked; nobody watches a batch
    """
    work_date = at.astimezone(timezone.get_current_timezone()).date()
    if posting_date is None or posting_date == work_date:
        return []
    if ask:
        message = _("Posting Date {posting_date} differs from the work date {work_date}. Post all the same?")
    else:
        message = _(
            "Posting Date {posting_date} differs from the work date {work_date}, and nobody is there to confirm it; "
            "change it, or post the document by itself."
        )
    message = message.format(posting_date=posting_date, work_date=work_date)
    if ask:
        return [Problem("Q-POST-DATEWORK", message, field="confirmed_date")]
    return [Problem("E-POST-DATEWORK", message, field="posting_date")]


def check_may_start(document: SalesDocument, *, queued: bool) -> list[Problem]:
    """Whether it makes sense to look any further: a type that is posted, approved, and not waiting in the job queue."""
    if not document.traits.invoices:
        message = _("A {type} is not posted; make an order or an invoice of it.")
        return [Problem("E-POST-TYPE", message.format(type=document.get_type_display()), field="type")]
    if document.status == SalesDocument.Status.PENDING_APPROVAL:
        message = _("{document} is waiting for approval and cannot be posted.").format(document=document)
        return [Problem("E-POST-APPROVAL", message, field="status")]
    return check_not_queued(document) if queued else []


def check_not_queued(document: SalesDocument) -> list[Problem]:
    """What waits in the job queue is posted from there, as it was when it was scheduled."""
    message = _("{document} is already scheduled for posting; remove it from the job queue first.")
    return [Problem("E-QUEUED", message.format(document=document))]


def _empty_on_head(document: SalesDocument, *wanted: str) -> list[Problem]:
    message = _("{field} of {document} is empty; fill it in on its head.")
    return [
        Problem(
            "E-TF",
            message.format(field=document._meta.get_field(name).verbose_name, document=document),
            field=name,
        )
        for name in wanted
        if not getattr(document, name)
    ]


def check_series(setup: SalesSetup, names: Sequence[str]) -> list[Problem]:
    """Number series that are needed and not named in the sales set-up, by the fields that name them."""
    message = _("{field} is empty in the sales set-up: name a number series there.")
    return [
        Problem(
            "E-TF",
            message.format(field=setup._meta.get_field(name).verbose_name),
            field=name,
            setup="admin:sales_salessetup_changelist",
        )
        for name in names
        if not getattr(setup, name)
    ]


def check_something_to_post(document: SalesDocument, parts: Sequence[Part]) -> list[Problem]:
    if any(part.ship or part.invoice for part in parts):
        return []
    message = _("There is nothing to post in {document}: enter a quantity to ship or to invoice.")
    return [Problem("E-POST-NOTHING", message.format(document=document))]


def check_advice(document: SalesDocument, parts: Sequence[Part]) -> list[Problem]:
    """Shipping Advice Complete: every stock item leaves in full, or nothing does."""
    if document.shipping_advice != SalesDocument.ShippingAdvice.COMPLETE:
        return []
    goods = [part for part in parts if part.line.type == LineType.ITEM and part.line.item.keeps_stock]
    if not any(part.ship for part in goods):
        return []
    message = _(
        "Line {line_no} ({number}) ships {ship} of {quantity}; ship everything or set Shipping Advice to Partial."
    )
    return [
        Problem(
            "E-POST-COMPLETE",
            message.format(
                line_no=part.line.line_no,
                number=part.line.number,
                ship=plain(part.line.quantity_shipped + part.ship),
                quantity=plain(part.line.quantity),
            ),
            line_no=part.line.line_no,
            field="qty_to_ship",
        )
        for part in goods
        if part.line.quantity_shipped + part.ship != part.line.quantity
    ]


def check_quantities(parts: Sequence[Part]) -> list[Problem]:
    """What the lines say to ship must still be outstanding, and to invoice must have been shipped."""
    problems = []
    for part in parts:
        line = part.line
        if part.ship and not _within(part.ship, line.outstanding_quantity):
            message = _("At most {most} units can be shipped.").format(most=plain(line.outstanding_quantity))
            problems.append(Problem("E-QTY-SHIP", message, line_no=line.line_no, field="qty_to_ship"))
        if part.invoice and not _within(part.invoice, line.shipped_not_invoiced + part.ship):
            most = line.shipped_not_invoiced + part.ship
            message = _("At most {most} units can be invoiced.").format(most=plain(most))
            problems.append(Problem("E-QTY-INV", message, line_no=line.line_no, field="qty_to_invoice"))
        if part.missing_base and line.is_fetched:
            problems.append(_invoiced_meanwhile(part))
        elif part.missing_base:
            message = _(
                "Line {line_no} ({number}): {missing} base units of what it has shipped are on no shipment, so they "
                "cannot be invoiced; run check_ledgers."
            ).format(line_no=line.line_no, number=line.number, missing=plain(part.missing_base))
            problems.append(Problem("E-POST-INVSHIP", message, line_no=line.line_no, field="qty_to_invoice"))
    return problems


def _invoiced_meanwhile(part: Part) -> Problem:
    """Goods of a posted shipment that the order itself, or another invoice, has invoiced since they were fetched."""
    line = part.line
    left = sum((entry.quantity_base for entry in part.earlier), ZERO)
    message = _(
        "Line {line_no} ({number}): at most {left} base units of shipment {shipment} are uninvoiced; reduce the "
        "quantity."
    ).format(line_no=line.line_no, number=line.number, left=plain(left), shipment=line.shipment_no)
    return Problem("E-GSL-QTY", message, line_no=line.line_no, field="quantity")


def check_lines(
    document: SalesDocument,
    parts: Sequence[Part],
    setup: InventorySetup,
    *,
    items_with_variants: Set[int] = frozenset(),
) -> list[Problem]:
    """Masters are checked again at posting: much may have happened since the line was typed."""
    problems = check_parts(document, parts)
    for part in parts:
        line = part.line
        if not (part.ship or part.invoice):
            continue
        if not line.gen_prod_posting_group and line.type != LineType.GL_ACCOUNT:
            problems.append(_empty(line, "gen_prod_posting_group"))
        if line.type == LineType.RESOURCE:
            problems += check_resource(line.resource, line_no=line.line_no)
        if line.type != LineType.ITEM or not part.ship:
            continue
        problems += check_item(line.item, credit=document.traits.receives, line_no=line.line_no)
        problems += check_goods(line, setup, items_with_variants=items_with_variants)
    return problems


def check_goods(line: SalesLine, setup: InventorySetup, *, items_with_variants: Set[int]) -> list[Problem]:
    """What an item line must name before its goods are promised or moved: unit, location and variant."""
    if line.type != LineType.ITEM:
        return []
    problems = []
    if not line.unit_code:
        problems.append(_empty(line, "unit_code"))
    if line.item.keeps_stock and setup.location_mandatory and not line.location_code:
        problems.append(_empty(line, "location_code", code="E-LOCATION-REQUIRED"))
    if wants_variant(line, setup) and line.item_id in items_with_variants:
        problems.append(_empty(line, "variant_code", code="E-VARIANT-REQUIRED"))
    return problems


def check_exact_cost(document: SalesDocument, parts: Sequence[Part]) -> list[Problem]:
    """Exact Cost Reversing Mandatory: goods that come back name the issue whose cost they take back."""
    return [
        _empty(part.line, "applies_from_item_entry")
        for part in parts
        if part.moves_goods
        and part.line.item.keeps_stock
        and (part.ship > 0) == document.traits.receives
        and part.line.applies_from_item_entry is None
    ]


def wants_variant(line: SalesLine, setup: InventorySetup) -> bool:
    """Whether the line must name a variant, and does not, if its item has any."""
    if line.item_id is None or line.variant_code or not line.item.keeps_stock:
        return False
    return variant_is_mandatory(line.item, by_default=setup.variant_mandatory_if_exists)


def check_not_negative(document: SalesDocument, amount: Decimal, including_vat: Decimal) -> list[Problem]:
    """An invoice that gives money back is a credit memo."""
    if document.traits.sign < 0 or amount >= ZERO or including_vat >= ZERO:
        return []
    message = _("The total of {document} to invoice is negative ({amount}): make a credit memo instead.")
    return [Problem("E-POST-NEGATIVE", message.format(document=document, amount=including_vat))]


def _within(quantity: Decimal, most: Decimal) -> bool:
    return 0 <= quantity <= most or most <= quantity <= 0


def _empty(line: SalesLine, field: str, *, code: str = "E-TF") -> Problem:
    message = _("{field} of line {line_no} ({number}) is empty; fill it in on the line.").format(
        field=line._meta.get_field(field).verbose_name, line_no=line.line_no, number=line.number
    )
    return Problem(code, message, line_no=line.line_no, field=field)
