"""Rounding and money."""

from decimal import Decimal as D

import pytest

from erp.kernel.money import Money, is_rounded, round_to
from erp.kernel.quantity import from_base, to_base


@pytest.mark.parametrize(
    ("x", "precision", "direction", "expected"),
    [
        ("1.005", "0.01", "nearest", "1.01"),
        ("-1.005", "0.01", "nearest", "-1.01"),
        ("1.0049", "0.01", "nearest", "1.00"),
        ("2.5", "1", "nearest", "3"),
        ("-2.5", "1", "nearest", "-3"),
        ("1.001", "0.01", "up", "1.01"),
        ("-1.001", "0.01", "up", "-1.01"),
        ("1.009", "0.01", "down", "1.00"),
        ("-1.009", "0.01", "down", "-1.00"),
        ("1.025", "0.05", "nearest", "1.05"),
        ("1.024", "0.05", "nearest", "1.00"),
        ("12.5", "5", "nearest", "15"),
        ("12.5", "5", "down", "10"),
        ("0.15", "0.3", "nearest", "0.3"),
        ("14", "10", "up", "20"),
        ("0.123456", "0.00001", "nearest", "0.12346"),
        ("-0.004", "0.01", "nearest", "0.00"),
        ("99999999999999999999999999999.995", "0.01", "nearest", "100000000000000000000000000000.00"),
    ],
)
def test_rounding(x, precision, direction, expected):
    """Half away from zero, to any precision, in three directions; a result shows the precision's decimals."""
    assert str(round_to(D(x), D(precision), direction)) == expected


def test_rounding_takes_decimals_and_ints_only():
    assert round_to(7) == D("7.00")
    with pytest.raises(TypeError, match="float"):
        round_to(1.005)
    with pytest.raises(ValueError, match="greater than zero"):
        round_to(D(1), D(0))
    with pytest.raises(KeyError):
        round_to(D(1), D("0.01"), "sideways")


def test_an_amount_knows_whether_it_is_rounded():
    assert is_rounded(D("10.10"))
    assert is_rounded(D("10.1000"))
    assert not is_rounded(D("10.101"))


def test_money_adds_within_a_currency():
    assert Money(D("1.10"), "EUR") + Money(D("2.20"), "EUR") == Money(D("3.30"), "EUR")
    assert sum([Money(D(1)), Money(D(2))]) == Money(D(3))
    assert Money(D(5)) - Money(D(7)) == -Money(D(2))
    assert abs(Money(D(-2))) == Money(D(2))
    assert Money(D(1), "SEK") < Money(D(2), "SEK") <= Money(D(2), "SEK")
    assert Money(D(3), "SEK") > Money(D(2), "SEK") >= Money(D(2), "SEK")
    assert 3 * Money(D("1.115")) == Money(D("3.345"))
    assert (Money(D("1.115"), "EUR") * 3).rounded() == Money(D("3.35"), "EUR")
    assert not Money(D(0), "EUR")
    assert str(Money(D("9.90"), "EUR")) == "9.90 EUR"
    assert str(Money(D("9.90"))) == "9.90"


def test_money_refuses_another_currency():
    euro, krona = Money(D(1), "EUR"), Money(D(1), "SEK")
    for mix in (lambda: euro + krona, lambda: euro - krona, lambda: euro < krona, lambda: euro >= krona):
        with pytest.raises(ValueError, match="Cannot mix EUR and SEK"):
            mix()
    assert euro != krona
    with pytest.raises(TypeError):
        euro + D(1)
    with pytest.raises(TypeError):
        euro * 1.5


def test_quantities_in_two_units():
    """A box of 12: two and a half boxes are 30 pieces, 7 pieces are a bit more than half a box."""
    assert to_base(D("2.5"), D(12)) == D("30.00000")
    assert from_base(D(7), D(12)) == D("0.58333")
    assert to_base(D("0.33333"), D(3)) == D("0.99999")
