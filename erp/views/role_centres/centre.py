"""Which centre a user starts on, and what stands on each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from approvals.selectors import sent_by, waiting_for
from erp.kernel.listing import Asked
from erp.kernel.mail import unsure
from erp.kernel.models import OutboxMessage, User
from erp.kernel.money import ZERO
from erp.kernel.periods import add_months
from erp.views.role_centres.charts import CHARTS, Question, lcy
from erp.views.role_centres.cues import ANY, BAD, CALM, COUNTED, Bands, Cue, Group, Reader, counted, figure
from erp.views.role_centres.remembered import remembered
from erp.views.role_centres.sales_facts import average_days_delayed, best_customer, largest_order
from inventory.views.lists import ITEMS
from receivables.models import OpenItem
from receivables.selectors import overdue_total
from receivables.views.lists import ENTRIES
from reporting.report import percent
from reporting.selectors.books import books_differ_by
from reporting.selectors.sales import figures_of, sold_in
from sales.models import SalesDocument
from sales.views.lists.documents import DOCUMENTS
from sales.views.lists.papers import RUNS

Type = SalesDocument.Type
Workplace = User.Workplace
SET_UP = "setup"
DAY = timedelta(days=1)
SEES_DOCUMENTS = "sales.view_salesdocument"
SEES_OPEN_ITEMS = "receivables.view_openitem"


@dataclass(frozen=True)
class New:
    """A button that starts a document, with its key."""

    label: str
    url: str
    key: str
    is_primary: bool = False


@dataclass(frozen=True)
class Centre:
    """What stands on the first page of a user."""

    workplace: str
    insights: Sequence[str]
    groups: Sequence[Group]
    question: Question | None
    new: Sequence[New]


def workplace_of(user) -> str:
    """What the user chose, else what the rights are for; who only minds the set-up starts there."""
    if user.workplace:
        return user.workplace
    if user.is_superuser:
        return Workplace.MANAGER
    if not user.has_perm(SEES_DOCUMENTS) and user.has_perm("posting.view_generalledgersetup"):
        return SET_UP
    rights = (
        (Workplace.ACCOUNTANT, "receivables.post_payment"),
        (Workplace.MANAGER, "sales.change_pricelist"),
        (Workplace.CLERK, "sales.add_salesdocument"),
        (Workplace.WAREHOUSE, "sales.ship_salesdocument"),
        (Workplace.ACCOUNTANT, "posting.view_glentry"),
    )
    return next((place for place, right in rights if user.has_perm(right)), Workplace.CLERK)


def centre_of(user, *, on: date, address: Mapping[str, str]) -> Centre:
    """The role centre of a user on a work date; the address says how the chart is to be seen."""
    reader, place = Reader(user, on), workplace_of(user)
    groups = [Group(label, [cue for cue in cues if cue]) for label, cues in GROUPS[place](reader)]
    chart = CHARTS.get(place) if _may_see_chart(reader, place) else None
    return Centre(
        workplace=place,
        insights=_insights(reader, place),
        groups=[group for group in groups if group.cues],
        question=chart(reader, address) if chart else None,
        new=_new(reader, place),
    )


Cues = Sequence[tuple[str, Sequence[Cue | None]]]


def _documents(reader: Reader, label: str, type: str, asked: Asked, bands: Bands = CALM) -> Cue | None:
    """A cue of working documents; `asked` is an address of their list."""
    if not reader.may(SEES_DOCUMENTS):
        return None
    return counted(
        reader, label, DOCUMENTS[type], reverse("sales:documents", args=[type]), asked, bands=bands
    )


def _view(name: str, **filters: str) -> Asked:
    return Asked(view=name, filters=filters)


def clerk(reader: Reader) -> Cues:
    ahead = f"{reader.on:%Y-%m-%d}.."
    return [
        (
            _("To release"),
            [
                _documents(reader, _("Quotes open"), Type.QUOTE, _view("open")),
                _documents(reader, _("Orders open"), Type.ORDER, _view("open")),
            ],
        ),
        (_("Released, not shipped"), [*_to_ship(reader, ahead), _delay(reader)]),
        (
            _("Returns"),
            [
                _documents(reader, _("Return orders open"), Type.RETURN_ORDER, _view("open")),
                _documents(reader, _("Credit memos open"), Type.CREDIT_MEMO, _view("open")),
            ],
        ),
        (_("Approvals"), _approvals(reader)),
        (_("Posting in the background"), _runs(reader)),
    ]


def manager(reader: Reader) -> Cues:
    return [
        (_("Sales this month"), _month(reader)),
        (
            _("Quotes and orders"),
            [
                _documents(reader, _("Quotes that end this week"), Type.QUOTE, _view("expiring"), ANY),
                _documents(reader, _("Quotes open"), Type.QUOTE, _view("open")),
                _documents(reader, _("Orders open"), Type.ORDER, _view("open")),
                _documents(reader, _("Orders delayed"), Type.ORDER, _view("delayed"), BAD),
            ],
        ),
        (_("Money"), [_overdue(reader)]),
        (_("Approvals"), _approvals(reader)),
    ]


def accountant(reader: Reader) -> Cues:
    return [
        (
            _("To invoice"),
            [
                _documents(reader, _("Shipped, not invoiced"), Type.ORDER, _view("to_invoice"), ANY),
                _documents(reader, _("Received, not credited"), Type.RETURN_ORDER, _view("to_invoice"), ANY),
                _documents(reader, _("Invoices open"), Type.INVOICE, _view("open")),
                _documents(reader, _("Credit memos open"), Type.CREDIT_MEMO, _view("open")),
            ],
        ),
        (_("Receivables"), [_overdue(reader), _due_soon(reader), _unapplied(reader)]),
        (_("Books"), [*_runs(reader), _in_balance(reader)]),
        (_("Approvals"), _approvals(reader)),
    ]


def warehouse(reader: Reader) -> Cues:
    ahead = f"{reader.on:%Y-%m-%d}.."
    today = _view("ready", shipment_date=reader.on.isoformat())
    return [
        (
            _("To ship"),
            [
                _documents(reader, _("To ship today"), Type.ORDER, today, ANY),
                *_to_ship(reader, ahead),
                _delay(reader),
            ],
        ),
        (
            _("Returns"),
            [
                _documents(reader, _("Returns to receive"), Type.RETURN_ORDER, _view("released")),
                _documents(reader, _("Returns partly received"), Type.RETURN_ORDER, _view("partly_shipped")),
            ],
        ),
        (_("Stock"), [_below_zero(reader)]),
    ]


def set_up(reader: Reader) -> Cues:
    """For who keeps the system going."""
    system, people = [], []
    if reader.may("kernel.view_outboxmessage"):
        outbox, messages = reverse("admin:kernel_outboxmessage_changelist"), OutboxMessage.objects
        dead, waiting = messages.dead().count, messages.waiting()[:COUNTED].count
        system += [
            figure(reader, _("Messages given up"), outbox, "outbox-dead", dead, bands=BAD),
            figure(
                reader, _("Messages waiting"), outbox, "outbox-waiting", waiting, bands=Bands(100, COUNTED)
            ),
        ]
    if reader.may("kernel.view_outgoingmail"):
        address = reverse("mails") + "?status=unsure"
        system.append(figure(reader, _("Mails unsure"), address, "mails-unsure", unsure().count, bands=BAD))
    if reader.may("kernel.view_user"):
        users = reverse("admin:kernel_user_changelist")
        active = User.objects.filter(is_active=True)
        idle = active.filter(is_superuser=False, groups=None, user_permissions=None)
        people += [
            figure(reader, _("Users"), f"{users}?is_active__exact=1", "users", active.count),
            figure(reader, _("Users without a role"), users, "users-idle", idle.count, bands=ANY),
        ]
    return [(_("System"), system), (_("People"), people)]


GROUPS: Mapping[str, Callable[[Reader], Cues]] = {
    Workplace.CLERK: clerk,
    Workplace.MANAGER: manager,
    Workplace.ACCOUNTANT: accountant,
    Workplace.WAREHOUSE: warehouse,
    SET_UP: set_up,
}


def _to_ship(reader: Reader, ahead: str) -> list[Cue | None]:
    """What is late stands under "delayed" alone."""
    return [
        _documents(reader, _("Ready to ship"), Type.ORDER, _view("ready")),
        _documents(
            reader,
            _("Partly shipped"),
            Type.ORDER,
            _view("partly_shipped", status="released", shipment_date=ahead),
        ),
        _documents(reader, _("Delayed"), Type.ORDER, _view("delayed"), BAD),
    ]


def _delay(reader: Reader) -> Cue | None:
    if not reader.may(SEES_DOCUMENTS):
        return None
    asked = Asked(view="delayed", sort=("shipment_date",))
    return figure(
        reader,
        _("Average days delayed"),
        f"{reverse('sales:documents', args=[Type.ORDER])}{asked.query}",
        "days-delayed",
        lambda: average_days_delayed(reader.on),
        places=1,
        bands=Bands(attention=Decimal(1), urgent=Decimal(7)),
    )


def _approvals(reader: Reader) -> list[Cue | None]:
    """What others ask of this user, and what this user asks; nobody else's, so nothing is remembered."""
    user, cues = reader.user, []
    if reader.may("approvals.decide_approval"):
        count = len(waiting_for(user))
        cues.append(
            Cue(_("Requests to approve"), reverse("approvals:mine"), str(count), count, ANY.of(count))
        )
    if reader.may("approvals.request_approval"):
        count = len(sent_by(user))
        cues.append(Cue(_("Requests sent"), reverse("approvals:sent"), str(count), count))
    return cues


