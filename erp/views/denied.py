"""What was denied to whom: the list of attempts, for administrators and auditors."""

import re

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from erp.kernel.access import permission_name
from erp.kernel.listing import Column, Facts, Kind, Listing, View
from erp.kernel.models import DeniedAttempt
from erp.kernel.views import may
from erp.kernel.views.listing import show_list

Channel = DeniedAttempt.Channel


@may("kernel.view_deniedattempt")
def denied_attempts(request: HttpRequest) -> HttpResponseBase:
    return show_list(request, DENIED)


def _wanted(attempt: DeniedAttempt) -> str:
    """Permissions in words, where they are some."""
    return re.sub(r"\w+\.\w+", lambda found: permission_name(found[0]), attempt.wanted)


def _search(rows: QuerySet, text: str, facts: Facts) -> QuerySet:
    return rows.filter(user__username__istartswith=text)


DENIED = Listing(
    key="kernel.denied",
    title=_("Denied attempts"),
    rows=lambda facts: DeniedAttempt.objects.select_related("user"),
    columns=(
        Column("at", _("At"), Kind.MOMENT, "at", phone=True),
        Column("user", _("User"), Kind.CODE, "user__username", phone=True, token="user"),
        Column("channel", _("Channel"), Kind.CHOICE, "channel"),
        Column("wanted", _("Wanted"), Kind.TEXT, "wanted", value=_wanted, phone=True),
        Column("place", _("Place"), Kind.TEXT, "place"),
        Column("record", _("Record"), Kind.TEXT, "record", stretch=True),
        Column("address", _("Address"), Kind.CODE, "address"),
        Column("request", _("Request id"), Kind.CODE, "request_id", shown=False),
    ),
    views=(
        View("all", _("All")),
        *(
            View(
                channel.value,
                channel.label,
                lambda rows, facts, channel=channel: rows.filter(channel=channel),
            )
            for channel in Channel
        ),
    ),
    search=_search,
    search_hint=_("User name"),
    empty=_("Whoever tries what they may not do will stand here, with what and where."),
)
