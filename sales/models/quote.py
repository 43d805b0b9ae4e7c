from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import PercentField


class QuoteProgress(models.Model):
    """How far a quote has come with the customer; apart from its status, which says whether it may be changed."""

    class Stage(models.TextChoices):
        CREATED = "created", _("Created")
        SENT = "sent", _("Sent")
        LOST = "lost", _("Lost")
        CANCELLED = "cancelled", _("Cancelled")

    document = models.OneToOneField("sales.SalesDocument", models.CASCADE, related_name="progress")
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.CREATED)
    sent_at = models.DateTimeField(_("sent to customer"), null=True, blank=True)
    accepted_date = models.DateField(_("quote accepted date"), null=True, blank=True)
    follow_up_date = models.DateField(_("follow-up date"), null=True, blank=True)
    probability_percent = PercentField(_("probability %"), default=Decimal(0))
    competitor = models.CharField(_("competitor"), max_length=100, blank=True)
    reason = models.ForeignKey(
        "sales.ReasonCode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    remark = models.CharField(_("remark"), max_length=250, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.CharField(_("closed by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("progress of a quote")
        verbose_name_plural = _("progress of quotes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage__in=["lost", "cancelled"]) | Q(reason__isnull=False),
                name="sales_lost_quotes_name_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(probability_percent__gte=0) & Q(probability_percent__lte=100),
                name="sales_quote_probability_range",
            ),
        ]

    def __str__(self) -> str:
        return self.get_stage_display()

    @property
    def is_accepted(self) -> bool:
        return self.accepted_date is not None
