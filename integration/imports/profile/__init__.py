"""The profile: how one company's files become customers, items and documents. Explained in docs/import.md."""

from integration.imports.profile.parse import OWN_PROFILES, load_profile, parse_profile
from integration.imports.profile.words import LineGroup, Profile, Section, SetUp, Step

__all__ = [
    "OWN_PROFILES",
    "LineGroup",
    "Profile",
    "Section",
    "SetUp",
    "Step",
    "load_profile",
    "parse_profile",
]
