"""The pages that take posted papers back fit on laptop and telephone, and axe finds nothing to complain of."""

import pytest
from django.urls import reverse

from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.undo_shipment import undo_shipment
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def addresses(company) -> dict[str, str]:
    adatum = company.customer("Adatum, a company with a rather long name", number="C1")
    bicycle = company.item(
        "BICYCLE", stock=20, cost=240, price=400, description="Bicycle, 28 inch, seven gears"
    )
    who = {"by": company.by, "at": company.at()}
    invoice, cancelled = (company.sales_invoice(adatum).sells(1, bicycle).post() for _place in range(2))
    credit_memo = cancel_invoice(cancelled, on=company.today, **who)
    order = company.order(adatum).sells(4, bicycle).sells(2, bicycle).release()
    order.ship(1, 0)
    billed = order.invoice()
    shipment = order.ship(1, 2)
    undo_shipment(shipment, [10000], **who)
    undo = reverse("sales:undo", args=["shipment", shipment.number])
    return {
        "cancel": reverse("sales:cancel-invoice", args=[invoice.number]),
        "correct": reverse("sales:correct-invoice", args=[invoice.number]),
        "cancelled": reverse("sales:posted", args=["invoice", cancelled.number]),
        "corrective": reverse("sales:corrective-credit-memo", args=[billed.number]),
        "cancel credit memo": reverse("sales:cancel-credit-memo", args=[credit_memo.number]),
        "undo": undo,
        "effect of undoing": f"{undo}?line=20000",
        "undone": reverse("sales:posted", args=["shipment", shipment.number]),
    }


@pytest.mark.parametrize("size", [LAPTOP, TELEPHONE], ids=["laptop", "telephone"])
def test_pages_of_corrections_fit_and_are_accessible(company, new_page, size):
    page = new_page(viewport={"width": size[0], "height": size[1]})
    log_in(page, "world")
    for name, address in addresses(company).items():
        page.goto(address)
        _check(page, name)
