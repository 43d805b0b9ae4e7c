"""Writing posted papers: the head by one INSERT, its lines by another, whatever their number."""

from collections import namedtuple
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from erp.kernel.bulk import copy_rows, insert_one
from sales.arithmetic.values import ONE, ZERO
from sales.models import (
    ReturnReceipt,
    ReturnReceiptLine,
    SalesCreditMemo,
    SalesCreditMemoLine,
    SalesDocument,
    SalesInvoice,
    SalesInvoiceLine,
    SalesLine,
    SalesShipment,
    SalesShipmentLine,
)
from sales.models.base import LineType, Paper, PaperLine, PostedLine, PostedMoney
from sales.plans.invoice_values import InvoicedLine, InvoicePlan
from sales.plans.parts import Part
from sales.plans.posting import PostingPlan

HEAD = tuple(field.attname for field in Paper._meta.get_fields())
NO_MONEY = {"line_discount_amount": ZERO, "line_amount": ZERO, "inv_discount_amount": ZERO, "amount": ZERO,
            "vat_base_amount": ZERO, "amount_including_vat": ZERO, "vat_difference": ZERO}  # fmt: skip
# Of the columns of a line those that a posting decides; the others are as on the working line.
DECIDED = {"quantity", "quantity_base", "posting_explanation", *NO_MONEY}
COPIED = tuple(
    name
    for name in (
        *(field.attname for field in PaperLine._meta.get_fields()),
        "item_id",
        "gl_account_id",
        "resource_id",
        "item_charge_id",
    )
    if name not in DECIDED
)
STEP = 10000


class GoodsLine(NamedTuple):
    """What a posted shipment's line says that the working line does not."""

    id: int
    quantity: Decimal
    quantity_base: Decimal
    order_line_no: int
    item_entry_no: int | None
    posting_explanation: dict | None


class InvoiceLine(NamedTuple):
    """The same of a posted invoice's, with the shipment that its goods left on."""

    id: int
    quantity: Decimal
    quantity_base: Decimal
    order_no: str
    order_line_no: int
    shipment_no: str
    shipment_line_no: int
    line_discount_amount: Decimal
    line_amount: Decimal
    inv_discount_amount: Decimal
    amount: Decimal
    vat_base_amount: Decimal
    amount_including_vat: Decimal
    vat_difference: Decimal
    posting_explanation: dict | None


CreditMemoLine = namedtuple(
    "CreditMemoLine",
    [name.replace("shipment", "return_receipt") for name in InvoiceLine._fields],
)


def goods_head(document: SalesDocument) -> type[Paper]:
    """What says that goods of a document moved."""
    return ReturnReceipt if document.traits.receives else SalesShipment


def money_head(document: SalesDocument) -> type[PostedMoney]:
    """What says what is owed for a document."""
    return SalesCreditMemo if document.traits.receives else SalesInvoice


def write_goods_paper(
    plan: PostingPlan,
    *,
    key: int,
    number: str,
    item_entry_nos: Mapping[int, int],
    register_no: int,
    by: str,
    at: datetime,
) -> SalesShipment | ReturnReceipt:
    """Write the posted shipment (or return receipt). Lines that did not move are on it with quantity zero.

    key             taken for its head with `take_keys`, as that of the posted invoice
    item_entry_nos  by line number: the item ledger entry that is not invoiced yet, else the one that is
    """
    document = plan.document
    in_steps = document.traits.in_steps
    line_model = ReturnReceiptLine if document.traits.receives else SalesShipmentLine
    paper = goods_head(document)(pk=key, **_head_values(document, number, register_no, by, at))
    insert_one(paper)
    rows = [
        GoodsLine(
            line.pk,
            part.ship,
            part.base(part.ship, after=line.quantity_shipped) if part.ship else ZERO,
            line.line_no if in_steps else 0,
            item_entry_nos.get(line.line_no),
            plan.explanations.get(line.line_no),
        )
        for part, line in ((part, part.line) for part in plan.parts)
    ]
    fill = {"document_id": paper.pk, "order_no": document.number if in_steps else "", **NO_MONEY}
    _copy_lines(line_model, rows, fill)
    return paper


