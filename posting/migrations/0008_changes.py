from django.db import migrations

from erp.kernel.tracking import TrackArrivals, TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("posting", "0007_stamped"),
    ]

    operations = [
        TrackChanges("posting_glaccount", "accounts"),
        TrackChanges("posting_currency", "currencies", number="code"),
        TrackChanges("posting_generalledgersetup", "companyInformation", number=""),
        # A posting may write thousands of entries: its register says that there are some.
        TrackArrivals("posting_register", "generalLedgerEntries"),
    ]
