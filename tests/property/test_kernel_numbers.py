"""Laws of growing numbers."""

from hypothesis import given
from hypothesis import strategies as st

from erp.kernel import number_text

letters = st.text("ABCXYZ-/ ", max_size=5)
numbers = st.builds(
    lambda prefix, value, width, suffix: f"{prefix}{value:0{width}d}{suffix}",
    letters, st.integers(0, 10**6), st.integers(1, 8), letters,
)  # fmt: skip
steps = st.integers(0, 10**5)


@given(numbers, steps, steps)
def test_steps_add_up(number, one, other):
    """Drawing one by one and drawing a block give the same numbers."""
    step_by_step = number_text.increase(number_text.increase(number, one), other)
    assert step_by_step == number_text.increase(number, one + other)


@given(numbers, st.integers(1, 10**5))
def test_numbers_rise(number, by):
    """A later number sorts after an earlier one, has the same pattern, and is never shorter."""
    later = number_text.increase(number, by)
    assert number_text.order(later) > number_text.order(number)
    assert number_text.pattern(later) == number_text.pattern(number)
    assert number_text.value_of(later) == number_text.value_of(number) + by
    assert number_text.is_between(later, number, "")
