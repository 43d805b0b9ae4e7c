"""Files that belong to a document or a card, and the mails that left."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Attachment(models.Model):
    """A file that somebody put with a record.

    subject_type, subject_no  the record, as "sales.order" and its number, or "sales.posted-invoice", "customer", "item"
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    subject_type = models.CharField(_("subject type"), max_length=40)
    subject_no = models.CharField(_("subject no."), max_length=50)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text=_("bytes"))
    file = models.FileField(_("file"), upload_to="attachments/%Y/%m")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_no"], name="kernel_attachment_subject")]

    def __str__(self) -> str:
        return self.name


class OutgoingMail(models.Model):
    """A mail that somebody sent from a document, with the paper as it was then. Delivery goes through the outbox.

    to, cc, bcc  addresses, separated by semicolons
    claim        who is sending it at this moment, until `claimed_until`; a process that died loses it by that
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        UNSURE = "unsure", _("Unsure")  # handed over, but for the server's answer
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    subject_type = models.CharField(_("subject type"), max_length=40)
    subject_no = models.CharField(_("subject no."), max_length=50)
    to = models.CharField(_("to"), max_length=500)
    cc = models.CharField(_("cc"), max_length=500, blank=True)
    bcc = models.CharField(_("bcc"), max_length=500, blank=True)
    title = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"), blank=True)
    paper_name = models.CharField(_("paper"), max_length=150, blank=True)
    paper = models.BinaryField(_("paper"), null=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_no"], name="kernel_mail_subject"),
            models.Index(fields=["id"], name="kernel_mail_unsure", condition=Q(status="unsure")),
        ]

    def __str__(self) -> str:
        return f"{self.title} → {self.to}"
