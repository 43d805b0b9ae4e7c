"""The invoice rounding line."""

from decimal import Decimal as D

import pytest

from sales.arithmetic.rounding import rounding_line
from sales.arithmetic.values import VATKey, VATType

NONE = VATKey("V0", VATType.NORMAL, D(0))
V25 = VATKey("V25", VATType.NORMAL, D(25))


@pytest.mark.parametrize(("vat", "amount", "vat_amount"), [(V25, "0.35", "0.09"), (NONE, "0.44", "0.00")])
def test_a_total_is_rounded_to_whole_crowns(vat, amount, vat_amount):
    """1,234.56 becomes 1,235.00 with 0.44 more, whatever VAT the rounding account bears."""
    line = rounding_line(D("1234.56"), to=D("1.00"), vat=vat)
    assert (line.amount, line.vat_amount) == (D(amount), D(vat_amount))
    assert line.unit_price == D(amount)
    assert D("1234.56") + line.amount_including_vat == D("1235.00")


def test_prices_including_vat_carry_the_whole_difference():
    line = rounding_line(D("1234.56"), to=D(1), vat=V25, prices_including_vat=True)
    assert line == (D("0.44"), D("0.35"), D("0.09"), D("0.44"))


@pytest.mark.parametrize(
    ("total", "to", "direction", "difference", "rounded"),
    [
        ("1190.11", "0.05", "nearest", "-0.01", "1190.10"),
        ("99.99", "1", "down", "-0.99", "99.00"),
        ("1234.51", "1", "up", "0.49", "1235.00"),
        ("-99.99", "1", "down", "0.99", "-99.00"),
    ],
)
def test_totals_are_rounded_in_the_direction_of_their_currency(total, to, direction, difference, rounded):
    line = rounding_line(D(total), to=D(to), direction=direction, vat=NONE)
    assert line.amount_including_vat == D(difference)
    assert D(total) + line.amount_including_vat == D(rounded)


def test_a_round_total_needs_no_line():
    assert rounding_line(D("1235.00"), to=D(1), vat=V25) is None
    assert rounding_line(D("1234.56"), to=D(0), vat=V25) is None


def test_the_net_of_a_rounding_line_regards_the_reduced_base():
    """With 2 % off the base of VAT, 0.44 is 0.35 and 24.5 % of it."""
    line = rounding_line(D("1234.56"), to=D(1), vat=V25, vat_base_discount=D(2))
    assert line.amount + line.vat_amount == D("0.44")
    assert line.amount == D("0.35")


def test_a_precision_read_from_a_column_is_the_same_precision():
    """1.00000 from the database rounds like 1, in whichever order the two are met."""
    for to in ("1", "1.00000", "0.05", "0.05000"):
        line = rounding_line(D("1234.56"), to=D(to), vat=NONE)
        assert line.amount_including_vat == (D("0.44") if D(to) == 1 else D("-0.01"))
