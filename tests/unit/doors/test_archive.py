"""Earlier versions on their pages: found, read, compared, restored."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from sales.models import ArchivedDocument, SalesComment, SalesDocument

D = Decimal


def url(name: str, *args) -> str:
    return reverse(f"sales:{name}", args=args)


@pytest.fixture
def order(shop):
    return shop.order()


@pytest.fixture
def version(order, browser) -> ArchivedDocument:
    """The order of two bicycles, archived on its page."""
    SalesComment.objects.create(
        kind="order",
        number=order.number,
        text="Call first",
        date=date(2026, 3, 2),
        created_at=order.world.at(),
    )
    browser.post(url("document-archive", "order", order.number))
    return ArchivedDocument.objects.get()


def address(version, name="archive-version") -> str:
    return url(name, version.type, version.number, version.occurrence, version.version)


def test_a_version_is_kept_by_hand(order, version, browser):
    text = browser.get(url("document", "order", order.number)).content.decode()
    assert "is archived as version 1" in text and "Archive this version" in text
    assert (version.reason, version.archived_by) == ("asked", "door-all")


def test_invoices_are_not_archived(shop, browser):
    invoice = shop.world.sales_invoice(shop.customer).sells(1, shop.bicycle)
    text = browser.get(url("document", "invoice", invoice.number)).content.decode()
    assert "Archive this version" not in text
    answer = browser.post(url("document-archive", "invoice", invoice.number))
    assert answer.status_code == 422 and "E-ARCH-TYPE" in answer.content.decode()


def test_versions_are_found_by_type_number_and_customer(order, version, sign_in):
    auditor = sign_in("AUDITOR")
    for search in ("", f"?q={order.number}", "?q=adatum", "?q=C1"):
        text = auditor.get(url("archive-list", "order") + search).content.decode()
        assert order.number in text and "1,000.00" in text
    assert order.number not in auditor.get(url("archive-list", "order") + "?q=x").content.decode()
    assert "Versions are listed here" in auditor.get(url("archive-list", "quote")).content.decode()
    assert auditor.get(url("archive-list", "invoice")).status_code == 404


def test_a_version_is_read_as_it_was(order, version, sign_in):
    order.changes(quantity=D(5))
    auditor = sign_in("AUDITOR")
    text = auditor.get(address(version)).content.decode()
    assert "Bicycle, 28 inch" in text and "1,000.00" in text and "Call first" in text
    assert "Compare with now" in text and "Restore" not in text
    missing = url("archive-version", "order", order.number, 1, 9)
    assert auditor.get(missing).status_code == 404


def test_two_versions_side_by_side(order, version, browser):
    order.changes(quantity=D(3))
    browser.post(url("document-archive", "order", order.number))
    order.sells(1, "BICYCLE").says("in red")
    page = url("archive-compare", "order", order.number)
    text = browser.get(f"{page}?one=1.2&other=1.1").content.decode()
    assert text.index("Version 1 beside Version 2") and "<mark>2</mark>" in text and "<mark>3</mark>" in text
    assert "added" not in text
    text = browser.get(f"{page}?one=1.2&other=now").content.decode()
    assert "Version 2 beside Now" in text and "added" in text and "in red" in text
    assert "no difference" in text
    same = browser.get(f"{page}?one=1.1&other=1.1").content.decode()
    assert "They say the same" in same
    for wrong in ("?one=1.1", "?one=1.1&other=7.7", "?one=x&other=now", "?one=1.1&other=1.99999999999999999"):
        assert browser.get(page + wrong).status_code == 404


def test_a_version_is_restored(order, version, sign_in):
    order.changes(quantity=D(7))
    clerk = sign_in("CLERK")
    assert "Restore this version" in clerk.get(address(version)).content.decode()
    answer = clerk.post(address(version, "archive-restore"), {"idempotency_key": "once"})
    assert answer.url == url("document", "order", order.number)
    clerk.post(address(version, "archive-restore"), {"idempotency_key": "once"})
    assert order.lines[0].quantity == 2 and ArchivedDocument.objects.count() == 2
    text = clerk.get(url("archive-document", "order", order.number)).content.decode()
    assert "Replaced by an earlier version" in text and "Version 2" in text


def test_what_cannot_be_restored_says_why(order, version, sign_in):
    order.release()
    clerk = sign_in("CLERK")
    answer = clerk.post(address(version, "archive-restore"))
    assert answer.status_code == 409 and "E-LINE-STATUS" in answer.content.decode()
    SalesDocument.objects.all().delete()
    answer = clerk.post(address(version, "archive-restore"))
    assert answer.status_code == 422 and "E-ARCH-GONE" in answer.content.decode()
    assert "Restore this version" not in answer.content.decode()
    assert sign_in("AUDITOR").post(address(version, "archive-restore")).status_code == 403


def test_a_quote_leads_to_what_it_became(shop, sign_in):
    shop.world.sales_setup(archive_quotes="always")
    quote = shop.world.quote(shop.customer).sells(1, shop.bicycle)
    order = quote.becomes_order()
    auditor = sign_in("AUDITOR")
    text = auditor.get(url("archive-document", "quote", quote.number)).content.decode()
    assert url("document", "order", order.number) in text
    text = auditor.get(url("document", "order", order.number)).content.decode()
    assert url("archive-document", "quote", quote.number) in text
    invoice = order.post()
    text = auditor.get(url("archive-document", "quote", quote.number)).content.decode()
    assert url("posted", "invoice", invoice.number) in text
    assert auditor.get(url("archive-document", "quote", "SQ-7")).status_code == 404
