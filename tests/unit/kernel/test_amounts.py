"""Splitting amounts, and rounding streams of them."""

from decimal import Decimal as D

import pytest

from erp.kernel.amounts import RunningRound, split_amount


def test_a_third_each():
    assert split_amount(D("10.00"), [D(1), D(1), D(1)]) == [D("3.33"), D("3.34"), D("3.33")]


def test_weights_are_ratios():
    assert split_amount(D("100.00"), [D("0.5"), D("0.25"), D(0), D("0.25")]) == [D(50), D(25), D(0), D(25)]
    assert split_amount(D("0.01"), [D(1), D(1)]) == [D("0.01"), D("0.00")]
    assert split_amount(D("0.00"), [D(1), D(2)]) == [D("0.00"), D("0.00")]


def test_a_currency_without_cents():
    assert split_amount(D(100), [D(1), D(1), D(1)], precision=D(1)) == [D(33), D(34), D(33)]


@pytest.mark.parametrize(
    ("total", "weights", "why"),
    [
        ("1.00", [], "nobody can be chosen"),
        ("1.00", ["0", "0"], "nobody can be chosen"),
        ("-1.00", ["1"], "not negative"),
        ("1.00", ["1", "-1"], "not negative"),
        ("1.005", ["1"], "not rounded"),
    ],
)
def test_what_cannot_be_split(total, weights, why):
    with pytest.raises(ValueError, match=why):
        split_amount(D(total), [D(weight) for weight in weights])


def test_a_running_round_loses_nothing():
    """Three lines of 0.333…: the cents that each line drops come back as soon as they make one."""
    running = RunningRound()
    assert [running.push(D(1) / 3) for _ in range(4)] == [D("0.33"), D("0.34"), D("0.33"), D("0.33")]
    assert running.rounded == D("1.33")
    assert running.remainder == running.exact - D("1.33")


def test_a_running_round_with_mixed_signs():
    running = RunningRound(D(1))
    assert [running.push(D(x)) for x in ("0.5", "-0.5", "2.4", "0.4")] == [D(1), D(-1), D(2), D(1)]
