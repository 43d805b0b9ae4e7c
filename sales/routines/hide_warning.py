from django.db import transaction
from django.utils.translation import gettext as _

from erp.kernel.errors import Problem, raise_problems
from sales.models import UserSalesSetup
from sales.plans.warnings import KINDS


def hide_warning(code: str, *, by) -> None:
    """Keep one kind of warnings from being shown to a user; everybody else still sees it.

    code    one of `KINDS`, as "W-STOCK"
    raises  ProblemsFound: E-WARN-NONE where there is no such kind
    """
    _choose(code, hidden=True, by=by)


def show_warning(code: str, *, by) -> None:
    """Show a kind of warnings to a user again. Raises ProblemsFound: E-WARN-NONE where there is no such kind."""
    _choose(code, hidden=False, by=by)


@transaction.atomic
def _choose(code: str, *, hidden: bool, by) -> None:
    if code not in KINDS:
        message = _("There is no warning {code}; the kinds are {kinds}.").format(
            code=code, kinds=", ".join(KINDS)
        )
        raise_problems(_("Warnings"), [Problem("E-WARN-NONE", message, field="code")])
    UserSalesSetup.objects.get_or_create(user=by)
    own = UserSalesSetup.objects.select_for_update().get(user=by)
    kept = set(own.hidden_warnings) - {code} | ({code} if hidden else set())
    own.hidden_warnings = [known for known in KINDS if known in kept]
    own.save(update_fields=["hidden_warnings"])
