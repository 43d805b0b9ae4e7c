"""Ledgers through the API: read only, in the order of their numbers, and everything about a page in a few queries."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

MARCH_2, MARCH_9 = date(2026, 3, 2), date(2026, 3, 9)


@pytest.fixture
def adatum(world):
    return world.customer("Adatum", terms="1M(8D)")


@pytest.fixture
def invoice(world, adatum):
    """1,250 with VAT, of which 25 may be deducted until 10 March."""
    return world.sales_invoice(adatum, on=MARCH_2).charges("4520", 1000).post()


def entry_of(api, document_no):
    return api.rows(f"customerLedgerEntries?$filter=documentNumber eq '{document_no}'")[0]


class TestGeneralLedger:
    def test_an_entry_has_two_columns(self, world, api):
        world.journal(("6500", 80), ("1010", -80), document_no="GJ-7")
        debit, credit = api.rows("generalLedgerEntries?$filter=documentNumber eq 'GJ-7'")
        assert (debit["accountNumber"], debit["debitAmount"], debit["creditAmount"]) == ("6500", 80, 0)
        assert (credit["accountNumber"], credit["debitAmount"], credit["creditAmount"]) == ("1010", 0, 80)
        assert debit["postingDate"] == "2026-03-02"
        assert debit["lastModifiedDateTime"] == "2026-03-02T09:00:00.000Z"
        assert api.one(f"generalLedgerEntries({debit['id']})") | {"@odata.context": ""} == debit | {
            "@odata.context": ""
        }

    def test_documents_have_their_type(self, world, api, invoice):
        rows = api.rows(f"generalLedgerEntries?$filter=documentNumber eq '{invoice.number}'")
        assert {row["documentType"] for row in rows} == {"Invoice"}
        assert sum(row["debitAmount"] - row["creditAmount"] for row in rows) == 0

    def test_pages_follow_the_entry_numbers(self, world, api):
        for place in range(4):
            world.journal(("6500", 80), ("1010", -80), document_no=f"GJ-{place}")
        pages = api.pages("generalLedgerEntries", Prefer="odata.maxpagesize=3")
        assert [len(page) for page in pages] == [3, 3, 2]
        numbers = [row["entryNumber"] for page in pages for row in page]
        assert numbers == sorted(set(numbers))

    def test_only_what_has_an_index_is_sorted_by(self, api):
        assert api.get("generalLedgerEntries?$orderby=postingDate desc,entryNumber").status_code == 200
        refused = api.get("generalLedgerEntries?$orderby=description")
        assert (refused.status_code, refused.code) == (400, "BadRequest_InvalidRequestUrl")

    def test_nobody_writes_it(self, world, api):
        world.journal(("6500", 80), ("1010", -80))
        row = api.rows("generalLedgerEntries")[0]
        assert api.post("generalLedgerEntries", {}).status_code == 405
        assert api.patch(f"generalLedgerEntries({row['id']})", {"description": "x"}).status_code == 405
        assert api.delete(f"generalLedgerEntries({row['id']})").status_code == 405

    def test_who_may_not_see_it(self, world, api):
        refused = api.of(world.user("wim", role="WAREHOUSE")).get("generalLedgerEntries")
        assert (refused.status_code, refused.code) == (403, "Authorization_RequestDenied")

    def test_an_identifier_of_another_ledger_finds_nothing(self, api, invoice):
        other = entry_of(api, invoice.number)["id"]
        missing = api.get(f"generalLedgerEntries({other})")
        assert (missing.status_code, missing.code) == (404, "Internal_RecordNotFound")


class TestAccounts:
    def test_the_chart_and_what_moved(self, world, api):
        world.journal(("6500", 80), ("1010", -80), on=date(2026, 1, 31))
        world.journal(("6500", 20), ("1010", -20), on=MARCH_2, document_no="GJ-2")

        def moved(number, days=""):
            return api.rows(f"accounts?$filter=number eq '{number}'{days}")[0]["netChange"]

        assert (moved("6500"), moved("1010")) == (100, -100)
        assert moved("6500", " and dateFilter_FilterOnly ge 2026-02-01") == 20
        assert moved("6500", " and dateFilter_FilterOnly gt 2026-01-31") == 20
        assert moved("6500", " and dateFilter_FilterOnly lt 2026-03-02") == 80
        assert (
            moved("6500", " and dateFilter_FilterOnly ge 2026-02-01 and dateFilter_FilterOnly le 2026-02-28")
            == 0
        )
        assert moved("6500", " and dateFilter_FilterOnly eq 2026-03-02") == 20

    def test_a_total_is_the_sum_of_its_accounts(self, world, api):
        world.journal(("6500", 80), ("1010", -80))
        rows = api.rows("accounts")
        sums = [row for row in rows if row["accountType"] != "Posting" and row["netChange"] == -80]
        assert sums
        assert sum(row["netChange"] for row in rows if row["accountType"] == "Posting") == 0

    def test_what_was_known_of_it_at_a_moment(self, world, api):
        """Both journals are dated January; the second was posted in March."""
        world.clock = datetime(2026, 1, 31, 9, tzinfo=UTC)
        world.journal(("6500", 80), ("1010", -80), on=date(2026, 1, 31))
        world.clock = datetime(2026, 3, 2, 9, tzinfo=UTC)
        world.journal(("6500", 20), ("1010", -20), on=date(2026, 1, 31), document_no="GJ-2")

        def moved(known):
            days = "number eq '6500' and dateFilter_FilterOnly le 2026-01-31"
            return api.rows(f"accounts?$filter={days} and knownAt_FilterOnly eq {known}")[0]["netChange"]

        assert [moved(f"{day}T08:00:00Z") for day in ("2026-01-31", "2026-03-02", "2026-03-03")] == [
            0,
            80,
            100,
        ]
        for text in ("knownAt_FilterOnly gt 2026-03-02T08:00:00Z", "knownAt_FilterOnly eq 'soon'"):
            assert api.get(f"accounts?$filter={text}").code == "BadRequest_InvalidRequestUrl"

    def test_a_filter_that_is_no_period(self, api):
        refused = api.get("accounts?$filter=dateFilter_FilterOnly ne 2026-02-01")
        assert (refused.status_code, refused.code) == (400, "BadRequest_InvalidRequestUrl")

    def test_an_account_behind_an_entry(self, world, api):
        world.journal(("6500", 80), ("1010", -80))
        row = api.rows("generalLedgerEntries?$expand=account($select=number,netChange)")[0]
        assert row["account"]["number"] == row["accountNumber"]
        assert row["account"]["netChange"] == 80


class TestItemLedger:
    def test_goods_come_and_go(self, world, api, adatum):
        world.item("BICYCLE", stock=3, cost=D("61.50"), price=100)
        world.order(adatum).sells(2, "BICYCLE").post()
        came, went = api.rows("itemLedgerEntries?$filter=itemNumber eq 'BICYCLE'")
        assert (came["quantity"], came["costAmountActual"]) == (3, D("184.5"))
        assert (went["entryType"], went["documentType"]) == ("Sale", "Sales_x0020_Shipment")
        assert (went["quantity"], went["salesAmountActual"], went["costAmountActual"]) == (-2, 200, -123)
        assert (went["sourceType"], went["sourceNumber"]) == ("Customer", "ADATUM")

    def test_cost_is_for_those_who_may_see_it(self, world, api):
        world.item("BICYCLE", stock=3, cost=D("61.50"))
        answer = api.of(world.user("wim", role="WAREHOUSE")).get("itemLedgerEntries")
        assert answer["X-Filtered-By-Permission"] == "costAmountActual"
        assert [row["costAmountActual"] for row in answer.body["value"]] == [0]
        assert "X-Filtered-By-Permission" not in api.get("itemLedgerEntries")


class TestCustomerLedger:
    def test_an_open_invoice(self, api, adatum, invoice):
        entry = entry_of(api, invoice.number)
        assert entry["customerId"] == str(adatum.uuid)
        assert (entry["documentType"], entry["open"], entry["closedAtDate"]) == (
            "Invoice",
            True,
            "0001-01-01",
        )
        assert (entry["originalAmount"], entry["remainingAmount"], entry["remainingAmountLCY"]) == (
            1250,
            1250,
            1250,
        )
        assert (entry["pmtDiscountDate"], entry["remainingPmtDiscPossible"]) == ("2026-03-10", 25)

    def test_a_payment_is_applied_and_taken_back(self, world, api, adatum, invoice):
        world.pay(adatum, 1225, on=MARCH_9)
        owed, paid = api.rows("customerLedgerEntries?$filter=customerNumber eq 'ADATUM'")
        assert (paid["documentType"], paid["remainingAmount"]) == ("Payment", -1225)

        body = {"entries": [{"entryId": owed["id"]}], "postingDate": "2026-03-09"}
        done = api.post(f"customerLedgerEntries({paid['id']})/Microsoft.NAV.apply", body)
        assert done.status_code == 200, done.body
        assert done.body["remainingAmount"] == 0
        assert done["Location"].endswith(f"customerLedgerEntries({paid['id']})")
        owed = api.one(f"customerLedgerEntries({owed['id']})?$expand=detailedEntries,appliedEntries")
        assert (owed["open"], owed["remainingAmount"], owed["closedAtDate"]) == (False, 0, "2026-03-09")
        assert sum(detail["amount"] for detail in owed["detailedEntries"]) == 0
        assert [pair["appliedEntryId"] for pair in owed["appliedEntries"]] == [paid["id"]]
        settled = api.rows(f"customerLedgerEntries({paid['id']})/appliedEntries")
        assert [(pair["documentNumber"], pair["amount"]) for pair in settled] == [(invoice.number, 1250)]

        detail = next(each for each in owed["detailedEntries"] if each["entryType"] == "Application")
        undone = api.post(
            f"customerLedgerEntries({owed['id']})/Microsoft.NAV.unapply",
            {"detailedEntryNo": detail["entryNumber"], "postingDate": "2026-03-09"},
        )
        assert undone.status_code == 200, undone.body
        assert entry_of(api, invoice.number)["remainingAmount"] == 1250
        assert api.rows(f"customerLedgerEntries({paid['id']})/appliedEntries") == []
        world.check()

    def test_one_payment_settles_two_invoices(self, world, api, adatum, invoice):
        other = world.sales_invoice(adatum, on=MARCH_2).charges("4520", 100).post()
        world.pay(adatum, 1350, on=MARCH_9, apply=[invoice.number, other.number])
        (paid,) = api.rows("customerLedgerEntries?$filter=documentType eq 'Payment'&$expand=appliedEntries")
        settled = {each["documentNumber"] for each in paid["appliedEntries"]}
        assert settled == {invoice.number, other.number}
        (back,) = api.rows(f"customerLedgerEntries({entry_of(api, other.number)['id']})/appliedEntries")
        assert (back["appliedEntryId"], back["documentType"]) == (paid["id"], "Payment")

    def test_a_part_is_applied(self, world, api, adatum, invoice):
        world.pay(adatum, 1225, on=MARCH_9)
        owed, paid = api.rows("customerLedgerEntries")
        body = {"entries": [{"entryId": owed["id"], "amountToApply": 500}], "postingDate": "2026-03-09"}
        assert api.post(f"customerLedgerEntries({paid['id']})/Microsoft.NAV.apply", body).status_code == 200
        assert [row["remainingAmount"] for row in api.rows("customerLedgerEntries")] == [750, -725]

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"entries": []}, 400, "BadRequest_RequiredParamNotProvided"),
            ({"entries": [{"entryId": "00000000-0000-0000-0000-000000000001"}]}, 400, "Internal_InvalidTableRelation"),
            ({"entries": [{"amountToApply": 5}]}, 400, "Internal_InvalidTableRelation"),
            ({"postingDate": "2019-01-01"}, 400, "Application_DialogException"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_applied(self, world, api, adatum, invoice, change, status, code):
        world.pay(adatum, 1225, on=MARCH_9)
        owed, paid = api.rows("customerLedgerEntries")
        body = {"entries": [{"entryId": owed["id"]}]} | change
        refused = api.post(f"customerLedgerEntries({paid['id']})/Microsoft.NAV.apply", body)
        assert (refused.status_code, refused.code) == (status, code), refused.body

    def test_more_than_there_is(self, world, api, adatum, invoice):
        world.pay(adatum, 1225, on=MARCH_9)
        owed, paid = api.rows("customerLedgerEntries")
        body = {"entries": [{"entryId": owed["id"], "amountToApply": 9999}]}
        refused = api.post(f"customerLedgerEntries({paid['id']})/Microsoft.NAV.apply", body)
        assert refused.status_code == 409, refused.body

    def test_a_closed_period(self, world, api, adatum, invoice):
        world.pay(adatum, 1225, on=MARCH_9)
        world.ledger_setup(allow_posting_from=date(2026, 4, 1))
        owed, paid = api.rows("customerLedgerEntries")
        body = {"entries": [{"entryId": owed["id"]}], "postingDate": "2026-03-09"}
        refused = api.post(f"customerLedgerEntries({paid['id']})/Microsoft.NAV.apply", body)
        assert (refused.status_code, refused.code) == (409, "Period_Closed")

    def test_nothing_to_take_back(self, api, invoice):
        entry = entry_of(api, invoice.number)
        action = f"customerLedgerEntries({entry['id']})/Microsoft.NAV.unapply"
        assert api.post(action).status_code == 409
        assert api.post(action, {"detailedEntryNo": entry["entryNumber"]}).status_code == 400

    def test_applying_is_a_right_of_its_own(self, world, api, invoice):
        entry = entry_of(api, invoice.number)
        refused = api.of(world.user("clara", role="CLERK")).post(
            f"customerLedgerEntries({entry['id']})/Microsoft.NAV.apply", {"entries": []}
        )
        assert (refused.status_code, refused.code) == (403, "Authorization_RequestDenied")

    def test_the_etag_follows_what_is_open(self, world, api, adatum, invoice):
        before = entry_of(api, invoice.number)["@odata.etag"]
        assert entry_of(api, invoice.number)["@odata.etag"] == before
        world.pay(adatum, 100, on=MARCH_9, apply=[invoice.number])
        after = entry_of(api, invoice.number)["@odata.etag"]
        assert after != before

    def test_applied_entries_want_their_parent(self, api):
        refused = api.get("appliedCustomerLedgerEntries")
        assert (refused.status_code, refused.code) == (400, "BadRequest_RequiredParamNotProvided")


def test_as_many_queries_for_fifty_as_for_two(world, api, adatum):
    def queries(path: str, top: int) -> int:
        separator = "&" if "?" in path else "?"
        with CaptureQueriesContext(connection) as caught:
            assert len(api.rows(f"{path}{separator}$top={top}")) == top
        return len(caught)

    for place in range(50):
        world.item(f"ITEM-{place}", stock=1, cost=10)
        world.sales_invoice(adatum, on=MARCH_2).charges("4520", 100).post()
    for path in (
        "generalLedgerEntries?$expand=account",
        "itemLedgerEntries",
        "customerLedgerEntries?$expand=detailedEntries,appliedEntries,customer",
        "detailedCustomerLedgerEntries",
        "accounts",
    ):
        queries(path, 1)
        assert queries(path, 50) == queries(path, 2), path
