"""manage.py stock: prints what lies where, and what it cost."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError

from erp.kernel.money import ZERO
from erp.management.arguments import add_as_of
from inventory.models import Item, Location
from inventory.selectors import stock_as_of
from posting.as_of import known_at as known_to


class Command(BaseCommand):
    """Stock on the command line."""

    help = "Prints stock by item, variant and location, today or as of a day and as it was known at a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("items", nargs="*", metavar="ITEM", help="only these; default: all")
        parser.add_argument("--location", metavar="CODE", help="only this one")
        add_as_of(parser)

    def handle(
        self,
        *,
        items: list[str],
        location: str | None,
        as_of: date | None,
        known_at: datetime | None,
        **options,
    ) -> None:
        missing = set(items) - set(Item.objects.filter(number__in=items).values_list("number", flat=True))
        if missing:
            raise CommandError(f"There is no item {', '.join(sorted(missing))}.")
        if location and not Location.objects.filter(code=location).exists():
            raise CommandError(f"There is no location {location}.")
        rows = stock_as_of(on=as_of, known=known_to(known_at), items=items or None, location_code=location)
        self._line("No.", "Description", "Variant", "Location", "Quantity", "Cost", "Expected cost")
        for row in rows:
            self._line(
                row.item_number, row.description, row.variant_code, row.location_code, f"{row.quantity.normalize():,f}",
                f"{row.cost_actual:,.2f}", f"{row.cost_expected:,.2f}",
            )  # fmt: skip
        actual = sum((row.cost_actual for row in rows), ZERO)
        expected = sum((row.cost_expected for row in rows), ZERO)
        self._line("", "Total", "", "", "", f"{actual:,.2f}", f"{expected:,.2f}")

    def _line(self, number, description, variant, location, quantity, cost, expected) -> None:
        self.stdout.write(
            f"{number:<20}  {description[:30]:<30}  {variant:<10}  {location:<10}{quantity:>14}{cost:>18}{expected:>18}"
        )
