"""Items and their stock."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from erp.kernel.views import may, page_of
from inventory.models import Item
from inventory.selectors import item_ledger, stock_by_place, stock_of


@may("inventory.view_item")
def item_list(request: HttpRequest) -> HttpResponse:
    """Items by number, with what there is of each and what it cost."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    items = Item.objects.select_related("base_unit")
    if text:
        found = Q(number__istartswith=text) | Q(description__icontains=text) | Q(gtin=text)
        items = items.filter(found | Q(references__reference_no=text)).distinct()
    page = page_of(items, request, key="number", descending=False)
    sees_stock = request.user.has_perm("inventory.view_stock")
    stock = stock_of([item.pk for item in page]) if sees_stock else {}
    for item in page:
        item.on_hand = stock.get(item.pk)
    context = {
        "page": page,
        "text": text,
        "sees_stock": sees_stock,
        "sees_cost": _sees_cost(request),
        "cost": sum(place.cost for place in stock.values()),
    }
    return render(request, "inventory/item/list.html", context)


@may("inventory.view_item")
def item_page(request: HttpRequest, number: str) -> HttpResponse:
    """One item: facts, where it lies, and what moved, the latest first."""
    cards = Item.objects.select_related(
        "base_unit",
        "sales_unit",
        "gen_prod_posting_group",
        "vat_prod_posting_group",
        "inventory_posting_group",
    )
    item = get_object_or_404(cards, number=number)
    user = request.user
    context = {
        "item": item,
        "sees_cost": _sees_cost(request),
        "units": item.units.select_related("unit").order_by("per_unit"),
    }
    if item.keeps_stock and user.has_perm("inventory.view_stock"):
        places = stock_by_place(item)
        context["places"] = places
        context["on_hand"] = sum(place.quantity for place in places)
        context["cost"] = sum(place.cost for place in places)
    if user.has_perm("inventory.view_itemledgerentry"):
        context["page"] = page_of(item_ledger(item), request)
    return render(request, "inventory/item/page.html", context)


def _sees_cost(request: HttpRequest) -> bool:
    return request.user.has_perm("inventory.view_valueentry")
