"""Sharing an item charge."""

from decimal import Decimal as D

import pytest

from sales.arithmetic.charges import suggest_by_amount, suggest_by_measure, suggest_equally


def test_a_charge_is_shared_equally():
    """100.00 over three lines; the last takes what rounding left."""
    shares = suggest_equally(D(1), D(100), 3)
    assert [share.amount for share in shares] == [D("33.33"), D("33.34"), D("33.33")]
    assert [share.quantity for share in shares] == [D("0.33333"), D("0.33334"), D("0.33333")]


def test_a_charge_is_shared_by_amount():
    """50.00 over lines of 100.00 and 200.00; a line without an amount carries nothing."""
    shares = suggest_by_amount(D(1), D(50), [D(100), D(0), D(200)])
    assert [share.amount for share in shares] == [D("16.67"), D(0), D("33.33")]
    assert [share.quantity for share in shares] == [D("0.33333"), D(0), D("0.66667")]


def test_a_charge_is_shared_by_weight():
    shares = suggest_by_measure(D(1), D(100), [D(1), D(1), D(1)])
    assert [share.quantity for share in shares] == [D("0.33333"), D("0.33334"), D("0.33333")]
    assert [share.amount for share in shares] == [D("33.33"), D("33.34"), D("33.33")]


def test_returns_carry_their_share_by_size():
    shares = suggest_by_amount(D(1), D(90), [D(30), D(30), D(-30)])
    assert [share.amount for share in shares] == [D(30), D(30), D(30)]


def test_a_charge_needs_somebody_to_carry_it():
    with pytest.raises(ValueError):
        suggest_by_amount(D(1), D(50), [D(0), D(0)])
    with pytest.raises(ValueError):
        suggest_by_measure(D(1), D(50), [])
