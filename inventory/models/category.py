from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class ItemCategory(Stamped):
    """A shelf in the catalogue: items that belong together. Items keep its code."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("item category")
        verbose_name_plural = _("item categories")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
