"""Playing the planned year: every paper, posting and payment goes through the routines that people use."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from erp.demo.books import note_books
from erp.demo.company import Company
from erp.demo.diary import OFFER, ORDER, RECEIVE, Diary
from erp.demo.plan import Receipt, Year
from erp.demo.selling import offer, order, quote
from erp.demo.stock import receive
from erp.kernel.models import User


def play(
    year: Year, *, people: Mapping[str, User], last: date, seed: int, tell: Callable[[date], None]
) -> Counter[str]:
    """Let the year happen, day by day, up to the last day; returns what was done, by kind.

    people  users by role
    tell    is told the first day of every month on which something happens
    """
    company, diary = Company(people, seed=seed), Diary(last)
    by_day: dict[date, list[Receipt]] = {}
    for receipt in year.receipts:
        by_day.setdefault(receipt.on, []).append(receipt)
    for day, receipts in by_day.items():
        diary.note(day, RECEIVE, partial(receive, company, receipts))
    for number, sale in enumerate(year.sales, start=1):
        if sale.quoted and sale.quoted >= year.start:
            diary.note(sale.quoted, OFFER, partial(offer, company, diary, number, sale))
        else:
            diary.note(sale.on, ORDER, partial(order, company, diary, number, sale))
    for offered in year.quotes:
        diary.note(offered.on, OFFER, partial(quote, company, offered))
    note_books(company, diary, year)

    month = None
    for deed, moment in diary.days():
        if moment.day.replace(day=1) != month:
            month = moment.day.replace(day=1)
            tell(moment.day)
        deed(moment)
    return company.done
