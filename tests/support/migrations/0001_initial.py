import uuid
from decimal import Decimal

import django.core.serializers.json
import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import erp.kernel.fields
from erp.kernel.fences import AppendOnly, LogChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(blank=True, max_length=50)),
                ("limit", erp.kernel.fields.AmountField(default=Decimal("0"))),
                ("password", models.CharField(blank=True, max_length=50)),
                ("api_token", models.CharField(blank=True, max_length=50)),
                ("visits", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("entry_no", models.BigIntegerField(primary_key=True, serialize=False)),
                ("amount", erp.kernel.fields.AmountField(default=Decimal("0"))),
            ],
            options={
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "status",
                    django_fsm.FSMField(
                        choices=[("open", "Open"), ("pending", "Pending Approval"), ("released", "Released")],
                        default="open",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=50)),
            ],
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Stock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=10)),
                ("place", models.CharField(max_length=10)),
                ("quantity", erp.kernel.fields.QuantityField(default=0)),
                ("last_entry_no", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("item", "place"), name="testsupport_stock_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Thing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=10, unique=True)),
                ("uuid", models.UUIDField(default=uuid.uuid4)),
                ("text", models.TextField(blank=True)),
                (
                    "color",
                    models.CharField(choices=[("red", "Red"), ("blue", "Blue")], default="red", max_length=4),
                ),
                ("amount", erp.kernel.fields.AmountField(default=Decimal("0"))),
                ("price", erp.kernel.fields.UnitAmountField(default=0)),
                ("quantity", erp.kernel.fields.QuantityField(default=0)),
                ("rate", erp.kernel.fields.RateField(default=1)),
                ("percent", erp.kernel.fields.PercentField(default=0)),
                ("count", models.IntegerField(null=True)),
                ("flag", models.BooleanField(default=False)),
                ("day", models.DateField(null=True)),
                ("moment", models.DateTimeField(null=True)),
                ("data", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True)),
                ("terms", erp.kernel.fields.DateFormulaField(blank=True)),
                ("optional", models.CharField(max_length=10, null=True)),
                (
                    "paper",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="testsupport.paper"
                    ),
                ),
            ],
        ),
        AppendOnly("testsupport_entry"),
        LogChanges("testsupport_card", ignore=("visits",)),
    ]
