"""Registering payments on the page: search, tick, compare, post."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from receivables.models import CustomerLedgerEntry

D = Decimal
PAGE = "receivables:payment-registration"


def entry_of(paper) -> int:
    return CustomerLedgerEntry.objects.get(document_no=paper.number).pk


def send(browser, do: str = "post", **typed):
    return browser.post(reverse(PAGE), {"do": do, "on": "2026-03-09", **typed})


def tick(*papers) -> dict[str, str]:
    return {f"{entry_of(paper)}-made": "on" for paper in papers}


class TestRegistration:
    def test_ticked_is_posted_as_suggested(self, shop, sign_in):
        one, two = shop.invoice(1), shop.invoice(2)
        accountant = sign_in("ACCOUNTANT")
        page = accountant.get(reverse(PAGE)).content.decode()
        assert one.number in page and two.number in page and 'placeholder="500.00"' in page
        answer = send(accountant, **tick(one))
        text = answer.content.decode()
        assert answer.status_code == 200 and "1 payment was posted." in text
        assert shop.world.open_items(shop.customer) == {two.number: 1000}
        payment = CustomerLedgerEntry.objects.get(document_type="payment")
        assert payment.posting_date.isoformat() == "2026-03-09" and payment.created_by == "door-accountant"
        shop.world.check()

    def test_typing_ticks(self, shop, browser):
        invoice = shop.invoice(1)
        number = entry_of(invoice)
        answer = send(browser, "check", **{f"{number}-amount": "200", f"{number}-reference": "STM 1"})
        assert "300.00 stays open" in answer.content.decode()
        [row] = answer.context["rows"]
        assert row.form["made"].value() and row.received.amount == 200
        send(browser, **{f"{number}-amount": "200", f"{number}-on": "t", f"{number}-reference": "STM 1"})
        payment = CustomerLedgerEntry.objects.get(document_type="payment")
        assert (payment.external_document_no, payment.posting_date.day) == ("STM 1", 2)
        assert shop.world.open_items(shop.customer) == {invoice.number: 300}

    def test_what_is_ticked_stays_through_a_search(self, shop, browser):
        one, two = shop.invoice(1), shop.invoice(2)
        text = send(browser, "search", q=two.number, **tick(one)).content.decode()
        assert one.number in text and two.number in text
        text = send(browser, "search", find="1000").content.decode()
        assert two.number in text and one.number not in text
        text = send(browser, "search", find="990", tolerance="2").content.decode()
        assert two.number in text

    def test_totals_beside_the_statement(self, shop, browser):
        one, two = shop.invoice(1), shop.invoice(2)
        page = send(browser, "check", statement="1600", **tick(one, two))
        totals = page.context["totals"]
        assert (totals.count, totals.amount, totals.difference) == (2, 1500, 100)

    def test_totals_follow_while_somebody_types(self, shop, browser):
        one, two = shop.invoice(1), shop.invoice(2)
        fields = {**tick(one), f"{entry_of(two)}-amount": "1,200", "on": "2026-03-09"}
        answer = browser.post(
            reverse("receivables:registration-totals"),
            json.dumps({"fields": fields}),
            content_type="application/json",
        )
        parts = answer.json()["parts"]
        assert "1,700.00" in parts["totals"] and "200.00 more than remains" in parts[f"notes-{entry_of(two)}"]
        nonsense = browser.post(
            reverse("receivables:registration-totals"), "nonsense", content_type="application/json"
        )
        assert nonsense.status_code == 422

    def test_one_payment_for_all(self, shop, browser):
        one, two = shop.invoice(1), shop.invoice(2)
        answer = send(browser, "lump", idempotency_key="l", **tick(one, two))
        payment = CustomerLedgerEntry.objects.get(document_type="payment")
        assert payment.amount == -1500 and answer.url == reverse("receivables:entry", args=[payment.pk])
        assert shop.world.open_items(shop.customer) == {}

    def test_a_double_click_posts_once(self, shop, browser):
        typed = {**tick(shop.invoice(1)), "idempotency_key": "click"}
        send(browser, **typed)
        send(browser, **typed)
        assert CustomerLedgerEntry.objects.filter(document_type="payment").count() == 1

    def test_each_has_an_outcome_of_its_own(self, shop, browser):
        other = shop.world.customer("Tailspin", number="C2")
        one = shop.invoice(1)
        two = shop.world.order(other).sells(1, shop.bicycle).release().post()
        type(other).objects.filter(pk=other.pk).update(blocked="all")
        answer = send(browser, **tick(one, two))
        text = answer.content.decode()
        assert "1 payment was posted." in text and "1 was not, and stays ticked." in text
        assert "E-CU-BLOCK" in text
        assert shop.world.balance(shop.customer) == 0 and shop.world.balance(other) == 500

    @pytest.mark.parametrize("do", ["post", "lump"])
    def test_nothing_ticked(self, shop, browser, do):
        answer = send(browser, do)
        assert answer.status_code == 422 and "Mark at least one payment." in answer.content.decode()

    def test_what_cannot_be_read_is_told(self, shop, browser):
        invoice = shop.invoice(1)
        answer = send(browser, **{f"{entry_of(invoice)}-amount": "many"})
        assert answer.status_code == 422 and "many" in answer.content.decode()
        assert not CustomerLedgerEntry.objects.filter(document_type="payment").exists()

    def test_a_clerk_may_not(self, sign_in):
        assert sign_in("CLERK").get(reverse(PAGE)).status_code == 403
        assert send(sign_in("CLERK")).status_code == 403
