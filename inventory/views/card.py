"""The card of an item: how much there is and will be, what it is, and what rooms above know of it."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.kernel import charts
from erp.kernel.attachments import ACCEPT, attachments_of
from erp.kernel.cards import changes_of
from erp.kernel.money import ZERO, round_to
from erp.kernel.preferences import preference
from erp.kernel.templatetags.handel import price, quantity
from erp.kernel.views import may, page_of, remember_page, work_date
from inventory import demand
from inventory.card_form import COST, SECTIONS, label_of
from inventory.cards import parts_of
from inventory.models import Item
from inventory.outlook import places_now, weeks_ahead
from inventory.selectors import item_ledger, stock_by_place

FOLDS = "sales.document.folds"
ENTRIES = 20
TENTH = Decimal("0.1")
CARDS = ("base_unit", "sales_unit", "purchase_unit", "gen_prod_posting_group", "vat_prod_posting_group",
         "inventory_posting_group", "vat_bus_posting_group_price")  # fmt: skip
PRICES = frozenset({"unit_price", "standard_cost", "unit_cost", "overhead_rate"})


@may("inventory.view_item")
def item_page(request: HttpRequest, number: str) -> HttpResponse:
    item = get_object_or_404(Item.objects.select_related(*CARDS), number=number)
    remember_page(request, kind="item", number=item.number, title=item.description)
    user, today = request.user, work_date(request)
    sees_cost = user.has_perm("inventory.view_valueentry")
    may_change = user.has_perm("inventory.change_item")
    context = {
        "item": item,
        "sees_cost": sees_cost,
        "may_change": may_change,
        "sections": _sections(item, sees_cost=sees_cost),
        "units": list(item.units.select_related("unit").order_by("per_unit")),
        "variants": list(item.variants.order_by("code")),
        "references": list(
            item.references.select_related("unit").order_by("type", "type_no", "reference_no")[:50]
        ),
        "parts": parts_of(item, user=user, on=today),
        "folds": preference(user, FOLDS, {}),
        "side": {
            "attachments": list(attachments_of(("item", item.number))),
            "attachment_types": ACCEPT,
            "attachment_subject": "item",
        },
    }
    if item.keeps_stock and user.has_perm("inventory.view_stock"):
        context |= _stock(item, today)
    if user.has_perm("inventory.view_itemledgerentry"):
        context["page"] = page_of(item_ledger(item), request, limit=ENTRIES)
    if may_change or user.has_perm("kernel.view_changelogentry"):
        hidden = () if sees_cost else (*COST, "last_direct_cost", "cost_is_adjusted")
        context["changes"] = changes_of(item, labels=label_of, hidden=hidden)
    return render(request, "inventory/item/page.html", context)


def _stock(item: Item, today) -> dict[str, object]:
    """What there is where, what is wanted and comes, and what that leaves in the weeks to come."""
    lines = demand.open_lines({item.pk})
    places = places_now(stock_by_place(item), lines)
    on_hand = sum((place.on_hand for place in places), ZERO)
    weeks = weeks_ahead(on_hand, lines, on=today)
    return {
        "places": places,
        "on_hand": on_hand,
        "wanted": sum((place.wanted for place in places), ZERO),
        "coming": sum((place.coming for place in places), ZERO),
        "available": sum((place.available for place in places), ZERO),
        "cost": sum((place.cost for place in places), ZERO),
        "short": next((week for week in weeks if week.projected < 0), None),
        "outlook_chart": charts.lines(
            _("Projected stock"),
            [date_format(week.start, "j M") for week in weeks],
            [charts.Series(_("At the end of the week"), [week.projected for week in weeks])],
            unit=item.base_unit.code,
            area=True,
        ),
    }


def _sections(item: Item, *, sees_cost: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields of the card in words, as far as they say something."""
    found = []
    for title, names in SECTIONS.items():
        rows = [
            (label_of(name), _words(item, name))
            for name in names
            if name != "description" and (sees_cost or name not in COST)
        ]
        found.append((str(title), [row for row in rows if row[1]]))
    return [(title, rows) for title, rows in found if rows]


def _words(item: Item, name: str) -> str:
    field, value = Item._meta.get_field(name), getattr(item, name)
    if field.choices:
        return str(getattr(item, f"get_{name}_display")())
    if isinstance(value, bool):
        return _("Yes") if value else ""
    if isinstance(value, Decimal):
        if name.endswith("_percent"):
            value = round_to(value, TENTH)
        shown = price if name in PRICES else quantity
        return shown(value) if value else ""
    return str(value) if value else ""
