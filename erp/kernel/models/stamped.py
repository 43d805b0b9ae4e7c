"""When a row was changed last, kept by the database: whoever changes it, and however."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Stamped(models.Model):
    """A row that knows when it was changed last; `StampChanges` in a migration makes its table keep the moment."""

    modified_at = models.DateTimeField(_("last modified"), db_default=Now(), editable=False)

    class Meta:
        abstract = True
