"""Numbers, dates and flags as files write them."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.imports.errors import BadValue
from integration.imports.formats import Formats, Found, as_date, as_flag, as_number, as_text

GERMAN = Formats(decimal=",", thousands=".")
FRENCH = Formats(decimal=",", thousands=" ")


@pytest.mark.parametrize(
    ("text", "formats", "number"),
    [
        ("12", Formats(), "12"),
        ("-0.5", Formats(), "-0.5"),
        (".5", Formats(), "0.5"),
        ("12.", Formats(), "12"),
        ("12-", Formats(), "-12"),
        ("+3", Formats(), "3"),
        ("1.234.567,89", GERMAN, "1234567.89"),
        ("1234,5", GERMAN, "1234.5"),
        ("1 234,50", FRENCH, "1234.50"),
        ("1\u202f234", FRENCH, "1234"),
        ("1,234.5", Formats(thousands=","), "1234.5"),
    ],
)
def test_numbers(text, formats, number):
    assert as_number(Found(text, "Price", formats)) == D(number)


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("1,5", Formats()),
        ("1.5", GERMAN),
        ("12.34,5", GERMAN),
        ("1e5", Formats()),
        ("12 kr", Formats()),
        ("NaN", Formats()),
        ("--1", Formats()),
        ("1" * 40, Formats()),
        (".", Formats()),
        ("٣", Formats(thousands=".", decimal=",")),
    ],
)
def test_what_is_no_number(text, formats):
    with pytest.raises(BadValue, match="is not a number like") as caught:
        as_number(Found(text, "Price", formats))
    assert (caught.value.column, caught.value.value) == ("Price", text)


def test_nothing_is_nothing():
    assert as_number(Found("")) is None
    assert as_date(Found(None)) is None
    assert as_flag(Found("")) is None


def test_dates():
    american = Formats(dates=("%m/%d/%Y", "%Y-%m-%d"))
    assert as_date(Found("7/4/1996", "", american)) == date(1996, 7, 4)
    assert as_date(Found("1996-07-04", "", american)) == date(1996, 7, 4)
    with pytest.raises(BadValue, match=r"is not a date like 12/31/2026 / 2026-12-31"):
        as_date(Found("31/12/1996", "", american))
    with pytest.raises(BadValue):
        as_date(Found("2/30/1996", "", american))


def test_flags():
    assert [as_flag(Found(text)) for text in ("Yes", "0", "x", "FALSE")] == [True, False, True, False]
    with pytest.raises(BadValue, match="neither yes nor no"):
        as_flag(Found("ja"))


@pytest.mark.parametrize(
    ("value", "text"),
    [(D("10248"), "10248"), (D("1E+3"), "1000"), (D("2.50"), "2.5"), (None, ""), (True, "yes"),
     (date(2026, 3, 1), "2026-03-01"), ("two\n lines", "two lines")],
)  # fmt: skip
def test_texts(value, text):
    assert as_text(value) == text


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_written_in_any_manner_is_read_again(number):
    for formats in (Formats(), Formats(thousands=","), GERMAN, FRENCH):
        text = f"{number:,.4f}" if formats.thousands else f"{number:.4f}"
        written = text.replace(",", "T").replace(".", formats.decimal).replace("T", formats.thousands)
        assert as_number(Found(written, "", formats)) == number