def write_money_paper(
    plan: PostingPlan,
    *,
    key: int,
    number: str,
    goods_no: str,
    customer_entry_no: int,
    register_no: int,
    by: str,
    at: datetime,
) -> SalesInvoice | SalesCreditMemo:
    """Write the posted invoice (or credit memo), with the rounding line that the working document does not have.

    goods_no  number of the shipment or receipt posted with it; blank without one

    An invoice and a credit memo keep the identifier of their draft, which is gone now: who knew the draft finds what
    was posted. An order may leave several, so each has one of its own.
    """
    document, invoice = plan.document, plan.invoice
    receives, in_steps = document.traits.receives, document.traits.in_steps
    line_model = SalesCreditMemoLine if receives else SalesInvoiceLine
    facts = _head_values(document, number, register_no, by, at)
    facts |= {
        "draft_no": "" if in_steps else document.number,
        "customer_entry_no": customer_entry_no,
        "amount": invoice.amount,
        "amount_including_vat": invoice.amount_including_vat,
        "inv_discount_amount": invoice.inv_discount_amount,
    }
    if document.traits.at_once:
        facts["uuid"] = document.uuid
    if not receives:
        facts["quote_no"] = document.quote_no
    paper = money_head(document)(pk=key, **facts)
    insert_one(paper)
    invoiced = {row.part.line.line_no: row for row in invoice.lines}
    row = CreditMemoLine if receives else InvoiceLine
    rows = []
    for part in plan.parts:
        line = part.line
        rows.append(
            row(
                line.pk,
                part.invoice,
                part.invoice_base if part.invoice else ZERO,
                document.number if in_steps else line.order_no,
                line.line_no if in_steps else line.order_line_no,
                *_delivered_on(part, goods_no),
                *_money_of(invoiced.get(line.line_no)),
                plan.explanations.get(line.line_no),
            )
        )
    _copy_lines(line_model, rows, {"document_id": paper.pk})
    if invoice.rounding is not None:
        last = max(part.line.line_no for part in plan.parts)
        insert_one(_rounding_line(line_model, paper, document, invoice, line_no=last + STEP))
    return paper


def _copy_lines(model: type[models.Model], rows: list, fill: dict[str, object]) -> None:
    """Lines of a paper from those of its document; whatever the plan did not decide never leaves the database."""
    copy_rows(model, rows, source=SalesLine, copied=COPIED, fill=fill, merged=("posting_explanation",))


def _money_of(row: InvoicedLine | None) -> tuple[Decimal, ...]:
    """The amounts of a line, in the order of `NO_MONEY`; zero where nothing of it is invoiced."""
    if row is None:
        return tuple(NO_MONEY.values())
    figures, vat = row.figures, row.vat
    return (
        figures.line_discount_amount,
        figures.line_amount,
        figures.inv_discount_amount,
        vat.amount,
        vat.vat_base,
        vat.amount_including_vat,
        vat.vat_difference,
    )


def _head_values(document: SalesDocument, number: str, register_no: int, by: str, at: datetime) -> dict:
    return {name: getattr(document, name) for name in HEAD} | {
        "number": number,
        "customer_id": document.customer_id,
        "bill_to_customer_id": document.bill_to_customer_id,
        "order_no": document.number if document.traits.in_steps else "",
        "order_uuid": document.uuid if document.traits.in_steps else None,
        "register_no": register_no,
        "created_at": at,
        "created_by": by,
    }


def _delivered_on(part: Part, goods_no: str) -> tuple[str, int]:
    """The one shipment that the goods of an invoice line left on; nothing where there were several."""
    if part.line.is_fetched:
        return part.line.shipment_no, part.line.shipment_line_no
    papers = {(entry.shipment_no, entry.shipment_line_no) for entry in part.earlier}
    if part.invoice_now != part.invoice and not papers:
        return "", 0  # what is no item leaves no entry that tells when it was delivered
    if part.invoice_now and goods_no:
        papers.add((goods_no, part.line.line_no))
    return papers.pop() if len(papers) == 1 else ("", 0)


def _rounding_line(
    model: type[PostedLine], paper: PostedMoney, document: SalesDocument, plan: InvoicePlan, *, line_no: int
) -> PostedLine:
    account, vat, line = plan.rounding_account, plan.rounding_vat, plan.rounding
    return model(
        document_id=paper.pk,
        line_no=line_no,
        type=LineType.GL_ACCOUNT,
        number=account.number,
        gl_account_id=account.id,
        description=_("Invoice Rounding"),
        quantity=ONE,
        quantity_base=ONE,
        unit_price=line.unit_price,
        line_amount=line.unit_price,
        amount=line.amount,
        vat_base_amount=line.amount,
        amount_including_vat=line.amount_including_vat,
        vat_percent=vat.percent,
        vat_identifier=vat.identifier,
        vat_calculation_type=vat.calculation_type,
        vat_clause_code=vat.clause,
        gen_bus_posting_group=document.gen_bus_posting_group,
        gen_prod_posting_group=account.gen_prod,
        vat_bus_posting_group=document.vat_bus_posting_group,
        vat_prod_posting_group=account.vat_prod,
    )
