"""Copying and taking back on their pages: chosen, previewed, asked about, done once."""

import re

import pytest
from django.urls import reverse

from sales.models import ArchivedDocument, ReturnReason, SalesDocument, SalesLine


def url(name: str, *args) -> str:
    return reverse(f"sales:{name}", args=args)


def key_in(text: str) -> str:
    return re.search(r'name="idempotency_key" value="(\w+)"', text).group(1)


@pytest.fixture
def memo(shop):
    return shop.world.credit_memo(shop.customer)


def quantities(story):
    return [(line.number, line.quantity) for line in story.lines]


def test_an_invoice_is_previewed_and_copied(shop, memo, browser):
    invoice = shop.invoice()
    address = url("document-copy", "credit_memo", memo.number)
    text = browser.get(address).content.decode()
    assert f'<option value="{invoice.number}">' in text
    asked = {"kind": "posted_invoice", "number": invoice.number}

    seen = browser.post(address, asked | {"do": "preview"}).content.decode()
    assert "What would be copied" in seen and f"Invoice No. {invoice.number}:" in seen
    assert memo.lines == []

    given = asked | {"do": "copy", "idempotency_key": key_in(text)}
    for _twice in range(2):
        answer = browser.post(address, given, follow=True)
        assert answer.redirect_chain == [(url("document", "credit_memo", memo.number), 302)]
        assert "2 lines were copied." in answer.content.decode()
    assert quantities(memo) == [("", 0), ("BICYCLE", 2)]

    # Copied once more, it is told what is left out.
    again = browser.post(address, asked | {"do": "copy", "idempotency_key": "b" * 32}, follow=True)
    assert "everything has come back already" in again.content.decode()


def test_lines_that_would_go_are_asked_about(shop, browser):
    source, target = shop.order(3), shop.order(1)
    address = url("document-copy", "order", target.number)
    asked = {"kind": "order", "number": source.number, "include_header": "on", "do": "copy"}
    text = browser.post(address, asked | {"idempotency_key": "a" * 32}).content.decode()
    assert "they are deleted before the header is copied" in text and 'name="delete_lines"' in text
    assert 'name="include_header" id="id_include_header" checked' in text
    answered = asked | {"idempotency_key": "b" * 32, "delete_lines": "no"}
    assert browser.post(address, answered).status_code == 200
    assert quantities(target) == [("BICYCLE", 1)]
    browser.post(address, asked | {"idempotency_key": "c" * 32, "delete_lines": "yes"})
    assert quantities(target) == [("BICYCLE", 3)]


def test_what_cannot_be_copied_is_told(shop, memo, browser):
    address = url("document-copy", "credit_memo", memo.number)
    for kind, number, code in (
        ("posted_invoice", "X-1", "E-COPY-NONE"),
        ("credit_memo", memo.number, "E-COPY-SELF"),
        ("nothing", "1", "Select a valid choice"),
        ("order", "", "This field is required"),
    ):
        answer = browser.post(
            address, {"kind": kind, "number": number, "idempotency_key": "a" * 32, "do": "copy"}
        )
        assert answer.status_code == 422 and code in answer.content.decode(), kind


def test_a_paper_is_copied_to_a_new_document(shop, browser):
    invoice = shop.invoice()
    text = browser.get(url("posted", "invoice", invoice.number)).content.decode()
    assert url("copy-to-new", "posted_invoice", invoice.number) in text
    given = {"type": "return_order", "idempotency_key": key_in(text)}
    for _twice in range(2):
        answer = browser.post(url("copy-to-new", "posted_invoice", invoice.number), given, follow=True)
    made = SalesDocument.objects.get(type="return_order")
    assert answer.redirect_chain[0][0] == url("document", "return_order", made.number)
    assert made.applies_to_document_no == invoice.number
    wrong = browser.post(url("copy-to-new", "posted_invoice", invoice.number), {"type": "letter"})
    assert wrong.status_code == 404
    gone = browser.post(url("copy-to-new", "posted_invoice", "X-1"), given | {"idempotency_key": "b" * 32})
    assert gone.status_code == 422 and "E-COPY-NONE" in gone.content.decode()


def test_an_archived_version_is_copied_to_a_new_document(shop, browser):
    order = shop.order(3)
    browser.post(url("document-archive", "order", order.number))
    version = ArchivedDocument.objects.get()
    page = url("archive-version", "order", order.number, 1, 1)
    assert url("copy-to-new", "archived_order", order.number) in browser.get(page).content.decode()
    given = {"type": "quote", "version": version.version, "occurrence": 1, "idempotency_key": "a" * 32}
    browser.post(url("copy-to-new", "archived_order", order.number), given)
    made = SalesDocument.objects.get(type="quote")
    assert [line.quantity for line in made.lines.all()] == [3]


