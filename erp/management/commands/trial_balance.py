"""manage.py trial_balance: prints the accounts with opening balance, movement and closing balance."""

from argparse import ArgumentParser
from datetime import date, datetime
from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError

from erp.kernel.money import ZERO
from erp.management.arguments import add_as_of, day
from posting.as_of import known_at as known_to
from posting.selectors import TrialBalanceRow, trial_balance


class Command(BaseCommand):
    """The trial balance on the command line."""

    help = "Prints the trial balance of a period, all of the books by default."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--start", type=day, metavar="DATE", help="first day; what came before is the opening"
        )
        add_as_of(parser, "--on")
        parser.add_argument(
            "--closing", action="store_true", help="with the closing entries dated on the last day"
        )
        parser.add_argument("--all", action="store_true", help="accounts without amounts and headings too")

    def handle(
        self,
        *,
        start: date | None,
        as_of: date | None,
        known_at: datetime | None,
        closing: bool,
        all: bool,
        **options,
    ) -> None:
        if start and as_of and as_of < start:
            raise CommandError("The last day lies before the first.")
        rows = trial_balance(
            start=start,
            on=as_of,
            with_closing=closing,
            only_with_amounts=not all,
            known=known_to(known_at),
        )
        name_width = max((len(row.name) + 2 * row.indentation for row in rows), default=4)
        number_width = max((len(row.number) for row in rows), default=3)
        self._line("No.", "Name", ("Opening", "Debit", "Credit", "Closing"), number_width, name_width)
        for row in rows:
            amounts = [_amount(amount) for amount in _amounts(row)]
            self._line(row.number, "  " * row.indentation + row.name, amounts, number_width, name_width)
        accounts = [_amounts(row) for row in rows if row.is_account]
        totals = [sum(column, ZERO) for column in zip(*accounts, strict=True)] if accounts else [ZERO] * 4
        self._line("", "Total", [_amount(total) for total in totals], number_width, name_width)
        if totals[0] or totals[3] or totals[1] != totals[2]:
            raise CommandError("The books are out of balance: run check_ledgers.")

    def _line(self, number: str, name: str, amounts, number_width: int, name_width: int) -> None:
        columns = "".join(f"{amount:>18}" for amount in amounts)
        self.stdout.write(f"{number:<{number_width}}  {name:<{name_width}}{columns}")


def _amounts(row: TrialBalanceRow) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    return row.opening, row.debit, row.credit, row.closing


def _amount(amount: Decimal) -> str:
    return f"{amount:,.2f}"
