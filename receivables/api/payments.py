"""Payments of customers that are being typed: lines of cash receipt journals, each for one invoice or on account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, UUIDField, Value, When
from django.utils.translation import gettext as _

from customers.models import Customer
from erp.kernel.odata.asking import ZERO, Asking
from erp.kernel.odata.entity import Many, One, entity_set
from erp.kernel.odata.errors import invalid, missing
from erp.kernel.odata.properties import Guid, Number
from erp.kernel.odata.query import Query
from erp.kernel.odata.reading import Reading, read_one
from receivables import selectors
from receivables.api.lines import (
    CHANGED,
    PAPER,
    PLACE,
    PLACES,
    TEXTS,
    LineSet,
    at_its_place,
    batch_given,
    refuse_another_place,
)
from receivables.models import AccountType, BankAccount, DocumentType, JournalBatch, JournalLine
from receivables.plans.journal_draft import Kind
from receivables.routines.write_journal import change_line, draft_line

INVOICES = "salesInvoices"  # declared by the room above, which alone knows their identifiers
_ID_OF_CUSTOMER = Subquery(Customer.objects.filter(number=OuterRef("account_no")).values("uuid")[:1])
_ID_OF_BANK = Case(
    When(
        bal_account_type=AccountType.BANK,
        then=Subquery(BankAccount.objects.filter(number=OuterRef("bal_account_no")).values("uuid")[:1]),
    ),
    output_field=UUIDField(null=True),
)
_INVOICE_NO = Case(
    When(applies_to_document_type=DocumentType.INVOICE, then=F("applies_to_document_no")),
    default=Value(""),
    output_field=CharField(),
)


class CustomerPayments(LineSet):
    """Document type Payment of a customer. The amount is that of the journal: what was received is negative."""

    name, entity, scope = "customerPayments", "customerPayment", "payments"
    properties = (
        Guid("id", "uuid", read_only=True),
        *PLACES,
        Guid("customerId", _ID_OF_CUSTOMER, of=Customer, to="account_no", gives="number"),
        Number("customerNumber", "account_no", length=20, of=Customer, by="number", gives="number"),
        *PAPER,
        Guid("appliesToInvoiceId", to="invoice_id", filterable=False),
        Number("appliesToInvoiceNumber", _INVOICE_NO, length=20, to="invoice_no"),
        *TEXTS,
        CHANGED,
        Guid("bankAccountId", _ID_OF_BANK, of=BankAccount, to="bank", extension=True),
    )
    navigation = (
        One("customer", to="customers", key="customerId"),
        Many("dimensionSetLines", to="dimensionSetLines", by="parentId"),
    )

    def rows(self, asking: Asking) -> QuerySet[JournalLine]:
        return super().rows(asking).filter(
            batch__kind=Kind.CASH_RECEIPTS,
            account_type=AccountType.CUSTOMER,
            document_type=DocumentType.PAYMENT,
        )  # fmt: skip

    def extra(self, asking: Asking, rows: list[dict[str, Any]]) -> None:
        """Which invoices the payments are for."""
        lines = self.rows(asking).filter(uuid__in=[row["id"] for row in rows])
        numbers = {
            str(id): number
            for id, number in lines.annotate(paid=_INVOICE_NO).values_list("uuid", "paid")
            if number
        }
        ids = invoice_ids(asking, set(numbers.values())) if numbers else {}
        for row in rows:
            row["appliesToInvoiceId"] = ids.get(numbers.get(row["id"], ""), str(ZERO))

    def create(self, asking: Asking, given: dict[str, Any]) -> UUID:
        cash = JournalBatch.objects.filter(kind=Kind.CASH_RECEIPTS)
        return write_payment(asking, batch_given(given, cash), given).uuid

    def change(self, asking: Asking, record: JournalLine, given: dict[str, Any]) -> None:
        refuse_another_place(record, given)
        typed = _typed(asking, given, record)
        change_line(record.batch, record.line_no, typed=typed, by=asking.user, at=asking.at)


def write_payment(asking: Asking, batch: JournalBatch, given: Mapping[str, Any]) -> JournalLine:
    """Write a payment at the end of a cash receipt journal."""
    typed = _typed(asking, given)
    if not typed.get("account_no"):
        raise missing(_("Name the customer who paid, or the invoice that was paid."), "customerNumber")
    fixed = {"account_type": AccountType.CUSTOMER, "document_type": DocumentType.PAYMENT}
    return at_its_place(draft_line(batch, on=asking.on, typed={**fixed, **typed}), given)


def invoice_ids(asking: Asking, numbers: set[str]) -> dict[str, str]:
    """The identifiers of posted invoices by their numbers, as the room above shows them."""
    invoices = entity_set(INVOICES)
    if invoices is None:
        return {}
    query = Query(select=frozenset({"id", "number"}), size=10**9)
    rows = Reading(invoices, query, asking, among=("number", sorted(numbers))).all()
    return {row["number"]: row["id"] for row in rows}


def _typed(asking: Asking, given: Mapping[str, Any], line: JournalLine | None = None) -> dict[str, Any]:
    """What is typed into a line; raises 400 for what cannot be a customer's payment."""
    ours = (*PLACE, "invoice_id", "invoice_no", "bank")
    typed = {name: value for name, value in given.items() if name not in ours}
    _refuse_positive(typed.get("amount", Decimal(0)))
    if "bank" in given:
        typed["bal_account_type"] = AccountType.BANK if given["bank"] else AccountType.GL
        typed["bal_account_no"] = given["bank"].number if given["bank"] else ""
    customer = typed.get("account_no", line.account_no if line else "")
    if "invoice_id" in given or "invoice_no" in given:
        typed |= _settling(_invoice_no(asking, given), customer)
    elif line is not None and customer != line.account_no:
        typed |= _settling("", customer)  # an invoice is not paid by somebody else
    return typed


