"""Apply posted entries to one another: a payment that lay open, a credit memo, a refund."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from customers.selectors import locked
from erp.kernel.access import needs
from erp.kernel.errors import Problem, raise_problems
from posting import journal
from posting.dates import check_posting_date
from posting.setup_values import PostingSetup
from posting.values import Facts, Transaction
from receivables import errors, selectors
from receivables.ledger import load_item, load_open_items, load_rules, plan_application
from receivables.ledger.run import write_run
from receivables.plans.entry import EntryPlan
from receivables.plans.values import ApplyRequest, OpenItems

if TYPE_CHECKING:
    from erp.kernel.models import User

SOURCE_CODE = "SALESAPPL"


@dataclass(frozen=True, slots=True)
class ApplicationPlan:
    """A posted application as it will be written: what the preview shows."""

    facts: Facts | None
    plan: EntryPlan | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What an application left on the applying entry."""

    entry_no: int
    remaining: Decimal
    on: date
    register_no: int


@needs("receivables.apply_entries")
@transaction.atomic
def apply_entries(*, by: "User | None", at: datetime, **given) -> Applied:
    """Apply an open entry to others; see `plan_apply` for what is given.

    raises  NotOpen, ProblemsFound; nothing is written then

    A plain application writes details alone: no G/L entry, transaction number 0. Undo with `unapply`.
    """
    setup = PostingSetup.load()
    planned = plan_apply(by=by, setup=setup, **given)
    raise_problems("", planned.problems)

    plan, facts = planned.plan, planned.facts
    written = write_run(
        [Transaction(facts, plan.lines)] if plan.lines else [],
        [(plan, facts)],
        setup=setup,
        source_code=SOURCE_CODE,
        by=by,
        at=at,
    )
    return Applied(plan.key, plan.item.remaining, facts.posting_date, written.register_no)


def preview_application(*, by: "User | None", **given) -> ApplicationPlan:
    """The plan of an application with its problems, and not a trace of it."""
    with transaction.atomic():
        planned = plan_apply(by=by, **given)
        transaction.set_rollback(True)
    return planned


def plan_apply(
    *,
    by: "User | None",
    applying: int,
    to: Iterable[tuple[int, Decimal | None] | int] = (),
    applies_to_id: str = "",
    on: date | None = None,
    accept_payment_tolerance: bool = True,
    accept_late_discount: bool = True,
    setup: PostingSetup | None = None,
) -> ApplicationPlan:
    """Decide an application: locks the customer and the entries, writes nothing. Within a transaction.

    applying       number of the entry that settles, normally the payment
    to             numbers of the entries to be settled, alone or with the amount to apply of each
    applies_to_id  instead: all entries marked with it
    on             None: the latest posting date of all entries
    """
    setup = setup or PostingSetup.load()
    customer_id = selectors.customer_of(applying)
    if customer_id is None:
        raise errors.NotOpen(entry=errors.entry_name("", "", applying))
    locked(customer_id)
    answers = {
        "accept_payment_tolerance": accept_payment_tolerance,
        "accept_late_discount": accept_late_discount,
    }
    pairs = tuple((entry, None) if isinstance(entry, int) else entry for entry in to)
    request = (
        ApplyRequest.to_entries(pairs, **answers) if pairs else ApplyRequest.by_id(applies_to_id, **answers)
    )
    rules = load_rules(setup)
    new = load_item(applying, setup=setup)
    if new is None:
        raise errors.NotOpen(entry=errors.entry_name("", "", applying))
    if not pairs and not applies_to_id:
        return ApplicationPlan(None, None, (errors.NothingChosen().as_problem(field="to"),))
    found = load_open_items(
        customer_id,
        apply=request,
        on=new.posting_date,
        setup=setup,
        currency_code=new.currency_code,
        rules=rules,
    )
    items = OpenItems((item for item in found if item.key != applying), found.rules, found.problems)
    plan = plan_application(new, request, open_items=items)
    chosen = [item for item in items if item.key in plan.after]
    last = max([new, *(chosen or items)], key=lambda item: item.posting_date)
    day = last.posting_date if on is None else on
    problems = [*_check_date(day, last, by, setup), *plan.problems]
    facts = Facts(
        posting_date=day,
        vat_date=day,
        document_date=day,
        document_type=new.document_type,
        document_no=new.document_no,
        source_type="customer",
        source_no=new.customer_no,
        source_code=SOURCE_CODE,
        currency_code=new.currency_code,
    )
    if plan.lines and not problems:
        problems += journal.check([Transaction(facts, plan.lines)], by=by, setup=setup, manual=False)
    return ApplicationPlan(facts, plan, tuple(problems))


def _check_date(day: date, last, by: "User | None", setup: PostingSetup) -> list[Problem]:
    found = []
    if day < last.posting_date:
        name = errors.entry_name(last.document_type, last.document_no, last.key)
        found.append(errors.ApplicationTooEarly(entry=name, date=last.posting_date).as_problem(field="on"))
    if check_posting_date(day, by, setup) is not None:
        found.append(errors.ApplicationDateClosed(date=day).as_problem(field="on"))
    return found
