"""Reading set-up files: rows that remember where they stand, so that an error can name the place."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.kernel.errors import Problem

FOLDER = Path(__file__).parent / "data"


class Row(NamedTuple):
    """One row of a file: its cells by column, all of them text.

    file    "common/currencies.csv"
    number  the line it stands on; 0 speaks of the file as a whole
    """

    file: str
    number: int
    cells: dict[str, str]

    def problem(self, reason: str, *, field: str = "", value: str = "") -> Problem:
        """The row refused: file, row, field, value, reason."""
        where = [
            self.file,
            *([f"{_('row')} {self.number}"] if self.number else []),
            *([field] if field else []),
        ]
        what = f" {value!r}:" if value else ""
        return Problem("E-SETUP-DATA", f"{', '.join(where)}:{what} {reason}", field=field or None)

    def with_cells(self, cells: dict[str, str]) -> "Row":
        return self._replace(cells=cells)


def read(folders: Sequence[Path], name: str, problems: list[Problem]) -> list[Row]:
    """The rows of the file of this name in every folder that has one, in the order of the folders."""
    found = []
    for folder in folders:
        path = folder / f"{name}.csv"
        if path.is_file():
            found.extend(_rows(path, problems))
    return found


def read_settings(folders: Sequence[Path], name: str, problems: list[Problem]) -> list[Row]:
    """A file of `field,value` pairs, one row per field; the last folder that names a field decides."""
    settings = {row.cells["field"]: row for row in read(folders, name, problems) if "field" in row.cells}
    return [row.with_cells({field: row.cells.get("value", "")}) for field, row in settings.items()]


def overlay(rows: Iterable[Row], key: Sequence[str], problems: list[Problem]) -> list[Row]:
    """A row replaces the one with the same key in an earlier file; twice in one file is an error."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        identity = tuple(row.cells.get(column, "") for column in key)
        earlier = found.get(identity)
        if earlier and earlier.file == row.file:
            reason = _("this is in row %(row)s already") % {"row": earlier.number}
            problems.append(row.problem(reason, field=" + ".join(key), value=" + ".join(identity)))
        found[identity] = row
    return list(found.values())


def _rows(path: Path, problems: list[Problem]) -> Iterator[Row]:
    whole = Row(f"{path.parent.name}/{path.name}", 0, {})
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(whole.problem(_("the file is not in UTF-8")))
        return
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        header = next(reader, [])
        for cells in reader:
            row = whole._replace(number=reader.line_num)
            if len(cells) != len(header) and any(cells):
                reason = _("%(found)d cells under %(wanted)d columns") % {
                    "found": len(cells),
                    "wanted": len(header),
                }
                problems.append(row.problem(reason))
            elif any(cells):
                yield row.with_cells(dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    except csv.Error as error:
        problems.append(whole._replace(number=reader.line_num).problem(str(error)))
