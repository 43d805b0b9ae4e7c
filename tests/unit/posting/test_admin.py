"""The admin: set-up can be edited, ledgers only read."""

import pytest
from django.urls import reverse

from posting.models import GeneralLedgerSetup, GLAccount

PAGES = [
    "glaccount",
    "generalledgersetup",
    "generalpostingsetup",
    "vatpostingsetup",
    "generalbusinessgroup",
    "generalproductgroup",
    "vatbusinessgroup",
    "vatproductgroup",
    "vatclause",
    "currency",
    "exchangerate",
    "accountingperiod",
    "userpostingdates",
    "register",
    "glentry",
    "vatentry",
    "glbalance",
]
LEDGERS = ["register", "glentry", "vatentry", "glbalance"]


@pytest.fixture
def posted(books, admin_client):
    vat = {"gen_posting_type": "sale", "vat_bus": "DOM", "vat_prod": "V25"}
    books.post(("4100", "-125.00"), bal_account_no="1020", **vat)
    return books


@pytest.mark.parametrize("page", PAGES)
def test_every_list_opens_and_can_be_searched(posted, admin_client, page):
    address = reverse(f"admin:posting_{page}_changelist")
    assert admin_client.get(address).status_code == 200
    assert admin_client.get(address, {"q": "4100"}).status_code == 200


@pytest.mark.parametrize("page", LEDGERS)
def test_ledgers_are_read_only(posted, admin_client, page):
    from django.apps import apps

    row = apps.get_model("posting", page).objects.first()
    assert admin_client.get(reverse(f"admin:posting_{page}_add")).status_code == 403
    detail = reverse(f"admin:posting_{page}_change", args=[row.pk])
    assert admin_client.get(detail).status_code == 200
    assert admin_client.post(detail, {}).status_code == 403
    assert (
        admin_client.post(reverse(f"admin:posting_{page}_delete", args=[row.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_accounts_are_edited_and_their_totaling_checked(posted, admin_client):
    account = posted.accounts["6300"]
    address = reverse("admin:posting_glaccount_change", args=[account.pk])
    form = {
        "number": "6300",
        "name": "Fees",
        "type": "posting",
        "statement": "income",
        "category": "",
        "control": "",
        "totaling": "",
        "indentation": "0",
        "direct_posting": "on",
    }
    assert admin_client.post(address, form).status_code == 302
    assert GLAccount.objects.get(number="6300").name == "Fees"
    assert b"is not a totaling" in admin_client.post(address, form | {"totaling": "2..1"}).content


def test_only_unused_accounts_are_deleted(posted, admin_client):
    for number, stays in (("4100", True), ("6500", False)):
        address = reverse("admin:posting_glaccount_delete", args=[posted.accounts[number].pk])
        assert admin_client.get(address).status_code == 200
        assert admin_client.post(address, {"post": "yes"}).status_code in (200, 302)
        assert GLAccount.objects.filter(number=number).exists() is stays


def test_there_is_one_general_ledger_setup(posted, admin_client):
    assert admin_client.get(reverse("admin:posting_generalledgersetup_add")).status_code == 403
    GeneralLedgerSetup.objects.all().delete()
    assert admin_client.get(reverse("admin:posting_generalledgersetup_add")).status_code == 200