def _refuse_positive(amount: Decimal) -> None:
    if amount > 0:
        message = _(
            "What a customer paid is negative here: send {negative} for a receipt of {amount}. "
            "Money that goes back is a refund, which journalLines post."
        )
        raise invalid(message.format(negative=-amount, amount=amount), "amount")


def _invoice_no(asking: Asking, given: Mapping[str, Any]) -> str:
    """The number of the invoice that identifier and number name; both must name the same one."""
    id, number = given.get("invoice_id"), given.get("invoice_no") or ""
    if id is None:
        return number
    invoices = entity_set(INVOICES)
    row = read_one(invoices, id, Query(select=frozenset({"number"})), asking) if invoices else None
    if row is None:
        raise _no_invoice("appliesToInvoiceId", id)
    if number and row["number"] != number:
        message = _("{property} and {other} values do not match.")
        message = message.format(property="appliesToInvoiceId", other="appliesToInvoiceNumber")
        raise invalid(message, "appliesToInvoiceNumber", "BadRequest")
    return row["number"]


def _settling(number: str, customer: str) -> dict[str, Any]:
    """The columns that name a posted invoice, and what follows from it; blank settles nothing by name."""
    if not number:
        return {"applies_to_document_type": DocumentType.NONE, "applies_to_document_no": ""}
    found = selectors.entries_named(number, document_type=DocumentType.INVOICE)
    if not found:
        raise _no_invoice("appliesToInvoiceNumber", number)
    entry = next((each for each in found if each.customer_no == customer), found[0])
    if customer and entry.customer_no != customer:
        message = _("Invoice {number} belongs to customer {customer}.")
        message = message.format(number=number, customer=entry.customer_no)
        raise invalid(message, "appliesToInvoiceNumber", "Internal_InvalidTableRelation")
    return {
        "account_no": entry.customer_no,
        "currency_code": entry.currency_code,
        "applies_to_document_type": DocumentType.INVOICE,
        "applies_to_document_no": number,
    }


def _no_invoice(name: str, value: object) -> Exception:
    message = _('{property} "{value}" is no posted invoice.').format(property=name, value=value)
    return invalid(message, name, "Internal_InvalidTableRelation")
