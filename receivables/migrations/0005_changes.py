from django.db import migrations

from erp.kernel.tracking import TrackChanges, TrackParts

BATCHES = TrackChanges(
    "receivables_journalbatch",
    {"cash_receipts": "customerPaymentJournals", "sales": "journals", "general": "journals"},
    key="",
    number="name",
    by="kind",
)
ENTRIES = TrackChanges(
    "receivables_customerledgerentry", "customerLedgerEntries", key="", number="document_no", pk="entry_no"
)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("receivables", "0004_stamped"),
    ]

    operations = [
        BATCHES,
        TrackParts("receivables_journalline", "batch_id", of=BATCHES),
        ENTRIES,
        TrackParts("receivables_openitem", "entry_id", of=ENTRIES, pk="entry_id"),
    ]
