"""What the accountant books by hand: the opening of the books, and every month's purchases and running costs."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import partial

from erp.demo.company import Company
from erp.demo.diary import BOOK, Diary, Moment
from erp.demo.plan import Year
from erp.kernel.money import CENT, round_to
from posting.routines.post_journal import JournalLine, post_journal

EQUIPMENT = Decimal(85000)
MONTHLY = (  # account, amount, what for, account on the other side
    ("6100", Decimal(14800), "Wages", "2410"),
    ("6200", Decimal(3950), "Rent and heating", "2400"),
    ("6300", Decimal(145), "Bank charges", "2400"),
    ("6500", Decimal(1280), "Office, telephone, insurance", "2400"),
    ("6600", Decimal(1180), "Depreciation", "1510"),
)


def note_books(company: Company, diary: Diary, year: Year) -> None:
    """Plan the journals: goods received are purchases on account, and each month has its costs.

    Vendors have no ledger of their own here, so what is owed to them stands among the accrued expenses.
    """
    goods: dict[date, Decimal] = defaultdict(Decimal)
    for receipt in year.receipts:
        goods[receipt.on] += round_to(receipt.quantity * receipt.unit_cost, CENT)
    opening = goods.pop(year.start, Decimal(0))
    diary.note(year.start, BOOK, partial(_open, company, opening))
    for day, amount in goods.items():
        diary.note(day, BOOK, partial(_month, company, amount))


def _open(company: Company, goods: Decimal, when: Moment) -> None:
    _post(
        company,
        when,
        "OPENING",
        [
            ("5200", goods, "Goods in stock", "3100"),
            ("1500", EQUIPMENT, "Equipment", "3010"),
        ],
    )


def _month(company: Company, goods: Decimal, when: Moment) -> None:
    _post(company, when, f"COSTS-{when.day:%Y-%m}", [("5200", goods, "Goods received", "2400"), *MONTHLY])


def _post(
    company: Company, when: Moment, document_no: str, entries: list[tuple[str, Decimal, str, str]]
) -> None:
    lines = [
        JournalLine(
            place * 10000, when.day, document_no, account, amount, bal_account_no=other, description=text
        )
        for place, (account, amount, text, other) in enumerate(entries, start=1)
        if amount
    ]
    post_journal(lines, by=company.accountant, at=when.at)
    company.done["journals"] += 1
