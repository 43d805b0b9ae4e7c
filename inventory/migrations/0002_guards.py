"""The item ledger only grows, and changes of what people maintain are logged. Machine-written costs are not."""

from django.db import migrations

from erp.kernel.fences import AppendOnly, LogChanges


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        AppendOnly("inventory_itemledgerentry"),
        AppendOnly("inventory_valueentry"),
        AppendOnly("inventory_itemapplicationentry"),
        AppendOnly("inventory_latecostposting"),
        AppendOnly("inventory_physicalinventoryentry"),
        LogChanges(
            "inventory_item",
            key="number",
            ignore=("unit_cost", "last_direct_cost", "cost_is_adjusted", "modified_at"),
        ),
        LogChanges("inventory_itemvariant", key=("item_id", "code")),
        LogChanges("inventory_itemunit", key=("item_id", "unit_id")),
        LogChanges("inventory_itemreference", key=("item_id", "reference_no")),
        LogChanges("inventory_unitofmeasure"),
        LogChanges("inventory_location"),
        LogChanges("inventory_inventorysetup", key="id"),
        LogChanges("inventory_inventorypostinggroup"),
        LogChanges("inventory_inventorypostingsetup", key=("location_id", "inventory_posting_group_id")),
    ]
