"""manage.py post_journal: posts the lines of a CSV file to the general ledger, all or none."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError
from django.utils import timezone

from erp.kernel.errors import ErpError, Problem
from erp.management.acting import ActingCommand
from erp.management.arguments import user_named
from posting.models import GLAccount
from posting.plans.journal_file import COLUMNS, REQUIRED, read_journal
from posting.routines.post_journal import BALANCE_CODES, BATCH, JournalPlan, post_journal, preview_journal


class Command(ActingCommand):
    """The door for a journal that comes as a file."""

    help = (
        "Posts a G/L journal from a CSV file with a header row, all lines or none. "
        f"Columns: {', '.join(COLUMNS)}; needed are {', '.join(REQUIRED)}. "
        "A line has its opposite in bal_account_no or in further lines of the same document."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--preview", action="store_true", help="show the entries and the problems, write nothing"
        )
        parser.add_argument(
            "--batch", default=BATCH, metavar="NAME", help=f"name of the journal (default {BATCH})"
        )
        parser.add_argument(
            "--balance-by-date",
            action="store_true",
            help="documents need not balance one by one, only each date",
        )

    def handle(
        self, *, file: Path, preview: bool, user: str | None, batch: str, balance_by_date: bool, **options
    ) -> None:
        by = user_named(user)
        if len(batch) > 20:
            raise CommandError("The name of a journal has at most 20 characters.")
        lines, problems = read_journal(self._text(file))
        options = {"by": by, "force_document_balance": not balance_by_date}
        try:
            if preview or problems:
                plan = preview_journal(lines, **options) if lines or not problems else JournalPlan([], [])
                if not problems:
                    self._show(plan)
                # Beside a row that cannot be read, nothing balances.
                found = [each for each in plan.problems if not problems or each.code not in BALANCE_CODES]
                self._refuse(file, [*problems, *found])
                return
            posted = post_journal(lines, at=timezone.now(), journal_batch=batch, **options)
        except ErpError as error:
            self._refuse(file, error.problems)
        entries = posted.gl_entry_nos
        self.stdout.write(
            f"Posted register {posted.register_no}: {len(posted.transaction_nos)} transactions, "
            f"{len(entries)} G/L entries ({entries[0]} to {entries[-1]})."
        )

    def _text(self, file: Path) -> str:
        try:
            return file.read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is not UTF-8 text.") from error

    def _show(self, plan: JournalPlan) -> None:
        ids = {line.account_id for transaction in plan.transactions for line in transaction.lines}
        numbers = dict(GLAccount.objects.filter(pk__in=ids).values_list("pk", "number"))
        for place, (facts, lines, continues) in enumerate(plan.transactions):
            if place and not continues:
                self.stdout.write("")
            for line in lines:
                amount = f"{line.amount:,.2f}"
                self.stdout.write(
                    f"{facts.posting_date}  {facts.document_no:<20}  {numbers[line.account_id]:<10}  {amount:>16}"
                    f"  {line.description}"
                )

    def _refuse(self, file: Path, problems: list[Problem] | tuple[Problem, ...]) -> None:
        """Name every problem with its row, then fail; nothing where there is none."""
        if not problems:
            return
        for problem in sorted(dict.fromkeys(problems), key=lambda problem: problem.line_no or 0):
            where = f"{file.name}:{problem.line_no}" if problem.line_no else file.name
            field = f" {problem.field}:" if problem.field else ""
            self.stderr.write(f"{where}:{field} {problem.message} [{problem.code}]")
        count = len(set(problems))
        raise CommandError(f"Nothing was posted: {count} problem{'s' if count > 1 else ''}.")
