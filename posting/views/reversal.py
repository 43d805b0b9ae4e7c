"""Undoing what a journal posted: a register at once, or one of its transactions; shown first, then written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.errors import ErpError
from erp.kernel.money import ZERO
from erp.kernel.views import may, new_key, post_once, refusal_of
from posting import selectors
from posting.models import GLAccount
from posting.routines.reverse import preview_reversal, reverse_register, reverse_transaction
from posting.values import Transaction, debit_and_credit


class ReversalForm(forms.Form):
    """What the new entries are called."""

    description = forms.CharField(label=gettext_lazy("Description"), max_length=100, required=False)


@dataclass(frozen=True)
class Mirrored:
    """A G/L entry that the reversal would write."""

    posting_date: date
    document_no: str
    account_no: str
    account_name: str
    description: str
    debit: Decimal
    credit: Decimal


@may("posting.view_register", "posting.view_glentry", "posting.reverse_entries")
def register_reverse(request: HttpRequest, register_no: int) -> HttpResponse:
    """What reversing would write, and the button that does it; `transaction` asks for one transaction alone."""
    register = selectors.registers().filter(pk=register_no).first()
    posted = selectors.posted_transactions(register_no=register_no) if register else []
    if not posted:
        raise Http404
    numbers = list(dict.fromkeys(each.gl[0].transaction_no for each in posted))
    asked = (request.POST if request.method == "POST" else request.GET).get("transaction", "")
    chosen = int(asked) if asked.isdecimal() and int(asked) in numbers else None
    form = ReversalForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST":
        if form.is_valid():
            try:
                return _reverse(request, register_no, chosen, form.cleaned_data["description"])
            except ErpError as error:
                refusal = refusal_of(error)
        else:
            refusal = refusal_of(form)
    what = {"transaction_no": chosen} if chosen else {"register_no": register_no}
    plan = preview_reversal(by=request.user, **what)
    rows = mirrored(plan.transactions)
    context = {
        "register": register,
        "numbers": numbers,
        "chosen": chosen,
        "form": form,
        "gl": rows,
        "debit": sum((row.debit for row in rows), ZERO),
        "credit": sum((row.credit for row in rows), ZERO),
        "refusal": refusal,
        "obstacles": plan.problems if refusal is None else (),
        "may_reverse": not plan.problems,
        "documents": list(dict.fromkeys(each.gl[0].document_no for each in posted)),
        "idempotency_key": new_key(),
    }
    return render(request, "posting/reverse.html", context, status=refusal.status if refusal else 200)


def _reverse(
    request: HttpRequest, register_no: int, transaction_no: int | None, description: str
) -> HttpResponse:
    given = {"by": request.user, "at": timezone.now(), "description": description}

    def work() -> int:
        if transaction_no is not None:
            return reverse_transaction(transaction_no, **given).register_no
        return reverse_register(register_no, **given).register_no

    done = post_once(
        request,
        operation="posting.reverse",
        work=work,
        register=register_no,
        transaction=transaction_no,
        description=description,
    )
    said = _("Reversed: register {register} undoes it.").format(register=done)
    messages.success(request, said)
    return redirect("posting:register", done)


def mirrored(transactions: list[Transaction]) -> list[Mirrored]:
    """The G/L entries of planned transactions. One query, for the names of accounts."""
    ids = {line.account_id for each in transactions for line in each.lines}
    accounts = {row.pk: row for row in GLAccount.objects.filter(pk__in=ids).only("pk", "number", "name")}
    rows = []
    for facts, lines, _continues in transactions:
        for line in lines:
            account = accounts[line.account_id]
            debit, credit = debit_and_credit(line.amount, correction=line.correction)
            text = line.description or facts.description
            rows.append(
                Mirrored(
                    facts.posting_date, facts.document_no, account.number, account.name, text, debit, credit
                )
            )
    return rows
