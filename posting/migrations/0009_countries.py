import uuid

import django.core.validators
import django.db.models.functions.datetime
from django.db import migrations, models

from erp.kernel.fences import LogChanges, StampChanges
from erp.kernel.tracking import TrackChanges
from posting.countries import known_countries


def fill(apps, schema_editor):
    """A company that is set up already gets them here; a new one by the set-up data."""
    if apps.get_model("posting", "GeneralLedgerSetup").objects.exists():
        country = apps.get_model("posting", "Country")
        country.objects.bulk_create(country(**known._asdict()) for known in known_countries())


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_changes"),
        ("posting", "0008_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Country",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "modified_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="last modified",
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "code",
                    models.CharField(
                        max_length=10,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}\\Z",
                                "A country has two capital letters (ISO 3166), as NO.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                (
                    "address_format",
                    models.CharField(
                        choices=[
                            ("post_code_city", "Post Code+City"),
                            ("city_post_code", "City+Post Code"),
                            ("city_county_post_code", "City+County+Post Code"),
                            ("blank_post_code_city", "Blank Line+Post Code+City"),
                            ("city_county_line_post_code", "City+County+New Line+Post Code"),
                        ],
                        default="post_code_city",
                        max_length=30,
                        verbose_name="address format",
                    ),
                ),
            ],
            options={
                "verbose_name": "country/region",
                "verbose_name_plural": "countries/regions",
                "ordering": ["code"],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        LogChanges("posting_country"),
        StampChanges("posting_country"),
        TrackChanges("posting_country", "countriesRegions", number="code"),
    ]
