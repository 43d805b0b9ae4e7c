from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posting", "0010_seal")]

    operations = [
        migrations.AddIndex(
            model_name="register",
            index=models.Index(fields=["created_at", "register_no"], name="posting_register_created"),
        ),
    ]
