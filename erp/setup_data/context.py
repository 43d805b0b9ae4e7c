from datetime import date
from typing import NamedTuple

from erp.setup_data.columns import References


class Context(NamedTuple):
    """What the whole of one load has in common."""

    on: date
    lcy_code: str
    references: References
