from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.models import Stamped


class PostingGroup(Stamped):
    """A code that stands for many accounts; the matrices in `setup.py` say which."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    description = models.CharField(_("description"), max_length=100, blank=True)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class VATBusinessGroup(PostingGroup):
    """Who: how a customer or vendor is taxed."""

    class Meta(PostingGroup.Meta):
        verbose_name = _("VAT business posting group")
        verbose_name_plural = _("VAT business posting groups")


class VATProductGroup(PostingGroup):
    """What: how an item, resource or account is taxed."""

    class Meta(PostingGroup.Meta):
        verbose_name = _("VAT product posting group")
        verbose_name_plural = _("VAT product posting groups")


class GeneralBusinessGroup(PostingGroup):
    """Who: the sales and purchase accounts of a customer or vendor."""

    default_vat_bus_posting_group = models.ForeignKey(
        VATBusinessGroup, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(PostingGroup.Meta):
        verbose_name = _("general business posting group")
        verbose_name_plural = _("general business posting groups")


class GeneralProductGroup(PostingGroup):
    """What: the sales and purchase accounts of an item, resource or account."""

    default_vat_prod_posting_group = models.ForeignKey(
        VATProductGroup, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(PostingGroup.Meta):
        verbose_name = _("general product posting group")
        verbose_name_plural = _("general product posting groups")
