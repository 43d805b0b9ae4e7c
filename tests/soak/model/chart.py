"""What the manual says about accounts and VAT, and who and what there is in the soak's company."""

from typing import NamedTuple

from tests.soak.model.papers import Sort

CUSTOMERS = {
    "ADATUM": "DOMESTIC",
    "FABRIKAM": "DOMESTIC",
    "NORTHWIND": "DOMESTIC",
    "BRUXELLES": "EU",
    "BOSTON": "EXPORT",
}
ITEMS = {
    "BOLT": ("fifo", "GOODS"),
    "BREAD": ("fifo", "REDUCED"),
    "SAND": ("average", "GOODS"),
    "OIL": ("average", "REDUCED"),
}
ACCOUNTS = {"4520": "SERVICES"}
PLACES = ("", "MAIN")
SOLD = {number: Sort("item", group) for number, (_method, group) in ITEMS.items()} | {
    number: Sort("account", group) for number, group in ACCOUNTS.items()
}

RECEIVABLES = {"DOMESTIC": "1100", "EU": "1110", "EXPORT": "1120"}
BANK, CASH, INVENTORY = "1020", "1010", "1200"
OTHER_SIDE = {"sale": "5100", "purchase": "5220", "adjustment": "5110"}
RETURNS = "4300"
REVENUE = {
    ("DOMESTIC", "GOODS"): "4100", ("DOMESTIC", "REDUCED"): "4150",
    ("EU", "GOODS"): "4110", ("EU", "REDUCED"): "4110",
    ("EXPORT", "GOODS"): "4120", ("EXPORT", "REDUCED"): "4120",
}  # fmt: skip


class VAT(NamedTuple):
    """How a sale is taxed; the account only where VAT is charged."""

    identifier: str
    percent: int
    account: str = ""


TAXED = {
    ("DOMESTIC", "GOODS"): VAT("V25", 25, "2200"), ("DOMESTIC", "REDUCED"): VAT("V10", 10, "2210"),
    ("DOMESTIC", "SERVICES"): VAT("V25", 25, "2200"),
    ("EU", "GOODS"): VAT("EU25", 0), ("EU", "REDUCED"): VAT("EU10", 0), ("EU", "SERVICES"): VAT("EUS", 0),
    ("EXPORT", "GOODS"): VAT("EXP0", 0), ("EXPORT", "REDUCED"): VAT("EXP0", 0),
    ("EXPORT", "SERVICES"): VAT("EXP0", 0),
}  # fmt: skip
