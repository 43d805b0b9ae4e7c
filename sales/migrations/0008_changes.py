from django.db import migrations

from erp.kernel.tracking import TrackChanges, TrackParts

DOCUMENTS = TrackChanges(
    "sales_salesdocument",
    {
        "quote": "salesQuotes",
        "order": "salesOrders",
        "invoice": "salesInvoices",
        "credit_memo": "salesCreditMemos",
        "blanket_order": "blanketSalesOrders",
        "return_order": "salesReturnOrders",
    },
    # A draft lives on as what was posted from it, under the same identifier.
    twins=("sales_salesinvoice", "sales_salescreditmemo"),
)
SHIPMENTS = TrackChanges("sales_salesshipment", "salesShipments")
RECEIPTS = TrackChanges("sales_returnreceipt", "returnReceipts")


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("sales", "0007_stamped"),
    ]

    operations = [
        DOCUMENTS,
        TrackParts("sales_salesline", "document_id", of=DOCUMENTS),
        TrackChanges("sales_salesinvoice", "salesInvoices", twins=("sales_salesdocument",)),
        TrackChanges("sales_salescreditmemo", "salesCreditMemos", twins=("sales_salesdocument",)),
        SHIPMENTS,
        TrackParts("sales_salesshipmentline", "document_id", of=SHIPMENTS),  # undoing adds lines
        RECEIPTS,
        TrackParts("sales_returnreceiptline", "document_id", of=RECEIPTS),
    ]
