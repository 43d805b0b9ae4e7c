"""What the stock says to each line of a document, and what its customer paid last. Constant numbers of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.kernel.templatetags.handel import day, price, quantity
from inventory.availability import outlooks
from inventory.models import Item
from sales.models import SalesDocument, SalesInvoiceLine, SalesLine
from sales.models.base import LineType
from sales.plans.warnings import StockItem, StockView, place_of, view_stock

ZERO = Decimal(0)


@dataclass(frozen=True)
class LineOutlook:
    """Availability of one line in words; look: good, warn or bad."""

    shown: str
    title: str
    look: str

    def as_json(self) -> dict[str, str]:
        return {"value": "", "shown": self.shown, "title": self.title, "look": self.look, "locked": True}


def line_outlooks(document: SalesDocument, lines: Sequence[SalesLine], *, on: date) -> dict[int, LineOutlook]:
    """By line number, of every line that still wants goods from stock, whether its stock is watched or not.

    lines  with their items
    on     the work date
    """
    wanted = [
        line
        for line in lines
        if line.type == LineType.ITEM
        and line.item.type == Item.Type.INVENTORY
        and not line.is_fetched
        and line.outstanding_quantity > 0
    ]
    if document.traits.receives or not wanted:
        return {}
    items = {line.item_id: StockItem(line.item.number, True, line.item.stockout_warning) for line in wanted}
    places = {place_of(line) for line in wanted}
    views = view_stock(document, wanted, items, outlooks(places), on=on)
    return {view.line.line_no: _in_words(view) for view in views}


def last_price(document: SalesDocument, line: SalesLine) -> str:
    """Unit price, discount and day of the last invoice to this customer of what a line sells."""
    if not line.sells_something or document.customer_id is None:
        return _("This line has no price.")
    sold = SalesInvoiceLine.objects.filter(
        document__customer_id=document.customer_id, type=line.type, number=line.number, quantity__gt=0
    )
    last = (
        sold.select_related("document").order_by("-document__posting_date", "-document_id", "line_no").first()
    )
    if last is None:
        message = _("{number} has never been invoiced to {customer}.")
        return message.format(number=line.number, customer=document.sell_to_name)
    facts = {
        "number": line.number,
        "customer": document.sell_to_name,
        "price": f"{price(last.unit_price)} {last.document.currency_code}".strip(),
        "unit": last.unit_code,
        "quantity": quantity(last.quantity),
        "day": day(last.document.posting_date),
        "invoice": last.document.number,
    }
    if last.line_discount_percent:
        message = _(
            "Last price of {number} to {customer}: {price} per {unit} less {discount} %, for {quantity} on {day}"
            " ({invoice})."
        )
        return message.format(**facts, discount=quantity(last.line_discount_percent))
    message = _(
        "Last price of {number} to {customer}: {price} per {unit}, for {quantity} on {day} ({invoice})."
    )
    return message.format(**facts)


def _in_words(view: StockView) -> LineOutlook:
    """How many there are for the line; and what of that is missing, with the day on which it comes."""
    line = view.line
    there = _in_unit(max(view.available.quantity, ZERO), line)
    facts = {
        "there": quantity(there) or "0",
        "unit": line.unit_code,
        "day": day(view.on),
        "wanted": quantity(_in_unit(view.needed, line)),
        "stock": quantity(_in_unit(view.available.inventory, line)) or "0",
    }
    title = _("{there} {unit} available on {day}, {stock} in stock; the line wants {wanted}.").format(**facts)
    if view.left >= 0:
        return LineOutlook(_("{there} free").format(**facts), title, "good")
    if view.earliest is not None:
        on = date_format(view.earliest, "j M")
        return LineOutlook(
            _("{there}, all {day}").format(there=facts["there"], day=on),
            f"{title} {_('All of it from {day}.').format(day=day(view.earliest))}",
            "warn",
        )
    return LineOutlook(_("only {there}").format(**facts), title, "bad")


def _in_unit(base: Decimal, line: SalesLine) -> Decimal:
    return round(base / line.per_unit, 2)
