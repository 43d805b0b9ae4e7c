"""The customer's side of an invoice or credit memo: what is owed, until when, and what it settles at once. Pure."""

from decimal import Decimal
from typing import NamedTuple

from customers.terms import Due, discount_possible
from inventory.ledger import ItemPlan
from posting.currency import to_lcy
from posting.values import Facts
from receivables.ledger import ApplyRequest, EntryPlan, NewEntry, OpenItems, plan_entry
from sales.arithmetic.values import ONE, ZERO
from sales.models import SalesDocument
from sales.plans.correction import Mirror
from sales.plans.invoice_values import InvoicePlan
from sales.values import SalesValues


def plan_receivable(
    document: SalesDocument,
    invoice: InvoicePlan,
    items: ItemPlan | None,
    facts: Facts,
    *,
    posting_group,
    open_items: OpenItems,
    values: SalesValues,
    cost_of_resources: Decimal = ZERO,
    mirror: Mirror | None = None,
) -> EntryPlan:
    """The customer ledger entry of a posted invoice or credit memo.

    cost_of_resources  in local currency, negative on a sale as the cost of goods is
    mirror             the paper that is taken back, where one is

    It is applied to what the document names, or to the oldest open entries where the customer's application method
    says so. Source: Business Central, customer ledger entry of a sales invoice.
    """
    sign = document.traits.sign
    customer = document.bill_to_customer
    sales = sign * invoice.amount_lcy
    cost = sum((part.actual + part.non_inventoriable for part in _costs(items)), ZERO)
    entry = NewEntry(
        customer_id=customer.pk,
        customer_no=customer.number,
        customer_name=document.bill_to_name,
        sell_to_customer_no=document.customer.number,
        posting_group=posting_group,
        document_type=facts.document_type,
        amount=sign * invoice.amount_including_vat,
        amount_lcy=sign * invoice.amount_including_vat_lcy,
        due_date=document.due_date,
        currency_code=document.currency_code,
        currency_factor=document.currency_factor if document.currency_code else ONE,
        payment_discount_date=document.payment_discount_date,
        payment_discount_possible=sign * _discount(document, invoice, values),
        payment_terms_code=document.payment_terms_code,
        payment_method_code=document.payment_method_code,
        salesperson_code=document.salesperson_code,
        sales_lcy=sales,
        profit_lcy=sales + cost + cost_of_resources,
        invoice_discount_lcy=sign * invoice.inv_discount_lcy,
        your_reference=document.your_reference,
        block_payment_tolerance=customer.block_payment_tolerance,
        correction=document.correction,
        apply=application_of(document, mirror),
    )
    return plan_entry(entry, facts, open_items=open_items, setup=values.posting)


def application_of(document: SalesDocument, mirror: Mirror | None = None) -> ApplyRequest | None:
    """What posting the document settles at once: what it names, or the customer's oldest open entries.

    A paper that takes another one back (`mirror`) settles nothing but what it names.
    """
    if document.applies_to_document_no:
        return ApplyRequest.to_document(document.applies_to_document_type, document.applies_to_document_no)
    if document.applies_to_id:
        return ApplyRequest.by_id(document.applies_to_id)
    customer = document.bill_to_customer
    if mirror is None and customer.application_method == customer.ApplicationMethod.APPLY_TO_OLDEST:
        return ApplyRequest.oldest()
    return None


class CashAccount(NamedTuple):
    """Where the money of a cash sale goes: a G/L account, or the one behind a bank account."""

    account_id: int
    bank_account_id: int | None = None


def plan_cash(
    receivable: EntryPlan, facts: Facts, *, open_items: OpenItems, values: SalesValues
) -> EntryPlan:
    """The payment of a cash sale, or the refund of a cash credit memo: it closes the entry as it is posted.

    facts  of the payment; what may be deducted for paying today is deducted

    Source: Business Central, payment method with a balancing account.
    """
    owed = receivable.entry
    deducted = ZERO
    if owed.payment_discount_date is not None and facts.posting_date <= owed.payment_discount_date:
        deducted = owed.payment_discount_possible
    amount = deducted - owed.amount
    payment = NewEntry(
        customer_id=owed.customer_id,
        customer_no=owed.customer_no,
        customer_name=owed.customer_name,
        sell_to_customer_no=owed.sell_to_customer_no,
        posting_group=owed.posting_group,
        document_type=facts.document_type,
        amount=amount,
        amount_lcy=to_lcy(amount, owed.currency_factor, precision=values.posting.precision),
        due_date=facts.posting_date,
        currency_code=owed.currency_code,
        currency_factor=owed.currency_factor,
        payment_method_code=owed.payment_method_code,
        salesperson_code=owed.salesperson_code,
        apply=ApplyRequest.to_entries([(receivable.key, None)]),
    )
    return plan_entry(payment, facts, open_items=open_items.after(receivable.after), setup=values.posting)


def _costs(items: ItemPlan | None):
    return (*items.movement_costs, *items.invoicing_costs) if items else ()


def _discount(document: SalesDocument, invoice: InvoicePlan, values: SalesValues) -> Decimal:
    """Original Pmt. Disc. Possible, on the total with or without VAT as the company grants it."""
    ledger = values.posting.gl
    return discount_possible(
        Due(document.due_date, document.payment_discount_date, document.payment_discount_percent),
        posting_date=document.posting_date,
        basis=invoice.amount if ledger.payment_discount_excl_vat else invoice.amount_including_vat,
        grace_period=ledger.payment_discount_grace_period,
        precision=values.precision,
    )
