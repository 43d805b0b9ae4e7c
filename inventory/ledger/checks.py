"""What keeps one movement out of the item ledger, before anything is applied."""

from datetime import date

from erp.kernel.errors import Problem
from inventory import errors
from inventory.ledger.facts import Card, StockState
from inventory.ledger.values import Movement
from inventory.models import EntryType

# Stock never goes negative by these, whatever the set-up says.
NEVER_NEGATIVE = frozenset({EntryType.TRANSFER, EntryType.ASSEMBLY_CONSUMPTION})
INBOUND_ONLY = frozenset({EntryType.POSITIVE_ADJUSTMENT, EntryType.ASSEMBLY_OUTPUT})
OUTBOUND_ONLY = frozenset({EntryType.NEGATIVE_ADJUSTMENT, EntryType.ASSEMBLY_CONSUMPTION})


def check_movement(
    movement: Movement, card: Card | None, posting_date: date, state: StockState
) -> list[Problem]:
    """All problems of a movement by itself: item, variant, place, date, quantity, tracking."""
    line_no = movement.line_no
    if card is None:
        return [errors.NoSuchItem(item=movement.item_id).as_problem(line_no=line_no, field="item")]
    found = [*_check_item(movement, card), *_check_variant(movement, card, state)]
    if card.keeps_stock:
        found += _check_place(movement, card, state)
        found += _check_tracking(movement, card)
    if not movement.quantity:
        found.append(errors.QuantityMissing(item=card.number))
    earliest = state.setup.rules.earliest_valuation_date
    if earliest and posting_date < earliest:
        found.append(errors.DateClosed(date=posting_date, earliest=earliest))
    return [error.as_problem(line_no=line_no) for error in found]


def check_item(card: Card, line_no: int | None) -> list[Problem]:
    """Whether anything at all may be posted for an item: invoicing checks this again."""
    return [errors.ItemBlocked(item=card.number).as_problem(line_no=line_no)] if card.blocked else []


def _check_item(movement: Movement, card: Card) -> list[errors.ErpError]:
    found = []
    if card.blocked:
        found.append(errors.ItemBlocked(item=card.number))
    if _is_sale(movement) and card.sales_blocked:
        found.append(errors.ItemSalesBlocked(item=card.number))
    if _is_purchase(movement) and card.purchasing_blocked:
        found.append(errors.ItemPurchasingBlocked(item=card.number))
    if not (movement.gen_prod or card.gen_prod):
        found.append(errors.ItemIncomplete(item=card.number, field="a general product posting group"))
    if card.keeps_stock and not card.inventory_group:
        found.append(errors.ItemIncomplete(item=card.number, field="an inventory posting group"))
    return found


def _check_variant(movement: Movement, card: Card, state: StockState) -> list[errors.ErpError]:
    if not movement.variant_code:
        mandatory = state.setup.decide(card.variant_mandatory, state.setup.rules.variant_mandatory_if_exists)
        return [errors.VariantRequired(item=card.number)] if mandatory and card.id in state.varied else []
    variant = state.variants.get((card.id, movement.variant_code))
    if variant is None:
        return [errors.NoSuchVariant(item=card.number, variant=movement.variant_code)]
    name, found = f"{card.number} {movement.variant_code}", []
    if variant.blocked:
        found.append(errors.ItemBlocked(item=name))
    if _is_sale(movement) and variant.sales_blocked:
        found.append(errors.ItemSalesBlocked(item=name))
    if _is_purchase(movement) and variant.purchasing_blocked:
        found.append(errors.ItemPurchasingBlocked(item=name))
    return found


def _check_place(movement: Movement, card: Card, state: StockState) -> list[errors.ErpError]:
    location = movement.location_code
    if not location:
        return [errors.LocationRequired(item=card.number)] if state.setup.rules.location_mandatory else []
    in_transit = state.setup.in_transit.get(location)
    if in_transit is None:
        return [errors.NoSuchLocation(location=location)]
    if in_transit and movement.entry_type != EntryType.TRANSFER:
        return [errors.LocationIsTransit(location=location)]
    return []


def _check_tracking(movement: Movement, card: Card) -> list[errors.ErpError]:
    if movement.serial_no and abs(movement.quantity) != 1:
        return [errors.SerialQuantityWrong(serial=movement.serial_no, item=card.number)]
    if card.method == "specific" and not (movement.serial_no or movement.lot_no):
        return [errors.SerialRequired(item=card.number)]
    return []


def _is_sale(movement: Movement) -> bool:
    return movement.entry_type == EntryType.SALE and movement.quantity < 0 and not movement.correction


def _is_purchase(movement: Movement) -> bool:
    return movement.entry_type == EntryType.PURCHASE and movement.quantity > 0 and not movement.correction
