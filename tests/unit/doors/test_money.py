"""Receiving payments and settling entries on pages, and the pages of the general ledger."""

from decimal import Decimal

import pytest
from django.urls import reverse

from posting.models import GLEntry
from receivables.models import CustomerLedgerEntry

D = Decimal

NEW = "receivables:payment-new"


def entry_of(document_no: str) -> int:
    return CustomerLedgerEntry.objects.get(document_no=document_no).pk


def pay(browser, amount: str, *, do: str = "post", **typed):
    typed = {"customer": "C1", "amount": amount, "on": "2026-03-05", "apply": "chosen", "do": do, **typed}
    return browser.post(reverse(NEW), typed)


class TestPayment:
    def test_the_accountant_chooses_what_it_is_for(self, shop, sign_in):
        first, second = shop.invoice(1), shop.invoice(2)
        accountant = sign_in("ACCOUNTANT")
        page = accountant.get(reverse(NEW), {"customer": "adatum"}).content.decode()
        assert first.number in page and second.number in page
        answer = pay(accountant, "600.00", **{f"apply-{entry_of(second.number)}": "on"})
        payment = CustomerLedgerEntry.objects.get(document_type="payment")
        assert answer.url == reverse("receivables:entry", args=[payment.pk])
        assert shop.world.open_items(shop.customer) == {first.number: 500, second.number: 400}
        assert payment.created_by == "door-accountant"
        shop.world.check()

    def test_so_much_of_each(self, shop, browser):
        first, second = shop.invoice(1), shop.invoice(2)
        amounts = {f"amount-{entry_of(first.number)}": "100", f"amount-{entry_of(second.number)}": "250.50"}
        pay(browser, "350.50", **amounts)
        assert shop.world.open_items(shop.customer) == {first.number: 400, second.number: D("749.50")}

    def test_oldest_first_and_nothing_yet(self, shop, browser):
        first = shop.invoice(1)
        pay(browser, "200", apply="oldest")
        assert shop.world.open_items(shop.customer) == {first.number: 300}
        pay(browser, "50", apply="none")
        assert sorted(shop.world.open_items(shop.customer).values()) == [-50, 300]

    def test_the_preview_writes_nothing(self, shop, browser):
        invoice = shop.invoice(1)
        before = GLEntry.objects.count()
        answer = pay(browser, "500", do="preview", **{f"apply-{entry_of(invoice.number)}": "on"})
        text = answer.content.decode()
        assert answer.status_code == 200 and "nothing is written yet" in text
        assert "Application" in text and "Bank" in text and 'value="500"' in text
        assert GLEntry.objects.count() == before

    def test_a_double_click_pays_once(self, shop, browser):
        invoice = shop.invoice(1)
        typed = {f"apply-{entry_of(invoice.number)}": "on", "idempotency_key": "click"}
        first, second = pay(browser, "500", **typed), pay(browser, "500", **typed)
        assert first.status_code == second.status_code == 302 and first.url == second.url
        assert CustomerLedgerEntry.objects.filter(document_type="payment").count() == 1

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"amount": ""}, "This field is required"),
            ({"amount": "many"}, "Enter a number"),
            ({"amount": "0"}, "positive"),
            ({"amount": "1.234"}, "no more than 2 decimal places"),
            ({"on": "never"}, "Enter a valid date"),
            ({"apply": "whatever"}, "whatever is not one of the available choices"),
            ({"bank": "999999"}, "not one of the available choices"),
        ],
    )
    @pytest.mark.parametrize("do", ["post", "preview"])
    def test_what_cannot_be_is_refused(self, shop, browser, typed, said, do):
        shop.invoice(1)
        answer = pay(browser, **{"amount": "10", "do": do, **typed})
        assert answer.status_code == 422 and said in answer.content.decode()
        assert not CustomerLedgerEntry.objects.filter(document_type="payment").exists()

    def test_who_paid(self, shop, browser):
        shop.world.customer("Adagio", number="C2")
        answer = browser.get(reverse(NEW), {"customer": "ada"})
        assert answer.status_code == 422 and "?customer=C2" in answer.content.decode()
        assert browser.get(reverse(NEW), {"customer": "Xerxes"}).status_code == 422
        assert browser.get(reverse(NEW), {"customer": "\0"}).status_code == 200

    def test_a_clerk_may_not(self, shop, sign_in):
        assert sign_in("CLERK").get(reverse(NEW)).status_code == 403
        assert pay(sign_in("CLERK"), "10").status_code == 403


