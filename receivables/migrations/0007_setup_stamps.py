from django.db import migrations

from erp.kernel.fences import SetupTable


class Migration(migrations.Migration):
    dependencies = [("receivables", "0006_registers"), ("kernel", "0008_setup_stamps")]

    operations = [
        SetupTable("receivables_receivablessetup"),
    ]
