"""What can be refused, as values and as exceptions.

A check returns `Problem`s, all of them; a routine raises them together with `raise_problems`. A refusal with a name
of its own is a subclass of `ErpError`. The API turns either into its error body, a page into a refusal partial.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why something cannot be done.

    code     for machines: "E-NS-END"; warnings, which stop nothing, begin with "W-"
    message  for people, complete and translated
    line_no  the document or journal line it is about
    field    the field it is about
    setup    name of the URL of the set-up page that mends it, as in "admin:kernel_numberseries_changelist"
    """

    code: str
    message: str
    line_no: int | None = None
    field: str | None = None
    setup: str | None = None

    def __str__(self) -> str:
        return self.message if self.line_no is None else f"{self.message} ({_('line')} {self.line_no})"


class ErpError(Exception):
    """A foreseen refusal: one subclass per refusal, raised with the data that its sentence needs.

        class OverCreditLimit(ErpError):
            code, status = "E-CU-CREDIT", 409
            template = _("{customer} may owe at most {limit}.")

        raise OverCreditLimit(customer="Adatum", limit=limit)

    Raising one without the data its template names is a KeyError, in the first test that meets it.
    """

    code = "E-ERP"
    status = 409
    template = _("This cannot be done.")
    setup: str | None = None

    def __init__(self, **data):
        self.data = data
        self.message = str(self.template).format(**data)
        super().__init__(self.message)

    def __reduce__(self):
        return partial(type(self), **self.data), ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The refusal as problems, whichever class it is: what doors show."""
        return (self.as_problem(),)

    def as_problem(self, *, line_no: int | None = None, field: str | None = None) -> Problem:
        """The same refusal as a value, for a check that collects."""
        return Problem(self.code, self.message, line_no=line_no, field=field, setup=self.setup)


class ProblemsFound(ErpError):
    """One or more problems stop the routine; its code is that of the first one.

    problems  never empty, in the order in which the checks found them
    subject   what they were found on, in words: "Order 1001"
    """

    status = 422

    def __init__(self, problems: Iterable[Problem], subject: object = None):
        found = tuple(problems)
        if not found:
            raise ValueError("ProblemsFound without a problem")
        self._problems = found
        self.subject = "" if subject is None else str(subject)
        self.code = found[0].code
        self.setup = found[0].setup
        self.data = {"problems": found, "subject": self.subject}
        self.message = "\n".join(str(problem) for problem in found)
        Exception.__init__(self, f"{self.subject}: {self.message}" if self.subject else self.message)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems

    def as_problem(self, *, line_no: int | None = None, field: str | None = None) -> Problem:
        first = self._problems[0]
        return Problem(first.code, self.message, line_no=line_no, field=field, setup=first.setup)


class WrongStatus(ErpError):
    """The document is not in a status from which this move starts."""

    code, status = "E-STATUS", 409
    template = _("{document} is {status}; it must be {expected}.")


class Gone(ErpError):
    """What somebody is about to change was posted, converted or deleted a moment ago."""

    code, status = "E-DOC-GONE", 404
    template = _("{document} is not there any more: it was posted, converted or deleted in the meantime.")


def raise_problems(subject: object, problems: Iterable[Problem]) -> None:
    """Stop here when a check or a plan found something; warnings ("W-…") stop nothing."""
    stopping = [problem for problem in problems if not problem.code.startswith("W-")]
    if stopping:
        raise ProblemsFound(stopping, subject=subject)
