"""What rooms above tell this one: figures of a customer, reasons not to delete one, how customers are numbered.

    registry.figure("outstanding_orders", outstanding_orders)       in AppConfig.ready of the room that knows
    registry.deletion_check("receivables", check_deletion, rank=20)
    registry.number_series(lambda: ReceivablesSetup.current().customer_number_series)

Registering again under a name replaces what was there.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal

from customers.models import Customer
from erp.kernel.errors import Problem

# customer ids, a date → amounts in local currency by customer id; those that are missing are zero
Figure = Callable[[Collection[int], date], Mapping[int, Decimal]]
DeletionCheck = Callable[[Customer, date], list[Problem]]

FIGURES = (
    "balance",
    "balance_due",
    "overdue",
    "outstanding_orders",
    "shipped_not_invoiced",
    "outstanding_invoices",
    "outstanding_invoices_from_shipments",
    "invoiced_prepayments",
    "returned_not_credited",
    "outstanding_returns",
)

_figures: dict[str, Figure] = {}
_deletion_checks: dict[str, tuple[int, DeletionCheck]] = {}
_number_series: list[Callable[[], str]] = []


def figure(name: str, source: Figure) -> None:
    """Say where a figure comes from."""
    if name not in FIGURES:
        raise ValueError(f"{name} is no figure of a customer")
    _figures[name] = source


def figures(customer_ids: Collection[int], *, on: date) -> dict[int, dict[str, Decimal]]:
    """Every known figure of some customers: as many queries as there are figures, however many customers."""
    found = {customer_id: {} for customer_id in customer_ids}
    for name, source in _figures.items():
        for customer_id, amount in source(customer_ids, on).items():
            found[customer_id][name] = amount
    return found


def deletion_check(name: str, check: DeletionCheck, *, rank: int) -> None:
    """Have a room asked before a customer is deleted, in the order of the ranks."""
    _deletion_checks[name] = (rank, check)


def deletion_problems(customer: Customer, *, on: date) -> list[Problem]:
    """What stands in the way of deleting a customer, in order."""
    checks = sorted(_deletion_checks.values(), key=lambda entry: entry[0])
    return [problem for _rank, check in checks for problem in check(customer, on)]


def number_series(source: Callable[[], str]) -> None:
    """Say where the number series of customers stands."""
    _number_series[:] = [source]


def customer_number_series() -> str:
    """The series that the set-up names; empty when none does."""
    return _number_series[0]() if _number_series else ""
