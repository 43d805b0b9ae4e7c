from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0007_setup_stamps")]

    # Entries come nearly in the order of their dates: what has a later one than a day is found for next to nothing.
    operations = [
        migrations.AddIndex(
            model_name="detailedcustomerledgerentry",
            index=BrinIndex(
                fields=["posting_date"],
                pages_per_range=32,
                autosummarize=True,
                name="receivables_detail_date",
            ),
        ),
    ]
