"""What a posted paper's page says about corrections: what took it back, what it takes back, which lines are undone."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from sales.models.base import PostedLine, PostedPaper
from sales.rights import may_undo
from sales.selectors import cancelled_by, takes_back

OTHER = {"invoice": "credit_memo", "credit_memo": "invoice"}


@dataclass(frozen=True)
class Corrected:
    """Numbers of other papers, blank where there are none; `other` is their kind.

    has_undoable  lines that moved something and are not undone, and this user may undo them
    """

    other: str = ""
    cancelled_by: str = ""
    takes_back: str = ""
    has_undoable: bool = False


def corrected(kind: str, paper: PostedPaper, lines: Iterable[PostedLine], user) -> Corrected:
    """Two queries for papers with money. Of goods, lines get `undone_by`: the number of the line that undoes them."""
    if kind in OTHER:
        return Corrected(OTHER[kind], cancelled_by(paper), takes_back(paper))
    lines = list(lines)
    undone_by = {line.undoes_line_no: line.line_no for line in lines if line.undoes_line_no}
    for line in lines:
        line.undone_by = undone_by.get(line.line_no)
    left = [line for line in lines if line.quantity and not line.undoes_line_no and not line.undone_by]
    return Corrected(has_undoable=bool(left) and may_undo(user, paper, at=timezone.now()))
