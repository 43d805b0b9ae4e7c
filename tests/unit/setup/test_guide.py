"""What a company still has to set up, and that no posted number is missing."""

import pytest
from django.urls import reverse

from customers.models import CustomerPostingGroup
from erp.guide import steps
from erp.kernel.models import NumberSeriesLine
from posting.models import AccountingPeriod, GeneralPostingSetup, VATPostingSetup
from sales.models import SalesSetup
from sales.number_ranges import number_ranges
from tests.world import TODAY

pytestmark = pytest.mark.django_db


def missing(on=TODAY) -> dict[str, str]:
    return {step.title: step.missing for step in steps(on=on) if not step.is_done}


def test_an_empty_database_lacks_nearly_everything():
    lacking = missing()
    assert {"Company", "Fiscal years", "Number series", "Bank accounts"} <= lacking.keys()
    assert lacking["Company"] == "There is no general ledger setup yet."


def test_the_setup_that_comes_along_is_ready_to_post(world):
    world.ledger_setup(company_name="Nordlys", address="Havnegata 1", vat_registration_no="923609016")
    world.customer("Adatum")
    world.item("BICYCLE")
    assert {step.title for step in steps(on=TODAY) if step.blocks and not step.is_done} == set()


def test_each_gap_is_said_with_its_names(world):
    world.customer("Adatum")
    world.item("BICYCLE")
    CustomerPostingGroup.objects.filter(code="DOMESTIC").update(receivables_account=None)
    GeneralPostingSetup.objects.all().delete()
    VATPostingSetup.objects.all().delete()
    SalesSetup.objects.update(invoice_nos="", order_nos="NOBODY")
    AccountingPeriod.objects.all().delete()
    world.ledger_setup(allow_posting_to=TODAY.replace(year=TODAY.year - 1))
    lacking = missing()
    assert "DOMESTIC" in lacking["Customer posting groups"]
    assert lacking["General posting setup"] == "No sales account: DOMESTIC × GOODS."
    assert lacking["VAT posting setup"].startswith("No VAT rate: DOM × ")
    assert lacking["Number series"] == "No number series is chosen for: invoice nos.."
    assert lacking["Fiscal years"] == "No fiscal year contains today."
    assert "outside" in lacking["Posting dates"]
    SalesSetup.objects.update(invoice_nos="SALES-INV")
    assert "NOBODY" in missing()["Number series"]


def test_the_guide_asks_the_same_number_of_questions_of_any_company(world, django_assert_max_num_queries):
    for number in range(5):
        world.customer(f"Customer {number}")
        world.item(f"ITEM-{number}")
    with django_assert_max_num_queries(40):
        steps(on=TODAY)


def _lines_of_invoices():
    return NumberSeriesLine.objects.filter(series__code=SalesSetup.objects.get().posted_invoice_nos)


def _post(world, *, times: int = 1) -> None:
    adatum = world.customer(f"Adatum {NumberSeriesLine.objects.count()} {times}")
    item = world.item(f"CASE {times}", stock=100)
    for _time in range(times):
        world.order(adatum).sells(1, item).release().post()


def test_ranges_of_numbers_are_whole_as_long_as_only_posting_draws_them(world):
    _post(world, times=3)
    invoices = next(each for each in number_ranges() if each.paper._meta.model_name == "salesinvoice")
    assert (invoices.count, invoices.is_whole, invoices.shared) == (3, True, False)
    assert invoices.first < invoices.last


def test_a_number_that_somebody_skipped_is_named(world):
    _post(world)
    first = next(each.last for each in number_ranges() if each.paper._meta.model_name == "salesinvoice")
    _lines_of_invoices().filter(last_number_used=first).update(last_number_used=first[:-1] + "5")
    _post(world, times=2)
    invoices = next(each for each in number_ranges() if each.paper._meta.model_name == "salesinvoice")
    assert invoices.gaps == ((first, first[:-1] + "6"),)


def test_a_series_that_counts_by_ten_has_no_gaps_of_nine(world):
    _lines_of_invoices().update(increment_by=10)
    _post(world, times=3)
    invoices = next(each for each in number_ranges() if each.paper._meta.model_name == "salesinvoice")
    assert (invoices.step, invoices.is_whole) == (10, True)


def test_the_pages_are_for_those_who_see_the_setup(world, client):
    for name, role in (("anna", "ACCOUNTANT"), ("carl", "CLERK")):
        world.user(name, role=role)
    client.login(username="anna", password="anna")
    _post(world)
    assert b"What is missing" in client.get(reverse("setup")).content
    assert (
        b"INV-" in client.get(reverse("number-gaps")).content
        or b"No gap" in client.get(reverse("number-gaps")).content
    )
    client.login(username="carl", password="carl")
    assert client.get(reverse("setup")).status_code == 403
    assert client.get(reverse("number-gaps")).status_code == 403
