from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from erp.kernel.errors import ErpError
from erp.management.unmigrated import tables_expected
from erp.setup_data.load import NEUTRAL, countries, load_setup


class Command(BaseCommand):
    help = (
        "Load the set-up that a company starts with: accounts, posting groups, VAT, numbers, terms, currencies, roles. "
        "Adds what is missing and leaves what is there; run it again after an upgrade and before a new year."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--country", choices=countries(), default=NEUTRAL, help="where the company is at home"
        )
        parser.add_argument("--lcy", metavar="ISO", help="local currency; by default the country's own")

    def handle(self, *, country: str, lcy: str | None, **options):
        try:
            with tables_expected():
                loaded = load_setup(on=timezone.localdate(), country=country, lcy=lcy)
        except ErpError as error:
            raise CommandError(error.message) from None
        for table, rows in loaded.added.items():
            self.stdout.write(f"{rows:6}  {table}")
        self.stdout.write(f"{loaded.rows} rows added, {loaded.kept} were there.")
