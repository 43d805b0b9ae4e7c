from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_words"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={
                "ordering": ["number"],
                "permissions": [
                    ("change_credit_limit", "Can change the credit limit of customers"),
                    ("change_payment_conditions", "Can change payment terms and methods of customers"),
                    ("change_customer_posting", "Can change the posting groups of customers"),
                    ("block_customer", "Can block and unblock customers"),
                ],
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
            },
        ),
    ]
