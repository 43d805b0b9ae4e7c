"""Pricing lines: one query for all price lists in play, then the pure choice of `sales.pricing` per line."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from sales import pricing
from sales.arithmetic.values import VATKey
from sales.models import PriceList, PriceListLine, SalesDocument, SalesLine
from sales.plans.totals import vat_key
from sales.pricing import Asset, Card, Demand, PriceDecision, PriceLine, Source, SourceType
from sales.values import SalesValues


def price_lines(
    document: SalesDocument, lines: Sequence[SalesLine], *, values: SalesValues, on: date
) -> list[PriceDecision | None]:
    """Find price and discount for lines with an item or a resource; None for those that keep theirs.

    Lines of other types have no price of their own, and what is called off costs what the blanket order agreed.

    lines   unsaved or saved lines with item or resource, unit, quantity and VAT filled in
    on      the work date, used where the document has no order or posting date
    """
    sources = sources_of(document)
    priced = {line.line_no: _assets(line) for line in lines if not line.blanket_order_no}
    offers = _offers(priced.values(), sources) if any(priced.values()) else []
    by_asset: dict[Asset, list[PriceListLine]] = {}
    for offer in offers:
        by_asset.setdefault(Asset(offer.asset_type, offer.asset_no), []).append(offer)
    general = by_asset.get(pricing.ALL_ITEMS, [])
    day = getattr(document, document.traits.priced_on) or on
    decisions: list[PriceDecision | None] = []
    for line in lines:
        assets = priced.get(line.line_no)
        if not assets:
            decisions.append(None)
            continue
        rows = [row for asset in assets for row in by_asset.get(asset, ())]
        rows += general if line.item_id else []
        candidates = [_offer(row, line, values) for row in rows]
        decisions.append(
            pricing.select_price(_demand(document, line, assets, sources, values, day), candidates)
        )
    return decisions


def apply_price(line: SalesLine, decision: PriceDecision, *, only_quantity: bool = False) -> None:
    """Put a decision on the line; a price typed by hand survives a mere change of quantity without price lists."""
    kept = pricing.price_after_change(decision, line.unit_price, only_quantity=only_quantity)
    if kept == decision.unit_price or not only_quantity:
        line.price_explanation = explain(decision)
    line.unit_price = kept
    line.allow_line_discount = decision.allow_line_discount
    line.allow_invoice_discount = decision.allow_invoice_discount
    if not only_quantity or decision.price_lines_exist or decision.discount_line:
        line.line_discount_percent = decision.line_discount_percent


def explain(decision: PriceDecision) -> dict:
    """Why the line has its price and discount, as plain JSON: who won, and who lost for which reason."""

    def offer(line: PriceLine | None) -> dict | None:
        if line is None:
            return None
        return {
            "price_list": line.key.price_list.code,
            "source": [line.source.type, line.source.number],
            "minimum_quantity": str(line.minimum_quantity),
            "unit_price": str(line.unit_price),
            "line_discount_percent": str(line.line_discount_percent),
        }

    return {
        "unit_price": str(decision.unit_price),
        "line_discount_percent": str(decision.line_discount_percent),
        "from": "card" if decision.from_card else "price_list",
        "price": offer(decision.price_line),
        "discount": offer(decision.discount_line),
        "discount_refused": decision.discount_refused,
        "rejected": [
            {"wanted": str(lost.wanted), "reason": str(lost.reason), **(offer(lost.line) or {})}
            for lost in decision.rejected
        ],
    }


def sources_of(document: SalesDocument) -> frozenset[Source]:
    """Everybody that the document's customer counts as when prices are looked up."""
    sources = {pricing.ALL_CUSTOMERS}
    if document.bill_to_customer is not None:
        sources.add(Source(SourceType.CUSTOMER, document.bill_to_customer.number))
    if document.price_group_code:
        sources.add(Source(SourceType.PRICE_GROUP, document.price_group_code))
    if document.discount_group_code:
        sources.add(Source(SourceType.DISCOUNT_GROUP, document.discount_group_code))
    if document.campaign_no:
        sources.add(Source(SourceType.CAMPAIGN, document.campaign_no))
    return frozenset(sources)