class TestApplying:
    @pytest.fixture
    def open_payment(self, shop):
        """An invoice of 500 and a payment of 500 that know nothing of each other."""
        invoice = shop.invoice(1)
        return entry_of(invoice.number), shop.world.pay(shop.customer, 500).entry_no

    def test_apply_and_undo(self, shop, sign_in, open_payment):
        invoice, payment = open_payment
        accountant = sign_in("ACCOUNTANT")
        address = reverse("receivables:entry-apply", args=[payment])
        typed = {f"apply-{invoice}": "on", "on": ""}
        preview = accountant.post(address, {**typed, "do": "preview"})
        assert preview.status_code == 200 and "nothing is written yet" in preview.content.decode()
        assert len(shop.world.open_items(shop.customer)) == 2

        answer = accountant.post(address, {**typed, "do": "post"})
        assert answer.url == reverse("receivables:entry", args=[payment])
        assert shop.world.open_items(shop.customer) == {}
        page = accountant.get(answer.url).content.decode()
        assert "Settled" in page and "Undo the last application" in page

        accountant.post(reverse("receivables:entry-unapply", args=[payment]), {"on": ""})
        assert len(shop.world.open_items(shop.customer)) == 2
        shop.world.check()

    def test_nothing_chosen_is_refused(self, browser, open_payment):
        answer = browser.post(reverse("receivables:entry-apply", args=[open_payment[1]]), {"do": "post"})
        assert answer.status_code in (409, 422) and "This was not done" in answer.content.decode()

    def test_nothing_to_undo_is_refused(self, browser, open_payment):
        answer = browser.post(reverse("receivables:entry-unapply", args=[open_payment[1]]), {"on": ""})
        assert answer.status_code in (409, 422) and "This was not done" in answer.content.decode()
        assert (
            browser.post(
                reverse("receivables:entry-unapply", args=[open_payment[1]]), {"on": "x"}
            ).status_code
            == 422
        )

    def test_a_clerk_may_not(self, sign_in, open_payment):
        clerk = sign_in("CLERK")
        page = clerk.get(reverse("receivables:entry", args=[open_payment[1]])).content.decode()
        assert 'value="post"' not in page
        assert clerk.post(reverse("receivables:entry-apply", args=[open_payment[1]])).status_code == 403
        assert clerk.post(reverse("receivables:entry-unapply", args=[open_payment[1]])).status_code == 403

    def test_an_entry_that_is_not_there(self, world, browser):
        assert browser.post(reverse("receivables:entry-apply", args=[7])).status_code == 404


class TestLedgers:
    def test_the_trial_balance_of_a_month(self, shop, browser):
        shop.invoice(2)
        page = browser.get(reverse("posting:trial-balance"), {"start": "2026-03-01", "on": "2026-03-31"})
        text = page.content.decode()
        assert "1,000.00" in text and "Accounts receivable, domestic" in text
        earlier = browser.get(reverse("posting:trial-balance"), {"on": "2026-02-28"}).content.decode()
        assert "Accounts receivable, domestic" not in earlier
        everything = browser.get(reverse("posting:trial-balance"), {"on": "2026-02-28", "all": "on"})
        assert "Accounts receivable, domestic" in everything.content.decode()

    @pytest.mark.parametrize("query", [{"on": "x"}, {"start": "2026-03-02", "on": "2026-03-01"}])
    def test_a_period_that_is_none(self, shop, browser, query):
        for name, args in (("posting:trial-balance", []), ("posting:account", ["1100"])):
            assert browser.get(reverse(name, args=args), query).status_code == 422

    def test_an_account_card_runs_on_over_pages(self, shop, browser, monkeypatch):
        monkeypatch.setattr("posting.views.ledger.LIMIT", 2)
        for _place in range(3):
            shop.invoice(1)
        address = reverse("posting:account", args=["1100"])
        first = browser.get(address)
        assert [line.balance for line in first.context["card"].lines] == [500, 1000]
        second = browser.get(address, {"after": first.context["after"]})
        assert [line.balance for line in second.context["card"].lines] == [1500]
        assert second.context["card"].opening == 1000 and not second.context["after"]
        assert browser.get(address, {"after": "nonsense"}).context["card"].opening == 0

    def test_from_ledger_to_paper_and_back(self, shop, browser):
        invoice = shop.invoice(1)
        entries = reverse("entries", args=[invoice.number])
        paper = reverse("sales:posted", args=["invoice", invoice.number])
        assert entries in browser.get(reverse("posting:account", args=["1100"])).content.decode()
        assert paper in browser.get(entries).content.decode()
        assert entries in browser.get(paper).content.decode()
        shipment = shop.world.order(shop.customer)
        assert shipment.number not in browser.get(entries).content.decode()

    def test_stock_and_item_ledger(self, shop, browser):
        shop.invoice(3)
        text = browser.get(reverse("inventory:item", args=["BICYCLE"])).content.decode()
        assert "7 PCS" in text and "1,680.00" in text and "-720.00" in text
