"""What something would cost a customer: asked of no document, and nothing is kept (source: api-v2, section 13.11)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.odata.asking import Asking, has_uuid
from erp.kernel.odata.entity import Action, Done, EntitySet
from erp.kernel.odata.errors import bad_request, invalid, missing
from erp.kernel.odata.properties import Code, Day, Dec, Guid, Number, Property, trimmed
from erp.kernel.odata.rowid import ZERO, pk_of, row_id
from inventory.models import Item, ItemVariant, UnitOfMeasure
from posting.api.codes import CurrencyCode
from sales.masters import NewLine
from sales.models import PriceList, PriceListLine
from sales.routines.ask_prices import AskedPrice, ask_prices

MOST = 1_000  # lines of one question


def quote_prices(asking: Asking, record: None, given: Mapping[str, Any]) -> Done:
    """What every line would cost the customer on a day, and from how many on it costs something else."""
    customer = _customer(given)
    asked = given.get("lines") or []
    if not asked:
        raise missing(_("lines must be given."), "lines")
    if len(asked) > MOST:
        raise bad_request(_("At most {most} lines are priced at once.").format(most=MOST), "lines")
    prices = ask_prices(
        customer,
        _new_lines(asked),
        by=asking.user,
        on=given.get("date") or asking.on,
        currency_code=given.get("currency_code"),
    )
    return Done(body={"lines": [_told(price) for price in prices]})


def _customer(given: Mapping[str, Any]) -> Customer:
    by = {"uuid": given.get("customer_id"), "number": given.get("customer_number")}
    by = {name: value for name, value in by.items() if value}
    if not by:
        raise missing(_("customerId or customerNumber must be given."), "customerId")
    customer = Customer.objects.filter(**by).first()
    if customer is None:
        message = _("There is no such customer, or customerId and customerNumber values do not match.")
        raise invalid(message, "customerId", "Internal_InvalidTableRelation")
    return customer


def _new_lines(asked: Iterable[Mapping[str, Any]]) -> list[NewLine]:
    """Lines as a document would have them; what they name by identifier is looked up together."""
    asked = list(asked)
    items = _named(Item, "number", "item_id", asked)
    variants = _named(ItemVariant, "code", "variant_id", asked)
    units = _named(UnitOfMeasure, "code", "unit_id", asked)
    lines = []
    for place, line in enumerate(asked):
        number = items.get(line.get("item_id")) or line.get("item_number") or ""
        if not number:
            raise missing(_("A line needs itemId or itemNumber."), f"lines[{place}].itemId")
        lines.append(
            NewLine(
                number=number,
                variant_code=variants.get(line.get("variant_id")) or line.get("variant_code") or "",
                unit_code=units.get(line.get("unit_id")) or line.get("unit_code") or "",
                quantity=line.get("quantity") or 0,
            )
        )
    return lines


def _named(model: type[Model], column: str, name: str, asked: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    """By identifier, what routines call the rows that lines name; raises 400 for one that there is not. One query."""
    places = {line[name]: place for place, line in reversed(list(enumerate(asked))) if line.get(name)}
    if not places:
        return {}
    if has_uuid(model):
        found = dict(model._default_manager.filter(uuid__in=places).values_list("uuid", column))
    else:
        keys = {id: pk_of(model._meta.label_lower, id) for id in places}
        rows = dict(model._default_manager.filter(pk__in=keys.values()).values_list("pk", column))
        found = {id: rows[pk] for id, pk in keys.items() if pk in rows}
    for id, place in places.items():
        if id not in found:
            outside = next(each.name for each in LINE if each.inside == name)
            message = _('{property} "{value}" does not exist in {table}.').format(
                property=outside, value=id, table=model._meta.verbose_name_plural
            )
            raise invalid(message, f"lines[{place}].{outside}", "Internal_InvalidTableRelation")
    return found


def _told(price: AskedPrice) -> dict[str, Any]:
    decision, offer = price.decision, price.offer
    return {
        "itemNumber": price.line.number,
        "quantity": trimmed(price.line.quantity),
        "unitOfMeasureCode": price.line.unit_code,
        "unitPrice": trimmed(decision.unit_price),
        "lineDiscountPercent": trimmed(decision.line_discount_percent),
        "priceListId": str(row_id(PriceList._meta.label_lower, offer.price_list_id) if offer else ZERO),
        "priceListLineId": str(row_id(PriceListLine._meta.label_lower, offer.pk) if offer else ZERO),
        "allowInvoiceDiscount": decision.allow_invoice_discount,
        "minimumQuantityNext": trimmed(price.next_quantity or 0),
        "nextPrice": trimmed(price.next_price or 0),
    }


LINE: tuple[Property, ...] = (
    Guid("itemId", to="item_id"),
    Number("itemNumber", length=20, to="item_number"),
    Guid("variantId", to="variant_id"),
    Code("variantCode", length=10, to="variant_code"),
    Guid("unitOfMeasureId", to="unit_id"),
    Code("unitOfMeasureCode", length=10, to="unit_code"),
    Dec("quantity", to="quantity"),
)


class PriceQuotes(EntitySet):
    """What something would cost a customer; nothing is kept of it, so that there is nothing to read."""

    name, entity = "priceQuotes", "priceQuote"
    scope = "items"
    is_extension = True
    verbs = frozenset({"POST"})
    does = "priceQuotes"
    properties = (Guid("id", read_only=True),)
    permissions = {"GET": ("sales.view_pricelistline",)}
    actions = (
        Action(
            "priceQuotes",
            run=quote_prices,
            permissions=("sales.view_pricelistline", "customers.view_customer", "inventory.view_item"),
            given=(
                Guid("customerId", to="customer_id"),
                Number("customerNumber", length=20, to="customer_number"),
                Day("date"),
                CurrencyCode("currencyCode", gives="code", to="currency_code"),
            ),
            lists={"lines": LINE},
            scope="read",
            extension=True,
            on_set=True,
            locks=False,
            about=(
                "Finds price and discount of every line, the price list that they come from, and from how many on "
                "the price is another one; nothing is stored."
            ),
        ),
    )

    def sources(self, asking: Asking) -> tuple[()]:
        return ()
