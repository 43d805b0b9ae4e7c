from django.db import migrations

from erp.kernel.fences import SetupTable


class Migration(migrations.Migration):
    dependencies = [("posting", "0011_as_of"), ("kernel", "0008_setup_stamps")]

    operations = [
        SetupTable("posting_accountingperiod"),
        SetupTable("posting_currency"),
        SetupTable("posting_generalbusinessgroup"),
        SetupTable("posting_generalledgersetup"),
        SetupTable("posting_generalpostingsetup"),
        SetupTable("posting_generalproductgroup"),
        SetupTable("posting_glaccount"),
        SetupTable("posting_vatbusinessgroup"),
        SetupTable("posting_vatclause"),
        SetupTable("posting_vatpostingsetup"),
        SetupTable("posting_vatproductgroup"),
    ]
