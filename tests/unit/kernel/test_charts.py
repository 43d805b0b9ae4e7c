"""Charts are plain values: every bar, line and label knows its place before anything is drawn."""

from decimal import Decimal as D

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from erp.kernel.charts import HEIGHT, Series, bars, lines, lying, nice_ticks

MONTHS = ["Jan", "Feb", "Mar"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 0, ["0", "0.5", "1"]),
        (0, 97, ["0", "50", "100"]),
        (0, 1234, ["0", "500", "1000", "1500"]),
        (-300, 900, ["-500", "0", "500", "1000"]),
        (400, 900, ["0", "500", "1000"]),
    ],
)
def test_ticks_are_round_and_hold_everything(low, high, ticks):
    found = nice_ticks(D(low), D(high))
    assert [D(tick) for tick in ticks] == found


def test_what_is_counted_has_no_halves():
    assert nice_ticks(D(0), D(2), whole=True) == [0, 1, 2]


@given(
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
)
def test_ticks_always_reach_from_the_lowest_to_the_highest_and_through_zero(one, other):
    ticks = nice_ticks(min(one, other), max(one, other))
    assert ticks[0] <= min(one, other) and ticks[-1] >= max(one, other)
    assert 0 in ticks
    assert len(ticks) <= 8


def test_bars_stand_side_by_side():
    """Of two years the columns are three, with two bars each; the highest reaches its tick."""
    chart = bars("Sales", MONTHS, [Series("2025", [D(50), D(100), 0]), Series("2026", [D(25), None, D(75)])])
    assert [bar.css for bar in chart.bars] == ["chart__series-1", "chart__series-2"] * 2
    highest = chart.bars[2]
    assert (highest.y, highest.height) == ("0", str(HEIGHT))
    assert chart.bars[0].x == "4.67%" and chart.bars[1].x == "16.67%"
    assert chart.bars[0].width == "12%"


def test_stacked_bars_stand_on_top_of_one_another():
    chart = bars("Orders", ["Mon"], [Series("Open", [3]), Series("Released", [1])], stacked=True)
    open_bar, released = chart.bars
    assert [tick.text for tick in chart.ticks] == ["0", "1", "2", "3", "4"]
    assert open_bar.y == str(HEIGHT // 4) and open_bar.height == str(HEIGHT * 3 // 4)
    assert (released.y, released.height) == ("0", str(HEIGHT // 4))
    assert open_bar.x == released.x and open_bar.width == released.width


def test_negative_bars_hang_from_zero():
    chart = bars("Net", ["Mon", "Tue"], [Series("Net", [D(100), D(-100)])])
    assert chart.bars[0].y == "0" and chart.bars[0].height == str(HEIGHT // 2)
    assert chart.bars[1].y == str(HEIGHT // 2)


def test_a_gap_breaks_the_line():
    chart = lines(
        "Sales", ["1", "2", "3", "4", "5"], [Series("2026", [D(1), D(2), None, D(4), D(3)])], area=True
    )
    (line,) = chart.lines
    assert len(line.parts) == len(line.areas) == 2
    assert len(line.dots) == 4


def test_the_chart_says_what_the_eye_sees_first():
    chart = bars("Sales", MONTHS, [Series("2026", [D(10), D(1234), D(3)])], unit="EUR")
    assert chart.description == "2026: the highest is Feb with 1,234 EUR."
    assert chart.bars[1].text == "Feb: 1,234 EUR"


def test_labels_that_do_not_fit_are_left_out_but_never_the_last():
    days = [f"{day:02} Mar" for day in range(1, 31)]
    chart = bars("Orders", days, [Series("Orders", list(range(30)))])
    shown = [label.text for label in chart.labels]
    assert len(shown) < 30 and shown[-1] == "30 Mar"
    assert not chart.labels[-1].on_wide
    assert any(label.on_wide for label in chart.labels)


def test_lying_bars_are_measured_by_the_longest():
    chart = lying("Customers", ["Adatum", "Contoso"], [D(200), D(50)], urls=["/a/", "/c/"], unit="EUR")
    assert [row.width for row in chart.rows] == ["100%", "25%"]
    assert [row.url for row in chart.rows] == ["/a/", "/c/"]


def test_nothing_is_nothing():
    assert bars("Sales", MONTHS, [Series("2026", [0, 0, 0])]).is_empty
    assert lying("Customers", [], []).is_empty


def test_figures_follow_the_locale_but_places_never_do():
    """In Norwegian the figure is 1 234,5; an SVG with a decimal comma in it would be torn apart."""
    with translation.override("nb"):
        one = Series("2026", [D("1234.5"), D(1), D(2)], urls=["/x/", "", ""])
        chart = bars("Salg", MONTHS, [one], places=1)
        page = render_to_string("components/_chart.html", {"chart": chart})
    assert chart.rows[0].cells[0].text == "1\xa0234,5"
    assert 'width="24%"' in page and "4.67%" in page
    assert 'href="/x/"' in page
    assert "style=" not in page


def test_a_chart_that_links_is_no_image_to_a_screen_reader():
    """What lies within an image cannot be reached."""
    linked = bars("Sales", MONTHS, [Series("2026", [1, 2, 3], urls=["/1/", "/2/", "/3/"])])
    plain = bars("Sales", MONTHS, [Series("2026", [1, 2, 3])])
    assert 'role="group"' in render_to_string("components/_chart.html", {"chart": linked})
    assert 'role="img"' in render_to_string("components/_chart.html", {"chart": plain})
