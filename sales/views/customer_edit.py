"""A customer's card is changed here, as far as one may; and a new one is made from a template."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.card_form import CardForm, NewCustomerForm
from customers.forms import ShipToForm
from customers.models import Customer, ShipToAddress
from customers.rights import closed_fields
from customers.routines.block import block_customer, block_for_privacy
from customers.routines.change import change_customer
from customers.routines.create import create_customer
from customers.routines.ship_to import delete_ship_to
from customers.selectors import same_vat_number
from erp.kernel.errors import ErpError, Problem
from erp.kernel.views import Refusal, may, new_key, post_once, refusal_of, work_date
from sales.views.customers import HIDDEN, MONEY

CHANGE = ("customers.view_customer", "customers.change_customer")


@may(*CHANGE)
def customer_edit(request: HttpRequest, number: str) -> HttpResponse:
    """The whole card, in sections."""
    customer = get_object_or_404(Customer.objects.select_related("bill_to_customer"), number=number)
    closed = closed_fields(request.user)
    hidden = () if request.user.has_perms(MONEY) else HIDDEN
    if request.method != "POST":
        return _show(request, customer, CardForm(instance=customer, closed=closed, hidden=hidden))
    form = CardForm(request.POST, instance=customer, closed=closed, hidden=hidden)
    is_valid = form.is_valid()
    stored = Customer.objects.get(pk=customer.pk)
    if not is_valid:
        return _show(request, stored, form, refusal_of(form))
    if request.POST.get("version", "") != stored.modified_at.isoformat():
        return _show(request, stored, form, refusal_of([_changed_meanwhile(stored)]))
    try:
        _keep(stored, form.changes())
    except ErpError as error:
        return _show(request, stored, form, refusal_of(error))
    for warning in same_vat_number(Customer.objects.get(pk=stored.pk)):
        messages.warning(request, warning.message)
    messages.success(request, _("{customer} is saved.").format(customer=stored.number))
    return redirect("sales:customer", stored.number)


@transaction.atomic
def _keep(customer: Customer, changes: dict[str, object]) -> None:
    blocked, private = changes.pop("blocked", None), changes.pop("privacy_blocked", None)
    if changes:
        change_customer(customer, **changes)
    if private is not None:
        block_for_privacy(customer, on=private)
    elif blocked is not None:
        block_customer(customer, blocked=blocked)


def _changed_meanwhile(customer: Customer) -> Problem:
    message = _(
        "{customer} was changed by somebody else in the meantime. What you typed is still here: check it, and save it"
        " once more to write over what they did."
    )
    return Problem("E-CHANGED", message.format(customer=customer))


def _show(
    request: HttpRequest, customer: Customer, form: CardForm, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "customer": customer,
        "form": form,
        "sections": list(form.sections()),
        "version": customer.modified_at.isoformat(),
        "refusal": refusal,
    }
    return render(request, "sales/customer/edit.html", context, status=refusal.status if refusal else 200)


@may("customers.view_customer", "customers.add_customer")
def customer_new(request: HttpRequest) -> HttpResponse:
    """A few facts and a template; the rest of the card can be filled in afterwards."""
    form = NewCustomerForm(request.POST or None)
    if request.method != "POST":
        return _show_new(request, form)
    if not form.is_valid():
        return _show_new(request, form, refusal_of(form))
    typed = form.cleaned_data
    template, number = typed["template"].code, typed["number"]

    def work() -> str:
        given = form.given()
        return create_customer(on=work_date(request), number=number, template=template, **given).number

    what = {"given": {**form.given(), "template": template, "number": number}}
    try:
        made = post_once(request, operation="customers.create", work=work, **what)
    except ErpError as error:
        return _show_new(request, form, refusal_of(error))
    customer = Customer.objects.get(number=made)
    for warning in same_vat_number(customer):
        messages.warning(request, warning.message)
    messages.success(request, _("Customer {customer} is made.").format(customer=customer))
    return redirect("sales:customer", made)


def _show_new(request: HttpRequest, form: NewCustomerForm, refusal: Refusal | None = None) -> HttpResponse:
    context = {"form": form, "refusal": refusal, "idempotency_key": new_key()}
    return render(request, "sales/customer/new.html", context, status=refusal.status if refusal else 200)


@may(*CHANGE)
def ship_to_edit(request: HttpRequest, number: str, code: str = "") -> HttpResponse:
    """One address of a customer; without a code a new one."""
    customer = get_object_or_404(Customer, number=number)
    address = get_object_or_404(ShipToAddress, customer=customer, code=code) if code else None
    right = "customers.change_shiptoaddress" if code else "customers.add_shiptoaddress"
    if not request.user.has_perm(right):
        raise PermissionDenied
    if request.method == "POST" and "remove" in request.POST and address:
        if not request.user.has_perm("customers.delete_shiptoaddress"):
            raise PermissionDenied
        delete_ship_to(address)
        messages.success(request, _("Address {code} is removed.").format(code=code))
        return redirect("sales:customer", number)
    form = ShipToForm(request.POST or None, instance=address or ShipToAddress(customer=customer))
    del form.fields["customer"]
    if code:
        del form.fields["code"]
    refusal = None
    if request.method == "POST":
        taken = not code and customer.ship_to_addresses.filter(code=request.POST.get("code", "")).exists()
        if taken:
            form.add_error("code", _("There is an address with this code already."))
        if form.is_valid():
            form.save()
            messages.success(request, _("Address {code} is saved.").format(code=form.instance.code))
            return redirect("sales:customer", number)
        refusal = refusal_of(form)
    context = {"customer": customer, "address": address, "form": form, "refusal": refusal}
    return render(request, "sales/customer/ship_to.html", context, status=refusal.status if refusal else 200)
