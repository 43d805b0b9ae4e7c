from django.db import migrations

from erp.kernel.fences import SetupTable


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_modified"), ("kernel", "0008_setup_stamps")]

    operations = [
        SetupTable("customers_customerpostinggroup"),
        SetupTable("customers_paymentmethod"),
    ]
