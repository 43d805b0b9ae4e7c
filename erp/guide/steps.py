from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, CustomerPostingGroup
from erp.kernel.models import NumberSeries, NumberSeriesLine, User
from inventory.models import InventoryPostingSetup, Item, Location
from posting.models import (
    AccountingPeriod,
    Currency,
    ExchangeRate,
    GeneralLedgerSetup,
    GeneralPostingSetup,
    VATPostingSetup,
)
from receivables.models import BankAccount
from sales.models import SalesSetup
from sales.traits import TRAITS

OLD_RATE = timedelta(days=14)
SHOWN = 6  # how many names a sentence lists before it says how many more there are


@dataclass(frozen=True)
class Step:
    """One thing to have in order.

    missing  what is not; blank where all is well
    page     name of the URL of the page that mends it
    blocks   nothing can be posted without it; otherwise it is worth a look
    """

    title: str
    missing: str
    page: str
    blocks: bool = True

    @property
    def is_done(self) -> bool:
        return not self.missing


def steps(*, on: date) -> list[Step]:
    """Every step, in the order in which a company takes them. A constant number of queries.

    on  the day for which the company shall be ready
    """
    return [
        Step(str(title), missing(on), page and f"admin:{page}_changelist", blocks=blocks)
        for title, missing, page, blocks in STEPS
    ]


def _company(on: date) -> str:
    setup = GeneralLedgerSetup.objects.filter(pk=1).first()
    if setup is None:
        return _("There is no general ledger setup yet.")
    if not setup.company_name:
        return _("The company has no name: papers and mails carry it.")
    if not setup.address or not setup.vat_registration_no:
        return _("Address or VAT registration number of the company is missing: invoices must show them.")
    return ""


def _posting_dates(on: date) -> str:
    setup = GeneralLedgerSetup.objects.filter(pk=1).first() or GeneralLedgerSetup()
    first, last = setup.allow_posting_from, setup.allow_posting_to
    if (first and on < first) or (last and on > last):
        return _("Today lies outside of the dates on which posting is allowed.")
    return ""


def _periods(on: date) -> str:
    starts = AccountingPeriod.objects.filter(new_fiscal_year=True)
    if not starts.filter(starting_date__lte=on).exists():
        return _("No fiscal year contains today.")
    if not starts.filter(starting_date__gt=on).exists():
        return _("The current fiscal year has no end: create the next one.")
    return ""


def _series(on: date) -> str:
    setup = SalesSetup.objects.first()
    if setup is None:
        return _("There is no sales & receivables setup yet.")
    fields = {traits.number_series for traits in TRAITS.values()}
    fields |= {
        name for traits in TRAITS.values() for name in (traits.money_series, traits.goods_series) if name
    }
    named = {getattr(setup, name): name for name in fields}
    blank = [SalesSetup._meta.get_field(name).verbose_name for code, name in named.items() if not code]
    if blank:
        return _("No number series is chosen for: {names}.").format(names=_listed(blank))
    lines = NumberSeriesLine.objects.filter(
        Q(starting_date=None) | Q(starting_date__lte=on), series=OuterRef("pk"), is_open=True
    )
    ready = NumberSeries.objects.filter(Exists(lines), code__in=named).values_list("code", flat=True)
    lacking = sorted(named.keys() - set(ready))
    return (
        _("These number series have no line for today: {names}.").format(names=_listed(lacking))
        if lacking
        else ""
    )


def _customer_groups(on: date) -> str:
    without = CustomerPostingGroup.objects.filter(receivables_account=None).values_list("code", flat=True)
    return _("No receivables account: {names}.").format(names=_listed(without)) if without else ""


def _used_customer_groups() -> set[tuple[str, str]]:
    rows = Customer.objects.order_by().values_list(
        "gen_bus_posting_group__code", "vat_bus_posting_group__code"
    )
    return set(rows.distinct())


def _used_item_groups() -> set[tuple[str, str]]:
    rows = Item.objects.order_by().values_list("gen_prod_posting_group__code", "vat_prod_posting_group__code")
    return set(rows.distinct())


def _general_matrix(on: date) -> str:
    there = set(
        GeneralPostingSetup.objects.filter(blocked=False, sales_account__isnull=False).values_list(
            "gen_bus_posting_group__code", "gen_prod_posting_group__code"
        )
    )
    wanted = {
        (bus, prod)
        for bus, _vat in _used_customer_groups()
        for prod, _v in _used_item_groups()
        if bus and prod
    }
    return _matrix(wanted - there, _("No sales account: {names}."))


