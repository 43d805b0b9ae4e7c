from collections.abc import Sequence
from copy import copy
from datetime import date, datetime
from enum import Enum

from django.db import transaction
from django.utils.translation import gettext as _

from customers.checks import CREATE, check_not_blocked
from customers.models import Customer
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from sales import defaults
from sales.head import check_customer
from sales.models import SalesDocument, SalesLine
from sales.plans.head_change import ask_recreate, label
from sales.rights import to_change
from sales.routines.customer_facts import discounts_credit, ship_to_facts
from sales.routines.follow import SERVICE, follow
from sales.routines.lock import lock, refuse_locked
from sales.routines.recreate_lines import MASTERS, check_rebuild, recreate, sold
from sales.selectors import own_setup
from sales.values import SalesValues


class Same(Enum):
    """Stands for the customer that the document has; None means nobody."""

    SAME = "same"


SAME = Same.SAME
APPLIED = ("applies_to_document_type", "applies_to_document_no", "applies_to_id")


@needs(to_change)
@transaction.atomic
def change_customer(
    document: SalesDocument,
    *,
    sell_to: Customer | Same | None = SAME,
    bill_to: Customer | Same | None = SAME,
    by,
    at: datetime,
    on: date,
    confirmed: bool | None = None,
    recreate_lines: bool | None = None,
    warnings: list[Problem] | None = None,
) -> SalesDocument:
    """Give a document to another customer, or its bill to another one; the head and its lines are made anew for them.

    sell_to         who orders; brings address, groups, shipping, salesperson, ship-to address and its own bill-to
    bill_to         who pays; brings terms, currency, price basis, price groups, VAT; None: who orders pays
    confirmed       change the customer of a document whose head is filled; where lines are rebuilt,
                    `recreate_lines` says so
    recreate_lines  rebuild the lines for the new customer; there is no change without it
    warnings        a list that receives W-INVD-RESET
    raises          LinesLocked when the document is not open; ProblemsFound: E-HDR-RESET, E-TF for lines that must
                    stay as they are and for a customer without posting groups, E-CU-BLOCK, E-CUR-NORATE; Q-HDR-CUST,
                    Q-HDR-RECREATE, E-HDR-RECREATE-CANCEL

    Dates and references that were typed stay; what the document applies to is forgotten when somebody else pays.
    Source: Business Central, Sell-to and Bill-to Customer No. of the sales header.
    """
    document = lock(document.pk)
    before = copy(document)
    sell_to = document.customer if sell_to is SAME else sell_to
    orders = sell_to != document.customer
    if bill_to is SAME:
        bill_to = (sell_to.bill_to if sell_to else None) if orders else document.bill_to_customer
    bill_to = bill_to or sell_to
    if not orders and bill_to == document.bill_to_customer:
        return document
    field = "customer" if orders else "bill_to_customer"
    refuse_locked(document, wants_open=[label(field)])
    lines = list(document.lines.select_related(*MASTERS).order_by("line_no"))
    raise_problems(document, _check(document, sell_to, bill_to, lines, field))
    raise_problems(document, _ask(before, sold(lines), confirmed, recreate_lines))
    if not sold(lines) and confirmed is False:
        return document

    ledger = SalesValues.load().posting.gl
    facts = _facts(document, sell_to, bill_to, ledger, orders=orders, by=by)
    changed = {name for name, value in facts.items() if getattr(document, name) != value}
    changed |= SERVICE if orders else set()
    for name, value in facts.items():
        setattr(document, name, value)
    values = SalesValues.load(document.currency_code)
    follow(document, changed, typed=facts.keys(), setup=values.sales, ledger=ledger, on=on)
    document.modified_at = at
    document.save()
    if sold(lines):
        recreate(document, lines, before=before, values=values, at=at, on=on, warnings=warnings)
    return document


def _check(
    document: SalesDocument,
    sell_to: Customer | None,
    bill_to: Customer | None,
    lines: Sequence[SalesLine],
    field: str,
) -> list[Problem]:
    """What stands in the way, in the order in which it is told."""
    if sell_to is None or bill_to is None:
        code = "E-HDR-RESET" if lines else "E-TF"
        message = _(
            "{document} needs a customer: it cannot be cleared. Choose another one, or delete the document."
        )
        return [Problem(code, message.format(document=document), field=field)]
    return [
        *check_rebuild(sold(lines), field=field),
        *check_not_blocked(sell_to, bill_to, document_type=document.type, action=CREATE),
        *check_customer(sell_to, bill_to),
    ]


def _ask(
    before: SalesDocument, lines: Sequence[SalesLine], confirmed: bool | None, recreate_lines: bool | None
) -> list[Problem]:
    if lines:
        return ask_recreate(recreate_lines)
    if before.customer is None or confirmed is not None or recreate_lines:
        return []
    message = _("Change the customer? What follows from the customer is filled in anew.")
    return [Problem("Q-HDR-CUST", message, field="confirmed")]


def _facts(
    document: SalesDocument, sell_to: Customer, bill_to: Customer, ledger, *, orders: bool, by
) -> dict[str, object]:
    """What the head takes from its customers."""
    facts = defaults.bill_to_values(
        bill_to, sell_to=sell_to, vat_from_bill_to=ledger.bill_to_sell_to_vat_calculation == "bill_to"
    )
    receives = document.traits.receives
    if orders:
        facts = defaults.sell_to_values(sell_to, own_setup(by)) | facts
        code = "" if receives else sell_to.ship_to_code
        place = facts["location_code"]
        facts |= ship_to_facts(sell_to, code, location_code=place, home=receives)
        facts["customer_template"] = None
    if receives and not discounts_credit(facts["payment_terms_code"]):
        facts["payment_method_code"] = ""
    if bill_to != document.bill_to_customer:
        facts |= dict.fromkeys(APPLIED, "")
    return facts
