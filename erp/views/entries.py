"""From paper to ledger and back: everything that carries one document number."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from erp.kernel.money import ZERO
from inventory.selectors import entries_for as item_entries
from inventory.selectors import resource_entries_for
from posting.selectors import entries_for as gl_entries
from receivables.selectors import entries_for as customer_entries
from sales.views.posted import KINDS


@login_required
def entries(request: HttpRequest, document_no: str) -> HttpResponse:
    """The ledgers of all rooms, as far as this user may see them, and the papers of the same number."""
    user = request.user
    context = {
        "document_no": document_no,
        "papers": [
            (kind, about.name)
            for kind, about in KINDS.items()
            if user.has_perm(about.permission) and about.model.objects.filter(number=document_no).exists()
        ],
    }
    if user.has_perms(["posting.view_glentry", "posting.view_vatentry"]):
        found = gl_entries(document_no)
        context |= {
            "gl": found.gl,
            "vat": found.vat,
            "debit": sum((row.debit for row in found.gl), ZERO),
            "credit": sum((row.credit for row in found.gl), ZERO),
        }
    if user.has_perm("receivables.view_customerledgerentry"):
        money = customer_entries(document_no)
        context |= {"customer": money.customer, "details": money.details}
        if user.has_perm("receivables.view_bankledgerentry"):
            context["bank"] = money.bank
    if user.has_perm("inventory.view_itemledgerentry"):
        goods = item_entries(document_no)
        context["items"] = goods.items
        if user.has_perm("inventory.view_valueentry"):
            context["values"] = goods.values
    if user.has_perm("inventory.view_resourceledgerentry"):
        context["resources"] = resource_entries_for(document_no)
    ledgers = ("gl", "vat", "customer", "details", "bank", "items", "values", "resources")
    context["is_empty"] = not any(context.get(name) for name in ledgers)
    return render(request, "entries.html", context)
