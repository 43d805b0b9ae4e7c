"""What can be approved: filled by the rooms above, each in its `AppConfig.ready`.

    subjects.register(Subject(name="sales.document", label=_("Sales document"), types=…, lock=lock, …))

Approvals knows nothing of a document but its `Facts`, and tells its room what was decided by calling it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from erp.kernel.errors import Problem


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked about a document, as it is now.

    amount         without VAT, at full quantity, in the document's currency; positive on credit memos as well
    amount_lcy     the same in local currency, at the document's own rate
    groups         codes of the customer groups it belongs to
    is_empty       it has no line to say yes to
    salespeople    asked when somebody wants to know: keys of the users behind the document's salesperson
    credit         likewise: what is left of the payer's limit with this document, in local currency; 0 without a limit
    """

    key: int
    type: str
    number: str
    title: str
    party_no: str
    party_name: str
    currency_code: str
    amount: Decimal
    amount_lcy: Decimal
    groups: tuple[str, ...] = ()
    salesperson_code: str = ""
    is_empty: bool = False
    salespeople: Callable[[], Sequence[int]] = tuple
    credit: Callable[[], Decimal] = Decimal


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of document that can be approved, and the verbs of its room.

    types         code and label of each type of document
    find          the document of a type and number; raises Gone
    exists        whether the document of a key is still there
    documents     those that are still there, to ask about many at once
    lock          the document of a key, locked until the transaction ends: the first lock of all; raises Gone
    facts         see `Facts`
    check         why it cannot be sent for approval, but for what approvals knows itself
    prepare       brings its figures up to date before anybody is asked about them
    on_requested  holds the document until the request is decided
    on_approved   lets it go: called in the transaction of the last approval, which fails with it
    on_returned   gives it back to whoever works on it: rejected or cancelled
    address       the page of a type and number
    show          that page as an answer to a request, with a refusal on it
    view          the permission that its page wants
    """

    name: str
    label: str
    types: Sequence[tuple[str, str]]
    find: Callable[[str, str], Any]
    exists: Callable[[int], bool]
    documents: Callable[[], QuerySet]
    lock: Callable[[int], Any]
    facts: Callable[[Any], Facts]
    check: Callable[[Any], list[Problem]]
    prepare: Callable[..., None]
    on_requested: Callable[..., None]
    on_approved: Callable[..., None]
    on_returned: Callable[..., None]
    address: Callable[[str, str], str]
    show: Callable[..., Any]
    view: str


_subjects: dict[str, Subject] = {}


def register(subject: Subject) -> None:
    """Make a kind of document known. A second one of the same name takes the place of the first."""
    _subjects[subject.name] = subject


def get(name: str) -> Subject:
    """raises  KeyError for what nobody registered"""
    return _subjects[name]


def known() -> tuple[Subject, ...]:
    """Every kind, in the order of their names."""
    return tuple(_subjects[name] for name in sorted(_subjects))
