"""Where one can go from everywhere, as far as one may."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from erp.views.shell import folded_groups, shell
from erp.views.texts import texts
from posting.models import GeneralLedgerSetup


@dataclass
class Entry:
    label: str
    url: str
    is_here: bool = False


@dataclass
class Group:
    label: str
    entries: list[Entry] = field(default_factory=list)
    is_folded: bool = False

    @property
    def key(self) -> str:
        """The same in every language."""
        with translation.override("en"):
            return slugify(self.label)


MENU = (
    (
        _("Sales"),
        (
            (_("Quotes"), "sales:documents", ("quote",), "sales.view_salesdocument"),
            (_("Orders"), "sales:documents", ("order",), "sales.view_salesdocument"),
            (_("Blanket orders"), "sales:documents", ("blanket_order",), "sales.view_salesdocument"),
            (_("Invoices"), "sales:documents", ("invoice",), "sales.view_salesdocument"),
            (_("Return orders"), "sales:documents", ("return_order",), "sales.view_salesdocument"),
            (_("Credit memos"), "sales:documents", ("credit_memo",), "sales.view_salesdocument"),
            (_("Approvals"), "approvals:mine", (), "approvals.request_approval"),
        ),
    ),
    (
        _("Posted"),
        (
            (_("Shipments"), "sales:posted-list", ("shipment",), "sales.view_salesshipment"),
            (_("Posted invoices"), "sales:posted-list", ("invoice",), "sales.view_salesinvoice"),
            (_("Return receipts"), "sales:posted-list", ("return_receipt",), "sales.view_returnreceipt"),
            (_("Posted credit memos"), "sales:posted-list", ("credit_memo",), "sales.view_salescreditmemo"),
            (_("Posting runs"), "sales:runs", (), "sales.view_salesdocument"),
            (_("Mails"), "mails", (), "sales.change_salesdocument"),
            (_("Earlier versions"), "sales:archive-list", ("order",), "sales.view_archiveddocument"),
        ),
    ),
    (
        _("Masters"),
        (
            (_("Customers"), "sales:customers", (), "customers.view_customer"),
            (_("Items and stock"), "inventory:items", (), "inventory.view_item"),
            (_("Resources"), "inventory:resources", (), "inventory.view_resource"),
            (_("Prices"), "sales:prices", (), "sales.view_pricelistline"),
            (_("Item journal"), "inventory:journals", (), "inventory.view_itemjournalline"),
        ),
    ),
    (
        _("Money"),
        (
            (_("Customer ledger"), "receivables:entries", (), "receivables.view_customerledgerentry"),
            (_("Receive payment"), "receivables:payment-new", (), "receivables.post_payment"),
            (_("Register payments"), "receivables:payment-registration", (), "receivables.post_payment"),
            (
                _("Cash receipt journal"),
                "receivables:journals",
                ("cash_receipts",),
                "receivables.view_journalline",
            ),
            (_("Sales journal"), "receivables:journals", ("sales",), "receivables.view_journalline"),
            (_("General journal"), "receivables:journals", ("general",), "receivables.view_journalline"),
            (_("Trial balance"), "posting:trial-balance", (), "posting.view_glentry"),
            (_("Chart of accounts"), "posting:accounts", (), "posting.view_glentry"),
            (_("Registers"), "posting:registers", (), "posting.view_register"),
        ),
    ),
    (
        _("Ledgers"),
        (
            (_("G/L entries"), "posting:gl-entries", (), "posting.view_glentry"),
            (_("VAT entries"), "posting:vat-entries", (), "posting.view_vatentry"),
            (_("Item entries"), "inventory:item-entries", (), "inventory.view_itemledgerentry"),
            (_("Value entries"), "inventory:value-entries", (), "inventory.view_valueentry"),
        ),
    ),
    (
        _("Reports"),
        (
            (_("All reports"), "reporting:reports", (), "sales.view_salesdocument"),
            (
                _("Sales by customer"),
                "reporting:report",
                ("sales-by-customer",),
                "reporting.see_sales_figures",
            ),
            (_("Sales by item"), "reporting:report", ("sales-by-item",), "reporting.see_sales_figures"),
            (
                _("Aged receivables"),
                "reporting:report",
                ("aged-receivables",),
                "receivables.view_detailedcustomerledgerentry",
            ),
            (_("Back orders"), "reporting:report", ("back-orders",), "sales.view_salesdocument"),
            (_("Report inbox"), "reporting:inbox", (), "sales.view_salesdocument"),
        ),
    ),
)

SET_UP = "posting.view_generalledgersetup"


def company(request: HttpRequest) -> dict:
    """Context of every page: whose books these are, and the menu; both are asked for when a template needs them."""
    return {
        "company": SimpleLazyObject(
            lambda: GeneralLedgerSetup.objects.filter(pk=1).first() or GeneralLedgerSetup()
        ),
        "menu": SimpleLazyObject(lambda: menu(request)),
        "shell": SimpleLazyObject(lambda: shell(request)),
        "texts": texts,
    }


def menu(request: HttpRequest) -> list[Group]:
    """The pages that this user may see, in groups; the one that encloses this page is marked."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups = [Group("", [Entry(_("Home"), reverse("home"))])]
    for label, pages in MENU:
        entries = [
            Entry(name, reverse(view, args=args))
            for name, view, args, permission in pages
            if user.has_perm(permission)
        ]
        if entries:
            groups.append(Group(label, entries))
    set_up = [Entry(_("What is missing"), reverse("setup"))] if user.has_perm(SET_UP) else []
    if user.has_perm("kernel.view_changelogentry"):
        set_up.append(Entry(_("Change log"), reverse("change-log")))
    if user.has_perm("kernel.view_deniedattempt"):
        set_up.append(Entry(_("Denied attempts"), reverse("denied-attempts")))
    if user.has_perm("kernel.view_user"):
        set_up.append(Entry(_("Users"), reverse("setup-users")))
    if user.has_perms(("kernel.view_user", "kernel.change_user")):
        set_up.append(Entry(_("Applications"), reverse("setup-applications")))
    if user.has_perm("integration.view_subscription"):
        set_up.append(Entry(_("Webhooks"), reverse("integration:webhooks")))
    if user.has_perm("kernel.change_user") or user.has_perm("integration.view_subscription"):
        set_up.append(Entry(_("API reference"), reverse("api-reference")))
    if user.is_staff:
        set_up.append(Entry(_("All tables"), reverse("admin:index")))
    if set_up:
        groups.append(Group(_("Set-up"), set_up))
    _mark(request.path, groups)
    folded = folded_groups(request)
    for group in groups:
        group.is_folded = group.key in folded and not any(entry.is_here for entry in group.entries)
    return groups


def _mark(path: str, groups: list[Group]) -> None:
    """Mark the page that we are on, or the one that comes nearest to it."""
    above = [entry for group in groups for entry in group.entries if path.startswith(entry.url)]
    nearest = max(above, key=lambda entry: len(entry.url), default=None)
    if nearest is not None and (nearest.url != reverse("home") or path == nearest.url):
        nearest.is_here = True
