"""The head of a copy, with what has to be looked up for it: cards of the customers, addresses, what is open."""

from datetime import date, datetime

from customers.models import PaymentTerms
from inventory.models import Location
from receivables.selectors import entries_named
from sales import defaults
from sales.models import SalesComment, SalesDocument
from sales.plans.copying import CopySource
from sales.plans.copying_head import WORKING, take_head
from sales.routines.follow import follow
from sales.values import SalesValues

# The papers that somebody owes for, by what the customer ledger calls them.
OWED = {
    SalesComment.Kind.POSTED_INVOICE: "invoice",
    SalesComment.Kind.POSTED_CREDIT_MEMO: "credit_memo",
}


def copy_head(
    document: SalesDocument, source: CopySource, *, values: SalesValues, at: datetime, on: date
) -> None:
    """Put the head of a source on a document that the caller holds, and save it.

    values  set-up, with the currency of the source

    From a sale to a credit, or back, terms and addresses are those of the new direction, and what is still open of a
    posted invoice (or credit memo) is what the document applies to.
    """
    take_head(document, source, _of_cards(source) if source.is_posted else {}, on=on)
    changed = {"payment_discount_percent"}
    if source.is_posted:
        changed |= {"shipping_agent_code", "location_code"}
    if document.traits.receives != source.receives:
        _turn_round(document, source)
        changed.add("payment_terms_code")
    follow(document, changed, typed=(), setup=values.sales, ledger=values.posting.gl, on=on)
    if document.posting_date != source.head.posting_date and document.posting_date is not None:
        by_posting = values.posting.gl.default_vat_date == values.posting.gl.VATDate.POSTING_DATE
        document.vat_date = document.posting_date if by_posting else document.document_date
    document.modified_at = at
    document.save()


def _of_cards(source: CopySource) -> dict[str, object]:
    """What a posted paper does not keep, as its customers' cards say it today."""
    sell_to, bill_to = source.head.customer, source.head.bill_to_customer
    said = defaults.sell_to_values(sell_to)
    said |= defaults.bill_to_values(bill_to, sell_to=sell_to, vat_from_bill_to=False)
    empty = SalesDocument()
    return {name: said.get(name, getattr(empty, name)) for name in WORKING}


def _turn_round(document: SalesDocument, source: CopySource) -> None:
    """Goods go the other way, and so does the money."""
    customer = document.customer
    if document.traits.receives:
        place = Location.objects.filter(code=document.location_code).first()
        facts = defaults.ship_to_us_values(place)
        terms = PaymentTerms.objects.filter(
            code=document.payment_terms_code, calc_pmt_disc_on_credit_memos=True
        )
        if not terms.exists():
            facts["payment_method_code"] = ""
    else:
        facts = defaults.ship_to_values(customer, None)
        method = document.bill_to_customer.payment_method
        facts["payment_method_code"] = method.code if method else ""
    for name, value in facts.items():
        setattr(document, name, value)
    owed = OWED.get(source.kind)
    if owed and _is_open(owed, source.head.number, document.bill_to_customer_id):
        document.applies_to_document_type, document.applies_to_document_no = owed, source.head.number


def _is_open(type: str, number: str, customer_id: int) -> bool:
    return any(entry.is_open for entry in entries_named(number, document_type=type, customer_id=customer_id))
