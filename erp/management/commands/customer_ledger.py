"""manage.py customer_ledger: prints the entries of a customer with what remains of each."""

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import resolve
from customers.models import Customer
from customers.selectors import credit_situation
from erp.management.arguments import day
from receivables import selectors


class Command(BaseCommand):
    """The customer ledger on the command line."""

    help = "Prints the ledger of a customer, who is named by number or by name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer", metavar="CUSTOMER")
        parser.add_argument("--start", type=day, metavar="DATE", help="first posting date")
        parser.add_argument("--on", type=day, metavar="DATE", help="last posting date")
        parser.add_argument("--open", action="store_true", help="only what is open")
        parser.add_argument("--details", action="store_true", help="with every movement of each entry")

    def handle(
        self, *, customer: str, start: date | None, on: date | None, open: bool, details: bool, **options
    ) -> None:
        if start and on and on < start:
            raise CommandError("The last day lies before the first.")
        found = _find(customer)
        rows = selectors.customer_ledger(found, start=start, on=on, only_open=open)
        self.stdout.write(f"{found.number} {found.name}")
        self.stdout.write(
            f"{'Entry':>8}  {'Date':<10}  {'Document':<34}  {'Due':<10}  {'Cur.':<4}{'Amount':>16}{'Remaining':>16}"
        )
        for row in rows:
            name = f"{row.document_type.replace('_', ' ')} {row.document_no}".strip()
            self.stdout.write(
                f"{row.entry_no:>8}  {row.posting_date}  {name:<34}  {row.due_date}  {row.currency_code:<4}"
                f"{row.amount:>16,.2f}{row.remaining:>16,.2f}"
            )
            for detail in selectors.details_of(row.entry_no) if details else ():
                undone = " (unapplied)" if detail.unapplied_by or detail.reverses else ""
                kind = detail.type.replace("_", " ") + undone
                self.stdout.write(f"{'':>8}    {detail.posting_date}  {kind:<50}  {detail.amount:>16,.2f}")
        situation = credit_situation(found, on=on or timezone.localdate())
        self.stdout.write(
            f"Balance {situation.balance:,.2f}, due {situation.balance_due:,.2f}, overdue {situation.overdue:,.2f}"
        )


def _find(text: str) -> Customer:
    found = resolve.resolve(text)
    if found.customer is not None:
        return found.customer
    if found.candidates:
        names = "\n".join(f"  {candidate.number} {candidate.name}" for candidate in found.candidates)
        raise CommandError(f"{text} can be:\n{names}")
    raise CommandError(f"There is no customer {text}.")
