"""What customers owe and bought: financial details, sales in some days, receivables by age."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from receivables.models import OpenItem

ZEROS = "00000000-0000-0000-0000-000000000000"
AS_OF = "agedAsOfDate eq 2026-03-02"
AGED = "agedAccountsReceivables"


def invoice_of(world, customer, amount, *, on):
    """An invoice over a net amount, 25 % VAT on top, due in 30 days."""
    return world.sales_invoice(customer, on=on).charges("4520", amount).post()


@pytest.fixture
def adatum(world):
    """On 2 March Adatum owes 125 since 1 February, 250 since 1 March, and 500 that is not due yet."""
    adatum = world.customer("Adatum", number="10000", terms="30D")
    invoice_of(world, adatum, 100, on=date(2026, 1, 2))
    invoice_of(world, adatum, 200, on=date(2026, 1, 30))
    invoice_of(world, adatum, 400, on=date(2026, 2, 20))
    return adatum


@pytest.fixture
def blue(world):
    """Blue owes 1,250 since 13 February and paid 250 in March."""
    blue = world.customer("Blue", number="20000", terms="30D")
    invoice = invoice_of(world, blue, 1000, on=date(2026, 1, 14))
    world.pay(blue, 250, on=date(2026, 3, 10), apply=invoice.number)
    return blue


# Financial details -------------------------------------------------------------------------------------------------


def test_the_details_of_a_customer(api, adatum, blue):
    """Today all of it is overdue, but for what somebody deferred."""
    OpenItem.objects.filter(customer=adatum, remaining_amount_lcy=500).update(due_date=date(2999, 12, 31))
    details = api.one(f"customers({adatum.uuid})/customerFinancialDetail")
    assert details["id"] == str(adatum.uuid)
    assert (details["number"], details["balance"], details["totalSalesExcludingTax"]) == ("10000", 875, 700)
    assert details["overdueAmount"] == 375
    assert api.one(f"customerFinancialDetails({blue.uuid})")["balance"] == 1000
    rows = api.rows("customers?$expand=customerFinancialDetail($select=overdueAmount)&$orderby=number")
    assert [row["customerFinancialDetail"]["overdueAmount"] for row in rows] == [375, 1000]
    assert [row["balanceDue"] for row in rows] == [375, 1000]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("balance gt 900", ["20000"]),
        ("overdueAmount ge 875", ["10000", "20000"]),
        ("totalSalesExcludingTax eq 700 and balance ne 0", ["10000"]),
    ],
)
def test_details_are_filtered_by(api, adatum, blue, text, found):
    rows = api.rows(f"customerFinancialDetails?$filter={text}&$orderby=number")
    assert [row["number"] for row in rows] == found
    assert api.get("customers?$filter=balanceDue gt 900&$select=number").body["value"][0]["number"] == "20000"


def test_details_are_read_and_not_written(api, adatum):
    assert api.post("customerFinancialDetails", {"number": "X"}).status_code == 405
    assert api.patch(f"customerFinancialDetails({adatum.uuid})", {"balance": 0}).status_code == 405
    assert api.delete(f"customerFinancialDetails({adatum.uuid})").status_code == 405


def test_money_is_for_those_who_may_see_it(api, world, adatum):
    warehouse = api.of(world.user("warehouse", role="WAREHOUSE"))
    for path in ("customerFinancialDetails", "customerSales", AGED):
        assert warehouse.get(path).status_code == 403
    clerk = api.of(world.user("clerk", role="CLERK"))
    for path in ("customerFinancialDetails", "customerSales", AGED):
        assert clerk.get(path).status_code == 200


# Sales -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"10000": 700, "20000": 1000}),
        ("?$filter=dateFilter_FilterOnly ge 2026-01-30", {"10000": 600}),
        ("?$filter=dateFilter_FilterOnly gt 2026-01-30", {"10000": 400}),
        ("?$filter=dateFilter_FilterOnly lt 2026-01-14", {"10000": 100}),
        ("?$filter=dateFilter_FilterOnly eq 2026-01-14", {"20000": 1000}),
        ("?$filter=dateFilter_FilterOnly ge 2026-01-01 and dateFilter_FilterOnly le 2026-01-31",
         {"10000": 300, "20000": 1000}),
        ("?$filter=dateFilter_FilterOnly ge 2026-01-01 and totalSalesAmount gt 800", {"20000": 1000}),
        ("?$filter=customerNumber eq '10000' and dateFilter_FilterOnly le 2026-01-31", {"10000": 300}),
        ("?$filter=dateFilter_FilterOnly ge 2027-01-01", {}),
    ],
)  # fmt: skip
def test_sales_count_in_the_days_of_the_filter(api, world, adatum, blue, text, found):
    world.customer("Nothing", number="30000")
    rows = api.rows(f"customerSales{text}")
    assert {row["customerNumber"]: row["totalSalesAmount"] for row in rows} == found


def test_credit_memos_count_against_sales_and_payments_do_not(api, world, blue):
    world.credit_memo(blue, on=date(2026, 3, 12)).charges("4520", 300).post()
    (row,) = api.rows("customerSales")
    assert row["totalSalesAmount"] == 700
    assert (row["customerId"], row["name"], row["dateFilter_FilterOnly"]) == (
        str(blue.uuid),
        "Blue",
        "0001-01-01",
    )
    assert api.one(f"customerSales({blue.uuid})")["totalSalesAmount"] == 700


@pytest.mark.parametrize(
    "text",
    [
        "dateFilter_FilterOnly ne 2026-01-01",
        "dateFilter_FilterOnly ge 'soon'",
        "dateFilter_FilterOnly ge 2026-01-01 or customerNumber eq '1'",
    ],
)
def test_a_date_that_only_steers_is_not_compared_otherwise(api, adatum, text):
    assert api.get(f"customerSales?$filter={text}").status_code == 400


# Receivables by age ------------------------------------------------------------------------------------------------


def test_what_is_owed_stands_in_the_period_of_its_age(api, adatum, blue):
    """On 2 March one invoice is 29 days late, one a day, one is not due; what Blue paid later is still open."""
    rows = {row["customerNumber"]: row for row in api.rows(f"{AGED}?$filter={AS_OF}")}
    row = rows["10000"]
    assert row.pop("@odata.etag")
    assert row == {
        "customerId": str(adatum.uuid), "customerNumber": "10000", "name": "Adatum", "currencyCode": "EUR",
        "balanceDue": 875, "currentAmount": 500, "period1Label": "1-30", "period1Amount": 375,
        "period2Label": "31-60", "period2Amount": 0, "period3Label": "> 60", "period3Amount": 0,
        "agedAsOfDate": "2026-03-02", "periodLengthFilter": "30D",
    }  # fmt: skip
    assert (rows["20000"]["balanceDue"], rows["20000"]["period1Amount"]) == (1250, 1250)


def test_the_length_of_a_period_can_be_said(api, adatum):
    (row,) = api.rows(f"{AGED}?$filter={AS_OF} and periodLengthFilter eq '10D'")
    assert (row["period1Label"], row["period2Label"], row["period3Label"]) == ("1-10", "11-20", "> 20")
    assert (row["currentAmount"], row["period1Amount"], row["period2Amount"]) == (500, 250, 0)
    assert (row["period3Amount"], row["periodLengthFilter"]) == (125, "10D")


def test_without_a_day_it_is_today(api, adatum, blue):
    rows = api.rows(f"{AGED}?$select=customerNumber,period3Amount,balanceDue")
    assert {row["customerNumber"]: row["balanceDue"] for row in rows} == {"10000": 875, "20000": 1000}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("customerNumber eq '20000'", ["20000"]),
        ("customerNumber gt '10000'", ["20000"]),
        ("customerNumber ne '20000'", ["10000"]),
        ("balanceDue gt 900", ["20000"]),
        ("currentAmount ne 0 or period3Amount gt 10", ["10000"]),
        ("balanceDue ne 875", ["20000"]),
        ("period1Amount in (1250, 7)", ["20000"]),
        ("not (period1Amount gt 1000) and period2Amount eq 0", ["10000"]),
        ("contains(name,'lu')", ["20000"]),
        ("customer/city eq 'Oslo'", []),
    ],
)
def test_aged_rows_are_filtered_by(api, adatum, blue, text, found):
    rows = api.rows(f"{AGED}?$filter={AS_OF} and ({text})")
    assert sorted(row["customerNumber"] for row in rows) == found
    assert api.get(f"{AGED}/$count?$filter={AS_OF} and ({text})").content == str(len(found)).encode()


def test_a_customer_who_owes_nothing_is_no_row(api, world, blue):
    world.pay(blue, 1000, on=date(2026, 3, 11))
    assert api.rows(f"{AGED}?$filter=agedAsOfDate eq 2026-03-11 and balanceDue ne 0") == []
    assert api.one(f"{AGED}?$filter=agedAsOfDate eq 2025-12-31")["value"] == []


def test_what_was_known_at_a_moment(api, world, adatum):
    """On 3 March an invoice is posted with February's date. The day before nobody knew of it."""
    world.clock = datetime(2026, 3, 3, 9, tzinfo=UTC)
    invoice_of(world, adatum, 80, on=date(2026, 2, 20))

    def owed(known, more=""):
        (row,) = api.rows(f"{AGED}?$filter={AS_OF} and knownAt_FilterOnly eq {known}{more}")
        return row["balanceDue"], row["currentAmount"]

    assert (
        owed("2026-03-03T08:00:00Z")
        == owed("2026-03-03T08:00:00Z", " and customerNumber eq ''")
        == (875, 500)
    )
    assert owed("2026-03-03T09:00:00Z") == (975, 600)
    assert api.get(f"{AGED}?$filter=knownAt_FilterOnly lt 2026-03-03T08:00:00Z").status_code == 400


