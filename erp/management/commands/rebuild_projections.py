"""manage.py rebuild_projections: builds the derived tables anew from the ledgers."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from erp.kernel.projections import all_projections, rebuild_all


class Command(BaseCommand):
    help = "Rebuilds stock, balances, open items and other derived tables from the ledgers, while no posting runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="only these, as in inventory.stock; default: all"
        )
        parser.add_argument("--list", action="store_true", help="print the names and stop")

    def handle(self, *, names: list[str], list: bool, **options) -> None:
        if list:
            for name in all_projections():
                self.stdout.write(name)
            return
        try:
            rebuilt = rebuild_all(names)
        except KeyError as error:
            raise CommandError(f"There is no projection {error.args[0]}; --list shows them") from error
        width = max((len(done.name) for done in rebuilt), default=0)
        for done in rebuilt:
            self.stdout.write(f"{done.name:<{width}}  {done.rows:,} rows")
        self.stdout.write(self.style.SUCCESS(f"{len(rebuilt)} projections rebuilt"))
