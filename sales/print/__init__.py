"""Papers for the customer: what stands on them, and as PDF.

pdf = print_papers([order], with_amounts=True, user_language="nb")
"""

from sales.print.papers import Printed, language_of, print_papers, sheet_of, sheet_of_pro_forma, variant_of
from sales.print.sheet import Sheet, SheetLine

__all__ = [
    "Printed",
    "Sheet",
    "SheetLine",
    "language_of",
    "print_papers",
    "sheet_of",
    "sheet_of_pro_forma",
    "variant_of",
]
