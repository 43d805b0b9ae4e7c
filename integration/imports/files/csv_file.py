"""Files of delimited text."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.utils.translation import gettext as _

from integration.imports.errors import BadValue
from integration.imports.files.encoding import decode
from integration.imports.files.spec import FileSpec

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 1_000_000


def read_csv(path: Path, spec: FileSpec) -> tuple[str, Iterator[list[str]]]:
    """The encoding, and the records one by one.

    raises  BadValue, also while iterating, for bytes that are not text and for a quote that is never closed
    """
    decoded = decode(path.read_bytes(), spec.encoding)
    delimiter = spec.delimiter or detect_delimiter(
        decoded.text, quote=spec.quote, skip=max(spec.header - 1, 0)
    )
    return decoded.encoding, _records(decoded.text, delimiter, spec.quote)


def detect_delimiter(text: str, *, quote: str = '"', skip: int = 0) -> str:
    """The sign that stands most often outside quotes in the first line that counts; a comma where none does."""
    lines = text.splitlines()
    line = next((line for line in lines[skip:] if line.strip()), "")
    outside = "".join(line.split(quote)[::2]) if quote else line
    return max(DELIMITERS, key=lambda sign: (outside.count(sign), -DELIMITERS.index(sign)))


def _records(text: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    quoting = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True, **quoting)
    try:
        yield from reader
    except csv.Error as error:
        reason = _("cannot be read near line {line}: {reason}").format(line=reader.line_num, reason=error)
        raise BadValue(reason) from None
