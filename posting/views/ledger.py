"""The general ledger: trial balance, account cards, posting runs."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from erp.kernel.money import ZERO
from erp.kernel.views import may, refusal_of
from posting import selectors
from posting.forms import PeriodForm
from posting.models import GLAccount, Seal
from posting.selectors import Position

LIMIT = 100


@may("posting.view_glaccount", "posting.view_glentry")
def trial_balance_page(request: HttpRequest) -> HttpResponse:
    """The chart of accounts with opening, movement and closing."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "rows": [], "refusal": refusal_of(form)}
        return render(request, "posting/trial_balance.html", context, status=422)
    asked = form.cleaned_data
    rows = selectors.trial_balance(start=asked["start"], on=asked["on"], only_with_amounts=not asked["all"])
    accounts = [row for row in rows if row.is_account]
    context = {
        "form": form,
        "rows": rows,
        "start": asked["start"],
        "on": asked["on"],
        "opening": sum((row.opening for row in accounts), ZERO),
        "debit": sum((row.debit for row in accounts), ZERO),
        "credit": sum((row.credit for row in accounts), ZERO),
        "closing": sum((row.closing for row in accounts), ZERO),
    }
    return render(request, "posting/trial_balance.html", context)


@may("posting.view_glaccount", "posting.view_glentry")
def account_page(request: HttpRequest, number: str) -> HttpResponse:
    """The entries of an account with the running balance, oldest first."""
    account = get_object_or_404(GLAccount, number=number)
    form = PeriodForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"start": None, "on": None}
    card = selectors.account_card(
        number,
        start=asked.get("start"),
        on=asked.get("on"),
        after=_position(request.GET.get("after", "")),
        limit=LIMIT,
    )
    context = {
        "account": account,
        "form": form,
        "card": card,
        "after": _as_text(card.next) if card.next else "",
        "debit": sum((line.debit for line in card.lines), ZERO),
        "credit": sum((line.credit for line in card.lines), ZERO),
        "refusal": None if form.is_valid() else refusal_of(form),
    }
    return render(request, "posting/account.html", context, status=200 if form.is_valid() else 422)


def _as_text(position: Position) -> str:
    return f"{position.posting_date:%Y-%m-%d}.{int(position.closing)}.{position.entry_no}"


def _position(text: str) -> Position | None:
    try:
        day, closing, entry_no = text.split(".")
        return Position(date.fromisoformat(day), closing == "1", int(entry_no))
    except ValueError:
        return None


@may("posting.view_register", "posting.view_glentry", "posting.view_vatentry")
def register_page(request: HttpRequest, register_no: int) -> HttpResponse:
    """What one run wrote in the general ledger and the VAT entries."""
    register = selectors.registers().filter(pk=register_no).first()
    if register is None:
        raise Http404
    entries = selectors.entries_of_register(register_no)
    context = {
        "register": register,
        "gl": entries.gl,
        "vat": entries.vat,
        "debit": sum((row.debit for row in entries.gl), ZERO),
        "credit": sum((row.credit for row in entries.gl), ZERO),
        "documents": list(dict.fromkeys(row.document_no for row in entries.gl)),
        "seal": Seal.objects.filter(pk=register_no).first(),
    }
    return render(request, "posting/register.html", context)
