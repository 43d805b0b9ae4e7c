"""The list of customers, with what they owe for those who may know."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.models.customer import FOUND_BY
from erp.kernel.listing import BulkAction, Column, Facts, Kind, Link, Listing, View, mark_favourite
from erp.kernel.listing.tokens import FAVOURITES, favourites
from erp.kernel.money import ZERO
from erp.kernel.search import match
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from receivables import selectors as receivables

MONEY = "receivables.view_customerbalance"
MINE = FAVOURITES["mycustomers"]


@may("customers.view_customer")
def customer_list(request: HttpRequest) -> HttpResponseBase:
    """Customers by number, with what they owe."""
    return show_list(request, CUSTOMERS)


def _find(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    exact = rows.filter(number__in=list(dict.fromkeys((text, text.upper()))))
    if exact.exists():
        return exact
    words = match(text, *FOUND_BY)
    found = Q(words) if words is not None else Q(pk__in=[])
    return rows.filter(found)


def _fill(customers: Sequence[Customer], facts: Facts, names: frozenset[str]) -> None:
    keys = [customer.pk for customer in customers]
    balances = receivables.balances(keys, facts.work_date) if "balance" in names else {}
    overdue = receivables.overdue(keys, facts.work_date) if "overdue" in names else {}
    for customer in customers:
        customer.balance = balances.get(customer.pk, ZERO)
        customer.overdue = overdue.get(customer.pk, ZERO)


def _mark(mine: bool):
    def mark(customer: Customer, *, user, at, on) -> str:
        mark_favourite(user, MINE, customer.number, mine=mine)
        return _("One of mine") if mine else _("No longer one of mine")

    return mark


def _mine(rows: QuerySet, facts: Facts) -> QuerySet:
    return rows.filter(number__in=favourites(facts.user, MINE))


CUSTOMERS = Listing(
    key="customers.customer",
    title=gettext_lazy("Customers"),
    rows=lambda facts: Customer.objects.select_related("salesperson", "payment_terms", "currency"),
    columns=[
        Column("number", gettext_lazy("No."), Kind.CODE, "number", indexed=True, phone=True),
        Column("name", gettext_lazy("Name"), expression="name", phone=True, stretch=True),
        Column("city", gettext_lazy("City"), expression="city"),
        Column("post_code", gettext_lazy("Post code"), Kind.CODE, "post_code", shown=False),
        Column("country", gettext_lazy("Country"), Kind.CODE, "country_code"),
        Column("phone", gettext_lazy("Phone no."), Kind.CODE, "phone_no"),
        Column("email", gettext_lazy("E-mail"), expression="email", shown=False),
        Column("contact", gettext_lazy("Contact"), expression="contact", shown=False),
        Column("vat_no", gettext_lazy("VAT registration no."), Kind.CODE, "vat_registration_no", shown=False),
        Column(
            "salesperson",
            gettext_lazy("Salesperson"),
            Kind.CODE,
            "salesperson__code",
            shown=False,
            token="salesperson",
        ),
        Column("terms", gettext_lazy("Payment terms"), Kind.CODE, "payment_terms__code", shown=False),
        Column("currency", gettext_lazy("Currency"), Kind.CODE, "currency__code", shown=False),
        Column(
            "price_group", gettext_lazy("Customer price group"), Kind.CODE, "price_group_code", shown=False
        ),
        Column("location", gettext_lazy("Location"), Kind.CODE, "location_code", shown=False),
        Column(
            "blocked",
            gettext_lazy("Blocked"),
            Kind.CHOICE,
            "blocked",
            status=lambda customer: "blocked" if customer.blocked else "",
        ),
        Column(
            "balance",
            gettext_lazy("Balance"),
            Kind.AMOUNT,
            lambda facts: receivables.balance_expression(),
            value=lambda customer: customer.balance,
            fills="balance",
            total=True,
            permission=MONEY,
            phone=True,
        ),
        Column(
            "overdue",
            gettext_lazy("Overdue"),
            Kind.AMOUNT,
            lambda facts: receivables.overdue_expression(facts.work_date),
            value=lambda customer: customer.overdue,
            fills="overdue",
            total=True,
            permission=MONEY,
            blank_zero=True,
            status=lambda customer: "overdue" if customer.overdue > 0 else "",
        ),
        Column(
            "credit_limit",
            gettext_lazy("Credit limit"),
            Kind.AMOUNT,
            "credit_limit",
            permission=MONEY,
            blank_zero=True,
        ),
    ],
    views=[
        View("all", gettext_lazy("All")),
        View("mine", gettext_lazy("Mine"), _mine),
        View("blocked", gettext_lazy("Blocked"), lambda rows, facts: rows.exclude(blocked="")),
    ],
    search=_find,
    search_hint=gettext_lazy("Number, name, city"),
    default_sort=("number",),
    newest_first=False,
    row_key=lambda customer: customer.number,
    find=lambda rows, keys: rows.filter(number__in=list(keys)),
    row_url=lambda customer: reverse("sales:customer", args=[customer.number]),
    fill=_fill,
    links=[
        Link(
            gettext_lazy("New"),
            lambda facts: reverse("sales:customer-new"),
            ("customers.add_customer",),
            primary=True,
            key="Alt+N",
        )
    ],
    actions=[
        BulkAction("mine", gettext_lazy("Mark as mine"), _mark(True)),
        BulkAction("not-mine", gettext_lazy("No longer mine"), _mark(False)),
    ],
    empty=gettext_lazy("Your customers will be listed here."),
)
