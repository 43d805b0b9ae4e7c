from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StandardText(models.Model):
    """A text with a code that clerks put on documents by that code."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100)

    class Meta:
        verbose_name = _("standard text")
        verbose_name_plural = _("standard texts")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ExtendedText(models.Model):
    """More words about an item, account, resource or standard text: on which documents, in which language, and when."""

    class Subject(models.TextChoices):
        ITEM = "item", _("Item")
        GL_ACCOUNT = "gl_account", _("G/L Account")
        RESOURCE = "resource", _("Resource")
        STANDARD_TEXT = "standard_text", _("Standard Text")

    subject = models.CharField(_("table"), max_length=16, choices=Subject)
    number = models.CharField(_("No."), max_length=20)
    language_code = models.CharField(_("language"), max_length=10, blank=True, help_text=_("empty: all"))
    starting_date = models.DateField(_("starting date"), null=True, blank=True)
    ending_date = models.DateField(_("ending date"), null=True, blank=True)
    automatic = models.BooleanField(_("automatic ext. texts"), default=True)
    on_quote = models.BooleanField(_("sales quote"), default=True)
    on_order = models.BooleanField(_("sales order"), default=True)
    on_invoice = models.BooleanField(_("sales invoice"), default=True)
    on_credit_memo = models.BooleanField(_("sales credit memo"), default=True)
    on_blanket_order = models.BooleanField(_("sales blanket order"), default=True)
    on_return_order = models.BooleanField(_("sales return order"), default=True)
    text = models.TextField(_("text"), help_text=_("one line of the document for each line"))

    class Meta:
        verbose_name = _("extended text")
        verbose_name_plural = _("extended texts")
        ordering = ["subject", "number", "language_code", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starting_date=None)
                | Q(ending_date=None)
                | Q(starting_date__lte=F("ending_date")),
                name="sales_text_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["subject", "number"], name="sales_text_subject")]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {self.number}"
