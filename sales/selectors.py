"""Questions across sales tables. Amounts in local currency, VAT included, unless a name says otherwise."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, Max, Q, Sum, When
from django.db.models.functions import Round

from erp.kernel.compiled import Compiled, Given
from erp.kernel.fields import QuantityField
from inventory.demand import Wanted
from sales.models import (
    ArchivedDocument,
    CancelledDocument,
    PostingJob,
    ReturnReason,
    ReturnReceipt,
    SalesComment,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesLine,
    SalesShipment,
    UserSalesSetup,
)
from sales.traits import TRAITS

Type = SalesDocument.Type


def outstanding_orders(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what is ordered and has not left."""
    return _worth(customer_ids, Type.ORDER, F("quantity") - F("quantity_shipped"))


def shipped_not_invoiced(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what has left on orders and is not invoiced."""
    return _worth(customer_ids, Type.ORDER, F("quantity_shipped") - F("quantity_invoiced"))


def outstanding_invoices(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: invoices that are written and not posted."""
    return _worth(customer_ids, Type.INVOICE, F("quantity") - F("quantity_shipped"))


def returned_not_credited(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what has come back on return orders and is not credited."""
    return _worth(customer_ids, Type.RETURN_ORDER, F("quantity_shipped") - F("quantity_invoiced"))


def outstanding_returns(customer_ids: Collection[int], on: date) -> dict[int, Decimal]:
    """By bill-to customer: what is announced on return orders and has not come back."""
    return _worth(customer_ids, Type.RETURN_ORDER, F("quantity") - F("quantity_shipped"))


def open_lines(item_ids: Collection[int]) -> list[Wanted]:
    """What orders still want of some items, and what return orders will bring; base units, one query."""
    rows = SalesLine.objects.filter(
        item_id__in=item_ids, document__type__in=[Type.ORDER, Type.RETURN_ORDER]
    ).exclude(outstanding_base=0)
    columns = (
        "document__type",
        "item_id",
        "variant_code",
        "location_code",
        "outstanding_base",
        "shipment_date",
    )
    return [
        Wanted(item_id, variant, location, quantity if type == Type.ORDER else -quantity, on)
        for type, item_id, variant, location, quantity, on in rows.order_by("id").values_list(*columns)
    ]


def return_reasons() -> list[tuple[str, str]]:
    """Why goods may come back: codes and what they mean."""
    return list(ReturnReason.objects.values_list("code", "description"))


def use_of(kind: str, key) -> str:
    """The first working document on which an item, one of its units or a location stands, in words; or nothing."""
    wanted = {
        "item": lambda: {"item_id": key},
        "unit": lambda: {"item_id": key[0], "unit_code": key[1]},
        "location": lambda: {"location_code": key},
    }[kind]()
    line = SalesLine.objects.filter(**wanted).select_related("document").order_by("id").first()
    return str(line.document) if line else ""


def papers_of_order(number: str) -> dict[str, list]:
    """Everything posted from an order, by kind, in the order of posting."""
    kinds = {
        "shipments": SalesShipment,
        "invoices": SalesInvoice,
        "return_receipts": ReturnReceipt,
        "credit_memos": SalesCreditMemo,
    }
    return {name: list(model.objects.filter(order_no=number).order_by("id")) for name, model in kinds.items()}


def has_papers(type: str, number: str) -> bool:
    """Whether anything was posted from a document of this type and number, be it gone by now."""
    traits = TRAITS[type]
    models = (ReturnReceipt, SalesCreditMemo) if traits.receives else (SalesShipment, SalesInvoice)
    if traits.at_once:
        return models[1].objects.filter(Q(draft_no=number) | Q(number=number)).exists()
    return any(model.objects.filter(order_no=number).exists() for model in models)


def next_occurrence(type: str, number: str) -> int:
    """The how many-th document of this number a new one is, as far as earlier ones were archived."""
    earlier = ArchivedDocument.objects.filter(type=type, number=number)
    return (earlier.aggregate(last=Max("occurrence"))["last"] or 0) + 1


def comments_of(kind: str, number: str) -> list[SalesComment]:
    """The remarks on a paper, those on the whole of it first, then by line."""
    return list(SalesComment.objects.filter(kind=kind, number=number).order_by("line_no", "id"))


IN_QUEUE = Compiled(
    lambda: PostingJob.objects.pending().filter(document=Given("document")).order_by().values_list("id")
)


def waits_in_queue(document: SalesDocument) -> bool:
    """Whether the job queue is to post a document, or is posting it."""
    return bool(IN_QUEUE.rows(document=document.pk))


def job_states(document_ids: Collection[int]) -> dict[int, PostingJob]:
    """By document: the job that waits, is posting or has failed; what was posted or removed says nothing any more."""
    jobs = PostingJob.objects.filter(document_id__in=document_ids).select_related("run").order_by("id")
    latest = {job.document_id: job for job in jobs}
    told = {PostingJob.Status.WAITING, PostingJob.Status.POSTING, PostingJob.Status.FAILED}
    return {key: job for key, job in latest.items() if job.status in told}


def unposted_of_blanket(number: str) -> dict[int, Decimal]:
    """By line number of a blanket order: base units on documents called off from it that are not posted yet.

    Orders and invoices of their own goods take from it, return orders and credit memos give back. One query.
    """
    rows = SalesLine.objects.filter(blanket_order_no=number, shipment_no="").exclude(outstanding_base=0)
    back = Q(document__type__in=[Type.RETURN_ORDER, Type.CREDIT_MEMO])
    signed = Case(
        When(back, then=-F("outstanding_base")), default=F("outstanding_base"), output_field=QuantityField()
    )
    sums = rows.order_by().values_list("blanket_order_line_no").annotate(total=Sum(signed))
    return dict(sums)


def called_off_lines(number: str) -> set[int]:
    """The lines of a blanket order to which lines of working documents are linked."""
    rows = SalesLine.objects.filter(blanket_order_no=number).order_by()
    return set(rows.values_list("blanket_order_line_no", flat=True).distinct())


def is_called_off(document: SalesDocument) -> bool:
    """Whether lines of other documents were called off from a blanket order."""
    return document.traits.calls_off and bool(called_off_lines(document.number))


def own_setup(user) -> UserSalesSetup | None:
    """What is set up for somebody who writes sales documents; None for the machine itself, and who has nothing."""
    rows = UserSalesSetup.objects.select_related("salesperson", "responsibility_center")
    return rows.filter(user=user).first() if user else None


def cancelled_by(paper: SalesInvoice | SalesCreditMemo) -> str:
    """The number of the paper that took a posted invoice or credit memo back; blank where none did."""
    rows = CancelledDocument.objects.filter(kind=_cancelled_kind(paper), cancelled_no=paper.number)
    return rows.values_list("cancelled_by_no", flat=True).first() or ""


def takes_back(paper: SalesInvoice | SalesCreditMemo) -> str:
    """The number of the invoice that a corrective credit memo took back, or of the credit memo that an invoice did."""
    rows = CancelledDocument.objects.filter(cancelled_by_no=paper.number).exclude(kind=_cancelled_kind(paper))
    return rows.values_list("cancelled_no", flat=True).first() or ""


def order_lines_of(paper: SalesInvoice) -> dict[tuple[str, int], SalesLine]:
    """By order and line number, the order lines that an invoice came from, where they are still there. Two queries."""
    lines = {(line.order_no, line.order_line_no): line for line in paper.lines.exclude(order_no="")}
    orders = {number for number, _line_no in lines}
    if not orders:
        return {}
    rows = SalesLine.objects.filter(document__type=Type.ORDER, document__number__in=orders)
    found = {}
    for row in rows.select_related("document"):
        line = lines.get((row.document.number, row.line_no))
        if line is not None and line.quantity and (line.type, line.number) == (row.type, row.number):
            found[row.document.number, row.line_no] = row
    return found


def _cancelled_kind(paper: SalesInvoice | SalesCreditMemo) -> str:
    kinds = CancelledDocument.Kind
    return kinds.INVOICE if isinstance(paper, SalesInvoice) else kinds.CREDIT_MEMO


def made_of_quote(number: str) -> dict[str, list]:
    """What a quote became: working documents, and invoices posted from them, in the order of their making."""
    return {
        "documents": list(SalesDocument.objects.filter(quote_no=number).order_by("id")),
        "invoices": list(SalesInvoice.objects.filter(quote_no=number).order_by("id")),
    }


def papers_of_register(paper) -> dict[str, list]:
    """The papers posted in one run with a paper: an invoice that shipped at once, and its shipment."""
    kinds = {
        "shipments": SalesShipment,
        "invoices": SalesInvoice,
        "return_receipts": ReturnReceipt,
        "credit_memos": SalesCreditMemo,
    }
    that_day = {
        "customer_id": paper.customer_id,
        "posting_date": paper.posting_date,
        "register_no": paper.register_no,
    }
    return {name: list(model.objects.filter(**that_day).order_by("id")) for name, model in kinds.items()}


def unfinished_document(customer_id: int) -> SalesDocument | None:
    """The first document on which the customer, ordering or paying, still has something outstanding."""
    theirs = Q(customer_id=customer_id) | Q(bill_to_customer_id=customer_id)
    return SalesDocument.objects.filter(theirs).order_by("type", "number").first()


def _worth(customer_ids: Collection[int], type: str, quantity) -> dict[int, Decimal]:
    lines = SalesLine.objects.filter(
        document__type=type, document__bill_to_customer_id__in=customer_ids
    ).exclude(quantity=0)
    share = Round(F("amount_including_vat") * quantity / F("quantity"), precision=2)
    worth = Round(share / F("document__currency_factor"), precision=2)
    rows = lines.order_by().values_list("document__bill_to_customer_id").annotate(worth=Sum(worth))
    return {customer_id: amount for customer_id, amount in rows if amount}
