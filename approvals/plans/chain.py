"""Who is asked, in which order: decided from plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter

from django.utils.translation import gettext as _

from approvals.errors import USERS, WORKFLOWS, OwnDocument
from approvals.models.run import EntryStatus as Status
from approvals.models.setup import ApproverType, LimitType
from erp.kernel.errors import Problem


@dataclass(frozen=True, slots=True)
class Person:
    """An approval user. Keys are those of users; `limit` is None where there is none to keep to."""

    key: int
    name: str
    limit: Decimal | None = Decimal(0)
    approver: int | None = None
    substitute: int | None = None
    is_administrator: bool = False
    is_active: bool = True

    def suffices(self, amount: Decimal) -> bool:
        """Up to and including the limit; a limit of 0 covers nothing but nothing."""
        return self.limit is None or amount <= self.limit


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: to whom, in which place, and where it stands from the start."""

    approver: int
    sequence: int
    status: str = Status.CREATED


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides who is asked.

    salespeople  users behind the salesperson of the document
    members      of the user group: sequence number and user
    specific     the user that the workflow names
    strict       nobody approves own documents, not even within the own limit
    """

    document: str
    amount_lcy: Decimal
    sender: int
    sender_name: str
    approver_type: str
    limit_type: str
    salesperson_code: str = ""
    salespeople: Sequence[int] = ()
    members: Sequence[tuple[int, int]] = ()
    specific: int | None = None
    strict: bool = False


@dataclass
class Chain:
    """The questions, or why none can be asked."""

    asked: list[Asked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Stop(Exception):
    def __init__(self, problem: Problem):
        self.problem = problem


def plan_chain(question: Question, people: Mapping[int, Person]) -> Chain:
    """Whom to ask, by sequence; what is asked of the sender is approved from the start.

    Source: Business Central, approver types and limit types of approval workflows. Where that lets people approve
    their own documents without a limit of theirs to cover it, somebody else is asked.
    """
    try:
        asked = _asked(question, people)
        _check_active(question, asked, people)
    except _Stop as stop:
        return Chain(problems=[stop.problem])
    return Chain(asked)


def _asked(question: Question, people: Mapping[int, Person]) -> list[Asked]:
    if question.approver_type == ApproverType.GROUP:
        return _group(question, people)
    if question.limit_type == LimitType.SPECIFIC:
        return _in_turn(question, [*_salesperson(question), _specific(question, people)])
    if question.approver_type == ApproverType.SALESPERSON:
        return _in_turn(question, _from_salesperson(question, people))
    return _in_turn(question, _from_sender(question, people))


def _from_sender(question: Question, people: Mapping[int, Person]) -> list[int]:
    sender = _person(question.sender, people, name=question.sender_name)
    if question.limit_type == LimitType.DIRECT:
        return [_above(question, sender, people)]
    chain = _climb(question, sender, people)
    return [sender.key, *(chain[-1:] if question.limit_type == LimitType.FIRST_QUALIFIED else chain)]


def _from_salesperson(question: Question, people: Mapping[int, Person]) -> list[int]:
    (key,) = _salesperson(question)
    person = _person(key, people)
    if question.limit_type == LimitType.DIRECT:
        return [_above(question, person, people) if key == question.sender else key]
    chain = _climb(question, person, people)
    if question.limit_type == LimitType.FIRST_QUALIFIED:
        return chain[-1:] or [key]
    return [key, *chain]


def _climb(question: Question, start: Person, people: Mapping[int, Person]) -> list[int]:
    """From one approver to the next, up to and including the first whose limit is enough; `start` is left out."""
    person, chain = start, []
    while not _suffices(question, person):
        if person.approver is None:
            message = _("Nobody is qualified to approve {document} over {amount}: {user} has no approver.")
            raise _Stop(_problem("E-APR-NOBODY", message, question, user=person.name))
        if len(chain) >= len(people):
            message = _(
                "The approvers above {user} go round in a circle, and none may approve {document} over {amount}."
            )
            raise _Stop(_problem("E-APR-LOOP", message, question, user=start.name))
        person = _person(person.approver, people)
        chain.append(person.key)
    return chain


def _suffices(question: Question, person: Person) -> bool:
    if question.strict and person.key == question.sender:
        return False
    return person.suffices(question.amount_lcy)


def _above(question: Question, person: Person, people: Mapping[int, Person]) -> int:
    """The direct approver; an administrator who has none is enough."""
    if person.approver is not None:
        return person.approver
    if person.is_administrator and not question.strict:
        return person.key
    message = _("{user} has no approver who could be asked about {document}.")
    raise _Stop(_problem("E-APR-NOBODY", message, question, user=person.name))


def _salesperson(question: Question) -> list[int]:
    """The user behind the document's salesperson, where the workflow begins with them."""
    if question.approver_type != ApproverType.SALESPERSON:
        return []
    if not question.salesperson_code:
        message = _("{document} names no salesperson, who would be asked first: enter one on its head.")
        raise _Stop(_problem("E-APR-NOSALESPERSON", message, question, setup=None, field="salesperson_code"))
    if len(question.salespeople) != 1:
        message = _(
            "Salesperson {salesperson} must be exactly one user, in the sales set-up of users; it is {count}."
        )
        values = {"salesperson": question.salesperson_code, "count": len(question.salespeople)}
        page = "admin:sales_usersalessetup_changelist"
        raise _Stop(_problem("E-APR-SALESPERSON", message, question, setup=page, **values))
    return list(question.salespeople)


