"""What a blocked customer may still do."""

import pytest

from customers.checks import check_journal_not_blocked, check_not_blocked
from customers.models import Customer

#             create order, create invoice, post and ship, post invoice, credit, journal money, journal invoice
TABLE = {
    "": (True, True, True, True, True, True, True),
    "ship": (False, True, False, True, True, True, True),
    "invoice": (False, False, False, False, True, True, False),
    "all": (False, False, False, False, False, False, False),
}


def outcomes(customer: Customer) -> list[list[str]]:
    found = [
        check_not_blocked(customer, document_type="order", action="create"),
        check_not_blocked(customer, document_type="invoice", action="create"),
        check_not_blocked(customer, document_type="order", action="post", ships=True),
        check_not_blocked(customer, document_type="order", action="post"),
        check_not_blocked(customer, document_type="credit_memo", action="post"),
        check_journal_not_blocked(customer, document_type="payment"),
        check_journal_not_blocked(customer, document_type=""),
    ]
    return [[problem.code for problem in problems] for problems in found]


@pytest.mark.parametrize("blocked", TABLE)
def test_table(blocked):
    expected = [[] if allowed else ["E-CU-BLOCK"] for allowed in TABLE[blocked]]
    assert outcomes(Customer(number="C1", blocked=blocked)) == expected


def test_privacy_blocks_everything():
    assert outcomes(Customer(number="C1", blocked="all", privacy_blocked=True)) == [["E-CU-PRIV"]] * 7


def test_sell_to_and_bill_to_are_both_asked():
    fine, blocked = Customer(pk=1, number="C1"), Customer(pk=2, number="C2", blocked="all")
    problems = check_not_blocked(fine, blocked, document_type="return_order", action="create")
    assert "C2" in problems[0].message
    assert len(check_not_blocked(blocked, blocked, document_type="quote", action="create")) == 1
