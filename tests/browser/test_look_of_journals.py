"""Journals, payment registration and reversal: nothing runs off the screen, and axe finds nothing to complain of."""

import pytest
from django.urls import reverse

from inventory.journals import item_batch_named
from inventory.routines.write_item_journal import draft_item_line
from posting.models import Register
from receivables.journals import batch_named
from receivables.plans.journal_draft import Kind
from receivables.routines.post_journal_batch import post_journal_batch
from receivables.routines.write_journal import draft_line
from tests.browser.conftest import log_in
from tests.browser.test_look import LAPTOP, TELEPHONE, _check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _pages(company) -> dict[str, str]:
    adatum = company.customer(
        "Adatum, a company with a rather long name", number="C1", terms="1M(8D)", credit_limit=100
    )
    bicycle = company.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch")
    invoice = company.order(adatum).sells(1, bicycle).release().post()
    receipts = batch_named(Kind.CASH_RECEIPTS, "DEFAULT")
    draft_line(receipts, on=company.today, typed={"account_no": "C1", "amount": -100})
    post_journal_batch(receipts, by=company.by, at=company.at())
    register = Register.objects.order_by("-pk").first().pk
    draft_line(receipts, on=company.today, typed={"applies_to_document_no": invoice.number})
    draft_line(receipts, on=company.today, typed={"account_no": "nobody", "amount": 5})
    sales = batch_named(Kind.SALES, "DEFAULT")
    draft_line(sales, on=company.today, typed={"account_no": "C1", "amount": 900})
    general = batch_named(Kind.GENERAL, "DEFAULT")
    for account, amount in (("6500", 80), ("1010", -80)):
        draft_line(general, on=company.today, typed={"account_no": account, "amount": amount})
    items = item_batch_named("DEFAULT")
    draft_item_line(items, on=company.today, typed={"item_no": "BICYCLE", "quantity": 2})
    cash = ["cash_receipts", "DEFAULT"]
    return {
        "cash receipts": reverse("receivables:journals", args=["cash_receipts"]),
        "sales journal": reverse("receivables:journals", args=["sales"]),
        "general journal": reverse("receivables:journals", args=["general"]),
        "preview of a journal": reverse("receivables:journal-preview", args=["general", "DEFAULT"]),
        "journal line": reverse("receivables:journal-line", args=[*cash, 10000]),
        "apply entries": reverse("receivables:journal-line-apply", args=[*cash, 10000]),
        "new journal": reverse("receivables:journal-batch-new", args=["sales"]),
        "item journal": reverse("inventory:journals"),
        "preview of an item journal": reverse("inventory:journal-preview", args=["DEFAULT"]),
        "item journal line": reverse("inventory:journal-line", args=["DEFAULT", 10000]),
        "new item journal": reverse("inventory:journal-batch-new"),
        "payment registration": reverse("receivables:payment-registration"),
        "reverse a register": reverse("posting:register-reverse", args=[register]),
    }


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_pages_fit_and_are_accessible(company, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    log_in(page, "world")
    for name, address in _pages(company).items():
        page.goto(address)
        _check(page, name)
