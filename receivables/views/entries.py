"""The customer ledger: what is open, what settled what, and applying by hand."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Customer
from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from posting.values import Transaction
from receivables import selectors
from receivables.forms import ApplicationForm, UnapplicationForm
from receivables.routines.apply import apply_entries, preview_application
from receivables.routines.unapply import unapply
from receivables.views.planned import planned_entries

VIEW = "receivables.view_customerledgerentry"


@may(VIEW)
def entry_page(request: HttpRequest, entry_no: int) -> HttpResponse:
    return _show(request, entry_no)


@require_POST
@may(VIEW, "receivables.apply_entries")
def entry_apply(request: HttpRequest, entry_no: int) -> HttpResponse:
    """Apply this entry to those that are ticked, or show what that would write."""
    form = ApplicationForm(request.POST, entries=_opposite(_entry(entry_no)))
    if request.POST.get("do") != "post":
        return _preview(request, entry_no, form)

    def work() -> str:
        if not form.is_valid():
            raise FormRefused
        given = {"applying": entry_no, "to": form.chosen(), "on": form.cleaned_data["on"]}
        return str(apply_entries(by=request.user, at=timezone.now(), **given).remaining)

    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    try:
        post_once(request, operation="receivables.apply", work=work, entry=entry_no, typed=typed)
    except FormRefused:
        return _show(request, entry_no, form=form, refusal=refusal_of(form))
    except ErpError as error:
        return _show(request, entry_no, form=form, refusal=refusal_of(error))
    messages.success(request, _("The entries are applied."))
    return redirect("receivables:entry", entry_no)


class FormRefused(Exception):
    """The form could not be read."""


def _preview(request: HttpRequest, entry_no: int, form: ApplicationForm) -> HttpResponse:
    if not form.is_valid():
        return _show(request, entry_no, form=form, refusal=refusal_of(form))
    given = {"applying": entry_no, "to": form.chosen(), "on": form.cleaned_data["on"]}
    try:
        plan = preview_application(by=request.user, **given)
    except ErpError as error:
        return _show(request, entry_no, form=form, refusal=refusal_of(error))
    if plan.problems:
        return _show(request, entry_no, form=form, refusal=refusal_of(plan.problems))
    transactions = [Transaction(plan.facts, plan.plan.lines)] if plan.plan.lines else []
    return _show(request, entry_no, form=form, planned=planned_entries(transactions, [plan.plan]))


@require_POST
@may(VIEW, "receivables.unapply_entries")
def entry_unapply(request: HttpRequest, entry_no: int) -> HttpResponse:
    """Undo the last application of an entry."""
    form = UnapplicationForm(request.POST)
    if not form.is_valid():
        return _show(request, entry_no, refusal=refusal_of(form))

    def work() -> int:
        return unapply(
            entry_no, by=request.user, at=timezone.now(), on=form.cleaned_data["on"]
        ).application_no

    try:
        post_once(
            request, operation="receivables.unapply", work=work, entry=entry_no, on=form.cleaned_data["on"]
        )
    except ErpError as error:
        return _show(request, entry_no, refusal=refusal_of(error))
    messages.success(request, _("The application is undone."))
    return redirect("receivables:entry", entry_no)


def _entry(entry_no: int) -> selectors.EntryRow:
    entry = selectors.entry(entry_no)
    if entry is None:
        raise Http404
    return entry


def _opposite(entry: selectors.EntryRow) -> list[selectors.EntryRow]:
    """Open entries of the same customer on the other side: what this one can settle or be settled by."""
    if not entry.is_open:
        return []
    customer = Customer.objects.get(number=entry.customer_no)
    rows = selectors.open_entries(customer)
    return [row for row in rows if row.remaining * entry.remaining < 0]


def _show(
    request: HttpRequest,
    entry_no: int,
    *,
    form: ApplicationForm | None = None,
    refusal: Refusal | None = None,
    planned=None,
) -> HttpResponse:
    entry = _entry(entry_no)
    details = selectors.details_of(entry_no)
    may_apply = request.user.has_perm("receivables.apply_entries")
    if form is None and may_apply:
        form = ApplicationForm(entries=_opposite(entry))
    applied = [row for row in details if row.application_no and not row.unapplied_by and not row.reverses]
    context = {
        "entry": entry,
        "details": details,
        "form": form,
        "refusal": refusal,
        "planned": planned,
        "may_apply": may_apply and bool(form and form.entries),
        "may_unapply": bool(applied) and request.user.has_perm("receivables.unapply_entries"),
        "unapply_form": UnapplicationForm(auto_id="unapply-%s"),
        "idempotency_key": new_key(),
        "today": work_date(request),
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/entry.html", context, status=status)
