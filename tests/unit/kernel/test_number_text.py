"""How document numbers grow."""

import pytest

from erp.kernel import number_text


@pytest.mark.parametrize(
    ("number", "by", "expected"),
    [
        ("A099B", 1, "A100B"),
        ("X9", 1, "X10"),
        ("X099", 1, "X100"),
        ("SI-0001", 1, "SI-0002"),
        ("2026-SI-0999", 1, "2026-SI-1000"),
        ("A1-B9-C", 10, "A1-B19-C"),
        ("007", 993, "1000"),
        ("SI-0001", 0, "SI-0001"),
    ],
)
def test_the_last_digits_grow(number, by, expected):
    assert number_text.increase(number, by) == expected


def test_a_number_needs_a_digit():
    assert not number_text.has_digits("SI-")
    with pytest.raises(ValueError, match="no digits"):
        number_text.increase("SI-")


@pytest.mark.parametrize(
    ("number", "first", "last", "inside"),
    [
        ("SI-0500", "SI-0001", "SI-0999", True),
        ("SI-0001", "SI-0001", "SI-0001", True),
        ("SI-1000", "SI-0001", "SI-0999", False),
        ("SI-1000", "SI-0001", "", True),
        ("SI-999", "SI-0001", "SI-0999", False),
        ("A10", "A9", "A10", True),
        ("A11", "A9", "A10", False),
        ("A100", "A9", "A10", False),
        ("B10", "A9", "A99", False),
        ("A8", "A9", "A99", False),
    ],
)
def test_ranges_compare_length_first(number, first, last, inside):
    assert number_text.is_between(number, first, last) is inside
