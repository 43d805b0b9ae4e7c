"""Where one can go from everywhere, as far as one may."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

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
            (_("Earlier versions"), "sales:archive-list", ("order",), "sales.view_archiveddocument"),
        ),
    ),
    (
        _("Masters"),
        (
            (_("Customers"), "sales:customers", (), "customers.view_customer"),
            (_("Items and stock"), "inventory:items", (), "inventory.view_item"),
        ),
    ),
    (
        _("Money"),
        (
            (_("Customer ledger"), "receivables:entries", (), "receivables.view_customerledgerentry"),
            (_("Receive payment"), "receivables:payment-new", (), "receivables.post_payment"),
            (_("Trial balance"), "posting:trial-balance", (), "posting.view_glentry"),
            (_("Registers"), "posting:registers", (), "posting.view_register"),
        ),
    ),
)


def company(request: HttpRequest) -> dict:
    """Context of every page: whose books these are, and the menu; both are asked for when a template needs them."""
    return {
        "company": SimpleLazyObject(
            lambda: GeneralLedgerSetup.objects.filter(pk=1).first() or GeneralLedgerSetup()
        ),
        "menu": SimpleLazyObject(lambda: menu(request)),
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
    if user.is_staff:
        groups.append(Group(_("Set-up"), [Entry(_("Administration"), reverse("admin:index"))]))
    _mark(request.path, groups)
    return groups


def _mark(path: str, groups: list[Group]) -> None:
    """Mark the page that we are on, or the one that comes nearest to it."""
    above = [entry for group in groups for entry in group.entries if path.startswith(entry.url)]
    nearest = max(above, key=lambda entry: len(entry.url), default=None)
    if nearest is not None and (nearest.url != reverse("home") or path == nearest.url):
        nearest.is_here = True
