"""The page of a working document: all that its template shows, in a constant number of queries."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from erp.kernel.access import has_rights
from erp.kernel.errors import Problem
from erp.kernel.views import Refusal, new_key, remember_page, work_date
from erp.kernel.workflow import may_start
from sales.comment_form import CommentForm
from sales.dealings import neighbours
from sales.forms import NewLineForm, PostingForm
from sales.free_text_form import FreeTextLineForm
from sales.head_form import HeadForm
from sales.models import PostingJob, SalesDocument, SalesSetup
from sales.plans.jobs import as_problems
from sales.plans.paper_totals import totals_of
from sales.plans.quote import CLOSED, Stage, stage_of
from sales.rights import (
    CHANGE_LINE,
    goods_right,
    money_right,
    to_add_lines,
    to_change,
    to_delete,
    to_draft,
    to_sell,
)
from sales.routines.release import release, reopen
from sales.selectors import comments_of, job_states, papers_of_order
from sales.views.approval import approval_of
from sales.views.finding import Choice, offered_for, offered_services
from sales.views.fulfilment import tell_lines
from sales.views.grid_table import lines_context
from sales.views.head import addresses_of
from sales.views.optional import address_of, template_of
from sales.views.quote_facts import quote_facts
from sales.views.sections import sections_of
from sales.views.side import FOLDS, POSTED_LAST, folds_of, side_of
from sales.views.warnings import shown_warnings

Status = SalesDocument.Status


def show_document(
    request: HttpRequest,
    document: SalesDocument,
    *,
    refusal: Refusal | None = None,
    line_form: NewLineForm | FreeTextLineForm | None = None,
    posting_form: PostingForm | None = None,
    choices: tuple[Choice, ...] = (),
    question: Problem | None = None,
    answers: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The page as it is now; with a refusal in its status, and with what was typed.

    question  asked in the posting form; answers go along with its answer, as names and values
    """
    context = context_of(
        request,
        document,
        line_form=line_form,
        posting_form=posting_form,
        choices=choices,
        question=question,
        answers=answers,
        refusal=refusal,
    )
    if refusal is None and question is None:
        remember_page(
            request, kind=f"sales.{document.type}", number=document.number, title=document.sell_to_name
        )
    status = refusal.status if refusal else 200
    return render(request, "sales/document/page.html", context, status=status)


def context_of(
    request: HttpRequest,
    document: SalesDocument,
    *,
    line_form: NewLineForm | FreeTextLineForm | None = None,
    posting_form: PostingForm | None = None,
    with_lines: bool = True,
    **given,
) -> dict[str, object]:
    """All that the page of a document shows.

    with_lines  the grid and the quantities that belong to posting, too: what is large where there are many lines
    """
    rights = Rights(request.user, document)
    lines = list(document.lines.order_by("line_no"))
    typed = lines if with_lines else []
    if posting_form is None:
        # The grid writes the quantities of a form that nobody typed into: two thousand fields are slow.
        posting_form = posting_form_of(document, [], rights, on=work_date(request))
    else:
        for line in lines:
            line.typed = posting_form.of(line.line_no)
    totals = totals_of(lines)
    comments = comments_of(document.type, document.number)
    papers = papers_of_order(document.number) if document.traits.in_steps else {}
    remembered = folds_of(request.user)
    newer, older = neighbours(document)
    return {
        "document": document,
        "traits": document.traits,
        "rights": rights,
        "lines": lines,
        "totals": totals,
        "reached": tell_lines(document, lines),
        "warnings": shown_warnings(request, document, lines),
        "quote": quote_facts(document, request.user, net=totals.net, today=work_date(request)),
        "sections": sections_of(
            document,
            HeadForm(document=document, addresses=addresses_of(document), everything=True),
            may_change=rights.may_change_head,
            folds=remembered[FOLDS],
        ),
        "side": side_of(request, document, papers=papers, comments=comments),
        "folds": remembered[FOLDS],
        "what": usual_posting(remembered[POSTED_LAST], document, rights),
        "newer": newer,
        "older": older,
        "papers": papers,
        "approval": approval_of(document, request.user),
        "optional": {
            "send": address_of("sales:document-send", document.type, document.number),
            "pdf": address_of("sales:document-pdf", document.type, document.number),
            "approvals": template_of("approvals/_document_actions.html"),
            "pending": template_of("approvals/_pending.html"),
        },
        "line_form": line_form or line_form_of(document, lines),
        "items": offered_for(document) if rights.may_change_lines else (),
        "services": offered_services() if rights.may_change_lines else (),
        "posting_form": posting_form,
        "job": _job(document),
        "comments": comments,
        "comment_form": CommentForm(lines=typed),
        "idempotency_key": new_key(),
        **(lines_context(document, lines, rights) if with_lines else {}),
        **given,
    }


