"""Pictures of customers and items: one each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """The picture of a record.

    subject_type, subject_no  the record, as "customer" or "item" and its number
    width, height             in pixels
    """

    subject_type = models.CharField(_("subject type"), max_length=40)
    subject_no = models.CharField(_("subject no."), max_length=50)
    content_type = models.CharField(_("content type"), max_length=100)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    file = models.FileField(_("file"), upload_to="pictures/%Y/%m")

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_no"], name="kernel_one_picture_each")
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_no}"