def _runs(reader: Reader) -> list[Cue | None]:
    if not reader.may(SEES_DOCUMENTS):
        return []
    page = reverse("sales:runs")
    failed = _view("failed", requested=f"{reader.on - 6 * DAY:%Y-%m-%d}..")
    return [
        counted(reader, _("Posting runs with errors"), RUNS, page, failed, bands=BAD),
        counted(reader, _("Posting runs in queue"), RUNS, page, _view("running")),
    ]


def _month(reader: Reader) -> list[Cue | None]:
    """Sales and margin from the first of the month, and of the same days a year before."""
    if not reader.may("reporting.see_sales_figures"):
        return []
    first = reader.on.replace(day=1)
    span, before = (first, reader.on), (add_months(first, -12), add_months(reader.on, -12))

    def report(days) -> str:
        page = reverse("reporting:report", args=["sales-by-customer"])
        return f"{page}?start={days[0]:%Y-%m-%d}&end={days[1]:%Y-%m-%d}"

    def revenue(days):
        return lambda: sold_in(days)

    cues = [
        figure(reader, _("Sales so far"), report(span), "sales-month", revenue(span), unit=lcy()),
        figure(
            reader,
            _("Same days last year"),
            report(before),
            "sales-month-before",
            revenue(before),
            unit=lcy(),
        ),
    ]
    if reader.may("inventory.view_valueentry"):

        def margin() -> Decimal | None:
            found = figures_of(span)
            return percent(found.margin, found.sales)

        cues.append(
            figure(reader, _("Margin"), report(span), "margin-month", margin, places=1, unit=_("% of sales"))
        )
    return cues


