"""What fits what somebody is typing into a field: the eight best, the exact number first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from customers.models import (
    Customer,
    PaymentMethod,
    PaymentTerms,
    ResponsibilityCenter,
    Salesperson,
    ShipmentMethod,
    ShippingAgent,
    ShippingAgentService,
    ShipToAddress,
)
from customers.models.customer import FOUND_BY
from erp.kernel.search import match
from erp.kernel.templatetags.handel import amount, day, price, quantity
from erp.kernel.views import may
from inventory.models import (
    Item,
    ItemCharge,
    ItemReference,
    ItemUnit,
    ItemVariant,
    Location,
    Resource,
    UnitOfMeasure,
)
from inventory.selectors import stock_of
from posting.models import Currency, GeneralProductGroup, GLAccount, VATProductGroup
from receivables.models import BankAccount
from receivables.selectors import to_be_paid
from sales.models import ReturnReason, StandardText
from sales.models.setup import ReasonCode

SHOWN = 8
LONGEST = 100

Row = dict  # number, name, more: what is typed, what it is, and further facts in words


@dataclass(frozen=True)
class Table:
    """A table small enough to be read through: a code, a name, and who may see it.

    rows     the rows that a request asks for, given its parameters
    columns  code and name
    """

    model: type[Model]
    columns: tuple[str, str]
    rows: Callable[[HttpRequest], QuerySet] | None = None

    @property
    def permission(self) -> str:
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def find(self, request: HttpRequest, text: str) -> list[Row]:
        code, name = self.columns
        rows = self.rows(request) if self.rows else self.model._default_manager.all()
        rows = rows.order_by(code)
        if text:
            fits = Q()
            for word in text.split():
                fits &= Q(**{f"{code}__istartswith": word}) | Q(**{f"{name}__icontains": word})
            found = [*rows.filter(**{f"{code}__iexact": text})[:1], *rows.filter(fits)[: SHOWN + 1]]
        else:
            found = list(rows[:SHOWN])
        return [_row(getattr(row, code), getattr(row, name)) for row in _each_once(found)]


@may()
def lookup(request: HttpRequest, kind: str) -> JsonResponse:
    """GET /lookup/item/?q=red+bik&customer=C10010 → {"rows": [{"number", "name", "more": [...]}]}"""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    if kind not in PERMISSIONS:
        raise Http404
    if not request.user.has_perm(PERMISSIONS[kind]):
        problem = {"code": "E-RIGHT", "message": _("You may not see what could be chosen here.")}
        return JsonResponse({"problems": [problem]}, status=403)
    find = _LARGE.get(kind) or TABLES[kind].find
    return JsonResponse({"rows": find(request, text)[:SHOWN]})


def _customers(_request: HttpRequest, text: str) -> list[Row]:
    """By number, then by words of name, city, phone and VAT registration number."""
    if not text:
        return []
    named = Customer.objects.filter(disable_search_by_name=False)
    words = match(text, *FOUND_BY)
    found = [
        *Customer.objects.filter(number__in=[text, text.upper()]),
        *Customer.objects.filter(number__startswith=text.upper()).order_by("number")[:SHOWN],
        *(named.filter(words)[: SHOWN * 2] if words is not None else ()),
    ]
    return [
        _row(
            each.number,
            each.name,
            each.city,
            each.phone_no,
            each.get_blocked_display() if each.blocked else "",
        )
        for each in _each_once(found)
    ]


def _items(request: HttpRequest, text: str) -> list[Row]:
    """By number, reference or bar code, then by words; each with its stock and its price."""
    sellable = Item.objects.sellable().select_related("base_unit")
    if not text:
        found = list(sellable[:SHOWN])
        return _with_stock(request, found, {})
    customer = request.GET.get("customer", "").replace("\0", "")
    references = ItemReference.objects.filter(reference_no__in=[text, text.upper()])
    mine = Q(type=ItemReference.Type.CUSTOMER, type_no=customer) if customer else Q(pk__in=[])
    anyones = Q(type__in=[ItemReference.Type.BAR_CODE, ItemReference.Type.NONE])
    named = {row.item_id: row.reference_no for row in references.filter(mine | anyones)}
    words = match(text, "number", "description")
    found = [
        *sellable.filter(number__in=[text, text.upper()]),
        *(sellable.filter(pk__in=named) if named else ()),
        *(sellable.filter(gtin=text)[:SHOWN] if text.isdecimal() and len(text) > 7 else ()),
        *sellable.filter(number__startswith=text.upper())[:SHOWN],
        *(sellable.order_by().filter(words)[: SHOWN * 2] if words is not None else ()),
    ]
    return _with_stock(request, list(_each_once(found)), named)


def _with_stock(request: HttpRequest, items: list[Item], named: dict[int, str]) -> list[Row]:
    """What is in stock is told to those who may know."""
    items, sees_stock = items[:SHOWN], request.user.has_perm("inventory.view_stock")
    stock = stock_of([item.pk for item in items if item.keeps_stock]) if sees_stock else {}
    rows = []
    for item in items:
        held = stock[item.pk].quantity if item.pk in stock else 0
        in_stock = _("{quantity} {unit} in stock").format(
            quantity=quantity(held) or "0", unit=item.base_unit.code
        )
        kept = in_stock if sees_stock else ""
        facts = [named.get(item.pk, ""), kept if item.keeps_stock else item.get_type_display()]
        rows.append(_row(item.number, item.description, *facts, price(item.unit_price)))
    return rows


def _sides(request: HttpRequest, text: str) -> list[Row]:
    """What a journal line may be posted to: accounts, bank accounts, customers, as far as they may be seen."""
    user, rows = request.user, []
    if user.has_perm("posting.view_glaccount"):
        rows += TABLES["account"].find(request, text)
    if user.has_perm("receivables.view_bankaccount"):
        rows += TABLES["bank"].find(request, text)
    if user.has_perm("customers.view_customer"):
        rows += _customers(request, text)
    return sorted(rows, key=lambda row: row["number"].lower() != text.lower())


def _open_entries(_request: HttpRequest, text: str) -> list[Row]:
    """Open invoices and credit memos by number or customer, what is due first on top."""
    if not text:
        return []
    return [
        _row(entry.document_no, entry.customer_name, day(entry.due_date),
             f"{entry.currency_code} {amount(entry.remaining)}".strip())
        for entry in to_be_paid(text=text, limit=SHOWN)
    ]  # fmt: skip


def _ship_tos(request: HttpRequest) -> QuerySet:
    return ShipToAddress.objects.filter(customer__number=_asked(request, "customer"))


def _services(request: HttpRequest) -> QuerySet:
    return ShippingAgentService.objects.filter(agent__code=_asked(request, "agent"))


def _variants(request: HttpRequest) -> QuerySet:
    return ItemVariant.objects.filter(item__number=_asked(request, "item"))


def _accounts(_request: HttpRequest) -> QuerySet:
    return GLAccount.objects.filter(type=GLAccount.Type.POSTING, direct_posting=True, blocked=False)


def _resources(_request: HttpRequest) -> QuerySet:
    return Resource.objects.filter(blocked=False, privacy_blocked=False)


def _units(request: HttpRequest) -> QuerySet:
    """Of an item, where one is asked for; else all."""
    number = _asked(request, "item")
    if not number:
        return UnitOfMeasure.objects.all()
    of_item = ItemUnit.objects.filter(item__number=number).values("unit_id")
    base = Item.objects.filter(number=number).values("base_unit_id")
    return UnitOfMeasure.objects.filter(Q(pk__in=of_item) | Q(pk__in=base))


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")[:LONGEST]


def _row(number: str, name: str, *more: str) -> Row:
    return {"number": number, "name": name, "more": [str(fact) for fact in more if fact]}


def _each_once(found: Iterable[Model]) -> list:
    return list({row.pk: row for row in found}.values())


TABLES = {
    "account": Table(GLAccount, ("number", "name"), _accounts),
    "bank": Table(BankAccount, ("number", "name")),
    "charge": Table(ItemCharge, ("number", "description")),
    "currency": Table(Currency, ("code", "name")),
    "general-product-group": Table(GeneralProductGroup, ("code", "description")),
    "location": Table(Location, ("code", "name")),
    "payment-method": Table(PaymentMethod, ("code", "description")),
    "payment-terms": Table(PaymentTerms, ("code", "description")),
    "reason": Table(ReasonCode, ("code", "description")),
    "resource": Table(Resource, ("number", "name"), _resources),
    "responsibility-center": Table(ResponsibilityCenter, ("code", "name")),
    "return-reason": Table(ReturnReason, ("code", "description")),
    "salesperson": Table(Salesperson, ("code", "name")),
    "ship-to": Table(ShipToAddress, ("code", "name"), _ship_tos),
    "shipment-method": Table(ShipmentMethod, ("code", "description")),
    "shipping-agent": Table(ShippingAgent, ("code", "name")),
    "shipping-agent-service": Table(ShippingAgentService, ("code", "description"), _services),
    "standard-text": Table(StandardText, ("code", "description")),
    "unit": Table(UnitOfMeasure, ("code", "description"), _units),
    "variant": Table(ItemVariant, ("code", "description"), _variants),
    "vat-product-group": Table(VATProductGroup, ("code", "description")),
}
_LARGE = {"customer": _customers, "item": _items, "open-entry": _open_entries, "side": _sides}
PERMISSIONS = {kind: table.permission for kind, table in TABLES.items()} | {
    "customer": "customers.view_customer",
    "item": "inventory.view_item",
    "open-entry": "receivables.view_customerledgerentry",
    "side": "receivables.view_journalline",
}