def _vat_matrix(on: date) -> str:
    there = set(
        VATPostingSetup.objects.filter(blocked=False).values_list(
            "vat_bus_posting_group__code", "vat_prod_posting_group__code"
        )
    )
    wanted = {
        (bus, prod)
        for _gen, bus in _used_customer_groups()
        for _g, prod in _used_item_groups()
        if bus and prod
    }
    return _matrix(wanted - there, _("No VAT rate: {names}."))


def _matrix(lacking: set[tuple[str, str]], sentence: str) -> str:
    return (
        sentence.format(names=_listed(sorted(f"{bus} × {prod}" for bus, prod in lacking))) if lacking else ""
    )


def _inventory_matrix(on: date) -> str:
    places = [*Location.objects.values_list("code", flat=True), ""]
    groups = Item.objects.exclude(inventory_posting_group=None).order_by()
    groups = set(groups.values_list("inventory_posting_group__code", flat=True).distinct())
    rows = InventoryPostingSetup.objects.exclude(inventory_account=None)
    there = {
        (place or "", group)
        for place, group in rows.values_list("location__code", "inventory_posting_group__code")
    }
    anywhere = {group for place, group in there if not place}
    wanted = {(place, group) for place in places for group in groups if place and group not in anywhere}
    return _matrix(wanted - there, _("No inventory account: {names}."))


def _groups_of_customers(on: date) -> str:
    lacking = Customer.objects.filter(
        Q(customer_posting_group=None) | Q(gen_bus_posting_group=None) | Q(vat_bus_posting_group=None)
    )
    return (
        _("Customers without posting groups: {names}.").format(names=_first(lacking))
        if lacking.exists()
        else ""
    )


def _groups_of_items(on: date) -> str:
    lacking = Item.objects.filter(Q(gen_prod_posting_group=None) | Q(vat_prod_posting_group=None))
    lacking |= Item.objects.filter(type=Item.Type.INVENTORY, inventory_posting_group=None)
    return (
        _("Items without posting groups: {names}.").format(names=_first(lacking)) if lacking.exists() else ""
    )


def _banks(on: date) -> str:
    return "" if BankAccount.objects.exists() else _("There is no bank account to receive payments on.")


def _rates(on: date) -> str:
    used = set(
        Customer.objects.exclude(currency=None).order_by().values_list("currency__code", flat=True).distinct()
    )
    fresh = ExchangeRate.objects.filter(starting_date__gt=on - OLD_RATE, starting_date__lte=on)
    old = sorted(used - set(fresh.values_list("currency__code", flat=True)))
    known = set(Currency.objects.values_list("code", flat=True))
    old = [code for code in old if code in known]
    return _("No exchange rate of the last two weeks: {names}.").format(names=_listed(old)) if old else ""


def _mail(on: date) -> str:
    quiet = "console" in settings.EMAIL_BACKEND or "locmem" in settings.EMAIL_BACKEND
    return _("Mails are only written to the log: set EMAIL_URL.") if quiet else ""


def _people(on: date) -> str:
    working = User.objects.filter(is_active=True, groups__isnull=False).distinct().count()
    return "" if working else _("Nobody has a role yet: give users the roles of their work.")


def _listed(names) -> str:
    names = [str(name) for name in names]
    more = len(names) - SHOWN
    listed = ", ".join(names[:SHOWN])
    return _("{names} and {count} more").format(names=listed, count=more) if more > 0 else listed


def _first(rows) -> str:
    return _listed(rows.order_by("number").values_list("number", flat=True)[: SHOWN + 20])


STEPS: tuple[tuple[str, Callable[[date], str], str, bool], ...] = (
    (gettext_lazy("Company"), _company, "posting_generalledgersetup", True),
    (gettext_lazy("Fiscal years"), _periods, "posting_accountingperiod", True),
    (gettext_lazy("Posting dates"), _posting_dates, "posting_generalledgersetup", True),
    (gettext_lazy("Number series"), _series, "kernel_numberseries", True),
    (gettext_lazy("Customer posting groups"), _customer_groups, "customers_customerpostinggroup", True),
    (gettext_lazy("General posting setup"), _general_matrix, "posting_generalpostingsetup", True),
    (gettext_lazy("VAT posting setup"), _vat_matrix, "posting_vatpostingsetup", True),
    (gettext_lazy("Inventory posting setup"), _inventory_matrix, "inventory_inventorypostingsetup", True),
    (gettext_lazy("Posting groups of customers"), _groups_of_customers, "customers_customer", True),
    (gettext_lazy("Posting groups of items"), _groups_of_items, "inventory_item", True),
    (gettext_lazy("Bank accounts"), _banks, "receivables_bankaccount", True),
    (gettext_lazy("Exchange rates"), _rates, "posting_exchangerate", False),
    (gettext_lazy("E-mail"), _mail, "", False),
    (gettext_lazy("Users and roles"), _people, "kernel_user", False),
)  # fmt: skip
