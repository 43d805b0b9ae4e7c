"""manage.py post_document: ships, invoices, or both; or shows what that would write."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import CommandError

from erp.kernel.idempotency import hash_request, once
from erp.kernel.models import User
from erp.management.arguments import day, problems_found
from erp.management.documents import DocumentCommand, add_document, find_document, plain
from sales.routines.post import post, preview
from sales.views.planned import planned_entries


class Command(DocumentCommand):
    """The door for posting by hand, or by a script."""

    help = (
        "Posts a document: post_document SO-10001 --ship --invoice --date 2026-03-02. "
        "Of return orders --ship receives the goods and --invoice credits them; invoices and credit memos do both."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        add_document(parser)
        parser.add_argument("--ship", action="store_true", help="the quantities to ship (or receive)")
        parser.add_argument("--invoice", action="store_true", help="the quantities to invoice (or credit)")
        parser.add_argument(
            "--date", type=day, metavar="DATE", help="posting date; default: the document's own"
        )
        parser.add_argument(
            "--confirm-date", action="store_true", help="post on another day than today without being asked"
        )
        parser.add_argument("--preview", action="store_true", help="show all entries, write nothing")
        parser.add_argument(
            "--key", default="", help="idempotency key: posted once, however often it is sent"
        )

    def act(self, *, by: User | None, at: datetime, number: str, type: str | None, **options) -> None:
        asked = {"ship": options["ship"], "invoice": options["invoice"], "posting_date": options["date"]}
        if options["preview"]:
            self._preview(find_document(number, type), by=by, at=at, **asked)
            return
        if options["key"] and by is None:
            raise CommandError("An idempotency key belongs to somebody: name the user with --user.")

        def work() -> dict:
            confirmed = options["confirm_date"] or None
            posted = post(find_document(number, type), by=by, at=at, confirmed_date=confirmed, **asked)
            return {
                "shipment": posted.shipment.number if posted.shipment else "",
                "invoice": posted.invoice.number if posted.invoice else "",
                "register": posted.register_no,
                "is_done": posted.document is None,
                "receives": bool((posted.shipment or posted.invoice)._meta.model_name in RECEIVING),
            }

        if options["key"]:
            asked_for = hash_request(number=number, type=type, **asked)
            done = once(key=options["key"], user=by, operation="sales.post", request_hash=asked_for)(work)
        else:
            done = work()
        goods, money = ("return receipt", "credit memo") if done["receives"] else ("shipment", "invoice")
        papers = [f"{goods} {done['shipment']}"] if done["shipment"] else []
        papers += [f"{money} {done['invoice']}"] if done["invoice"] else []
        left = f"{number} is done." if done["is_done"] else f"{number} has more to come."
        self.stdout.write(f"Posted {', '.join(papers)}, register {done['register']}. {left}")

    def _preview(self, document, **asked) -> None:
        plan = preview(document, **asked)
        if plan.problems:
            raise problems_found(plan.problems)
        planned = planned_entries(plan)
        for row in planned.gl:
            amount = row.debit - row.credit
            self.stdout.write(
                f"G/L       {row.posting_date}  {row.account_no:<8}  {row.account_name:<40}  {amount:>16,.2f}"
            )
        for row in planned.vat:
            self.stdout.write(
                f"VAT       {row.vat_identifier:<10}  {plain(row.vat_percent):>6} %  base {row.base:,.2f}"
                f"  amount {row.amount:,.2f}"
            )
        for row in planned.customer:
            self.stdout.write(
                f"Customer  {row.type:<20}  {row.document_type:<12}  {row.document_no:<12}"
                f"  {row.amount:>16,.2f} {row.currency_code}"
            )
        for row in planned.items:
            self.stdout.write(
                f"Item      {row.item_no:<20}  quantity {plain(row.quantity)}  cost {row.cost_actual:,.2f}"
                f"  expected {row.cost_expected:,.2f}"
            )
        self.stdout.write("Nothing was written.")


RECEIVING = ("returnreceipt", "salescreditmemo")
