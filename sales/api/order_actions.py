"""What v2.0 cannot do with an order: release it, reopen it, copy to it, mail it, close its rest (section 13.1)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from erp.kernel import mail
from erp.kernel.errors import raise_problems
from erp.kernel.models import OutgoingMail
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.codec import encode
from erp.kernel.odata.entity import Action, Done
from erp.kernel.odata.errors import bad_request, invalid, missing
from erp.kernel.odata.properties import Bool, Choice, Dec, Guid, Int, Text, trimmed
from sales.api.head import need_right, warn_of
from sales.api.kinds import Guids
from sales.api.properties import ORDER_STATUS
from sales.api.waiting import refuse_waiting
from sales.models import (
    ReturnReceipt,
    SalesCreditMemo,
    SalesDocument,
    SalesInvoice,
    SalesShipment,
)
from sales.models.base import PostedPaper
from sales.print.letter import letter_of, subject_of
from sales.print.papers import language_of
from sales.routines.archive import archive
from sales.routines.cancel_remainder import cancel_remainder
from sales.routines.comments import add_comment
from sales.routines.copy_document import copy_document
from sales.routines.delete_invoiced_orders import delete_invoiced_orders
from sales.routines.discount import discount_invoice
from sales.routines.release import release, reopen
from sales.routines.send_paper import check_may_leave, send_paper
from sales.values import SalesValues
from sales.warnings import SEES_MONEY, credit_of

Type = SalesDocument.Type
CHANGES = ("sales.view_salesdocument", "sales.change_salesdocument")
# What can be copied, as attachments call the sets of their parents.
SOURCES: Mapping[str, str] = {
    Type.QUOTE: "Sales Quote",
    Type.ORDER: "Sales Order",
    Type.INVOICE: "Sales Invoice",
    Type.CREDIT_MEMO: "Sales Credit Memo",
    Type.BLANKET_ORDER: "Blanket Sales Order",
    Type.RETURN_ORDER: "Sales Return Order",
    "shipment": "Sales Shipment",
    "return_receipt": "Return Receipt",
}
POSTED: Mapping[str, type[PostedPaper]] = {
    Type.INVOICE: SalesInvoice,
    Type.CREDIT_MEMO: SalesCreditMemo,
    "shipment": SalesShipment,
    "return_receipt": ReturnReceipt,
}


# Promising ------------------------------------------------------------------------------------------------------------


def release_it(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Promise the lines; where a workflow wants it, somebody must approve the order first (409)."""
    return _standing(release(record, by=asking.user, at=asking.at))