def usual_posting(last: object, document: SalesDocument, rights: "Rights") -> str:
    """What the posting form offers first: as this user posted such a document last, else as much as they may."""
    may = [
        name
        for name, allowed in (
            ("ship_and_invoice", rights.may_ship_and_invoice),
            ("ship", rights.may_ship),
            ("invoice", rights.may_invoice),
        )
        if allowed
    ]
    wanted = last.get(document.type) if isinstance(last, dict) else None
    return wanted if wanted in may else next(iter(may), "ship")


def line_form_of(document: SalesDocument, lines: Sequence = (), data=None) -> NewLineForm | FreeTextLineForm:
    """The form for a new line: of free text, an amount on an account."""
    if document.free_text:
        return FreeTextLineForm(data, auto_id="new-%s", initial={"quantity": 1})
    return NewLineForm(data, auto_id="new-%s", initial={} if data else {"type": _next_type(lines)})


def _job(document: SalesDocument) -> PostingJob | None:
    """The job that waits to post the document, or has failed to, with its reasons."""
    job = job_states([document.pk]).get(document.pk)
    if job is not None:
        job.reasons = as_problems(job.problems)
    return job


def posting_form_of(
    document: SalesDocument, lines: list, rights: "Rights", *, on: date, data=None
) -> PostingForm:
    """The posting form with the quantities that this user may type on this document."""
    in_steps = document.traits.in_steps
    return PostingForm(
        data,
        lines=lines,
        ship=rights.may_type_shipped,
        invoice=in_steps and rights.may_type_invoiced,
        initial={"posting_date": document.posting_date or on},
    )


def _next_type(lines: list) -> str:
    """A new line is of the type of the last one; the first one as the set-up says."""
    selling = [line.type for line in lines if line.sells_something]
    return selling[-1] if selling else SalesSetup.objects.get().default_line_type


class Rights:
    """What this user may do with this document in its present status; buttons are shown by it."""

    def __init__(self, user, document: SalesDocument):
        self.user, self.document, self.traits = user, document, document.traits
        self.is_open = document.status == Status.OPEN
        self.stage = stage_of(document)
        self._known: dict[tuple[str, ...], bool] = {}

    def _may(self, *codenames: str) -> bool:
        if codenames not in self._known:
            self._known[codenames] = self.user.has_perms([f"sales.{name}" for name in codenames])
        return self._known[codenames]

    @cached_property
    def may_write(self) -> bool:
        return has_rights(self.user, to_change(self.document))

    @property
    def may_draft(self) -> bool:
        return has_rights(self.user, to_draft(self.document.type))

    @property
    def may_change_head(self) -> bool:
        return self.stage not in CLOSED and self.may_write

    @property
    def may_change_lines(self) -> bool:
        is_open = self.is_open and self.stage in ("", Stage.CREATED)
        return is_open and has_rights(self.user, to_add_lines(self.document))

    @cached_property
    def may_edit_lines(self) -> bool:
        return self.may_write and self.user.has_perm(CHANGE_LINE)

    @property
    def may_ship(self) -> bool:
        return self.traits.in_steps and self.user.has_perm(goods_right(self.document.type))

    @property
    def may_invoice(self) -> bool:
        return self.traits.invoices and self.user.has_perm(money_right(self.document.type))

    @property
    def may_ship_and_invoice(self) -> bool:
        return self.may_ship and self.may_invoice

    @property
    def may_type_shipped(self) -> bool:
        """What leaves next; of a blanket order, what is ordered next."""
        is_counted = self.traits.in_steps or self.traits.calls_off
        return is_counted and (self.may_ship or self.may_edit_lines)

    @property
    def may_type_invoiced(self) -> bool:
        return self.traits.in_steps and (self.may_invoice or self.may_edit_lines)

    @property
    def may_preview(self) -> bool:
        return self.traits.invoices and (
            self.may_ship or self.may_invoice or self._may("change_salesdocument")
        )

    @property
    def may_use_posting_form(self) -> bool:
        return self.may_preview

    @property
    def may_release(self) -> bool:
        is_for_somebody = self.stage not in CLOSED and not (self.stage and self.document.is_for_prospect)
        return is_for_somebody and may_start(release, self.document) and self._may("release_salesdocument")

    @property
    def may_reopen(self) -> bool:
        return may_start(reopen, self.document) and self._may("reopen_salesdocument")

    @property
    def may_call_off(self) -> bool:
        waits = self.document.status == Status.PENDING_APPROVAL
        return self.traits.calls_off and not waits and has_rights(self.user, to_sell())

    @property
    def may_delete(self) -> bool:
        return self.is_open and has_rights(self.user, to_delete(self.document))
