"""What somebody may or may not do, each through the doors that it has: the routine, a page, the API, a command.

`DEEDS[name](world)` prepares it, and says how it is tried. Doors that somebody else made are not asked twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from approvals.models import ApprovalEntry, ApprovalUser, Workflow
from approvals.routines.approve import approve
from approvals.routines.enable import disable, enable
from approvals.routines.request import request
from customers.routines.block import block_customer
from customers.routines.change import change_customer
from erp.kernel.models import User
from inventory.routines.change_item import change_item
from posting.models import GLAccount
from receivables.models import CustomerLedgerEntry, JournalBatch
from receivables.routines.apply import apply_entries
from receivables.routines.post_journal_batch import post_journal_batch
from receivables.routines.receive_payment import receive_payment
from receivables.routines.write_journal import draft_batch
from sales.approval import SUBJECT
from sales.models import SalesDocument, SalesInvoice, SalesShipment
from sales.routines.cancel_invoice import cancel_invoice
from sales.routines.change_document import change_document
from sales.routines.correct_invoice import correct_invoice
from sales.routines.delete import delete
from sales.routines.draft import draft
from sales.routines.post import post
from sales.routines.release import release, reopen
from sales.routines.send_paper import send_paper
from sales.routines.undo_shipment import undo_shipment
from tests.world.world import World


@dataclass(frozen=True)
class Tries:
    """How one deed is tried by a user.

    routine  (user) → anything; called while the user acts
    page     address, and what is posted to it; None: it is only read
    api      verb, path, body
    command  words, without --user
    """

    routine: Callable[[User], object] | None = None
    page: tuple[str, Mapping[str, object] | None] | None = None
    api: tuple[str, str, Mapping[str, object]] | None = None
    command: tuple[object, ...] | None = None


def _told(world: World, user: User) -> dict:
    return {"by": user, "at": world.at()}


def _story(world: World, type: str = "order"):
    adatum = world.customer("Adatum")
    return world._draft(SalesDocument.Type(type), adatum, {}).charges("4520", Decimal(100))


def _address(world: World) -> Tries:
    adatum = world.customer("Adatum")
    return Tries(
        lambda user: change_customer(adatum, city="Oslo"),
        api=("PATCH", f"customers({adatum.uuid})", {"city": "Oslo"}),
    )


def _credit_limit(world: World) -> Tries:
    adatum = world.customer("Adatum")
    body = {"creditLimit": 500}
    return Tries(
        lambda user: change_customer(adatum, credit_limit=Decimal(500)),
        api=("PATCH", f"customers({adatum.uuid})", body),
    )


def _terms(world: World) -> Tries:
    adatum = world.customer("Adatum")
    return Tries(lambda user: change_customer(adatum, payment_terms=None))


def _block(world: World) -> Tries:
    adatum = world.customer("Adatum")
    return Tries(
        lambda user: block_customer(adatum, blocked="ship"),
        api=("PATCH", f"customers({adatum.uuid})", {"blocked": "Ship"}),
    )


def _item(world: World) -> Tries:
    item = world.item()
    return Tries(
        lambda user: change_item(item, by=user, description="New"),
        api=("PATCH", f"items({item.uuid})", {"displayName": "New"}),
    )


def _write(type: str, entities: str) -> Callable[[World], Tries]:
    who = "sellToCustomerNumber" if type == "return_order" else "customerNumber"

    def tries(world: World) -> Tries:
        adatum = world.customer("Adatum")
        return Tries(
            lambda user: draft(type, adatum, on=world.today, **_told(world, user)),
            page=(reverse("sales:document-new", args=[type]), {"customer": adatum.number}),
            api=("POST", entities, {who: adatum.number}),
            command=("draft_document", type, adatum.number) if type == "order" else None,
        )

    return tries


def _change(type: str, entities: str) -> Callable[[World], Tries]:
    def tries(world: World) -> Tries:
        document = _story(world, type).document
        return Tries(
            lambda user: change_document(
                document, on=world.today, external_document_no="PO-1", **_told(world, user)
            ),
            api=("PATCH", f"{entities}({document.uuid})", {"externalDocumentNumber": "PO-1"}),
        )

    return tries


def _delete(type: str, entities: str) -> Callable[[World], Tries]:
    def tries(world: World) -> Tries:
        document = _story(world, type).document
        return Tries(
            lambda user: delete(document, **_told(world, user)),
            page=(reverse("sales:document-delete", args=[type, document.number]), {}),
            api=("DELETE", f"{entities}({document.uuid})", {}),
            command=("delete_document", document.number),
        )

    return tries


def _release(world: World) -> Tries:
    order = _story(world).document
    return Tries(
        lambda user: release(order, **_told(world, user)),
        page=(reverse("sales:document-release", args=["order", order.number]), {}),
        api=("POST", f"salesOrders({order.uuid})/Microsoft.NAV.release", {}),
        command=("release_document", order.number),
    )


def _reopen(world: World) -> Tries:
    order = _story(world).release().document
    return Tries(
        lambda user: reopen(order, **_told(world, user)),
        page=(reverse("sales:document-reopen", args=["order", order.number]), {}),
        api=("POST", f"salesOrders({order.uuid})/Microsoft.NAV.reopen", {}),
        command=("reopen_document", order.number),
    )


def _workflow(world: World) -> Workflow:
    boss = ApprovalUser.objects.create(user=world.by, unlimited_sales=True)
    workflow = Workflow.objects.create(
        code="SO",
        document_types=["order"],
        approver_type="approver",
        limit_type="specific",
        approver=boss.user,
    )
    enable(workflow)
    return workflow


def _ask(world: World) -> Tries:
    order = _story(world).document
    return Tries(
        lambda user: request(SUBJECT, order.pk, on=world.today, **_told(world, user)),
    )


def _approve(world: World) -> Tries:
    order = _story(world).document
    _workflow(world)
    sender = world.user("sender", role="CLERK")
    ApprovalUser.objects.create(user=sender)
    request(SUBJECT, order.pk, on=world.today, **_told(world, sender))
    entry = ApprovalEntry.objects.get()

    def as_the_one_asked(user: User) -> None:
        ApprovalEntry.objects.update(approver=user)
        approve(entry, on=world.today, **_told(world, user))

    return Tries(as_the_one_asked)


def _ship(world: World) -> Tries:
    item = world.item(stock=5, cost=10, price=20)
    order = world.order(world.customer("Adatum")).sells(1, item).document
    return Tries(
        lambda user: post(order, ship=True, **_told(world, user)),
        page=_posting("order", order, "ship"),
        api=("POST", f"salesOrders({order.uuid})/Microsoft.NAV.ship", {}),
        command=("post_document", order.number, "--ship"),
    )


def _posting(type: str, document: SalesDocument, what: str) -> tuple[str, dict]:
    return reverse("sales:document-post", args=[type, document.number]), {"do": "post", "what": what}


def _undo(days: int) -> Callable[[World], Tries]:
    def tries(world: World) -> Tries:
        item = world.item(stock=5, cost=10, price=20)
        world.order(world.customer("Adatum")).sells(1, item).ship()
        shipment = SalesShipment.objects.get()
        later = world.at() + timedelta(days=days)
        return Tries(lambda user: undo_shipment(shipment, [10000], by=user, at=later))

    return tries


def _post_invoice(world: World) -> Tries:
    invoice = _story(world, "invoice").document
    return Tries(
        lambda user: post(invoice, **_told(world, user)),
        page=_posting("invoice", invoice, "ship_and_invoice"),
        api=("POST", f"salesInvoices({invoice.uuid})/Microsoft.NAV.post", {}),
        command=("post_document", invoice.number),
    )


def _posted_invoice(world: World) -> SalesInvoice:
    _story(world, "invoice").post()
    return SalesInvoice.objects.get()


def _cancel(world: World) -> Tries:
    invoice = _posted_invoice(world)
    return Tries(
        lambda user: cancel_invoice(invoice, on=world.today, **_told(world, user)),
        page=(reverse("sales:cancel-invoice", args=[invoice.number]), {}),
        api=("POST", f"salesInvoices({invoice.uuid})/Microsoft.NAV.cancel", {}),
    )


def _correct(world: World) -> Tries:
    invoice = _posted_invoice(world)
    return Tries(
        lambda user: correct_invoice(invoice, on=world.today, **_told(world, user)),
        page=(reverse("sales:correct-invoice", args=[invoice.number]), {}),
    )


def _post_credit_memo(world: World) -> Tries:
    memo = _story(world, "credit_memo").document
    return Tries(
        lambda user: post(memo, **_told(world, user)),
        page=_posting("credit_memo", memo, "ship_and_invoice"),
        api=("POST", f"salesCreditMemos({memo.uuid})/Microsoft.NAV.post", {}),
        command=("post_document", memo.number),
    )


def _return(what: str, action: str, flag: str) -> Callable[[World], Tries]:
    def tries(world: World) -> Tries:
        item = world.item(stock=5, cost=10, price=20)
        story = world.return_order(world.customer("Adatum")).sells(1, item)
        if what == "invoice":
            story.receives()
        document = story.document
        return Tries(
            lambda user: post(document, **{what: True}, **_told(world, user)),
            page=_posting("return_order", document, what),
            api=("POST", f"salesReturnOrders({document.uuid})/Microsoft.NAV.{action}", {}),
            command=("post_document", document.number, flag),
        )

    return tries


def _apply(world: World) -> Tries:
    adatum = world.customer("Adatum")
    _invoice = world.sales_invoice(adatum).charges("4520", Decimal(100)).post()
    world.pay(adatum, 50)
    invoice, payment = CustomerLedgerEntry.objects.order_by("entry_no").values_list("entry_no", flat=True)
    return Tries(
        lambda user: apply_entries(applying=payment, to=[invoice], on=world.today, **_told(world, user)),
        command=("apply_entries", payment, invoice),
    )


def _pay(world: World) -> Tries:
    adatum = world.customer("Adatum")
    given = {
        "customer": adatum,
        "amount": Decimal(10),
        "on": world.today,
        "account": GLAccount.objects.get(number="1010"),
    }
    return Tries(lambda user: receive_payment(**given, **_told(world, user)))


def _journal(world: World) -> Tries:
    return Tries(lambda user: draft_batch(kind=JournalBatch.Kind.CASH_RECEIPTS, name="MINE"))


def _post_journal(world: World) -> Tries:
    batch = draft_batch(kind=JournalBatch.Kind.CASH_RECEIPTS, name="MINE")
    return Tries(lambda user: post_journal_batch(batch, **_told(world, user)))


def _mail(world: World) -> Tries:
    order = _story(world).document
    letter = {"to": "a@b.example", "title": "Order", "body": "Here it is.", "paper_name": "order"}
    return Tries(
        lambda user: send_paper(order, user_language="en", **letter, **_told(world, user)),
        page=(reverse("sales:document-send", args=["order", order.number]), letter),
    )


def _set_up(world: World) -> Tries:
    workflow = _workflow(world)
    return Tries(lambda user: disable(workflow))


def _reads(address: str) -> Callable[[World], Tries]:
    return lambda world: Tries(page=(reverse(address), None))


DEEDS: Mapping[str, Callable[[World], Tries]] = {
    "change the address of a customer": _address,
    "change a credit limit": _credit_limit,
    "change payment terms": _terms,
    "block a customer": _block,
    "change an item": _item,
    "write a quote": _write("quote", "salesQuotes"),
    "write an order": _write("order", "salesOrders"),
    "change an order": _change("order", "salesOrders"),
    "change a quote": _change("quote", "salesQuotes"),
    "delete an order": _delete("order", "salesOrders"),
    "write an invoice": _write("invoice", "salesInvoices"),
    "delete an invoice": _delete("invoice", "salesInvoices"),
    "write a credit memo": _write("credit_memo", "salesCreditMemos"),
    "write a return order": _write("return_order", "salesReturnOrders"),
    "release an order": _release,
    "reopen an order": _reopen,
    "ask for approval": _ask,
    "approve": _approve,
    "ship an order": _ship,
    "undo a shipment of today": _undo(0),
    "undo an older shipment": _undo(1),
    "post an invoice": _post_invoice,
    "cancel an invoice": _cancel,
    "correct an invoice": _correct,
    "post a credit memo": _post_credit_memo,
    "receive a return": _return("ship", "receive", "--ship"),
    "credit a return": _return("invoice", "invoice", "--invoice"),
    "apply entries": _apply,
    "post a payment": _pay,
    "write a payment journal": _journal,
    "post a payment journal": _post_journal,
    "mail an order": _mail,
    "set a workflow up": _set_up,
    "read the change log": _reads("change-log"),
    "read the denied attempts": _reads("denied-attempts"),
    "make users": _reads("setup-user-new"),
}
