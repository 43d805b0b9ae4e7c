"""What nobody should see: other sets through a filter; and what nobody should send, but somebody will."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from customers.models import Customer, PaymentTerms
from erp.kernel.access_tokens import issue
from erp.kernel.models import User
from erp.kernel.odata.query import MOST_ROWS
from inventory.models import ItemVariant
from tests.unit.api.test_door import ask, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(api, world):
    """Somebody who may see documents and nothing else, and an order of Adatum."""
    adatum = world.customer("Adatum", number="C1")
    world.order(adatum).sells(2, world.item("BICYCLE", stock=10, cost=240, price=400))
    user = User.objects.create_user("documents")
    codes = ["view_salesdocument", "view_pricelist", "add_item", "view_item", "change_item"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return api.of(user)


@pytest.mark.parametrize(
    "path",
    [
        "salesOrders?$filter=customer/displayName eq 'Adatum'",
        "salesOrders?$filter=not (customer/creditLimit gt 1)",
        "salesOrders?$expand=salesOrderLines($filter=account/category eq 'Income')",
        "salesOrders?$filter=salesOrderLines/any(l: l/account/displayName eq 'x')",
        "salesOrders/$count?$filter=startswith(tolower(customer/displayName),'a')",
        "salesPriceLists?$filter=salesPriceListLines/any(l: l/unitPrice gt 1)",
        "salesPriceLists?$filter=salesPriceListLines/any()",
    ],
)
def test_a_filter_sees_no_more_than_its_asker(clerk, api, path):
    """To learn a customer's credit limit, asking again and again which orders are of customers above one was enough."""
    assert refused(clerk, "GET", quote(path, safe="/?=$")) == (403, "Authorization_RequestDenied")
    assert ask(api, "GET", quote(path, safe="/?=$")).status_code != 403


def test_a_filter_sees_no_more_than_its_token(clerk, api, client):
    now = timezone.now()

    def get(*scopes):
        _row, token = issue(api.user, "try", scopes, expires_at=now + timedelta(days=1), at=now)
        path = f"{api.base}/salesOrders?$filter=customer/displayName eq 'Adatum'"
        return client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code

    assert get("sales.orders.read") == 403
    assert get("sales.orders.read", "customers.read") == 200


def test_what_is_made_with_its_parent_takes_its_own_permission(clerk):
    body = {"displayName": "Bell", "itemVariants": [{"code": "RED"}]}
    assert refused(clerk, "POST", "items", body) == (403, "Authorization_RequestDenied")
    assert not ItemVariant.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "year(orderDate) eq 99999", "year(orderDate) lt 0", "length(totalAmountExcludingTax) eq 1",
        "tolower(totalAmountExcludingTax) eq 'x'", "concat(number,1) eq 'x'", "substring(number,'a') eq 'x'",
        "contains(tolower(totalAmountExcludingTax),'x')", "round(totalAmountExcludingTax) eq 'abc'",
        "number add 1 eq 2", "totalAmountExcludingTax add 'x' eq 3", "indexof(number,5) eq 1",
        "length(number) eq 'x'", "date(lastModifiedDateTime) eq 'x'", "orderDate add 1 gt 2020-01-01",
        "orderDate sub orderDate eq 1", "not " * 900 + "(number eq 'a')",
        " or ".join(["number eq 'a'"] * 400),
    ],
)  # fmt: skip
def test_filters_that_mean_nothing_are_refused(api, text):
    assert refused(api, "GET", f"salesOrders?$filter={quote(text)}") == (400, "BadRequest_InvalidRequestUrl")


@pytest.mark.parametrize(
    "text",
    ["length(number) gt 3", "year(orderDate) eq 2026", "totalAmountExcludingTax add 1 gt 2", "indexof(number,'S') ge 0",
     "concat(number,'x') ne 'x'", "substring(number,0,2) ne 'x'", "date(lastModifiedDateTime) ge 2020-01-01",
     "totalAmountExcludingTax gt totalAmountIncludingTax", " or ".join(["number eq 'a'"] * 150)],
)  # fmt: skip
def test_filters_that_mean_something_are_not(api, text):
    assert ask(api, "GET", f"salesOrders?$filter={quote(text)}").status_code == 200


def test_half_a_character_is_no_text(api):
    assert refused(api, "POST", "customers", '{"displayName":"\\ud800"}') == (400, "BadRequest")
    made = ask(api, "POST", "customers", '{"displayName":"\\ud83d\\ude00"}')
    assert made.body["displayName"] == "\U0001f600"


@pytest.mark.parametrize("amount", ["1e999999999", '"1e99999999999"', "1e-999999999"])
def test_amounts_beyond_all_bounds(api, amount):
    body = f'{{"displayName":"x","creditLimit":{amount}}}'
    assert refused(api, "POST", "customers", body) == (400, "Application_EvaluateException")
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "path", ["/api/v2.0/companies(%00)/customers", "/api/v2.0/customers?company=%00", "subscriptions('%00')"]
)
def test_no_address_has_null_characters(api, path):
    assert ask(api, "GET", path).status_code == 400


def test_a_page_size_of_many_digits(api):
    answer = ask(api, "GET", "paymentTerms", Prefer=f"odata.maxpagesize={'9' * 5000}")
    assert answer.status_code == 400
    assert ask(api, "GET", "paymentTerms", Prefer=f"odata.maxpagesize={MOST_ROWS}").status_code == 200


def test_an_identifier_of_one_that_was_posted_is_taken(api, world):
    adatum = world.customer("Adatum", number="C1")
    world.order(adatum).sells(2, world.item("BICYCLE", stock=10, cost=240, price=400)).release().post()
    posted = api.rows("salesInvoices")[0]["id"]
    answer = api.post("salesInvoices", {"id": posted, "customerNumber": "C1"}, X_Allow_Client_Id="1")
    assert (answer.status_code, answer.code) == (400, "Internal_EntityWithSameKeyExists")
    assert [row["id"] for row in api.rows("salesInvoices")] == [posted]


def test_pages_hold_together_where_many_are_alike(api):
    """Ties, both directions and several columns: each row once, in order."""
    PaymentTerms.objects.bulk_create(PaymentTerms(code=f"T{number:02}") for number in range(23))
    for order in ("lastModifiedDateTime desc,code", "lastModifiedDateTime,code desc", "code desc"):
        pages = api.pages(f"paymentTerms?$orderby={order}&$top=20", Prefer="odata.maxpagesize=7")
        whole = api.rows(f"paymentTerms?$orderby={order}&$top=20")
        assert [len(page) for page in pages] == [7, 7, 6]
        assert json.dumps([row["id"] for page in pages for row in page]) == json.dumps(
            [r["id"] for r in whole]
        )


def test_an_address_has_an_end(api):
    """Within a batch no web server keeps it short; taking it apart costs the square of its length."""
    requests = [
        {"id": "1", "method": "GET", "url": "/" * 200_000},
        {"id": "2", "method": "GET", "url": "x" * 5_000},
    ]
    answers = ask(api, "POST", "$batch", {"requests": requests}).body["responses"]
    assert [each["status"] for each in answers] == [400, 400]


def test_a_refusal_does_not_repeat_everything(api):
    answer = ask(api, "POST", "customers", {"displayName": "x", "creditLimit": "9" * 100_000})
    assert (answer.status_code, answer.target) == (400, "creditLimit")
    assert len(answer.content) < 2_000
