"""Which accounts a total adds up: numbers and ranges, as in "1000..1999|3100". Pure.

Account numbers compare as text, so those of one chart are of equal length.
"""

from typing import NamedTuple

from posting.errors import BadTotaling


class Span(NamedTuple):
    """Account numbers from the first to the last, both included; None is open."""

    first: str | None
    last: str | None

    def __contains__(self, number: object) -> bool:
        return (self.first is None or self.first <= number) and (self.last is None or number <= self.last)


class Totaling(tuple[Span, ...]):
    """A parsed totaling; `"1100" in totaling` asks whether an account belongs to it."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "Totaling":
        """Read a totaling; nothing is in an empty one. Raises E-GL-TOTALING."""
        text = text.strip()
        if not text:
            return cls()
        return cls(_span(part.strip(), text) for part in text.split("|"))

    def __contains__(self, number: object) -> bool:
        return any(number in span for span in self)

    def __str__(self) -> str:
        return "|".join(
            span.first if span.first == span.last else f"{span.first or ''}..{span.last or ''}"
            for span in self
        )


def _span(part: str, text: str) -> Span:
    first, dots, last = (piece.strip() for piece in part.partition(".."))
    if not (first or last) or ".." in last or any(sign in part for sign in "&<>*?@()"):
        raise BadTotaling(text=text)
    if not dots:
        return Span(first, first)
    if first and last and last < first:
        raise BadTotaling(text=text)
    return Span(first or None, last or None)
