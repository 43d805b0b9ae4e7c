"""Charts, drawn on the server as SVG: plain values in, the places of every bar, line and label out.

A chart stretches with its place: what lies across is in percent of the plot, what lies upright in pixels, so that text
keeps its size on a telephone. `templates/components/_chart.html` shows a chart with its legend and, folded away, as a
table; colours are classes (static/css/components/chart.css), never the only way to tell two series apart.

    chart = bars(_("Sales by month"), labels, [Series(_("This year"), amounts, urls=links)], unit="EUR")
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from erp.kernel.money import ZERO

HEIGHT = 176  # of the plot, in pixels
TOP = 10  # above it: the highest label is half above its line
BOTTOM = 24  # below it: the labels of the columns
AT_MOST_COLOURS = 6
GROUP = Decimal("0.72")  # of a column's width that its bars take
CHARACTER = 6.6  # pixels of a letter in a label, on average
PLOT, NARROW_PLOT = 760, 290  # pixels that a plot has on a laptop and on a telephone


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures, a value per label.

    values  None: nothing is known, a gap
    urls    what a click on the bar opens, a value per label or none at all
    tone    "good", "warn", "bad" or "quiet" instead of the next colour
    """

    label: str
    values: Sequence[Decimal | int | None]
    urls: Sequence[str] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    y: str
    text: str
    is_zero: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A column's label; `on_wide` ones are left out where there is little room."""

    x: str
    text: str
    on_wide: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    css: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through its points, in a box 1000 wide; `area` is what lies between it and zero."""

    css: str
    parts: tuple[str, ...]
    areas: tuple[str, ...]
    dots: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of the legend, or the head of a column of the table."""

    label: str
    css: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the chart as a table, or a bar that lies; `width` is then its share of the longest, in percent."""

    label: str
    cells: tuple[Cell, ...]
    width: str = ""
    css: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with everything in its place.

    kind  "upright" (bars and lines) or "lying" (rows with a bar each)
    """

    kind: str
    title: str
    description: str
    unit: str
    series: tuple[Named, ...]
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...] = ()
    labels: tuple[Label, ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    axis: int = 0
    is_empty: bool = False

    height: int = TOP + HEIGHT + BOTTOM
    plot_top: int = TOP
    plot_height: int = HEIGHT

    @property
    def label_y(self) -> int:
        return self.height - 6

    @property
    def has_links(self) -> bool:
        return any(bar.url for bar in self.bars)

    @property
    def has_legend(self) -> bool:
        return len(self.series) > 1


def bars(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    places: int = 0,
    stacked: bool = False,
    description: str = "",
) -> Chart:
    """Columns: one bar per series side by side, or on top of one another.

    places  decimals of the figures that are shown
    """
    scale = _scale_of(series, stacked=stacked)
    count = max(len(labels), 1)
    column = Decimal(100) / count
    drawn, colours = [], _colours(series)
    for place, label in enumerate(labels):
        above = below = ZERO
        for number, one in enumerate(series):
            value = one.values[place]
            if not value:
                continue
            start = ZERO
            if stacked:
                start, above, below = (
                    (above, above + value, below) if value > 0 else (below, above, below + value)
                )
                left, width = column * (1 - GROUP) / 2, column * GROUP
            else:
                width = column * GROUP / len(series)
                left = column * (1 - GROUP) / 2 + width * number
            top, bottom = scale.y(max(start, start + value)), scale.y(min(start, start + value))
            drawn.append(
                Bar(
                    x=_percent(column * place + left),
                    y=_pixels(top),
                    width=_percent(width),
                    height=_pixels(max(bottom - top, Decimal(1))),
                    css=colours[number],
                    text=_said(label, one, value, unit, places, alone=len(series) == 1),
                    url=one.urls[place] if one.urls else "",
                )
            )
    return _upright(title, labels, series, scale, unit, places, description, bars=tuple(drawn))


def lines(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    unit: str = "",
    places: int = 0,
    area: bool = False,
    description: str = "",
) -> Chart:
    """A line per series over time; with `area` what lies below it is tinted."""
    scale = _scale_of(series)
    column = Decimal(100) / max(len(labels), 1)
    drawn = []
    for colour, one in zip(_colours(series), series, strict=True):
        parts, areas, dots, run = [], [], [], []
        for place, value in enumerate([*one.values, None]):
            if value is not None:
                middle = column * place + column / 2
                run.append((middle * 10, scale.y(Decimal(value))))
                dots.append(
                    Bar(
                        x=_percent(middle),
                        y=_pixels(scale.y(Decimal(value))),
                        width="",
                        height="",
                        css=colour,
                        text=_said(labels[place], one, value, unit, places, alone=len(series) == 1),
                        url=one.urls[place] if one.urls else "",
                    )
                )
                continue
            if len(run) > 1:
                points = " ".join(f"{_number(x)},{_number(y)}" for x, y in run)
                parts.append(points)
                zero = _number(scale.y(ZERO))
                areas.append(f"{_number(run[0][0])},{zero} {points} {_number(run[-1][0])},{zero}")
            run = []
        drawn.append(Line(colour, tuple(parts), tuple(areas) if area else (), tuple(dots)))
    return _upright(title, labels, series, scale, unit, places, description, lines=tuple(drawn))


def lying(
    title: str,
    labels: Sequence[str],
    values: Sequence[Decimal | int],
    *,
    urls: Sequence[str] = (),
    unit: str = "",
    places: int = 0,
    tone: str = "",
    description: str = "",
) -> Chart:
    """Bars that lie, a name before and a figure behind each: for rankings with long names."""
    longest = max((abs(value) for value in values), default=0)
    one = Series(title, values, tone=tone)
    rows = tuple(
        Row(
            label=label,
            cells=(Cell(_figure(value, places)),),
            width=_percent(Decimal(abs(value)) * 100 / longest if longest else ZERO),
            css=_css(Series("", (), tone="bad"), 0) if value < 0 else _css(one, 0),
            url=urls[place] if urls else "",
        )
        for place, (label, value) in enumerate(zip(labels, values, strict=True))
    )
    return Chart(
        kind="lying",
        title=title,
        description=description,
        unit=unit,
        series=(Named(title, _css(one, 0)),),
        rows=rows,
        is_empty=not longest,
    )


def nice_ticks(low: Decimal, high: Decimal, *, about: int = 4, whole: bool = False) -> list[Decimal]:
    """Round figures from at most `low` to at least `high`, zero among them; steps of 1, 2 or 5 times a power of ten.

    whole  no step smaller than one: what is counted has no halves
    """
    low, high = min(low, ZERO), max(high, ZERO)
    if low == high:
        high = Decimal(1)
    rough = (high - low) / about
    power = Decimal(10) ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    if whole:
        step = max(step, Decimal(1))
    first, last = floor(low / step), -floor(-high / step)
    return [step * number for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Scale:
    ticks: tuple[Decimal, ...]

    def y(self, value: Decimal) -> Decimal:
        """How far below the top a value lies, in pixels."""
        low, high = self.ticks[0], self.ticks[-1]
        return (high - value) * HEIGHT / (high - low)


def _scale_of(series: Sequence[Series], *, stacked: bool = False) -> _Scale:
    columns = [
        [Decimal(value or 0) for value in column]
        for column in zip(*(one.values for one in series), strict=True)
    ]
    if stacked:
        highs = [sum((value for value in column if value > 0), ZERO) for column in columns]
        lows = [sum((value for value in column if value < 0), ZERO) for column in columns]
    else:
        highs = lows = [value for column in columns for value in column]
    whole = all(isinstance(value, int) or value is None for one in series for value in one.values)
    return _Scale(tuple(nice_ticks(min(lows, default=ZERO), max(highs, default=ZERO), whole=whole)))


def _upright(title, labels, series, scale, unit, places, description, **drawn) -> Chart:
    fine = max(0, -int((scale.ticks[1] - scale.ticks[0]).normalize().as_tuple().exponent))
    ticks = tuple(
        Tick(_pixels(scale.y(tick)), _figure(tick, fine), is_zero=tick == 0) for tick in scale.ticks
    )
    rows = tuple(
        Row(
            label=label,
            cells=tuple(
                Cell(
                    "" if one.values[place] is None else _figure(one.values[place], places),
                    one.urls[place] if one.urls else "",
                )
                for one in series
            ),
        )
        for place, label in enumerate(labels)
    )
    return Chart(
        kind="upright",
        title=title,
        description=description or _highest(labels, series, unit, places),
        unit=unit,
        series=tuple(Named(one.label, colour) for colour, one in zip(_colours(series), series, strict=True)),
        rows=rows,
        ticks=ticks,
        labels=_labels(labels),
        axis=ceil(max(len(tick.text) for tick in ticks) * CHARACTER) + 8,
        is_empty=not any(value for one in series for value in one.values),
        **drawn,
    )


def _labels(labels: Sequence[str]) -> tuple[Label, ...]:
    """The labels that fit: every one, every second, every third …, counted from the last, which is now."""
    if not labels:
        return ()
    column = Decimal(100) / len(labels)
    needed = (max(map(len, labels)) + 1.5) * CHARACTER * len(labels)
    wide = ceil(needed / PLOT)
    narrow = wide * ceil(needed / NARROW_PLOT / wide)
    last = len(labels) - 1
    return tuple(
        Label(_percent(column * place + column / 2), label, on_wide=(last - place) % narrow != 0)
        for place, label in enumerate(labels)
        if (last - place) % wide == 0
    )


def _highest(labels: Sequence[str], series: Sequence[Series], unit: str, places: int) -> str:
    """What the eye would see first, in words."""
    sentences = []
    for one in series:
        known = [(value, place) for place, value in enumerate(one.values) if value]
        if known:
            value, place = max(known)
            sentences.append(
                _("{series}: the highest is {label} with {figure}.").format(
                    series=one.label,
                    label=labels[place],
                    figure=f"{_figure(value, places)} {unit}".strip(),
                )
            )
    return " ".join(sentences)


def _said(label: str, one: Series, value, unit: str, places: int, *, alone: bool) -> str:
    figure = f"{_figure(value, places)} {unit}".strip()
    return f"{label}: {figure}" if alone else f"{label}, {one.label}: {figure}"


def _figure(value: Decimal | int, places: int) -> str:
    return number_format(value, places, force_grouping=True)


def _css(one: Series, number: int) -> str:
    return f"chart__{one.tone}" if one.tone else f"chart__series-{number % AT_MOST_COLOURS + 1}"


def _colours(series: Sequence[Series]) -> list[str]:
    """The class of each series: its tone, or the next colour."""
    found, next_one = [], 0
    for one in series:
        found.append(_css(one, next_one))
        next_one += not one.tone
    return found


def _number(value: Decimal) -> str:
    """The way SVG writes it, whatever the reader's locale."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _percent(value: Decimal) -> str:
    return f"{_number(value)}%"


_pixels = _number
