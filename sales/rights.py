"""What it takes to do something with a sales document, where that depends on its type or on what is asked.

Called by `needs` with the arguments of the routine that asks. Quotes, orders and return orders are written by those
who sell; who only bills writes invoices and credit memos, and changes orders so far as they are billed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.timezone import get_current_timezone

from erp.kernel.access import Right, either, has_rights
from sales.models import PostingJob, SalesDocument, SalesLine
from sales.traits import TRAITS

ADD, CHANGE, DELETE = (f"sales.{verb}_salesdocument" for verb in ("add", "change", "delete"))
ADD_LINE, CHANGE_LINE, DELETE_LINE = (f"sales.{verb}_salesline" for verb in ("add", "change", "delete"))
SELL, RELEASE, REOPEN = (f"sales.{verb}_salesdocument" for verb in ("sell", "release", "reopen"))
SHIP, INVOICE, CREDIT = (f"sales.{verb}_salesdocument" for verb in ("ship", "invoice", "credit"))
RECEIVE_RETURN, CREDIT_RETURN = "sales.receive_returnorder", "sales.credit_returnorder"
CORRECT, UNDO, UNDO_TODAY = "sales.correct_posted", "sales.undo_posted", "sales.undo_posted_today"
SEND = "sales.send_salesdocument"
MOVES = either(SHIP, RECEIVE_RETURN)  # goods
RELEASES_OR_POSTS = either(RELEASE, SHIP, INVOICE, CREDIT, RECEIVE_RETURN, CREDIT_RETURN)

Type = SalesDocument.Type
SOLD = frozenset({Type.QUOTE, Type.BLANKET_ORDER, Type.ORDER, Type.RETURN_ORDER})
BILLED = frozenset({Type.ORDER, Type.INVOICE, Type.CREDIT_MEMO})
PARCEL = frozenset({"package_tracking_no", "shipping_agent_code", "shipping_agent_service_code"})


def goods_right(type: str) -> str:
    """What posting the goods of a document takes."""
    return RECEIVE_RETURN if TRAITS[type].receives else SHIP


def money_right(type: str) -> str:
    """What posting the money of a document takes; of one that is posted whole, all of it."""
    if not TRAITS[type].receives:
        return INVOICE
    return CREDIT if TRAITS[type].at_once else CREDIT_RETURN


def to_post(
    document: SalesDocument, *, ship: bool = False, invoice: bool = False, **_given
) -> Iterator[Right]:
    """Goods and money are two rights; what is posted whole takes that of its money."""
    if document.traits.at_once:
        yield money_right(document.type)
        return
    if ship and document.traits.in_steps:
        yield goods_right(document.type)
    if invoice and document.traits.in_steps:
        yield money_right(document.type)


def to_post_job(job: PostingJob, **_given) -> Iterator[Right]:
    return to_post(SalesDocument(type=job.document_type), ship=job.run.ship, invoice=job.run.invoice)


def to_schedule(
    documents: Iterable[SalesDocument], *, ship: bool = True, invoice: bool = True, **_given
) -> Iterator[Right]:
    """Who may not post a document does not have it posted."""
    for type in sorted({document.type for document in documents}):
        yield from to_post(SalesDocument(type=type), ship=ship, invoice=invoice)


def to_combine(*, post: bool = False, **_given) -> Iterator[Right]:
    """Making invoices of many orders; posting them at once is a right of its own."""
    yield from (ADD, ADD_LINE, *((INVOICE,) if post else ()))


def to_combine_returns(*, post: bool = False, **_given) -> Iterator[Right]:
    yield from (ADD, ADD_LINE, *((CREDIT,) if post else ()))


def to_draft(type: str, *_args, **_given) -> Iterator[Right]:
    yield ADD
    if type in SOLD:
        yield SELL


def to_sell(*_args, **_given) -> Iterator[Right]:
    """Making an order, a quote or a return order of something else."""
    yield from (ADD, SELL)


def to_change(document: SalesDocument, *_args, **changes) -> Iterator[Right]:
    """Who posts goods says how they travel; everything else is for those who write the document."""
    if TRAITS[document.type].in_steps and _typed(changes) and _typed(changes) <= PARCEL:
        yield either(CHANGE, goods_right(document.type))
        return
    yield CHANGE
    if document.type not in BILLED:
        yield SELL


def to_add_lines(document: SalesDocument, *_args, **_given) -> Iterator[Right]:
    yield from (*to_change(document), ADD_LINE)


def to_change_line(line: SalesLine, *_args, by=None, **changes) -> Iterator[Right]:
    """Who ships says how much is shipped, and who invoices how much is invoiced; the rest is for who writes."""
    quantities = {"qty_to_ship": MOVES, "qty_to_invoice": either(INVOICE, CREDIT_RETURN)}
    typed = _typed(changes)
    if typed and typed <= quantities.keys():
        yield from (quantities[name] | {CHANGE_LINE} for name in sorted(typed))
        return
    yield from (CHANGE, CHANGE_LINE, *_of_its_type(line, by))


def to_type_quantities(document: SalesDocument, *_args, ship=None, invoice=None, **_given) -> Iterator[Right]:
    if ship:
        yield either(CHANGE_LINE, goods_right(document.type))
    if invoice:
        yield either(CHANGE_LINE, money_right(document.type))


def to_remove_line(line: SalesLine, *_args, **given) -> Iterator[Right]:
    yield from (CHANGE, DELETE_LINE, *_of_its_type(line, given.get("by")))


def to_delete(document: SalesDocument, *_args, **_given) -> Iterator[Right]:
    yield DELETE
    if document.type in SOLD:
        yield SELL


def to_undo(paper, *_args, at, **_given) -> Iterator[Right]:
    """What was posted today may be undone by who posted by mistake; what is older, by who answers for it."""
    here = get_current_timezone()
    is_fresh = paper.created_at.astimezone(here).date() == at.astimezone(here).date()
    yield either(UNDO, UNDO_TODAY) if is_fresh else either(UNDO)


def may_undo(user, paper, *, at: datetime) -> bool:
    """Whether a page offers it."""
    return has_rights(user, to_undo(paper, at=at))


def _of_its_type(line: SalesLine, by) -> tuple[Right, ...]:
    """A seller writes every type: the document is not read to find out."""
    sells = by is None or by.has_perm(SELL)
    return () if sells or line.document.type in BILLED else (SELL,)


def _typed(changes: dict) -> set[str]:
    """The fields that are changed, without what comes along with every change."""
    return changes.keys() - TOLD


TOLD = frozenset(
    {"by", "at", "on", "values", "warnings", "recreate_lines", "update_rate", "convert_prices", "cascade"}
)
