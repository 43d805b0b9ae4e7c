from django.db import migrations

from erp.kernel.tracking import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("approvals", "0003_stamped"),
    ]

    operations = [TrackChanges("approvals_approvalentry", "approvalEntries", key="", number="")]
