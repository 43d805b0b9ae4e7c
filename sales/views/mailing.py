"""Sending a document or a posted paper by e-mail: a page, or a dialog over the page of the paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of
from sales.mail_form import MailForm
from sales.models import QuoteProgress, SalesDocument
from sales.plans.quote import stage_of
from sales.print.letter import Letter, letter_of, subject_of
from sales.print.papers import Printed
from sales.routines.send_paper import send_paper
from sales.views.finding import document_or_404
from sales.views.posted import KINDS, paper_or_404
from sales.views.printing import sees_amounts

SENDS = "sales.send_salesdocument"
OFFERED = (QuoteProgress.Stage.CREATED, QuoteProgress.Stage.SENT)


@may("sales.view_salesdocument", SENDS)
def document_send(request: HttpRequest, type: str, number: str) -> HttpResponse:
    document = document_or_404(type, number)
    return _send(request, document, back=reverse("sales:document", args=[type, number]))


@may(SENDS)
def posted_send(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    paper = paper_or_404(request, kind, number)
    return _send(request, paper, back=reverse("sales:posted", args=[kind, number]))


def _send(request: HttpRequest, paper: Printed, *, back: str) -> HttpResponse:
    """Show the mail as it would go; sent, queue it and go back to the paper."""
    asks_mark = stage_of(paper) in OFFERED if isinstance(paper, SalesDocument) else False
    if request.method != "POST":
        letter = _letter(request, paper)
        first = {"to": letter.to, "title": letter.title, "body": letter.body}
        first["mark_sent"] = asks_mark and stage_of(paper) == QuoteProgress.Stage.CREATED
        return _show(request, paper, MailForm(initial=first, asks_mark=asks_mark), back, letter)
    form = MailForm(request.POST, asks_mark=asks_mark)
    if not form.is_valid():
        return _show(request, paper, form, back, refusal=refusal_of(form))
    typed = form.cleaned_data

    def work() -> str:
        sent = send_paper(
            paper,
            paper_name=_letter(request, paper).paper_name,
            by=request.user,
            at=timezone.now(),
            with_amounts=sees_amounts(request.user),
            user_language=request.LANGUAGE_CODE,
            **typed,
        )
        return sent.to

    try:
        to = post_once(
            request, operation="sales.send_paper", work=work, subject=subject_of(paper), given=typed
        )
    except ErpError as error:
        return _show(request, paper, form, back, refusal=refusal_of(error))
    messages.success(request, _("Queued: the mail to {to} leaves in a moment.").format(to=to))
    return redirect(back)


def _letter(request: HttpRequest, paper: Printed) -> Letter:
    return letter_of(
        paper,
        with_amounts=sees_amounts(request.user),
        user_language=request.LANGUAGE_CODE,
        signed=request.user.get_full_name() or request.user.username,
    )


def _show(
    request: HttpRequest,
    paper: Printed,
    form: MailForm,
    back: str,
    letter: Letter | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The page; where a module of the browser asks, only the form for its dialog."""
    is_document = isinstance(paper, SalesDocument)
    place = [paper.type if is_document else subject_of(paper)[0].removeprefix("sales.posted-"), paper.number]
    context = {
        "paper": paper,
        "title": str(paper) if is_document else f"{KINDS[place[0]].name} {paper}",
        "form": form,
        "back": back,
        "paper_name": (letter or _letter(request, paper)).paper_name,
        "pdf": reverse("sales:document-pdf" if is_document else "sales:posted-pdf", args=place),
        "action": reverse("sales:document-send" if is_document else "sales:posted-send", args=place),
        "is_known": bool(form["to"].value()),
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    asks = request.headers.get("X-Requested-With") == "handel"
    template = "mail/_compose.html" if asks else "mail/compose.html"
    return render(request, template, context, status=refusal.status if refusal else 200)
