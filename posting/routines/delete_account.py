"""Take an account out of the chart."""

from collections import Counter

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from erp.kernel.access import needs
from posting import errors, selectors
from posting.models import GLAccount


@needs("posting.delete_glaccount")
@transaction.atomic
def delete_account(number: str) -> None:
    """Delete an account that has no entries and that nothing refers to; any other can be blocked.

    raises  E-GL-DEL with the reason
    """
    account = GLAccount.objects.select_for_update().get(number=number)
    if selectors.has_entries(account):
        raise errors.AccountInUse(number=number, reason=_("it has entries; block it instead"))
    try:
        account.delete()
    except ProtectedError as error:
        users = Counter(str(row._meta.verbose_name) for row in error.protected_objects)
        named = ", ".join(f"{name} ({count})" for name, count in sorted(users.items()))
        raise errors.AccountInUse(
            number=number, reason=_("it is used by {users}").format(users=named)
        ) from error
