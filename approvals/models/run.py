"""One request for approval: whom it asks, in which order, and what they answered."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.setup import ApprovalRule, Workflow
from erp.kernel.fields import AmountField
from erp.kernel.ledger import LedgerModel


class RunStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    CANCELED = "canceled", _("Canceled")


class EntryStatus(models.TextChoices):
    CREATED = "created", _("Created")
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    CANCELED = "canceled", _("Canceled")
    NOT_NEEDED = "not_needed", _("Not needed")
    NOT_COUNTED = "not_counted", _("Not counted")


class ApprovalRun(ApprovalRule):
    """A document that was sent for approval, with the figures that were asked about; they never change.

    Is not the document: its number outlives it. A rejected run keeps the document back until it is sent again.
    """

    Status = RunStatus

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=40)
    subject_id = models.BigIntegerField(_("subject id"))
    document_type = models.CharField(_("document type"), max_length=20)
    document_no = models.CharField(_("document no."), max_length=20)
    title = models.CharField(_("document"), max_length=100)
    party_no = models.CharField(_("customer no."), max_length=20, blank=True)
    party_name = models.CharField(_("customer"), max_length=150, blank=True)
    salesperson_code = models.CharField(_("salesperson"), max_length=20, blank=True)
    currency_code = models.CharField(_("currency"), max_length=10, blank=True)
    amount = AmountField(_("amount"))
    amount_lcy = AmountField(_("amount (LCY)"))
    available_credit = AmountField(_("available credit (LCY)"), null=True, blank=True)
    workflow = models.ForeignKey(
        Workflow, models.SET_NULL, null=True, related_name="runs", verbose_name=_("workflow")
    )
    workflow_code = models.CharField(_("workflow code"), max_length=20)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sender")
    )
    status = models.CharField(_("status"), max_length=10, choices=RunStatus, default=RunStatus.PENDING)
    sent_at = models.DateTimeField(_("sent at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ["-id"]
        permissions = [
            ("request_approval", "Can send documents for approval and cancel own requests"),
            ("decide_approval", "Can approve, reject and delegate what is asked of them"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id"],
                condition=Q(status="pending"),
                name="approvals_one_pending_run",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None)
                | (~Q(status="pending") & Q(ended_at__isnull=False)),
                name="approvals_run_ends_when_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "subject_id", "-id"], name="approvals_run_subject"),
            models.Index(fields=["sender", "-id"], name="approvals_run_sender"),
        ]

    def __str__(self) -> str:
        return self.title


class ApprovalEntry(models.Model):
    """One question to one person. Opened when all of lower sequence have answered."""

    Status = EntryStatus

    run = models.ForeignKey(
        ApprovalRun, models.PROTECT, related_name="entries", verbose_name=_("approval request")
    )
    sequence = models.PositiveSmallIntegerField(_("sequence no."))
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approver")
    )
    status = models.CharField(_("status"), max_length=12, choices=EntryStatus, default=EntryStatus.CREATED)
    requested_due_date = models.DateField(_("due date at sending"))
    due_date = models.DateField(_("due date"))
    opened_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    delegated_at = models.DateTimeField(_("delegated at"), null=True, blank=True)
    hops = models.PositiveSmallIntegerField(_("times delegated"), default=0)
    changed_at = models.DateTimeField(_("last changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("last changed by"),
    )

    class Meta:
        verbose_name = _("approval entry")
        verbose_name_plural = _("approval entries")
        ordering = ["run_id", "sequence", "id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["approver", "due_date"], condition=Q(status="open"), name="approvals_entry_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.approver}"


class ApprovalDecision(LedgerModel):
    """Something that somebody did to a request, and when. Append-only: what happens later takes nothing back.

    approver  who was asked, where the decision is about one entry; `by` answered, on their own or in their place
    to        who was asked instead, where it was delegated
    """

    class Verb(models.TextChoices):
        SENT = "sent", _("Sent")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        DELEGATED = "delegated", _("Delegated")
        CANCELED = "canceled", _("Canceled")

    run = models.ForeignKey(ApprovalRun, models.PROTECT, related_name="decisions", verbose_name=_("request"))
    entry = models.ForeignKey(ApprovalEntry, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("what"), max_length=10, choices=Verb)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approver")
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("delegated to")
    )

    class Meta:
        verbose_name = _("approval decision")
        verbose_name_plural = _("approval decisions")
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.run}"


class ApprovalComment(LedgerModel):
    """What somebody said about a request, of itself or along with a decision. Append-only."""

    run = models.ForeignKey(ApprovalRun, models.PROTECT, related_name="comments", verbose_name=_("request"))
    decision = models.ForeignKey(
        ApprovalDecision, models.PROTECT, null=True, related_name="comments", verbose_name=_("decision")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    text = models.CharField(_("comment"), max_length=2000)

    class Meta:
        verbose_name = _("approval comment")
        verbose_name_plural = _("approval comments")
        ordering = ["id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.text
