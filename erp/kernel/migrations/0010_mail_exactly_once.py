from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0009_denied_attempts")]

    operations = [
        migrations.AddField("outgoingmail", "claim", models.UUIDField(editable=False, null=True)),
        migrations.AddField("outgoingmail", "claimed_until", models.DateTimeField(editable=False, null=True)),
        migrations.AlterField(
            "outgoingmail",
            "status",
            models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sending", "Being sent"),
                    ("unsure", "Unsure"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                ],
                default="queued",
                max_length=9,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            "outgoingmail",
            models.Index(condition=models.Q(status="unsure"), fields=["id"], name="kernel_mail_unsure"),
        ),
    ]
