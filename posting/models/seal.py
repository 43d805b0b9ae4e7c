"""The seal of every register: what proves that nothing was changed afterwards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.kernel.ledger import LedgerModel


class Seal(LedgerModel):
    """A SHA-256 over the rows of a register and the seal of the register before; see docs/ledger-seal.md.

    The database writes it by itself when the posting commits. `contents` has a line per ledger that the register
    wrote to: its table, how many rows, and the SHA-256 of their text.
    """

    register_no = models.BigIntegerField(_("register no."), primary_key=True)
    version = models.PositiveSmallIntegerField(_("version"))
    rows = models.BigIntegerField(_("rows"))
    contents = models.TextField(_("contents"))
    previous = models.CharField(_("seal before"), max_length=64)
    seal = models.CharField(_("seal"), max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["register_no"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.seal
