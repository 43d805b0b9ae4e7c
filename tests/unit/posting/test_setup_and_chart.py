"""Reading the set-up, rates of a day, and changing the chart."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.kernel.errors import ErpError
from posting.currency import convert, factor_on, factors_on, precisions
from posting.dates import check_posting_date
from posting.models import Currency, GeneralPostingSetup, GLAccount, VATPostingSetup
from posting.routines.delete_account import delete_account
from posting.routines.indent_chart import indent_chart
from posting.setup_values import PostingSetup, group_account
from tests.unit.posting.builder import D


def test_the_setup_is_read_with_four_queries(books):
    with CaptureQueriesContext(connection) as captured:
        setup = PostingSetup.load()
    assert len(captured) == 4
    problems = []
    assert setup.account("DOMESTIC", "GOODS", "sales_account", problems=problems) == books.id("4100")
    row = setup.vat("EU", "V25", problems=problems)
    assert (row.percent, row.charged_percent, row.is_reverse_charge) == (D(25), 0, True)
    assert row.account("reverse_charge_vat_account", problems=problems) == books.id("2220")
    assert problems == []
    assert setup.precision == D("0.01")
    assert (setup.first_period, setup.first_open_day) == (date(2025, 1, 1), date(2025, 1, 1))


def test_empty_books_have_the_defaults(db):
    setup = PostingSetup.load()
    assert (setup.precision, setup.vat_direction, setup.first_period) == (D("0.01"), "nearest", None)
    assert check_posting_date(date(1999, 1, 1), None, setup) is None


def test_groups_without_a_business_group_have_the_empty_code(books):
    goods = GeneralPostingSetup.objects.get().gen_prod_posting_group
    GeneralPostingSetup.objects.create(
        gen_prod_posting_group=goods, inventory_adjustment_account=books.accounts["6500"]
    )
    setup = PostingSetup.load()
    assert setup.account("", "GOODS", "inventory_adjustment_account", problems=[]) == books.id("6500")


def test_any_posting_group_can_be_asked_for_an_account(books):
    row, problems = VATPostingSetup.objects.filter(vat_bus_posting_group__code="DOM").first(), []
    assert group_account(row, "sales_vat_account", problems=problems) == books.id("2200")
    assert group_account(row, "reverse_charge_vat_account", problems=problems, line_no=3) is None
    assert [(problem.code, problem.line_no, problem.field) for problem in problems] == [
        ("E-PG-ACC", 3, "reverse_charge_vat_account")
    ]
    assert problems[0].setup == "admin:posting_vatpostingsetup_changelist"


def test_the_newest_rate_by_the_day_counts(books):
    assert factor_on("USD", date(2026, 2, 28)) == D("0.8")
    assert factor_on("USD", date(2026, 3, 1)) == D("1.25")
    assert factor_on("", date(1990, 1, 1)) == 1
    assert factors_on(["", "USD"], date(2026, 3, 1)) == {"": 1, "USD": D("1.25")}
    assert convert(D("100.00"), "USD", on=date(2026, 1, 1)) == D("125.00")
    for code, on in (("USD", date(2025, 12, 31)), ("SEK", date(2026, 3, 1))):
        with pytest.raises(ErpError) as refusal:
            factor_on(code, on)
        assert refusal.value.code == "E-CX-RATE"
        assert refusal.value.setup == "admin:posting_exchangerate_changelist"


def test_every_currency_has_a_precision(books):
    Currency.objects.create(code="JPY", name="Yen", amount_rounding_precision=1)
    assert precisions(["", "JPY", "XXX"], local=D("0.01")) == {"": D("0.01"), "JPY": 1, "XXX": D("0.01")}


def test_an_account_with_entries_stays(books):
    books.post(("6300", "1.00"), ("1020", "-1.00"))
    with pytest.raises(ErpError) as refusal:
        delete_account("6300")
    assert refusal.value.code == "E-GL-DEL"
    with pytest.raises(ErpError) as refusal:
        delete_account("4100")  # the sales account of a setup row
    assert "general posting setup (1)" in refusal.value.message
    delete_account("6100")
    assert not GLAccount.objects.filter(number="6100").exists()


def test_the_chart_is_indented_in_place(books):
    GLAccount.objects.filter(number="1000").update(type="begin_total")
    GLAccount.objects.filter(number="1990").update(type="end_total")
    assert indent_chart() == 6
    assert dict(GLAccount.objects.filter(number__lt="2000").values_list("number", "indentation")) == {
        "1000": 0,
        "1010": 1,
        "1020": 1,
        "1100": 1,
        "1300": 1,
        "1320": 1,
        "1990": 0,
    }
    assert GLAccount.objects.get(number="1990").totaling == "1000..1990"
    assert indent_chart() == 0
    GLAccount.objects.filter(number="1000").update(type="heading")
    with pytest.raises(ErpError) as refusal:
        indent_chart()
    assert refusal.value.code == "E-GL-CHART"
