"""What the frame of every page shows beside the menu."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from erp.kernel.views import work_date
from erp.views.notices import MOST, unread_count

FOLDED = "menu"  # cookies that static/js/shell.js keeps
FOLDED_GROUPS = "menu-groups"


@dataclass(frozen=True)
class Shell:
    """day: the work date where it is not today; unread: notices; is_wide: the side menu is folded away."""

    day: date | None
    unread: int
    is_wide: bool

    @property
    def unread_shown(self) -> str:
        return f"{MOST}+" if self.unread > MOST else str(self.unread)


def shell(request: HttpRequest) -> Shell | None:
    """Nothing for those who are not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    day = work_date(request)
    return Shell(
        day=day if day != timezone.localdate() else None,
        unread=unread_count(user),
        is_wide=request.COOKIES.get(FOLDED) == "folded",
    )


def folded_groups(request: HttpRequest) -> set[str]:
    """The keys of the groups of the menu that this browser keeps folded."""
    return set(request.COOKIES.get(FOLDED_GROUPS, "").split("."))
