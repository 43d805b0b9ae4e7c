"""manage.py delete_invoiced_orders: clears away orders of which everything is invoiced."""

from argparse import ArgumentParser
from datetime import datetime

from erp.kernel.models import User
from erp.management.documents import DocumentCommand
from sales.models import SalesDocument
from sales.routines.delete_invoiced_orders import delete_invoiced_orders


class Command(DocumentCommand):
    """The door for a schedule, or for somebody who tidies up."""

    help = (
        "Deletes orders and return orders of which everything is invoiced, archived first where the set-up says so. "
        "An order that is invoiced as usual goes by itself; one whose shipments another invoice took stays until then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", nargs="*", metavar="NUMBER", help="only these orders; default: all")

    def act(self, *, by: User | None, at: datetime, number: list[str], **options) -> None:
        orders = SalesDocument.objects.filter(number__in=number) if number else None
        result = delete_invoiced_orders(orders=orders, by=by, at=at)
        for order in result.deleted:
            self.stdout.write(f"{order} is deleted.")
        for order, problem in result.kept:
            self.stdout.write(f"{order} stays: {problem} [{problem.code}]")
        self.stdout.write(f"{len(result.deleted)} deleted, {len(result.kept)} kept.")
