"""What goes along when a document is made of another one: head, lines with their texts and charges, comments."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sales.models import ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.models.base import Paper
from sales.plans.chosen_part import Chosen
from sales.plans.copied_line import copied_line
from sales.routines.draft import draft
from sales.routines.follow import follow
from sales.values import SalesValues

PAPER = tuple(field.attname for field in Paper._meta.get_fields())
HEAD = ("price_group_code", "discount_group_code", "invoice_discount_code", "invoice_discount_calculation",
        "invoice_discount_value", "allow_line_discount", "requested_delivery_date", "promised_delivery_date",
        "shipping_advice", "shipping_time", "outbound_handling_time", "combine_shipments",
        "bill_to_customer_id")  # fmt: skip
# What the new document has of its own.
OWN = frozenset({"order_date", "posting_date", "document_date", "vat_date", "due_date", "payment_discount_date",
                 "posting_description"})  # fmt: skip
# What was agreed stays, whatever the terms say by now.
AGREED = ("payment_discount_percent", "vat_base_discount_percent")
BY_AMOUNT = SalesDocument.InvoiceDiscountCalculation.AMOUNT


def carry_head(
    source: SalesDocument, type: str, *, by, at: datetime, on: date, values: SalesValues, **given
) -> SalesDocument:
    """A new document of a type with the head of another one, to the same customers; saved, without lines.

    on     the work date: posting date where the source has none, and order date likewise
    values set-up, with the currency of the source
    given  what the new document has of its own, as `draft` takes it: quote_no
    """
    document = draft(type, source.customer, by=by, at=at, on=on, ship_to_code="", values=values, **given)
    for name in PAPER + HEAD:
        if name not in OWN:
            setattr(document, name, getattr(source, name))
    document.order_date = source.order_date or document.order_date
    document.posting_date = source.posting_date or document.posting_date
    document.document_date = source.document_date or document.document_date
    dated = {"posting_date", "document_date", "payment_terms_code", "currency_code"}
    agreed = AGREED if source.document_date else ()  # without a day there is no discount yet
    for name in agreed:
        setattr(document, name, getattr(source, name))
    follow(document, dated, typed=agreed, setup=values.sales, ledger=values.posting.gl, on=on)
    document.save()
    return document


def carried_lines(
    chosen: Sequence[Chosen], document: SalesDocument, values: SalesValues, *, linked: bool = False
) -> list[SalesLine]:
    """The chosen lines on another document, unsaved: same prices, same discounts, same line numbers.

    linked  they are called off from a blanket order, and remember it
    """
    rules = values.line_rules(document)
    return [
        copied_line(line, document, line.line_no, rules, quantity=quantity, **_link(line, linked))
        for line, quantity in chosen
    ]


def parents_of(chosen: Sequence[Chosen]) -> dict[int, int]:
    """By number of a text that hangs on a line: the number of that line."""
    line_nos = {line.pk: line.line_no for line, _quantity in chosen}
    return {
        line.line_no: line_nos[line.attached_to_line_id]
        for line, _quantity in chosen
        if line.attached_to_line_id in line_nos
    }


def carry_charges(chosen: Sequence[Chosen], lines: Mapping[int, SalesLine]) -> None:
    """Assign charges of the new document as those of the old one were: of lines that went along whole."""
    whole = {row.line.pk: lines[row.line.line_no] for row in chosen if row.is_whole}
    went = {row.line.pk: lines[row.line.line_no] for row in chosen}
    copies = []
    for row in ChargeAssignment.objects.filter(line__in=whole).order_by("id"):
        if row.target_line_id is None or row.target_line_id in went:
            row.pk, row._state.adding = None, True
            row.line, row.target_line = whole[row.line_id], went.get(row.target_line_id)
            copies.append(row)
    ChargeAssignment.objects.bulk_create(copies)


def carry_comments(source: SalesDocument, target: SalesDocument, line_nos: Collection[int]) -> None:
    """Copy the remarks on the whole document, and on lines of these numbers."""
    rows = SalesComment.objects.filter(kind=source.type, number=source.number, line_no__in={0, *line_nos})
    copies = list(rows.order_by("id"))
    for row in copies:
        row.pk, row._state.adding = None, True
        row.kind, row.number = target.type, target.number
    SalesComment.objects.bulk_create(copies)


def forget_comments(document: SalesDocument) -> None:
    """A document that goes takes its remarks along."""
    SalesComment.objects.filter(kind=document.type, number=document.number).delete()


def sum_invoice_discount(document: SalesDocument, lines: Sequence[SalesLine]) -> None:
    """A discount typed as an amount is what its lines got of it, once they are only a part. Nothing is saved."""
    if document.invoice_discount_calculation == BY_AMOUNT:
        document.invoice_discount_value = sum(line.inv_discount_amount for line in lines)


def _link(line: SalesLine, linked: bool) -> dict[str, object]:
    if not linked:
        return {}
    return {"blanket_order_no": line.document.number, "blanket_order_line_no": line.line_no}
