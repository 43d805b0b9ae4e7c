from django.db import migrations

from erp.kernel.fences import SetupTable


class Migration(migrations.Migration):
    dependencies = [("inventory", "0009_modified"), ("kernel", "0008_setup_stamps")]

    operations = [
        SetupTable("inventory_inventorysetup"),
        SetupTable("inventory_location"),
        SetupTable("inventory_inventorypostinggroup"),
        SetupTable("inventory_inventorypostingsetup"),
    ]
