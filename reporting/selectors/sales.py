"""What was sold in a span of days, in local currency, VAT excluded, as the ledgers have it.

Sales are those of the customer ledger, which agrees with the revenue accounts; cost is what goods and resources cost by
now, later adjustments of cost included.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf, TruncMonth

from customers.models import Customer, Salesperson
from erp.kernel.money import ZERO
from inventory.models import Resource
from inventory.models.entries import EntryType, ResourceLedgerEntry, ValueEntry
from receivables.models.entries import CustomerLedgerEntry
from reporting.selectors.moment import one_moment

CUSTOMER, SALESPERSON, ITEM = "customer", "salesperson", "item"
RESOURCE, OTHER = "resource", "other"


@dataclass(slots=True)
class Figures:
    sales: Decimal = ZERO
    cost: Decimal = ZERO
    quantity: Decimal = ZERO

    @property
    def margin(self) -> Decimal:
        return self.sales - self.cost


@dataclass(frozen=True, slots=True)
class Sold:
    """What one customer, salesperson, item … stands for; `before` is the span compared with.

    kind  "customer", "salesperson", "item", "resource" or, for accounts and what else has no stock, "other"
    """

    kind: str
    number: str
    name: str
    now: Figures
    before: Figures


Span = tuple[date, date]
Key = tuple[str, str]  # kind and number


def sold_by(what: str, *, span: Span, before: Span | None = None) -> list[Sold]:
    """What each customer, salesperson or item stands for. Four or five queries per span, of one moment."""
    count: Callable[[Span], dict[Key, Figures]] = {
        CUSTOMER: _by_customer,
        SALESPERSON: _by_salesperson,
        ITEM: _by_item,
    }[what]
    with one_moment():
        now, then = count(span), count(before) if before else {}
        keys = {key for key, found in {**then, **now}.items()}
        names = _names(what, keys)
    rows = [
        Sold(kind, number, names.get((kind, number), ""), now.get((kind, number), Figures()),
             then.get((kind, number), Figures()))
        for kind, number in keys
    ]  # fmt: skip
    empty = Figures()
    return sorted(
        (row for row in rows if row.now != empty or row.before != empty),
        key=lambda row: (row.kind, row.number),
    )


def sold_in(span: Span) -> Decimal:
    """All that was sold. One query."""
    return _entries(span).aggregate(sum=Sum("sales_lcy", default=ZERO))["sum"]


def sold_by_month(span: Span) -> dict[date, Decimal]:
    """All that was sold, by the first day of the month; months without sales are left out. One query."""
    rows = _entries(span).annotate(month=TruncMonth("posting_date")).values_list("month")
    return dict(rows.annotate(sum=Sum("sales_lcy")))


def figures_of(span: Span) -> Figures:
    """All that was sold, what it cost by now, and so the margin. Three queries."""
    cost = _values(span).aggregate(sum=Coalesce(_COST, Value(ZERO)))["sum"]
    cost += _resources(span).aggregate(sum=Sum("total_cost", default=ZERO))["sum"]
    return Figures(sales=sold_in(span), cost=-cost)


def _entries(span: Span):
    return CustomerLedgerEntry.objects.filter(posting_date__range=span).exclude(sales_lcy=0).order_by()


def _values(span: Span):
    return ValueEntry.objects.filter(posting_date__range=span, item_entry_type=EntryType.SALE).order_by()


def _resources(span: Span):
    return ResourceLedgerEntry.objects.filter(posting_date__range=span).order_by()


_COST = Sum(F("cost_amount_actual") + F("cost_amount_non_inventoriable"))


def _by_customer(span: Span) -> dict[Key, Figures]:
    found: dict[Key, Figures] = {}
    sell_to = Coalesce(NullIf("sell_to_customer_no", Value("")), F("customer__number"))
    for number, sales in _entries(span).annotate(key=sell_to).values_list("key").annotate(Sum("sales_lcy")):
        _of(found, CUSTOMER, number).sales += sales
    for number, cost, quantity in (
        _values(span).values_list("source_no").annotate(cost=_COST, moved=Sum("invoiced_quantity"))
    ):
        _cost(found, CUSTOMER, number, cost, quantity)
    for number, cost, quantity in (
        _resources(span).values_list("source_no").annotate(Sum("total_cost"), Sum("quantity"))
    ):
        _cost(found, CUSTOMER, number, cost, quantity)
    return found


def _by_salesperson(span: Span) -> dict[Key, Figures]:
    found: dict[Key, Figures] = {}
    for code, sales in _entries(span).values_list("salesperson_code").annotate(Sum("sales_lcy")):
        _of(found, SALESPERSON, code).sales += sales
    for code, cost, quantity in (
        _values(span).values_list("salesperson_code").annotate(cost=_COST, moved=Sum("invoiced_quantity"))
    ):
        _cost(found, SALESPERSON, code, cost, quantity)
    paper = CustomerLedgerEntry.objects.filter(
        document_no=OuterRef("document_no"), posting_date=OuterRef("posting_date")
    )
    seller = Coalesce(Subquery(paper.order_by("entry_no").values("salesperson_code")[:1]), Value(""))
    for code, cost, quantity in (
        _resources(span)
        .annotate(seller=seller)
        .values_list("seller")
        .annotate(Sum("total_cost"), Sum("quantity"))
    ):
        _cost(found, SALESPERSON, code, cost, quantity)
    return found


def _by_item(span: Span) -> dict[Key, Figures]:
    """Items and resources by number; in one line what was sold of neither: G/L accounts, fixed charges, rounding."""
    found: dict[Key, Figures] = {}
    rows = _values(span).values_list("item__number")
    for number, sales, cost, quantity in rows.annotate(
        sales=Sum("sales_amount_actual"), cost=_COST, moved=Sum("invoiced_quantity")
    ):
        _of(found, ITEM, number).sales += sales
        _cost(found, ITEM, number, cost, quantity)
    for number, sales, cost, quantity in (
        _resources(span)
        .values_list("resource__number")
        .annotate(Sum("total_price"), Sum("total_cost"), Sum("quantity"))
    ):
        _of(found, RESOURCE, number).sales -= sales
        _cost(found, RESOURCE, number, cost, quantity)
    rest = sold_in(span) - sum((figures.sales for figures in found.values()), ZERO)
    if rest:
        found[OTHER, ""] = Figures(sales=rest)
    return found


def _of(found: dict[Key, Figures], kind: str, number: str) -> Figures:
    return found.setdefault((kind, number), Figures())


def _cost(found: dict[Key, Figures], kind: str, number: str, cost: Decimal, quantity: Decimal) -> None:
    """Ledgers write what leaves as negative; a report of sales turns it."""
    if cost or quantity:
        figures = _of(found, kind, number)
        figures.cost -= cost
        figures.quantity -= quantity


def _names(what: str, keys: set[Key]) -> dict[Key, str]:
    if what == CUSTOMER:
        rows = Customer.objects.filter(number__in=[number for _kind, number in keys])
        return {(CUSTOMER, number): name for number, name in rows.values_list("number", "name")}
    if what == SALESPERSON:
        return {(SALESPERSON, code): name for code, name in Salesperson.objects.values_list("code", "name")}
    from inventory.models import Item

    items = Item.objects.filter(number__in=[number for kind, number in keys if kind == ITEM])
    names = {(ITEM, number): text for number, text in items.values_list("number", "description")}
    resources = Resource.objects.filter(Q(number__in=[number for kind, number in keys if kind == RESOURCE]))
    return names | {(RESOURCE, number): text for number, text in resources.values_list("number", "name")}
