from django.db import migrations

from erp.kernel.tracking import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("customers", "0007_stamped"),
    ]

    operations = [
        TrackChanges("customers_customer", "customers"),
        TrackChanges("customers_paymentterms", "paymentTerms", number="code"),
        TrackChanges("customers_paymentmethod", "paymentMethods", number="code"),
        TrackChanges("customers_shipmentmethod", "shipmentMethods", number="code"),
    ]
