"""What a journal that is being typed comes to, and which numbers its lines will get. No database."""

from datetime import date
from decimal import Decimal as D

import pytest

from receivables.models import JournalLine
from receivables.plans.journal_draft import balance_of, document_places, numbers_of, settled_by, to_pay

ON = date(2026, 3, 9)


def line(no: int, amount, *, balanced: bool = True, document_no: str = "", on: date = ON) -> JournalLine:
    return JournalLine(
        line_no=no,
        amount=D(amount),
        posting_date=on,
        document_no=document_no,
        bal_account_no="1020" if balanced else "",
    )


class TestNumbers:
    def test_a_new_number_whenever_the_lines_before_balance(self):
        lines = [line(1, -10), line(2, 80, balanced=False), line(3, -80, balanced=False), line(4, -5)]
        assert document_places(lines) == {1: 1, 2: 2, 3: 2, 4: 3}

    def test_typed_numbers_and_lines_without_an_amount_use_none_up(self):
        lines = [line(1, -10, document_no="MINE"), line(2, 0), line(3, -5)]
        assert document_places(lines) == {2: 1, 3: 1}

    def test_what_the_series_does_not_have_is_not_shown(self):
        lines = [line(1, -10, document_no="MINE"), line(2, -5), line(3, -5)]
        assert numbers_of(lines, lambda count: ["N1", "N2"][:count]) == {1: "MINE", 2: "N1", 3: "N2"}
        assert numbers_of(lines, lambda count: []) == {1: "MINE", 2: "", 3: ""}


class TestBalance:
    def balance(self, lines, **more):
        return balance_of(
            lines,
            numbers={each.line_no: each.document_no for each in lines},
            lcy={each.line_no: each.amount for each in lines},
            **more,
        )

    def test_a_balancing_account_is_the_other_side(self):
        found = self.balance([line(1, -10), line(2, 5)])
        assert (found.debit, found.credit, found.total, found.documents) == (15, 15, 0, ())

    def test_each_document_balances_by_itself(self):
        """Two documents that are off by the same amount: in total nothing is missing, and nothing is right."""
        lines = [line(1, 80, balanced=False, document_no="A"), line(2, -80, balanced=False, document_no="B")]
        found = self.balance(lines)
        assert found.total == 0
        assert [(each.document_no, each.balance) for each in found.documents] == [("A", 80), ("B", -80)]
        assert self.balance(lines, current=1).current.document_no == "A"
        assert self.balance(lines).current.document_no == "B"

    def test_dates_are_kept_apart(self):
        lines = [
            line(1, 80, balanced=False, document_no="A"),
            line(2, -80, balanced=False, document_no="A", on=date(2026, 3, 10)),
        ]
        assert len(self.balance(lines).documents) == 2

    def test_nothing_is_nothing(self):
        found = self.balance([])
        assert (found.lines, found.total, found.current) == (0, 0, None)


@pytest.mark.parametrize(("on", "due"), [(date(2026, 3, 9), 1225), (date(2026, 3, 10), 1250), (None, 1250)])
def test_a_discount_counts_while_it_is_in_time(on, due):
    assert to_pay(D(1250), discount=D(25), discount_date=date(2026, 3, 9), on=on) == due


def test_the_amount_that_settles_entries():
    """An invoice less its discount, a part of another one without, a credit memo against both."""
    until = date(2026, 3, 9)
    amounts = [
        (D(1250), D(1250), D(25), until),
        (D(300), D(1250), D(25), until),
        (D(-200), D(-200), D(0), None),
    ]
    assert settled_by(amounts, on=until) == D(-1325)
