"""What can be wrong with an import: with the profile, which stops at once, and with rows, which are collected."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError


class ProfileError(ErpError):
    """The profile says something that nobody understands.

    place     where in the profile: "line 12, sections[2].fields.name", or empty for the whole of it
    expected  what is wrong there and what would be right
    """

    code, status = "E-IMP-PROFILE", 422
    template = gettext_lazy("{file}{place}: {expected}")

    def __init__(self, *, file: str, place: str = "", expected: str):
        super().__init__(file=file, place=f", {place}" if place else "", expected=expected)


class UnknownSection(ErpError):
    """Only some sections were asked for, and one of them is not in the profile."""

    code, status = "E-IMP-SECTION", 422
    template = gettext_lazy("The profile has no section {name}. It has: {names}.")


class ImportRunning(ErpError):
    """Two imports of the same source at once would bring the same records in twice."""

    code, status = "E-IMP-RUNNING", 409
    template = gettext_lazy("Another import of {name} is running; wait until it is done.")


class BadValue(Exception):
    """A value that cannot be used; whoever knows the row makes a `RowError` of it.

    column, value  where it was found, as the file has them; the column may be several, or none for a computed value
    """

    def __init__(self, reason: str, *, column: str = "", value: object = ""):
        super().__init__(reason)
        self.reason, self.column, self.value = reason, column, value


class RowError(NamedTuple):
    """One reason why a file cannot be imported.

    row     as a spreadsheet numbers them, the header being row 1; 0 speaks of the file as a whole
    column  as the file calls it, or the target's field where the value comes from several columns
    """

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row:
            where.append(f"{_('row')} {self.row}")
        if self.column:
            where.append(f"{_('column')} {self.column}")
        value = f" {self.value!r}" if self.value else ""
        return f"{', '.join(where)}:{value} {self.reason}"


class Errors:
    """Every row error of an import: all are counted, the first `limit` are kept."""

    def __init__(self, limit: int):
        self.limit = limit
        self.count = 0
        self.kept: list[RowError] = []

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def is_full(self) -> bool:
        return self.count >= self.limit

    def add(self, error: RowError) -> None:
        if error in self.kept:
            return  # two fields may take the same bad cell
        self.count += 1
        if len(self.kept) < self.limit:
            self.kept.append(error)
