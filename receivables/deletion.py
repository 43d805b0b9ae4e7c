"""Why a customer with entries is not deleted."""

from datetime import date

from customers.models import Customer
from erp.kernel.errors import Problem
from receivables import errors, selectors


def check_entries(customer: Customer, on: date) -> list[Problem]:
    """E-CU-DEL-FY where an entry lies in a fiscal year that is not closed, E-CU-DEL-OPEN where one is open."""
    found = []
    if selectors.has_entries(customer, since=selectors.open_years_start()):
        found.append(errors.entries_in_open_year(customer.number))
    if selectors.has_open_entries(customer):
        found.append(errors.open_entries(customer.number))
    return found


def check_history(customer: Customer, on: date) -> list[Problem]:
    """E-CU-DEL-HIST: entries are never rewritten, so they keep their customer."""
    return [errors.posted_history(customer.number)] if selectors.has_entries(customer) else []
