import django.db.models.deletion
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

from erp.kernel.fences import LogChanges

# Django writes the name of a permission once: a database from before would go on saying what the right was.
NAMES = {
    "release_salesdocument": "Can release sales documents",
    "ship_salesdocument": "Can post shipments",
    "invoice_salesdocument": "Can post invoices",
}
RENAME = [
    (f"UPDATE auth_permission SET name = '{name}' WHERE codename = '{codename}'", None)
    for codename, name in NAMES.items()
]


class Migration(migrations.Migration):
    """A right of its own for each thing that a role may do, or may not."""

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("kernel", "0009_denied_attempts"),
        ("sales", "0012_setup_stamps"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="salesdocument",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("sell_salesdocument", "Can write quotes, orders and return orders"),
                    ("release_salesdocument", "Can release sales documents"),
                    ("reopen_salesdocument", "Can reopen sales documents"),
                    ("ship_salesdocument", "Can post shipments"),
                    ("invoice_salesdocument", "Can post invoices"),
                    ("credit_salesdocument", "Can post credit memos"),
                    ("receive_returnorder", "Can receive what comes back on return orders"),
                    ("credit_returnorder", "Can credit what came back on return orders"),
                    ("correct_posted", "Can cancel and correct posted invoices and credit memos"),
                    ("undo_posted", "Can undo posted shipments and return receipts"),
                    ("undo_posted_today", "Can undo shipments and return receipts of the same day"),
                    ("send_salesdocument", "Can send documents by e-mail"),
                    ("lower_price", "Can sell below the price of the price lists"),
                ],
                "verbose_name": "sales document",
                "verbose_name_plural": "sales documents",
            },
        ),
        migrations.AddField(
            model_name="usersalessetup",
            name="max_line_discount",
            field=models.DecimalField(
                blank=True,
                decimal_places=5,
                help_text="what this user may give by typing it; empty: what the user's roles say",
                max_digits=8,
                null=True,
                validators=[MinValueValidator(0), MaxValueValidator(100)],
                verbose_name="line discount up to %",
            ),
        ),
        migrations.CreateModel(
            name="RoleSalesSetup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "max_line_discount",
                    models.DecimalField(
                        decimal_places=5,
                        max_digits=8,
                        validators=[MinValueValidator(0), MaxValueValidator(100)],
                        verbose_name="line discount up to %",
                    ),
                ),
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sales_setup",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "verbose_name": "sales setup of a role",
                "verbose_name_plural": "sales setup of roles",
            },
        ),
        LogChanges("sales_rolesalessetup", key="role_id"),
        migrations.RunSQL(RENAME, migrations.RunSQL.noop),
    ]
