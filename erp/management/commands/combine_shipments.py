"""manage.py combine_shipments: invoices what has been shipped, several shipments on one invoice."""

from argparse import ArgumentParser
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from erp.kernel.models import User
from erp.management.arguments import day
from erp.management.documents import DocumentCommand
from sales.models import ReturnReceipt, SalesDocument, SalesShipment
from sales.plans.combining import Summary
from sales.routines.combine import Combined
from sales.routines.combine_return_receipts import combine_return_receipts
from sales.routines.combine_shipments import combine_shipments


class Command(DocumentCommand):
    """The door for the month's end, by hand or by a schedule."""

    help = (
        "Writes invoices for shipments that are not invoiced: combine_shipments --until 2026-03-31 --date 2026-03-31 "
        "--post. Says which orders were left out, and why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--order", action="append", metavar="NUMBER", help="only this order; may be repeated"
        )
        parser.add_argument(
            "--customer",
            action="append",
            metavar="NUMBER",
            help="only what this customer ordered; may be repeated",
        )
        parser.add_argument(
            "--from", dest="since", type=day, metavar="DATE", help="shipped on this day or later"
        )
        parser.add_argument("--until", type=day, metavar="DATE", help="shipped on this day or earlier")
        parser.add_argument("--date", type=day, metavar="DATE", help="posting date; default: today")
        parser.add_argument("--document-date", type=day, metavar="DATE", help="default: the posting date")
        parser.add_argument("--summary", choices=Summary.values, default=Summary.CUSTOMER.value)
        parser.add_argument("--returns", action="store_true", help="credit return receipts instead")
        parser.add_argument("--discount", action="store_true", help="calculate the invoice discount anew")
        parser.add_argument(
            "--standard-terms", action="store_true", help="leave out orders with terms of their own"
        )
        parser.add_argument("--texts", action="store_true", help="take the shipments' texts along")
        parser.add_argument("--post", action="store_true", help="post every invoice at once")

    def act(
        self,
        *,
        by: User | None,
        at: datetime,
        order: list[str] | None,
        customer: list[str] | None,
        since: date | None,
        until: date | None,
        **options,
    ) -> None:
        wishes = {
            "orders": _orders(order, customer),
            "posting_date": options["date"] or timezone.localdate(at),
            "document_date": options["document_date"],
            "summary": options["summary"],
            "calc_invoice_discount": options["discount"],
            "only_standard_terms": options["standard_terms"],
            "copy_texts": options["texts"],
            "post": options["post"],
        }
        if options["returns"]:
            receipts = _papers(ReturnReceipt.objects.all(), since, until)
            result = combine_return_receipts(receipts=receipts, by=by, at=at, **wishes)
        else:
            shipments = _papers(SalesShipment.objects.all(), since, until)
            result = combine_shipments(shipments=shipments, by=by, at=at, **wishes)
        self._tell(result)

    def _tell(self, result: Combined) -> None:
        for document in result.created:
            self.stdout.write(f"{document} for {document.sell_to_name} was written.")
        for paper in result.posted:
            amount = f"{paper.amount_including_vat:,.2f} {paper.currency_code}".rstrip()
            self.stdout.write(f"Posted {paper.number}: {amount}.")
        for document, problems in result.unposted:
            reasons = " ".join(f"{problem} [{problem.code}]" for problem in problems)
            self.stdout.write(f"{document} was not posted: {reasons}")
        for number, problem in result.skipped:
            self.stdout.write(f"{number} was left out: {problem} [{problem.code}]")
        self.stdout.write(
            f"{len(result.created)} written, {len(result.posted)} posted, {len(result.unposted)} not posted, "
            f"{len(result.skipped)} orders left out."
        )


def _orders(numbers: list[str] | None, customers: list[str] | None) -> QuerySet[SalesDocument]:
    orders = SalesDocument.objects.all()
    if numbers:
        orders = orders.filter(number__in=numbers)
    return orders.filter(customer__number__in=customers) if customers else orders


def _papers(papers: QuerySet, since: date | None, until: date | None) -> QuerySet:
    if since:
        papers = papers.filter(posting_date__gte=since)
    return papers.filter(posting_date__lte=until) if until else papers
