"""Who approves for whom and how much, and what must be approved."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.kernel.fields import AmountField, DateFormulaField
from erp.kernel.models import Stamped


class ApprovalSetup(models.Model):
    """How strictly this company approves; at most one row, and without one the defaults count."""

    forbid_self_approval = models.BooleanField(
        _("nobody approves own documents"),
        default=False,
        help_text=_("Also within their own limit: somebody else must always say yes."),
    )
    substitute_must_suffice = models.BooleanField(
        _("a substitute needs the limit"),
        default=False,
        help_text=_("A request is delegated only to somebody whose own limit covers the amount."),
    )
    reject_comment_length = models.PositiveSmallIntegerField(
        _("shortest comment of a rejection"), default=3, help_text=_("in characters; 0 asks for none")
    )

    class Meta:
        verbose_name = _("approval setup")
        verbose_name_plural = _("approval setup")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="approvals_one_setup")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ApprovalUser(Stamped):
    """What one user may approve, who is asked next, and who stands in. A limit of 0 approves nothing.

    Whose sales a user makes stands in the sales set-up of users.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="approval_user", verbose_name=_("user")
    )
    approver = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approves_for",
        verbose_name=_("approver"),
        help_text=_("who is asked next, when the own limit is not enough"),
    )
    sales_amount_limit = models.PositiveBigIntegerField(
        _("sales amount limit"),
        default=0,
        help_text=_("in whole units of local currency, without VAT; 0 approves nothing"),
    )
    unlimited_sales = models.BooleanField(_("unlimited sales approval"), default=False)
    substitute = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in_for",
        verbose_name=_("substitute"),
        help_text=_("who gets the requests that this user delegates"),
    )
    is_administrator = models.BooleanField(
        _("approval administrator"),
        default=False,
        help_text=_("may decide requests of others, when nobody else can; one user at most"),
    )

    class Meta:
        verbose_name = _("approval user")
        verbose_name_plural = _("approval users")
        ordering = ["user__username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("id")), name="approvals_nobody_above_oneself"
            ),
            models.CheckConstraint(
                condition=Q(substitute=None) | ~Q(substitute=F("id")),
                name="approvals_nobody_stands_in_for_oneself",
            ),
            models.CheckConstraint(
                condition=Q(unlimited_sales=False) | Q(sales_amount_limit=0),
                name="approvals_unlimited_has_no_limit",
            ),
            models.UniqueConstraint(
                fields=["is_administrator"],
                condition=Q(is_administrator=True),
                name="approvals_one_administrator",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class ApproverType(models.TextChoices):
    APPROVER = "approver", _("Approver")
    SALESPERSON = "salesperson", _("Salesperson")
    GROUP = "group", _("User group")


class LimitType(models.TextChoices):
    CHAIN = "chain", _("Approver chain")
    DIRECT = "direct", _("Direct approver")
    FIRST_QUALIFIED = "first_qualified", _("First qualified approver")
    SPECIFIC = "specific", _("Specific approver")


class Quorum(models.TextChoices):
    ALL = "all", _("All of them")
    ANY = "any", _("One of them")


class DelegateAfter(models.IntegerChoices):
    NEVER = 0, _("Never")
    ONE = 1, _("1 day")
    TWO = 2, _("2 days")
    FIVE = 5, _("5 days")


class ApprovalRule(models.Model):
    """How a request finds its approvers: of a workflow, and copied to each run, which goes on as it began."""

    approver_type = models.CharField(
        _("approver type"), max_length=16, choices=ApproverType, default=ApproverType.APPROVER
    )
    limit_type = models.CharField(_("limit type"), max_length=16, choices=LimitType, default=LimitType.CHAIN)
    quorum = models.CharField(
        _("of one sequence must approve"), max_length=3, choices=Quorum, default=Quorum.ALL
    )
    due_date_formula = DateFormulaField(
        _("due date formula"),
        blank=True,
        help_text=_("from the day on which somebody is asked; blank: that day"),
    )
    delegate_after = models.PositiveSmallIntegerField(
        _("delegate after"), choices=DelegateAfter, default=DelegateAfter.NEVER
    )

    class Meta:
        abstract = True


class Workflow(ApprovalRule):
    """A rule: which documents need approval, and whose. Only enabled ones act; the first that fits starts."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)
    enabled = models.BooleanField(_("enabled"), default=False, editable=False)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("the lowest that fits starts")
    )
    subject = models.CharField(_("subject"), max_length=40, default="sales.document")
    document_types = ArrayField(models.CharField(max_length=20), verbose_name=_("document types"))
    amount_more_than = AmountField(
        _("amount (LCY) more than"),
        null=True,
        blank=True,
        default=None,
        help_text=_("without VAT, in local currency; blank: whatever it amounts to"),
    )
    customers = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name=_("customers"),
        help_text=_("numbers, separated by commas; blank: all"),
    )
    customer_groups = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name=_("customer groups"),
        help_text=_("codes of price, discount or posting groups; blank: all"),
    )
    over_credit_limit = models.BooleanField(
        _("only over the credit limit"),
        default=False,
        help_text=_("when the document takes its payer over the agreed limit"),
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("specific approver"),
    )

    class Meta:
        verbose_name = _("approval workflow")
        verbose_name_plural = _("approval workflows")
        ordering = ["priority", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enabled=False) | ~Q(document_types=[]),
                name="approvals_workflow_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(enabled=False)
                | ~Q(limit_type="specific")
                | Q(approver_type="group")
                | Q(approver__isnull=False),
                name="approvals_workflow_names_its_approver",
            ),
            models.CheckConstraint(
                condition=Q(amount_more_than=None) | Q(amount_more_than__gte=Decimal(0)),
                name="approvals_workflow_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.description}".strip()


class WorkflowMember(models.Model):
    """Somebody of the user group of a workflow; equal sequence numbers are asked at the same time."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="members", verbose_name=_("workflow"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user")
    )
    sequence = models.PositiveSmallIntegerField(_("sequence no."), default=1)

    class Meta:
        verbose_name = _("member of a workflow's user group")
        verbose_name_plural = _("members of a workflow's user group")
        ordering = ["sequence", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workflow", "user"], name="approvals_member_once_in_a_group")
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.user}"
