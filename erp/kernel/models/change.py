"""The change feed: which records changed, for whoever follows them from outside."""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """One record that a transaction made, changed or deleted; written by triggers, see `erp.kernel.feed`.

    Its id is the sequence of the feed. Says that something changed, never what: whoever hears of it reads the record.
    A record without a `key` of its own is known by the key of its row, `row_id`.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        UPDATED = "updated", _("Updated")
        DELETED = "deleted", _("Deleted")
        COLLECTION = "collection", _("Several")  # records of this set came; which is not kept
        NOTHING = "", _("–")  # came and went in one transaction: nobody ever saw it

    entity = models.CharField(_("set"), max_length=40)
    key = models.UUIDField(_("ID"), null=True)
    row_id = models.BigIntegerField(_("row"), null=True)
    number = models.CharField(_("No."), max_length=50, blank=True)
    kind = models.CharField(_("change"), max_length=10, choices=Kind, blank=True)
    at = models.DateTimeField(_("at"), db_default=TransactionNow())
    xid = models.BigIntegerField(_("transaction"))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("change feed")
        ordering = ["id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["xid", "entity", "key", "row_id"],
                nulls_distinct=False,
                name="kernel_one_change_a_transaction",
            ),
        ]
        indexes = [
            models.Index(fields=["entity", "id"], name="kernel_change_of_set"),
            models.Index(fields=["at"], name="kernel_change_age"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.entity} {self.number} {self.kind}".rstrip()
