"""Posting runs: many documents posted together, the job queue, and what became of each document."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from erp.kernel.errors import ErpError, Problem, ProblemsFound
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of
from sales.models import PostingJob, PostingRun, SalesDocument, SalesSetup
from sales.plans.jobs import as_problems, only_first_previewed, scheduled
from sales.rights import RELEASES_OR_POSTS
from sales.routines.remove_from_queue import remove_from_queue
from sales.routines.run_jobs import post_run
from sales.routines.schedule import schedule
from sales.run_form import PostManyForm
from sales.views.finding import document_or_404
from sales.views.page import show_document
from sales.views.posting import allowed_to_post

Status = PostingJob.Status
FOREGROUND = 10  # documents that a page posts while somebody waits for it
LOOK_AGAIN = 3  # seconds after which the page of a run that is not finished asks for itself, without a script


@may("sales.view_salesdocument")
def documents_post(request: HttpRequest, type: str) -> HttpResponse:
    """The documents chosen on a list, and how they shall be posted; or posted, or the first one previewed."""
    if type not in SalesDocument.Type.values:
        raise PermissionDenied
    typed = request.POST if request.method == "POST" else request.GET
    documents = _chosen(type, typed)
    setup = SalesSetup.objects.get()
    if request.method != "POST":
        form = PostManyForm(type=type, setup=setup, initial=_initial(documents, setup))
        return _show_options(request, type, documents, form, None if documents else _nothing_chosen())
    form = PostManyForm(request.POST, type=type, setup=setup)
    if not documents:
        return _show_options(request, type, documents, form, _nothing_chosen())
    if not form.is_valid():
        return _show_options(request, type, documents, form, refusal_of(form))
    if request.POST.get("do") == "preview":
        return _preview(request, documents, form)
    return _post(request, type, documents, form)


def _chosen(type: str, typed: QueryDict) -> list[SalesDocument]:
    """In the order in which they were listed."""
    numbers = [number for number in dict.fromkeys(typed.getlist("chosen")) if "\0" not in number]
    found = SalesDocument.objects.filter(type=type, number__in=numbers).select_related("customer")
    by_number = {document.number: document for document in found}
    return [by_number[number] for number in numbers if number in by_number]


def _initial(documents: list[SalesDocument], setup: SalesSetup) -> dict:
    return {"in_background": setup.post_in_background or len(documents) > FOREGROUND}


def _nothing_chosen() -> Refusal:
    return Refusal((Problem("E-RUN-EMPTY", _("Choose documents on the list first."), field="chosen"),))


def _preview(request: HttpRequest, documents: list[SalesDocument], form: PostManyForm) -> HttpResponse:
    first = documents[0]
    if len(documents) > 1:
        messages.warning(request, only_first_previewed(str(first)).message)
    asked = {"what": form.cleaned_data["what"]}
    if form.cleaned_data["replace_posting_date"] and form.cleaned_data["posting_date"]:
        asked["posting_date"] = form.cleaned_data["posting_date"]
    return redirect(
        f"{reverse('sales:document-preview', args=[first.type, first.number])}?{urlencode(asked)}"
    )


def _post(
    request: HttpRequest, type: str, documents: list[SalesDocument], form: PostManyForm
) -> HttpResponse:
    asked = allowed_to_post(request.user, type, form.cleaned_data["what"]) | form.options()
    asked["in_background"] = asked["in_background"] or len(documents) > FOREGROUND

    def work() -> str:
        run = schedule(documents, by=request.user, at=timezone.now(), **asked)
        return str(run.uuid)

    what = {"type": type, "numbers": [document.number for document in documents], "asked": asked}
    try:
        uuid = post_once(request, operation="sales.schedule", work=work, **what)
    except ErpError as error:
        return _show_options(request, type, documents, form, refusal_of(error))
    run = PostingRun.objects.get(uuid=uuid)
    if not run.in_background:
        post_run(run, clock=timezone.now)
    return redirect("sales:run", uuid)


def _show_options(
    request: HttpRequest,
    type: str,
    documents: list[SalesDocument],
    form: PostManyForm,
    refusal: Refusal | None,
) -> HttpResponse:
    context = {
        "type": type,
        "documents": documents,
        "form": form,
        "foreground": FOREGROUND,
        "refusal": refusal,
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "sales/run/options.html", context, status=status)


def _counts() -> dict[str, Count]:
    counts = {status.value: Count("jobs", filter=Q(jobs__status=status)) for status in Status}
    return {"documents": Count("jobs"), **counts}


@may("sales.view_salesdocument")
def run_page(request: HttpRequest, uuid) -> HttpResponse:
    """What became of every document of a run; the page looks again by itself until all is done."""
    runs = PostingRun.objects.select_related("requested_by").annotate(**_counts())
    run = get_object_or_404(runs, uuid=uuid)
    jobs = list(run.jobs.select_related("document").order_by("place"))
    for job in jobs:
        job.reasons = as_problems(job.problems)
        receives = SalesDocument(type=job.document_type).traits.receives
        job.goods_kind = "return_receipt" if receives else "shipment"
        job.money_kind = "credit_memo" if receives else "invoice"
    pending = run.waiting + run.posting
    context = {
        "run": run,
        "jobs": jobs,
        "done": run.documents - pending,
        "is_running": pending > 0,
        "may_retry": any(_may_retry(job) for job in jobs),
        "idempotency_key": new_key(),
    }
    response = render(request, "sales/run/page.html", context)
    if pending:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _may_retry(job: PostingJob) -> bool:
    return job.document_id is not None and job.status in (Status.FAILED, Status.REMOVED)


@require_POST
@may("sales.view_salesdocument")
def run_retry(request: HttpRequest, uuid) -> HttpResponse:
    """Hand over once more, as a run of its own, what was not posted; or one document of it."""
    run = get_object_or_404(PostingRun, uuid=uuid)
    jobs = [job for job in run.jobs.select_related("document").order_by("place") if _may_retry(job)]
    if request.POST.get("number"):
        jobs = [job for job in jobs if job.document_no == request.POST["number"]]
    what = "ship_and_invoice" if run.ship and run.invoice else "ship" if run.ship else "invoice"
    for type in {job.document_type for job in jobs}:
        allowed_to_post(request.user, type, what)

    def work() -> dict:
        again = schedule(
            [job.document for job in jobs],
            by=request.user,
            at=timezone.now(),
            ship=run.ship,
            invoice=run.invoice,
            posting_date=run.posting_date,
            replace_posting_date=run.replace_posting_date,
            replace_document_date=run.replace_document_date,
            calc_invoice_discount=run.calc_invoice_discount,
            stop_at_first_error=run.stop_at_first_error,
        )
        return {"uuid": str(again.uuid), "note": scheduled(again.jobs.all()).message}

    try:
        if not jobs:
            message = _("Nothing of this run is left to be posted.")
            raise ProblemsFound([Problem("E-RUN-EMPTY", message)])
        numbers = [job.document_no for job in jobs]
        done = post_once(request, operation="sales.retry", work=work, run=str(uuid), numbers=numbers)
    except ErpError as error:
        for problem in error.problems:
            messages.error(request, problem.message)
        return redirect("sales:run", uuid)
    messages.success(request, done["note"])
    return redirect("sales:run", done["uuid"])


@require_POST
@may("sales.view_salesdocument")
def queue_remove(request: HttpRequest, type: str, number: str) -> HttpResponse:
    """Take a document out of the job queue."""
    document = document_or_404(type, number)
    if not any(request.user.has_perm(right) for right in RELEASES_OR_POSTS):
        raise PermissionDenied
    try:
        remove_from_queue(document, by=request.user, at=timezone.now())
    except ErpError as error:
        return show_document(request, document, refusal=refusal_of(error))
    messages.success(request, _("{document} is out of the job queue.").format(document=document))
    return redirect("sales:document", type, number)
