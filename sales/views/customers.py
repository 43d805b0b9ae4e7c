"""The card of a customer: key figures first, then who they are, what applies to them, and what there is between us."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from customers.card_form import SECTIONS, label_of, shown
from customers.models import Customer
from customers.selectors import credit_situation
from erp.kernel import charts
from erp.kernel.attachments import ACCEPT, attachments_of
from erp.kernel.cards import changes_of, months_in_words
from erp.kernel.preferences import preference
from erp.kernel.templatetags.handel import amount
from erp.kernel.views import may, remember_page, work_date
from posting.models import GeneralLedgerSetup
from receivables import selectors as receivables
from receivables.selectors.ageing import aged_receivables
from receivables.selectors.card import days_to_pay, sales_by_month
from receivables.selectors.statistics import statistics
from sales.card_facts import documents_of, invoice_discounts_of, prices_for
from sales.models import SalesInvoice, SalesShipment

RECENT = 10
OPEN_ENTRIES = 50
FOLDS = "sales.document.folds"
MONEY = ("receivables.view_customerbalance", "receivables.view_openitem")
CARDS = (
    "bill_to_customer", "payment_terms", "payment_method", "currency", "customer_posting_group",
    "gen_bus_posting_group", "vat_bus_posting_group", "salesperson", "shipment_method", "shipping_agent",
    "shipping_agent_service__agent", "base_calendar", "responsibility_center",
)  # fmt: skip
HIDDEN = ("credit_limit",)  # from who may not see what customers owe


@may("customers.view_customer")
def customer_card(request: HttpRequest, number: str) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related(*CARDS), number=number)
    remember_page(request, kind="customer", number=customer.number, title=customer.name)
    user, today = request.user, work_date(request)
    sees_money = user.has_perms(MONEY)
    may_change = user.has_perm("customers.change_customer")
    context = {
        "customer": customer,
        "today": today,
        "sees_money": sees_money,
        "may_change": may_change,
        "sections": _sections(customer, sees_money=sees_money),
        "addresses": list(customer.ship_to_addresses.order_by("code")),
        "folds": preference(user, FOLDS, {}),
        "side": {
            "attachments": list(attachments_of(("customer", customer.number))),
            "attachment_types": ACCEPT,
            "attachment_subject": "customer",
        },
    }
    if sees_money:
        context |= _money(
            customer, today=today, sees_ledger=user.has_perm("receivables.view_customerledgerentry")
        )
    if user.has_perm("sales.view_pricelistline"):
        context["prices"] = prices_for(customer, on=today)
        context["invoice_discounts"] = invoice_discounts_of(customer)
    if user.has_perm("sales.view_salesdocument"):
        context["documents"] = documents_of(customer, limit=RECENT)
    if user.has_perm("sales.view_salesinvoice"):
        invoices = SalesInvoice.objects.filter(customer=customer)
        context["invoices"] = invoices.order_by("-posting_date", "-id")[:RECENT]
    if user.has_perm("sales.view_salesshipment"):
        shipments = SalesShipment.objects.filter(customer=customer)
        context["shipments"] = shipments.order_by("-posting_date", "-id")[:RECENT]
    if may_change or user.has_perm("kernel.view_changelogentry"):
        context["changes"] = changes_of(customer, labels=label_of, hidden=() if sees_money else HIDDEN)
    return render(request, "sales/customer/page.html", context)


def _sections(customer: Customer, *, sees_money: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields of the card in words; a blank one is left out, as far as it says nothing."""
    found = []
    for title, names in SECTIONS.items():
        rows = [
            (label_of(name), _words(customer, name))
            for name in names
            if name != "name" and (sees_money or name not in HIDDEN)
        ]
        found.append((str(title), [row for row in rows if row[1] not in ("–", "")]))
    return found


def _words(customer: Customer, name: str) -> str:
    value = getattr(customer, name)
    if name == "credit_limit":
        return amount(value) if value else _("none")
    if name in ("payment_terms", "payment_method", "shipment_method") and value is not None:
        return f"{value.code} {value.description}".strip()
    if value is False:
        return ""
    return shown(customer, name)


def _money(customer: Customer, *, today, sees_ledger: bool) -> dict[str, object]:
    """What the customer owes, how old it is, how they pay, and what was sold."""
    payer = customer
    lcy = GeneralLedgerSetup.objects.filter(pk=1).values_list("lcy_code", flat=True).first() or ""
    years = sales_by_month(payer.pk, on=today)
    entries = receivables.open_entries(customer)
    found = {
        "credit": credit_situation(customer, on=today),
        "balances": receivables.balances_by_currency(customer.pk),
        "open_entries": entries[:OPEN_ENTRIES],
        "more_entries": max(len(entries) - OPEN_ENTRIES, 0),
        "years": years,
        "sales_chart": charts.bars(
            _("Sales by month"),
            months_in_words(),
            [
                charts.Series(str(today.year), years.this_year),
                charts.Series(str(today.year - 1), years.last_year, tone="quiet"),
            ],
            unit=lcy,
        ),
        "ageing_chart": _ageing(customer, today, lcy),
    }
    if sees_ledger:
        found["days_to_pay"] = days_to_pay(customer.pk, on=today)
        found["statistics"] = statistics(customer, on=today)
    return found


def _ageing(customer: Customer, today, lcy: str) -> charts.Chart:
    """What is open by how long it is overdue."""
    aged = aged_receivables(on=today, period="30D", customer=customer)
    days = [_("{days} days").format(days=heading) for heading in aged.headings[1:]]
    names = [str(aged.headings[0]).capitalize(), *days]
    return charts.lying(_("Open amounts by days overdue"), names, aged.totals, unit=lcy, places=2)