def _offers(sold: Iterable[frozenset[Asset]], sources: frozenset[Source]) -> list[PriceListLine]:
    assets = frozenset().union(*sold)
    wanted = Q(asset_type=pricing.AssetType.ALL_ITEMS)
    for kind in {asset.type for asset in assets}:
        numbers = [asset.number for asset in assets if asset.type == kind]
        wanted |= Q(asset_type=kind, asset_no__in=numbers)
    whose = Q()
    for source in sources:
        whose |= Q(source_type=source.type, source_no=source.number)
    rows = PriceListLine.objects.filter(wanted, whose, price_list__status=PriceList.Status.ACTIVE)
    return list(rows.select_related("price_list", "vat_bus_posting_group_price").order_by("id"))


def _offer(row: PriceListLine, line: SalesLine, values: SalesValues) -> PriceLine:
    """What a row offers for a line; VAT inside its price is that of the line's goods."""
    vat = None
    if row.price_includes_vat and row.vat_bus_posting_group_price:
        vat = _vat(values, row.vat_bus_posting_group_price.code, line.vat_prod_posting_group)
    return PriceLine(
        source=Source(row.source_type, row.source_no),
        asset=Asset(row.asset_type, row.asset_no),
        unit_price=row.unit_price,
        line_discount_percent=row.line_discount_percent,
        amount_type=row.amount_type,
        variant=row.variant_code,
        unit=row.unit_code,
        currency=row.currency_code,
        minimum_quantity=row.minimum_quantity,
        starting_date=row.starting_date,
        ending_date=row.ending_date,
        allow_line_discount=row.allow_line_discount,
        allow_invoice_discount=row.allow_invoice_discount,
        includes_vat=row.price_includes_vat,
        vat=vat,
        key=row,
    )


def _demand(
    document: SalesDocument, line: SalesLine, assets, sources, values: SalesValues, day: date
) -> Demand:
    return Demand(
        on=day,
        assets=assets,
        sources=sources,
        quantity=line.quantity,
        card=_card(line, values),
        vat=vat_key(line),
        variant=line.variant_code,
        unit=line.unit_code,
        per_unit=line.per_unit,
        currency=document.currency_code,
        factor=document.currency_factor if document.currency_code else Decimal(1),
        prices_including_vat=document.prices_including_vat,
        allow_line_discount=document.allow_line_discount,
        unit_precision=values.unit_precision,
    )


def _card(line: SalesLine, values: SalesValues) -> Card:
    """What the line costs without a price list."""
    if line.item_id is None:
        return Card(line.resource.unit_price)
    item, vat = line.item, None
    if item.price_includes_vat and item.vat_bus_posting_group_price:
        vat = _vat(values, item.vat_bus_posting_group_price.code, line.vat_prod_posting_group)
    return Card(item.unit_price, item.allow_invoice_discount, item.price_includes_vat, vat)


def _assets(line: SalesLine) -> frozenset[Asset]:
    """What price lists may call the line's item or resource; nothing for what has no price of its own."""
    if line.resource_id:
        return frozenset({Asset(pricing.AssetType.RESOURCE, line.number)})
    if line.item_id is None:
        return frozenset()
    assets = {Asset(pricing.AssetType.ITEM, line.item.number)}
    if line.item.discount_group_code:
        assets.add(Asset(pricing.AssetType.ITEM_DISCOUNT_GROUP, line.item.discount_group_code))
    return frozenset(assets)


def _vat(values: SalesValues, bus: str, prod: str) -> VATKey | None:
    row = values.posting.vat(bus, prod, problems=[])
    return VATKey(row.identifier, row.calculation_type, row.percent) if row else None
