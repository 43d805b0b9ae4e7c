"""The set-up of every country answers whatever a sale may ask: no account, rate or sentence is missing."""

from datetime import date
from decimal import Decimal as D
from itertools import product

import pytest

from customers.models import Customer, CustomerPostingGroup, CustomerTemplate
from erp.kernel.calendars import calendar_of
from erp.kernel.models import BaseCalendar
from erp.setup_data import load_setup
from erp.setup_data.load import countries
from inventory.models import InventoryPostingGroup, InventoryPostingSetup, Location
from posting.models import (
    Currency,
    GeneralBusinessGroup,
    GeneralLedgerSetup,
    GeneralPostingSetup,
    GeneralProductGroup,
    GLAccount,
    VATBusinessGroup,
    VATPostingSetup,
    VATProductGroup,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(params=countries())
def country(request):
    load_setup(on=date(2026, 1, 1), country=request.param)
    return request.param


def accounts_of(row, but=()):
    """The account columns of a set-up row by name."""
    fields = [field for field in row._meta.fields if field.related_model is GLAccount]
    return {field.name: getattr(row, field.name) for field in fields if field.name not in but}


def assert_all_postable(row, but=()):
    for name, account in accounts_of(row, but).items():
        assert account is not None, f"{row}: {name} is missing"
        assert account.type == GLAccount.Type.POSTING and not account.blocked, f"{row}: {name}"


def test_every_customer_group_has_all_its_accounts(country):
    for group in CustomerPostingGroup.objects.all():
        assert_all_postable(group)


def test_every_business_group_sells_every_product_group(country):
    rows = {
        (row.gen_bus_posting_group, row.gen_prod_posting_group): row
        for row in GeneralPostingSetup.objects.all()
    }
    for pair in product(GeneralBusinessGroup.objects.all(), GeneralProductGroup.objects.all()):
        assert_all_postable(rows[pair])
    for group in GeneralProductGroup.objects.all():
        row = rows[None, group]
        assert {name for name, account in accounts_of(row).items() if account is None} == {
            name for name in accounts_of(row) if name.startswith("sales_")
        }


def test_every_vat_pair_is_decided(country):
    rows = {
        (row.vat_bus_posting_group, row.vat_prod_posting_group): row for row in VATPostingSetup.objects.all()
    }
    groups = [*VATBusinessGroup.objects.all(), None]
    for business, goods in product(groups, VATProductGroup.objects.all()):
        row = rows[business, goods]
        assert row.vat_identifier
        assert row.tax_category in {"S", "Z", "K", "AE", "G", "O"}
        assert (row.vat_clause is None) == (row.tax_category == "S"), f"{row}: untaxed sales need a sentence"
        if business:
            reverse = row.calculation_type == VATPostingSetup.Calculation.REVERSE_CHARGE
            assert_all_postable(row, but=() if reverse else ("reverse_charge_vat_account",))
            assert (row.vat_percent == 0) == (row.tax_category in {"Z", "G"})


def test_every_default_leads_to_a_group_of_this_country(country):
    assert not GeneralBusinessGroup.objects.filter(default_vat_bus_posting_group=None).exists()
    assert not GeneralProductGroup.objects.filter(default_vat_prod_posting_group=None).exists()
    grouped = GLAccount.objects.exclude(gen_prod_posting_group=None)
    assert grouped.count() == 11
    assert not grouped.filter(vat_prod_posting_group=None).exists()


def test_every_stock_is_carried_somewhere(country):
    rows = {(row.location, row.inventory_posting_group): row for row in InventoryPostingSetup.objects.all()}
    for pair in product([*Location.objects.all(), None], InventoryPostingGroup.objects.all()):
        assert_all_postable(rows[pair])


def test_every_currency_knows_its_gains_and_losses(country):
    for currency in Currency.objects.all():
        assert_all_postable(currency)


def test_every_template_makes_a_customer_that_can_be_invoiced(country):
    for template in CustomerTemplate.objects.all():
        for name in (
            "customer_posting_group",
            "gen_bus_posting_group",
            "vat_bus_posting_group",
            "payment_terms",
        ):
            assert getattr(template, name), f"{template}: {name}"
            assert Customer._meta.get_field(name)


RATES = {
    "NO": {"STANDARD": 25, "REDUCED": 15, "LOW": 12, "SERVICES": 25, "ZERO": 0},
    "SE": {"STANDARD": 25, "REDUCED": 12, "LOW": 6, "SERVICES": 25, "ZERO": 0},
    "BE": {"STANDARD": 21, "REDUCED": 12, "LOW": 6, "SERVICES": 21, "ZERO": 0},
    "NL": {"STANDARD": 21, "REDUCED": 9, "LOW": 9, "SERVICES": 21, "ZERO": 0},
    "neutral": {"V25": 25, "V10": 10, "S25": 25, "V0": 0},
}


def rates_of(business_group):
    rows = VATPostingSetup.objects.filter(vat_bus_posting_group__code=business_group)
    return dict(rows.values_list("vat_prod_posting_group__code", "vat_percent"))


def test_the_domestic_rates_are_those_of_the_country(country):
    assert rates_of("DOM") == {code: D(rate) for code, rate in RATES[country].items()}


def test_a_company_may_be_registered_in_the_other_countries(country):
    if country == "neutral":
        assert not VATBusinessGroup.objects.filter(code__in=RATES).exists()
        return
    for other in {"NO", "SE", "BE", "NL"} - {country}:
        assert rates_of(other) == {code: D(rate) for code, rate in RATES[other].items()}


def test_sales_within_the_union_are_reverse_charged_but_from_norway(country):
    rows = VATPostingSetup.objects.filter(vat_bus_posting_group__code="EU", vat_percent__gt=0)
    kinds = set(rows.values_list("calculation_type", "tax_category", "eu_service"))
    expected = {("reverse_charge", "K", False), ("reverse_charge", "AE", True)}
    assert kinds == (set() if country == "NO" else expected)


def test_control_accounts_are_closed_to_people_and_named_after_their_ledger():
    load_setup(on=date(2026, 1, 1))
    controlled = GLAccount.objects.exclude(control="").values_list("number", "control")
    found = {}
    for number, control in controlled:
        found.setdefault(control, []).append(number)
    assert found == {
        "bank": ["1020", "1030"],
        "receivables": ["1100", "1110", "1120"],
        "inventory": ["1200"],
        "vat": ["1300", "1310", "1320", "2200", "2210", "2220", "2230"],
        "payables": ["2100", "2110"],
    }
    assert not GLAccount.objects.exclude(control="").filter(direct_posting=True).exists()


def test_totals_embrace_their_accounts():
    load_setup(on=date(2026, 1, 1))
    totals = dict(GLAccount.objects.exclude(totaling="").values_list("number", "totaling"))
    assert totals["1990"] == "1000..1990"
    assert totals["9990"] == "4000..7990"
    for number, totaling in totals.items():
        first, _, last = totaling.partition("..")
        assert GLAccount.objects.filter(number__in=[first, last]).count() == 2, number


def test_categories_follow_the_statement():
    load_setup(on=date(2026, 1, 1))
    pairs = set(GLAccount.objects.filter(type="posting").values_list("statement", "category"))
    assert pairs == {
        ("balance", "assets"),
        ("balance", "liabilities"),
        ("balance", "equity"),
        ("income", "income"),
        ("income", "cost_of_goods_sold"),
        ("income", "expense"),
    }


def test_the_company_works_by_the_calendar_of_its_country(country):
    calendar = GeneralLedgerSetup.objects.get().base_calendar
    assert (calendar.code if calendar else "neutral") == country
    for row in BaseCalendar.objects.all():
        works = calendar_of(row).works
        assert works(date(2026, 3, 2)) and not works(date(2026, 3, 7)) and not works(date(2026, 3, 8))
    assert calendar is None or not calendar_of(calendar).works(date(2026, 1, 1))
