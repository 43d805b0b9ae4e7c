"""What tells that set-up changed; `erp.kernel.setup_stamp` asks it."""

from uuid import uuid4

from django.db import models


class SetupStamp(models.Model):
    """A mark that the database replaces when a table of set-up changes; all of them together are the state of set-up.

    Usually one row. Transactions that change set-up at the same time take one each, so that none waits for another.
    """

    stamp = models.UUIDField(default=uuid4, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.stamp)
