"""Which series the posted papers of a document draw from: its own where it names one, else that of the set-up. Pure."""

from sales.models import SalesDocument, SalesSetup


def goods_series(document: SalesDocument, setup: SalesSetup) -> str:
    """The series of its posted shipments, or return receipts."""
    return document.shipping_no_series or getattr(setup, document.traits.goods_series)


def money_series(document: SalesDocument, setup: SalesSetup) -> str:
    """The series of its posted invoices, or credit memos."""
    return document.posting_no_series or getattr(setup, document.traits.money_series)


def keeps_number(document: SalesDocument, setup: SalesSetup) -> bool:
    """Whether its posted paper carries its own number, because both come from one series."""
    traits = document.traits
    return traits.at_once and money_series(document, setup) == getattr(setup, traits.number_series)