def _overdue(reader: Reader) -> Cue | None:
    """What should have been paid before today; the report has it by customer."""
    if not reader.may(SEES_OPEN_ITEMS, "receivables.view_detailedcustomerledgerentry"):
        return None
    page = reverse("reporting:report", args=["aged-receivables"])
    url = f"{page}?on_day={reader.on - DAY:%Y-%m-%d}&by=due&period=30D"
    return figure(
        reader, _("Overdue"), url, "overdue", lambda: overdue_total(on=reader.on), unit=lcy(),
        bands=Bands(attention=Decimal(1)),
    )  # fmt: skip


def _due_soon(reader: Reader) -> Cue | None:
    """Open invoices that are due within seven days, today among them."""
    if not reader.may(SEES_OPEN_ITEMS):
        return None
    asked = _view("open", type="invoice", due=f"{reader.on:%Y-%m-%d}..{reader.on + 6 * DAY:%Y-%m-%d}")
    return counted(reader, _("Invoices due this week"), ENTRIES, reverse("receivables:entries"), asked)


def _unapplied(reader: Reader) -> Cue | None:
    """Payments of customers that settle nothing yet."""
    if not reader.may(SEES_OPEN_ITEMS):
        return None
    asked = _view("open", type="payment")
    return counted(
        reader, _("Payments not applied"), ENTRIES, reverse("receivables:entries"), asked, bands=ANY
    )


