"""Writing posted papers: the head by one INSERT, its lines by another, whatever their number."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from django.db import models
from django.utils.translation import gettext as _

from erp.kernel.bulk import insert_rows
from sales.arithmetic.values import ONE, ZERO
from sales.models import (
    ReturnReceipt,
    ReturnReceiptLine,
    SalesCreditMemo,
    SalesCreditMemoLine,
    SalesDocument,
    SalesInvoice,
    SalesInvoiceLine,
    SalesShipment,
    SalesShipmentLine,
)
from sales.models.base import LineType, Paper, PaperLine
from sales.plans.invoice_values import InvoicePlan
from sales.plans.parts import Part

HEAD = tuple(field.attname for field in Paper._meta.get_fields())
COPIED = (*(field.attname for field in PaperLine._meta.get_fields()), "item_id", "gl_account_id",
          "resource_id", "item_charge_id")  # fmt: skip
_copied = attrgetter(*COPIED)
NO_MONEY = {"line_discount_amount": ZERO, "line_amount": ZERO, "inv_discount_amount": ZERO, "amount": ZERO,
            "vat_base_amount": ZERO, "amount_including_vat": ZERO, "vat_difference": ZERO}  # fmt: skip
STEP = 10000


def _row_type(model: type[models.Model]) -> type[tuple]:
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname != "undoes_line_no"
    ]
    return namedtuple(f"{model.__name__}Row", names)


ROWS = {
    model: _row_type(model)
    for model in (SalesShipmentLine, ReturnReceiptLine, SalesInvoiceLine, SalesCreditMemoLine)
}


def write_goods_paper(
    document: SalesDocument,
    parts: Sequence[Part],
    *,
    number: str,
    item_entry_nos: Mapping[int, int],
    register_no: int,
    by: str,
    at: datetime,
) -> SalesShipment | ReturnReceipt:
    """Write the posted shipment (or return receipt). Lines that did not move are on it with quantity zero.

    item_entry_nos  by line number: the item ledger entry that is not invoiced yet, else the one that is
    """
    receives = document.traits.receives
    head, line_model = (ReturnReceipt, ReturnReceiptLine) if receives else (SalesShipment, SalesShipmentLine)
    paper = head(**_head_values(document, number, register_no, by, at))
    paper.save(force_insert=True)
    order_no = document.number if document.traits.in_steps else ""
    row = ROWS[line_model]
    rows = []
    for part in parts:
        line = part.line
        values = dict(zip(COPIED, _copied(line), strict=True)) | NO_MONEY
        values["quantity"] = part.ship
        values["quantity_base"] = part.base(part.ship, after=line.quantity_shipped) if part.ship else ZERO
        rows.append(
            row(
                **values,
                document_id=paper.pk,
                order_no=order_no,
                order_line_no=line.line_no if order_no else 0,
                item_entry_no=item_entry_nos.get(line.line_no),
            )
        )
    insert_rows(line_model, rows)
    return paper


def write_money_paper(
    document: SalesDocument,
    parts: Sequence[Part],
    plan: InvoicePlan,
    *,
    number: str,
    goods_no: str,
    customer_entry_no: int,
    register_no: int,
    by: str,
    at: datetime,
) -> SalesInvoice | SalesCreditMemo:
    """Write the posted invoice (or credit memo), with the rounding line that the working document does not have.

    goods_no  number of the shipment or receipt posted with it; blank without one
    """
    receives = document.traits.receives
    head = SalesCreditMemo if receives else SalesInvoice
    line_model = SalesCreditMemoLine if receives else SalesInvoiceLine
    facts = _head_values(document, number, register_no, by, at)
    facts |= {
        "draft_no": "" if document.traits.in_steps else document.number,
        "customer_entry_no": customer_entry_no,
        "amount": plan.amount,
        "amount_including_vat": plan.amount_including_vat,
        "inv_discount_amount": plan.inv_discount_amount,
    }
    if not receives:
        facts["quote_no"] = document.quote_no
    paper = head(**facts)
    paper.save(force_insert=True)

    invoiced = {row.part.line.line_no: row for row in plan.lines}
    order_no = document.number if document.traits.in_steps else ""
    row = ROWS[line_model]
    rows = []
    for part in parts:
        line = part.line
        values = dict(zip(COPIED, _copied(line), strict=True)) | NO_MONEY
        values["quantity"] = part.invoice
        values["quantity_base"] = part.invoice_base if part.invoice else ZERO
        found = invoiced.get(line.line_no)
        if found is not None:
            values |= {
                "line_discount_amount": found.figures.line_discount_amount,
                "line_amount": found.figures.line_amount,
                "inv_discount_amount": found.figures.inv_discount_amount,
                "amount": found.vat.amount,
                "vat_base_amount": found.vat.vat_base,
                "amount_including_vat": found.vat.amount_including_vat,
                "vat_difference": found.vat.vat_difference,
            }
        delivered_on, its_line = _delivered_on(part, goods_no)
        names = (
            ("return_receipt_no", "return_receipt_line_no")
            if receives
            else ("shipment_no", "shipment_line_no")
        )
        rows.append(
            row(
                **values,
                **dict(zip(names, (delivered_on, its_line), strict=True)),
                document_id=paper.pk,
                order_no=order_no or line.order_no,
                order_line_no=line.line_no if order_no else line.order_line_no,
            )
        )
    if plan.rounding is not None:
        last = max(part.line.line_no for part in parts)
        rows.append(_rounding_row(row, paper, document, plan, receives, line_no=last + STEP))
    insert_rows(line_model, rows)
    return paper


def _head_values(document: SalesDocument, number: str, register_no: int, by: str, at: datetime) -> dict:
    return {name: getattr(document, name) for name in HEAD} | {
        "number": number,
        "customer_id": document.customer_id,
        "bill_to_customer_id": document.bill_to_customer_id,
        "order_no": document.number if document.traits.in_steps else "",
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


def _rounding_row(row, paper, document: SalesDocument, plan: InvoicePlan, receives: bool, *, line_no: int):
    account, vat, line = plan.rounding_account, plan.rounding_vat, plan.rounding
    model = SalesCreditMemoLine if receives else SalesInvoiceLine
    empty = {name: model._meta.get_field(name).get_default() for name in row._fields}
    return row(
        **empty
        | {
            "document_id": paper.pk,
            "line_no": line_no,
            "type": LineType.GL_ACCOUNT,
            "number": account.number,
            "gl_account_id": account.id,
            "description": _("Invoice Rounding"),
            "quantity": ONE,
            "quantity_base": ONE,
            "unit_price": line.unit_price,
            "line_amount": line.unit_price,
            "amount": line.amount,
            "vat_base_amount": line.amount,
            "amount_including_vat": line.amount_including_vat,
            "vat_percent": vat.percent,
            "vat_identifier": vat.identifier,
            "vat_calculation_type": vat.calculation_type,
            "vat_clause_code": vat.clause,
            "gen_bus_posting_group": document.gen_bus_posting_group,
            "gen_prod_posting_group": account.gen_prod,
            "vat_bus_posting_group": document.vat_bus_posting_group,
            "vat_prod_posting_group": account.vat_prod,
        }
    )
