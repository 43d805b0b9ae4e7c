"""Small tables on which the kernel's tests run; they exist in test databases only."""

from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from erp.kernel.fields import (
    AmountField,
    DateFormulaField,
    PercentField,
    QuantityField,
    RateField,
    UnitAmountField,
)
from erp.kernel.ledger import LedgerModel
from erp.kernel.workflow import FSMField, FSMModelMixin


class Paper(FSMModelMixin, models.Model):
    """A document with a status."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PENDING = "pending", "Pending Approval"
        RELEASED = "released", "Released"

    number = models.CharField(max_length=20, unique=True)
    status = FSMField(choices=Status, default=Status.OPEN, protected=True)
    note = models.CharField(max_length=50, blank=True)


class Thing(models.Model):
    """One column of every kind."""

    class Color(models.TextChoices):
        RED = "red", "Red"
        BLUE = "blue", "Blue"

    code = models.CharField(max_length=10, unique=True)
    uuid = models.UUIDField(default=uuid4)
    text = models.TextField(blank=True)
    color = models.CharField(max_length=4, choices=Color, default=Color.RED)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True)
    amount = AmountField()
    price = UnitAmountField(default=0)
    quantity = QuantityField(default=0)
    rate = RateField(default=1)
    percent = PercentField(default=0)
    count = models.IntegerField(null=True)
    flag = models.BooleanField(default=False)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    data = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    terms = DateFormulaField(blank=True)
    optional = models.CharField(max_length=10, null=True)


class Entry(LedgerModel):
    """A row of a ledger."""

    entry_no = models.BigIntegerField(primary_key=True)
    amount = AmountField()

    class Meta:
        verbose_name_plural = "entries"


class Stock(models.Model):
    """A projection with a key of two columns."""

    item = models.CharField(max_length=10)
    place = models.CharField(max_length=10)
    quantity = QuantityField(default=0)
    last_entry_no = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "place"], name="testsupport_stock_key")]


class Card(models.Model):
    """A master record under the change log."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=50, blank=True)
    limit = AmountField()
    password = models.CharField(max_length=50, blank=True)
    api_token = models.CharField(max_length=50, blank=True)
    visits = models.IntegerField(default=0)
