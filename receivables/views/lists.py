"""The customer ledger as a list: what is open, and everything."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from erp.kernel.listing import Asked, Column, Facts, Kind, Link, Listing, View, quoted
from erp.kernel.listing.address import read
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from receivables import selectors


@may("receivables.view_customerledgerentry")
def entry_list(request: HttpRequest) -> HttpResponseBase:
    """Customer ledger entries, the latest first: the open ones, or all; ?customer=C1 those of one customer."""
    number = request.GET.get("customer", "").replace("\0", "")
    if number:
        customer = get_object_or_404(Customer, number=number)
        asked: Asked = read(request.GET.items())
        filters = dict(asked.filters) | {"customer": quoted(customer.number)}
        return redirect(f"{request.path}{asked.with_(filters=filters).query}")
    return show_list(request, ENTRIES)


def _search(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    exact = rows.filter(document_no__in=list(dict.fromkeys((text, text.upper()))))
    if exact.exists():
        return exact
    numbers = Customer.objects.filter(number__iexact=text).values_list("pk", flat=True)
    found = Q(document_no__istartswith=text) | Q(external_document_no__istartswith=text)
    return rows.filter(found | Q(customer_name__icontains=text) | Q(customer_id__in=list(numbers)))


def _is_late(entry) -> bool:
    return entry.remaining > 0 and entry.is_late


def _fill(entries, facts: Facts, names: frozenset[str]) -> None:
    for entry in entries:
        entry.is_late = entry.shown_due_date < facts.work_date


ENTRIES = Listing(
    key="receivables.entry",
    title=_("Customer ledger"),
    rows=lambda facts: selectors.ledger(),
    columns=[
        Column("document", _("Document"), Kind.CODE, "document_no", indexed=True, phone=True),
        Column("type", _("Document type"), Kind.CHOICE, "document_type"),
        Column("entry", _("Entry"), Kind.NUMBER, "entry_no", indexed=True, shown=False),
        Column("customer", _("Customer No."), Kind.CODE, "customer__number"),
        Column(
            "name",
            _("Customer"),
            expression="customer_name",
            phone=True,
            stretch=True,
            url=lambda entry: reverse("sales:customer", args=[entry.customer.number]),
        ),
        Column("posting_date", _("Posting date"), Kind.DAY, "posting_date"),
        Column("document_date", _("Document date"), Kind.DAY, "document_date", shown=False),
        Column(
            "due",
            _("Due"),
            Kind.DAY,
            "shown_due_date",
            phone=True,
            fills="late",
            status=lambda entry: "overdue" if _is_late(entry) else "",
        ),
        Column("external", _("External no."), Kind.CODE, "external_document_no", shown=False),
        Column("description", _("Description"), expression="description", shown=False),
        Column(
            "salesperson", _("Salesperson"), Kind.CODE, "salesperson_code", shown=False, token="salesperson"
        ),
        Column("on_hold", _("On hold"), Kind.CODE, "shown_hold", shown=False),
        Column("currency", _("Currency"), Kind.CODE, "currency_code", shown=False),
        Column("amount", _("Amount"), Kind.AMOUNT, "amount", prefix=lambda entry: entry.currency_code),
        Column(
            "remaining",
            _("Remaining"),
            Kind.AMOUNT,
            "remaining",
            phone=True,
            blank_zero=True,
            prefix=lambda entry: entry.currency_code if entry.remaining else "",
        ),
        Column("amount_lcy", _("Amount (LCY)"), Kind.AMOUNT, "amount_lcy", total=True, shown=False),
        Column(
            "remaining_lcy", _("Remaining (LCY)"), Kind.AMOUNT, "remaining_lcy", total=True, blank_zero=True
        ),
        Column("posted_by", _("Posted by"), Kind.CODE, "created_by", shown=False, token="user"),
    ],
    views=[
        View("open", _("Open"), lambda rows, facts: rows.filter(open_item__isnull=False)),
        View(
            "overdue",
            _("Overdue"),
            lambda rows, facts: rows.filter(
                open_item__due_date__lt=facts.work_date, open_item__remaining_amount__gt=0
            ),
        ),
        View("all", _("All")),
    ],
    search=_search,
    search_hint=_("Document, reference, customer"),
    row_url=lambda entry: reverse("receivables:entry", args=[entry.entry_no]),
    row_label=lambda entry: entry.document_no,
    fill=_fill,
    links=[
        Link(
            _("Receive payment"),
            lambda facts: reverse("receivables:payment-new"),
            ("receivables.post_payment",),
            primary=True,
        )
    ],
    empty=_("Posted invoices and payments will be listed here."),
)
