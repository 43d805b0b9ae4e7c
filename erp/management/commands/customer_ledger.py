"""manage.py customer_ledger: prints the entries of a customer with what remains of each."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import resolve
from customers.models import Customer
from customers.selectors import credit_situation
from erp.kernel.money import ZERO
from erp.management.arguments import add_as_of, day
from posting.as_of import known_at as known_to
from receivables import selectors


class Command(BaseCommand):
    """The customer ledger on the command line."""

    help = (
        "Prints the ledger of a customer, who is named by number or by name, with what remains of each entry today,"
        " or remained as of a day and as it was known at a moment."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer", metavar="CUSTOMER")
        parser.add_argument("--start", type=day, metavar="DATE", help="first posting date")
        parser.add_argument(
            "--on", type=day, metavar="DATE", help="last posting date; remaining is that of today"
        )
        add_as_of(parser)
        parser.add_argument("--open", action="store_true", help="only what is open")
        parser.add_argument("--details", action="store_true", help="with every movement of each entry")

    def handle(
        self,
        *,
        customer: str,
        start: date | None,
        on: date | None,
        as_of: date | None,
        known_at: datetime | None,
        open: bool,
        details: bool,
        **options,
    ) -> None:
        if start and on and on < start:
            raise CommandError("The last day lies before the first.")
        is_past = bool(as_of or known_at)
        if is_past and (on or details):
            raise CommandError("--on and --details show what is known today: leave them out here.")
        found, known = _find(customer), known_to(known_at)
        if is_past:
            rows = selectors.ledger_as_of(found, on=as_of, known=known)
            rows = [
                row
                for row in rows
                if not ((start and row.posting_date < start) or (open and not row.is_open))
            ]
        else:
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
        if is_past:
            owed = selectors.balances_as_of(on=as_of, known=known, customer_ids=[found.pk])
            balance = sum((each.amount_lcy for each in owed), ZERO)
            self.stdout.write(f"Balance {balance:,.2f}")
            return
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
