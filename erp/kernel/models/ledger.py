"""The head of the ledgers, and what every ledger row has in common: it stays as it was posted."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.errors import ErpError


class LedgerIsAppendOnly(ErpError):
    """A posted row was to be changed or deleted; the database would refuse it as well."""

    code, status = "E-LEDGER-APPEND", 409
    template = _("{ledger} only grows: post a correction instead of trying to {verb}.")


class LedgerHead(models.Model):
    """The last number given out in every ledger; exactly one row, locked by each posting run until it commits.

    Is not a number series: entry numbers are plain integers, without gaps and in the order of commits.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    register_no = models.BigIntegerField(_("last register no."), default=0)
    transaction_no = models.BigIntegerField(_("last transaction no."), default=0)
    gl_entry_no = models.BigIntegerField(_("last G/L and customer entry no."), default=0)
    vat_entry_no = models.BigIntegerField(_("last VAT entry no."), default=0)
    customer_detail_no = models.BigIntegerField(_("last detailed customer entry no."), default=0)
    bank_entry_no = models.BigIntegerField(_("last bank entry no."), default=0)
    item_entry_no = models.BigIntegerField(_("last item entry no."), default=0)
    value_entry_no = models.BigIntegerField(_("last value entry no."), default=0)
    item_application_no = models.BigIntegerField(_("last item application no."), default=0)

    class Meta:
        verbose_name = _("ledger head")
        verbose_name_plural = _("ledger head")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(id=1), name="kernel_one_ledger_head")]

    def __str__(self) -> str:
        return f"register {self.register_no}, entry {self.gl_entry_no}"


class LedgerQuerySet(models.QuerySet):
    """Reads, and inserts through `bulk.insert_rows`; whatever would change a row is refused before it is tried."""

    def _refuse(self, verb: str):
        raise LedgerIsAppendOnly(ledger=self.model._meta.verbose_name_plural, verb=verb)

    def update(self, **kwargs):
        self._refuse("update")

    def delete(self):
        self._refuse("delete")

    def bulk_update(self, *args, **kwargs):
        self._refuse("update")

    def update_or_create(self, *args, **kwargs):
        self._refuse("update")

    delete.alters_data = True
    delete.queryset_only = True


class LedgerModel(models.Model):
    """A row of a ledger: written once. Its primary key is a number from the ledger head.

    The table wants `AppendOnly("room_table")` in its migration, the fence that holds for everybody.
    """

    objects = LedgerQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("view",)

    def save(self, *args, **kwargs):
        """Insert; a row that exists is refused, and so is a number that is taken."""
        if not self._state.adding:
            raise LedgerIsAppendOnly(ledger=self._meta.verbose_name_plural, verb="update")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs):
        raise LedgerIsAppendOnly(ledger=self._meta.verbose_name_plural, verb="delete")
