"""The trial balance, VAT entries, inventory valuation and back orders, to the cent."""

from datetime import date
from decimal import Decimal as D

import pytest

from inventory.selectors import valuation
from posting.selectors import total_of, trial_balance
from sales.selectors import outstanding_orders


@pytest.fixture
def shop(world):
    world.adatum = world.customer("Adatum", number="C1")
    world.bicycle = world.item("BICYCLE", stock=10, cost=240, price=400, description="Bicycle")
    return world


def test_the_trial_balance_is_that_of_the_ledger(shop, ask):
    shop.order(shop.adatum).sells(2, shop.bicycle).release().post(on=date(2026, 3, 2))
    answer = ask("trial-balance", start="2026-03-02", end="2026-03-02")
    expected = {
        row.number: (row.opening, row.debit, row.credit, row.closing)
        for row in trial_balance(start=date(2026, 3, 2), on=date(2026, 3, 2), only_with_amounts=True)
        if row.is_account
    }
    assert {
        row["number"]: (row["opening"], row["debit"], row["credit"], row["closing"]) for row in answer.rows
    } == expected
    assert answer.column("number", "net")["1100"] == D("1000.00")
    # The invoice, the goods that it cost, and the ten bicycles that came the same day.
    assert answer.total("debit") == answer.total("credit") == D("1000.00") + 480 + 2400
    assert answer.total("closing") == 0


def test_totals_of_the_chart_do_not_count_twice(shop, ask):
    shop.order(shop.adatum).sells(2, shop.bicycle).release().post(on=date(2026, 3, 2))
    answer = ask("trial-balance", start="2026-03-02", end="2026-03-02", all="on")
    assert any(row.kind == "total" for row in answer.lines)
    assert answer.total("closing") == total_of("1000..9999") == 0


def test_an_account_opens_with_what_was_before(shop, ask):
    shop.order(shop.adatum).sells(1, shop.bicycle).release().post(on=date(2026, 2, 27))
    shop.order(shop.adatum).sells(2, shop.bicycle).release().post(on=date(2026, 3, 2))
    row = next(
        row
        for row in ask("trial-balance", start="2026-03-01", end="2026-03-31").rows
        if row["number"] == "1100"
    )
    assert (row["opening"], row["debit"], row["credit"], row["closing"]) == (500, 1000, 0, 1500)


def test_vat_by_group_and_entry_by_entry(shop, ask):
    """Domestic at 25 %, and a customer abroad at nothing; what is taxed next month is not there."""
    abroad = shop.customer("Maple", number="C2", group="EXPORT")
    for customer in (shop.adatum, shop.adatum, abroad):
        shop.sales_invoice(customer, on=date(2026, 3, 2)).charges("4520", 100).post()
    shop.sales_invoice(shop.adatum, on=date(2026, 4, 1)).charges("4520", 100).post()
    groups = ask("vat-entries", start="2026-03-01", end="2026-03-31", type="sale")
    assert sorted((row["bus"], row["entries"], row["base"], row["amount"]) for row in groups.rows) == [
        ("DOM", 2, D("-200.00"), D("-50.00")),
        ("EXP", 1, D("-100.00"), D("0.00")),
    ]
    assert (groups.total("base"), groups.total("amount")) == (D("-300.00"), D("-50.00"))
    lines = ask("vat-entries", start="2026-03-01", end="2026-03-31", type="sale", detail="on")
    assert len(lines.rows) == 3 and len(lines.headings) == 2
    assert sum(row["amount"] for row in lines.rows) == lines.total("amount") == groups.total("amount")


def test_stock_is_worth_what_it_was_worth_on_the_day(shop, ask):
    """Ten bicycles lie there since January; two leave on 2 March and are invoiced at once."""
    shop.order(shop.adatum).sells(2, shop.bicycle).release().post(on=date(2026, 3, 2))
    before, after = (ask("inventory-valuation", on_day=day) for day in ("2026-03-01", "2026-03-02"))
    assert after.rows[0] == {
        "number": "BICYCLE",
        "description": "Bicycle",
        "location": "",
        "quantity": D(8),
        "unit_cost": D(240),
        "actual": D("1920.00"),
        "expected": D("0.00"),
        "value": D("1920.00"),
    }
    for answer, day in ((before, date(2026, 3, 1)), (after, date(2026, 3, 2))):
        assert answer.total("actual") == sum(row.cost_actual for row in valuation(on=day))
    assert after.total("value") == shop.stock_value(shop.bicycle) == D("1920.00")


def test_shipped_and_not_invoiced_is_expected_cost(shop, ask):
    shop.order(shop.adatum).sells(2, shop.bicycle).release().ship(on=date(2026, 3, 2))
    answer = ask("inventory-valuation", on_day="2026-03-02")
    assert (answer.total("actual"), answer.total("expected")) == (D("2400.00"), D("-480.00"))
    assert answer.total("value") == D("1920.00") == shop.stock_value(shop.bicycle)


def test_stock_of_one_location(shop, ask):
    oslo = shop.location("OSLO")
    shop.receive(5, shop.bicycle, at=250, location=oslo.code)
    assert ask("inventory-valuation", location="OSLO").total("value") == D("1250.00")
    assert ask("inventory-valuation").total("value") == D("3650.00")


def test_back_orders_tell_what_each_customer_waits_for(shop, ask):
    """Adatum ordered twelve bicycles and got ten; Contoso ordered one that is not released."""
    contoso = shop.customer("Contoso", number="C2")
    first = shop.order(shop.adatum, on=date(2026, 2, 27)).sells(12, shop.bicycle).release()
    first.ship(10, on=date(2026, 2, 27))
    shop.order(contoso).sells(1, shop.bicycle)
    answer = ask("back-orders")
    assert answer.headings == ["C1 Adatum", "C2 Contoso"]
    assert [
        (row["number"], row["quantity"], row["outstanding"], row["late"], row["amount"])
        for row in answer.rows
    ] == [
        ("BICYCLE", D(12), D(2), 3, D("800.00")),
        ("BICYCLE", D(1), D(1), None, D("400.00")),
    ]
    assert answer.total("amount") == D("1200.00")
    # The same as the credit check knows, which counts VAT.
    on = date(2026, 3, 2)
    waiting = outstanding_orders([shop.adatum.pk, contoso.pk], on)
    assert sum(waiting.values()) == D("1500.00")


def test_back_orders_until_a_day_and_of_released_orders(shop, ask):
    contoso = shop.customer("Contoso", number="C2")
    shop.order(shop.adatum, on=date(2026, 2, 27)).sells(1, shop.bicycle).release()
    shop.order(contoso).sells(1, shop.bicycle)
    assert ask("back-orders", until="2026-03-01").headings == ["C1 Adatum"]
    assert ask("back-orders", released="on").total("amount") == D("400.00")
    assert ask("back-orders", customer="C2").total("amount") == D("400.00")


def test_the_warehouse_sees_no_amounts(shop, ask):
    shop.order(shop.adatum).sells(1, shop.bicycle).release()
    answer = ask("back-orders", user=shop.user("joost", role="WAREHOUSE"))
    assert "amount" not in answer.names
    assert answer.rows[0]["outstanding"] == 1
