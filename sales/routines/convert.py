"""From an offer to business: a quote becomes an order or an invoice."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.checks import check_not_blocked
from erp.kernel import outbox
from erp.kernel.errors import Problem, raise_problems
from inventory.models import ItemVariant
from sales.models import SalesDocument, SalesLine
from sales.models.base import Paper, PaperLine
from sales.plans import line as edit
from sales.plans.new_line import check_item, check_variant
from sales.routines.draft import draft
from sales.routines.follow import follow
from sales.routines.lock import lock, refuse_locked
from sales.routines.total import total
from sales.values import SalesValues

PAPER = tuple(field.attname for field in Paper._meta.get_fields())
LINE = (
    *(field.attname for field in PaperLine._meta.get_fields()),
    "item_id",
    "gl_account_id",
    "inventory_posting_group",
    "allow_line_discount",
    "allow_invoice_discount",
    "requested_delivery_date",
    "promised_delivery_date",
    "price_explanation",
    "recalculate_invoice_discount",
    "system_created",
)
HEAD = ("price_group_code", "discount_group_code", "invoice_discount_code", "invoice_discount_calculation",
        "invoice_discount_value", "allow_line_discount", "requested_delivery_date", "promised_delivery_date",
        "shipping_advice", "bill_to_customer_id")  # fmt: skip
# What the new document has of its own.
OWN = frozenset({"posting_date", "document_date", "vat_date", "due_date", "payment_discount_date",
                 "payment_discount_percent", "posting_description"})  # fmt: skip


def make_order(quote: SalesDocument, *, by, at: datetime, on: date) -> SalesDocument:
    """Turn a quote into an order: same prices, same discounts, same order date. The quote is gone."""
    return _convert(quote, SalesDocument.Type.ORDER, by=by, at=at, on=on)


def make_invoice(quote: SalesDocument, *, by, at: datetime, on: date) -> SalesDocument:
    """Turn a quote into an invoice that ships and bills at once. The quote is gone."""
    return _convert(quote, SalesDocument.Type.INVOICE, by=by, at=at, on=on)


@transaction.atomic
def _convert(quote: SalesDocument, target: str, *, by, at: datetime, on: date) -> SalesDocument:
    quote = lock(quote.pk)
    raise_problems(quote, _check_is_quote(quote))
    refuse_locked(quote)
    lines = list(quote.lines.select_related("item").order_by("line_no"))
    problems = check_not_blocked(
        quote.customer, quote.bill_to_customer, document_type=target, action="create"
    )
    raise_problems(quote, problems + _check_items(lines))

    document = draft(target, quote.customer, by=by, at=at, on=on, quote_no=quote.number, ship_to_code="")
    for name in PAPER + HEAD:
        if name not in OWN:
            setattr(document, name, getattr(quote, name))
    values = SalesValues.load(document.currency_code)
    if not values.sales.link_document_date_to_posting_date:
        document.document_date = quote.document_date
    dated = {"document_date", "payment_terms_code", "currency_code"}
    follow(document, dated, typed=(), setup=values.sales, ledger=values.posting.gl, on=on)
    document.save()
    rules = values.line_rules(document)
    copies = []
    for line in lines:
        copy = SalesLine(document=document, **{name: getattr(line, name) for name in LINE})
        edit.reset_quantities(copy, rules)
        copies.append(copy)
    SalesLine.objects.bulk_create(copies)
    total(document, values=values, at=at)
    outbox.put("sales.quote.converted", key=quote.number, type=target, number=document.number)
    quote.delete()
    return document


def _check_is_quote(document: SalesDocument) -> list[Problem]:
    if document.type == SalesDocument.Type.QUOTE:
        return []
    message = _("{document} is no quote: only a quote becomes an order or an invoice.")
    return [Problem("E-QUO-TYPE", message.format(document=document), field="type")]


def _check_items(lines: Sequence[SalesLine]) -> list[Problem]:
    """Items and variants that were blocked since they were quoted."""
    named = {line.item_id for line in lines if line.item_id and line.variant_code}
    variants = {(row.item_id, row.code): row for row in ItemVariant.objects.filter(item_id__in=named)}
    problems = []
    for line in lines:
        if line.item_id:
            problems += check_item(line.item, credit=False, line_no=line.line_no)
            variant = variants.get((line.item_id, line.variant_code))
            problems += check_variant(line.item, variant, credit=False, line_no=line.line_no)
    return problems
