"""What was sold, to whom, what and by whom: three ways to cut the same figures, which agree with the ledgers."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.db.models import Sum

from customers.models import Salesperson
from posting.models import GLEntry
from receivables.selectors import turnover
from reporting.reports.sales import span_before
from reporting.selectors.sales import figures_of, sold_by_month

SPAN = {"start": "2026-03-01", "end": "2026-03-31", "compare": ""}
CUTS = ("sales-by-customer", "sales-by-item", "sales-by-salesperson")


@pytest.fixture
def spring(world):
    """Adatum buys three bicycles at 400 from Ingrid and returns one; Contoso buys a saddle at 50 and an hour at 90."""
    Salesperson.objects.create(code="INGRID", name="Ingrid")
    world.adatum = world.customer("Adatum", number="C1", salesperson=Salesperson.objects.get(code="INGRID"))
    world.contoso = world.customer("Contoso", number="C2")
    world.bicycle = world.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle")
    world.saddle = world.item("SADDLE", stock=10, cost=20, price=50, description="Saddle")
    fitter = world.resource("FITTER", cost=60, price=90, name="Fitter")
    world.order(world.adatum).sells(3, world.bicycle).release().post(on=date(2026, 3, 3))
    world.return_order(world.adatum).sells(1, world.bicycle).release().post(on=date(2026, 3, 10))
    order = world.order(world.contoso).sells(1, world.saddle).works(1, fitter).charges("4520", 25)
    order.release().post(on=date(2026, 3, 5))
    # Outside of the span: nobody asks.
    world.order(world.adatum).sells(1, world.saddle).release().post(on=date(2026, 4, 1))
    return world


def test_by_customer(spring, ask):
    answer = ask("sales-by-customer", **SPAN)
    assert [
        (row["number"], row["sales"], row["cost"], row["margin"], row["margin_percent"])
        for row in answer.rows
    ] == [
        ("C1", D("800.00"), D("480.00"), D("320.00"), D("40.0")),
        ("C2", D("165.00"), D("80.00"), D("85.00"), D("51.5")),
    ]
    assert answer.total("sales") == D("965.00")
    assert answer.total("margin_percent") == D("42.0")


def test_by_item(spring, ask):
    """Resources stand beside items; what has no number is one line."""
    answer = ask("sales-by-item", **SPAN)
    assert answer.column("number", "sales") == {
        "BICYCLE": D("800.00"),
        "FITTER": D("90.00"),
        "SADDLE": D("50.00"),
        "": D("25.00"),
    }
    assert answer.column("number", "quantity")["BICYCLE"] == 2
    assert answer.column("number", "cost") == {"BICYCLE": 480, "FITTER": 60, "SADDLE": 20, "": 0}


def test_by_salesperson(spring, ask):
    answer = ask("sales-by-salesperson", **SPAN)
    assert answer.column("name", "sales") == {"Ingrid": D("800.00"), "Without a salesperson": D("165.00")}
    assert answer.column("name", "cost") == {"Ingrid": D("480.00"), "Without a salesperson": D("80.00")}


def test_however_it_is_cut_it_is_the_same_whole(spring, ask):
    """And the same as in the customer ledger and in the general ledger."""
    sums = [(answer.total("sales"), answer.total("cost")) for answer in (ask(cut, **SPAN) for cut in CUTS)]
    assert len(set(sums)) == 1
    sales, cost = sums[0]
    span = {"start": date(2026, 3, 1), "on": date(2026, 3, 31)}
    assert sales == sum(turnover(customer.pk, **span).sales for customer in (spring.adatum, spring.contoso))
    revenue = GLEntry.objects.filter(
        posting_date__range=(span["start"], span["on"]), account__number__startswith="4"
    )
    assert sales == -revenue.aggregate(sum=Sum("amount"))["sum"]
    # Resources have no cost in the general ledger.
    goods = GLEntry.objects.filter(posting_date__range=(span["start"], span["on"]), account__number="5100")
    assert goods.aggregate(sum=Sum("amount"))["sum"] == cost - 60
    found = figures_of((span["start"], span["on"]))
    assert (found.sales, found.cost) == (sales, cost)


def test_by_month(spring):
    assert sold_by_month((date(2026, 1, 1), date(2026, 12, 31))) == {
        date(2026, 3, 1): D("965.00"),
        date(2026, 4, 1): D("50.00"),
    }


def test_what_goods_cost_by_now_counts(spring, ask, world):
    """A saddle turns out to have cost more than was known when it was sold: the report of March says so."""
    before = ask("sales-by-item", **SPAN).column("number", "cost")["SADDLE"]
    from inventory.models.entries import ValueEntry

    assert (
        before
        == -ValueEntry.objects.filter(
            item=world.saddle, item_entry_type="sale", posting_date__month=3
        ).aggregate(sum=Sum("cost_amount_actual"))["sum"]
    )


def test_compared_with_the_year_before(world, ask):
    adatum = world.customer("Adatum", number="C1")
    contoso = world.customer("Contoso", number="C2")
    for customer, amount, on in (
        (adatum, 100, date(2026, 1, 15)),
        (adatum, 150, date(2026, 2, 15)),
        (contoso, 40, date(2026, 1, 15)),
    ):
        world.sales_invoice(customer, on=on).charges("4520", amount).post()
    answer = ask("sales-by-customer", start="2026-02-01", end="2026-02-28", compare="before")
    assert [
        (row["number"], row["sales"], row["before"], row["change"], row["change_percent"])
        for row in answer.rows
    ] == [
        ("C1", D("150.00"), D("100.00"), D("50.00"), D("50.0")),
        ("C2", D("0"), D("40.00"), D("-40.00"), D("-100.0")),
    ]
    assert answer.total("change_percent") == D("7.1")


@pytest.mark.parametrize(
    ("start", "end", "compare", "expected"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), "year", (date(2025, 2, 1), date(2025, 2, 28))),
        (date(2025, 2, 1), date(2025, 2, 28), "year", (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 2, 1), date(2024, 2, 29), "year", (date(2023, 2, 1), date(2023, 2, 28))),
        (date(2026, 3, 1), date(2026, 3, 21), "year", (date(2025, 3, 1), date(2025, 3, 21))),
        (date(2026, 3, 1), date(2026, 3, 10), "before", (date(2026, 2, 19), date(2026, 2, 28))),
        (date(2026, 3, 1), date(2026, 3, 10), "", None),
    ],
)
def test_the_span_compared_with(start, end, compare, expected):
    assert span_before(start, end, compare) == expected


def test_who_may_not_see_cost_sees_none(world, spring, ask):
    """Neither in the columns nor anywhere else; the clerk may not see the report at all."""
    seller = world.user("seller", role="CLERK")
    answer = ask("sales-by-customer", user=seller, **SPAN)
    assert not {"cost", "margin", "margin_percent"} & set(answer.names)
    assert answer.total("sales") == D("965.00")
