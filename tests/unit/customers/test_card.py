"""Making, changing, blocking and deleting customers; templates."""

from datetime import date
from decimal import Decimal as D

import pytest

from customers import registry
from customers.models import (
    Customer,
    CustomerTemplate,
    PaymentTerms,
    Salesperson,
    ShipToAddress,
    VATNumberFormat,
)
from customers.routines.apply_template import FILL, UPDATE, apply_template
from customers.routines.block import block_customer, block_for_privacy
from customers.routines.change import change_customer
from customers.routines.create import create_customer
from customers.routines.delete import delete_customer
from customers.routines.save_as_template import save_as_template
from customers.routines.ship_to import delete_ship_to, rename_ship_to
from customers.selectors import CreditSituation, credit_warnings, same_vat_number
from erp.kernel.changelog import ChangeLogEntry
from erp.kernel.errors import Problem
from posting.models import GeneralBusinessGroup, VATBusinessGroup
from tests.unit.receivables.refusals import refused

TODAY = date(2026, 3, 2)


def create(name: str = "Adatum", **fields) -> Customer:
    return create_customer(name=name, on=TODAY, **fields)


def test_numbers_are_drawn_or_typed(numbered):
    first, second = create(), create("Fabrikam", number="FABRI")
    assert (first.number, second.number) == ("C00010", "FABRI")
    assert first.search_name == "ADATUM"
    assert first.invoice_discount_code == "C00010"
    with refused("E-CU-NUMBER"):
        create(number="FABRI")


def test_without_a_series_there_is_no_number(db):
    with refused("E-NS-NOSERIES"):
        create()


def test_everything_wrong_is_told_at_once(numbered):
    VATNumberFormat.objects.create(country_code="DE", format="DE#########")
    gone = Salesperson.objects.create(code="GONE", name="Gone", blocked=True)
    with (
        refused("E-CU-EMAIL"),
        refused_all("E-CU-NAME", "E-CU-PHONE", "E-CU-GLN", "E-CU-VATFMT", "E-CU-SALESPERSON"),
    ):
        create(
            " ",
            phone_no="x",
            email="x",
            gln="4006381333930",
            vat_registration_no="DE12345678",
            salesperson=gone,
        )
    assert create(vat_registration_no="de123456789").vat_registration_no == "DE123456789"


def refused_all(*codes: str):
    from contextlib import ExitStack

    from erp.kernel.errors import ErpError

    class Check(ExitStack):
        def __exit__(self, kind, error, trace):
            assert isinstance(error, ErpError)
            assert set(codes) <= {problem.code for problem in error.problems}
            return False

    return Check()


def test_one_template_is_taken_and_several_are_chosen_from(numbered):
    CustomerTemplate.objects.create(code="RETAIL", price_group_code="RETAIL", number_series="CUST")
    assert create().price_group_code == "RETAIL"
    assert create(price_group_code="OTHER").price_group_code == "OTHER"
    CustomerTemplate.objects.create(code="TRADE")
    with refused("E-CU-TEMPLATE"):
        create()
    with refused("E-CU-NOTEMPLATE"):
        create(template="NONE")
    assert create(template="RETAIL").price_group_code == "RETAIL"
    assert create(template="").price_group_code == ""


def test_a_template_fills_or_updates(numbered):
    month, fortnight = (
        PaymentTerms.objects.create(code=code, due_date_calculation=code) for code in ("30D", "14D")
    )
    template = CustomerTemplate.objects.create(code="T", payment_terms=month, price_group_code="RETAIL")
    customer = create(payment_terms=fortnight, template="")

    assert [changed.pk for changed in apply_template(template, [customer], mode=FILL)] == [customer.pk]
    customer.refresh_from_db()
    assert (customer.payment_terms.code, customer.price_group_code, customer.currency) == (
        "14D",
        "RETAIL",
        None,
    )
    apply_template(template, [customer], mode=UPDATE)
    customer.refresh_from_db()
    assert (customer.payment_terms.code, customer.price_group_code, customer.currency) == (
        "30D",
        "RETAIL",
        None,
    )
    assert apply_template(template, [customer], mode=UPDATE) == []


def test_a_customer_becomes_a_template(numbered):
    customer = create(price_group_code="RETAIL", email="a@example.com")
    first, second = save_as_template(customer), save_as_template(customer, description="Shops")
    assert (first.code, second.code) == ("CUST000001", "CUST000002")
    assert second.price_group_code == "RETAIL"
    assert save_as_template(second).description == "Shops"


def test_the_search_name_follows_until_somebody_changes_it(numbered):
    customer = create()
    customer = change_customer(customer, name="Adatum AS")
    assert customer.search_name == "ADATUM AS"
    customer = change_customer(customer, search_name="ours")
    assert change_customer(customer, name="Adatum ASA").search_name == "OURS"


