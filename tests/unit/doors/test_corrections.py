"""Taking posted papers back from their pages: the effect first, then once and only once."""

import pytest
from django.urls import reverse

from sales.models import CancelledDocument, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment


def url(name: str, *args) -> str:
    return reverse(f"sales:{name}", args=args)


@pytest.fixture
def invoice(shop) -> SalesInvoice:
    return shop.invoice()


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_effect_is_shown_first(invoice, browser):
    answer = browser.get(url("cancel-invoice", invoice.number))
    text = text_of(answer)
    assert answer.status_code == 200
    for word in (
        "Together they come to nothing in every ledger",
        "4100",
        "-1,000.00",
        "V25",
        "BICYCLE",
        "Cancel the invoice",
    ):
        assert word in text, word
    assert not SalesCreditMemo.objects.exists() and not SalesDocument.objects.exists()


def test_it_is_cancelled_once(invoice, browser):
    page = url("cancel-invoice", invoice.number)
    answers = [browser.post(page, {"idempotency_key": "one"}, follow=True) for _time in range(2)]
    assert SalesCreditMemo.objects.count() == 1
    credit_memo = SalesCreditMemo.objects.get()
    assert (
        answers[0].redirect_chain[-1][0]
        == answers[1].redirect_chain[-1][0]
        == url("posted", "credit_memo", credit_memo.number)
    )
    assert "Corrects invoice" in text_of(answers[0]) and invoice.number in text_of(answers[0])

    # The invoice says so, and no longer offers to be cancelled.
    text = text_of(browser.get(url("posted", "invoice", invoice.number)))
    assert "Cancelled by credit memo" in text and credit_memo.number in text
    assert page not in text

    # Another request is refused, with the way out.
    answer = browser.post(page, {"idempotency_key": "two"})
    assert answer.status_code == 422 and "E-COR-DONE" in text_of(answer)
    assert url("corrective-credit-memo", invoice.number) in text_of(answer)


def test_what_stands_in_the_way_is_shown(shop, invoice, browser):
    shop.world.pay(shop.customer, 1, apply=invoice.number)
    answer = browser.get(url("cancel-invoice", invoice.number))
    assert answer.status_code == 422 and "E-COR-PAID" in text_of(answer)
    assert "Cancel the invoice" not in text_of(answer)


def test_it_is_corrected(invoice, browser):
    answer = browser.get(url("correct-invoice", invoice.number))
    assert answer.status_code == 200 and "Correct the invoice" in text_of(answer)
    assert not SalesDocument.objects.exists()
    answer = browser.post(url("correct-invoice", invoice.number), {"idempotency_key": "one"}, follow=True)
    draft = SalesDocument.objects.get()
    assert answer.redirect_chain[-1][0] == url("document", "invoice", draft.number)
    assert f"Invoice {invoice.number} was cancelled by credit memo" in text_of(answer)


def test_a_credit_memo_is_written_by_hand(shop, invoice, browser):
    shop.world.pay(shop.customer, 1, apply=invoice.number)
    page = url("corrective-credit-memo", invoice.number)
    text = text_of(browser.get(page))
    assert "are open" in text and "restore_order" not in text
    answer = browser.post(page, {"idempotency_key": "one"}, follow=True)
    draft = SalesDocument.objects.get(type="credit_memo")
    assert answer.redirect_chain[-1][0] == url("document", "credit_memo", draft.number)
    assert "W-" not in text_of(answer) and "are open" in text_of(answer)


def test_the_order_is_asked_about(shop, browser):
    order = shop.order(4).release()
    order.ship(2)
    invoice = order.invoice()
    page = url("corrective-credit-memo", invoice.number)
    assert "restore_order" in text_of(browser.get(page))
    answer = browser.post(page, {"idempotency_key": "one"})
    assert answer.status_code == 422 and "Q-COR-ORDER" in text_of(answer)
    browser.post(page, {"idempotency_key": "two", "restore_order": "yes"})
    line = SalesDocument.objects.get(type="credit_memo").lines.exclude(quantity=0).get()
    assert (line.order_no, line.restores_order) == (order.number, True)


def test_a_credit_memo_is_cancelled(invoice, browser):
    browser.post(url("cancel-invoice", invoice.number), {"idempotency_key": "one"})
    credit_memo = SalesCreditMemo.objects.get()
    page = url("cancel-credit-memo", credit_memo.number)
    assert page in text_of(browser.get(url("posted", "credit_memo", credit_memo.number)))
    assert "Together they come to nothing" in text_of(browser.get(page))
    assert SalesInvoice.objects.count() == 1
    answer = browser.post(page, {"idempotency_key": "two"}, follow=True)
    again = SalesInvoice.objects.exclude(pk=invoice.pk).get()
    assert answer.redirect_chain[-1][0] == url("posted", "invoice", again.number)
    assert CancelledDocument.objects.get().cancelled_by_no == again.number


def test_lines_of_a_shipment_are_undone(shop, browser):
    order = shop.order(4).release()
    shipment = order.ship(3)
    page = url("undo", "shipment", shipment.number)
    assert page in text_of(browser.get(url("posted", "shipment", shipment.number)))
    assert "Show the effect" in text_of(browser.get(page))

    # Chosen, a line shows what undoing it would write.
    text = text_of(browser.get(page, {"line": "10000"}))
    assert "Undo these lines" in text and "20000" in text and "BICYCLE" in text
    assert shipment.lines.count() == 1

    answer = browser.post(page, {"line": "10000", "idempotency_key": "one"}, follow=True)
    assert "Undone by line 20000" in text_of(answer) and "Undoes line 10000" in text_of(answer)
    assert page not in text_of(answer)
    assert "There is no line left" in text_of(browser.get(page))
    answer = browser.post(page, {"line": "10000", "idempotency_key": "two"})
    assert answer.status_code == 422 and "E-UNDO-DONE" in text_of(answer)


def test_lines_of_a_return_receipt_are_undone(shop, browser):
    returned = shop.world.return_order(shop.customer).sells(2, shop.bicycle).release()
    receipt = returned.ship()
    page = url("undo", "return_receipt", receipt.number)
    browser.post(page, {"line": "10000", "idempotency_key": "one"})
    assert receipt.lines.count() == 2


def test_nonsense_is_not_found(shop, invoice, browser):
    shipment = SalesShipment.objects.get()
    for address in (
        url("undo", "invoice", invoice.number),
        url("undo", "shipment", "nowhere"),
        url("undo", "shipment", shipment.number) + "?line=one",
        url("cancel-invoice", "nowhere"),
    ):
        assert browser.get(address).status_code == 404, address


@pytest.mark.parametrize(
    ("role", "may"), [("CLERK", False), ("WAREHOUSE", False), ("ACCOUNTANT", True), ("", True)]
)
def test_who_may_cancel(invoice, sign_in, role, may):
    answer = sign_in(role).get(url("cancel-invoice", invoice.number))
    assert (answer.status_code == 200) == may
    offered = url("cancel-invoice", invoice.number) in text_of(
        sign_in(role).get(url("posted", "invoice", invoice.number))
    )
    assert offered == may
