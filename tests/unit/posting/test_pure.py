"""Totaling, the chart's order, dates, currencies, values: nothing here needs a database."""

from datetime import date

import pytest

from erp.kernel.errors import ErpError
from posting.currency import factor, from_lcy, to_lcy
from posting.dates import DateRange, check_date
from posting.plans.chart import ChartRow, plan_indentation
from posting.setup_values import GeneralSetup, PostingSetup
from posting.totaling import Totaling
from posting.values import Facts, Transaction, chains, debit_and_credit
from tests.unit.posting.builder import D


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1000..1999|3100", ["1000", "1500", "1999", "3100"], ["0999", "2000", "3101"]),
        ("..1999", ["0001", "1999"], ["2000"]),
        ("4000..", ["4000", "9990"], ["3999"]),
        (" 1010 | 1020 ", ["1010", "1020"], ["1015"]),
        ("", [], ["1000"]),
    ],
)
def test_a_totaling_names_accounts(text, inside, outside):
    totaling = Totaling.parse(text)
    assert all(number in totaling for number in inside)
    assert not any(number in totaling for number in outside)
    assert Totaling.parse(str(totaling)) == totaling


@pytest.mark.parametrize("text", ["|", "..", "1000|", "2000..1000", "1..2..3", "<>1000", "1*"])
def test_a_totaling_that_cannot_be_read_is_refused(text):
    with pytest.raises(ErpError) as refusal:
        Totaling.parse(text)
    assert refusal.value.code == "E-GL-TOTALING"


@pytest.mark.parametrize(
    ("amount", "correction", "columns"),
    [
        ("80", False, ("80", "0")),
        ("-80", False, ("0", "80")),
        ("-80", True, ("-80", "0")),
        ("80", True, ("0", "-80")),
        ("0", False, ("0", "0")),
        ("0", True, ("0", "0")),
    ],
)
def test_a_correction_stands_on_the_other_side(amount, correction, columns):
    assert debit_and_credit(D(amount), correction=correction) == tuple(map(D, columns))


def test_the_chart_is_indented_between_begin_and_end():
    rows = [
        ChartRow("1000", "begin_total"),
        ChartRow("1100", "begin_total"),
        ChartRow("1110", "posting"),
        ChartRow("1190", "end_total"),
        ChartRow("1200", "posting"),
        ChartRow("1990", "end_total", 5, "wrong"),
        ChartRow("2000", "posting", 3),
    ]
    planned, problems = plan_indentation(rows)
    assert [row.indentation for row in planned] == [0, 1, 2, 1, 1, 0, 0]
    assert {row.number: row.totaling for row in planned if row.totaling} == {
        "1190": "1100..1190",
        "1990": "1000..1990",
    }
    assert problems == []


def test_totals_want_their_other_half():
    _planned, problems = plan_indentation([ChartRow("1", "end_total"), ChartRow("2", "begin_total")])
    assert [problem.code for problem in problems] == ["E-GL-CHART", "E-GL-CHART"]


def test_dates_are_allowed_from_the_first_to_the_last():
    march = DateRange(date(2026, 3, 1), date(2026, 3, 31))
    inside, before = date(2026, 3, 31), date(2026, 2, 28)
    assert check_date(inside, march, None) is None
    assert check_date(before, march, None).code == "E-GL-DATE"
    assert check_date(before, DateRange(None, march.end), None) is None
    assert check_date(date(2030, 1, 1), DateRange(march.start, None), None) is None
    assert check_date(before, DateRange(), inside).code == "E-GL-PERIOD"
    assert check_date(None, DateRange(), None).code == "E-GL-DATE0"


def test_a_factor_is_foreign_units_per_local_unit():
    assert factor(D(100), D(125)) == D("0.8")
    assert to_lcy(D("100.00"), D("0.8")) == D("125.00")
    assert from_lcy(D("125.00"), D("0.8")) == D("100.00")
    assert factor(D(100), D(3)) == D("33.333333333333333")
    assert to_lcy(D("1000000.00"), factor(D(100), D(3))) == D("30000.00")


def test_the_general_setup_answers_or_says_what_is_missing():
    rows = {
        ("DOMESTIC", "GOODS"): GeneralSetup("DOMESTIC", "GOODS", {"sales_account": 41}),
        ("DOMESTIC", "OLD"): GeneralSetup("DOMESTIC", "OLD", {"sales_account": 41}, blocked=True),
    }
    setup, problems = PostingSetup(general_rows=rows), []
    assert setup.account("DOMESTIC", "GOODS", "sales_account", problems=problems) == 41
    assert problems == []
    assert setup.account("DOMESTIC", "GOODS", "cogs_account", problems=problems, line_no=10) is None
    assert setup.account("DOMESTIC", "OLD", "sales_account", problems=problems) is None
    assert setup.account("", "GOODS", "sales_account", problems=problems) is None
    assert [(problem.code, problem.line_no, problem.field) for problem in problems] == [
        ("E-POSTING-SETUP", 10, "cogs_account"),
        ("E-POSTING-SETUP", None, "blocked"),
        ("E-POSTING-SETUP", None, None),
    ]
    assert "COGS account" in problems[0].message and "DOMESTIC" in problems[0].message
    assert {problem.setup for problem in problems} == {"admin:posting_generalpostingsetup_changelist"}
    with pytest.raises(AttributeError):
        setup.account("DOMESTIC", "GOODS", "sale_account", problems=problems)


def test_transactions_that_continue_share_a_number():
    facts = Facts(date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 1), "", "A")
    one, two, three = (Transaction(facts, [], continues) for continues in (True, True, False))
    assert list(chains([one, two, three])) == [[one, two], [three]]
    assert list(chains([])) == []
