from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=30)


class ReportJobQuerySet(models.QuerySet):
    def unfinished(self):
        """Jobs that wait or run."""
        return self.filter(status__in=ReportJob.UNFINISHED)


class ReportJob(models.Model):
    """A report that somebody asked for in the background, how far it is, and the file that came of it.

    parameters  as they stand in the report's address: {"on": "2026-03-31", "by": "due"}
    rows        how many are written; `expected` how many there will be, 0 where nobody knows
    attempt     counts up whenever a worker takes the job; a worker that finds a higher one has lost it
    seen_at     when a worker last said that it is alive
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel")
        CSV = "csv", _("CSV")
        PDF = "pdf", _("PDF")

    UNFINISHED = (Status.WAITING, Status.RUNNING)

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    report = models.CharField(_("report"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    parameters = models.JSONField(_("parameters"), default=dict)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.XLSX)
    language = models.CharField(_("language"), max_length=8, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("requested by")
    )
    work_date = models.DateField(_("work date"))
    requested_at = models.DateTimeField(_("requested at"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    cancel_requested = models.BooleanField(_("to be cancelled"), default=False)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0, help_text=_("percent"))
    rows = models.PositiveIntegerField(_("rows"), default=0)
    expected = models.PositiveIntegerField(_("expected rows"), default=0)
    error = models.TextField(_("error"), blank=True)
    file = models.FileField(_("file"), upload_to="reports/%Y/%m", blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects = ReportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("report job")
        verbose_name_plural = _("report jobs")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("see_sales_figures", "Can see what was sold: reports by customer, item and salesperson")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="reporting_progress_is_a_percentage"),
        ]
        indexes = [
            models.Index(fields=["requested_by", "-id"], name="reporting_jobs_of_user"),
            models.Index(
                fields=["id"],
                condition=Q(status__in=["waiting", "running"]),
                name="reporting_unfinished",
            ),
            models.Index(fields=["expires_at"], name="reporting_expiring"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reporting:job", args=[self.uuid])

    @property
    def is_unfinished(self) -> bool:
        return self.status in self.UNFINISHED
