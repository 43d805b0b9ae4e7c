"""manage.py import_data: another system's files, by a profile that says what they mean."""

import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext_lazy

from erp.kernel.changelog import acting_as
from erp.kernel.errors import ErpError
from erp.management.acting import ActingCommand
from erp.management.arguments import user_named
from erp.setup_data.load import load_setup
from integration.imports.files import Table
from integration.imports.listener import Listener
from integration.imports.profile import OWN_PROFILES, SetUp, load_profile
from integration.imports.run import ERRORS_KEPT, Report, run_import
from posting.models import GeneralLedgerSetup
from posting.routines.create_fiscal_year import create_fiscal_year

BAR = 30  # characters
REDRAW = 0.1  # seconds


class Command(ActingCommand):
    help = "Import a folder of CSV and Excel files: everything, or nothing where a row is wrong. See docs/import.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the files are")
        parser.add_argument("--profile", type=Path, required=True, metavar="FILE",
                            help="what the files mean; also the name of a profile that comes with Handel")  # fmt: skip
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, show the result, keep nothing"
        )
        parser.add_argument("--only", nargs="+", default=[], metavar="SECTION", help="only these sections")
        parser.add_argument("--errors", type=int, default=ERRORS_KEPT, metavar="N",
                            help="how many errors to show (default %(default)s)")  # fmt: skip

    def handle(self, *, folder: Path, profile: Path, dry_run: bool, only: list[str], user: str | None, errors: int,
               **options) -> None:  # fmt: skip
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        progress = Progress(self.stderr._out, self.stdout.write, redraws=self.stderr.isatty())
        started, by = time.monotonic(), user_named(user)
        try:
            with acting_as(by):
                report = run_import(
                    load_profile(find_profile(profile)),
                    folder,
                    by=by,
                    at=timezone.now(),
                    on=timezone.localdate(),
                    dry_run=dry_run,
                    only=only,
                    listener=progress,
                    prepare=prepare,
                    errors_kept=max(errors, 1),
                )
        except ErpError as error:
            progress.close()
            raise CommandError(error.message) from None
        progress.close()
        self._show(report, time.monotonic() - started)

    def _show(self, report: Report, seconds: float) -> None:
        if not report.ok:
            for error in report.errors:
                self.stderr.write(str(error))
            more = report.error_count - len(report.errors)
            if more > 0:
                self.stderr.write(f"… and {more:,} more")
            count = f"{report.error_count:,} error{'s' if report.error_count > 1 else ''}"
            raise CommandError(f"{count}{'' if report.is_complete else ' so far'}. Nothing was imported.")
        for outcome in report.outcomes:
            parts = [f"{outcome.added:,} added", f"{outcome.kept:,} there already"]
            parts += [f"{count:,} {STEPS.get(verb, verb)}" for verb, count in outcome.steps.items()]
            self.stdout.write(f"{outcome.section}: {', '.join(parts)}")
        if report.dry_run:
            summary = "Dry run: nothing was kept"
        else:
            summary = "Imported" if report.changed else "Nothing changed: everything was there already"
        self.stdout.write(self.style.SUCCESS(f"{summary}. {seconds:.1f} seconds."))


STEPS = {"release": "released", "ship": "shipped", "invoice": "invoiced", "post": "posted in full"}
VERBS = {"write": "", "post": ", posting"}


class Progress(Listener):
    """A bar with its rate on a terminal; elsewhere one line when a section is done."""

    def __init__(self, err, say, *, redraws: bool):
        self.err, self.say, self.redraws = err, say, redraws
        self.label, self.total, self.done, self.started, self.drawn = "", 0, 0, 0.0, 0.0

    def file(self, table: Table) -> None:
        if table.encoding:
            columns, rows = len(table.columns), len(table.rows)
            self.say(f"{table.spec.path}: {table.encoding}, {columns} columns, {rows:,} rows")

    def begin(self, section: str, verb: str, total: int) -> None:
        self.label, self.total, self.done = f"{section}{VERBS.get(verb, verb)}", total, 0
        self.started, self.drawn = time.monotonic(), 0.0

    def advance(self, section: str, done: int) -> None:
        self.done = done
        now = time.monotonic()
        if self.redraws and now - self.drawn >= REDRAW:
            self.drawn = now
            filled = BAR * done // self.total
            self.err.write(
                f"\r{self.label} [{'#' * filled}{'.' * (BAR - filled)}] {self._counted(now)}\x1b[K"
            )
            self.err.flush()

    def end(self, section: str) -> None:
        self.close()
        self.err.write(f"{self.label}: {self._counted(time.monotonic())}\n")

    def close(self) -> None:
        """Take an unfinished bar away."""
        if self.redraws and self.drawn:
            self.err.write("\r\x1b[K")
            self.err.flush()
            self.drawn = 0.0

    def _counted(self, now: float) -> str:
        rate = self.done / max(now - self.started, 0.001)
        return f"{self.done:,} of {self.total:,}, {rate:,.0f}/s"


def find_profile(path: Path) -> Path:
    """The file, or the profile of this name that comes with Handel."""
    own = OWN_PROFILES / f"{path.name}.yaml"
    return own if not path.exists() and path.name == str(path) and own.is_file() else path


def prepare(setup: SetUp) -> None:
    """Load the set-up that the profile wants, unless the company has one: then it must be in the same currency."""
    today = timezone.localdate()
    there = GeneralLedgerSetup.objects.first()
    if there is None:
        for year in range(setup.books_from or today.year, today.year - 1):
            create_fiscal_year(starting_date=date(year, 1, 1))
        load_setup(on=today, country=setup.country, lcy=setup.lcy or None)
    elif setup.lcy and there.lcy_code != setup.lcy:
        raise OtherCurrency(profile=setup.lcy, company=there.lcy_code)


class OtherCurrency(ErpError):
    """Amounts of one currency do not become those of another by being imported."""

    code, status = "E-IMP-LCY", 409
    template = gettext_lazy(
        "The amounts of the profile are in {profile}, but this company keeps its books in {company}."
    )
