"""Invariants, projections, and the commands that run them."""

import json
from decimal import Decimal as D
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from erp.kernel import invariants, projections
from erp.kernel.invariants import Finding, invariant, run_all
from erp.kernel.projections import projection, rebuild_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registries():
    """Only what a test registers itself."""
    with (
        patch.dict(invariants._registry, clear=True),
        patch.dict(projections._registry, clear=True),
        patch("erp.kernel.invariants.autodiscover_modules"),
        patch("erp.kernel.projections.autodiscover_modules"),
    ):
        yield


@pytest.fixture
def laws():
    @invariant("I-10", "Stock equals its movements")
    def stock() -> Finding:
        return Finding(
            2, {"stock": D("50119"), "movements": D("50120")}, [f"item {n} differs" for n in range(3)]
        )

    @invariant("I-2", "Debits equal credits")
    def balance() -> Finding:
        return Finding(1234, {"debit": D("1333128.20"), "credit": D("1333128.20")})


def check(*arguments, **options):
    out = StringIO()
    try:
        call_command("check_ledgers", *arguments, stdout=out, no_color=True, **options)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_all_laws_in_order(laws):
    assert [(result.code, result.holds) for result in run_all()] == [("I-2", True), ("I-10", False)]


def test_the_table_names_what_fails(laws):
    out, error = check()
    assert out.splitlines() == [
        "I-2   Debits equal credits",
        "      1,234 rows compared; debit 1,333,128.20; credit 1,333,128.20: ok",
        "I-10  Stock equals its movements",
        "      2 rows compared; stock 50,119; movements 50,120: FAILED",
        "        item 0 differs",
        "        item 1 differs",
        "        item 2 differs",
        "2 invariants, 1 ok, 1 failed",
    ]
    assert error == "1 of 2 invariants do not hold: I-10"


def test_some_laws_only(laws):
    out, error = check("I-2")
    assert out.splitlines()[-1] == "1 invariants, 1 ok, 0 failed"
    assert error == ""


def test_many_failures_are_cut(laws):
    assert "        … and 2 more" in check(failures=1)[0]
    assert "more" not in check(failures=0)[0]


def test_an_unknown_law(laws):
    assert check("I-99") == ("", "There is no invariant I-99")


def test_as_json(laws):
    out, error = check("--as-json")
    first, second = json.loads(out)
    assert first == {
        "code": "I-2", "text": "Debits equal credits", "ok": True, "checked": 1234,
        "totals": {"debit": "1333128.20", "credit": "1333128.20"}, "failures": [],
    }  # fmt: skip
    assert second["failures"] == ["item 0 differs", "item 1 differs", "item 2 differs"]
    assert "I-10" in error


def test_a_code_stands_for_one_law(laws):
    with pytest.raises(ValueError, match="I-2 is 'Debits equal credits' already"):

        @invariant("I-2", "Something else")
        def other() -> Finding:
            return Finding(0)


def test_codes_sort_as_people_count():
    codes = ["I-10", "I-2", "INV-1", "I-1a", "I-1"]
    assert sorted(codes, key=invariants.natural_order) == ["I-1", "I-1a", "I-2", "I-10", "INV-1"]


@pytest.mark.django_db(transaction=True)
def test_the_check_looks_at_one_moment_and_changes_nothing():
    from django.db import connection

    @invariant("I-1", "The check is a reader")
    def reader() -> Finding:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
            )
            return Finding(
                1, failures=[] if cursor.fetchone() == ("repeatable read", "on") else ["it is not"]
            )

    assert check()[1] == ""


def test_projections_are_rebuilt_by_name():
    rebuilt = []

    @projection("b.stock")
    def stock() -> int:
        rebuilt.append("stock")
        return 1200

    @projection("a.balance")
    def balance() -> int:
        rebuilt.append("balance")
        return 3

    assert [(done.name, done.rows) for done in rebuild_all()] == [("a.balance", 3), ("b.stock", 1200)]
    out = StringIO()
    call_command("rebuild_projections", "b.stock", stdout=out, no_color=True)
    assert out.getvalue().splitlines() == ["b.stock  1,200 rows", "1 projections rebuilt"]
    assert rebuilt == ["balance", "stock", "stock"]
    out = StringIO()
    call_command("rebuild_projections", "--list", stdout=out)
    assert out.getvalue().split() == ["a.balance", "b.stock"]
    with pytest.raises(CommandError, match=r"no projection c\.x"):
        call_command("rebuild_projections", "c.x", stdout=out)
    with pytest.raises(ValueError, match="already"):
        projection("b.stock")(balance)
