"""Journals on pages: the grid's door, the plain forms, preview, posting, rights."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from inventory.models import ItemJournalBatch, ItemJournalLine
from posting.models import GLEntry, Register
from receivables.models import CustomerLedgerEntry, JournalBatch, JournalLine

D = Decimal
PLACE = ["cash_receipts", "DEFAULT"]


def address(name: str, *more, place=PLACE) -> str:
    return reverse(f"receivables:{name}", args=[*place, *more])


def save(browser, *rows, url: str = "", key: str = ""):
    return browser.post(
        url or address("journal-save"),
        json.dumps({"key": key, "rows": rows}),
        content_type="application/json",
        headers={"X-Requested-With": "handel"},
    )


def new(name: str = "new-1", **typed: str) -> dict:
    return {"row": name, "fields": {field: {"old": "", "new": text} for field, text in typed.items()}}


def change(row: str, **typed: tuple[str, str]) -> dict:
    fields = {name: {"old": old, "new": text} for name, (old, text) in typed.items()}
    return {"row": row, "fields": fields}


class TestGrid:
    def test_a_row_follows_from_the_document_that_is_paid(self, shop, sign_in):
        invoice = shop.invoice(1)
        accountant = sign_in("ACCOUNTANT")
        answer = save(accountant, new(applies_to_document_no=invoice.number)).json()
        [row] = answer["rows"]
        assert (row["row"], row["id"], row["problems"]) == ("new-1", "10000", [])
        cells = {name: cell["shown"] for name, cell in row["cells"].items()}
        assert cells["account_no"] == "C1" and cells["amount"] == "-500.00"
        assert cells["posting_date"] == "02 Mar 2026" and cells["document_no"] == "PAY-2026-00001"
        assert row["cells"]["document_no"]["value"] == ""  # shown, not drawn
        assert "500.00" in answer["parts"]["journal-balance"]

    def test_what_is_wrong_stands_and_is_marked(self, shop, browser):
        answer = save(browser, new(account_no="C1", amount="100"), new("new-2", account_no="nobody")).json()
        wrong, nobody = answer["rows"]
        assert wrong["cells"]["amount"]["look"] == "bad" and "negative" in wrong["cells"]["amount"]["title"]
        assert nobody["cells"]["account_no"]["look"] == "bad"
        assert answer["parts"]["journal-problems"].count("<li>") == 3  # and a line without an amount
        assert JournalLine.objects.count() == 2

    def test_two_people_at_different_fields_both_win(self, shop, browser):
        save(browser, new(account_no="C1", amount="-100"))
        save(browser, change("10000", external_document_no=("", "STM-1")))
        answer = save(browser, change("10000", amount=("-100", "-90"), external_document_no=("", "OTHER")))
        [row] = answer.json()["rows"]
        assert row["conflicts"] == [
            {"field": "external_document_no", "mine": "OTHER", "theirs": "STM-1", "value": "STM-1"}
        ]
        line = JournalLine.objects.get()
        assert (line.amount, line.external_document_no) == (-90, "STM-1")

    def test_figures_and_days_are_typed_as_clerks_do(self, shop, browser):
        save(browser, new(account_no="C1", amount="-50-25", posting_date="t+5"))
        line = JournalLine.objects.get()
        assert line.amount == -75 and line.posting_date.isoformat() == "2026-03-07"
        [row] = save(browser, change("10000", amount=("-75", "many"))).json()["rows"]
        assert row["problems"][0]["field"] == "amount" and JournalLine.objects.get().amount == -75

    def test_a_payment_discount_is_a_part_of_the_whole(self, shop, browser):
        place = ["sales", "DEFAULT"]
        url = address("journal-save", place=place)
        save(browser, new(account_no="C1", amount="100"), url=url)
        asked = change("10000", payment_discount_percent=("", "9999999"))
        [row] = save(browser, asked, url=url).json()["rows"]
        assert row["problems"][0]["code"] == "E-TYPED-LARGE"
        asked = change("10000", payment_discount_percent=("", "200"))
        answer = save(browser, asked, url=url).json()
        assert "between 0 and 100" in answer["parts"]["journal-problems"]

    def test_a_suggested_number_typed_again_stays_a_suggestion(self, shop, browser):
        save(browser, new(account_no="C1", amount="-5"))
        save(browser, change("10000", document_no=("", "PAY-2026-00001")))
        assert JournalLine.objects.get().document_no == ""
        save(browser, change("10000", document_no=("", "MINE-1")))
        assert JournalLine.objects.get().document_no == "MINE-1"

    def test_rows_are_put_between_and_taken_out(self, shop, browser):
        save(browser, new(account_no="C1", amount="-1"), new("new-2", account_no="C1", amount="-2"))
        save(browser, {**new("new-3", account_no="C1", amount="-3"), "after": "10000"})
        assert list(JournalLine.objects.values_list("line_no", flat=True)) == [10000, 15000, 20000]
        [gone, *_rest] = save(browser, {"row": "15000", "fields": {}, "remove": True}).json()["rows"]
        assert gone["removed"] and JournalLine.objects.count() == 2

    def test_the_same_key_saves_once(self, shop, browser):
        for _time in range(2):
            save(browser, new(account_no="C1", amount="-1"), key="k1")
        assert JournalLine.objects.count() == 1

    def test_nonsense_is_refused(self, shop, browser):
        assert save(browser, {"row": 1}).status_code == 422
        assert save(browser, new(nonsense="x")).status_code == 422
        assert (
            save(
                browser, new(account_no="C1"), url=address("journal-save", place=["sales", "NONE"])
            ).status_code
            == 404
        )

    def test_columns_are_chosen(self, browser):
        columns = address("journal-columns")
        browser.post(
            columns, {"shown": ["posting_date", "account_no", "amount", "due_date"], "quick": ["amount"]}
        )
        page = browser.get(address("journal")).content.decode()
        assert 'data-name="due_date"' in page and 'data-name="description"' not in page
        browser.post(columns, {"reset": "yes"})
        assert 'data-name="description"' in browser.get(address("journal")).content.decode()


class TestPlainPages:
    """What works without JavaScript."""

    def test_from_empty_to_posted(self, shop, sign_in):
        invoice = shop.invoice(1)
        accountant = sign_in("ACCOUNTANT")
        page = accountant.get(reverse("receivables:journals", args=["cash_receipts"])).content.decode()
        assert "Nothing is written here yet" in page and not JournalBatch.objects.exists()

        answer = accountant.post(address("journal-line-new"), {"applies_to_document_no": invoice.number})
        assert answer.url == address("journal") + "#line-10000"
        preview = accountant.get(address("journal-preview"))
        assert preview.status_code == 200 and "nothing is written yet" in preview.content.decode()
        before = GLEntry.objects.count()

        posted = accountant.post(address("journal-post"), {"idempotency_key": "f9"}, follow=True)
        assert "Posted: 1 line, register" in posted.content.decode()
        again = accountant.post(address("journal-post"), {"idempotency_key": "f9"}, follow=True)
        assert "Posted: 1 line, register" in again.content.decode()
        assert GLEntry.objects.count() == before + 2
        assert shop.world.open_items(shop.customer) == {}
        assert Register.objects.order_by("-pk").first().created_by == "door-accountant"
        shop.world.check()

    def test_an_empty_journal_is_not_posted(self, browser):
        answer = browser.post(address("journal-post"), {"idempotency_key": "x"})
        assert answer.status_code == 409 and "has no lines. Write a line first." in answer.content.decode()
        assert browser.get(address("journal-preview")).status_code == 409

    def test_what_is_wrong_is_told_with_its_line(self, shop, browser):
        save(browser, new(account_no="C1", amount="100"))
        for answer in (
            browser.post(address("journal-post"), {"idempotency_key": "x"}),
            browser.get(address("journal-preview")),
        ):
            text = answer.content.decode()
            assert answer.status_code == 422 and 'href="#line-10000"' in text and "E-GL-SIGN" in text
        assert JournalLine.objects.count() == 1

    def test_every_field_of_a_line(self, shop, browser):
        save(browser, new(account_no="C1", amount="-100"))
        page = browser.get(address("journal-line", 10000)).content.decode()
        assert 'value="-100.00"' in page and "VAT bus. posting group" in page
        typed = {
            "posting_date": "2026-03-05", "document_type": "payment", "account_type": "customer", "account_no": "C1",
            "description": "Adatum", "amount": "-80", "bal_account_type": "bank", "bal_account_no": "OPERATING",
            "on_hold": "ABC",
        }  # fmt: skip
        assert browser.post(address("journal-line", 10000), typed).status_code == 302
        line = JournalLine.objects.get()
        assert (line.amount, line.on_hold, line.posting_date.day) == (-80, "ABC", 5)
        wrong = browser.post(address("journal-line", 10000), {**typed, "amount": "x"})
        assert wrong.status_code == 422 and JournalLine.objects.get().amount == -80
        browser.post(address("journal-line-remove", 10000))
        assert not JournalLine.objects.exists()
        assert browser.get(address("journal-line", 10000)).status_code == 404

    def test_entries_are_ticked(self, shop, browser):
        one, two = shop.invoice(1), shop.invoice(2)
        entries = {row.document_no: row.pk for row in CustomerLedgerEntry.objects.all()}
        save(browser, new(account_no="C1"))
        page = browser.get(address("journal-line-apply", 10000)).content.decode()
        assert one.number in page and two.number in page
        ticks = {f"apply-{entries[one.number]}": "on", f"apply-{entries[two.number]}": "on",
                 f"amount-{entries[two.number]}": "250"}  # fmt: skip
        assert browser.post(address("journal-line-apply", 10000), ticks).status_code == 302
        assert JournalLine.objects.get().amount == -750
        assert 'value="250' in browser.get(address("journal-line-apply", 10000)).content.decode()
        assert "2 entries" in browser.get(address("journal")).content.decode()

        browser.post(address("journal-line-apply", 10000), {})
        assert JournalLine.objects.get().applies_to_id == ""

    def test_more_journals_of_a_kind(self, browser):
        typed = {
            "name": "dollars",
            "bal_account_type": "bank",
            "bal_account_no": "USD",
            "number_series": "payment",
        }
        new_page = reverse("receivables:journal-batch-new", args=["cash_receipts"])
        assert "PAYMENT" in browser.get(new_page).content.decode()
        assert browser.post(new_page, typed).url == address("journal", place=["cash_receipts", "DOLLARS"])
        assert browser.post(new_page, typed).status_code == 409
        assert browser.post(new_page, {**typed, "name": "X", "number_series": "NONE"}).status_code == 422

        defaults = address("journal-batch", place=["cash_receipts", "DOLLARS"])
        browser.post(
            defaults, {"bal_account_type": "gl", "description": "Cash desk", "bal_account_no": "1010"}
        )
        batch = JournalBatch.objects.get(name="DOLLARS")
        assert (batch.description, batch.bal_account_no, batch.number_series) == ("Cash desk", "1010", "")
        browser.post(defaults, {"do": "delete"})
        assert not JournalBatch.objects.filter(name="DOLLARS").exists()

    def test_a_journal_with_lines_is_not_deleted(self, shop, browser):
        save(browser, new(account_no="C1", amount="-1"))
        answer = browser.post(address("journal-batch"), {"do": "delete"})
        assert answer.status_code == 409 and JournalBatch.objects.exists()

    def test_credit_is_told_in_a_sales_journal(self, shop, browser):
        shop.world.customer("Tight", number="C9", credit_limit=D(1000))
        place = ["sales", "DEFAULT"]
        answer = save(browser, new(account_no="C9", amount="1500"), url=address("journal-save", place=place))
        credit = answer.json()["parts"]["journal-credit"]
        assert "W-CREDIT" in credit and "500.00" in credit


class TestRights:
    def test_a_clerk_sees_no_journal(self, shop, sign_in):
        clerk = sign_in("CLERK")
        for name in ("journal", "journal-preview", "journal-batch"):
            assert clerk.get(address(name)).status_code == 403
        assert save(clerk, new(account_no="C1")).status_code == 403
        assert clerk.post(address("journal-post")).status_code == 403
        assert clerk.get(reverse("inventory:journals")).status_code == 403

    def test_an_auditor_reads(self, shop, sign_in):
        auditor = sign_in("AUDITOR")
        page = auditor.get(address("journal")).content.decode()
        assert "data-save" not in page and address("journal-post") not in page
        assert save(auditor, new(account_no="C1")).status_code == 403
        assert auditor.post(address("journal-post")).status_code == 403

    def test_the_warehouse_writes_item_journals(self, shop, sign_in):
        warehouse = sign_in("WAREHOUSE")
        url = reverse("inventory:journal-save", args=["DEFAULT"])
        [row] = save(warehouse, new(item_no="bicycle", quantity="3"), url=url).json()["rows"]
        cells = row["cells"]
        assert cells["item_no"]["shown"] == "BICYCLE" and cells["in_stock"]["shown"] == "10"
        assert cells["document_no"]["shown"] == "IJ-2026-00001" and "amount" not in cells
        page = warehouse.get(reverse("inventory:journals")).content.decode()
        assert "Coming in" not in page
        assert warehouse.get(reverse("inventory:journal-preview", args=["DEFAULT"])).status_code == 200
        post = reverse("inventory:journal-post", args=["DEFAULT"])
        done = warehouse.post(post, {"idempotency_key": "f9"}, follow=True)
        assert "Posted: 1 line" in done.content.decode()
        assert shop.world.stock(shop.bicycle) == 13
        assert warehouse.post(post, {"idempotency_key": "f9"}).status_code == 302
        assert warehouse.post(post, {"idempotency_key": "again"}).status_code == 409
        shop.world.check()


class TestItemPages:
    def test_without_scripts(self, shop, browser):
        place = ["DEFAULT"]
        answer = browser.post(
            reverse("inventory:journal-line-new", args=place),
            {"item_no": "BICYCLE", "quantity": "2", "entry_type": "negative_adjustment"},
        )
        assert answer.status_code == 302
        line = reverse("inventory:journal-line", args=[*place, 10000])
        assert "In stock 10" in " ".join(browser.get(line).content.decode().split())
        typed = {
            "posting_date": "2026-03-02", "entry_type": "negative_adjustment", "item_no": "BICYCLE",
            "description": "Bicycle, 28 inch", "quantity": "4", "unit_code": "PCS", "discount": "0",
        }  # fmt: skip
        assert browser.post(line, typed).status_code == 302
        assert ItemJournalLine.objects.get().quantity == 4
        preview = browser.get(reverse("inventory:journal-preview", args=place)).content.decode()
        assert "-960.00" in preview and "BICYCLE" in preview
        browser.post(reverse("inventory:journal-line-remove", args=[*place, 10000]))
        assert not ItemJournalLine.objects.exists()

    def test_entry_numbers_are_numbers(self, shop, browser):
        url = reverse("inventory:journal-save", args=["DEFAULT"])
        [row] = save(browser, new(item_no="BICYCLE", quantity="1", applies_from="x"), url=url).json()["rows"]
        assert row["problems"][0]["code"] == "E-TYPED-ENTRY" and not ItemJournalLine.objects.exists()

    def test_more_item_journals(self, browser):
        page = reverse("inventory:journal-batch-new")
        assert browser.get(page).status_code == 200
        browser.post(page, {"name": "count", "number_series": "ITEM-JOURNAL", "location_code": "OSLO"})
        assert browser.post(page, {"name": "COUNT"}).status_code == 409
        defaults = reverse("inventory:journal-batch", args=["COUNT"])
        browser.post(defaults, {"number_series": "", "description": "Spring"})
        assert ItemJournalBatch.objects.get().description == "Spring"
        browser.post(defaults, {"do": "delete"})
        assert not ItemJournalBatch.objects.exists()


class TestReversal:
    @pytest.fixture
    def register(self, shop, browser) -> int:
        """Money on account: 100 from Adatum."""
        save(browser, new(account_no="C1", amount="-100"))
        browser.post(address("journal-post"), {"idempotency_key": "f9"})
        return JournalBatch.objects.get().last_register_no

    def test_shown_then_written(self, shop, sign_in, register):
        accountant = sign_in("ACCOUNTANT")
        page = reverse("posting:register-reverse", args=[register])
        before = GLEntry.objects.count()
        text = accountant.get(page).content.decode()
        assert "nothing is written yet" in text and GLEntry.objects.count() == before
        answer = accountant.post(page, {"idempotency_key": "r1", "description": "Wrong customer"})
        again = accountant.post(page, {"idempotency_key": "r1", "description": "Wrong customer"})
        assert answer.url == again.url and shop.world.balance(shop.customer) == 0
        assert GLEntry.objects.filter(description="Wrong customer").count() == 2
        refused = accountant.post(page, {"idempotency_key": "r2"})
        assert refused.status_code in (409, 422) and "E-REV-DONE" in refused.content.decode()
        shop.world.check()

    def test_one_transaction_of_a_register(self, shop, browser, register):
        save(browser, new(account_no="C1", amount="-1"), new("new-2", account_no="C1", amount="-2"))
        browser.post(address("journal-post"), {"idempotency_key": "f10"})
        both = JournalBatch.objects.get().last_register_no
        page = reverse("posting:register-reverse", args=[both])
        numbers = browser.get(page).context["numbers"]
        assert len(numbers) == 2
        browser.post(page, {"idempotency_key": "t", "transaction": numbers[0]})
        assert shop.world.balance(shop.customer) == -102

    def test_documents_are_corrected_otherwise(self, shop, browser):
        shop.invoice(1)
        page = browser.get(
            reverse("posting:register-reverse", args=[Register.objects.order_by("-pk").first().pk])
        )
        assert "E-REV-JNL" in page.content.decode() and not page.context["may_reverse"]

    def test_not_for_everybody(self, sign_in, register):
        page = reverse("posting:register-reverse", args=[register])
        assert sign_in("CLERK").get(page).status_code == 403
        assert sign_in("AUDITOR").post(page).status_code == 403
        assert sign_in("ACCOUNTANT").get(reverse("posting:register-reverse", args=[99999])).status_code == 404


class TestLookups:
    """What the grid of a journal offers while somebody types."""

    def look_up(self, browser, kind: str, text: str) -> list[str]:
        return [row["number"] for row in browser.get(f"/lookup/{kind}/", {"q": text}).json()["rows"]]

    def test_accounts_banks_and_customers_together(self, shop, sign_in):
        accountant = sign_in("ACCOUNTANT")
        assert self.look_up(accountant, "side", "6500")[0] == "6500"
        assert self.look_up(accountant, "side", "oper")[0] == "OPERATING"
        assert "C1" in self.look_up(accountant, "side", "adatum")
        assert self.look_up(accountant, "bank", "us") == ["USD"]

    def test_open_documents(self, shop, sign_in):
        invoice = shop.invoice(1)
        assert self.look_up(sign_in("ACCOUNTANT"), "open-entry", "adatum") == [invoice.number]
        assert self.look_up(sign_in("ACCOUNTANT"), "open-entry", invoice.number) == [invoice.number]
        assert sign_in("CLERK").get("/lookup/side/", {"q": "1"}).status_code == 403
