"""What writing one section needs to know, and whom it tells how far it is."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import Error as DatabaseError
from django.db import transaction

from erp.kernel.errors import ErpError
from integration.imports.errors import Errors
from integration.imports.files import Row
from integration.imports.listener import Listener
from integration.imports.targets.known import Known
from integration.imports.targets.target import Record

Thing = TypeVar("Thing")
STEP = 10000  # between the numbers of two lines


@dataclass
class Context:
    """One section being written.

    source, section  what the keys of `ImportedRecord` belong to
    done             how many records were added, were there already, and went through which step
    """

    by: Any
    at: datetime
    on: date
    source: str
    section: str
    known: Known
    errors: Errors
    listener: Listener
    done: Counter = field(default_factory=Counter)

    def each(self, things: Sequence[Thing], *, verb: str) -> Iterator[Thing]:
        """The things one by one, telling the listener; stops early when there are errors enough."""
        if not things:
            return
        self.listener.begin(self.section, verb, len(things))
        for number, thing in enumerate(things, start=1):
            if self.errors.is_full:
                break
            yield thing
            self.listener.advance(self.section, number)
        self.listener.end(self.section)

    def attempt(self, record: Record, action: Callable[..., Thing], /, *given, **named) -> Thing | None:
        """Run a routine for one record in a savepoint; a refusal becomes errors of its row, and None is returned."""
        rows = [line.row for line in record.lines]
        return self._try(action, given, named, row=record.row, rows=rows, value=record.key)

    def attempt_all(
        self, records: Sequence[Record], action: Callable[..., Thing], /, *given, **named
    ) -> Thing | None:
        """Run a routine that takes many records as its lines, numbered by ten thousands."""
        rows = [record.row for record in records]
        return self._try(action, given, named, row=rows[0], rows=rows, value="")

    def _try(self, action, given, named, *, row: Row, rows: Sequence[Row], value: str):
        """rows  where the lines come from that a problem may name"""
        try:
            with transaction.atomic():
                return action(*given, **named)
        except ErpError as error:
            for problem in error.problems:
                place = (problem.line_no or 0) // STEP - 1
                where = rows[place] if 0 <= place < len(rows) else row
                self.errors.add(where.error(problem.message, column=problem.field or "", value=value))
        except DatabaseError as error:
            self.errors.add(row.error(" ".join(str(error).split()), value=value))
        return None
