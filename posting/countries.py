"""The countries of the world by their ISO code, from the Common Locale Data Repository that Babel carries."""

from collections.abc import Iterator
from typing import NamedTuple

from babel import Locale

# Codes of two letters that the repository has and that are no country of ISO 3166-1 (nor XK, Kosovo, which the European
# Union uses): parts of countries, groups of them, test data.
NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
# Where the post code comes after the town. Source: Universal Postal Union, addressing systems.
CITY_FIRST = {
    "city_county_post_code": frozenset({"AU", "CA", "US"}),
    "city_post_code": frozenset({"GB", "GG", "IE", "IM", "IN", "JE", "NZ", "SG", "TH"}),
}


class KnownCountry(NamedTuple):
    """A country as the set-up begins with it; the name is English."""

    code: str
    name: str
    address_format: str


def known_countries() -> Iterator[KnownCountry]:
    """All countries, by code."""
    territories = Locale("en").territories
    for code in sorted(territories):
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES:
            yield KnownCountry(code, territories[code], _format_of(code))


def _format_of(code: str) -> str:
    return next((name for name, codes in CITY_FIRST.items() if code in codes), "post_code_city")
