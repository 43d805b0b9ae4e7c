"""Problems and errors."""

import pickle

import pytest
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError, Problem, ProblemsFound, WrongStatus, raise_problems


class OverCreditLimit(ErpError):
    """The customer would owe too much."""

    code, status = "E-CU-CREDIT", 409
    template = _("{customer} may owe at most {limit}.")
    setup = "admin:customers_customer_changelist"


def test_an_error_is_a_code_a_status_and_a_sentence():
    error = OverCreditLimit(customer="Adatum", limit=500)
    assert (error.code, error.status, error.message) == ("E-CU-CREDIT", 409, "Adatum may owe at most 500.")
    assert str(error) == error.message
    assert error.data == {"customer": "Adatum", "limit": 500}
    assert error.problems == (
        Problem("E-CU-CREDIT", "Adatum may owe at most 500.", setup="admin:customers_customer_changelist"),
    )


def test_an_error_without_its_data_is_a_mistake():
    with pytest.raises(KeyError):
        OverCreditLimit(customer="Adatum")


def test_errors_travel_between_processes():
    for error in (OverCreditLimit(customer="A", limit=1), ProblemsFound([Problem("E-1", "One.")], "Order 1")):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), copy.code, copy.message, copy.problems) == (
            type(error), error.code, error.message, error.problems
        )  # fmt: skip


def test_all_problems_are_raised_together():
    found = [
        Problem("E-QTY-SHIP", "At most 3.", line_no=10000, field="quantity"),
        Problem("E-TF", "Name it."),
    ]
    with pytest.raises(ProblemsFound) as caught:
        raise_problems("Order 1001", found)
    error = caught.value
    assert (error.code, error.status) == ("E-QTY-SHIP", 422)
    assert error.problems == tuple(found)
    assert error.subject == "Order 1001"
    assert str(error) == "Order 1001: At most 3. (line 10000)\nName it."


def test_warnings_stop_nothing():
    raise_problems("Order 1001", [])
    raise_problems("Order 1001", [Problem("W-NS-LOW", "Running out.")])
    with pytest.raises(ProblemsFound) as caught:
        raise_problems("Order 1001", [Problem("W-NS-LOW", "Running out."), Problem("E-1", "No.")])
    assert [problem.code for problem in caught.value.problems] == ["E-1"]


def test_no_problems_cannot_be_found():
    with pytest.raises(ValueError, match="without a problem"):
        ProblemsFound([])


def test_a_wrong_status_names_both():
    error = WrongStatus(document="order 1001", status="Released", expected="Open")
    assert (error.status, error.message) == (409, "order 1001 is Released; it must be Open.")
