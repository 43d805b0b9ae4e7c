"""Master data and set-up in the administration; ledgers and papers are only read there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from sales.models import PriceList, SalesSetup

ROOMS = ("kernel", "approvals", "posting", "customers", "inventory", "receivables", "sales")


def test_every_list_of_sales_opens(shop, browser):
    shop.invoice()
    shop.order()
    for model in list(admin.site._registry):  # the first page may bring more
        if model._meta.app_label == "sales":
            address = reverse(f"admin:sales_{model._meta.model_name}_changelist")
            assert browser.get(address).status_code == 200, model
            assert browser.get(f"{address}?q=1").status_code == 200, model


def test_papers_and_documents_are_read_and_link_to_their_pages(shop, browser):
    invoice, order = shop.invoice(), shop.order().document
    for model, row, page in (
        ("salesinvoice", invoice, reverse("sales:posted", args=["invoice", invoice.number])),
        ("salesdocument", order, reverse("sales:document", args=["order", order.number])),
    ):
        assert page in browser.get(reverse(f"admin:sales_{model}_changelist")).content.decode()
        change = reverse(f"admin:sales_{model}_change", args=[row.pk])
        assert 'name="_save"' not in browser.get(change).content.decode()
        assert browser.post(change, {}).status_code == 403
        assert browser.get(reverse(f"admin:sales_{model}_add")).status_code == 403


def test_every_table_is_somewhere_in_the_administration():
    """As a page of its own, or with the rows that it belongs to; but what has pages of ours, and what is one's own."""
    shown = set(admin.site._registry)
    for page in admin.site._registry.values():
        shown |= {inline.model for inline in page.inlines}
    hidden = {"ItemEntryState", "LateCostPosting", "SetupStamp"}
    hidden |= {"Attachment", "ItemJournalBatch", "ItemJournalLine", "JournalBatch", "JournalLine"}
    hidden |= {
        "AccessToken",
        "Application",
        "DeniedAttempt",
        "Notice",
        "Preference",
        "RecentRecord",
        "SavedView",
    }
    missing = [
        model._meta.label
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        if model not in shown and model.__name__ not in hidden
    ]
    assert missing == []


def test_price_lists_are_kept_with_their_lines(world, browser):
    answer = browser.post(
        reverse("admin:sales_pricelist_add"),
        {
            "code": "SUMMER",
            "status": "active",
            "lines-TOTAL_FORMS": 1,
            "lines-INITIAL_FORMS": 0,
            "lines-0-source_type": "all_customers",
            "lines-0-asset_type": "all_items",
            "lines-0-amount_type": "discount",
            "lines-0-minimum_quantity": "10",
            "lines-0-unit_price": "0",
            "lines-0-line_discount_percent": "5",
        },
    )
    assert answer.status_code == 302, answer.context["errors"]
    assert PriceList.objects.get(code="SUMMER").lines.get().line_discount_percent == 5


def test_the_set_up_is_one_row_that_changes(world, browser, sign_in):
    assert browser.get(reverse("admin:sales_salessetup_add")).status_code == 403
    page = reverse("admin:sales_salessetup_change", args=[1])
    assert browser.get(page).status_code == 200
    assert SalesSetup.objects.get().pk == 1
    assert sign_in("CLERK").get(page).context["has_change_permission"] is False


@pytest.mark.parametrize(
    "role", ["CLERK", "ACCOUNTANT", "SALES-MANAGER", "WAREHOUSE", "ADMINISTRATOR", "AUDITOR"]
)
def test_the_index_opens_for_everybody(world, sign_in, role):
    assert sign_in(role).get(reverse("admin:index")).status_code == 200
