"""manage.py adjust_cost: brings the cost of goods in line with what is known by now."""

from argparse import ArgumentParser

from django.core.management.base import CommandError
from django.utils import timezone

from erp.kernel.errors import ErpError
from erp.management.acting import ActingCommand
from erp.management.arguments import refusal, user_named
from inventory.models import Item
from inventory.routines.adjust_cost import adjust_cost
from inventory.routines.post_cost_to_gl import post_cost_to_gl


class Command(ActingCommand):
    help = "Adjusts the cost of item entries where purchases, returns or counts changed it after the sale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "items", nargs="*", metavar="ITEM", help="only these items; default: all that need it"
        )
        parser.add_argument("--everything", action="store_true", help="also items that count as adjusted")
        parser.add_argument(
            "--post-to-gl",
            action="store_true",
            help="then post to the general ledger what it has not heard yet",
        )

    def handle(
        self, *, items: list[str], everything: bool, post_to_gl: bool, user: str | None, **options
    ) -> None:
        unknown = set(items) - set(Item.objects.filter(number__in=items).values_list("number", flat=True))
        if unknown:
            raise CommandError(f"There is no item {', '.join(sorted(unknown))}")
        by, now = user_named(user), timezone.now()
        try:
            done = adjust_cost(by=by, at=now, items=items or None, everything=everything or bool(items))
            self.stdout.write(
                f"{done.items:,} items adjusted with {done.entries:,} value entries; costs changed by {done.amount:,}"
            )
            if post_to_gl:
                posted = post_cost_to_gl(by=by, at=now)
                self.stdout.write(f"{posted.entries:,} value entries posted to the general ledger")
        except ErpError as error:
            raise refusal(error) from error
