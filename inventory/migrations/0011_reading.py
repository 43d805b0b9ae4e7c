from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0010_setup_stamps")]

    # Entries come nearly in the order of their dates: what has a later one than a day is found for next to nothing.
    operations = [
        migrations.AddIndex(
            model_name="valueentry",
            index=BrinIndex(
                fields=["posting_date"],
                pages_per_range=32,
                autosummarize=True,
                name="inventory_ve_posting_date",
            ),
        ),
    ]
