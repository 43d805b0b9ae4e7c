"""Remarks on papers and on their lines: added, removed, and taken along when a paper is posted."""

from datetime import date, datetime

from django.db import connections, router, transaction
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from erp.kernel.prepared import Statement
from erp.kernel.together import write
from sales.models import (
    ReturnReceipt,
    SalesComment,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesSetup,
    SalesShipment,
)

Kind = SalesComment.Kind
POSTED = {
    Kind.POSTED_SHIPMENT: SalesShipment,
    Kind.POSTED_INVOICE: SalesInvoice,
    Kind.POSTED_CREDIT_MEMO: SalesCreditMemo,
    Kind.POSTED_RETURN_RECEIPT: ReturnReceipt,
}
COPIED = """
    INSERT INTO sales_salescomment (kind, number, line_no, date, text, created_at, created_by)
    SELECT paper.kind, paper.number, remark.line_no, remark.date, remark.text, remark.created_at, remark.created_by
    FROM sales_salescomment AS remark CROSS JOIN (VALUES {papers}) AS paper (kind, number)
    WHERE remark.kind = %s AND remark.number = %s
    ORDER BY paper.kind, remark.id
"""
COPY = {  # to so many papers
    papers: Statement(COPIED.format(papers=", ".join(["(%s, %s)"] * papers))) for papers in (1, 2)
}


@needs("sales.change_salesdocument")
@transaction.atomic
def add_comment(
    kind: str, number: str, text: str, *, by, at: datetime, on: date, line_no: int = 0
) -> SalesComment:
    """Remark something on a paper, working or posted, or on one of its lines.

    kind, number  name the paper: a type of working document, or a posted one ("posted_invoice")
    on            the day that the remark is of
    line_no       0: on the whole paper
    raises        ProblemsFound: E-COM-EMPTY, E-COM-NONE without such a paper or line
    """
    text = text.strip()
    raise_problems(_("Comment"), _check(kind, number, text, line_no))
    return SalesComment.objects.create(
        kind=kind,
        number=number,
        line_no=line_no,
        date=on,
        text=text,
        created_at=at,
        created_by=by.get_username() if by else "",
    )


@needs("sales.change_salesdocument")
def remove_comment(comment: SalesComment, *, by) -> None:
    """Take a remark back."""
    comment.delete()


def copy_comments(document: SalesDocument, *, setup: SalesSetup, goods_no: str, money_no: str) -> None:
    """Copy the remarks of a document to what is posted from it, as far as the set-up wants it. One statement.

    goods_no, money_no  of the posted papers; blank without one
    """
    receives = document.traits.receives
    goods = Kind.POSTED_RETURN_RECEIPT if receives else Kind.POSTED_SHIPMENT
    money = Kind.POSTED_CREDIT_MEMO if receives else Kind.POSTED_INVOICE
    wanted = {
        Kind.POSTED_RETURN_RECEIPT: setup.copy_comments_to_return_receipt,
        Kind.POSTED_SHIPMENT: setup.copy_comments_to_shipment,
        Kind.POSTED_CREDIT_MEMO: setup.copy_comments_to_credit_memo,
        Kind.POSTED_INVOICE: setup.copy_comments_to_invoice,
    }
    papers = [(kind, number) for kind, number in ((goods, goods_no), (money, money_no)) if number]
    papers = [(kind, number) for kind, number in papers if wanted[kind]]
    if not papers:
        return
    names = [str(name) for paper in papers for name in paper]
    connection = connections[router.db_for_write(SalesComment)]
    write(connection, COPY[len(papers)], [*names, document.type, document.number])


def _check(kind: str, number: str, text: str, line_no: int) -> list[Problem]:
    if not text:
        return [Problem("E-COM-EMPTY", _("Type the text of the comment."), field="text")]
    longest = SalesComment._meta.get_field("text").max_length
    if len(text) > longest:
        message = _("A comment has at most {longest} characters.").format(longest=longest)
        return [Problem("E-COM-EMPTY", message, field="text")]
    if kind in POSTED:
        paper = POSTED[kind].objects.filter(number=number).first()
    else:
        paper = SalesDocument.objects.select_for_update().filter(type=kind, number=number).first()
    if paper is None or (line_no and not paper.lines.filter(line_no=line_no).exists()):
        message = (
            _("There is no {kind} {number} with line {line_no}.")
            if line_no
            else _("There is no {kind} {number}.")
        )
        message = message.format(kind=Kind(kind).label.lower(), number=number, line_no=line_no)
        return [Problem("E-COM-NONE", message, field="line_no" if line_no else "number")]
    return []
