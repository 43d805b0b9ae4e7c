"""Item journals: write, see what is wrong and what is in stock, preview, post."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from erp.kernel.errors import ErpError
from erp.kernel.money import ZERO
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from erp.kernel.views.grid import choose_columns, save
from erp.kernel.views.json import problems_json, read_json
from inventory.forms import ItemBatchForm, ItemJournalLineForm, NewItemJournalLineForm, stored_item_value
from inventory.journals import (
    item_batch_named,
    item_batches,
    item_lines_of,
    item_totals,
    items_by_number,
    on_hand,
)
from inventory.models import EntryType, Item, ItemJournalBatch, ItemJournalLine
from inventory.routines.post_item_journal_batch import (
    ItemBatchPlan,
    check_item_batch,
    post_item_journal_batch,
    preview_item_journal_batch,
)
from inventory.routines.write_item_journal import (
    change_item_line,
    delete_item_batch,
    draft_item_batch,
    draft_item_line,
    remove_item_line,
)
from inventory.views.journal_sheet import PREFERENCE, ItemJournalSheet, columns_of, grid_of
from posting.models import GLAccount
from posting.values import debit_and_credit

VIEW = "inventory.view_itemjournalline"
CHANGE = "inventory.change_itemjournalline"
POST = "inventory.post_item_journal"


@require_GET
@may(VIEW)
def journal_page(request: HttpRequest, name: str = "") -> HttpResponse:
    """An item journal; without a name the first one."""
    return _show(request, _batch(name) if name else item_batches()[0])


@require_POST
@may(VIEW, CHANGE)
def journal_save(request: HttpRequest, name: str) -> JsonResponse:
    """What was typed into the grid; answers with the rows, and the parts of the page that follow from them."""
    try:
        sent = read_json(request)
        sheet = ItemJournalSheet(_batch(name), request)
        _check_rights(request, sent)
        rows = save(sheet, sent, user=request.user, operation="inventory.journal_lines", batch=name)
    except ErpError as error:
        return problems_json(error)
    facts = _facts(request, sheet.batch)
    names = {"journal-balance": "_balance", "journal-problems": "_problems"}
    parts = {
        part: render_to_string(f"inventory/journal/{template}.html", facts, request)
        for part, template in names.items()
    }
    return JsonResponse({"rows": rows, "parts": parts})


@require_POST
@may(VIEW)
def journal_columns(request: HttpRequest, name: str) -> HttpResponse:
    """The columns that a user wants to see in item journals, and where Enter stops."""
    shown, quick = request.POST.getlist("shown"), request.POST.getlist("quick")
    if "reset" in request.POST:
        shown = quick = []
    choose_columns(request.user, PREFERENCE, columns_of(sees_cost=True), shown=shown, quick=quick)
    return redirect("inventory:journal", _batch(name).name)


@require_POST
@may(VIEW, "inventory.add_itemjournalline")
def line_new(request: HttpRequest, name: str) -> HttpResponse:
    """A new line at the end, begun with what was typed."""
    batch = _batch(name)
    form = NewItemJournalLineForm(request.POST)
    if not form.is_valid():
        return _show(request, batch, new_form=form, refusal=refusal_of(form))
    typed = {
        key: stored_item_value(key, value)
        for key, value in form.cleaned_data.items()
        if value not in (None, "")
    }
    try:
        line = draft_item_line(batch, on=work_date(request), typed=typed)
    except ErpError as error:
        return _show(request, batch, new_form=form, refusal=refusal_of(error))
    return redirect(_address(line.batch, f"#line-{line.line_no}"))


@may(VIEW)
def line_page(request: HttpRequest, name: str, line_no: int) -> HttpResponse:
    """Every field of one line, to read and to change."""
    batch, line = _line(name, line_no)
    values = {key: getattr(line, key) for key in ItemJournalLineForm.base_fields}
    if request.method != "POST":
        return _show_line(request, batch, line, ItemJournalLineForm(initial=values))
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = ItemJournalLineForm(request.POST, initial=values)
    if not form.is_valid():
        return _show_line(request, batch, line, form, refusal=refusal_of(form))
    try:
        change_item_line(batch, line_no, typed=form.changes())
    except ErpError as error:
        return _show_line(request, batch, line, form, refusal=refusal_of(error))
    return redirect(_address(batch, f"#line-{line_no}"))


@require_POST
@may(VIEW, "inventory.delete_itemjournalline")
def line_remove(request: HttpRequest, name: str, line_no: int) -> HttpResponse:
    batch, _found = _line(name, line_no)
    try:
        remove_item_line(batch, line_no)
    except ErpError as error:
        return _show(request, batch, refusal=refusal_of(error))
    return redirect(_address(batch))


@require_GET
@may(VIEW)
def journal_preview(request: HttpRequest, name: str) -> HttpResponse:
    """What posting would write, or everything that stands against it."""
    batch = _batch(name)
    try:
        plan = preview_item_journal_batch(batch, item_lines_of(batch), by=request.user)
    except ErpError as error:
        return _show(request, batch, refusal=refusal_of(error))
    if plan.problems:
        return _show(request, batch, refusal=refusal_of(plan.problems))
    context = {
        "batch": batch,
        "title": _("Item journal"),
        "planned": planned_items(plan),
        "may_post": request.user.has_perm(POST),
        "idempotency_key": new_key(),
    }
    return render(request, "inventory/journal/preview.html", context)


@require_POST
@may(VIEW, POST)
def journal_post(request: HttpRequest, name: str) -> HttpResponse:
    """Post all lines; sent twice, they are posted once."""
    batch = _batch(name)

    def work() -> dict:
        posted = post_item_journal_batch(batch, by=request.user, at=timezone.now())
        return {"register_no": posted.register_no, "lines": posted.lines}

    try:
        done = post_once(request, operation="inventory.journal", work=work, batch=name)
    except ErpError as error:
        return _show(request, batch, refusal=refusal_of(error))
    said = ngettext(
        "Posted: {count} line, register {register}.",
        "Posted: {count} lines, register {register}.",
        done["lines"],
    )
    messages.success(request, said.format(count=done["lines"], register=done["register_no"]))
    return redirect(_address(batch))


@may(VIEW, "inventory.add_itemjournalbatch")
def batch_new(request: HttpRequest) -> HttpResponse:
    """One more item journal, with numbers and a location of its own."""
    initial = {"number_series": item_batches()[0].number_series}
    form = ItemBatchForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return _show_batch(request, form)
    if not form.is_valid():
        return _show_batch(request, form, refusal=refusal_of(form))
    try:
        batch = draft_item_batch(**form.cleaned_data)
    except ErpError as error:
        return _show_batch(request, form, refusal=refusal_of(error))
    return redirect(_address(batch))


@may(VIEW, "inventory.change_itemjournalbatch")
def batch_edit(request: HttpRequest, name: str) -> HttpResponse:
    """Numbers and location of an item journal; an empty one may be deleted."""
    batch = _batch(name)
    form = ItemBatchForm(request.POST or None, instance=batch)
    form.fields.pop("name", None)
    if request.method != "POST":
        return _show_batch(request, form, batch=batch)
    if request.POST.get("do") == "delete":
        if not request.user.has_perm("inventory.delete_itemjournalbatch"):
            raise PermissionDenied
        try:
            delete_item_batch(batch)
        except ErpError as error:
            form = ItemBatchForm(instance=_batch(name))
            return _show_batch(request, form, batch=batch, refusal=refusal_of(error))
        return redirect("inventory:journals")
    if not form.is_valid():
        return _show_batch(request, form, batch=batch, refusal=refusal_of(form))
    form.save()
    return redirect(_address(batch))


@dataclass(frozen=True)
class PlannedGL:
    posting_date: date
    account_no: str
    account_name: str
    description: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class PlannedItem:
    item_no: str
    description: str
    location_code: str
    variant_code: str
    quantity: Decimal
    invoiced_quantity: Decimal
    cost_actual: Decimal
    cost_expected: Decimal
    sales: Decimal


@dataclass
class Planned:
    """What posting would write, as `components/_planned_entries.html` shows it."""

    gl: list[PlannedGL] = field(default_factory=list)
    items: list[PlannedItem] = field(default_factory=list)
    debit: Decimal = ZERO
    credit: Decimal = ZERO


def planned_items(batch_plan: ItemBatchPlan) -> Planned:
    """The entries of a plan. Two queries, for the names of items and accounts."""
    plan = batch_plan.plan
    planned = Planned()
    moved = {value.entry.item_id for value in plan.values}
    items = {row.pk: row for row in Item.objects.filter(pk__in=moved).only("pk", "number", "description")}
    for value in plan.values:
        item = items[value.entry.item_id]
        planned.items.append(
            PlannedItem(
                item.number,
                item.description,
                value.entry.location,
                value.entry.variant,
                value.item_entry_quantity,
                value.invoiced_quantity,
                value.actual,
                value.expected,
                value.sales_actual + value.sales_expected,
            )
        )
    transactions = [*batch_plan.transactions, *plan.adjustments]
    ids = {line.account_id for each in transactions for line in each.lines}
    accounts = {row.pk: row for row in GLAccount.objects.filter(pk__in=ids).only("pk", "number", "name")}
    for facts, lines, _continues in transactions:
        for line in lines:
            account = accounts[line.account_id]
            debit, credit = debit_and_credit(line.amount, correction=line.correction)
            text = line.description or facts.description
            planned.gl.append(
                PlannedGL(facts.posting_date, account.number, account.name, text, debit, credit)
            )
            planned.debit += debit
            planned.credit += credit
    return planned


def _batch(name: str) -> ItemJournalBatch:
    batch = item_batch_named(name)
    if batch is None:
        raise Http404
    return batch


def _line(name: str, line_no: int) -> tuple[ItemJournalBatch, ItemJournalLine]:
    batch = _batch(name)
    line = batch.lines.filter(line_no=line_no).first() if batch.pk else None
    if line is None:
        raise Http404
    return batch, line


def _address(batch: ItemJournalBatch, place: str = "") -> str:
    return reverse("inventory:journal", args=[batch.name]) + place


def _check_rights(request: HttpRequest, sent: Mapping[str, Any]) -> None:
    """Adding and removing rows are rights of their own."""
    rows = sent.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        removes, adds = row.get("remove"), str(row.get("row", "")).startswith("new-")
        if removes and not request.user.has_perm("inventory.delete_itemjournalline"):
            raise PermissionDenied
        if adds and not request.user.has_perm("inventory.add_itemjournalline"):
            raise PermissionDenied


def _facts(request: HttpRequest, batch: ItemJournalBatch) -> dict[str, Any]:
    """What stands around the grid and follows from its lines."""
    lines = item_lines_of(batch)
    return {
        "batch": batch,
        "totals": item_totals(lines, items_by_number([line.item_no for line in lines])),
        "problems": check_item_batch(batch, lines, by=request.user) if lines else [],
        "sees_cost": request.user.has_perm("inventory.view_valueentry"),
    }


def _show(
    request: HttpRequest,
    batch: ItemJournalBatch,
    *,
    refusal: Refusal | None = None,
    new_form: NewItemJournalLineForm | None = None,
) -> HttpResponse:
    context = {
        **_facts(request, batch),
        "title": _("Item journal"),
        "batches": item_batches(),
        "grid": grid_of(ItemJournalSheet(batch, request), request),
        "new_form": new_form
        or NewItemJournalLineForm(auto_id="new-%s", initial={"entry_type": _last_type(batch)}),
        "refusal": refusal,
        "may_post": request.user.has_perm(POST),
        "idempotency_key": new_key(),
    }
    status = refusal.status if refusal else 200
    return render(request, "inventory/journal/page.html", context, status=status)


def _last_type(batch: ItemJournalBatch) -> str:
    """A new line is of the type of the last one."""
    lines = item_lines_of(batch)
    return lines[-1].entry_type if lines else EntryType.POSITIVE_ADJUSTMENT


def _show_line(
    request: HttpRequest,
    batch: ItemJournalBatch,
    line: ItemJournalLine,
    form: ItemJournalLineForm,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "batch": batch,
        "line": line,
        "form": form,
        "title": _("Item journal"),
        "refusal": refusal,
        "problems": check_item_batch(batch, [line], by=request.user),
        "in_stock": on_hand([line]).get(line.line_no)
        if request.user.has_perm("inventory.view_stock")
        else None,
    }
    status = refusal.status if refusal else 200
    return render(request, "inventory/journal/line.html", context, status=status)


def _show_batch(
    request: HttpRequest,
    form: ItemBatchForm,
    *,
    batch: ItemJournalBatch | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "title": _("Item journal"),
        "form": form,
        "batch": batch,
        "refusal": refusal,
        "may_delete": bool(batch and batch.pk) and request.user.has_perm("inventory.delete_itemjournalbatch"),
    }
    status = refusal.status if refusal else 200
    return render(request, "inventory/journal/batch.html", context, status=status)
