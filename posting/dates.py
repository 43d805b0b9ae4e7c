"""On which dates may somebody post."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from erp.kernel.compiled import Compiled, Given
from erp.kernel.errors import Problem
from posting import errors
from posting.models import UserPostingDates
from posting.setup_values import PostingSetup

if TYPE_CHECKING:
    from erp.kernel.models import User


OWN = Compiled(
    lambda: UserPostingDates.objects.filter(user=Given("user")).values_list(
        "allow_posting_from", "allow_posting_to"
    )
)


class DateRange(NamedTuple):
    """From the first to the last day, both included; None is unlimited."""

    start: date | None = None
    end: date | None = None

    def __contains__(self, on: object) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


def allowed_dates(user: "User | None", setup: PostingSetup) -> DateRange:
    """The user's own range where either end is filled in, else the company's; nobody in person has the company's."""
    if user is not None:
        own = OWN.first(user=user.pk)
        if own and any(own):
            return DateRange(*own)
    return DateRange(setup.gl.allow_posting_from, setup.gl.allow_posting_to)


def check_posting_date(
    on: date | None, user: "User | None", setup: PostingSetup, *, line_no: int | None = None
) -> Problem | None:
    """Why nothing may be posted on this date: E-GL-DATE0, E-GL-DATE or E-GL-PERIOD; None where it may."""
    return check_date(on, allowed_dates(user, setup), setup.first_period, line_no=line_no)


def check_date(
    on: date | None, allowed: DateRange, first_period: date | None, *, line_no: int | None = None
) -> Problem | None:
    """The same where the range is known already. Pure."""
    if on is None:
        return errors.date_missing(line_no)
    if on not in allowed:
        return errors.date_not_allowed(on, allowed.start, allowed.end, line_no)
    if first_period is not None and on < first_period:
        return errors.before_first_period(on, line_no)
    return None
