"""The first page: what waits, and where one was last."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from receivables.selectors import overdue_total
from sales.models import SalesDocument, SalesInvoice

COUNTED = 1000  # nobody needs to know how many more there are
RECENT = 8

Type, Status = SalesDocument.Type, SalesDocument.Status


@dataclass(frozen=True)
class Cue:
    """A figure that wants attention, and the list behind it."""

    label: str
    url: str
    count: int | None = None
    amount: object = None
    is_urgent: bool = False

    @property
    def is_capped(self) -> bool:
        return self.count is not None and self.count >= COUNTED


@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    context = {"cues": _cues(user), "greeting": _greeting(user)}
    if user.has_perm("sales.view_salesdocument"):
        documents = SalesDocument.objects.select_related("customer").with_totals()
        context["documents"] = documents.order_by("-id")[:RECENT]
    if user.has_perm("sales.view_salesinvoice"):
        context["invoices"] = SalesInvoice.objects.select_related("customer").order_by("-id")[:RECENT]
    return render(request, "home.html", context)


def _greeting(user) -> str:
    hour = timezone.localtime().hour
    words = _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")
    return f"{words}, {user.first_name}" if user.first_name else words


def _cues(user) -> list[Cue]:
    cues, today = [], timezone.localdate()
    if user.has_perm("sales.view_salesdocument"):
        orders = SalesDocument.objects.orders()
        waiting = SalesDocument.objects.expiring(after=today, until=today + timedelta(days=7))
        cues += [
            _counted(_("Open orders"), orders.filter(status=Status.OPEN), Type.ORDER, "open"),
            _counted(_("Released orders"), orders.released(), Type.ORDER, "released"),
            _counted(_("Partly shipped"), orders.partly_shipped(), Type.ORDER, "partly_shipped"),
            _counted(_("Shipped, not invoiced"), orders.shipped_not_invoiced(), Type.ORDER, "to_invoice"),
            _counted(_("Quotes expiring this week"), waiting, Type.QUOTE, "expiring"),
        ]
    if user.has_perm("receivables.view_openitem"):
        overdue = overdue_total(on=today)
        cues.append(Cue(_("Overdue"), reverse("receivables:entries"), amount=overdue, is_urgent=overdue > 0))
    return cues


def _counted(label: str, documents: QuerySet, type: str, view: str) -> Cue:
    url = f"{reverse('sales:documents', args=[type])}?view={view}"
    return Cue(label, url, count=documents.order_by()[:COUNTED].count())
