"""Journals through the API: batches, their lines, and posting."""

from datetime import date
from decimal import Decimal as D

import pytest

from posting.models import GLAccount
from receivables.models import BankAccount, JournalBatch, JournalLine

JOURNAL = {"code": "RENT", "displayName": "Rents"}
RECEIPTS = {"code": "BANK1", "displayName": "Receipts of the bank"}


@pytest.fixture
def adatum(world):
    return world.customer("Adatum")


@pytest.fixture
def journal(api):
    return api.made("journals", JOURNAL)


@pytest.fixture
def receipts(api):
    return api.made("customerPaymentJournals", RECEIPTS)


def account(number: str) -> str:
    return str(GLAccount.objects.get(number=number).uuid)


def line(**values):
    return {
        "accountType": "G/L Account",
        "accountNumber": "6500",
        "balanceAccountType": "G_x002F_L_x0020_Account",
        "balancingAccountNumber": "1010",
        "postingDate": "2026-03-02",
        "amount": 80,
    } | values


class TestJournals:
    def test_a_new_one_is_a_general_one(self, api, journal):
        assert (journal["code"], journal["displayName"]) == ("RENT", "Rents")
        assert journal["templateDisplayName"] == "GENERAL"
        assert JournalBatch.objects.get(name="RENT").kind == "general"
        assert api.one(f"journals({journal['id']})")["code"] == "RENT"

    def test_one_with_its_lines(self, api):
        made = api.made("journals", {"code": "a", "journalLines": [line(), line(amount=20)]})
        rows = api.rows(f"journals({made['id']})/journalLines")
        assert [(row["lineNumber"], row["amount"]) for row in rows] == [(10000, 80), (20000, 20)]
        assert {row["journalDisplayName"] for row in rows} == {"A"}

    def test_a_list_shows_general_journals_but_any_is_reached(self, api, journal, receipts):
        assert [row["code"] for row in api.rows("journals")] == ["RENT"]
        cash = api.rows("journals?$filter=templateDisplayName eq 'CASHRCPT'")
        assert [row["id"] for row in cash] == [receipts["id"]]
        assert api.one(f"journals({receipts['id']})")["templateDisplayName"] == "CASHRCPT"
        assert [row["code"] for row in api.rows(f"journals?$filter=id eq {receipts['id']}")] == ["BANK1"]
        assert [row["code"] for row in api.rows("customerPaymentJournals")] == ["BANK1"]
        assert api.get(f"customerPaymentJournals({journal['id']})").status_code == 404

    def test_it_takes_what_the_set_up_says(self, api, receipts):
        """The bank account and the numbers that every journal of cash receipts begins with."""
        batch = JournalBatch.objects.get(name="BANK1")
        assert (batch.bal_account_type, bool(batch.number_series)) == ("bank", True)
        assert receipts["balancingAccountNumber"] == batch.bal_account_no
        assert receipts["balancingAccountId"] == str(
            BankAccount.objects.get(number=batch.bal_account_no).uuid
        )

    def test_another_balancing_account(self, api, journal):
        changed = api.patch(
            f"journals({journal['id']})",
            {"balancingAccountId": account("1010"), "displayName": "Rents and more"},
            etag=journal["@odata.etag"],
        )
        assert changed.status_code == 200, changed.body
        assert changed.body["balancingAccountNumber"] == "1010"
        opened = api.one(f"journals({journal['id']})?$expand=account($select=number)")
        assert (opened["displayName"], opened["account"]["number"]) == ("Rents and more", "1010")
        zeros = "00000000-0000-0000-0000-000000000000"
        cleared = api.patch(f"journals({journal['id']})", {"balancingAccountId": zeros})
        assert (cleared.body["balancingAccountId"], cleared.body["balancingAccountNumber"]) == (zeros, "")

    @pytest.mark.parametrize(
        ("body", "code", "target"),
        [
            ({}, "BadRequest_RequiredParamNotProvided", "code"),
            ({"code": "RENT"}, "Internal_EntityWithSameKeyExists", ""),
            ({"code": "TOO-LONG-A-NAME"}, "Application_StringExceededLength", "code"),
            ({"code": "B", "templateDisplayName": "ASSETS"}, "Internal_InvalidTableRelation", "templateDisplayName"),
            (
                {"code": "B", "balancingAccountId": "6d1c0000-0000-4000-8000-000000000001"},
                "Internal_InvalidTableRelation", "balancingAccountId",
            ),
            ({"code": "B", "balancingAccountNumber": "1010"}, "BadRequest", "balancingAccountNumber"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_made(self, api, journal, body, code, target):
        refused = api.post("journals", body)
        assert (refused.status_code, refused.code, refused.target) == (400, code, target), refused.body

    def test_what_cannot_be_changed(self, api, journal):
        for body in ({"code": "OTHER"}, {"templateDisplayName": "SALES"}):
            refused = api.patch(f"journals({journal['id']})", body)
            assert (refused.status_code, refused.target) == (400, next(iter(body)))
        same = {"code": "RENT", "templateDisplayName": "GENERAL"}
        assert api.patch(f"journals({journal['id']})", same).status_code == 200
        assert api.patch(f"journals({journal['id']})", same, etag='W/"old"').status_code == 409
        assert api.patch(f"journals({journal['id']})", same, etag=None).status_code == 400

    def test_it_goes_when_it_is_empty(self, api, journal):
        written = api.made(f"journals({journal['id']})/journalLines", line())
        assert api.delete(f"journals({journal['id']})").status_code == 400
        assert api.delete(f"journalLines({written['id']})").status_code == 204
        assert api.delete(f"journals({journal['id']})").status_code == 204
        assert not JournalBatch.objects.filter(name="RENT").exists()

    def test_posting_empties_it(self, world, api, journal):
        api.made(f"journals({journal['id']})/journalLines", line(documentNumber="R-1"))
        done = api.post(f"journals({journal['id']})/Microsoft.NAV.post")
        assert (done.status_code, done.body) == (204, None)
        assert done["Location"].endswith(f"journals({journal['id']})")
        assert (world.account("6500"), world.account("1010")) == (80, -80)
        assert api.rows(f"journals({journal['id']})/journalLines") == []
        again = api.post(f"journals({journal['id']})/Microsoft.NAV.post")
        assert (again.status_code, again.code) == (400, "BadRequest_InvalidOperation")

    def test_sent_twice_it_is_posted_once(self, world, api, journal):
        api.made(f"journals({journal['id']})/journalLines", line())
        action = f"journals({journal['id']})/Microsoft.NAV.post"
        answers = [api.post(action, Idempotency_Key="rent-march") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [204, 204]
        assert world.account("6500") == 80

    def test_what_is_wrong_is_told_line_by_line(self, world, api, journal):
        api.made(f"journals({journal['id']})/journalLines", line(balancingAccountNumber=""))
        refused = api.post(f"journals({journal['id']})/Microsoft.NAV.post")
        assert (refused.status_code, refused.code) == (400, "Application_DialogException")
        world.ledger_setup(allow_posting_from=date(2026, 4, 1))
        closed = api.post(f"journals({journal['id']})/Microsoft.NAV.post")
        assert (closed.status_code, closed.code) == (409, "Period_Closed")
        assert closed.target == "journalLines[0].postingDate"

    def test_posting_takes_the_right_of_its_kind(self, world, api, journal, receipts):
        """An accountant posts both, a clerk neither."""
        clara = api.of(world.user("clara", role="CLERK"))
        for one in (journal, receipts):
            assert clara.post(f"journals({one['id']})/Microsoft.NAV.post").status_code == 403
        agnes = api.of(world.user("agnes", role="ACCOUNTANT"))
        for one in (journal, receipts):
            assert agnes.post(f"journals({one['id']})/Microsoft.NAV.post").status_code == 400  # empty


class TestLines:
    def test_a_line_names_its_accounts_either_way(self, api, journal):
        made = api.made(
            f"journals({journal['id']})/journalLines",
            {"accountId": account("6500"), "balancingAccountId": account("1010"), "amount": D("80.25")},
        )
        assert (made["accountType"], made["accountNumber"]) == ("G_x002F_L_x0020_Account", "6500")
        assert (made["balanceAccountType"], made["balancingAccountNumber"]) == (
            "G_x002F_L_x0020_Account",
            "1010",
        )
        assert (made["amount"], made["journalId"], made["lineNumber"]) == (D("80.25"), journal["id"], 10000)
        assert made["description"] == GLAccount.objects.get(number="6500").name

    def test_a_customer_and_a_bank_account(self, api, adatum, journal):
        bank = BankAccount.objects.first()
        made = api.made(
            "journalLines",
            {"journalId": journal["id"], "accountNumber": "ADATUM", "balancingAccountId": str(bank.uuid)},
        )
        assert (made["accountType"], made["accountId"]) == ("Customer", str(adatum.uuid))
        assert (made["balanceAccountType"], made["balancingAccountNumber"]) == (
            "Bank_x0020_Account",
            bank.number,
        )

    def test_it_is_changed(self, api, adatum, journal):
        made = api.made(f"journals({journal['id']})/journalLines", line())
        body = {"accountType": "Customer", "accountNumber": "ADATUM", "amount": 90, "comment": ""}
        changed = api.patch(f"journalLines({made['id']})", body, etag=made["@odata.etag"])
        assert changed.status_code == 200, changed.body
        assert (changed.body["accountId"], changed.body["amount"]) == (str(adatum.uuid), 90)
        stale = api.patch(f"journalLines({made['id']})", {"amount": 91}, etag=made["@odata.etag"])
        assert (stale.status_code, stale.code) == (409, "Request_EntityChanged")
        other = api.patch(f"journalLines({made['id']})", {"accountType": "G/L Account"}).body
        assert (other["accountType"], other["accountNumber"]) == ("G_x002F_L_x0020_Account", "")
        unchanged = {name: value for name, value in other.items() if not name.startswith("@")}
        assert api.patch(f"journalLines({made['id']})", unchanged).status_code == 200

    @pytest.mark.parametrize(
        ("change", "code", "target"),
        [
            ({"accountNumber": "9999"}, "Internal_InvalidTableRelation", "accountNumber"),
            ({"accountType": "Customer"}, "Internal_InvalidTableRelation", "accountNumber"),
            ({"accountType": "Vendor"}, "Application_FieldValidationException", "accountType"),
            ({"accountType": "Friend"}, "Application_EvaluateException", "accountType"),
            ({"taxCode": "NONE"}, "Internal_InvalidTableRelation", "taxCode"),
            ({"lineNumber": 7}, "BadRequest", "lineNumber"),
            ({"amount": "1.234"}, "Application_EvaluateException", "amount"),
            ({"comment": "Hello"}, "Application_FieldValidationException", "comment"),
            ({"accountId": "6d1c0000-0000-4000-8000-000000000001"}, "Internal_InvalidTableRelation", "accountId"),
            ({"journalDisplayName": "OTHER"}, "BadRequest", "journalDisplayName"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_written(self, api, journal, change, code, target):
        refused = api.post(f"journals({journal['id']})/journalLines", line(**change))
        assert (refused.status_code, refused.code, refused.target) == (400, code, target), refused.body
        assert not JournalLine.objects.exists()

    def test_identifier_and_number_must_agree(self, api, journal):
        body = line(accountId=account("6100"))
        refused = api.post(f"journals({journal['id']})/journalLines", body)
        assert (refused.status_code, refused.target) == (400, "accountNumber")
        assert "do not match" in refused.body["error"]["message"]

    def test_it_stays_in_its_journal(self, api, journal, receipts):
        made = api.made(f"journals({journal['id']})/journalLines", line())
        for body in ({"journalId": receipts["id"]}, {"journalDisplayName": "BANK1"}, {"lineNumber": 5}):
            refused = api.patch(f"journalLines({made['id']})", body)
            assert (refused.status_code, refused.target) == (400, next(iter(body)))

    def test_lines_are_read_below_a_journal(self, api, journal):
        refused = api.get("journalLines")
        assert (refused.status_code, refused.code) == (400, "BadRequest_RequiredParamNotProvided")
        api.made(f"journals({journal['id']})/journalLines", line())
        assert len(api.rows(f"journalLines?$filter=journalId eq {journal['id']}")) == 1
        assert len(api.rows(f"journalLines?$filter=journalId eq {journal['id']} and amount gt 80")) == 0
        found = f"journalLines?$filter=journalId eq {journal['id']} and accountId eq {account('6500')}"
        assert [row["accountNumber"] for row in api.rows(found)] == ["6500"]

    def test_one_that_names_no_journal(self, api):
        refused = api.post("journalLines", line())
        assert (refused.status_code, refused.target) == (400, "journalId")
        refused = api.post("journalLines", line(journalDisplayName="NONE"))
        assert (refused.status_code, refused.target) == (400, "journalDisplayName")

    def test_rights(self, world, api, journal):
        wim = api.of(world.user("wim", role="WAREHOUSE"))
        assert wim.get(f"journals({journal['id']})/journalLines").status_code == 403
        assert wim.post(f"journals({journal['id']})/journalLines", line()).status_code == 403
