"""Extended texts on a document: which ones a line gets, and the lines that they become. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from textwrap import wrap

from sales.models import ExtendedText, SalesDocument, SalesLine
from sales.models.base import LineType

Subject = ExtendedText.Subject
SUBJECTS = {
    LineType.ITEM: Subject.ITEM,
    LineType.GL_ACCOUNT: Subject.GL_ACCOUNT,
    LineType.RESOURCE: Subject.RESOURCE,
    LineType.COMMENT: Subject.STANDARD_TEXT,
}
WIDTH = SalesLine._meta.get_field("description").max_length


def subject_of(line: SalesLine) -> tuple[str, str] | None:
    """What a line's extended texts are about; nothing where it names nothing that has any."""
    subject = SUBJECTS.get(line.type)
    if subject is None or not line.number or line.attached_to_line_id:
        return None
    return subject, line.number


def fits(text: ExtendedText, document: SalesDocument, *, on: date, automatic: bool) -> bool:
    """Whether a text belongs on a document of this type, language and date.

    on         the work date, where the document has no date of its own
    automatic  only texts that are inserted without being asked for; standard texts always are
    """
    day = document.document_date or on
    return (
        getattr(text, f"on_{document.type}")
        and (text.starting_date is None or text.starting_date <= day)
        and (text.ending_date is None or day <= text.ending_date)
        and text.language_code in ("", document.language_code)
        and (text.automatic or not automatic or text.subject == Subject.STANDARD_TEXT)
    )


def chosen(texts: Iterable[ExtendedText], document: SalesDocument) -> list[str]:
    """The lines of the texts that a document takes: those in its own language go before those for all languages."""
    texts = list(texts)
    own = [text for text in texts if text.language_code and text.language_code == document.language_code]
    return [row for text in own or texts for row in _rows(text)]


def attached_lines(line: SalesLine, rows: Sequence[str], *, room: int) -> list[SalesLine]:
    """The comment lines under a saved line, with numbers spread over the room there is up to the next line.

    An empty list where there is too little room for all of them.
    """
    gap = room // (len(rows) + 1)
    if gap < 1:
        return []
    return [
        SalesLine(
            document_id=line.document_id,
            line_no=line.line_no + place * gap,
            type=LineType.COMMENT,
            description=row,
            attached_to_line=line,
        )
        for place, row in enumerate(rows, start=1)
    ]


def _rows(text: ExtendedText) -> list[str]:
    return [row for part in text.text.splitlines() for row in wrap(part, WIDTH) or [""]]
