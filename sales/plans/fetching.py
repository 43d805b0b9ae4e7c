"""Making invoice lines of what posted shipments have left uninvoiced; credit memo lines of return receipts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem
from sales.arithmetic.prices_including_vat import PricedLine, convert_prices
from sales.models import ReturnReceiptLine, SalesDocument, SalesLine, SalesShipmentLine
from sales.models.base import LineType
from sales.plans.copied_line import copied_line
from sales.plans.line import LineRules, plain
from sales.plans.totals import vat_key
from sales.uninvoiced import ShippedLine, UninvoicedLine

STEP = 10000


@dataclass
class FetchedLines:
    """Unsaved lines in their order; the one of each posted line by its key; texts with the line they hang on."""

    lines: list[SalesLine] = field(default_factory=list)
    line_of: dict[int, SalesLine] = field(default_factory=dict)
    attached: list[tuple[SalesLine, SalesLine]] = field(default_factory=list)


def check_document(document: SalesDocument, chosen: Iterable[ShippedLine]) -> list[Problem]:
    """What has left goes on an invoice, what came back on a credit memo; on a free text invoice neither."""
    goes_on_it = ReturnReceiptLine if document.traits.receives else SalesShipmentLine
    if not document.traits.at_once or not all(isinstance(row, goes_on_it) for row in chosen):
        message = _("{document} is a {type}: put shipments on an invoice, return receipts on a credit memo.")
        message = message.format(document=document, type=document.get_type_display())
        return [Problem("E-GSL-TYPE", message, field="type")]
    if document.free_text:
        message = _("{document} is a free text invoice: put shipments on an invoice of another kind.")
        return [Problem("E-FT-ITEM", message.format(document=document), field="type")]
    return []


def check_wanted(document: SalesDocument, wanted: Iterable[UninvoicedLine]) -> list[Problem]:
    """Who pays, the currency and the VAT group must be the same; the one who ordered may be another."""
    problems = []
    for row in wanted:
        order = row.order
        if order.bill_to_customer_id != document.bill_to_customer_id:
            message = _(
                "{place} is paid by {theirs}, {document} by {ours}; choose shipments of its bill-to customer."
            )
            problems.append(_differs("E-GSL-BILL", message, document, row, "bill_to_customer"))
        if order.currency_code != document.currency_code:
            message = _(
                "{place} is in currency {theirs}, {document} in {ours}; write an invoice in that currency."
            )
            problems.append(_differs("E-GSL-CUR", message, document, row, "currency_code"))
        if row.order_line.vat_bus_posting_group != document.vat_bus_posting_group:
            message = _(
                "VAT Bus. Posting Group of {place} is {theirs}, that of {document} is {ours}; write another invoice."
            )
            problems.append(_differs("E-GSL-VAT", message, document, row, "vat_bus_posting_group"))
    return problems


def check_left(wanted: Iterable[ShippedLine], found: Iterable[UninvoicedLine]) -> list[Problem]:
    """Nothing of a chosen line may be gone by now: invoiced, or fetched by another invoice."""
    left = {row.shipped.pk for row in found if row.remaining}
    return [too_much(row, Decimal(0)) for row in wanted if row.pk not in left]


def too_much(shipped: ShippedLine, most: Decimal, *, line_no: int | None = None) -> Problem:
    """More is wanted of a posted line than is uninvoiced."""
    message = _(
        "At most {most} units of {place} are uninvoiced: the rest is on invoices, posted or being written."
    )
    return Problem(
        "E-GSL-QTY",
        message.format(most=plain(most), place=_place(shipped)),
        line_no=line_no,
        field="quantity",
    )


def already_gone() -> Problem:
    """Somebody else has put all of it on an invoice a moment ago."""
    return Problem("E-GSL-QTY", _("Its shipments were put on another invoice a moment ago."))


def plan_lines(
    document: SalesDocument,
    wanted: Sequence[UninvoicedLine],
    attached: Mapping[int, Sequence[SalesLine]],
    texts: Iterable[ShippedLine],
    *,
    after: int,
    last_paper: str,
    rules: LineRules,
) -> FetchedLines:
    """The lines of an invoice for what is left of some shipments, under a line that names each of them.

    attached    by key of an order line: the texts that hang on it
    texts       texts of the shipments that go along, in their place
    after       line number of the document's last line
    last_paper  shipment that the document's last line is of: what follows of it needs no heading

    Price and discounts are those of the order line as it stands, the invoice discount in proportion to the quantity.
    Source: Business Central, Get Shipment Lines.
    """
    plan = FetchedLines()
    priced: list[SalesLine] = []

    def put(make, *args, **own) -> SalesLine:
        line_no = after + (len(plan.lines) + 1) * STEP
        plan.lines.append(make(*args, line_no, **own))
        return plan.lines[-1]

    def text(description: str, line_no: int) -> SalesLine:
        return SalesLine(
            document=document,
            line_no=line_no,
            type=LineType.COMMENT,
            description=description,
            shipment_no=last_paper,
        )

    def copy(source, line_no: int, **own) -> SalesLine:
        return copied_line(source, document, line_no, rules, **own)

    entries = [*((row.shipped, row) for row in wanted), *((row, None) for row in texts)]
    for shipped, row in sorted(entries, key=lambda entry: (entry[0].document_id, entry[0].line_no)):
        if shipped.document.number != last_paper:
            last_paper = shipped.document.number
            put(text, heading(document, last_paper))
        if row is None:
            put(text, shipped.description)
            continue
        line = plan.line_of[shipped.pk] = put(copy, row.order_line, quantity=row.remaining, **_links(row))
        if document.prices_including_vat != row.order.prices_including_vat:
            priced.append(line)
        for hanging in attached.get(row.order_line.pk, ()):
            plan.attached.append((put(copy, hanging, shipment_no=last_paper), line))
    _convert(document, priced, rules)
    return plan


def heading(document: SalesDocument, number: str) -> str:
    """The line above what is fetched of one paper."""
    words = _("Return Receipt No. {number}:") if document.traits.receives else _("Shipment No. {number}:")
    return words.format(number=number)


def _links(row: UninvoicedLine) -> dict:
    line = row.order_line
    return {
        "quantity_shipped": row.remaining,
        "shipment_no": row.paper.number,
        "shipment_line_no": row.shipped.line_no,
        "order_no": row.order.number,
        "order_line_no": line.line_no,
        "blanket_order_no": line.blanket_order_no,
        "blanket_order_line_no": line.blanket_order_line_no,
        "package_tracking_no": row.shipped.package_tracking_no,
    }


def _convert(document: SalesDocument, lines: Sequence[SalesLine], rules: LineRules) -> None:
    """Prices of orders that are written on the other VAT basis."""
    converted = convert_prices(
        [
            PricedLine(
                line.line_no,
                line.quantity,
                line.unit_price,
                line.line_discount_percent,
                line.inv_discount_amount,
                vat_key(line),
            )
            for line in lines
        ],
        to_including_vat=document.prices_including_vat,
        unit_precision=rules.unit_precision,
        precision=rules.amount_precision,
    )
    for line, result in zip(lines, converted, strict=True):
        line.unit_price = result.unit_price
        line.line_discount_amount = result.amounts.line_discount_amount
        line.line_amount = result.amounts.line_amount
        line.inv_discount_amount = result.inv_discount_amount


def _place(shipped: ShippedLine) -> str:
    return _("{paper} line {line_no} ({number})").format(
        paper=shipped.document.number, line_no=shipped.line_no, number=shipped.number
    )


def _differs(code: str, message: str, document: SalesDocument, row: UninvoicedLine, field: str) -> Problem:
    theirs = row.order_line if field == "vat_bus_posting_group" else row.order
    message = message.format(
        place=_place(row.shipped),
        document=document,
        theirs=getattr(theirs, field) or _("local currency"),
        ours=getattr(document, field) or _("local currency"),
    )
    return Problem(code, message, field=field)
