"""Customers as sales sees them: what they owe, what they ordered, what may be done next."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from customers.models import Customer
from customers.selectors import credit_situation
from erp.kernel.views import may, page_of
from receivables import selectors as receivables
from sales.models import SalesDocument, SalesInvoice

RECENT = 10


@may("customers.view_customer")
def customer_list(request: HttpRequest) -> HttpResponse:
    """Customers by number, with what they owe."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    customers = Customer.objects.all()
    if text:
        found = Q(number__istartswith=text) | Q(name__icontains=text) | Q(search_name__icontains=text)
        customers = customers.filter(found | Q(city__istartswith=text) | Q(vat_registration_no__iexact=text))
    page = page_of(customers, request, key="number", descending=False)
    context = {"page": page, "text": text, "sees_money": _sees_money(request)}
    if context["sees_money"]:
        today, keys = timezone.localdate(), [customer.pk for customer in page]
        balances, overdue = receivables.balances(keys, today), receivables.overdue(keys, today)
        for customer in page:
            customer.balance, customer.overdue = balances.get(customer.pk, 0), overdue.get(customer.pk, 0)
        context["balance"], context["overdue"] = sum(balances.values()), sum(overdue.values())
    return render(request, "sales/customer/list.html", context)


@may("customers.view_customer")
def customer_card(request: HttpRequest, number: str) -> HttpResponse:
    """One customer: facts, credit, open items, documents under way and the latest invoices."""
    cards = Customer.objects.select_related(
        "bill_to_customer",
        "payment_terms",
        "payment_method",
        "currency",
        "customer_posting_group",
        "gen_bus_posting_group",
        "vat_bus_posting_group",
        "salesperson",
        "shipment_method",
        "shipping_agent",
    )
    customer = get_object_or_404(cards, number=number)
    today, user = timezone.localdate(), request.user
    context = {"customer": customer, "today": today, "sees_money": _sees_money(request)}
    if context["sees_money"]:
        context["credit"] = credit_situation(customer, on=today)
        context["open_entries"] = receivables.open_entries(customer)
        context["balances"] = receivables.balances_by_currency(customer.pk)
    if user.has_perm("sales.view_salesdocument"):
        theirs = Q(customer=customer) | Q(bill_to_customer=customer)
        context["documents"] = SalesDocument.objects.filter(theirs).with_totals().order_by("-id")[:RECENT]
    if user.has_perm("sales.view_salesinvoice"):
        invoices = SalesInvoice.objects.filter(customer=customer)
        context["invoices"] = invoices.order_by("-posting_date", "-id")[:RECENT]
    return render(request, "sales/customer/page.html", context)


def _sees_money(request: HttpRequest) -> bool:
    return request.user.has_perms(["receivables.view_customerbalance", "receivables.view_openitem"])
