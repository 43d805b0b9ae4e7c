"""The import itself: read everything, check everything, write everything, or leave no trace."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction

from integration.imports.collect import Collector, report_missing
from integration.imports.errors import Errors, ImportRunning, RowError, UnknownSection
from integration.imports.files import Table, read_table
from integration.imports.listener import Listener
from integration.imports.profile import Profile, Section, SetUp
from integration.imports.sources import Sources
from integration.imports.targets.context import Context
from integration.imports.targets.known import Known
from integration.imports.targets.target import Record

ERRORS_KEPT = 100


@dataclass(frozen=True)
class Outcome:
    """What became of one section.

    rows   that the section takes from its file
    added  records that are new; `kept` were there already
    steps  how many documents were released, shipped, invoiced, posted now
    """

    section: str
    rows: int
    added: int = 0
    kept: int = 0
    steps: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.added or self.steps)


@dataclass(frozen=True)
class Report:
    """What an import did, or why it did nothing.

    errors       the first of them; `error_count` counts all
    is_complete  False when the import stopped looking because there were errors enough
    """

    outcomes: tuple[Outcome, ...] = ()
    errors: tuple[RowError, ...] = ()
    error_count: int = 0
    dry_run: bool = False
    is_complete: bool = True

    @property
    def ok(self) -> bool:
        return not self.error_count

    @property
    def changed(self) -> bool:
        return self.ok and not self.dry_run and any(outcome.changed for outcome in self.outcomes)


def run_import(
    profile: Profile,
    folder: Path,
    *,
    by,
    at: datetime,
    on: date,
    dry_run: bool = False,
    only: Sequence[str] = (),
    listener: Listener | None = None,
    prepare: Callable[[SetUp], None] | None = None,
    errors_kept: int = ERRORS_KEPT,
) -> Report:
    """Import a folder by a profile: all of it, or nothing where a single row is wrong.

    by, at, on   who imports, when, and today's date
    dry_run      do everything, posting and the checks of the commit included, then undo it; numbers of series that
                 allow gaps are lost
    only         names of the sections to import; all of them when empty
    prepare      called first, within the transaction, with the set-up that the profile wants
    returns      the report; its errors are to be shown to people, each names file, row, column, value and reason
    raises       UnknownSection; ImportRunning; whatever `prepare` raises

    A second run finds every record again and changes nothing.
    """
    listener = listener or Listener()
    sections = _chosen(profile, only)
    errors = Errors(errors_kept)
    tables = _read(profile, sections, folder, listener, errors)
    report_missing(sections, tables, errors)
    if errors:
        return _refused(errors, dry_run, is_complete=False)
    with transaction.atomic():
        _be_the_only_one(profile.name)
        if profile.setup is not None and prepare is not None:
            prepare(profile.setup)
        known = Known()
        collector = Collector(Sources(tables), known, errors)
        collected = [(section, collector.section(section)) for section in sections]
        outcomes = []
        if not errors:
            for section, records in collected:
                context = Context(by, at, on, profile.name, section.name, known, errors, listener)
                outcomes.append(_write(section, records, context))
                if errors:
                    break
        if errors or dry_run:
            if not errors:
                _check_as_at_commit()
            transaction.set_rollback(True)
    if errors:
        return _refused(errors, dry_run, is_complete=len(outcomes) in (0, len(collected)))
    return Report(tuple(outcomes), dry_run=dry_run)


def _chosen(profile: Profile, only: Sequence[str]) -> list[Section]:
    names = [section.name for section in profile.sections]
    for name in only:
        if name not in names:
            raise UnknownSection(name=name, names=", ".join(names))
    return [section for section in profile.sections if not only or section.name in only]


def _read(
    profile: Profile, sections: Sequence[Section], folder: Path, listener: Listener, errors: Errors
) -> dict[str, Table]:
    """The files that these sections read, in the order of the profile."""
    wanted = {file for section in sections for file in section.columns}
    tables = {}
    for name, spec in profile.files.items():
        if name in wanted:
            tables[name] = read_table(folder, spec, errors)
            listener.file(tables[name])
    return tables


def _write(section: Section, records: Sequence[Record], context: Context) -> Outcome:
    section.target.write(records, context)
    done = dict(context.done)
    return Outcome(
        section.name, len(records), added=done.pop("added", 0), kept=done.pop("kept", 0), steps=done
    )


def _be_the_only_one(name: str) -> None:
    """Hold the source until the transaction ends; raises ImportRunning where somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('import'), hashtext(%s))", [name])
        if not cursor.fetchone()[0]:
            raise ImportRunning(name=name)


def _check_as_at_commit() -> None:
    """What the database would only find out when it commits, a ledger off balance for instance."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _refused(errors: Errors, dry_run: bool, *, is_complete: bool) -> Report:
    return Report((), tuple(errors.kept), errors.count, dry_run, is_complete)
