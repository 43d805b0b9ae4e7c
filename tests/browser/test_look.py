"""Every kind of page: nothing runs off the screen, and axe finds nothing to complain of, by day and by night."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from receivables.selectors import entries_named
from sales.models import ExtendedText
from sales.routines.archive import archive
from sales.routines.comments import add_comment
from sales.routines.quotes.close import lose
from sales.routines.quotes.send import send
from sales.routines.run_jobs import post_next_job
from sales.routines.schedule import schedule
from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP, TELEPHONE = (1440, 900), (390, 844)


def _pages(company) -> dict[str, str]:
    adatum = company.customer("Adatum, a company with a rather long name", number="C1")
    bicycle = company.item(
        "BICYCLE", stock=10, cost=240, price=400, description="Bicycle, 28 inch, seven gears"
    )
    invoice = company.order(adatum).sells(1, bicycle).release().post()
    company.pay(adatum, 500)
    released = company.order(adatum).sells(2, bicycle).says("Ring twice").release()
    written = company.order(adatum).sells(2, bicycle)
    charged = company.order(adatum).sells(2, bicycle).sells(1, bicycle)
    charged.adds_charge(company.item_charge(), 50).shares("equally")
    wanting = company.order(adatum).sells(30, bicycle)
    entry = entries_named(invoice.number)[0].entry_no
    what = (company, adatum, bicycle)
    others = _offers(*what) | _runs(*what) | _returns(*what)
    return others | {
        "home": reverse("home"),
        "list": reverse("sales:documents", args=["order"]),
        "new": reverse("sales:document-new", args=["order"]),
        "open order": reverse("sales:document", args=["order", written.number]),
        "order with warnings": reverse("sales:document", args=["order", wanting.number]),
        "credit of an order": reverse("sales:document-credit", args=["order", wanting.number]),
        "availability for an order": reverse("sales:document-stock", args=["order", wanting.number]),
        "warnings": reverse("sales:warnings"),
        "released order": reverse("sales:document", args=["order", released.number]),
        "line": reverse("sales:line", args=["order", written.number, 10000]),
        "charge": reverse("sales:line-charge", args=["order", charged.number, 30000]),
        "posted line": reverse("sales:posted-line", args=["invoice", invoice.number, 10000]),
        "head": reverse("sales:document-head", args=["order", written.number]),
        "preview": reverse("sales:document-preview", args=["order", released.number])
        + "?what=ship_and_invoice&posting_date=2026-03-02",
        "posted list": reverse("sales:posted-list", args=["invoice"]),
        "posted": reverse("sales:posted", args=["invoice", invoice.number]),
        "entries": reverse("entries", args=[invoice.number]),
        "customers": reverse("sales:customers"),
        "customer": reverse("sales:customer", args=["C1"]),
        "items": reverse("inventory:items"),
        "item": reverse("inventory:item", args=["BICYCLE"]),
        "customer ledger": reverse("receivables:entries"),
        "customer entry": reverse("receivables:entry", args=[entry]),
        "who paid": reverse("receivables:payment-new"),
        "payment": reverse("receivables:payment-new") + "?customer=C1",
        "trial balance": reverse("posting:trial-balance"),
        "account": reverse("posting:account", args=["1100"]),
        "registers": reverse("posting:registers"),
        "register": reverse("posting:register", args=[1]),
    }


def _runs(company, adatum, bicycle) -> dict[str, str]:
    """Posting runs, statistics, and documents with texts, comments and a place in the job queue."""
    at = {"by": company.by, "at": company.at()}
    ExtendedText.objects.create(subject="item", number="BICYCLE", text="Assemble before riding")
    company.sales_setup(allow_vat_difference=True)
    orders = [company.order(adatum).sells(1, bicycle) for _place in range(3)]
    orders[0].changes(qty_to_ship=0, qty_to_invoice=0)
    finished = schedule([order.document for order in orders[:2]], in_background=False, **at)
    while post_next_job(at=company.at(), run=finished):
        pass
    waiting = schedule([orders[2].document], **at)
    add_comment("order", orders[2].number, "Calls before delivery", line_no=10000, on=company.today, **at)
    number = orders[0].number
    invoice = finished.jobs.exclude(money_no="").get().money_no
    return {
        "chosen documents": reverse("sales:documents-post", args=["order"]) + f"?chosen={number}",
        "runs": reverse("sales:runs"),
        "finished run": reverse("sales:run", args=[finished.uuid]),
        "waiting run": reverse("sales:run", args=[waiting.uuid]),
        "failed order": reverse("sales:document", args=["order", number]),
        "queued order": reverse("sales:document", args=["order", orders[2].number]),
        "statistics": reverse("sales:document-statistics", args=["order", number]),
        "statistics of a customer": reverse("sales:document-statistics", args=["order", number])
        + "?tab=customer",
        "posted statistics": reverse("sales:posted-statistics", args=["invoice", invoice]),
    }


def _returns(company, adatum, bicycle) -> dict[str, str]:
    """What is copied, taken back, and sent again."""
    back = company.return_order(adatum).sells(2, bicycle).sells(-1, bicycle)
    memo = company.credit_memo(adatum).sells(1, bicycle)
    return {
        "return order": reverse("sales:document", args=["return_order", back.number]),
        "line of a credit memo": reverse("sales:line", args=["credit_memo", memo.number, 10000]),
        "copy": reverse("sales:document-copy", args=["credit_memo", memo.number]),
        "posted lines": reverse("sales:document-reverse", args=["credit_memo", memo.number]),
        "posted lines of shipments": reverse("sales:document-reverse", args=["credit_memo", memo.number])
        + "?kind=shipment&everything=on",
        "negative lines": reverse("sales:document-move-negative", args=["return_order", back.number]),
        "replacement": reverse("sales:return-replacement", args=[back.number]),
    }


def _offers(company, adatum, bicycle) -> dict[str, str]:
    """Quotes, blanket orders, and earlier versions of documents."""
    at = {"by": company.by, "at": company.at()}
    quote = company.quote(adatum, valid_until=date(2026, 3, 1)).sells(2, bicycle).says("in red")
    version = archive(quote.document, **at)
    send(quote.changes(quantity=3).sells(1, bicycle).document, **at)
    offer = company.offer("Otto, who is no customer yet").sells(2, bicycle)
    lost = lose(company.quote(adatum).sells(1, bicycle).document, reason="PRICE", **at)
    blanket = company.blanket_order(adatum).sells(100, bicycle)
    place = ["quote", quote.number]
    return {
        "sent quote": reverse("sales:document", args=place),
        "lost quote": reverse("sales:document", args=["quote", lost.number]),
        "prospect": reverse("sales:document", args=["quote", offer.number]),
        "new prospect": reverse("sales:quote-for-prospect"),
        "make order": reverse("sales:quote-make-order", args=[offer.number]),
        "assign customer": reverse("sales:quote-customer", args=[offer.number]),
        "close quote": reverse("sales:quote-close", args=[quote.number]),
        "outlook": reverse("sales:quote-outlook", args=[quote.number]),
        "expired quotes": reverse("sales:expired-quotes"),
        "quotes": reverse("sales:documents", args=["quote"]),
        "blanket order": reverse("sales:document", args=["blanket_order", blanket.number]),
        "archive": reverse("sales:archive-list", args=["quote"]),
        "versions": reverse("sales:archive-document", args=place),
        "version": reverse("sales:archive-version", args=[*place, 1, version.version]),
        "comparison": reverse("sales:archive-compare", args=place) + "?one=1.1&other=now",
    }


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(LAPTOP, "light"), (LAPTOP, "dark"), (TELEPHONE, "light")],
    ids=["laptop by day", "laptop by night", "telephone"],
)
def test_pages_fit_and_are_accessible(company, new_page, size, scheme):
    page = new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto("/login/")
    _check(page, "login")
    log_in(page, "world")
    for name, address in _pages(company).items():
        page.goto(address)
        _check(page, name)


def _check(page: Page, name: str) -> None:
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{name} runs {over} pixels off the screen"
    # By night the same page has other colours; the rest was looked at by day.
    by_night = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = Axe().run(page, options={"runOnly": ["color-contrast"]} if by_night else None)
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