def _specific(question: Question, people: Mapping[int, Person]) -> int:
    key = question.specific
    if key is None:
        message = _("The workflow for {document} names no approver.")
        raise _Stop(_problem("E-APR-NOBODY", message, question, setup=WORKFLOWS))
    if key == question.sender and (question.strict or not (key in people and people[key].is_administrator)):
        raise _Stop(OwnDocument(document=question.document).as_problem())
    return key


def _group(question: Question, people: Mapping[int, Person]) -> list[Asked]:
    """Everybody in the group, limits not looked at; the sender's own yes does not count."""
    for _place, key in question.members:
        _person(key, people)
    if all(key == question.sender for _place, key in question.members):
        message = _("The user group that approves {document} has nobody in it but its sender.")
        raise _Stop(_problem("E-APR-GROUP", message, question, setup=WORKFLOWS))
    return [
        Asked(key, place, Status.NOT_COUNTED if key == question.sender else Status.CREATED)
        for place, key in sorted(question.members, key=itemgetter(0))
    ]


def _in_turn(question: Question, keys: Sequence[int]) -> list[Asked]:
    return [
        Asked(key, place, Status.APPROVED if key == question.sender else Status.CREATED)
        for place, key in enumerate(keys, start=1)
    ]


def _person(key: int, people: Mapping[int, Person], *, name: str = "") -> Person:
    if key not in people:
        message = _("{user} is not among the approval users.").format(user=name or _("An approver"))
        raise _Stop(Problem("E-APR-USER", message, setup=USERS))
    return people[key]


def _check_active(question: Question, asked: Sequence[Asked], people: Mapping[int, Person]) -> None:
    for each in asked:
        if each.status == Status.CREATED and each.approver in people and not people[each.approver].is_active:
            message = _("{user}, who would be asked about {document}, cannot log in any more.")
            raise _Stop(_problem("E-APR-INACTIVE", message, question, user=people[each.approver].name))


def _problem(
    code: str,
    message: str,
    question: Question,
    *,
    setup: str | None = USERS,
    field: str | None = None,
    **values,
) -> Problem:
    text = message.format(document=question.document, amount=question.amount_lcy, **values)
    return Problem(code, text, setup=setup, field=field)


MOST_HOPS = 3


def plan_delegation(
    asked: int,
    *,
    hops: int,
    sender: int,
    amount_lcy: Decimal,
    people: Mapping[int, Person],
    must_suffice: bool,
) -> int | None:
    """Who takes a request over: the substitute, else the approver, else the administrator; None: nobody can.

    hops  how often it was delegated already: after three times it goes to the administrator
    The sender never gets it, and neither does anybody who cannot log in.
    """
    administrator = next((person.key for person in people.values() if person.is_administrator), None)
    person = people.get(asked)
    candidates = [administrator]
    if person is not None and hops < MOST_HOPS:
        candidates = [person.substitute, person.approver, administrator]
    for key in candidates:
        if key is None or key in (asked, sender) or not people[key].is_active:
            continue
        if must_suffice and key != administrator and not people[key].suffices(amount_lcy):
            continue
        return key
    return None
