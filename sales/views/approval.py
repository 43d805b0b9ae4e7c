"""Sales documents as approvals see them, and approvals as the page of a document shows them."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.selectors import Approval
from approvals.selectors import approval_of as find_approval
from approvals.subjects import Subject
from erp.kernel.views import Refusal
from sales.approval import SUBJECT, facts_of
from sales.models import SalesDocument
from sales.routines.approval import (
    bring_up_to_date,
    check_sendable,
    find,
    give_back,
    release_approved,
    send_for_approval,
)
from sales.routines.lock import lock

Type, Status = SalesDocument.Type, SalesDocument.Status


def approval_of(document: SalesDocument, user) -> Approval:
    """What the page of a document shows: `approval` in `approvals/_document_actions.html` and `_pending.html`."""
    return find_approval(
        SUBJECT,
        key=document.pk,
        type=document.type,
        number=document.number,
        user=user,
        is_open=document.status == Status.OPEN,
        facts=lambda: facts_of(document),
    )


def subject() -> Subject:
    """What `approvals` needs to know of sales documents."""
    return Subject(
        name=SUBJECT,
        label=_("Sales document"),
        types=Type.choices,
        find=find,
        exists=lambda key: SalesDocument.objects.filter(pk=key).exists(),
        documents=SalesDocument.objects.order_by,
        lock=lock,
        facts=facts_of,
        check=check_sendable,
        prepare=bring_up_to_date,
        on_requested=send_for_approval,
        on_approved=release_approved,
        on_returned=give_back,
        address=_address,
        show=_show,
        view="sales.view_salesdocument",
    )


def _address(type: str, number: str) -> str:
    return reverse("sales:document", args=[type, number])


def _show(request: HttpRequest, type: str, number: str, *, refusal: Refusal) -> HttpResponse:
    from sales.views.finding import document_or_404
    from sales.views.page import show_document

    return show_document(request, document_or_404(type, number), refusal=refusal)
