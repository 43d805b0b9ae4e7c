"""Price lists, and the prices and discounts that stand on them."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from erp.kernel.listing import Column, Facts, Kind, Link, Listing, View, link, quoted
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from sales.models import PriceList, PriceListLine


@may("sales.view_pricelist")
def price_lists(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, PRICE_LISTS)


@may("sales.view_pricelist", "sales.view_pricelistline")
def price_list(request: HttpRequest) -> HttpResponseBase:
    """Every price and discount, those in force first of all."""
    return show_list(request, PRICES)


def _prices_of(price_list: PriceList) -> str:
    return f"{reverse('sales:prices')}{link(view='all', filters={'list': quoted(price_list.code)})}"


PRICE_LISTS = Listing(
    key="sales.price-lists",
    title=gettext_lazy("Price lists"),
    rows=lambda facts: PriceList.objects.all(),
    columns=[
        Column("code", gettext_lazy("Code"), Kind.CODE, "code", indexed=True, phone=True),
        Column(
            "description", gettext_lazy("Description"), expression="description", phone=True, stretch=True
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            Kind.CHOICE,
            "status",
            phone=True,
            status=lambda row: "good" if row.status == PriceList.Status.ACTIVE else "plain",
        ),
    ],
    default_sort=("code",),
    newest_first=False,
    search=lambda rows, text, facts: rows.filter(Q(code__icontains=text) | Q(description__icontains=text)),
    search_hint=gettext_lazy("Code, description"),
    row_url=_prices_of,
    links=[
        Link(
            gettext_lazy("New"),
            lambda facts: reverse("admin:sales_pricelist_add"),
            ("sales.add_pricelist",),
            staff=True,
            primary=True,
            key="Alt+N",
        ),
        Link(
            gettext_lazy("All prices"), lambda facts: reverse("sales:prices"), ("sales.view_pricelistline",)
        ),
    ],
    empty=gettext_lazy("Price lists for customers, groups and campaigns will be listed here."),
)


def _in_force(rows: QuerySet, facts: Facts) -> QuerySet:
    on = facts.work_date
    begun = Q(starting_date=None) | Q(starting_date__lte=on)
    not_over = Q(ending_date=None) | Q(ending_date__gte=on)
    return rows.filter(begun, not_over, price_list__status=PriceList.Status.ACTIVE)


PRICES = Listing(
    key="sales.prices",
    title=gettext_lazy("Prices"),
    rows=lambda facts: PriceListLine.objects.select_related("price_list"),
    columns=[
        Column("product", gettext_lazy("Product no."), Kind.CODE, "asset_no", phone=True),
        Column("product_type", gettext_lazy("Product type"), Kind.CHOICE, "asset_type"),
        Column("variant", gettext_lazy("Variant"), Kind.CODE, "variant_code", shown=False),
        Column("for", gettext_lazy("Assign-to type"), Kind.CHOICE, "source_type", stretch=True),
        Column("for_no", gettext_lazy("Assign-to no."), Kind.CODE, "source_no", phone=True),
        Column("list", gettext_lazy("Price list"), Kind.CODE, "price_list__code"),
        Column("list_status", gettext_lazy("Status"), Kind.CHOICE, "price_list__status"),
        Column("from", gettext_lazy("Starting date"), Kind.DAY, "starting_date"),
        Column("to", gettext_lazy("Ending date"), Kind.DAY, "ending_date"),
        Column(
            "minimum", gettext_lazy("Minimum quantity"), Kind.QUANTITY, "minimum_quantity", blank_zero=True
        ),
        Column("unit", gettext_lazy("Unit"), Kind.CODE, "unit_code"),
        Column("currency", gettext_lazy("Currency"), Kind.CODE, "currency_code"),
        Column("price", gettext_lazy("Unit price"), Kind.PRICE, "unit_price", blank_zero=True, phone=True),
        Column(
            "discount",
            gettext_lazy("Line discount %"),
            Kind.PERCENT,
            "line_discount_percent",
            blank_zero=True,
            phone=True,
        ),
        Column(
            "with_vat", gettext_lazy("Price includes VAT"), Kind.YES_NO, "price_includes_vat", shown=False
        ),
    ],
    views=[
        View("now", gettext_lazy("In force"), _in_force),
        View("all", gettext_lazy("All")),
    ],
    default_sort=("product",),
    newest_first=False,
    search=lambda rows, text, facts: rows.filter(
        Q(asset_no__istartswith=text) | Q(source_no__istartswith=text) | Q(price_list__code__iexact=text)
    ),
    search_hint=gettext_lazy("Product, customer, list"),
    links=[
        Link(
            gettext_lazy("Price lists"), lambda facts: reverse("sales:price-lists"), ("sales.view_pricelist",)
        )
    ],
    empty=gettext_lazy("Prices and discounts of price lists will be listed here."),
)