def test_the_vat_group_follows_the_business_group(numbered):
    vat, other = VATBusinessGroup.objects.create(code="DOM"), VATBusinessGroup.objects.create(code="EU")
    group = GeneralBusinessGroup.objects.create(code="DOMESTIC", default_vat_bus_posting_group=vat)
    customer = create(gen_bus_posting_group=group)
    assert customer.vat_bus_posting_group == vat
    assert change_customer(customer, vat_bus_posting_group=other).vat_bus_posting_group == other


def test_a_rename_takes_the_discount_code_along(numbered):
    customer = change_customer(create(), number="NEW")
    assert (customer.number, customer.invoice_discount_code) == ("NEW", "NEW")
    other = create("Other")
    with refused("E-CU-NUMBER"):
        change_customer(other, number="NEW")
    with refused("E-CU-BILLTO"):
        change_customer(other, bill_to_customer=other)
    with refused("E-CU-SHIPTO"):
        change_customer(other, ship_to_code="NOWHERE")


def test_privacy_blocks_everything_and_ends_on_confirmation(numbered):
    customer = block_for_privacy(create(), on=True)
    assert (customer.blocked, customer.privacy_blocked) == ("all", True)
    with refused("E-CU-PRIVCONF"):
        block_customer(customer, blocked="ship")
    customer = block_customer(customer, blocked="ship", is_confirmed=True)
    assert (customer.blocked, customer.privacy_blocked) == ("ship", False)
    customer = block_for_privacy(block_for_privacy(customer, on=True), on=False)
    assert (customer.blocked, customer.privacy_blocked) == ("", False)
    with pytest.raises(TypeError):
        change_customer(customer, blocked="all")


def test_ship_to_addresses_and_the_default(numbered):
    customer = create()
    address = ShipToAddress.objects.create(customer=customer, code="MAIN", name="Warehouse")
    customer = change_customer(customer, ship_to_code="MAIN")
    rename_ship_to(address, code="NORTH")
    customer.refresh_from_db()
    assert customer.ship_to_code == "NORTH"
    delete_ship_to(address)
    customer.refresh_from_db()
    assert customer.ship_to_code == ""


def test_rooms_above_may_refuse_to_delete(numbered):
    customer = create()
    registry.deletion_check("test", lambda customer, on: [Problem("E-CU-DEL-DOC", "open order")], rank=30)
    try:
        with refused("E-CU-DEL-DOC"):
            delete_customer(customer, on=TODAY)
    finally:
        registry._deletion_checks.pop("test")
    ShipToAddress.objects.create(customer=customer, code="MAIN", name="Warehouse")
    delete_customer(customer, on=TODAY)
    assert not Customer.objects.exists()


def test_changes_are_logged(numbered):
    customer = change_customer(create(), city="Oslo")
    entry = ChangeLogEntry.objects.get(table="customers_customer", field="city")
    assert (entry.record_key, entry.before, entry.after) == (customer.number, "", "Oslo")


def test_two_customers_with_one_vat_number_are_told(numbered):
    create(vat_registration_no="DE123456789")
    other = create("Other", vat_registration_no="DE123456789")
    assert same_vat_number(other)[0].code == "W-CU-VATDUP"
    assert same_vat_number(create("Third")) == []


SITUATION = CreditSituation(
    credit_limit=D("7000.00"),
    balance=D("4200.00"),
    outstanding_orders=D("1500.00"),
    shipped_not_invoiced=D("800.00"),
    outstanding_invoices=D("625.00"),
    outstanding_invoices_from_shipments=D("300.00"),
    invoiced_prepayments=D("100.00"),
)


def test_credit_situation():
    assert (SITUATION.total, SITUATION.available_credit, SITUATION.expended_percent) == (
        D("6725.00"), D("275.00"), D("60"),
    )  # fmt: skip
    assert SITUATION.credit_amount(D("275.00")) == D("7000.00")
    assert CreditSituation(balance=D(5)).available_credit == 0


def test_credit_warnings(numbered, monkeypatch):
    customer = create(credit_limit=D("7000.00"))
    known = {
        name: getattr(SITUATION, name) for name in registry.FIGURES if name not in ("balance_due", "overdue")
    }
    figures = {
        name: (lambda ids, on, value=value: dict.fromkeys(ids, value)) for name, value in known.items()
    }
    monkeypatch.setattr(registry, "_figures", figures)

    def codes(**given):
        return [problem.code for problem in credit_warnings(customer, on=TODAY, **given)]

    assert codes(added=D("275.00")) == []
    assert codes(added=D("275.01")) == ["W-CREDIT"]
    assert codes(added=D("275.01"), limit=False) == []
    monkeypatch.setitem(figures, "overdue", lambda ids, on: dict.fromkeys(ids, D(1)))
    assert codes() == ["W-OVERDUE"]
