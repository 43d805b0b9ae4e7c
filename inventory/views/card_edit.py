"""An item's card is changed here, and a new one is made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from inventory.card_form import COST, CardForm, NewItemForm
from inventory.models import Item
from inventory.routines.change_item import change_item
from inventory.routines.create_item import create_item


@may("inventory.view_item", "inventory.change_item")
def item_edit(request: HttpRequest, number: str) -> HttpResponse:
    """The whole card, in sections; costs for who may see them."""
    item = get_object_or_404(Item, number=number)
    closed = frozenset() if request.user.has_perm("inventory.view_valueentry") else COST
    if request.method != "POST":
        return _show(request, item, CardForm(instance=item, closed=closed))
    form = CardForm(request.POST, instance=item, closed=closed)
    is_valid = form.is_valid()
    stored = Item.objects.get(pk=item.pk)
    if not is_valid:
        return _show(request, stored, form, refusal_of(form))
    if request.POST.get("version", "") != stored.modified_at.isoformat():
        message = _(
            "{item} was changed by somebody else in the meantime. What you typed is still here: check it, and save it"
            " once more to write over what they did."
        )
        return _show(request, stored, form, refusal_of([Problem("E-CHANGED", message.format(item=stored))]))
    try:
        if changes := form.changes():
            change_item(stored, by=request.user, **changes)
    except ErpError as error:
        return _show(request, stored, form, refusal_of(error))
    messages.success(request, _("{item} is saved.").format(item=stored.number))
    return redirect("inventory:item", stored.number)


def _show(request: HttpRequest, item: Item, form: CardForm, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "item": item,
        "form": form,
        "sections": list(form.sections()),
        "version": item.modified_at.isoformat(),
        "refusal": refusal,
    }
    return render(request, "inventory/item/edit.html", context, status=refusal.status if refusal else 200)


@may("inventory.view_item", "inventory.add_item")
def item_new(request: HttpRequest) -> HttpResponse:
    """A few facts; the rest of the card can be filled in afterwards."""
    form = NewItemForm(request.POST or None)
    if request.method != "POST":
        return _show_new(request, form)
    if not form.is_valid():
        return _show_new(request, form, refusal_of(form))
    number = form.cleaned_data["number"]

    def work() -> str:
        return create_item(on=work_date(request), by=request.user, number=number, **form.given()).number

    what = {"number": number, "given": {name: str(value) for name, value in form.given().items()}}
    try:
        made = post_once(request, operation="inventory.create_item", work=work, **what)
    except ErpError as error:
        return _show_new(request, form, refusal_of(error))
    messages.success(request, _("Item {number} is made.").format(number=made))
    return redirect("inventory:item", made)


def _show_new(request: HttpRequest, form: NewItemForm, refusal: Refusal | None = None) -> HttpResponse:
    context = {"form": form, "refusal": refusal, "idempotency_key": new_key()}
    return render(request, "inventory/item/new.html", context, status=refusal.status if refusal else 200)
