"""manage.py show_document: prints a working document or a posted paper, and its entries."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from erp.kernel.workflow import history_of
from erp.management.documents import plain, text_of_lines
from erp.management.unmigrated import tables_expected
from inventory.selectors import entries_for as item_entries
from posting.selectors import entries_for as gl_entries
from receivables.selectors import entries_for as customer_entries
from sales.models import ReturnReceipt, SalesCreditMemo, SalesDocument, SalesInvoice, SalesShipment
from sales.selectors import papers_of_order

POSTED = {
    "shipment": SalesShipment,
    "invoice": SalesInvoice,
    "credit_memo": SalesCreditMemo,
    "return_receipt": ReturnReceipt,
}


class Command(BaseCommand):
    """A document in text: head, lines, totals, history, entries."""

    help = "Prints every working document and posted paper of a number; with --entries what stands in the ledgers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--entries", action="store_true", help="the ledger entries of this number too")

    def handle(self, *, number: str, entries: bool, **options) -> None:
        with tables_expected():
            documents = list(
                SalesDocument.objects.filter(number=number).select_related("customer").order_by("type")
            )
            papers = [
                (name, paper)
                for name, model in POSTED.items()
                for paper in model.objects.filter(number=number).select_related("customer")
            ]
            if not documents and not papers and not (entries and gl_entries(number).gl):
                raise CommandError(f"There is no document {number}.")
            for document in documents:
                self._show_document(document)
            for name, paper in papers:
                self._show_paper(name, paper)
            if entries:
                self._show_entries(number)

    def _show_document(self, document: SalesDocument) -> None:
        self.stdout.write(f"{document}: {document.get_status_display()}")
        self._show_head(document)
        self._show_lines(document)
        if document.traits.in_steps:
            for line in document.lines.exclude(quantity=0).order_by("line_no"):
                self.stdout.write(
                    f"{line.line_no:>7}  to ship {plain(line.qty_to_ship)}, shipped {plain(line.quantity_shipped)},"
                    f" to invoice {plain(line.qty_to_invoice)}, invoiced {plain(line.quantity_invoiced)}"
                )
        for move in history_of(document):
            who = move.by.username if move.by else "-"
            when = timezone.localtime(move.at)
            self.stdout.write(f"{when:%Y-%m-%d %H:%M}  {move.from_status} -> {move.to_status}  {who}")
        for name, found in papers_of_order(document.number).items() if document.traits.in_steps else ():
            for paper in found:
                self.stdout.write(f"{paper.posting_date}  {name.removesuffix('s')} {paper.number}")

    def _show_paper(self, name: str, paper) -> None:
        self.stdout.write(f"Posted {name.replace('_', ' ')} {paper.number}, register {paper.register_no}")
        self._show_head(paper)
        if paper.order_no:
            self.stdout.write(f"Order: {paper.order_no}")
        self._show_lines(paper)

    def _show_head(self, paper) -> None:
        if paper.customer is None:
            self.stdout.write(f"Prospect: {paper.sell_to_name}")
        else:
            self.stdout.write(f"Customer: {paper.customer.number} {paper.sell_to_name}")
        dates = {"ordered": paper.order_date, "posting": paper.posting_date, "due": paper.due_date}
        self.stdout.write("Dates: " + ", ".join(f"{name} {date}" for name, date in dates.items() if date))
        if paper.external_document_no:
            self.stdout.write(f"External document no.: {paper.external_document_no}")
        if paper.currency_code:
            self.stdout.write(f"Currency: {paper.currency_code} at {plain(paper.currency_factor)}")

    def _show_lines(self, paper) -> None:
        for line in text_of_lines(paper.lines.order_by("line_no")):
            self.stdout.write(line)

    def _show_entries(self, number: str) -> None:
        ledger, money, goods = gl_entries(number), customer_entries(number), item_entries(number)
        for row in ledger.gl:
            self.stdout.write(
                f"G/L {row.entry_no}  {row.posting_date}  {row.account_no:<8}  {row.account_name:<36}"
                f"  {row.amount:>16,.2f}"
            )
        for row in ledger.vat:
            self.stdout.write(
                f"VAT {row.entry_no}  {row.vat_identifier}  base {row.base:,.2f}  amount {row.amount:,.2f}"
            )
        for row in money.customer:
            self.stdout.write(
                f"Customer {row.entry_no}  {row.customer_no}  {row.document_type}  {row.amount:,.2f}"
                f" {row.currency_code}  remaining {row.remaining:,.2f}"
            )
        for row in money.bank:
            self.stdout.write(f"Bank {row.entry_no}  {row.bank_account_no}  {row.amount:,.2f}")
        for row in goods.items:
            self.stdout.write(
                f"Item {row.entry_no}  {row.item_no}  {plain(row.quantity)}  cost {row.cost:,.2f}"
            )
        for row in goods.values:
            self.stdout.write(
                f"Value {row.entry_no}  {row.item_no}  of entry {row.item_entry_no}  actual {row.cost_actual:,.2f}"
                f"  expected {row.cost_expected:,.2f}"
            )
