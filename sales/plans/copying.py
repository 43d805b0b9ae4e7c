"""What a copy is made of, by which rules, and what it came to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import Problem
from inventory.selectors import PaperEntry
from sales.models import ChargeAssignment, SalesComment, SalesDocument, SalesLine
from sales.models.base import Paper, PaperLine

Kind = SalesComment.Kind
# Kinds of paper on which goods come back.
RECEIVES = frozenset(
    {Kind.CREDIT_MEMO, Kind.RETURN_ORDER, Kind.POSTED_CREDIT_MEMO, Kind.POSTED_RETURN_RECEIPT}
)
# Kinds that say what moved and not what it came to.
GOODS = frozenset({Kind.POSTED_SHIPMENT, Kind.POSTED_RETURN_RECEIPT})
CAPTIONS = {
    Kind.POSTED_SHIPMENT: _("Shipment No. {number}:"),
    Kind.POSTED_INVOICE: _("Invoice No. {number}:"),
    Kind.POSTED_RETURN_RECEIPT: _("Return Receipt No. {number}:"),
    Kind.POSTED_CREDIT_MEMO: _("Credit Memo No. {number}:"),
}


@dataclass(frozen=True)
class CopySource:
    """A paper to copy from, whichever it is: being worked on, posted, or an archived version.

    kind      what it is; an archived version is of the kind that it was
    name      in words, for messages
    parents   by line number of a text that hangs on a line: the number of that line
    entries   of a posted paper, by line number: the item entries behind it
    charges   assignments of item charges, each with the number of its line and of the line it goes to (0: goods that
              moved earlier)
    """

    kind: str
    name: str
    head: Paper
    lines: tuple[PaperLine, ...]
    parents: Mapping[int, int] = field(default_factory=dict)
    comments: tuple[SalesComment, ...] = ()
    entries: Mapping[int, list[PaperEntry]] = field(default_factory=dict)
    charges: tuple[tuple[ChargeAssignment, int, int], ...] = ()

    @property
    def receives(self) -> bool:
        return self.kind in RECEIVES

    @property
    def is_posted(self) -> bool:
        return self.kind in CAPTIONS

    @property
    def says_what_moved(self) -> bool:
        return self.kind in GOODS

    @property
    def caption(self) -> str:
        """The text that stands over the lines of a posted paper."""
        return str(CAPTIONS[self.kind]).format(number=self.head.number) if self.is_posted else ""


class CopyRules(NamedTuple):
    """How lines are copied.

    keeps_dates         the lines keep their dates; else they take those of the document
    recalculates        only what is sold, in which unit and how much is taken; price and discount are found anew
    original_quantity   goods that come back: as many as were posted, whatever has come back already
    reprices_goods      prices of shipments and receipts are looked up; else they are those of the paper
    wants_exact_cost    goods that come back without the issue whose cost they take are left out
    """

    keeps_dates: bool = False
    recalculates: bool = False
    original_quantity: bool = False
    reprices_goods: bool = False
    wants_exact_cost: bool = False


@dataclass
class LinesPlan:
    """Lines to be written, unsaved, in their order.

    parents   by line number of a new text: the number of the new line that it hangs on
    origins   by number of a new line: the kind and number of its paper, and its line number there
    to_price  those whose price and discount are to be looked up
    skipped   what was left out and why, by line number of the source
    """

    lines: list[SalesLine] = field(default_factory=list)
    parents: dict[int, int] = field(default_factory=dict)
    origins: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    to_price: list[SalesLine] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Copied:
    """What a copy came to.

    lines    the new lines, in their order
    skipped  what was left out, each with its reason and the line number it had
    origins  by number of a new line: the kind and number of its paper, and its line number there
    """

    document: SalesDocument
    lines: tuple[SalesLine, ...] = ()
    skipped: tuple[Problem, ...] = ()
    origins: Mapping[int, tuple[str, str, int]] = field(default_factory=dict)

    @property
    def inv_discount_amount(self) -> Decimal:
        """What the new lines brought along of an invoice discount."""
        return sum((line.inv_discount_amount for line in self.lines), Decimal(0))


class Piece(NamedTuple):
    """A part of a line that comes back, or goes, by one item entry; base units, of the line's sign."""

    quantity_base: Decimal
    entry: PaperEntry
