"""What a blocked customer may still do. Asked when a document is made, and again when it is posted."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from customers import errors
from customers.models import BlockedFor, Customer
from erp.kernel.errors import Problem

CREATE = "create"
POST = "post"
CREDITS = frozenset({"credit_memo", "return_order"})
ORDERS = frozenset({"quote", "order", "blanket_order"})


def check_not_blocked(
    *customers: Customer | None,
    document_type: str,
    action: str,
    ships: bool = False,
    line_no: int | None = None,
) -> list[Problem]:
    """Why a sales document of these customers may not be made or posted: E-CU-PRIV, E-CU-BLOCK.

    customers      sell-to and bill-to; the same one twice is checked once
    document_type  "quote", "order", "blanket_order", "invoice", "credit_memo" or "return_order"
    action         "create" or "post"
    ships          posting takes a quantity to ship of some line; goods fetched from an earlier shipment do not count

    Each customer is asked by itself, and named. Source: Business Central, blocked customers.
    """
    values = _blocking(document_type, action, ships)
    verb = _("created") if action == CREATE else _("posted")
    return _check(customers, values, verb, document_type.replace("_", " "), line_no)


def check_journal_not_blocked(
    customer: Customer, *, document_type: str, line_no: int | None = None
) -> list[Problem]:
    """Why a journal line of a customer may not be posted; money comes in from all but those blocked for all.

    document_type  of the journal line: "payment", "refund", "credit_memo", "invoice", "" …
    """
    values = {BlockedFor.ALL}
    if document_type in ("", "invoice"):
        values.add(BlockedFor.INVOICE)
    label = document_type.replace("_", " ") or _("journal line")
    return _check([customer], values, _("posted"), label, line_no)


def _blocking(document_type: str, action: str, ships: bool) -> Collection[str]:
    """The values of Blocked that stand in the way."""
    if document_type in CREDITS:
        return {BlockedFor.ALL}
    if action == CREATE and document_type in ORDERS:
        return {BlockedFor.SHIP, BlockedFor.INVOICE, BlockedFor.ALL}
    if action == POST and ships:
        return {BlockedFor.SHIP, BlockedFor.INVOICE, BlockedFor.ALL}
    return {BlockedFor.INVOICE, BlockedFor.ALL}


def _check(
    customers, values: Collection[str], verb: str, document: str, line_no: int | None
) -> list[Problem]:
    found = []
    for customer in {customer.pk: customer for customer in customers if customer is not None}.values():
        if customer.privacy_blocked:
            found.append(errors.privacy_blocked(verb, document, customer.number, line_no))
        elif customer.blocked and customer.blocked in values:
            label = BlockedFor(customer.blocked).label
            found.append(errors.blocked(verb, document, customer.number, label, line_no))
    return found
