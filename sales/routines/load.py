"""Reading and locking what a posting decides on: always in the order document, customer, items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerPostingGroup, PaymentMethod
from erp.kernel.compiled import Among, Compiled, Given
from erp.kernel.errors import Problem, ProblemsFound
from erp.kernel.money import ZERO
from erp.kernel.quantity import QTY, to_base
from inventory.ledger import Place, StockState
from inventory.ledger import load as load_stock
from inventory.models import InventorySetup, Item, ItemEntryState, Resource
from posting.models import GLAccount
from receivables.errors import BankAccountBlocked
from receivables.ledger import OpenItems, load_open_items
from receivables.models import BankAccount
from sales.models import ReturnReceiptLine, SalesDocument, SalesLine, SalesShipmentLine
from sales.models.base import LineType
from sales.plans.charge_revenue import ChargeWork
from sales.plans.correction import Mirror
from sales.plans.invoice_values import RoundingAccount
from sales.plans.parts import Uninvoiced
from sales.plans.settle import CashAccount, application_of
from sales.plans.sources import SourceKey
from sales.routines.follow import follow
from sales.routines.load_charges import charges_of_mirror, load_charges, lock_charged
from sales.routines.sources import load_sources
from sales.values import SalesValues

LINES = Compiled(
    lambda: (
        SalesLine.objects.filter(document=Given("document"))
        .defer("price_explanation", "posting_explanation")
        .annotate(explained=Q(posting_explanation__isnull=False))
        .order_by("line_no")
    )
)
MASTERS = {
    "item": Compiled(
        lambda: Item.objects.filter(Among("pk", "ids")).select_related("inventory_posting_group")
    ),
    "gl_account": Compiled(lambda: GLAccount.objects.filter(Among("pk", "ids"))),
    "resource": Compiled(lambda: Resource.objects.filter(Among("pk", "ids"))),
}


@dataclass
class Work:
    """A document and everything around it, locked: what plans are made from."""

    document: SalesDocument
    lines: list[SalesLine]
    customer: Customer
    posting_group: CustomerPostingGroup | None
    values: SalesValues
    inventory: InventorySetup
    open_items: OpenItems
    uninvoiced: Mapping[int, list[Uninvoiced]]
    stock: StockState | None = None
    cash: CashAccount | None = None
    rounding_account: RoundingAccount | None = None
    account_numbers: Mapping[int, str] | None = None
    sources: Mapping[SourceKey, SalesLine] = field(default_factory=dict)
    charges: ChargeWork = field(default_factory=ChargeWork)
    mirror: Mirror | None = None


def load(
    document: SalesDocument,
    *,
    posting_date: date | None,
    at: datetime,
    values: SalesValues,
    mirror: Mirror | None = None,
) -> Work:
    """Read lines, set-up and earlier deliveries of a document that is locked with the customer who pays.

    mirror  the paper that the document takes back, where it takes one back

    The number of queries does not depend on the number of lines.
    """
    customer = document.bill_to_customer
    if posting_date is not None and posting_date != document.posting_date:
        document.posting_date = posting_date
        follow(
            document,
            {"posting_date"},
            typed=(),
            setup=values.sales,
            ledger=values.posting.gl,
            on=posting_date,
        )
    lines = _lines(document)
    group = values.customer_groups.get(document.customer_posting_group)
    uninvoiced = _uninvoiced(document, lines)
    sources = load_sources(document, lines)
    return Work(
        document=document,
        lines=lines,
        customer=customer,
        posting_group=group,
        values=values,
        inventory=values.stock.rules,
        open_items=load_open_items(
            customer.pk,
            apply=application_of(document, mirror),
            on=document.posting_date or at.date(),
            setup=values.posting,
            currency_code=document.currency_code,
            rules=values.settling,
        ),
        cash=_cash_account(document, values) if document.payment_method_code else None,
        uninvoiced=uninvoiced,
        rounding_account=RoundingAccount.of(group),
        account_numbers=_account_numbers(lines, values),
        sources=sources,
        charges=charges_of_mirror(mirror, sources.values())
        if mirror
        else load_charges(document, lines, uninvoiced),
        mirror=mirror,
    )


def _lines(document: SalesDocument) -> list[SalesLine]:
    """The lines with what they sell, each item once; explanations stay where they are. A query, and one per kind."""
    lines = LINES.rows(document=document.pk)
    for kind, masters in MASTERS.items():
        ids = {getattr(line, f"{kind}_id") for line in lines} - {None}
        found = {master.pk: master for master in masters.rows(ids=ids)} if ids else {}
        for line in lines if ids else ():
            setattr(line, kind, found.get(getattr(line, f"{kind}_id")))
    for line in lines:
        line.document = document
    return lines


def load_goods(work: Work) -> None:
    """Lock the items of all lines, in their order, and read their stock; after the customer, before any number."""
    items = {line.item_id for line in work.lines if line.item_id}
    if work.charges.assignments:
        work.charges = lock_charged(work.charges, items)
    if not items:
        return
    entries = [entry.item_entry_no for rows in work.uninvoiced.values() for entry in rows]
    entries += [line.applies_from_item_entry for line in work.lines if line.applies_from_item_entry]
    entries += work.mirror.item_entry_nos if work.mirror else []
    work.stock = load_stock(
        items,
        entry_nos=entries,
        leaving=_leaving(work),
        on=work.document.posting_date,
        setup=work.values.stock,
    )


def _leaving(work: Work) -> dict[Place, Decimal] | None:
    """How much the lines can take from each place; None where one names the receipt that it takes from."""
    goods = [line for line in work.lines if line.item_id]
    if work.mirror or any(line.applies_to_item_entry for line in goods):
        return None
    leaving: dict[Place, Decimal] = {}
    for line in goods:
        place = line.item_id, line.variant_code, line.location_code
        leaving[place] = leaving.get(place, ZERO) + abs(line.quantity_base)
    return leaving


def _cash_account(document: SalesDocument, values: SalesValues) -> CashAccount | None:
    """The balancing account of the payment method; a method that names a missing account is refused."""
    method = values.payment_methods.get(document.payment_method_code)
    if method is None or not method.balancing_account_no:
        return None
    number = method.balancing_account_no
    if method.balancing_account_type == PaymentMethod.BalancingAccount.BANK_ACCOUNT:
        bank = BankAccount.objects.filter(number=number).select_related("posting_group").first()
        if bank is not None and bank.blocked:
            problem = BankAccountBlocked(bank=number).as_problem(field="payment_method_code")
            raise ProblemsFound([problem], subject=document)
        if bank is not None:
            return CashAccount(bank.posting_group.gl_account_id, bank.pk)
    else:
        account = GLAccount.objects.filter(number=number).first()
        if account is not None:
            return CashAccount(account.pk)
    message = _("Payment method {code} names the balancing account {number}, which does not exist.")
    message = message.format(code=method.code, number=number)
    problem = Problem("E-PM-ACC", message, setup="admin:customers_paymentmethod_changelist")
    raise ProblemsFound([problem], subject=document)


def _uninvoiced(document: SalesDocument, lines: list[SalesLine]) -> dict[int, list[Uninvoiced]]:
    """By line number, goods that moved earlier and are not invoiced, oldest first; fetched lines have one shipment."""
    waiting = [line for line in lines if line.item_id and line.shipped_not_invoiced]
    if not waiting:
        return {}
    fetched: dict[tuple[str, int], list[SalesLine]] = {}
    for line in waiting:
        if line.is_fetched:
            fetched.setdefault((line.shipment_no, line.shipment_line_no), []).append(line)
    own = {line.line_no for line in waiting if not line.is_fetched}
    paper_line = ReturnReceiptLine if document.traits.receives else SalesShipmentLine
    wanted = Q(order_no=document.number, order_line_no__in=own) if own else Q(pk__in=[])
    wanted |= Q(document__number__in={shipment_no for shipment_no, _line_no in fetched})
    rows = paper_line.objects.filter(wanted, item_entry_no__isnull=False).order_by("item_entry_no")
    papers = {
        entry_no: (order_line_no, number, line_no)
        for entry_no, order_line_no, number, line_no in rows.values_list(
            "item_entry_no", "order_line_no", "document__number", "line_no"
        )
        if (number, line_no) in fetched or order_line_no in own
    }
    found: dict[int, list[Uninvoiced]] = {}
    for entry in ItemEntryState.objects.filter(entry_id__in=papers).order_by("entry_id"):
        left = abs(entry.quantity - entry.invoiced_quantity)
        order_line_no, number, line_no = papers[entry.entry_id]
        for its_line, share in _takers(left, order_line_no, fetched.get((number, line_no))):
            if share:
                found.setdefault(its_line, []).append(Uninvoiced(entry.entry_id, share, number, line_no))
    return found


def _takers(
    left: Decimal, order_line_no: int, fetched: list[SalesLine] | None
) -> Iterator[tuple[int, Decimal]]:
    """Which lines may take how much of an entry: the line of the order, or those that fetched it, one after another."""
    if fetched is None:
        yield order_line_no, left
        return
    for line in fetched:
        wanted = abs(to_base(line.quantity, line.per_unit))
        share = left if abs(left - wanted) <= QTY else min(left, wanted)  # no rest that is only rounding
        left -= share
        yield line.line_no, share


def _account_numbers(lines: list[SalesLine], values: SalesValues) -> dict[int, str]:
    """Numbers of VAT accounts, needed only where a line is nothing but VAT."""
    wanted = set()
    for line in lines:
        if line.type == LineType.GL_ACCOUNT and line.vat_calculation_type == "full":
            row = values.posting.vat(line.vat_bus_posting_group, line.vat_prod_posting_group, problems=[])
            if row and row.sales_vat_account_id:
                wanted.add(row.sales_vat_account_id)
    if not wanted:
        return {}
    return dict(GLAccount.objects.filter(pk__in=wanted).values_list("id", "number"))
