"""# Customers

A customer begins as a template, gets a number, is checked, may be blocked, and is hard to delete once it has a past.
"""

from datetime import date
from decimal import Decimal as D

import pytest

from customers.models import Customer, CustomerTemplate
from customers.resolve import resolve
from customers.routines.block import block_customer, block_for_privacy
from customers.routines.change import change_customer
from customers.routines.create import create_customer
from customers.routines.delete import delete_customer
from customers.selectors import credit_situation, credit_warnings
from erp.kernel.errors import ErpError
from erp.kernel.models import ChangeLogEntry

TODAY = date(2026, 3, 2)


def codes(action) -> list[str]:
    """Why something is refused."""
    with pytest.raises(ErpError) as caught:
        action()
    return [problem.code for problem in caught.value.problems]


def test_a_new_customer_starts_from_a_template(world):
    """The template says how the customer is taxed and posted; the number series says what it is called."""
    customer = create_customer(name="Café Ølberg", template="DOMESTIC", city="Bergen", on=TODAY)
    template = CustomerTemplate.objects.get(code="DOMESTIC")
    assert customer.number
    assert customer.search_name == "CAFÉ ØLBERG"
    assert customer.customer_posting_group == template.customer_posting_group
    assert customer.vat_bus_posting_group == template.vat_bus_posting_group
    assert resolve("café").customer == customer

    # Which of several templates is meant, nobody can know.
    assert codes(lambda: create_customer(name="Nobody", on=TODAY)) == ["E-CU-TEMPLATE"]
    assert not Customer.objects.filter(name="Nobody").exists()


def test_what_is_typed_wrong_is_told_all_at_once(world):
    wrong = {
        "phone_no": "none",
        "email": "nobody",
        "gln": "123",
        "country_code": "DE",
        "vat_registration_no": "DE1",
    }
    assert codes(lambda: world.customer("Adatum", **wrong)) == [
        "E-CU-PHONE", "E-CU-EMAIL", "E-CU-GLNLEN", "E-CU-VATFMT",
    ]  # fmt: skip
    adatum = world.customer("Adatum", country_code="NL", vat_registration_no="nl123456789b01")
    assert adatum.vat_registration_no == "NL123456789B01"


def test_a_change_leaves_a_trace(world):
    adatum = world.customer("Adatum")
    change_customer(adatum, credit_limit=D("5000.00"))
    logged = ChangeLogEntry.objects.get(table="customers_customer", field="credit_limit")
    assert (logged.record_key, logged.after) == (adatum.number, "5000.00")


def test_blocked_for_shipping(world):
    """No new orders and nothing leaves the house; what has left may be invoiced, and money is welcome."""
    adatum = world.customer("Adatum")
    world.item("LAMP", stock=10, cost=60)
    order = world.order(adatum).sells(10, "LAMP", at=100)
    order.ship(6)
    adatum = block_customer(adatum, blocked="ship")

    assert "E-CU-BLOCK" in codes(lambda: world.order(adatum))
    assert "E-CU-BLOCK" in codes(lambda: order.ship(4))
    invoice = order.invoice(6)
    world.pay(adatum, invoice.amount_including_vat, apply=invoice.number)
    assert world.balance(adatum) == 0
    world.check()


def test_blocked_for_invoicing(world):
    """Nothing is invoiced any more; a credit memo and a payment are."""
    adatum = world.customer("Adatum")
    invoice = world.sales_invoice(adatum).charges("4520", 100).post()
    adatum = block_customer(adatum, blocked="invoice")

    assert "E-CU-BLOCK" in codes(lambda: world.sales_invoice(adatum))
    world.credit_memo(adatum).charges("4520", 20).post()
    world.pay(adatum, 100, apply=invoice.number)
    assert world.balance(adatum) == 0


def test_blocked_for_privacy(world):
    adatum = block_for_privacy(world.customer("Adatum"), on=True)
    assert adatum.blocked == "all"
    assert "E-CU-PRIV" in codes(lambda: world.credit_memo(adatum))
    assert "E-CU-PRIV" in codes(lambda: world.pay(adatum, 5))
    assert block_for_privacy(adatum, on=False).blocked == ""


def test_credit_is_watched_and_never_in_the_way(world):
    """What is owed and what is ordered count against the limit; a warning stops nobody."""
    adatum = world.customer("Adatum", credit_limit=D("2000.00"))
    world.sales_invoice(adatum).charges("4520", 1000).post()
    world.order(adatum).charges("4520", 600).release()

    situation = credit_situation(adatum, on=TODAY)
    assert (situation.balance, situation.outstanding_orders) == (D("1250.00"), D("750.00"))
    assert (situation.total, situation.available_credit) == (D("2000.00"), 0)
    assert credit_warnings(adatum, on=TODAY) == []
    assert [warning.code for warning in credit_warnings(adatum, on=TODAY, added=D("0.01"))] == ["W-CREDIT"]

    order = world.order(adatum).charges("4520", 100)
    order.post()
    later = credit_warnings(adatum, on=date(2026, 5, 1))
    assert [warning.code for warning in later] == ["W-CREDIT", "W-OVERDUE"]


def test_a_customer_with_a_past_stays(world):
    adatum = world.customer("Adatum")
    order = world.order(adatum).charges("4520", 100)
    assert codes(lambda: delete_customer(adatum, on=TODAY)) == ["E-CU-DEL-DOC"]
    order.post()
    assert codes(lambda: delete_customer(adatum, on=TODAY)) == [
        "E-CU-DEL-FY",
        "E-CU-DEL-OPEN",
        "E-CU-DEL-HIST",
    ]
    newcomer = world.customer("Newcomer")
    delete_customer(newcomer, on=TODAY)
    assert not Customer.objects.filter(number="NEWCOMER").exists()


def test_typed_text_finds_a_customer(world):
    for name, city in (("Adatum", "Oslo"), ("Adventure Works", "Bergen"), ("Fabrikam", "Oslo")):
        world.customer(name, city=city)
    assert resolve("ADATUM").customer.name == "Adatum"
    assert resolve("fabr").customer.name == "Fabrikam"
    assert [customer.name for customer in resolve("oslo").candidates] == ["Adatum", "Fabrikam"]
    assert resolve("Adventure Wroks").customer.name == "Adventure Works"
    assert resolve("Contoso").may_create
