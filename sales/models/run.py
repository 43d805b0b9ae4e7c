from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sales.models.document import SalesDocument


class PostingRun(models.Model):
    """Documents handed over to be posted, one or many; each is posted by itself, whatever becomes of the others."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ship = models.BooleanField(_("ship"), default=True)
    invoice = models.BooleanField(_("invoice"), default=True)
    posting_date = models.DateField(_("posting date"), null=True, blank=True)
    replace_posting_date = models.BooleanField(_("replace posting date"), default=False)
    replace_document_date = models.BooleanField(_("replace document date"), default=False)
    calc_invoice_discount = models.BooleanField(_("calc. inv. discount"), default=False)
    stop_at_first_error = models.BooleanField(_("stop at first error"), default=False)
    in_background = models.BooleanField(default=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("posting run")
        verbose_name_plural = _("posting runs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.pk)


class PostingJobQuerySet(models.QuerySet):
    def pending(self):
        """Jobs that are still to be posted, or are being posted."""
        return self.filter(status__in=PostingJob.PENDING)


class PostingJob(models.Model):
    """One document of a posting run, and what became of it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Scheduled for Posting")
        POSTING = "posting", _("Posting")
        POSTED = "posted", _("Posted")
        FAILED = "failed", _("Error")
        REMOVED = "removed", _("Removed from Job Queue")

    PENDING = (Status.WAITING, Status.POSTING)

    run = models.ForeignKey(PostingRun, models.CASCADE, related_name="jobs")
    place = models.PositiveIntegerField()
    document = models.ForeignKey(
        SalesDocument, models.SET_NULL, null=True, blank=True, related_name="posting_jobs"
    )
    document_type = models.CharField(_("document type"), max_length=16, choices=SalesDocument.Type)
    document_no = models.CharField(_("document no."), max_length=20)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    problems = models.JSONField(default=list, blank=True)
    goods_no = models.CharField(_("posted shipment or receipt"), max_length=20, blank=True)
    money_no = models.CharField(_("posted invoice or credit memo"), max_length=20, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = PostingJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting job")
        verbose_name_plural = _("posting jobs")
        ordering = ["run", "place"]
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="sales_job_one_per_place"),
            models.UniqueConstraint(
                fields=["document"],
                condition=Q(status__in=["waiting", "posting"]),
                name="sales_job_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status="waiting"), name="sales_job_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.get_status_display()}"

    @property
    def is_pending(self) -> bool:
        """Whether the document is still to be posted, or is being posted."""
        return self.status in self.PENDING
