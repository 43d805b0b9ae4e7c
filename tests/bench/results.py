"""What a measurement found, and the two files that keep it: build/bench.json and build/bench.txt."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("build")


@dataclass(frozen=True)
class Result:
    """One figure.

    value   median of the runs, in `unit`
    floor   what is compared with, in the same unit; None where nothing is
    ratio   median of the runs' ratios to the floor: above 1 is better than the floor, whatever the unit
    spread  (least, most) of the runs: of the ratio where there is one, else of the value
    note    what else was seen
    """

    name: str
    title: str
    value: float
    unit: str
    runs: int
    spread: tuple[float, float]
    floor: float | None = None
    ratio: float | None = None
    note: str = ""

    def as_json(self) -> dict:
        return {
            "value": _round(self.value),
            "unit": self.unit,
            "floor": _round(self.floor),
            "ratio": _round(self.ratio),
            "runs": self.runs,
            "spread": [_round(bound) for bound in self.spread],
            "title": self.title,
            "note": self.note,
        }


def of(name: str, title: str, values: Sequence[float], unit: str, *, note: str = "") -> Result:
    """A figure without a floor: the median of values."""
    return Result(
        name, title, statistics.median(values), unit, len(values), (min(values), max(values)), note=note
    )


def against(
    name: str,
    title: str,
    values: Sequence[float],
    floors: Sequence[float],
    unit: str,
    *,
    less_is_better: bool = False,
    note: str = "",
) -> Result:
    """A figure beside its floor: `values` and `floors` ran alternately, so each run has a ratio of its own."""
    ratios = [
        floor / value if less_is_better else value / floor
        for value, floor in zip(values, floors, strict=True)
    ]
    return Result(
        name,
        title,
        statistics.median(values),
        unit,
        len(values),
        (min(ratios), max(ratios)),
        floor=statistics.median(floors),
        ratio=statistics.median(ratios),
        note=note,
    )


def keep(results: Iterable[Result], folder: Path = FOLDER) -> None:
    """Write the results beside what other benches left in bench.json."""
    write({result.name: result.as_json() for result in results}, folder)


def write(found: dict[str, dict], folder: Path = FOLDER) -> None:
    """Merge what was found into bench.json."""
    path = folder / "bench.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known | found, indent=1, sort_keys=True) + "\n")


def show(result: Result) -> str:
    """One result in one line."""
    ratio = "" if result.ratio is None else f", ratio {_figure(result.ratio)}"
    return f"{result.name}: {_figure(result.value)} {result.unit}{ratio}"


def write_text(tables: Sequence[str], folder: Path = FOLDER) -> None:
    """Keep the tables of one call as bench.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.txt").write_text("\n\n".join(tables) + "\n")


def table(results: Iterable[Result]) -> str:
    """The results for people."""
    rows = [("", "value", "unit", "floor", "ratio", "spread", "runs", "")]
    rows += [
        (
            result.title,
            _figure(result.value),
            result.unit,
            _figure(result.floor),
            _figure(result.ratio),
            "–".join(map(_figure, result.spread)),
            str(result.runs),
            result.note,
        )
        for result in results
    ]
    return aligned(rows, left=(0, 2, 7))


def aligned(rows: Sequence[Sequence[str]], *, left: Sequence[int]) -> str:
    """Lines of cells under each other; the columns `left` begin at the left, the others end at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _figure(value: float | None) -> str:
    """Three significant digits are more than such a machine can hold still."""
    if value is None:
        return ""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 4
    return f"{value:,.{decimals}f}"


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
