from django.db import migrations

from erp.kernel.fences import SetupTable


class Migration(migrations.Migration):
    dependencies = [("sales", "0011_sealed_papers"), ("kernel", "0008_setup_stamps")]

    operations = [
        SetupTable("sales_returnreason"),
        SetupTable("sales_salessetup"),
    ]
