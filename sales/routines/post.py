"""Posting sales documents: ship, invoice, or both; receive and credit likewise.

Everything is decided first, as plain values, under locks taken in one order (`decide.py`); then it is written, top to
bottom, with a constant number of statements. The preview is the same plan, shown and not written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connections, router, transaction

from erp.kernel import outbox
from erp.kernel.access import needs
from erp.kernel.bulk import take_keys, update_rows
from erp.kernel.errors import raise_problems
from erp.kernel.numbering import next_number
from erp.kernel.outbox import Message
from erp.kernel.prepared import Statement
from erp.kernel.together import together, write
from inventory.ledger import ChargeSection, ItemSection, Paper, ResourceSection
from posting import journal, registers
from posting.values import Facts
from receivables.ledger import BankMovement, BankSection, CustomerSection
from sales.arithmetic.values import ZERO
from sales.models import ChargeAssignment, SalesDocument, SalesLine
from sales.models.base import LineType
from sales.plans.correction import Mirror
from sales.plans.goods import MONEY
from sales.plans.posted_series import goods_series, keeps_number, money_series
from sales.plans.posting import (
    SOURCE_CODE,
    PostingPlan,
    cash_facts,
    money_facts,
    numbered,
    papers,
    writes_goods_paper,
)
from sales.rights import to_post
from sales.routines.archive_posting import archive_posting
from sales.routines.comments import copy_comments
from sales.routines.decide import decide
from sales.routines.load import Work
from sales.routines.papers import goods_head, money_head, write_goods_paper, write_money_paper
from sales.routines.sources import write_sources
from sales.values import SalesValues

# What a document that is done takes along.
FORGOTTEN = Statement("UPDATE sales_postingjob SET document_id = NULL WHERE document_id = %s")
REMARKS_GONE = Statement("DELETE FROM sales_salescomment WHERE kind = %s AND number = %s")
LINES_GONE = Statement("DELETE FROM sales_salesline WHERE document_id = %s")
GONE = Statement("DELETE FROM sales_salesdocument WHERE id = %s")


class LineState(NamedTuple):
    """What posting changes on a line."""

    id: int
    quantity_shipped: Decimal
    quantity_invoiced: Decimal
    inv_discount_invoiced: Decimal
    qty_to_ship: Decimal
    qty_to_invoice: Decimal


@dataclass(frozen=True)
class Posted:
    """What a posting left behind.

    shipment  posted shipment, or return receipt; None when no goods moved
    invoice   posted invoice, or credit memo; None when nothing was invoiced
    document  the working document; None when it is done and gone
    """

    shipment: object | None
    invoice: object | None
    document: SalesDocument | None
    register_no: int


@needs(to_post)
@transaction.atomic
def post(
    document: SalesDocument,
    *,
    by,
    at: datetime,
    ship: bool = False,
    invoice: bool = False,
    posting_date: date | None = None,
    confirmed_date: bool | None = None,
    values: SalesValues | None = None,
    from_queue: bool = False,
    held: bool = False,
    mirror: Mirror | None = None,
) -> Posted:
    """Post what the lines say is to be shipped and invoiced.

    ship, invoice  return orders read `ship` as receive; invoices and credit memos always do both
    posting_date   None posts on the document's own date; another one brings document date, terms and rate along
    confirmed_date where the set-up checks the posting date: True posts on another day than that of `at`, None asks
                   (Q-POST-DATEWORK), False refuses (E-POST-DATEWORK)
    values         set-up read before, for many postings in a row
    from_queue     it is the job queue that posts; everybody else is told that a document waits there (E-QUEUED)
    held           the caller has the document as `lock` gave it, in this transaction
    mirror         the posted paper that this document takes back, see `sales.plans.correction`
    raises         ProblemsFound with everything that is wrong; nothing is written then and no number is drawn

    Source: Business Central, posting of sales documents. Undo with a credit memo; posted papers never change.
    """
    plan, work = decide(
        document,
        ship=ship,
        invoice=invoice,
        by=by,
        at=at,
        posting_date=posting_date,
        confirmed_date=confirmed_date,
        values=values,
        from_queue=from_queue,
        held=held,
        mirror=mirror,
    )
    raise_problems(document, plan.problems)
    return _write(plan, work, by=by, at=at)


def ship(order: SalesDocument, *, by, at: datetime, **given) -> Posted:
    """Post the quantities to ship of an order; nobody owes anything yet."""
    return post(order, ship=True, by=by, at=at, **given)


def invoice(order: SalesDocument, *, by, at: datetime, **given) -> Posted:
    """Post an invoice for what was shipped and not yet invoiced."""
    return post(order, invoice=True, by=by, at=at, **given)


def ship_and_invoice(order: SalesDocument, *, by, at: datetime, **given) -> Posted:
    """Post goods and money at once."""
    return post(order, ship=True, invoice=True, by=by, at=at, **given)


def preview(
    document: SalesDocument,
    *,
    by,
    at: datetime,
    ship: bool = True,
    invoice: bool = True,
    posting_date: date | None = None,
) -> PostingPlan:
    """The plan of a posting with its problems, and not a trace of it: no row, no number."""
    with transaction.atomic():
        plan, _work = decide(
            document,
            ship=ship,
            invoice=invoice,
            by=by,
            at=at,
            posting_date=posting_date,
            confirmed_date=True,
            values=None,
            from_queue=True,
        )
        transaction.set_rollback(True)
    return plan


@together()
def _write(plan: PostingPlan, work: Work, *, by, at: datetime) -> Posted:
    document, values = plan.document, work.values
    username = by.get_username() if by else ""
    archive_posting(plan, values, by=by, at=at)
    goods_no, money_no = _draw_numbers(plan, values)
    gl = journal.GLSection(numbered(plan, goods_no, money_no), setup=values.posting)
    sections: list[registers.Section] = [gl]
    customers = items = None
    if plan.entries:
        facts = [money_facts(document), cash_facts(document)]
        entry_facts = [fact._replace(document_no=money_no) for fact in facts]
        customers = CustomerSection(zip(plan.entries, entry_facts, strict=False), gl, by=username)
        sections.append(customers)
    if plan.cash_line is not None and work.cash.bank_account_id:
        sections.append(_bank_section(plan, work, gl, entry_facts[1]))
    if plan.items is not None:
        items = ItemSection(plan.items, papers(plan, goods_no, money_no))
        sections.append(items)
    sections += _services(plan, papers(plan, goods_no, money_no), items)
    register_no = registers.write(sections, source_code=SOURCE_CODE, by=username, at=at)

    written = {"register_no": register_no, "by": username, "at": at}
    keys = _draw_keys(plan, goods_no)
    shipment = invoice = None
    messages: list[Message] = []
    if goods_no:
        entry_nos = _entry_nos(plan, items)
        shipment = write_goods_paper(
            plan, key=next(keys), number=goods_no, item_entry_nos=entry_nos, **written
        )
        topic = f"sales.{'return_receipt' if document.traits.receives else 'shipment'}.posted"
        messages.append(Message(topic, goods_no))
    if plan.invoice is not None:
        invoice = write_money_paper(
            plan,
            key=next(keys),
            number=money_no,
            goods_no=goods_no,
            customer_entry_no=customers.entry_no(plan.entries[0]),
            **written,
        )
        topic = f"sales.{'credit_memo' if document.traits.receives else 'invoice'}.posted"
        messages.append(Message(topic, money_no, {"document": document.number}))
    outbox.tell(*messages)
    write_sources(plan.sources.states)
    update_rows(ChargeAssignment, plan.charges.states, key="id")
    copy_comments(document, setup=values.sales, goods_no=goods_no, money_no=money_no)
    left = _update_document(plan, values, goods_no=goods_no, money_no=money_no, at=at)
    return Posted(shipment, invoice, left, register_no)


def _services(
    plan: PostingPlan, numbered_papers: Mapping[str, Paper], items: ItemSection | None
) -> list[registers.Section]:
    """Time of resources, and charges on goods."""
    sections: list[registers.Section] = []
    if plan.resources:
        sections.append(ResourceSection(plan.resources, numbered_papers[MONEY]))
    if plan.charges.revenues:
        sections.append(ChargeSection(plan.charges.revenues, numbered_papers, plan.charges.charged, items))
    return sections


def _bank_section(plan: PostingPlan, work: Work, gl: journal.GLSection, facts: Facts) -> BankSection:
    payment = plan.entries[1].entry
    movement = BankMovement(
        bank_account_id=work.cash.bank_account_id,
        amount=-payment.amount,
        amount_lcy=-payment.amount_lcy,
        line=plan.cash_line,
        facts=facts,
        currency_code=payment.currency_code,
    )
    return BankSection([movement], gl)


def _draw_numbers(plan: PostingPlan, values: SalesValues) -> tuple[str, str]:
    """Posted numbers, drawn last and in one order: goods, then money."""
    document, setup = plan.document, values.sales
    goods_no = money_no = ""
    if writes_goods_paper(plan, values):
        goods_no = next_number(goods_series(document, setup), on=document.posting_date)
    if plan.invoice is not None and keeps_number(document, setup):
        money_no = document.number
    elif plan.invoice is not None:
        money_no = next_number(money_series(document, setup), on=document.posting_date)
    return goods_no, money_no


def _draw_keys(plan: PostingPlan, goods_no: str) -> Iterator[int]:
    """Keys of the posted papers, goods before money, so that heads and lines are written together."""
    heads = [goods_head(plan.document)] if goods_no else []
    heads += [money_head(plan.document)] if plan.invoice is not None else []
    return iter(take_keys(*heads) if heads else ())


def _entry_nos(plan: PostingPlan, items: ItemSection | None) -> dict[int, int]:
    """Item entry per line; of a line that moved in two entries, the later one: it is not invoiced yet."""
    if items is None:
        return {}
    return dict(zip(plan.goods.movement_lines, items.entry_nos, strict=True))


def _update_document(
    plan: PostingPlan, values: SalesValues, *, goods_no: str, money_no: str, at: datetime
) -> SalesDocument | None:
    """Move the lines on; a document of which everything is invoiced is done and goes."""
    document = plan.document
    figures = {row.part.line.line_no: row.figures for row in plan.invoice.lines} if plan.invoice else {}
    rules = values.line_rules(document)
    rows = []
    done = True
    for part in plan.parts:
        line = part.line
        line.quantity_shipped += part.ship
        line.quantity_invoiced += part.invoice
        if line.line_no in figures:
            line.inv_discount_invoiced += figures[line.line_no].inv_discount_amount
        line.qty_to_ship = line.outstanding_quantity if rules.ships_by_default else ZERO
        line.qty_to_invoice = line.max_qty_to_invoice
        done = done and line.quantity_invoiced == line.quantity
        rows.append(
            LineState(
                line.pk,
                line.quantity_shipped,
                line.quantity_invoiced,
                line.inv_discount_invoiced,
                line.qty_to_ship,
                line.qty_to_invoice,
            )
        )
    if done:
        if any(part.line.type == LineType.CHARGE for part in plan.parts):
            ChargeAssignment.objects.filter(line__document=document).delete()
        connection = connections[router.db_for_write(SalesDocument)]
        write(connection, FORGOTTEN, [document.pk])
        write(connection, REMARKS_GONE, [document.type, document.number])
        write(connection, LINES_GONE, [document.pk])
        write(connection, GONE, [document.pk])
        return None
    update_rows(SalesLine, rows, key="id")
    document.last_shipping_no = goods_no or document.last_shipping_no
    document.last_posting_no = money_no or document.last_posting_no
    document.modified_at = at
    document.save(
        update_fields=[
            "last_shipping_no",
            "last_posting_no",
            "posting_date",
            "document_date",
            "vat_date",
            "due_date",
            "payment_discount_date",
            "payment_discount_percent",
            "vat_base_discount_percent",
            "currency_factor",
            "modified_at",
        ]
    )
    return document
