import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from erp.kernel.fences import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("kernel", "0008_setup_stamps")]

    operations = [
        migrations.CreateModel(
            name="DeniedAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("page", "Page"),
                            ("api", "API"),
                            ("command", "Command"),
                            ("job", "Job"),
                            ("sign_in", "Sign-in"),
                        ],
                        max_length=7,
                        verbose_name="channel",
                    ),
                ),
                ("wanted", models.CharField(max_length=250, verbose_name="wanted")),
                ("place", models.CharField(max_length=250, verbose_name="place")),
                ("record", models.CharField(blank=True, max_length=250, verbose_name="record")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request id")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "denied attempt",
                "verbose_name_plural": "denied attempts",
                "ordering": ["-id"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["at"], name="kernel_denied_at"),
                    models.Index(fields=["user", "wanted", "at"], name="kernel_denied_of_user"),
                ],
            },
        ),
        AppendOnly("kernel_deniedattempt"),
    ]
