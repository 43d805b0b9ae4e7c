from django.db import migrations

from erp.kernel.tracking import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("inventory", "0006_stamped"),
    ]

    operations = [
        TrackChanges("inventory_item", "items"),
        TrackChanges("inventory_unitofmeasure", "unitsOfMeasure", number="code"),
    ]