def test_the_sums_come_alone_and_only_when_asked_for(api, adatum, blue):
    (total,) = api.rows(f"{AGED}?$filter={AS_OF} and customerNumber eq ''")
    assert (total["customerId"], total["customerNumber"], total["name"]) == (ZEROS, "", "Total")
    assert (total["balanceDue"], total["currentAmount"], total["period1Amount"]) == (2125, 500, 1625)
    assert ZEROS not in [row["customerId"] for row in api.rows(AGED)]


def test_a_customer_leads_to_their_age(api, adatum, blue):
    row = api.one(f"customers({blue.uuid})/agedAccountsReceivable")
    assert (row["customerNumber"], row["balanceDue"]) == ("20000", 1000)
    rows = api.rows("customers?$expand=agedAccountsReceivable($select=balanceDue)&$orderby=number")
    assert [row["agedAccountsReceivable"]["balanceDue"] for row in rows] == [875, 1000]
    assert api.one(f"{AGED}({blue.uuid})?$expand=customer")["customer"]["number"] == "20000"


@pytest.mark.parametrize(
    "text",
    [
        "agedAsOfDate gt 2026-03-02",
        "agedAsOfDate eq 'today'",
        "periodLengthFilter eq 'long'",
        "periodLengthFilter eq 30",
        "period1Label eq '1-30'",
    ],
)
def test_what_steers_is_said_in_one_way(api, adatum, text):
    assert api.get(f"{AGED}?$filter={text}").status_code == 400


def test_pages_follow_each_other(api, world):
    for number in range(5):
        customer = world.customer(f"Customer {number}", number=f"{number}0000")
        invoice_of(world, customer, 100 + number, on=date(2026, 1, 2))
    pages = api.pages(AGED, Prefer="odata.maxpagesize=2")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sum(row["balanceDue"] for page in pages for row in page) == Decimal("637.50")
    with CaptureQueriesContext(connection) as one:
        api.rows(AGED, Prefer="odata.maxpagesize=1")
    with CaptureQueriesContext(connection) as all_of_them:
        api.rows(AGED)
    assert len(one) == len(all_of_them)
