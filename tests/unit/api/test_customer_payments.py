"""Payments of customers that are being typed: what may be written, what they settle, and posting."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from receivables.models import BankAccount, JournalLine

MARCH_2 = date(2026, 3, 2)
JOURNAL = {"code": "RENT", "displayName": "Rents"}
RECEIPTS = {"code": "BANK1", "displayName": "Receipts of the bank"}


@pytest.fixture
def adatum(world):
    return world.customer("Adatum")


@pytest.fixture
def invoice(world, adatum):
    """1,250 with VAT."""
    return world.sales_invoice(adatum, on=MARCH_2).charges("4520", 1000).post()


@pytest.fixture
def journal(api):
    return api.made("journals", JOURNAL)


@pytest.fixture
def receipts(api):
    return api.made("customerPaymentJournals", RECEIPTS)


def payment(adatum, **values):
    return {"customerId": str(adatum.uuid), "postingDate": "2026-03-09", "amount": -1250} | values


class TestPayments:
    def test_a_payment_on_account(self, api, adatum, receipts):
        made = api.made(f"customerPaymentJournals({receipts['id']})/customerPayments", payment(adatum))
        assert (made["customerNumber"], made["amount"]) == ("ADATUM", -1250)
        assert made["appliesToInvoiceId"] == "00000000-0000-0000-0000-000000000000"
        assert (made["journalId"], made["journalDisplayName"]) == (receipts["id"], "BANK1")
        kept = JournalLine.objects.get(uuid=made["id"])
        assert (kept.document_type, kept.account_type, kept.bal_account_type) == (
            "payment",
            "customer",
            "bank",
        )

    def test_a_receipt_is_negative(self, api, adatum, receipts):
        body = payment(adatum, amount=1250)
        refused = api.post(f"customerPaymentJournals({receipts['id']})/customerPayments", body)
        assert (refused.status_code, refused.target) == (400, "amount")
        assert "-1250" in refused.body["error"]["message"]

    def test_an_invoice_is_named_by_its_number(self, api, adatum, invoice, receipts):
        body = {"journalId": receipts["id"], "appliesToInvoiceNumber": invoice.number}
        made = api.made("customerPayments", body)
        assert (made["customerId"], made["amount"]) == (str(adatum.uuid), -1250)
        assert made["appliesToInvoiceNumber"] == invoice.number
        assert made["appliesToInvoiceId"] == str(invoice.uuid)

    def test_an_invoice_is_named_by_its_identifier(self, api, adatum, invoice, receipts):
        body = payment(adatum, journalId=receipts["id"], appliesToInvoiceId=str(invoice.uuid))
        made = api.made("customerPayments", body)
        assert made["appliesToInvoiceNumber"] == invoice.number
        free = api.patch(f"customerPayments({made['id']})", {"appliesToInvoiceNumber": ""}).body
        assert free["appliesToInvoiceId"] == "00000000-0000-0000-0000-000000000000"
        assert free["amount"] == -1250

    def test_another_customer_lets_the_invoice_go(self, world, api, adatum, invoice, receipts):
        made = api.made("customerPayments", payment(adatum, journalId=receipts["id"],
                                                    appliesToInvoiceNumber=invoice.number))  # fmt: skip
        world.customer("Bolt")
        changed = api.patch(f"customerPayments({made['id']})", {"customerNumber": "BOLT"}).body
        assert (changed["customerNumber"], changed["appliesToInvoiceNumber"]) == ("BOLT", "")

    @pytest.mark.parametrize(
        ("change", "code", "target"),
        [
            ({"customerNumber": "BOLT"}, "BadRequest", "customerNumber"),
            ({"customerId": "", "amount": -5}, "BadRequest_RequiredParamNotProvided", "customerNumber"),
            ({"appliesToInvoiceNumber": "NONE"}, "Internal_InvalidTableRelation", "appliesToInvoiceNumber"),
            (
                {"appliesToInvoiceId": "6d1c0000-0000-4000-8000-000000000001"},
                "Internal_InvalidTableRelation", "appliesToInvoiceId",
            ),
            ({"journalDisplayName": "RENT"}, "BadRequest", "journalDisplayName"),
            ({"colour": "red"}, "BadRequest", "colour"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_written(self, world, api, adatum, receipts, change, code, target):
        world.customer("Bolt")
        body = payment(adatum, journalId=receipts["id"]) | change
        refused = api.post("customerPayments", body)
        assert (refused.status_code, refused.code, refused.target) == (400, code, target), refused.body

    def test_an_invoice_of_somebody_else(self, world, api, adatum, invoice, receipts):
        bolt = world.customer("Bolt")
        body = payment(bolt, journalId=receipts["id"], appliesToInvoiceNumber=invoice.number)
        refused = api.post("customerPayments", body)
        assert (refused.status_code, refused.target) == (400, "appliesToInvoiceNumber")
        assert "ADATUM" in refused.body["error"]["message"]

    def test_only_in_journals_of_cash_receipts(self, api, adatum, journal):
        refused = api.post("customerPayments", payment(adatum, journalId=journal["id"]))
        assert (refused.status_code, refused.target) == (400, "journalId")

    def test_money_in_another_bank(self, world, api, adatum, receipts):
        usual = BankAccount.objects.first()
        other = BankAccount.objects.create(number="CASH", name="Cash", posting_group=usual.posting_group)
        body = payment(adatum, journalId=receipts["id"], bankAccountId=str(other.uuid))
        made = api.made("customerPayments", body)
        assert "bankAccountId" not in made
        shown = api.one(f"customerPayments({made['id']})", X_Extensions="1")
        assert shown["bankAccountId"] == str(other.uuid)
        assert JournalLine.objects.get(uuid=made["id"]).bal_account_no == "CASH"

    def test_an_invoice_in_another_currency(self, world, api, receipts):
        world.rate("USD", 100, 80, on=date(2026, 1, 1))
        bolt = world.customer("Bolt", currency="USD", group="EXPORT")
        invoice = world.sales_invoice(bolt, on=MARCH_2).charges("4520", 1000).post()
        body = {"journalId": receipts["id"], "appliesToInvoiceNumber": invoice.number, "amount": -1000}
        made = api.made("customerPayments", body)
        assert JournalLine.objects.get(uuid=made["id"]).currency_code == "USD"

    def test_posting_either_way(self, world, api, adatum, invoice, receipts):
        body = payment(adatum, journalId=receipts["id"], appliesToInvoiceNumber=invoice.number)
        api.made("customerPayments", body)
        done = api.post(f"customerPaymentJournals({receipts['id']})/Microsoft.NAV.post")
        assert done.status_code == 204, done.body
        assert world.open_items(adatum) == {}
        world.check()

    def test_one_that_is_posted_is_gone(self, api, adatum, receipts):
        made = api.made("customerPayments", payment(adatum, journalId=receipts["id"]))
        assert api.post(f"journals({receipts['id']})/Microsoft.NAV.post").status_code == 204
        for answer in (
            api.get(f"customerPayments({made['id']})"),
            api.patch(f"customerPayments({made['id']})", {"amount": -1}),
            api.delete(f"customerPayments({made['id']})"),
        ):
            assert (answer.status_code, answer.code) == (404, "Internal_RecordNotFound")


@pytest.mark.parametrize("with_invoice", [True, False])
def test_as_many_queries_for_fifty_as_for_two(api, adatum, invoice, receipts, with_invoice):
    paid = {"appliesToInvoiceNumber": invoice.number} if with_invoice else {}
    for _place in range(50):
        api.made("customerPayments", payment(adatum, journalId=receipts["id"], **paid))

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert len(api.rows(path)) == int(path[-2:].strip("="))
        return len(caught)

    for path in (
        f"customerPaymentJournals({receipts['id']})/customerPayments?$top=",
        f"journals({receipts['id']})/journalLines?$expand=journal,account&$top=",
    ):
        queries(f"{path}2")
        assert queries(f"{path}50") == queries(f"{path}2")
