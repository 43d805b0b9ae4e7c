"""Cash receipt, sales and general journals: write, see what is wrong and what it comes to, preview, post."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from erp.kernel.errors import ErpError
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from erp.kernel.views.grid import choose_columns, save
from erp.kernel.views.json import problems_json, read_json
from receivables import selectors
from receivables.forms import BatchForm, ChosenEntriesForm, JournalLineForm, NewJournalLineForm, stored
from receivables.journals import batch_named, batches, credit_exceeded, journal_balance, lines_of
from receivables.models import AccountType, JournalBatch, JournalLine
from receivables.plans.journal_draft import TRAITS, Kind, own_id
from receivables.routines.post_journal_batch import check_batch, post_journal_batch, preview_journal_batch
from receivables.routines.write_journal import (
    change_line,
    choose_entries,
    delete_batch,
    draft_batch,
    draft_line,
    remove_line,
)
from receivables.views.journal_sheet import JournalSheet, columns_of, grid_of, preference_of
from receivables.views.planned import planned_entries

VIEW = "receivables.view_journalline"
CHANGE = "receivables.change_journalline"


@require_GET
@may(VIEW)
def journal_page(request: HttpRequest, kind: str, name: str = "") -> HttpResponse:
    """A journal; without a name the first one of its kind."""
    batch = _batch(kind, name) if name else batches(kind)[0]
    return _show(request, batch)


@require_POST
@may(VIEW, CHANGE)
def journal_save(request: HttpRequest, kind: str, name: str) -> JsonResponse:
    """What was typed into the grid; answers with the rows, and the parts of the page that follow from them."""
    try:
        sent = read_json(request)
        sheet = JournalSheet(_batch(kind, name), request)
        _check_rights(request, sent)
        operation = "receivables.journal_lines"
        rows = save(sheet, sent, user=request.user, operation=operation, kind=kind, batch=name)
    except ErpError as error:
        return problems_json(error)
    current = next((row["id"] for row in reversed(rows) if row["id"].isdecimal()), None)
    return JsonResponse({"rows": rows, "parts": _parts(request, sheet.batch, current)})


@require_POST
@may(VIEW)
def journal_columns(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The columns that a user wants to see in journals of this kind, and where Enter stops."""
    columns = columns_of(kind)
    shown, quick = request.POST.getlist("shown"), request.POST.getlist("quick")
    if "reset" in request.POST:
        shown = quick = []
    choose_columns(request.user, preference_of(kind), columns, shown=shown, quick=quick)
    return redirect(_address(_batch(kind, name)))


