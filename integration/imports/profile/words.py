"""A profile that was understood."""

from dataclasses import dataclass

from integration.imports.files import FileSpec
from integration.imports.protocols import Condition, Expression
from integration.imports.targets.target import Target
from integration.imports.values import Match


@dataclass(frozen=True)
class SetUp:
    """The set-up that the company needs; loaded where there is none yet.

    lcy         ISO code of the currency that the books are kept in; blank: the country's own
    books_from  the first year with accounting periods; None: last year
    """

    country: str
    lcy: str
    books_from: int | None = None


@dataclass(frozen=True)
class LineGroup:
    """Lines of a document: one per matching row of another file, or one from the document's own row.

    match  None for the document's own row
    """

    match: Match | None
    fields: dict[str, Expression]
    where: Condition | None = None


@dataclass(frozen=True)
class Step:
    """Something to be done with a document once it is written, on a date of its own."""

    verb: str
    on: Expression | None = None
    where: Condition | None = None


@dataclass(frozen=True)
class Section:
    """What becomes of the rows of one file.

    columns  every file that it reads, with its columns and the place in the profile that wants each of them
    once     of rows with the same key only the first counts
    key      by what a record is known again when the files are imported once more; None: by the target's own key
    """

    name: str
    target: Target
    file: str
    columns: dict[str, dict[str, str]]
    fields: dict[str, Expression]
    where: Condition | None = None
    once: bool = False
    key: Expression | None = None
    lines: tuple[LineGroup, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Profile:
    """How the files of one company become records.

    name  stands for the company's old system: what was imported once is known by it
    """

    name: str
    files: dict[str, FileSpec]
    sections: tuple[Section, ...]
    setup: SetUp | None = None
