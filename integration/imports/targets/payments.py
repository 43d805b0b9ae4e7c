"""Payments and refunds of customers, and the invoices that they settle."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.errors import Problem, raise_problems
from integration.imports.targets.context import Context
from integration.imports.targets.memory import Memory
from integration.imports.targets.target import Field, Record, Target
from posting.models import Currency, GLAccount
from receivables.models import BankAccount
from receivables.plans.values import ApplyRequest
from receivables.routines.receive_payment import receive_payment
from sales.models import SalesInvoice

FIELDS = (
    Field("customer", required=True, names=Customer),
    Field("date", kind="date", required=True),
    Field("amount", kind="number", required=True, digits=(20, 2)),
    Field("refund", kind="flag"),
    Field("bank_account", names=BankAccount),
    Field("account", names=GLAccount),
    Field("currency_code", names=Currency),
    Field("document_no", size=20),
    Field("document_date", kind="date"),
    Field("external_document_no", size=35),
    Field("description", size=100),
    Field("payment_reference", size=50),
    Field("applies_to_invoice", size=20),
    Field("applies_to_external_no", size=35),
    Field("apply", choices=("oldest",)),
)
PASSED = (
    "amount", "refund", "document_no", "document_date", "external_document_no", "description", "payment_reference",
)  # fmt: skip


def write_payments(records: Sequence[Record], context: Context) -> None:
    """Post the payments that were not imported before, oldest first."""
    memory = Memory(source=context.source, section=context.section, by=context.by, at=context.at)
    fresh = [record for record in records if record.key not in memory]
    context.done["kept"] += len(records) - len(fresh)
    for record in context.each(sorted(fresh, key=lambda record: record.values["date"]), verb="write"):
        receipt = context.attempt(record, _receive, record.values, context)
        if receipt is not None:
            memory.remember(record.key, document_type="payment", number=receipt.document_no)
            context.done["added"] += 1
    if not context.errors:
        memory.save()


def check_payment(record: Record) -> str:
    """What is wrong with a payment as a whole; empty when nothing is."""
    ways = [
        name for name in ("applies_to_invoice", "applies_to_external_no", "apply") if name in record.values
    ]
    if len(ways) > 1:
        return _("says twice what it settles: {ways}").format(ways=", ".join(ways))
    if "bank_account" in record.values and "account" in record.values:
        return _("comes in either over a bank account or over a G/L account")
    return ""


def _receive(values: dict, context: Context):
    customer = Customer.objects.get(number=values["customer"])
    given = {name: values[name] for name in PASSED if name in values}
    if "bank_account" in values:
        given["bank"] = BankAccount.objects.select_related("currency", "posting_group").get(
            number=values["bank_account"]
        )
    if "account" in values:
        given["account"] = GLAccount.objects.get(number=values["account"])
    if "currency_code" in values:
        given["currency_code"] = (
            "" if values["currency_code"] == context.known.lcy else values["currency_code"]
        )
    apply = _application(values)
    if apply is not None:
        given["apply"] = apply
    return receive_payment(by=context.by, at=context.at, customer=customer, on=values["date"], **given)


def _application(values: dict) -> ApplyRequest | None:
    """What the payment settles; None leaves it to the customer's application method."""
    if "apply" in values:
        return ApplyRequest.oldest()
    if "applies_to_invoice" in values:
        return ApplyRequest.to_document("invoice", values["applies_to_invoice"])
    if "applies_to_external_no" not in values:
        return None
    wanted = values["applies_to_external_no"]
    invoices = SalesInvoice.objects.filter(
        bill_to_customer__number=values["customer"], external_document_no=wanted
    )
    entries = list(invoices.order_by("id").values_list("customer_entry_no", flat=True))
    if not entries:
        message = _("There is no posted invoice of this customer with the external document no. {number}.")
        problem = Problem("E-IMP-INVOICE", message.format(number=wanted), field="applies_to_external_no")
        raise_problems(values["customer"], [problem])
    return ApplyRequest.to_entries((entry_no, None) for entry_no in entries)


PAYMENTS = Target(
    name="payments",
    fields={field.name: field for field in FIELDS},
    key=("external_document_no",),
    write=write_payments,
    check=check_payment,
)
