"""The admin pages of customers and receivables: each opens, and the card keeps its rules."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from customers.models import Customer
from erp.kernel.changelog import ChangeLogEntry
from erp.kernel.models import User
from receivables import selectors


@pytest.fixture
def page(company, client):
    client.force_login(User.objects.create_superuser("root"))
    return client


MODELS = [
    model for label in ("customers", "receivables") for model in apps.get_app_config(label).get_models()
    if model in admin.site._registry
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_every_list_and_form_opens(page, company, model):
    invoice = company.invoice()
    company.pay("500.00", date(2026, 3, 20), to=invoice)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert page.get(reverse(f"{name}_changelist")).status_code == 200
    assert page.get(reverse(f"{name}_changelist"), {"q": "C1"}).status_code == 200
    row = model.objects.order_by("pk").first()
    if row is not None:
        assert page.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def form_of(response) -> dict:
    """The fields of an admin page as a browser would send them."""
    data = {}
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = "on" if value is True else value
    return data


def test_a_customer_is_added_changed_and_refused(page, company):
    add = reverse("admin:customers_customer_add")
    data = form_of(page.get(add)) | {"name": "Fabrikam", "email": "nobody"}
    response = page.post(add, data)
    assert "not a valid e-mail address" in response.content.decode()

    assert page.post(add, data | {"email": "a@example.com"}).status_code == 302
    customer = Customer.objects.get(name="Fabrikam")
    assert (customer.number, customer.search_name, customer.invoice_discount_code) == (
        "C00010",
        "FABRIKAM",
        "C00010",
    )

    change = reverse("admin:customers_customer_change", args=[customer.pk])
    data = form_of(page.get(change))
    assert page.post(change, data | {"privacy_blocked": "on"}).status_code == 302
    customer.refresh_from_db()
    assert (customer.blocked, customer.privacy_blocked) == ("all", True)
    data = form_of(page.get(change))
    assert "privacy reasons" in page.post(change, data | {"blocked": ""}).content.decode()


def test_a_customer_with_entries_says_why_it_stays(page, company):
    company.invoice()
    delete = reverse("admin:customers_customer_delete", args=[company.customer.pk])
    assert "open entries" in page.get(delete).content.decode()
    other = company.add_customer("C2")
    page.post(reverse("admin:customers_customer_delete", args=[other.pk]), {"post": "yes"})
    assert not Customer.objects.filter(number="C2").exists()


def test_an_open_item_changes_within_limits(page, company):
    invoice = company.invoice()
    change = reverse("admin:receivables_openitem_change", args=[invoice])
    data = form_of(page.get(change))
    response = page.post(change, data | {"remaining_payment_discount": "-5"})
    assert "must have the sign" in response.content.decode()
    assert page.post(change, data | {"due_date": "2026-05-01", "on_hold": "CHK"}).status_code == 302

    row = selectors.entry(invoice)
    assert (row.due_date, row.on_hold, row.remaining) == (date(2026, 5, 1), "CHK", D("1250.00"))
    logged = ChangeLogEntry.objects.filter(table="receivables_openitem").values_list("field", flat=True)
    assert sorted(logged) == ["due_date", "on_hold"]
