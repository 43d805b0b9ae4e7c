from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedRecord(models.Model):
    """One record of another system that was imported, so that it is known again the next time.

    Kept for what has no number of its own to be known by: opening stock, documents, payments. Customers and items are
    known by their number.
    """

    source = models.CharField(_("source"), max_length=50, help_text=_("name of the profile"))
    section = models.CharField(_("section"), max_length=50)
    key = models.CharField(_("key"), max_length=100, help_text=_("what the other system calls the record"))
    document_type = models.CharField(_("document type"), max_length=20, blank=True)
    number = models.CharField(_("No."), max_length=20, blank=True, help_text=_("what it is called here"))
    steps = models.CharField(
        _("steps"), max_length=100, blank=True, help_text=_("what was done with it since")
    )
    imported_at = models.DateTimeField(_("imported at"))
    imported_by = models.CharField(_("imported by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        ordering = ["source", "section", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "section", "key"], name="integration_imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.section} {self.key}"
