"""What sales tells on the card of an item: prices, and who bought it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from erp.kernel import charts
from erp.kernel.cards import months_in_words
from inventory.models import Item
from sales.card_facts import latest_sales, prices_of, sold_by_month

TEMPLATE = "sales/item/_part.html"


def item_part(item: Item, *, user, on: date) -> Mapping[str, Any] | None:
    """Prices for who sees price lists, sales for who sees invoices; None where both are hidden."""
    sees_prices = user.has_perm("sales.view_pricelistline")
    sees_sales = user.has_perm("sales.view_salesinvoice")
    if not (sees_prices or sees_sales):
        return None
    found: dict[str, Any] = {"prices": prices_of(item, on=on) if sees_prices else None}
    if sees_sales:
        sold = sold_by_month(item.pk, on=on)
        found["sold"] = latest_sales(item.pk)
        found["sold_chart"] = charts.bars(
            _("Sold by month"),
            months_in_words(),
            [
                charts.Series(str(on.year), sold.this_year),
                charts.Series(str(on.year - 1), sold.last_year, tone="quiet"),
            ],
            unit=item.base_unit.code,
        )
    return found
