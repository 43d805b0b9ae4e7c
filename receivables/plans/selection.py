"""Which entries a new entry settles, and why some may not be. Pure."""

from collections.abc import Iterable

from erp.kernel.errors import Problem
from erp.kernel.money import ZERO
from receivables import errors
from receivables.plans.values import ApplyRequest, Chosen, OpenItems, OpenItemState, sign


def choose(
    new: OpenItemState, request: ApplyRequest, items: OpenItems, *, is_posted: bool = False
) -> tuple[list[Chosen], list[Problem]]:
    """The entries that the request names, and what is wrong with them.

    new        the applying entry
    items      what was loaded for the request; its own problems (not open, other customer) come first
    is_posted  an application of posted entries, whose date may follow any of them
    """
    problems = list(items.problems)
    if request.is_oldest:
        return _oldest(new, items), problems
    chosen = [choice for choice in _named(request, items) if choice.item.key != new.key]
    for choice in chosen:
        problems += _check(new, choice, items.rules.between_currencies, is_posted)
    if not chosen and not problems and request.document_no:
        name = errors.entry_name(request.document_type, request.document_no)
        problems.append(errors.NotOpen(entry=name).as_problem(field="apply"))
    elif not chosen and not problems:
        problems.append(errors.NothingChosen().as_problem(field="apply"))
    elif not problems and not any(sign(choice.item.remaining) == -sign(new.remaining) for choice in chosen):
        problems.append(_same_sign(chosen[0].item))
    return chosen, problems


def _named(request: ApplyRequest, items: OpenItems) -> Iterable[Chosen]:
    if request.entries:
        for key, amount in request.entries:
            item = items.get(key)
            if item is not None and amount != ZERO:
                yield _chosen(item, amount)
    elif request.applies_to_id:
        for item in items:
            if item.applies_to_id == request.applies_to_id and item.amount_to_apply:
                yield _chosen(item, item.amount_to_apply)
    else:
        for item in items:
            if (item.document_type, item.document_no) == (request.document_type, request.document_no):
                yield _chosen(item, None)
                return


def _chosen(item: OpenItemState, amount) -> Chosen:
    if amount is None or amount == item.remaining:
        return Chosen(item, item.remaining)
    return Chosen(item, amount, is_lowered=True)


def _oldest(new: OpenItemState, items: OpenItems) -> list[Chosen]:
    """Open entries of the other sign that nobody marked, none of them later; the walk orders them by due date."""
    return [
        Chosen(item, item.remaining)
        for item in items
        if item.key != new.key
        and sign(item.remaining) == -sign(new.remaining)
        and not item.applies_to_id
        and item.posting_date <= new.posting_date
        and (items.rules.between_currencies or item.currency_code == new.currency_code)
    ]


def _check(
    new: OpenItemState, choice: Chosen, between_currencies: bool, is_posted: bool
) -> Iterable[Problem]:
    item = choice.item
    name = errors.entry_name(item.document_type, item.document_no, item.key)
    if item.customer_id != new.customer_id:
        yield errors.OtherCustomer(entry=name, customer=item.customer_no).as_problem(field="apply")
    if not item.remaining:
        yield errors.NotOpen(entry=name).as_problem(field="apply")
    if item.currency_code != new.currency_code and not between_currencies:
        yield errors.CurrenciesDiffer().as_problem(field="apply")
    if not is_posted and item.posting_date > new.posting_date:
        yield errors.EntryIsLater(entry=name, date=item.posting_date).as_problem(field="posting_date")
    yield from check_amount_to_apply(choice.to_apply, item)


def check_amount_to_apply(amount, item: OpenItemState) -> list[Problem]:
    """An amount to apply goes the way of what remains, and not beyond it."""
    found = []
    if amount and sign(amount) != sign(item.remaining):
        found.append(errors.WrongSign(field="amount_to_apply", remaining=item.remaining))
    elif abs(amount) > abs(item.remaining):
        found.append(errors.TooBig(field="amount_to_apply", remaining=item.remaining))
    return [error.as_problem(field="amount_to_apply") for error in found]


def _same_sign(item: OpenItemState) -> Problem:
    name = errors.entry_name(item.document_type, item.document_no, item.key)
    return errors.SameSign(entry=name, remaining=item.remaining).as_problem(field="apply")
