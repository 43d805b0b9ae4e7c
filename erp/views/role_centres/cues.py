"""Cues: a figure that wants attention, and the list behind it. Both are made of one address, so they cannot differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from erp.kernel.listing import Asked, Facts, Listing
from erp.kernel.listing.asking import answer
from erp.views.role_centres.remembered import remembered

COUNTED = 1000  # nobody needs to know how many more there are
NORMAL, ATTENTION, URGENT = "normal", "attention", "urgent"
BANDS = {ATTENTION: _("Look at it"), URGENT: _("Urgent")}

Text = str | Promise


@dataclass(frozen=True)
class Cue:
    """A figure with its name.

    figure  as it is shown; note: a few quiet words below it
    band    "normal", "attention" or "urgent"; the latter two are said in words as well
    """

    label: Text
    url: str
    figure: str
    value: Decimal | int | None
    band: str = NORMAL
    note: Text = ""

    @property
    def band_word(self) -> Text:
        return BANDS.get(self.band, "")


@dataclass(frozen=True)
class Group:
    label: Text
    cues: Sequence[Cue]


@dataclass(frozen=True)
class Bands:
    """From which figure on it wants attention, and from which on it is urgent; None: never."""

    attention: Decimal | int | None = None
    urgent: Decimal | int | None = None

    def of(self, value: Decimal | int | None) -> str:
        if value is None:
            return NORMAL
        if self.urgent is not None and value >= self.urgent:
            return URGENT
        if self.attention is not None and value >= self.attention:
            return ATTENTION
        return NORMAL


CALM = Bands()
ANY = Bands(attention=1)
BAD = Bands(attention=1, urgent=10)


@dataclass(frozen=True)
class Reader:
    """For whom cues are counted: user and work date."""

    user: object
    on: date

    def may(self, *permissions: str) -> bool:
        return self.user.has_perms(permissions)

    @property
    def facts(self) -> Facts:
        return Facts(self.user, timezone.localdate(), self.on)


def counted(
    reader: Reader,
    label: Text,
    listing: Listing,
    url: str,
    asked: Asked | None = None,
    *,
    bands: Bands = CALM,
) -> Cue:
    """How many rows a list shows at an address, up to a thousand; the address opens the list."""
    asked = asked or Asked()
    count = remembered((listing.key, asked.query, reader.on), lambda: _count(listing, asked, reader.facts))
    query = asked.query if asked.pairs() else ""
    if count is None:
        return Cue(label, f"{url}{query}", "–", None)
    shown = number_format(count, 0, force_grouping=True)
    return Cue(label, f"{url}{query}", f"{shown}+" if count >= COUNTED else shown, count, bands.of(count))


def _count(listing: Listing, asked: Asked, facts: Facts) -> int | None:
    """None where the list itself refuses: it is too long to be filtered by what is worked out row by row."""
    found = answer(listing, asked, facts)
    return None if found.problems else found.rows.order_by()[:COUNTED].count()


def figure(
    reader: Reader,
    label: Text,
    url: str,
    key: str,
    work: Callable[[], Decimal | int | None],
    *,
    places: int = 0,
    unit: Text = "",
    bands: Bands = CALM,
) -> Cue:
    """A figure that is no count of rows: an amount, days, a percentage. None shows as a dash."""
    value = remembered((key, reader.on), work)
    shown = "–" if value is None else number_format(value, places, force_grouping=True)
    return Cue(label, url, shown, value, bands.of(value), note=unit)
