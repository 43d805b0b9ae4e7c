"""Indexes that only reports need: ledgers by posting date. Entries come in about that order, so a block range does."""

from django.db import migrations

TABLES = (
    "receivables_customerledgerentry",
    "receivables_detailedcustomerledgerentry",
    "inventory_valueentry",
    "inventory_resourceledgerentry",
)


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0001_initial"),
        ("receivables", "0001_initial"),
        ("inventory", "0003_whole_life"),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE INDEX reporting_{table} ON {table} USING brin (posting_date)",
            f"DROP INDEX reporting_{table}",
        )
        for table in TABLES
    ]