def _in_balance(reader: Reader) -> Cue | None:
    """Whether debits equal credits, over everything that was ever posted."""
    if not reader.may("posting.view_glentry", "posting.view_glaccount"):
        return None
    difference = remembered("books", books_differ_by)
    shown = _("In balance") if difference == 0 else number_format(difference, 2, force_grouping=True)
    url = reverse("reporting:report", args=["trial-balance"])
    return Cue(_("General ledger"), url, shown, difference, "urgent" if difference else "normal")


def _below_zero(reader: Reader) -> Cue | None:
    """Items of which more left than ever came."""
    if not reader.may("inventory.view_item", "inventory.view_stock"):
        return None
    asked = _view("all", on_hand="<0")
    return counted(reader, _("Items below zero"), ITEMS, reverse("inventory:items"), asked, bands=ANY)


def _may_see_chart(reader: Reader, place: str) -> bool:
    needed = {
        Workplace.MANAGER: "reporting.see_sales_figures",
        Workplace.ACCOUNTANT: SEES_OPEN_ITEMS,
        Workplace.CLERK: SEES_DOCUMENTS,
        Workplace.WAREHOUSE: SEES_DOCUMENTS,
    }
    return place in needed and reader.may(needed[place])


def _insights(reader: Reader, place: str) -> list[str]:
    """A sentence or two worth knowing; they change little, so they may be ten minutes old."""
    told = []
    if place in (Workplace.CLERK, Workplace.MANAGER) and reader.may("sales.view_salesinvoice"):
        first = reader.on.replace(day=1)
        best = remembered(("best", first, reader.on), lambda: best_customer(first, reader.on), for_long=True)
        if best:
            told.append(
                _("Best customer of the month: {name}, {amount} {currency}.").format(
                    name=best.name, amount=number_format(best.amount, 0, force_grouping=True), currency=lcy()
                )
            )
        largest = remembered("largest", largest_order, for_long=True)
        if largest:
            told.append(
                _("Largest of the new orders: {number} of {name}, {amount} {currency}.").format(
                    number=largest.number, name=largest.name,
                    amount=number_format(largest.amount, 0, force_grouping=True), currency=lcy(),
                )
            )  # fmt: skip
    if place == Workplace.ACCOUNTANT and reader.may(SEES_OPEN_ITEMS):
        owed = remembered("owed-in-all", _owed)
        late = remembered(("overdue", reader.on), lambda: overdue_total(on=reader.on))
        if owed > 0:
            told.append(
                _("Customers owe {amount} {currency}; {share} % of it is overdue.").format(
                    amount=number_format(owed, 0, force_grouping=True), currency=lcy(),
                    share=number_format(percent(max(late, ZERO), owed) or 0, 1),
                )
            )  # fmt: skip
    return told


def _owed() -> Decimal:
    return OpenItem.objects.aggregate(sum=Sum("remaining_amount_lcy", default=ZERO))["sum"]


def _new(reader: Reader, place: str) -> list[New]:
    """What is begun most often, with keys."""

    def document(label: str, type: str, key: str, *, is_primary: bool = False) -> New:
        return New(label, reverse("sales:document-new", args=[type]), key, is_primary)

    found = []
    if place in (Workplace.CLERK, Workplace.MANAGER) and reader.may("sales.add_salesdocument"):
        found = [
            document(_("New order"), Type.ORDER, "Alt+N", is_primary=True),
            document(_("New quote"), Type.QUOTE, "Alt+Shift+N"),
            document(_("New invoice"), Type.INVOICE, ""),
            document(_("New return order"), Type.RETURN_ORDER, ""),
            document(_("New credit memo"), Type.CREDIT_MEMO, ""),
        ]
    if place == Workplace.ACCOUNTANT and reader.may("receivables.post_payment"):
        found.append(New(_("Receive payment"), reverse("receivables:payment-new"), "Alt+N", True))
    if place == Workplace.ACCOUNTANT and reader.may("sales.add_salesdocument"):
        found += [
            document(_("New invoice"), Type.INVOICE, ""),
            document(_("New credit memo"), Type.CREDIT_MEMO, ""),
        ]
    return found
