"""Writing the working document that takes a posted paper back once it is posted as its mirror."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.kernel.models import NumberSeriesLine
from erp.kernel.money import ZERO
from erp.kernel.numbering import next_number
from sales.models import SalesDocument, SalesInvoice, SalesLine
from sales.models.base import LineType, Paper, PostedLine, PostedMoney
from sales.plans.copied_line import copied_line
from sales.routines.original import Original
from sales.traits import TRAITS

HEAD = tuple(field.attname for field in Paper._meta.get_fields())
STEP = 10000


def series_of(type: str, original: Original) -> list[str]:
    """The fields that name the series which posting a document of a type will draw from, its own number first."""
    traits, sales = TRAITS[type], original.values.sales
    writes = sales.return_receipt_on_credit_memo if traits.receives else sales.shipment_on_invoice
    goods = [traits.goods_series] if original.moves_goods and writes else []
    return [traits.number_series, traits.money_series, *goods]


def draw_number(original: Original, type: str, *, on: date) -> str:
    """The draft's own number, once everything is locked that has to be locked before numbers.

    Where posted papers keep the number of their draft, the series of the goods' paper is locked first: everybody draws
    goods before money.
    """
    traits, sales = TRAITS[type], original.values.sales
    if sales.keeps_number(traits):
        rows = NumberSeriesLine.objects.select_for_update(no_key=True, of=("self",))
        list(rows.filter(series__code=getattr(sales, traits.goods_series)).order_by("pk").values_list("pk"))
    return next_number(getattr(sales, traits.number_series), on=on)


def draft_mirror(
    original: Original, type: str, *, number: str, caption: str, by, at: datetime, **own
) -> SalesDocument:
    """Write the working document that, once posted as the original's mirror, takes it back.

    number   its own number
    caption  a text for its first line and for its entries
    own      more fields of its head

    Head and lines are those of the original, on its dates; nothing is due, discounted or paid at once.
    """
    paper = original.paper
    facts = {name: getattr(paper, name) for name in HEAD} | {
        "due_date": paper.document_date,
        "payment_discount_date": None,
        "payment_discount_percent": ZERO,
        "payment_method_code": "",
        "free_text": False,
    }
    username = by.get_username() if by else ""
    document = SalesDocument(
        type=type,
        number=number,
        customer_id=paper.customer_id,
        bill_to_customer_id=paper.bill_to_customer_id,
        created_at=at,
        created_by=username,
        modified_at=at,
        **facts | own,
    )
    document.posting_description = caption[:100]
    document.vat_base_discount_percent = _vat_base_discount(original)
    document.save(force_insert=True)
    SalesLine.objects.bulk_create(_lines(original, document, caption))
    return document


def _vat_base_discount(original: Original) -> Decimal:
    """By how much the payment discount lowered the base of VAT, as it did on the original."""
    tolerance = original.values.posting.gl.vat_tolerance_percent
    return min(original.paper.payment_discount_percent, tolerance)


def _lines(original: Original, document: SalesDocument, caption: str) -> list[SalesLine]:
    """The lines of the original that say or bring something, under a text that names it."""
    rules = original.values.line_rules(document)
    numbers = [line.line_no for line in original.lines]
    first = numbers[0] // 2 or numbers[-1] + STEP
    lines = [SalesLine(document=document, line_no=first, type=LineType.COMMENT, description=caption[:100])]
    lines += [
        copied_line(line, document, line.line_no, rules, **_links(original, document, line))
        for line in original.lines
        if line.type == LineType.COMMENT or line.quantity
    ]
    return lines


def _links(original: Original, document: SalesDocument, line: PostedLine) -> dict:
    """What a line of the new paper takes goods from, and the orders that it moves back or on again."""
    taken = original.goods.get(line.line_no, ())
    comes = (line.quantity > 0) == document.traits.receives
    entry_no = next((each.item_entry_no for each in taken), None)
    links = {
        "applies_from_item_entry": entry_no if comes else None,
        "applies_to_item_entry": None if comes else entry_no,
        "blanket_order_no": line.blanket_order_no,
        "blanket_order_line_no": line.blanket_order_line_no,
    }
    order_line = original.order_line(line)
    if order_line is not None:
        links |= {"order_no": line.order_no, "order_line_no": line.order_line_no, "restores_order": True}
    return links


def posting_of(original: Original, *, by, at: datetime) -> dict:
    """How the new paper is posted: on its own date, which need not be confirmed as it is that of the original."""
    asked = {"ship": True, "invoice": True, "posting_date": None, "confirmed_date": True}
    return {**asked, "values": original.values, "by": by, "at": at}


def placeholder(at: datetime) -> str:
    """The number of a draft that is only previewed: it is nobody's, and drawn from nowhere."""
    return f"***{at:%H%M%S%f}"


def caption_of(paper: PostedMoney) -> str:
    """The text that names what a paper takes back."""
    is_invoice = isinstance(paper, SalesInvoice)
    message = _("Takes back invoice {number}") if is_invoice else _("Takes back credit memo {number}")
    return message.format(number=paper.number)
