"""Laws of rounding and splitting."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.amounts import RunningRound, split_amount
from erp.kernel.money import is_rounded, round_to

amounts = st.decimals(min_value=-(10**15), max_value=10**15, places=7)
cents = st.decimals(min_value=0, max_value=10**12, places=2)
precisions = st.sampled_from([D("0.01"), D("0.05"), D("0.1"), D(1), D(5), D("0.00001"), D("0.3"), D(100)])
weights = st.lists(st.decimals(min_value=0, max_value=10**9, places=5), min_size=1, max_size=40).filter(any)


@given(amounts, precisions, st.sampled_from(["nearest", "up", "down"]))
def test_rounding_is_symmetric(x, precision, direction):
    """What holds for what a customer owes holds for what we owe."""
    assert round_to(-x, precision, direction) == -round_to(x, precision, direction)


@given(amounts, precisions)
def test_rounding_stays_within_half_a_unit(x, precision):
    """Nearest is nearest; down, nearest and up never leave the unit around the amount."""
    nearest, up, down = (round_to(x, precision, direction) for direction in ("nearest", "up", "down"))
    assert abs(nearest - x) <= precision / 2
    assert abs(down) <= abs(x) <= abs(up) < abs(x) + precision
    assert nearest in (up, down)


@given(amounts, precisions)
def test_rounding_twice_is_rounding_once(x, precision):
    rounded = round_to(x, precision)
    assert is_rounded(rounded, precision)
    assert round_to(rounded, precision) == rounded


@given(amounts, amounts, precisions)
def test_rounding_keeps_the_order(x, y, precision):
    low, high = sorted((x, y))
    assert round_to(low, precision) <= round_to(high, precision)


@given(cents, weights)
def test_splits_are_exact(total, shares_of):
    """However odd the weights, the parts add up to the whole."""
    shares = split_amount(total, shares_of)
    assert len(shares) == len(shares_of)
    assert sum(shares) == total
    assert all(share >= 0 and is_rounded(share) for share in shares)


@given(cents, weights)
def test_every_share_is_within_a_cent_of_exact(total, shares_of):
    whole = sum(shares_of)
    for share, weight in zip(split_amount(total, shares_of), shares_of, strict=True):
        assert abs(share * whole - total * weight) <= D("0.01") * whole
        assert weight or share == 0


@given(st.lists(amounts, max_size=60), precisions)
def test_running_sums_stay_exact(stream, precision):
    """At every moment the rounded parts add up to the rounded sum."""
    running, given_out, exact = RunningRound(precision), D(0), D(0)
    for x in stream:
        given_out += running.push(x)
        exact += x
        assert given_out == round_to(exact, precision)
        assert abs(running.remainder) <= precision / 2
