"""Loading the set-up: complete, everything or nothing, and without effect the second time."""

import shutil
from datetime import date
from decimal import Decimal as D

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from customers.models import PaymentTerms, ShipmentMethod
from erp.kernel.errors import ProblemsFound
from erp.kernel.models import NumberSeriesLine
from erp.setup_data import files, load_setup
from erp.setup_data.load import SetUpOtherwise, UnknownCountry, countries
from posting.models import AccountingPeriod, Currency, ExchangeRate, GeneralLedgerSetup, GLAccount
from receivables.models import BankAccount

TODAY = date(2026, 3, 10)

pytestmark = pytest.mark.django_db


def row_counts():
    rooms = ("kernel", "approvals", "posting", "customers", "inventory", "receivables", "sales", "auth")
    ignored = {"kernel.changelogentry"}
    models = [model for room in rooms for model in apps.get_app_config(room).get_models()]
    return {m._meta.label_lower: m.objects.count() for m in models if m._meta.label_lower not in ignored}


def test_the_second_time_changes_nothing():
    first = load_setup(on=TODAY)
    before = row_counts()
    second = load_setup(on=TODAY)
    assert first.rows > 500
    assert second.added == {}
    assert second.kept > 500
    assert row_counts() == before


def test_what_the_company_changed_stays_changed():
    load_setup(on=TODAY)
    PaymentTerms.objects.filter(code="30D").update(description="Thirty days, please")
    ShipmentMethod.objects.filter(code="DPU").delete()
    loaded = load_setup(on=TODAY)
    assert loaded.added == {"customers.shipmentmethod": 1}
    assert PaymentTerms.objects.get(code="30D").description == "Thirty days, please"


def test_a_new_year_brings_its_periods_and_numbers():
    load_setup(on=TODAY)
    assert AccountingPeriod.objects.count() == 36
    assert AccountingPeriod.objects.filter(new_fiscal_year=True).first().starting_date == date(2025, 1, 1)
    loaded = load_setup(on=date(2027, 1, 2))
    assert loaded.added["posting.accountingperiod"] == 12
    lines = NumberSeriesLine.objects.filter(series__code="POSTED-INVOICE", starting_date__year=2028)
    assert [line.starting_number for line in lines] == ["INV-2028-00001"]


def test_posted_numbers_are_gapless_and_draft_numbers_wait_for_nobody():
    load_setup(on=TODAY)
    lines = NumberSeriesLine.objects.select_related("series")
    gaps = {line.series.code: line.implementation for line in lines}
    assert {code: kind for code, kind in gaps.items() if code.startswith("POSTED-")} == dict.fromkeys(
        [code for code in gaps if code.startswith("POSTED-")], "normal"
    )
    assert {
        gaps[f"SALES-{draft}"] for draft in ("QUOTE", "ORDER", "INVOICE", "CREDIT", "BLANKET", "RETURN")
    } == {"sequence"}


def test_the_local_currency_is_no_currency_row_and_rates_lead_back_two_years():
    load_setup(on=TODAY, country="NO")
    assert GeneralLedgerSetup.objects.get().lcy_code == "NOK"
    assert sorted(Currency.objects.values_list("code", flat=True)) == ["DKK", "EUR", "GBP", "SEK", "USD"]
    euro = ExchangeRate.objects.filter(currency__code="EUR").order_by("starting_date")
    assert (euro.first().starting_date, euro.last().starting_date) == (date(2024, 3, 1), date(2026, 3, 1))
    assert euro.first().relational_amount == D("1162.0000")
    assert BankAccount.objects.get(number="OPERATING").currency is None
    assert GLAccount.objects.get(number="1020").name == "Bank, operating NOK"


def test_another_local_currency_may_be_chosen():
    load_setup(on=TODAY, country="NL", lcy="USD")
    assert GeneralLedgerSetup.objects.get().lcy_code == "USD"
    assert not Currency.objects.filter(code="USD").exists()
    assert BankAccount.objects.get(number="USD").currency is None


def test_a_company_is_not_moved_to_another_country():
    load_setup(on=TODAY, country="NL")
    with pytest.raises(SetUpOtherwise, match="set up for NL in EUR, not for NO in NOK"):
        load_setup(on=TODAY, country="NO")


def test_an_unknown_country_is_refused_with_the_known_ones():
    with pytest.raises(UnknownCountry, match="BE, NL, NO, SE, neutral"):
        load_setup(on=TODAY, country="AT")


@pytest.fixture
def folder(tmp_path):
    """A copy of the data files, to be spoilt."""
    shutil.copytree(files.FOLDER, tmp_path / "data")
    return tmp_path / "data"


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(folder, **options):
    before = row_counts()
    with pytest.raises(ProblemsFound) as caught:
        load_setup(on=TODAY, folder=folder, **options)
    assert row_counts() == before, "something was loaded"
    return [problem.message for problem in caught.value.problems]


