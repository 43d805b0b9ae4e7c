"""The company in memory, from the manual and not from the code: plain values, its own arithmetic, no database.

company = Company(MASTERS)
company.forecast(op)           the codes of which one is the refusal, or None where it goes through; changes nothing
company.apply(op, told)        do it; `told` is what the house answered (numbers of drafts, lines that it copied)
company.picture()              what every ledger says, to be compared with `tests.soak.photo`
"""

from tests.soak.model.company import Company, Unexpected
from tests.soak.model.words import Op, Refused

__all__ = ["Company", "Op", "Refused", "Unexpected"]
