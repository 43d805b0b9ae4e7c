from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0008_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="salessetup",
            name="keep_invoice_discount_amount",
            field=models.BooleanField(
                default=False,
                help_text="an invoice discount typed as an amount stays whole when lines change, and is shared anew",
                verbose_name="keep invoice discount amount",
            ),
        ),
        migrations.AddIndex(
            model_name="salesdocument",
            index=models.Index(fields=["type", "modified_at"], name="sales_document_by_modified"),
        ),
    ]