def test_every_bad_cell_is_named_by_file_row_field_and_value(folder):
    spoil(
        folder / "common" / "payment_terms.csv", "14D,Net 14 days,14D,,0,no", "14D,Net 14 days,14X,,nil,maybe"
    )
    assert refused(folder) == [
        "common/payment_terms.csv, row 4, due_date_calculation: '14X': 14X is not a date formula.",
        "common/payment_terms.csv, row 4, discount_percent: 'nil': this is not a number",
        "common/payment_terms.csv, row 4, calc_pmt_disc_on_credit_memos: 'maybe': write yes or no",
    ]


def test_an_account_that_is_not_in_the_chart(folder):
    spoil(folder / "common" / "bank_posting_groups.csv", "USD,1030", "USD,1031")
    assert refused(folder) == [
        "common/bank_posting_groups.csv, row 3, gl_account: '1031': there is no G/L account of this name"
    ]


def test_an_unknown_choice_an_empty_cell_and_too_long_a_text(folder):
    path = folder / "common" / "chart_of_accounts.csv"
    spoil(path, "1010,Cash on hand,posting", f"1010,{'x' * 101},postings")
    spoil(path, "1040,", ",")
    messages = refused(folder)
    assert messages[0].startswith("common/chart_of_accounts.csv, row 3, name: 'xxx")
    assert messages[1].startswith(
        "common/chart_of_accounts.csv, row 3, type: 'postings': Value 'postings' is not"
    )
    assert messages[2] == "common/chart_of_accounts.csv, row 6, number: this must be filled in"


def test_the_same_row_twice(folder):
    spoil(folder / "common" / "shipment_methods.csv", "FCA,Free carrier", "EXW,Free carrier")
    assert refused(folder) == [
        "common/shipment_methods.csv, row 3, code: 'EXW': this is in row 2 already",
    ]


def test_a_column_that_does_not_exist_and_a_row_of_another_width(folder):
    path = folder / "common" / "shipping_agents.csv"
    spoil(path, "tracking_url", "tracking")
    spoil(path, "BRING,Bring,", "BRING,")
    messages = refused(folder)
    assert "common/shipping_agents.csv, row 4: 2 cells under 3 columns" in messages
    assert "common/shipping_agents.csv, row 2, tracking: there is no such column" in messages


def test_a_missing_column_of_a_file_with_a_shape_of_its_own(folder):
    spoil(folder / "common" / "number_series.csv", "gaps_allowed", "gaps")
    assert "common/number_series.csv, row 2: the file lacks the column gaps_allowed" in refused(folder)


def test_a_rate_that_is_none(folder):
    spoil(folder / "common" / "exchange_rates.csv", "24,1,11.6200", "24,1,none")
    assert refused(folder) == ["common/exchange_rates.csv, row 2: 'none' is not a rate"]


def test_a_local_currency_without_rates():
    assert refused(files.FOLDER, lcy="CHF")[0] == (
        "common/exchange_rates.csv, row 2: there is no rate for the local currency CHF"
    )


def test_a_file_in_another_encoding(folder):
    path = folder / "common" / "currencies.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert refused(folder) == ["common/currencies.csv: the file is not in UTF-8"]


def test_a_quote_that_is_never_closed(folder):
    spoil(folder / "common" / "roles.csv", 'CLERK,"Sales clerk', 'CLERK,"Sales" clerk')
    assert refused(folder)[0].startswith("common/roles.csv, row 2")


def test_what_only_the_database_refuses_names_the_file(folder):
    spoil(
        folder / "countries" / "neutral" / "vat_posting_setup.csv",
        "DOM,V25,normal,25,",
        "DOM,V25,normal,125,",
    )
    assert refused(folder)[0].startswith("vat_posting_setup.csv: ")


def test_a_role_that_does_not_exist(folder):
    spoil(folder / "common" / "grants.csv", "AUDITOR,*,view", "AUDITORS,*,view")
    assert refused(folder)[0].endswith("role: 'AUDITORS': there is no such role")


def test_the_command_says_what_it_did(capsys):
    call_command("load_setup", "--country", "SE")
    assert "posting.glaccount" in capsys.readouterr().out
    call_command("load_setup", "--country", "SE")
    assert capsys.readouterr().out.startswith("0 rows added")
    with pytest.raises(CommandError, match="set up for SE in SEK, not for BE in EUR"):
        call_command("load_setup", "--country", "BE")


def test_countries_are_those_of_the_folders():
    assert countries() == ["BE", "NL", "NO", "SE", "neutral"]