@require_POST
@may(VIEW, "receivables.add_journalline")
def line_new(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """A new line at the end, begun with what was typed."""
    batch = _batch(kind, name)
    form = NewJournalLineForm(request.POST)
    if not form.is_valid():
        return _show(request, batch, new_form=form, refusal=refusal_of(form))
    typed = {key: stored(key, value) for key, value in form.cleaned_data.items() if value not in (None, "")}
    try:
        line = draft_line(batch, on=work_date(request), typed=typed)
    except ErpError as error:
        return _show(request, batch, new_form=form, refusal=refusal_of(error))
    return redirect(_address(line.batch, f"#line-{line.line_no}"))


@may(VIEW)
def line_page(request: HttpRequest, kind: str, name: str, line_no: int) -> HttpResponse:
    """Every field of one line, to read and to change."""
    batch, line = _line(kind, name, line_no)
    if request.method != "POST":
        return _show_line(request, batch, line, JournalLineForm(initial=_values(line)))
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = JournalLineForm(request.POST, initial=_values(line))
    if not form.is_valid():
        return _show_line(request, batch, line, form, refusal=refusal_of(form))
    try:
        change_line(batch, line_no, typed=form.changes(), by=request.user, at=timezone.now())
    except ErpError as error:
        return _show_line(request, batch, line, form, refusal=refusal_of(error))
    return redirect(_address(batch, f"#line-{line_no}"))


@require_POST
@may(VIEW, "receivables.delete_journalline")
def line_remove(request: HttpRequest, kind: str, name: str, line_no: int) -> HttpResponse:
    batch, _line_found = _line(kind, name, line_no)
    try:
        remove_line(batch, line_no, by=request.user, at=timezone.now())
    except ErpError as error:
        return _show(request, batch, refusal=refusal_of(error))
    return redirect(_address(batch))


@may(VIEW, "receivables.view_customerledgerentry")
def line_apply(request: HttpRequest, kind: str, name: str, line_no: int) -> HttpResponse:
    """The customer's open entries, to tick what a line settles and how much of each."""
    batch, line = _line(kind, name, line_no)
    customer_no = line.account_no if line.account_type == AccountType.CUSTOMER else ""
    entries = selectors.open_entries_of(customer_no)
    if request.method != "POST":
        return _show_apply(request, batch, line, ChosenEntriesForm(entries=entries, initial=_marks(line)))
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = ChosenEntriesForm(request.POST, entries=entries)
    if not form.is_valid():
        return _show_apply(request, batch, line, form, refusal=refusal_of(form))
    chosen = tuple(pair for pair in form.chosen() if form.cleaned_data.get(f"apply-{pair[0]}"))
    try:
        choose_entries(batch, line_no, chosen=chosen, by=request.user, at=timezone.now())
    except ErpError as error:
        return _show_apply(request, batch, line, form, refusal=refusal_of(error))
    return redirect(_address(batch, f"#line-{line_no}"))


@require_GET
@may(VIEW)
def journal_preview(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """What posting would write, or everything that stands against it."""
    batch = _batch(kind, name)
    try:
        plan = preview_journal_batch(batch, by=request.user)
    except ErpError as error:
        return _show(request, batch, refusal=refusal_of(error))
    if plan.problems:
        return _show(request, batch, refusal=refusal_of(plan.problems))
    planned = planned_entries(plan.transactions, [entry for entry, _facts in plan.plans])
    context = {
        "batch": batch,
        "title": batch.get_kind_display(),
        "planned": planned,
        "may_post": _may_post(request, batch),
        "idempotency_key": new_key(),
    }
    return render(request, "receivables/journal/preview.html", context)


@require_POST
@may(VIEW)
def journal_post(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Post all lines; sent twice, they are posted once."""
    batch = _batch(kind, name)
    if not _may_post(request, batch):
        raise PermissionDenied

    def work() -> dict:
        posted = post_journal_batch(batch, by=request.user, at=timezone.now())
        return {"register_no": posted.register_no, "lines": posted.lines}

    try:
        done = post_once(request, operation="receivables.journal", work=work, kind=kind, batch=name)
    except ErpError as error:
        return _show(request, batch, refusal=refusal_of(error))
    said = ngettext(
        "Posted: {count} line, register {register}.",
        "Posted: {count} lines, register {register}.",
        done["lines"],
    )
    messages.success(request, said.format(count=done["lines"], register=done["register_no"]))
    return redirect(_address(batch))


@may(VIEW, "receivables.add_journalbatch")
def batch_new(request: HttpRequest, kind: str) -> HttpResponse:
    """One more journal of a kind, with numbers and a balancing account of its own."""
    start = batches(kind)[0]
    names = ("number_series", "bal_account_type", "bal_account_no")
    initial = {name: getattr(start, name) for name in names}
    form = BatchForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return _show_batch(request, kind, form)
    if not form.is_valid():
        return _show_batch(request, kind, form, refusal=refusal_of(form))
    try:
        batch = draft_batch(kind=kind, **form.cleaned_data)
    except ErpError as error:
        return _show_batch(request, kind, form, refusal=refusal_of(error))
    return redirect(_address(batch))


@may(VIEW, "receivables.change_journalbatch")
def batch_edit(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Numbers and balancing account of a journal; an empty one may be deleted."""
    batch = _batch(kind, name)
    form = BatchForm(request.POST or None, instance=batch)
    if not batch.pk:
        form.fields.pop("name", None)
    if request.method != "POST":
        return _show_batch(request, kind, form, batch=batch)
    if request.POST.get("do") == "delete":
        if not request.user.has_perm("receivables.delete_journalbatch"):
            raise PermissionDenied
        try:
            delete_batch(batch)
        except ErpError as error:
            form = BatchForm(instance=_batch(kind, name))
            return _show_batch(request, kind, form, batch=batch, refusal=refusal_of(error))
        return redirect("receivables:journals", kind)
    if not form.is_valid():
        return _show_batch(request, kind, form, batch=batch, refusal=refusal_of(form))
    form.save()
    return redirect(_address(batch))


def _batch(kind: str, name: str) -> JournalBatch:
    batch = batch_named(kind, name)
    if batch is None:
        raise Http404
    return batch


def _line(kind: str, name: str, line_no: int) -> tuple[JournalBatch, JournalLine]:
    batch = _batch(kind, name)
    line = batch.lines.filter(line_no=line_no).first() if batch.pk else None
    if line is None:
        raise Http404
    return batch, line


def _address(batch: JournalBatch, place: str = "") -> str:
    return reverse("receivables:journal", args=[batch.kind, batch.name]) + place


def _may_post(request: HttpRequest, batch: JournalBatch) -> bool:
    return request.user.has_perm(TRAITS[Kind(batch.kind)].may_post)


def _check_rights(request: HttpRequest, sent: Mapping[str, Any]) -> None:
    """Adding and removing rows are rights of their own."""
    rows = sent.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        if row.get("remove") and not request.user.has_perm("receivables.delete_journalline"):
            raise PermissionDenied
        if str(row.get("row", "")).startswith("new-") and not request.user.has_perm(
            "receivables.add_journalline"
        ):
            raise PermissionDenied


def _facts(request: HttpRequest, batch: JournalBatch, current: str | None = None) -> dict[str, Any]:
    """What stands around the grid and follows from its lines."""
    lines = lines_of(batch)
    problems = check_batch(batch, lines, by=request.user)
    return {
        "batch": batch,
        "balance": journal_balance(batch, lines, current=int(current) if current else None),
        "problems": problems,
        "credits": credit_exceeded(lines, on=work_date(request)),
    }


def _parts(request: HttpRequest, batch: JournalBatch, current: str | None) -> dict[str, str]:
    facts = _facts(request, batch, current)
    names = {"journal-balance": "_balance", "journal-problems": "_problems", "journal-credit": "_credit"}
    return {
        part: render_to_string(f"receivables/journal/{template}.html", facts, request)
        for part, template in names.items()
    }


def _show(
    request: HttpRequest,
    batch: JournalBatch,
    *,
    refusal: Refusal | None = None,
    new_form: NewJournalLineForm | None = None,
) -> HttpResponse:
    sheet = JournalSheet(batch, request)
    known = batches(batch.kind)
    context = {
        **_facts(request, batch),
        "title": batch.get_kind_display(),
        "batches": known if batch in known or not batch.pk else [*known, batch],
        "grid": grid_of(sheet, request),
        "new_form": new_form or NewJournalLineForm(auto_id="new-%s"),
        "refusal": refusal,
        "may_post": _may_post(request, batch),
        "idempotency_key": new_key(),
        "is_cash": batch.kind == Kind.CASH_RECEIPTS,
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/journal/page.html", context, status=status)


def _values(line: JournalLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in JournalLineForm.base_fields}


def _show_line(
    request: HttpRequest,
    batch: JournalBatch,
    line: JournalLine,
    form: JournalLineForm,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "batch": batch,
        "line": line,
        "form": form,
        "title": batch.get_kind_display(),
        "refusal": refusal,
        "problems": check_batch(batch, [line], by=request.user),
        "marked": selectors.marked_entries(line.applies_to_id),
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/journal/line.html", context, status=status)


def _marks(line: JournalLine) -> dict[str, Any]:
    """What is ticked already: the entries marked by the line, or the one document it names."""
    marked = selectors.marked_entries(own_id(line))
    amounts = selectors.amounts_to_apply([entry.entry_no for entry in marked])
    initial: dict[str, Any] = {}
    for entry in marked:
        initial[f"apply-{entry.entry_no}"] = True
        if amounts.get(entry.entry_no, entry.remaining) != entry.remaining:
            initial[f"amount-{entry.entry_no}"] = abs(amounts[entry.entry_no])
    if line.applies_to_document_no and not marked:
        named = selectors.open_document(
            line.applies_to_document_no,
            document_type=line.applies_to_document_type,
            customer_no=line.account_no,
        )
        if named is not None:
            initial[f"apply-{named.entry_no}"] = True
    return initial


def _show_apply(
    request: HttpRequest,
    batch: JournalBatch,
    line: JournalLine,
    form: ChosenEntriesForm,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "batch": batch,
        "line": line,
        "form": form,
        "title": batch.get_kind_display(),
        "refusal": refusal,
        "total": sum(entry.remaining_lcy for entry in form.entries),
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/journal/apply.html", context, status=status)


def _show_batch(
    request: HttpRequest,
    kind: str,
    form: BatchForm,
    *,
    batch: JournalBatch | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "kind": kind,
        "title": Kind(kind).label,
        "form": form,
        "batch": batch,
        "refusal": refusal,
        "may_delete": bool(batch and batch.pk) and request.user.has_perm("receivables.delete_journalbatch"),
    }
    status = refusal.status if refusal else 200
    return render(request, "receivables/journal/batch.html", context, status=status)
