"""manage.py receive_payment: posts a payment of a customer, or a refund, and settles what it is for."""

from argparse import ArgumentParser
from decimal import Decimal

from django.core.management.base import CommandError
from django.utils import timezone

from customers.models import Customer
from erp.kernel.errors import ErpError
from erp.management.acting import ActingCommand
from erp.management.arguments import amount, day, problems_found, refusal, user_named
from posting.models import GLAccount
from receivables import selectors
from receivables.ledger import ApplyRequest
from receivables.models import BankAccount
from receivables.routines.receive_payment import ReceiptPlan, preview_payment, receive_payment


class Command(ActingCommand):
    """The door for money that comes in by hand."""

    help = (
        "Posts a payment of a customer: receive_payment C00010 1225.00 --apply INV0001. "
        "Without --apply or --oldest the customer's application method decides."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("customer", metavar="CUSTOMER", help="number of the customer")
        parser.add_argument("amount", metavar="AMOUNT", type=amount)
        parser.add_argument("--date", type=day, metavar="DATE", help="posting date; default: today")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--bank", metavar="NO", help="bank account; default: that of the set-up")
        where.add_argument("--account", metavar="NO", help="G/L account instead of a bank")
        parser.add_argument("--currency", metavar="CODE", help="default: that of the bank account")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--apply", nargs="+", metavar="DOCUMENT", help="settle these open documents")
        how.add_argument("--oldest", action="store_true", help="settle the oldest first")
        parser.add_argument("--refund", action="store_true", help="the money goes to the customer")
        parser.add_argument("--document-no", default="", metavar="NO", help="default: from the number series")
        parser.add_argument(
            "--external", default="", metavar="NO", help="the customer's or bank's own number"
        )
        parser.add_argument(
            "--key", default="", help="idempotency key: posted once, however often it is sent"
        )
        parser.add_argument("--preview", action="store_true", help="show what would be posted, write nothing")

    def handle(self, **options) -> None:
        customer = _customer(options["customer"])
        if options["key"] and not options["user"]:
            raise CommandError("An idempotency key belongs to somebody: name the user with --user.")
        given = {
            "by": user_named(options["user"]),
            "customer": customer,
            "amount": options["amount"],
            "on": options["date"] or timezone.localdate(),
            "bank": _one(BankAccount, options["bank"], "bank account"),
            "account": _one(GLAccount, options["account"], "G/L account"),
            "refund": options["refund"],
            "apply": _request(customer, options["apply"], oldest=options["oldest"], refund=options["refund"]),
            "document_no": options["document_no"],
            "external_document_no": options["external"],
        }
        if options["currency"] is not None:
            given["currency_code"] = options["currency"]
        try:
            if options["preview"]:
                self._show(preview_payment(**given))
                return
            receipt = receive_payment(at=timezone.now(), idempotency_key=options["key"], **given)
        except ErpError as error:
            raise refusal(error) from error
        kind = "Refund" if options["refund"] else "Payment"
        self.stdout.write(
            f"{kind} {receipt.document_no} posted: entry {receipt.entry_no}, register {receipt.register_no};"
            f" {receipt.remaining:,.2f} of it is open."
        )

    def _show(self, plan: ReceiptPlan) -> None:
        if plan.problems:
            raise problems_found(plan.problems)
        lines = [line for transaction in plan.transactions for line in transaction.lines]
        accounts = {
            row.pk: row for row in GLAccount.objects.filter(pk__in=[line.account_id for line in lines])
        }
        for line in lines:
            account = accounts[line.account_id]
            self.stdout.write(f"{account.number:<20}  {account.name:<40}  {line.amount:>18,.2f}")
        for item in plan.entry.after.values():
            name = f"{item.document_type.replace('_', ' ')} {item.document_no}"
            self.stdout.write(f"{name:<62}  {item.remaining:>18,.2f} open")


def _customer(number: str) -> Customer:
    customer = Customer.objects.filter(number=number).first()
    if customer is None:
        raise CommandError(f"There is no customer {number}.")
    return customer


def _one(model, number: str | None, what: str):
    if number is None:
        return None
    found = model.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no {what} {number}.")
    return found


def _request(
    customer: Customer, documents: list[str] | None, *, oldest: bool, refund: bool
) -> ApplyRequest | None:
    if oldest:
        return ApplyRequest.oldest()
    if not documents:
        return None
    entries: list[tuple[int, Decimal | None]] = []
    for document_no in dict.fromkeys(documents):
        rows = selectors.entries_named(document_no, customer_id=customer.pk)
        if not rows:
            raise CommandError(f"Customer {customer.number} has no entry {document_no}.")
        open_rows = [row for row in rows if row.is_open]
        if not open_rows:
            raise CommandError(f"{document_no} is not open. [E-AP-NOTOPEN]")
        fitting = [row for row in open_rows if (row.remaining < 0) == refund] or open_rows
        entries += [(row.entry_no, None) for row in fitting]
    return ApplyRequest.to_entries(entries)
