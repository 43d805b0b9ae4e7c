"""Fiscal years: creating, closing, and carrying the result."""

from datetime import date

import pytest

from erp.kernel.errors import ErpError, ProblemsFound
from posting.models import AccountingPeriod, GLEntry
from posting.routines.close_fiscal_year import close_fiscal_year
from posting.routines.close_income_statement import close_income_statement, plan_close_income_statement
from posting.routines.create_fiscal_year import create_fiscal_year
from posting.selectors import Position, account_balance, account_card, trial_balance
from tests.unit.posting.builder import AT, D

END = date(2025, 12, 31)


def close(books, document_no="CLOSE-25", **values):
    return close_income_statement(
        **{
            "fiscal_year_end": END,
            "document_no": document_no,
            "retained_earnings": "3100",
            "by": books.user,
            "at": AT,
        }
        | values
    )


@pytest.fixture
def year(books):
    """2025 made 400, and is closed."""
    books.post(("4100", "-1000.00"), ("1020", "1000.00"), on=date(2025, 5, 2))
    books.post(("6100", "600.00"), ("1020", "-600.00"), on=date(2025, 6, 2), document_no="G2")
    books.post(("6100", "75.00"), ("1020", "-75.00"), on=date(2026, 1, 2), document_no="G3")
    close_fiscal_year()
    return books


def test_the_income_statement_is_carried_to_retained_earnings(year):
    close(year)
    assert year.entries(document_no="CLOSE-25") == [
        ("4100", D("1000.00")),
        ("6100", D("-600.00")),
        ("3100", D("-400.00")),
    ]
    assert set(GLEntry.objects.filter(document_no="CLOSE-25").values_list("posting_date", "closing")) == {
        (END, True)
    }
    assert account_balance("4100", on=END) == D("-1000.00")
    assert account_balance("4100", on=END, with_closing=True) == 0
    assert account_balance("3100", on=END, with_closing=True) == D("-400.00")
    assert account_balance("6100", on=date(2026, 1, 31)) == D("75.00")
    assert account_balance("6100", on=date(2026, 1, 31), start=date(2026, 1, 1)) == D("75.00")


def test_closing_again_carries_only_what_came_later(year):
    close(year)
    year.post(("1020", "50.00"), ("4100", "-50.00"), on=date(2025, 12, 20), document_no="LATE")
    assert set(GLEntry.objects.filter(document_no="LATE").values_list("prior_year", flat=True)) == {True}
    close(year, "CLOSE-25B")
    assert year.entries(document_no="CLOSE-25B") == [("4100", D("50.00")), ("3100", D("-50.00"))]
    assert close(year, "CLOSE-25C") is None


def test_the_plan_shows_what_closing_would_post(year):
    plan = plan_close_income_statement(fiscal_year_end=END, document_no="X", retained_earnings="3100")
    assert [line.amount for line in plan.lines] == [D("1000.00"), D("-600.00"), D("-400.00")]
    assert not GLEntry.objects.filter(closing=True).exists()


def test_only_a_closed_year_is_carried(year):
    for end in (date(2026, 12, 31), date(2025, 12, 30), date(2024, 12, 31)):
        with pytest.raises(ErpError) as refusal:
            close(year, fiscal_year_end=end)
        assert refusal.value.code == "E-FY-OPEN"
    with pytest.raises(ProblemsFound) as refusal:
        close(year, retained_earnings="9999")
    assert refusal.value.code == "E-GL-ACC"


def test_the_trial_balance_with_and_without_closing_entries(year):
    close(year)
    before = {row.number: row.closing for row in trial_balance(on=END) if row.is_account}
    after = {row.number: row.closing for row in trial_balance(on=END, with_closing=True) if row.is_account}
    assert (before["4100"], before["6100"], before["3100"]) == (D("-1000.00"), D("600.00"), 0)
    assert (after["4100"], after["6100"], after["3100"]) == (0, 0, D("-400.00"))
    assert sum(before.values()) == sum(after.values()) == 0
    opening = {row.number: row.opening for row in trial_balance(start=date(2026, 1, 1))}
    assert (opening["4100"], opening["3100"]) == (0, D("-400.00"))


def test_closing_entries_stand_last_on_the_card_of_their_day(year):
    close(year)
    year.post(("1020", "50.00"), ("4100", "-50.00"), on=END, document_no="LATE")
    card = account_card("4100")
    assert [(line.document_no, line.balance) for line in card.lines] == [
        ("G1", D("-1000.00")),
        ("LATE", D("-1050.00")),
        ("CLOSE-25", D("-50.00")),
    ]
    assert account_card("4100", on=END).closing == D("-1050.00")
    pages, after = [], None
    while not pages or after:
        page = account_card("4100", after=after, limit=1)
        pages.append((page.opening, page.closing))
        after = page.next
    assert pages == [(0, D("-1000.00")), (D("-1000.00"), D("-1050.00")), (D("-1050.00"), D("-50.00"))]
    last = account_card("4100", after=position_of(card.lines[1]))
    assert [line.document_no for line in last.lines] == ["CLOSE-25"]
    assert account_card("4100", after=position_of(card.lines[2])).opening == D("-50.00")


def position_of(line) -> Position:
    return Position(line.posting_date, line.closing, line.entry_no)


def test_a_year_closes_only_into_the_next(books):
    AccountingPeriod.objects.filter(starting_date__gte=date(2026, 1, 1)).delete()
    with pytest.raises(ErpError) as refusal:
        close_fiscal_year()
    assert refusal.value.code == "E-FY-NEXT"

    create_fiscal_year(starting_date=date(2026, 1, 1))
    closed = close_fiscal_year()
    assert (closed.start, closed.end, closed.periods) == (date(2025, 1, 1), END, 12)
    assert set(AccountingPeriod.objects.filter(closed=True).values_list("date_locked", flat=True)) == {True}
    assert AccountingPeriod.objects.filter(closed=True).count() == 12


def test_with_every_year_closed_there_is_none_to_close(books):
    AccountingPeriod.objects.update(closed=True)
    with pytest.raises(ErpError) as refusal:
        close_fiscal_year()
    assert refusal.value.code == "E-FY-NONE"


def test_fiscal_years_follow_one_another(db):
    first = create_fiscal_year(starting_date=date(2026, 7, 1), periods=4, length="3M")
    assert [period.starting_date for period in first] == [
        date(2026, 7, 1),
        date(2026, 10, 1),
        date(2027, 1, 1),
        date(2027, 4, 1),
    ]
    second = create_fiscal_year(starting_date=date(2027, 7, 1))
    assert (len(second), second[0].new_fiscal_year) == (12, True)
    assert AccountingPeriod.objects.filter(new_fiscal_year=True).count() == 3
    for start in (date(2027, 7, 1), date(2025, 1, 1)):
        with pytest.raises(ErpError) as refusal:
            create_fiscal_year(starting_date=start)
        assert refusal.value.code == "E-FY-ORDER"
