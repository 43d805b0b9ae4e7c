"""The floor of one kind of posting: what was posted once and noted down, replayed beside what is measured."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.bench.floor_capture import Document, Table, capturing
from tests.bench.floor_replay import COPY, VALUES, make_twins, open_floor, replay
from tests.bench.results import Result, against

WARM = 2


class Floor:
    """Recorded documents and the twins that they are replayed into, each document once by either way."""

    def __init__(self, tables: dict[str, Table], documents: list[Document]):
        self.tables, self.documents = tables, documents
        self._left = {VALUES: documents, COPY: documents}
        self._own = open_floor()

    def next(self, count: int, schema: str = VALUES) -> list[Document]:
        """The next documents, which are written by somebody now."""
        left = self._left[schema]
        if len(left) < count:
            raise LookupError(f"{count} documents are wanted, {len(left)} are left")
        self._left[schema] = left[count:]
        return left[:count]

    def take(self, schema: str, count: int) -> float:
        """The seconds that it takes to write the next documents, one commit each."""
        return replay(self._own, schema, self.tables, self.next(count, schema))

    @property
    def rows(self) -> int:
        """How many rows a document adds, changes and removes; of the one in the middle."""
        counts = sorted(
            sum(len(rows.added) + len(rows.changed) + len(rows.removed) for rows in document.values())
            for document in self.documents
        )
        return counts[len(counts) // 2]

    def close(self) -> None:
        """Drop the twins."""
        with self._own.cursor() as cursor:
            for schema in (VALUES, COPY):
                cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        self._own.commit()
        self._own.close()


@dataclass(frozen=True)
class Rates:
    """Documents a second, round by round."""

    ours: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    copy: list[float] = field(default_factory=list)

    def results(self, name: str, title: str, unit: str, *, note: str) -> list[Result]:
        """Beside the floor by execute_values, and beside that by COPY."""
        return [
            against(name, title, self.ours, self.values, unit, note=note),
            against(f"{name}_copy", f"{title}, beside COPY", self.ours, self.copy, unit),
        ]


@contextmanager
def recorded(post: Callable[[Sequence], object], what: Sequence) -> Iterator[Floor]:
    """Post `what`, each in a transaction of its own; the twins have the rows that were there before."""
    before = open_floor()
    before.set_session(isolation_level="REPEATABLE READ")
    with before.cursor() as cursor:
        cursor.execute("SELECT")  # from here on it sees what is there now, whatever is posted
        with capturing() as capture:
            post(what)
            tables, documents = capture.read()
        for schema in (VALUES, COPY):
            make_twins(cursor, schema, tables.values())
    before.commit()
    before.close()
    floor = Floor(tables, documents)
    try:
        yield floor
    finally:
        floor.close()


def alternate(
    ours: Callable[[Sequence], float],
    what: Sequence,
    floor: Floor,
    *,
    per_round: int,
    rounds: int,
    warm: int = WARM,
) -> Rates:
    """Ours, the floor by execute_values, the floor by COPY, and again.

    ours  posts the documents of a round and returns the seconds that took
    what  warm + rounds * per_round documents
    warm  rounds of one document that do not count
    """
    rates, left = Rates(), list(what)
    for place in range(-warm, rounds):
        count = per_round if place >= 0 else 1
        now, left = left[:count], left[count:]
        taken = ours(now), floor.take(VALUES, count), floor.take(COPY, count)
        if place >= 0:
            for found, seconds in zip((rates.ours, rates.values, rates.copy), taken, strict=True):
                found.append(count / seconds)
    return rates
