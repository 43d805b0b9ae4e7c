"""Which uninvoiced shipments go on one invoice, which return receipts on one credit memo, and which on none. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.checks import check_not_blocked
from erp.kernel.errors import Problem
from sales.models import SalesDocument
from sales.uninvoiced import UninvoicedLine


class Summary(TextChoices):
    """How much one invoice holds. Whatever it is: one currency, one VAT group, one bill-to customer."""

    CUSTOMER = "customer", gettext_lazy("One invoice per customer")
    BILL_TO = "bill_to", gettext_lazy("One invoice per bill-to customer")
    DAY = "day", gettext_lazy("One invoice per customer and day of shipment")
    ORDER = "order", gettext_lazy("One invoice per order")
    SHIPMENT = "shipment", gettext_lazy("One invoice per shipment")


SEPARATE = frozenset({Summary.ORDER, Summary.SHIPMENT})  # nothing of two orders comes together
_MORE: dict[str, Callable[[UninvoicedLine], tuple]] = {
    Summary.CUSTOMER: lambda row: (row.order.customer_id,),
    Summary.BILL_TO: lambda row: (),
    Summary.DAY: lambda row: (row.order.customer_id, row.paper.posting_date),
    Summary.ORDER: lambda row: (row.order.customer_id, row.order.pk),
    Summary.SHIPMENT: lambda row: (row.order.customer_id, row.paper.pk),
}


class Skipped(NamedTuple):
    """An order of which nothing was put on an invoice, and why."""

    order: str
    problem: Problem


@dataclass
class Bundle:
    """Lines that go on one invoice, in the order of their shipments; the first order says what its head says."""

    rows: list[UninvoicedLine]

    @property
    def first(self) -> SalesDocument:
        return self.rows[0].order

    @property
    def orders(self) -> list[SalesDocument]:
        return list({row.order.pk: row.order for row in self.rows}.values())

    def common(self, name: str) -> str:
        """What a field of all its orders says; blank where they don't agree."""
        values = {getattr(order, name) for order in self.orders}
        return values.pop() if len(values) == 1 else ""


def bundles_of(rows: Iterable[UninvoicedLine], summary: str) -> list[Bundle]:
    """The rows in bundles for one invoice each; the oldest shipment first."""
    bundles: dict[tuple, Bundle] = {}
    for row in rows:
        order = row.order
        key = (
            order.bill_to_customer_id,
            order.currency_code,
            order.eu_3_party_trade,
            row.order_line.vat_bus_posting_group,
            *_MORE[summary](row),
        )
        bundles.setdefault(key, Bundle([])).rows.append(row)
    return list(bundles.values())


def why_skipped(
    order: SalesDocument, *, summary: str, standard_terms: Mapping[int, str] | None
) -> list[Problem]:
    """Why nothing of an order goes on an invoice of this run; none where it does.

    standard_terms  by customer key the payment terms of the card; None: orders with terms of their own go along
    """
    type = "credit_memo" if order.traits.receives else "invoice"
    problems = check_not_blocked(order.customer, order.bill_to_customer, document_type=type, action="create")
    if summary not in SEPARATE and not order.combine_shipments:
        message = _("Combine Shipments is off on {order}: its shipments are invoiced by themselves.")
        problems.append(Problem("E-COMB-OFF", message.format(order=order), field="combine_shipments"))
    usual = order.payment_terms_code if standard_terms is None else standard_terms[order.bill_to_customer_id]
    if order.payment_terms_code != usual:
        message = _("{order} has payment terms {terms}; usual for its customer are {usual}.")
        message = message.format(order=order, terms=order.payment_terms_code or "–", usual=usual or "–")
        problems.append(Problem("E-COMB-TERMS", message, field="payment_terms_code"))
    return problems
