"""Posting journals and reversing registers are rights of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("posting", "0004_lists"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="register",
            options={
                "default_permissions": ("view",),
                "ordering": ["-register_no"],
                "permissions": [
                    ("post_journal", "Can post sales and general journals"),
                    ("reverse_entries", "Can reverse what a journal posted"),
                ],
                "verbose_name": "register",
                "verbose_name_plural": "registers",
            },
        ),
    ]
