"""Mails that left, or are to leave: one's own, or with the right all of them; sent again and given up here."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError
from erp.kernel.mail import cancel, confirm, mails_for, send_again
from erp.kernel.models import OutgoingMail
from erp.kernel.views import may, page_of, refusal_of

VIEWS = {"customer": "sales:customer", "item": "inventory:item"}
STATUSES = OutgoingMail.Status


@may()
def mail_list(request: HttpRequest) -> HttpResponse:
    """The latest mails first; `?status=failed` and its like: only those."""
    mails = mails_for(request.user).defer("paper", "body")
    status = request.GET.get("status", "")
    if status in STATUSES.values:
        mails = mails.filter(status=status)
    page = page_of(mails, request)
    for mail in page:
        mail.subject_url = address_of(mail)
    context = {"page": page, "status": status, "statuses": STATUSES.choices, "sees_all": _sees_all(request)}
    return render(request, "mail/list.html", context)


@may()
def mail_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _show(request, _mail_or_404(request, uuid))


@may()
def mail_paper(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The paper as it was sent."""
    mail = get_object_or_404(mails_for(request.user).defer(None), uuid=uuid)
    if mail.paper is None:
        raise Http404
    answer = HttpResponse(bytes(mail.paper), content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(False, mail.paper_name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@may()
def mail_send_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _act(request, uuid, send_again, _("Queued once more: {title}."))


@require_POST
@may()
def mail_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _act(request, uuid, cancel, _("This mail is not sent: {title}."))


@require_POST
@may()
def mail_confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _act(request, uuid, partial(confirm, at=timezone.now()), _("Noted as arrived: {title}."))


def _act(request: HttpRequest, uuid: UUID, step: Callable, said: str) -> HttpResponse:
    mail = _mail_or_404(request, uuid)
    if not _may_change(request, mail):
        raise PermissionDenied
    try:
        step(mail)
    except ErpError as error:
        return _show(request, _mail_or_404(request, uuid), refusal=refusal_of(error))
    messages.success(request, said.format(title=mail.title))
    return redirect("mail", mail.uuid)


def _show(request: HttpRequest, mail: OutgoingMail, refusal=None) -> HttpResponse:
    context = {
        "mail": mail,
        "subject_url": address_of(mail),
        "may_send": _may_change(request, mail) and mail.status != STATUSES.SENT,
        "may_cancel": _may_change(request, mail) and mail.status in (STATUSES.QUEUED, STATUSES.FAILED),
        "may_confirm": _may_change(request, mail) and mail.status == STATUSES.UNSURE,
        "refusal": refusal,
    }
    return render(request, "mail/page.html", context, status=refusal.status if refusal else 200)


def address_of(mail: OutgoingMail) -> str:
    """The page of what a mail is about; blank where it has none."""
    kind, number = mail.subject_type, mail.subject_no
    try:
        if kind.startswith("sales.posted-"):
            return reverse("sales:posted", args=[kind.removeprefix("sales.posted-"), number])
        if kind.startswith("sales."):
            return reverse("sales:document", args=[kind.removeprefix("sales."), number])
        return reverse(VIEWS[kind], args=[number])
    except (NoReverseMatch, KeyError):
        return ""


def _mail_or_404(request: HttpRequest, uuid: UUID) -> OutgoingMail:
    return get_object_or_404(mails_for(request.user), uuid=uuid)


def _sees_all(request: HttpRequest) -> bool:
    return request.user.has_perm("kernel.view_outgoingmail")


def _may_change(request: HttpRequest, mail: OutgoingMail) -> bool:
    """One's own mails, and those of others with the right to."""
    is_own = mail.created_by_id == request.user.pk and request.user.has_perm("sales.send_salesdocument")
    return is_own or request.user.has_perm("kernel.change_outgoingmail")
