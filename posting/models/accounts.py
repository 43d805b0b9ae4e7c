from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class GLAccountQuerySet(models.QuerySet):
    def postable(self):
        """Accounts that may receive entries today."""
        return self.filter(type=GLAccount.Type.POSTING, blocked=False).order_by("number")


class GLAccount(Stamped):
    """One account of the chart. Only posting accounts carry entries; the others head and total the chart."""

    class Type(models.TextChoices):
        POSTING = "posting", _("Posting")
        HEADING = "heading", _("Heading")
        TOTAL = "total", _("Total")
        BEGIN_TOTAL = "begin_total", _("Begin-Total")
        END_TOTAL = "end_total", _("End-Total")

    class Statement(models.TextChoices):
        INCOME = "income", _("Income Statement")
        BALANCE = "balance", _("Balance Sheet")

    class Category(models.TextChoices):
        ASSETS = "assets", _("Assets")
        LIABILITIES = "liabilities", _("Liabilities")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        COST_OF_GOODS_SOLD = "cost_of_goods_sold", _("Cost of Goods Sold")
        EXPENSE = "expense", _("Expense")

    class Control(models.TextChoices):
        """The sub-ledger whose sum this account must equal; nobody posts to it by hand."""

        NONE = "", _("None")
        RECEIVABLES = "receivables", _("Customer ledger")
        INVENTORY = "inventory", _("Item ledger")
        BANK = "bank", _("Bank ledger")
        VAT = "vat", _("VAT entries")
        PAYABLES = "payables", _("Vendor ledger")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.CharField(_("No."), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    type = models.CharField(_("account type"), max_length=12, choices=Type, default=Type.POSTING)
    statement = models.CharField(
        _("income/balance"), max_length=8, choices=Statement, default=Statement.BALANCE
    )
    category = models.CharField(_("category"), max_length=20, choices=Category, blank=True)
    control = models.CharField(_("control account of"), max_length=12, choices=Control, blank=True)
    totaling = models.CharField(_("totaling"), max_length=250, blank=True)
    indentation = models.PositiveSmallIntegerField(_("indentation"), default=0)
    direct_posting = models.BooleanField(_("direct posting"), default=True)
    blocked = models.BooleanField(_("blocked"), default=False)
    gen_bus_posting_group = models.ForeignKey(
        "posting.GeneralBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    gen_prod_posting_group = models.ForeignKey(
        "posting.GeneralProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_bus_posting_group = models.ForeignKey(
        "posting.VATBusinessGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )
    vat_prod_posting_group = models.ForeignKey(
        "posting.VATProductGroup", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GLAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("G/L account")
        verbose_name_plural = _("G/L accounts")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(control="") | Q(direct_posting=False),
                name="posting_control_accounts_refuse_direct_posting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
