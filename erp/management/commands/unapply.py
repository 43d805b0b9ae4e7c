"""manage.py unapply: undoes the last application of an entry."""

from argparse import ArgumentParser
from datetime import date

from django.utils import timezone

from erp.kernel.errors import ErpError
from erp.management.acting import ActingCommand
from erp.management.arguments import day, refusal, user_named
from receivables.routines.unapply import unapply


class Command(ActingCommand):
    """The door for taking an application back."""

    help = "Undoes the last application of a customer ledger entry, also where it settled other entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("entry", type=int, metavar="ENTRY", help="see customer_ledger for the numbers")
        parser.add_argument("--date", type=day, metavar="DATE", help="default: the day of the application")

    def handle(self, *, entry: int, date: date | None, user: str | None, **options) -> None:
        try:
            done = unapply(entry, by=user_named(user), at=timezone.now(), on=date)
        except ErpError as error:
            raise refusal(error) from error
        entries = ", ".join(str(number) for number in done.entry_nos)
        where = f"register {done.register_no}" if done.register_no else "nothing in the G/L"
        self.stdout.write(
            f"Application {done.application_no} undone on {done.on}: entries {entries}; {where}."
        )
