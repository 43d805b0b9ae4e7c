"""The lines of an order and their import: nothing runs off the screen, and axe finds nothing to complain of."""

import pytest
from django.urls import reverse

from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("size", "scheme"), [(LAPTOP, "dark"), (TELEPHONE, "light")], ids=["laptop", "telephone"]
)
def test_lines_and_their_import(company, new_page, size, scheme):
    adatum = company.customer("Adatum", number="C1")
    bicycle = company.item(
        "BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch, seven gears"
    )
    order = company.order(adatum).sells(30, bicycle).says("Ring twice")
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    page.goto(reverse("sales:lines-import", args=["order", order.number]))
    _check(page, "import")
    page.get_by_label("or rows copied").fill("Item\tQty\nBICYCLE\t2\nunicorn\t1")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("heading", name="1 rows can be taken over, 1 cannot").wait_for()
    _check(page, "checked import")
    page.goto(reverse("sales:document", args=["order", order.number]))
    page.wait_for_load_state("networkidle")
    _check(page, "lines")
    if size == LAPTOP:
        page.locator(".grid__columns summary").click()
        _check(page, "choice of columns")
