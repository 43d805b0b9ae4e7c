"""The cost engine, pure: entries and their ties in, costs out. No database, no clock."""

from inventory.costing.applying import Shelves, value_no_earlier
from inventory.costing.average import Content, period_start, pool_key, settle_average
from inventory.costing.entries import Entry, Match
from inventory.costing.settling import forwarded, rounding_needed, settle

__all__ = [
    "Content",
    "Entry",
    "Match",
    "Shelves",
    "forwarded",
    "period_start",
    "pool_key",
    "rounding_needed",
    "settle",
    "settle_average",
    "value_no_earlier",
]