def test_posted_lines_are_chosen_to_be_reversed(shop, memo, browser):
    first, second = shop.invoice(2), shop.invoice(3)
    address = url("document-reverse", "credit_memo", memo.number)
    text = browser.get(address).content.decode()
    assert first.number in text and second.number in text and "Left to return" in text
    given = {"line": f"{first.number}/10000", "paper": second.number, "idempotency_key": key_in(text)}
    browser.post(address, given)
    assert quantities(memo) == [("", 0), ("BICYCLE", 2), ("", 0), ("BICYCLE", 3)]

    # Nothing is left; what has come back is shown where somebody asks for it.
    assert "Nothing of this kind is left" in browser.get(address).content.decode()
    assert first.number in browser.get(address + "?everything=on").content.decode()
    shipments = browser.get(address + "?kind=shipment&everything=on").content.decode()
    assert "Unit price" not in shipments
    odd = {"line": "x", "idempotency_key": "b" * 32}
    assert browser.post(address + "?kind=letter", odd).status_code == 302


def test_negative_lines_move(shop, browser):
    back = shop.world.return_order(shop.customer).sells(2, shop.bicycle).sells(-1, shop.bicycle)
    address = url("document-move-negative", "return_order", back.number)
    text = browser.get(address).content.decode()
    answer = browser.post(address, {"type": "order", "idempotency_key": key_in(text)}, follow=True)
    assert "The lines moved here" in answer.content.decode()
    assert SalesDocument.objects.filter(type="order").count() == 1
    assert "No line has a negative quantity" in browser.get(address).content.decode()
    assert browser.post(address, {"type": "order", "idempotency_key": "b" * 32}).status_code == 422
    quote = shop.world.quote(shop.customer)
    assert browser.get(url("document-move-negative", "quote", quote.number)).status_code == 404


def test_a_replacement_order_is_made_of_what_is_ticked(shop, browser):
    back = shop.world.return_order(shop.customer).sells(2, shop.bicycle).sells(1, shop.bicycle)
    page = browser.get(url("document", "return_order", back.number)).content.decode()
    address = url("return-replacement", back.number)
    assert address in page
    text = browser.get(address).content.decode()
    assert text.count('name="line"') == 2
    answer = browser.post(address, {"line": ["20000"], "idempotency_key": key_in(text)}, follow=True)
    assert "This order replaces goods" in answer.content.decode()
    lines = SalesLine.objects.filter(document__type="order", item__isnull=False)
    assert [line.quantity for line in lines] == [1]
    assert browser.post(address, {"idempotency_key": "b" * 32}).status_code == 422


def test_a_return_reason_is_typed_on_a_line(shop, memo, browser):
    ReturnReason.objects.create(code="BROKEN", description="In pieces", inventory_value_zero=True)
    memo.sells(1, shop.bicycle)
    address = url("line", "credit_memo", memo.number, 10000)
    text = browser.get(address).content.decode()
    assert '<option value="BROKEN">In pieces</option>' in text and "Appl.-from item entry" in text
    as_it_is = {"quantity": "1", "unit_price": "400", "line_discount_percent": "0"}
    browser.post(address, as_it_is | {"return_reason_code": "BROKEN"})
    (line,) = memo.lines
    assert (line.return_reason_code, line.unit_cost_lcy) == ("BROKEN", 0)
    assert "BROKEN" in browser.get(url("document", "credit_memo", memo.number)).content.decode()
    refused = browser.post(address, as_it_is | {"return_reason_code": "WHY"})
    assert refused.status_code == 422 and "E-CODE-NONE" in refused.content.decode()
    posted = memo.post()
    assert "BROKEN" in browser.get(url("posted", "credit_memo", posted.number)).content.decode()
    entries = reverse("entries", args=[memo.posted[0].shipment.number])
    assert "BROKEN" in browser.get(entries).content.decode()


def test_who_may_not_change_documents_copies_nothing(shop, memo, sign_in):
    auditor = sign_in("AUDITOR")
    for name in ("document-copy", "document-reverse", "document-move-negative"):
        assert auditor.get(url(name, "credit_memo", memo.number)).status_code == 403
    back = shop.world.return_order(shop.customer)
    assert auditor.get(url("return-replacement", back.number)).status_code == 403
    invoice = shop.invoice()
    assert (
        auditor.post(url("copy-to-new", "posted_invoice", invoice.number), {"type": "order"}).status_code
        == 403
    )
    assert "Copy to new" not in auditor.get(url("posted", "invoice", invoice.number)).content.decode()
