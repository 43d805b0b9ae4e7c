"""Acceptance cases P13, P20 and P23: the local currency, pages that do not slip, receivables that add up."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import Customer
from posting.models import Currency

ZEROS = "00000000-0000-0000-0000-000000000000"


def test_p13_the_local_currency_is_shown_by_its_code_and_is_no_currency(api, world):
    """Books are kept in Danish kroner: a customer who names no currency shows DKK, and no identifier for it."""
    Currency.objects.filter(code="DKK").delete()
    world.ledger_setup(lcy_code="DKK")
    made = api.made("customers", {"displayName": "Adatum"})
    assert (made["currencyCode"], made["currencyId"]) == ("DKK", ZEROS)
    assert "DKK" not in [row["code"] for row in api.rows("currencies")]
    assert api.get(f"customers({made['id']})/currency").status_code == 404

    # To say the local currency is to say none; a foreign one is found by its code.
    path = f"customers({made['id']})"
    assert api.patch(path, {"currencyCode": "USD"}).body["currencyId"] != ZEROS
    assert api.one(f"{path}/currency")["code"] == "USD"
    assert api.patch(path, {"currencyCode": "DKK"}).body["currencyId"] == ZEROS
    assert Customer.objects.get().currency is None
    assert len(api.rows("customers?$filter=currencyCode eq 'DKK'")) == 1

    answer = api.patch(path, {"currencyCode": "XXX"})
    assert (answer.status_code, answer.code) == (400, "Internal_InvalidTableRelation")
    assert api.post("currencies", {"code": "DKK"}).target == "code"


@pytest.fixture
def many(world):
    """2,500 customers."""
    Customer.objects.bulk_create(
        Customer(number=f"{number:05}", name=f"Customer {number}") for number in range(10_000, 12_500)
    )


@pytest.mark.parametrize("order", ["", "?$orderby=number", "?$orderby=number desc"])
def test_p20_pages_do_not_slip_when_a_row_comes_in_between(api, many, order):
    """Three pages of the default 1,000; who comes in on a page that was read moves nobody."""
    seen, next_path = [], f"customers{order}"
    while next_path:
        page = api.one(next_path)
        seen.append([row["number"] for row in page["value"]])
        link = page.get("@odata.nextLink", "")
        next_path = link.partition("testserver")[2]
        if len(seen) == 1:
            first = seen[0][0]
            Customer.objects.create(number=f"{first}-A", name="Between")
            Customer.objects.create(number="00001", name="Before")
            Customer.objects.create(number="99999", name="Behind")
    assert [len(numbers) for numbers in seen[:2]] == [1000, 1000]
    numbers = [number for page in seen for number in page]
    assert len(seen) == 3
    assert len(numbers) == len(set(numbers))
    assert set(numbers) >= {f"{number:05}" for number in range(10_000, 12_500)}


def test_p20_the_caller_may_want_smaller_pages(api, many):
    pages = api.pages("customers?$select=number&$top=250", Prefer="odata.maxpagesize=100")
    assert [len(page) for page in pages] == [100, 100, 50]
    assert api.get("customers?$count=true&$top=1").body["@odata.count"] == 2500
    assert api.get("customers/$count").content == b"2500"
    assert api.get("customers?$skiptoken=nonsense").code == "BadRequest_InvalidToken"


def test_p23_the_rows_by_age_add_up_to_the_control_account(api, world):
    """What customers owe, in two currencies and at several ages, is what the receivables account says."""
    world.rate("USD", 100, 80, on=date(2026, 1, 1))
    adatum, blue = world.customer("Adatum"), world.customer("Blue", currency="USD")
    for customer, amount, day in ((adatum, 1000, 5), (adatum, 400, 20), (blue, 250, 12)):
        world.sales_invoice(customer, on=date(2026, 1, day)).charges("4520", amount).post()
    world.pay(adatum, 300, on=date(2026, 2, 2))
    world.pay(blue, 100, on=date(2026, 2, 3), currency="USD")

    for on in (date(2026, 1, 15), date(2026, 2, 2), date(2026, 3, 31)):
        rows = api.rows(f"agedAccountsReceivables?$filter=agedAsOfDate eq {on}")
        control = world.accounts(until=on)["1100"]
        assert sum(row["balanceDue"] for row in rows) == control > 0
        assert (
            sum(
                row[name]
                for row in rows
                for name in ("currentAmount", "period1Amount", "period2Amount", "period3Amount")
            )
            == control
        )
        assert "Total" not in [row["name"] for row in rows]
        (total,) = api.rows(f"agedAccountsReceivables?$filter=agedAsOfDate eq {on} and customerNumber eq ''")
        assert total["balanceDue"] == control

    details = api.rows("customerFinancialDetails")
    assert sum((row["balance"] for row in details), Decimal(0)) == world.account("1100")
