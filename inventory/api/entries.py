"""The item ledger: every movement of goods, in the order of the entry numbers."""

from typing import Any

from django.db.models import QuerySet

from erp.kernel.odata.asking import Asking
from erp.kernel.odata.entity import EntitySet
from erp.kernel.odata.kinds import RowGuid
from erp.kernel.odata.properties import Choice, Day, Dec, Int, Moment, Number, Text
from erp.kernel.odata.rowid import pk_of
from inventory.models import EntryType, ItemDocumentType
from inventory.selectors.amounts import actual_amounts, all_item_entries

TABLE = "inventory.itemledgerentry"
ENTRY_TYPES = {
    EntryType.PURCHASE: "Purchase",
    EntryType.SALE: "Sale",
    EntryType.POSITIVE_ADJUSTMENT: "Positive Adjmt.",
    EntryType.NEGATIVE_ADJUSTMENT: "Negative Adjmt.",
    EntryType.TRANSFER: "Transfer",
    "consumption": "Consumption",
    "output": "Output",
    "": "",
    EntryType.ASSEMBLY_CONSUMPTION: "Assembly Consumption",
    EntryType.ASSEMBLY_OUTPUT: "Assembly Output",
}
DOCUMENT_TYPES = {
    ItemDocumentType.NONE: "",
    ItemDocumentType.SALES_SHIPMENT: "Sales Shipment",
    ItemDocumentType.SALES_INVOICE: "Sales Invoice",
    ItemDocumentType.SALES_RETURN_RECEIPT: "Sales Return Receipt",
    ItemDocumentType.SALES_CREDIT_MEMO: "Sales Credit Memo",
    ItemDocumentType.PURCHASE_RECEIPT: "Purchase Receipt",
    ItemDocumentType.PURCHASE_INVOICE: "Purchase Invoice",
    "purchase_return_shipment": "Purchase Return Shipment",
    "purchase_credit_memo": "Purchase Credit Memo",
    ItemDocumentType.TRANSFER_SHIPMENT: "Transfer Shipment",
    ItemDocumentType.TRANSFER_RECEIPT: "Transfer Receipt",
    "posted_assembly": "Posted Assembly",
    "inventory_receipt": "Inventory Receipt",
    "inventory_shipment": "Inventory Shipment",
    "direct_transfer": "Direct Transfer",
}
SOURCES = {"": "", "customer": "Customer", "vendor": "Vendor", "item": "Item"}
SEES_COST = "inventory.view_valueentry"


class ItemLedgerEntries(EntitySet):
    """Goods that came (positive) or went (negative), with what is final of their revenue and cost.

    Who may not see costs gets a cost of 0, and a header that says so.
    """

    name, entity, scope = "itemLedgerEntries", "itemLedgerEntry", "items"
    permissions = {"GET": ("inventory.view_itemledgerentry",)}
    unique = ("entryNumber",)
    properties = (
        RowGuid("id", table=TABLE, read_only=True),
        Int("entryNumber", "entry_no", read_only=True, sortable=True),
        Number("itemNumber", "item__number", length=20, read_only=True),
        Day("postingDate", "posting_date", nullable=False, read_only=True),
        Choice("entryType", "entry_type", values=ENTRY_TYPES, type="ItemEntryType", read_only=True),
        Number("sourceNumber", "source_no", length=20, read_only=True),
        Choice("sourceType", "source_type", values=SOURCES, type="SourceType", read_only=True),
        Number("documentNumber", "document_no", length=20, read_only=True, sortable=True),
        Choice("documentType", "document_type", values=DOCUMENT_TYPES, type="ItemDocType", read_only=True),
        Text("description", "description", length=100, read_only=True),
        Dec("quantity", "quantity", read_only=True),
        Dec("salesAmountActual", scale=2, read_only=True, filterable=False),
        Dec("costAmountActual", scale=2, read_only=True, filterable=False),
        Moment("lastModifiedDateTime", read_only=True, absent=True, filterable=False),
    )

    def rows(self, asking: Asking) -> QuerySet:
        return all_item_entries()

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Revenue and cost of the page's movements."""
        keys = {row["id"]: pk_of(TABLE, self.property("id").read(row["id"])) for row in rows}
        amounts = actual_amounts(list(keys.values()))
        sees_cost = asking.user.has_perm(SEES_COST)
        if not sees_cost:
            asking.headers["X-Filtered-By-Permission"] = "costAmountActual"
        show = self.property("salesAmountActual").show
        for row in rows:
            sales, cost = amounts.get(keys[row["id"]], (None, None))
            row["salesAmountActual"] = show(sales, asking)
            row["costAmountActual"] = show(cost if sees_cost else None, asking)
