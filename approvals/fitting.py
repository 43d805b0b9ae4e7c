"""Which workflow a document starts, and which workflows get in each other's way."""

from collections.abc import Iterable

from approvals.models import Workflow
from approvals.subjects import Facts


def fits(workflow: Workflow, facts: Facts) -> bool:
    """Whether every condition is met; a document is asked for its credit only by those that want to know."""
    if workflow.document_types and facts.type not in workflow.document_types:
        return False
    if workflow.amount_more_than is not None and facts.amount_lcy <= workflow.amount_more_than:
        return False
    if workflow.customers and facts.party_no not in workflow.customers:
        return False
    if workflow.customer_groups and not set(workflow.customer_groups) & set(facts.groups):
        return False
    return not workflow.over_credit_limit or facts.credit() < 0


def first_fit(workflows: Iterable[Workflow], facts: Facts) -> Workflow | None:
    """The one that starts: the first by priority."""
    return next((workflow for workflow in workflows if fits(workflow, facts)), None)


def conditions(workflow: Workflow) -> tuple:
    """What makes two workflows the same to a document; the amount aside, which only narrows."""
    return (
        frozenset(workflow.customers),
        frozenset(workflow.customer_groups),
        workflow.over_credit_limit,
        workflow.amount_more_than,
    )


def clashing(workflow: Workflow, others: Iterable[Workflow]) -> list[Workflow]:
    """Those with the very same conditions on one of the same types: only one of them would ever start."""
    return [
        other
        for other in others
        if other.subject == workflow.subject
        and set(other.document_types) & set(workflow.document_types)
        and conditions(other) == conditions(workflow)
    ]


def overlapping(workflow: Workflow, others: Iterable[Workflow]) -> list[Workflow]:
    """Those that some documents fit as well: the one of lower priority never sees these."""
    return [
        other
        for other in others
        if other.subject == workflow.subject
        and set(other.document_types) & set(workflow.document_types)
        and _meet(other.customers, workflow.customers)
        and _meet(other.customer_groups, workflow.customer_groups)
    ]


def _meet(one: list[str], other: list[str]) -> bool:
    return not one or not other or bool(set(one) & set(other))
