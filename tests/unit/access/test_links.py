"""Every link that a page shows to somebody leads to a page that this somebody may see."""

import re

import pytest
from django.urls import reverse

ROLES = (
    "CLERK", "WAREHOUSE", "ACCOUNTANT", "SALES-MANAGER", "APPROVER", "APPROVAL-ADMIN", "INTEGRATOR", "AUDITOR",
    "ADMINISTRATOR",
)  # fmt: skip
LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')
LEAVES = ("/logout", "/account/", "/static/", "/media/")


@pytest.fixture
def pages(world):
    """One of each kind of page that people work on."""
    adatum, item = world.customer("Adatum"), world.item(stock=9, cost=10, price=20)
    shipment = world.order(adatum).sells(3, item).ship()
    invoice = world.order(adatum).sells(2, item).post()
    open_order = world.order(adatum).sells(1, item).document
    quote = world.quote(adatum).sells(1, item).document
    comes_back = world.return_order(adatum).sells(1, item).document
    papers = [("invoice", invoice), ("shipment", shipment)]
    return [
        "/",
        *(
            reverse("sales:document", args=[each.type, each.number])
            for each in (open_order, quote, comes_back)
        ),
        *(reverse("sales:posted", args=[kind, paper.number]) for kind, paper in papers),
        reverse("sales:customer", args=[adatum.number]),
        reverse("inventory:item", args=[item.number]),
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_link_is_refused(world, client, pages, role):
    client.force_login(world.user("somebody", role=role))
    shown = {page: client.get(page) for page in pages}
    links = {
        link.replace("&amp;", "&"): page
        for page, answer in shown.items() if answer.status_code == 200
        for link in LINK.findall(answer.content.decode()) if not link.startswith(LEAVES)
    }  # fmt: skip
    assert links
    refused = {link: page for link, page in links.items() if client.get(link).status_code == 403}
    assert refused == {}
