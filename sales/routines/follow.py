from collections.abc import Collection
from datetime import date

from customers.models import PaymentTerms
from posting.currency import factor_on
from sales import defaults
from sales.arithmetic.vat import vat_base_discount
from sales.models import SalesDocument, SalesSetup


def follow(
    document: SalesDocument,
    changed: Collection[str],
    *,
    typed: Collection[str],
    setup: SalesSetup,
    ledger,
    on: date,
) -> None:
    """Bring along what follows from new dates, payment terms or a new currency on a head; nothing is saved.

    changed  the fields that have new values: posting_date, document_date, payment_terms_code,
             payment_discount_percent, currency_code
    typed    fields that somebody filled in just now: they stay as they are
    ledger   the general ledger set-up
    on       the day whose exchange rate counts where the document has no posting date

    A posting date brings the document date (where the set-up links them), the VAT date and the exchange rate; a
    document date or payment terms bring due date and discount; the discount brings the VAT base discount.
    Source: Business Central, validation of dates and terms on the sales header.
    """
    changed = set(changed)
    linked = setup.link_document_date_to_posting_date and document.posting_date
    if linked and "posting_date" in changed and "document_date" not in typed:
        document.document_date = document.posting_date
        changed.add("document_date")
    if changed & {"posting_date", "document_date"}:
        by_posting = ledger.default_vat_date == ledger.VATDate.POSTING_DATE
        document.vat_date = document.posting_date if by_posting else document.document_date
    if not document.currency_code:
        document.currency_factor = 1
    elif changed & {"posting_date", "currency_code"}:
        document.currency_factor = factor_on(document.currency_code, document.posting_date or on)
    if changed & {"document_date", "payment_terms_code"}:
        terms = PaymentTerms.objects.filter(code=document.payment_terms_code).first()
        facts = defaults.terms_values(terms, document.document_date, credit=document.traits.receives)
        for name, value in facts.items():
            if name not in typed:
                setattr(document, name, value)
        changed.add("payment_discount_percent")
    if "payment_discount_percent" in changed:
        document.vat_base_discount_percent = vat_base_discount(
            document.payment_discount_percent, tolerance=ledger.vat_tolerance_percent
        )
