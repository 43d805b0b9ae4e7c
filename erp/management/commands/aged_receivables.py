"""manage.py aged_receivables: prints what customers owe, by age."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.models import Customer
from erp.kernel.errors import ErpError
from erp.management.arguments import add_as_of, refusal
from posting.as_of import known_at as known_to
from receivables.selectors import DOCUMENT, DUE, POSTING, aged_receivables


class Command(BaseCommand):
    """The ageing on the command line."""

    help = "Prints aged receivables as of a day, today by default; payments posted after it do not count."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_as_of(parser, "--on")
        parser.add_argument(
            "--period", default="30D", metavar="FORMULA", help="length of a column, default 30D"
        )
        parser.add_argument(
            "--by", choices=(DUE, POSTING, DOCUMENT), default=DUE, help="which date makes it old"
        )
        parser.add_argument("--currency", action="store_true", help="in the currency of the entries")
        parser.add_argument("--customer", metavar="NO", help="only this one")

    def handle(
        self,
        *,
        as_of: date | None,
        known_at: datetime | None,
        period: str,
        by: str,
        currency: bool,
        customer: str | None,
        **options,
    ) -> None:
        chosen = None
        if customer is not None:
            chosen = Customer.objects.filter(number=customer).first()
            if chosen is None:
                raise CommandError(f"There is no customer {customer}.")
        try:
            aged = aged_receivables(
                on=as_of or timezone.localdate(),
                period=period,
                by=by,
                in_lcy=not currency,
                customer=chosen,
                known=known_to(known_at),
            )
        except ErpError as error:
            raise refusal(error) from error
        headings = "".join(f"{heading:>16}" for heading in (*aged.headings, "Total"))
        self.stdout.write(f"{'No.':<12}{'Name':<32}{'Cur.':<6}{headings}")
        for row in aged.rows:
            self._line(row.customer_no, row.customer_name, row.currency_code, (*row.buckets, row.total))
        if not currency:
            self._line("", "Total", "", (*aged.totals, aged.total))

    def _line(self, number: str, name: str, currency: str, amounts) -> None:
        columns = "".join(f"{amount:>16,.2f}" for amount in amounts)
        self.stdout.write(f"{number:<12}{name[:30]:<32}{currency:<6}{columns}")
