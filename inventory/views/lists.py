"""Items, resources, and the item ledger as lists."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.listing import BulkAction, Column, Facts, Kind, Link, Listing, View, mark_favourite
from erp.kernel.listing.tokens import FAVOURITES, favourites
from erp.kernel.search import match
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from inventory import selectors
from inventory.models import Item, ItemReference, Resource

MINE = FAVOURITES["myitems"]
STOCK, COST = "inventory.view_stock", "inventory.view_valueentry"


@may("inventory.view_item")
def item_list(request: HttpRequest) -> HttpResponseBase:
    """Items by number, with what there is of each and what it cost."""
    return show_list(request, ITEMS)


@may("inventory.view_itemledgerentry")
def item_entry_list(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, ITEM_ENTRIES)


@may(COST)
def value_entry_list(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, VALUE_ENTRIES)


@may("inventory.view_resource")
def resource_list(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, RESOURCES)


def _find_items(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    exact = rows.filter(number__in=list(dict.fromkeys((text, text.upper()))))
    if exact.exists():
        return exact
    named = ItemReference.objects.filter(reference_no=text).values_list("item_id", flat=True)
    words = match(text, "number", "description")
    found = Q(words) if words is not None else Q(pk__in=[])
    return rows.filter(found | Q(gtin=text) | Q(pk__in=list(named)))


def _fill_items(items: Sequence[Item], facts: Facts, names: frozenset[str]) -> None:
    stock = selectors.stock_of([item.pk for item in items])
    for item in items:
        item.on_hand = stock.get(item.pk, selectors.OnHand()) if item.keeps_stock else None


def _mark(mine: bool):
    def mark(item: Item, *, user, at, on) -> str:
        mark_favourite(user, MINE, item.number, mine=mine)
        return _("One of mine") if mine else _("No longer one of mine")

    return mark


ITEMS = Listing(
    key="inventory.item",
    title=gettext_lazy("Items and stock"),
    rows=lambda facts: Item.objects.select_related("base_unit", "inventory_posting_group"),
    columns=[
        Column("number", gettext_lazy("No."), Kind.CODE, "number", indexed=True, phone=True),
        Column(
            "description", gettext_lazy("Description"), expression="description", phone=True, stretch=True
        ),
        Column("type", gettext_lazy("Type"), Kind.CHOICE, "type"),
        Column("category", gettext_lazy("Item category"), Kind.CODE, "category_code", shown=False),
        Column("gtin", gettext_lazy("GTIN"), Kind.CODE, "gtin", shown=False),
        Column("shelf", gettext_lazy("Shelf no."), Kind.CODE, "shelf_no", shown=False),
        Column(
            "blocked",
            gettext_lazy("Blocked"),
            Kind.YES_NO,
            "blocked",
            status=lambda item: "blocked" if item.blocked else "",
        ),
        Column(
            "sales_blocked",
            gettext_lazy("Sales blocked"),
            Kind.YES_NO,
            "sales_blocked",
            shown=False,
            status=lambda item: "blocked" if item.sales_blocked else "",
        ),
        Column("price", gettext_lazy("Unit price"), Kind.PRICE, "unit_price", phone=True),
        Column(
            "on_hand",
            gettext_lazy("On hand"),
            Kind.QUANTITY,
            lambda facts: selectors.on_hand_expression(),
            value=lambda item: item.on_hand.quantity if item.on_hand else None,
            fills="stock",
            permission=STOCK,
            phone=True,
        ),
        Column("unit", gettext_lazy("Unit"), Kind.CODE, "base_unit__code", phone=True),
        Column("cost", gettext_lazy("Unit cost"), Kind.PRICE, "unit_cost", permission=COST),
        Column("costing", gettext_lazy("Costing method"), Kind.CHOICE, "costing_method", shown=False),
        Column(
            "group",
            gettext_lazy("Inventory posting group"),
            Kind.CODE,
            "inventory_posting_group__code",
            shown=False,
        ),
        Column(
            "value",
            gettext_lazy("Value"),
            Kind.AMOUNT,
            lambda facts: selectors.stock_cost_expression(),
            value=lambda item: item.on_hand.cost if item.on_hand else None,
            fills="stock",
            permission=COST,
            total=True,
            blank_zero=True,
        ),
        Column("changed", gettext_lazy("Last modified"), Kind.MOMENT, "modified_at", shown=False),
    ],
    views=[
        View("all", gettext_lazy("All")),
        View(
            "mine",
            gettext_lazy("Mine"),
            lambda rows, facts: rows.filter(number__in=favourites(facts.user, MINE)),
        ),
        View(
            "blocked",
            gettext_lazy("Blocked"),
            lambda rows, facts: rows.filter(Q(blocked=True) | Q(sales_blocked=True)),
        ),
    ],
    search=_find_items,
    search_hint=gettext_lazy("Number, description, bar code"),
    default_sort=("number",),
    newest_first=False,
    row_key=lambda item: item.number,
    find=lambda rows, keys: rows.filter(number__in=list(keys)),
    row_url=lambda item: reverse("inventory:item", args=[item.number]),
    fill=_fill_items,
    links=[
        Link(
            gettext_lazy("New"),
            lambda facts: reverse("inventory:item-new"),
            ("inventory.add_item",),
            primary=True,
            key="Alt+N",
        )
    ],
    actions=[
        BulkAction("mine", gettext_lazy("Mark as mine"), _mark(True)),
        BulkAction("not-mine", gettext_lazy("No longer mine"), _mark(False)),
    ],
    empty=gettext_lazy("What you sell will be listed here."),
)


def _item(entry) -> str:
    return reverse("inventory:item", args=[entry.item.number])


def _document(entry) -> str:
    return reverse("entries", args=[entry.document_no])


def _find_entries(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    numbers = list(dict.fromkeys((text, text.upper())))
    exact = rows.filter(document_no__in=numbers)
    if exact.exists():
        return exact
    items = list(Item.objects.filter(number__in=numbers).values_list("pk", flat=True))
    return rows.filter(Q(document_no__startswith=text.upper()) | Q(item_id__in=items))


ITEM_ENTRIES = Listing(
    key="inventory.item-entry",
    title=gettext_lazy("Item ledger entries"),
    rows=lambda facts: selectors.item_entries(),
    columns=[
        Column("entry", gettext_lazy("Entry no."), Kind.NUMBER, "entry_no", indexed=True),
        Column("posting_date", gettext_lazy("Posting date"), Kind.DAY, "posting_date", phone=True),
        Column("type", gettext_lazy("Entry type"), Kind.CHOICE, "entry_type"),
        Column("document_type", gettext_lazy("Document type"), Kind.CHOICE, "document_type", shown=False),
        Column(
            "document",
            gettext_lazy("Document no."),
            Kind.CODE,
            "document_no",
            indexed=True,
            phone=True,
            url=_document,
        ),
        Column("item", gettext_lazy("Item No."), Kind.CODE, "item__number", phone=True, url=_item),
        Column("description", gettext_lazy("Description"), expression="item__description", stretch=True),
        Column("variant", gettext_lazy("Variant"), Kind.CODE, "variant_code", shown=False),
        Column("location", gettext_lazy("Location"), Kind.CODE, "location_code"),
        Column("source", gettext_lazy("Source no."), Kind.CODE, "source_no", shown=False),
        Column("order", gettext_lazy("Order no."), Kind.CODE, "order_no", shown=False),
        Column("return_reason", gettext_lazy("Return reason"), Kind.CODE, "return_reason_code", shown=False),
        Column("quantity", gettext_lazy("Quantity"), Kind.QUANTITY, "quantity", phone=True, total=True),
        Column(
            "remaining",
            gettext_lazy("Remaining quantity"),
            Kind.QUANTITY,
            "state__remaining_quantity",
            blank_zero=True,
        ),
        Column(
            "invoiced",
            gettext_lazy("Invoiced quantity"),
            Kind.QUANTITY,
            "state__invoiced_quantity",
            blank_zero=True,
            shown=False,
        ),
        Column("cost", gettext_lazy("Cost"), Kind.AMOUNT, "cost", permission=COST, total=True),
    ],
    views=[
        View("all", gettext_lazy("All")),
        View("open", gettext_lazy("Open"), lambda rows, facts: rows.exclude(state__remaining_quantity=0)),
        View("in", gettext_lazy("In"), lambda rows, facts: rows.filter(quantity__gt=0)),
        View("out", gettext_lazy("Out"), lambda rows, facts: rows.filter(quantity__lt=0)),
    ],
    search=_find_entries,
    search_hint=gettext_lazy("Document, item"),
    row_url=_document,
    empty=gettext_lazy("Goods that come and go are listed here, the latest first."),
)
VALUE_ENTRIES = Listing(
    key="inventory.value-entry",
    title=gettext_lazy("Value entries"),
    rows=lambda facts: selectors.value_entries(),
    columns=[
        Column("entry", gettext_lazy("Entry no."), Kind.NUMBER, "entry_no", indexed=True),
        Column("posting_date", gettext_lazy("Posting date"), Kind.DAY, "posting_date", phone=True),
        Column("valuation_date", gettext_lazy("Valuation date"), Kind.DAY, "valuation_date", shown=False),
        Column("type", gettext_lazy("Type"), Kind.CHOICE, "type"),
        Column("item_type", gettext_lazy("Item entry type"), Kind.CHOICE, "item_entry_type", shown=False),
        Column(
            "document",
            gettext_lazy("Document no."),
            Kind.CODE,
            "document_no",
            indexed=True,
            phone=True,
            url=_document,
        ),
        Column("item", gettext_lazy("Item No."), Kind.CODE, "item__number", phone=True, url=_item),
        Column("description", gettext_lazy("Description"), expression="item__description", stretch=True),
        Column("item_entry", gettext_lazy("Item entry no."), Kind.NUMBER, "item_entry_id", indexed=True),
        Column("location", gettext_lazy("Location"), Kind.CODE, "location_code", shown=False),
        Column("charge", gettext_lazy("Item charge no."), Kind.CODE, "item_charge_no", shown=False),
        Column("valued", gettext_lazy("Valued quantity"), Kind.QUANTITY, "valued_quantity"),
        Column("per_unit", gettext_lazy("Cost per unit"), Kind.PRICE, "cost_per_unit", shown=False),
        Column(
            "sales",
            gettext_lazy("Sales amount"),
            Kind.AMOUNT,
            "sales_amount_actual",
            total=True,
            blank_zero=True,
        ),
        Column(
            "expected",
            gettext_lazy("Expected cost"),
            Kind.AMOUNT,
            "cost_amount_expected",
            total=True,
            blank_zero=True,
        ),
        Column(
            "actual",
            gettext_lazy("Actual cost"),
            Kind.AMOUNT,
            "cost_amount_actual",
            total=True,
            phone=True,
            blank_zero=True,
        ),
        Column(
            "posted", gettext_lazy("Posted to G/L"), Kind.AMOUNT, "cost_posted_to_gl", shown=False, total=True
        ),
        Column("adjustment", gettext_lazy("Adjustment"), Kind.YES_NO, "adjustment", shown=False),
    ],
    search=_find_entries,
    search_hint=gettext_lazy("Document, item"),
    row_url=_document,
    empty=gettext_lazy("What goods cost and brought is listed here, the latest first."),
)
RESOURCES = Listing(
    key="inventory.resource",
    title=gettext_lazy("Resources"),
    rows=lambda facts: Resource.objects.select_related("base_unit"),
    columns=[
        Column("number", gettext_lazy("No."), Kind.CODE, "number", indexed=True, phone=True),
        Column("name", gettext_lazy("Name"), expression="name", phone=True, stretch=True),
        Column("type", gettext_lazy("Type"), Kind.CHOICE, "type"),
        Column("unit", gettext_lazy("Unit"), Kind.CODE, "base_unit__code", phone=True),
        Column("price", gettext_lazy("Unit price"), Kind.PRICE, "unit_price", phone=True),
        Column("cost", gettext_lazy("Unit cost"), Kind.PRICE, "unit_cost", permission=COST),
        Column(
            "blocked",
            gettext_lazy("Blocked"),
            Kind.YES_NO,
            "blocked",
            status=lambda resource: "blocked" if resource.blocked else "",
        ),
    ],
    default_sort=("number",),
    newest_first=False,
    search=lambda rows, text, facts: rows.filter(Q(number__istartswith=text) | Q(name__icontains=text)),
    search_hint=gettext_lazy("Number, name"),
    links=[
        Link(
            gettext_lazy("New"),
            lambda facts: reverse("admin:inventory_resource_add"),
            ("inventory.add_resource",),
            staff=True,
            primary=True,
            key="Alt+N",
        )
    ],
    empty=gettext_lazy("People and machines whose time you sell will be listed here."),
)
