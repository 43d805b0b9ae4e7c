"""What was imported before, and what is being imported now."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from erp.kernel.bulk import insert_rows, update_rows
from integration.models import ImportedRecord


class _New(NamedTuple):
    source: str
    section: str
    key: str
    document_type: str
    number: str
    steps: str
    imported_at: datetime
    imported_by: str


class _Steps(NamedTuple):
    id: int
    steps: str


class Memory:
    """The imported records of one section: read once, written once.

    A record changes only by steps that were taken since.
    """

    def __init__(self, *, source: str, section: str, by, at: datetime):
        self.source, self.section, self.by, self.at = source, section, by, at
        rows = ImportedRecord.objects.filter(source=source, section=section)
        self.known: dict[str, ImportedRecord] = {row.key: row for row in rows}
        self._steps = {key: row.steps for key, row in self.known.items()}

    def __contains__(self, key: str) -> bool:
        return key in self.known

    def steps(self, key: str) -> set[str]:
        return set(self.known[key].steps.split())

    def remember(self, key: str, *, document_type: str = "", number: str = "") -> None:
        self.known[key] = ImportedRecord(
            key=key, document_type=document_type, number=number, imported_at=self.at
        )

    def took(self, key: str, step: str) -> None:
        record = self.known[key]
        record.steps = f"{record.steps} {step}".strip()

    def save(self) -> None:
        """Two statements, however many records."""
        insert_rows(ImportedRecord, self._new())
        update_rows(
            ImportedRecord,
            [
                _Steps(record.pk, record.steps)
                for key, record in self.known.items()
                if record.pk and record.steps != self._steps[key]
            ],
        )

    def _new(self) -> Iterable[_New]:
        name = self.by.get_username() if self.by else ""
        for key, record in self.known.items():
            if record.pk is None:
                yield _New(
                    self.source,
                    self.section,
                    key,
                    record.document_type,
                    record.number,
                    record.steps,
                    self.at,
                    name,
                )
