"""Everything that the inventory room refuses, by its code."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError, Problem


class Refused(ErpError):
    """What is asked for is wrong in itself, whatever the time."""

    status = 422


# --- Items ---------------------------------------------------------------------------------------------------------
class ItemBlocked(ErpError):
    """Nothing may be posted for a blocked item or variant."""

    code = "E-ITEM-BLOCKED"
    template = _("{item} is blocked.")


class ItemSalesBlocked(ErpError):
    """It may not be sold; returns and credits are allowed."""

    code = "E-ITEM-SALES-BLOCKED"
    template = _("{item} is blocked for sales.")


class ItemPurchasingBlocked(ErpError):
    """It may not be bought; returns are allowed."""

    code = "E-ITEM-PURCH-BLOCKED"
    template = _("{item} is blocked for purchasing.")


class ItemFieldLocked(ErpError):
    """The field decided how entries were posted."""

    code = "E-ITEM-FIELD-LOCKED"
    template = _("{field} of {item} cannot be changed: there are {blocker}.")


class ItemInUse(ErpError):
    """Something still stands on the item."""

    code = "E-ITEM-DELETE"
    template = _("{item} cannot be deleted: there are {blocker}.")


class ItemExists(Refused):
    """An item with that number is there already."""

    code = "E-ITEM-EXISTS"
    template = _("Item {item} exists already.")


class ItemIncomplete(Refused):
    """Without these fields an item cannot be posted."""

    code = "E-ITEM-INCOMPLETE"
    template = _("{item} needs {field}.")


class UnitQuantityWrong(Refused):
    """A unit holds more than nothing, the base unit holds one, and quantities fit its precision."""

    code = "E-UOM-QTY"
    template = _("Unit {unit} of {item}: {reason}.")


class UnitInUse(ErpError):
    """Entries, documents or the card use the unit."""

    code = "E-UOM-USED"
    template = _("Unit {unit} of {item} cannot be changed or deleted: {reason}.")


class NoSuchUnit(Refused):
    """The item is not counted in that unit."""

    code = "E-UOM-NONE"
    template = _("{item} is not counted in {unit}.")


class ReserveNeedsStock(Refused):
    """Only items of type Inventory can be reserved."""

    code = "E-RESERVE-TYPE"
    template = _("{item} is not of type Inventory and cannot be reserved.")


class CostingNeedsStock(Refused):
    """Costing methods other than FIFO are for items of type Inventory."""

    code = "E-COSTING-TYPE"
    template = _(
        "{item} is not of type Inventory: its costing method is FIFO, without an inventory posting group."
    )


class VariantRequired(Refused):
    """The item has variants, and one must be named."""

    code = "E-VARIANT-REQUIRED"
    template = _("{item} needs a variant.")


class NoSuchVariant(Refused):
    """The item has no such variant."""

    code = "E-VARIANT-NONE"
    template = _("{item} has no variant {variant}.")


class NoSuchReference(Refused):
    """Nobody calls an item that."""

    code = "E-REF-NONE"
    template = _("There is no item with reference {reference}.")


class NoSuchItem(Refused):
    """There is no item with that number."""

    code = "E-ITEM-NONE"
    template = _("There is no item {item}.")


# --- Places --------------------------------------------------------------------------------------------------------
class LocationRequired(Refused):
    """The set-up wants a location on every movement."""

    code = "E-LOCATION-REQUIRED"
    template = _("{item} needs a location.")


class NoSuchLocation(Refused):
    """There is no location with that code."""

    code = "E-LOCATION-NONE"
    template = _("There is no location {location}.")


class LocationIsTransit(Refused):
    """Only transfers pass through an in-transit location."""

    code = "E-LOCATION-TRANSIT"
    template = _("{location} is an in-transit location; only transfers may use it.")


class LocationInUse(ErpError):
    """There is stock, or an open document."""

    code = "E-LOCATION-DELETE"
    template = _("Location {location} cannot be deleted: there are {blocker}.")


class TransferNeedsTwoPlaces(Refused):
    """A transfer goes from one named location to another."""

    code = "E-TRANSFER-PLACES"
    template = _("A transfer goes from one location to another; here from “{origin}” to “{destination}”.")


# --- The item ledger -----------------------------------------------------------------------------------------------
class StockInsufficient(ErpError):
    """There is less in stock than is to go, and it may not go negative."""

    code = "E-STOCK-INSUFFICIENT"
    template = _("There are {missing} too few of {item} at “{location}”.")


class MustReserve(ErpError):
    """The item is always reserved, so it cannot be sold short."""

    code = "E-MUST-RESERVE"
    template = _("{item} must be reserved before it goes.")


class CannotApply(ErpError):
    """The entry that was named cannot give these goods."""

    code = "E-APPLY-REMAINING"
    template = _("Entry {entry} cannot be applied: {reason}.")


class ReturnTooMuch(ErpError):
    """More would come back than went out."""

    code = "E-RETURN-TOO-MUCH"
    template = _("Only {left} of the {shipped} shipped units of entry {entry} can still be returned.")


class InvoiceTooMuch(ErpError):
    """More would be invoiced than was moved."""

    code = "E-INVOICE-TOO-MUCH"
    template = _("Only {left} of entry {entry} can still be invoiced.")


class QuantityMissing(Refused):
    """A movement of nothing."""

    code = "E-QTY"
    template = _("The quantity of {item} is zero.")


class SerialQuantityWrong(Refused):
    """A serial number stands for one piece."""

    code = "E-SERIAL-QTY"
    template = _("Serial number {serial} of {item} stands for one piece.")


class SerialRequired(Refused):
    """Specific costing needs to know which piece goes."""

    code = "E-SERIAL-REQUIRED"
    template = _("{item} needs a serial or lot number.")


class UndoInvoiced(ErpError):
    """What was invoiced is corrected by a credit memo."""

    code = "E-UNDO-INVOICED"
    template = _("Entry {entry} is invoiced; correct it with a credit memo.")


class UndoDone(ErpError):
    """An entry is undone once."""

    code = "E-UNDO-DONE"
    template = _("Entry {entry} is undone already.")


class UndoConsumed(ErpError):
    """The goods have gone elsewhere."""

    code = "E-UNDO-CONSUMED"
    template = _("Entry {entry} cannot be undone: {quantity} of it went elsewhere.")


class DateClosed(ErpError):
    """Nothing is valued before the earliest date that the set-up allows."""

    code = "E-DATE-CLOSED"
    template = _("{date} is before the earliest valuation date {earliest}.")
    setup = "admin:inventory_inventorysetup_changelist"


class DateMissing(Refused):
    """A posting date is needed."""

    code = "E-DATE"
    template = _("A posting date is needed.")


class DocumentNumberMissing(Refused):
    """Entries without a document number cannot be found again."""

    code = "E-DOCUMENT-NO"
    template = _("A document number is needed.")


class StandardCostTyped(Refused):
    """Items at standard cost are adjusted at standard cost."""

    code = "E-STD-COST"
    template = _("The cost of {item} cannot be typed: it is the standard cost.")


class EntryTypeWrong(Refused):
    """Item journals know purchase, sale, positive and negative adjustment."""

    code = "E-ENTRY-TYPE"
    template = _("{type} is not an entry type of item journals.")


class CostDoesNotSettle(ErpError):
    """Goods that were returned into the issue they came from, and costs that keep moving in a circle."""

    code = "E-COST-CIRCLE"
    template = _("The cost of {item} does not settle.")


# --- Item journals -------------------------------------------------------------------------------------------------
class JournalEmpty(ErpError):
    """There are no lines: nobody typed one, or somebody posted them a moment ago."""

    code = "E-JB-EMPTY"
    template = _("{journal} has no lines. {story}")


class BatchExists(ErpError):
    """Item journals are told apart by their names."""

    code = "E-JB-EXISTS"
    template = _("{journal} exists already.")


class BatchNeedsName(Refused):
    """A journal without a name cannot be found again."""

    code = "E-JB-NAME"
    template = _("Give the journal a name.")


class BatchInUse(ErpError):
    """Lines are posted or removed before their journal is deleted."""

    code = "E-JB-LINES"
    template = _("{journal} still has lines: post or remove them first.")


def nothing_on_line(line_no: int | None) -> Problem:
    return Problem("W-JNL-ZERO", gettext("The line has no item: posting leaves it out."), line_no, "item_no")
