from dataclasses import dataclass

from integration.imports.formats import USUAL, Formats


@dataclass(frozen=True)
class FileSpec:
    """How a profile describes one file; what it leaves blank is detected.

    header   the row that names the columns; 0 where `columns` does
    columns  names given by the profile, for a file without a header
    empty    words that mean nothing, "NULL" for instance
    key      columns whose values must be unique together
    """

    name: str
    path: str
    sheet: str = ""
    header: int = 1
    columns: tuple[str, ...] = ()
    delimiter: str = ""
    quote: str = '"'
    encoding: str = ""
    empty: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    optional: bool = False
    formats: Formats = USUAL