def reopen_it(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Take the promise back; while it awaits approval the request is cancelled instead (409)."""
    refuse_waiting(record)
    return _standing(reopen(record, by=asking.user, at=asking.at))


def _standing(document: SalesDocument) -> Done:
    status = encode(ORDER_STATUS[document.status])
    return Done(
        location=("salesOrders", document.uuid),
        body={"id": str(document.uuid), "number": document.number, "status": status},
    )


# Writing --------------------------------------------------------------------------------------------------------------


def calculate_discounts(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Calculate the invoice discount and the service charge by the customer's rule."""
    refuse_waiting(record)
    lines = discount_invoice(record, values=SalesValues.load(record.currency_code), at=asking.at)
    record.refresh_from_db()
    warn_of(record, asking)
    body = {"discountAmount": trimmed(sum(line.inv_discount_amount for line in lines))}
    return Done(location=("salesOrders", record.uuid), body=body)


def copy_to(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Copy the lines of another document or posted paper to this order, or the whole of it."""
    refuse_waiting(record)
    copied = copy_document(
        record,
        _source(asking, given.get("source_type"), given.get("source_id")),
        include_header=bool(given.get("include_header")),
        recalculate_lines=bool(given.get("recalculate_lines")),
        delete_lines=True,
        by=asking.user,
        at=asking.at,
        on=asking.on,
    )
    asking.warnings += [each for each in copied.skipped if each.code.startswith("W-")]
    skipped = [each.message for each in copied.skipped]
    return Done(("salesOrders", record.uuid), {"linesCopied": len(copied.lines), "skipped": skipped})


def _source(asking: Asking, type: str | None, id: Any) -> SalesDocument | PostedPaper:
    """What is to be copied: a posted paper keeps the identifier of its draft."""
    if type is None or id is None:
        raise missing(_("sourceType and sourceId must be given."), "sourceId")
    people = ("customer", "bill_to_customer")
    found = None
    if type in Type.values:
        found = (
            SalesDocument.objects.select_related(*people, "customer_template")
            .filter(type=type, uuid=id)
            .first()
        )
        if found is not None:
            need_right(asking, "sales.view_salesdocument")
    if found is None and type in POSTED:
        model = POSTED[type]
        found = model.objects.select_related(*people).filter(uuid=id).first()
        if found is not None:
            need_right(asking, f"sales.view_{model._meta.model_name}")
    if found is None:
        message = _('There is no {type} with the id "{id}".').format(type=SOURCES[type], id=id)
        raise invalid(message, "sourceId", "Internal_RecordNotFound")
    return found


def archive_it(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Keep a version of the order as it is."""
    version = archive(record, by=asking.user, at=asking.at)
    return Done(
        location=("salesOrders", record.uuid), body={"number": version.number, "version": version.version}
    )


def cancel_remaining(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Close what will not be delivered; an order of which everything is invoiced by that is gone. The reason stays
    with it as a comment."""
    numbers = dict(record.lines.values_list("uuid", "line_no"))
    chosen = given.get("line_ids")
    for id in chosen or ():
        if id not in numbers:
            message = _("{document} has no line {id}.").format(document=record, id=id)
            raise bad_request(message, "lineIds", "Internal_DataNotFoundFilter")
    line_nos = None if chosen is None else {numbers[id] for id in chosen}
    told = {"by": asking.user, "at": asking.at}
    closed = cancel_remainder(record, line_nos=line_nos, **told)
    if given.get("reason"):
        add_comment(record.type, record.number, given["reason"], on=asking.on, **told)
    gone = delete_invoiced_orders(orders=SalesDocument.objects.filter(pk=record.pk), **told).deleted
    sequences = [line.line_no for line in closed]
    return Done(body={"id": str(record.uuid), "sequences": sequences, "orderDeleted": bool(gone)})


# Telling --------------------------------------------------------------------------------------------------------------


def send_confirmation(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """Mail the order's confirmation, in words of the caller or in the usual ones."""
    spoken = given.get("language") or get_language() or "en"
    if given.get("language") and language_of(record, spoken) != spoken:
        message = _("The paper is written in the customer's language, {language}; leave the language out.")
        raise invalid(message.format(language=language_of(record, spoken)), "language")
    sees_amounts = asking.user.has_perm("sales.view_salesinvoice")
    signed = asking.user.get_full_name() or asking.user.get_username()
    letter = letter_of(record, with_amounts=sees_amounts, user_language=spoken, signed=signed)
    words = {
        "to": given.get("to") or letter.to,
        "cc": given.get("cc") or "",
        "title": given.get("subject") or letter.title,
        "body": given.get("message") or letter.body,
        "by": asking.user,
        "at": asking.at,
    }
    if given.get("attach_pdf") is False:
        raise_problems(record, check_may_leave(record))
        mailed = mail.queue(subject_of(record), **words)
    else:
        mailed = send_paper(
            record, paper_name=letter.paper_name, with_amounts=sees_amounts, user_language=spoken, **words
        )
    return Done(body=_mail(mailed), location=("salesOrders", record.uuid))


def _mail(mailed: OutgoingMail) -> dict[str, Any]:
    return {"emailMessageId": str(mailed.uuid), "to": mailed.to}


def check_credit(asking: Asking, record: SalesDocument, given: Mapping[str, Any]) -> Done:
    """What the customer who pays owes and is about to owe, this order included; in local currency."""
    situation, added = credit_of(record, list(record.lines.all()), on=asking.on)
    left = situation.credit_left(added)
    figures = {
        "creditLimit": situation.credit_limit,
        "balance": situation.balance,
        "outstandingOrders": situation.outstanding_orders,
        "shippedNotInvoiced": situation.shipped_not_invoiced,
        "available": left or 0,
        "overdue": situation.overdue,
    }
    shown = {name: trimmed(value) for name, value in figures.items()}
    return Done(body=shown | {"exceeded": left is not None and left < 0})


ORDER_ACTIONS = (
    Action(
        "release",
        run=release_it,
        permissions=("sales.view_salesdocument", "sales.release_salesdocument"),
        extension=True,
        about="Promises the lines: the warehouse may rely on them.",
    ),
    Action(
        "reopen",
        run=reopen_it,
        permissions=("sales.view_salesdocument", "sales.reopen_salesdocument"),
        extension=True,
        about="Takes the promise back, so that the order can be changed.",
    ),
    Action(
        "calculateDiscounts",
        run=calculate_discounts,
        permissions=(*CHANGES, "sales.change_salesline"),
        answers=(Dec("discountAmount", scale=2, read_only=True),),
        scope="write",
        extension=True,
        about="Calculates the invoice discount by the customer's rule.",
    ),
    Action(
        "copyDocument",
        run=copy_to,
        permissions=(*CHANGES, "sales.add_salesline"),
        given=(
            Choice("sourceType", values=SOURCES, to="source_type"),
            Guid("sourceId", to="source_id"),
            Bool("includeHeader", to="include_header"),
            Bool("recalculateLines", to="recalculate_lines"),
        ),
        answers=(Int("linesCopied", read_only=True),),
        scope="write",
        extension=True,
        about="Copies another document or posted paper to this order.",
    ),
    Action(
        "archive",
        run=archive_it,
        permissions=CHANGES,
        answers=(Text("number", read_only=True), Int("version", read_only=True)),
        scope="write",
        extension=True,
        about="Keeps a version of the order as it is.",
    ),
    Action(
        "sendConfirmation",
        run=send_confirmation,
        permissions=CHANGES,
        given=(
            Text("to", to="to"),
            Text("cc", to="cc"),
            Text("subject", to="subject"),
            Text("message", to="message"),
            Text("language", length=10, to="language"),
            Bool("attachPdf", to="attach_pdf"),
        ),
        answers=(Guid("emailMessageId", read_only=True), Text("to", read_only=True)),
        extension=True,
        about="Mails the order to its customer, through the outbox.",
    ),
    Action(
        "cancelRemaining",
        run=cancel_remaining,
        permissions=(*CHANGES, "sales.change_salesline"),
        given=(Guids("lineIds", to="line_ids"), Text("reason", to="reason")),
        scope="write",
        extension=True,
        about="Closes what will not be delivered any more.",
    ),
    Action(
        "checkCredit",
        run=check_credit,
        permissions=("sales.view_salesdocument", *SEES_MONEY),
        scope="read",
        extension=True,
        about="Tells what the customer owes and how much of the limit is left.",
    ),
)
