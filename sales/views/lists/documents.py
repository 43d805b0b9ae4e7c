"""Lists of working documents, one for each type."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Round
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.kernel.fields import AmountField
from erp.kernel.listing import BulkAction, Column, Facts, Kind, Link, Listing, View, register_person
from erp.kernel.money import ZERO
from erp.kernel.views import may
from erp.kernel.views.listing import show_list
from sales.models import PostingJob, SalesDocument, SalesLine, UserSalesSetup
from sales.plans.fulfilment import RETURNED, Fulfilment, label_of, with_fulfilment
from sales.plans.quote import CLOSED, Stage
from sales.rights import DELETE, SELL, goods_right, money_right, to_delete, to_draft
from sales.routines.delete import delete
from sales.routines.release import release, reopen
from sales.selectors import job_states
from sales.traits import TRAITS
from sales.views.fulfilment import reached
from sales.views.lists.finding import find_papers

Type, Status = SalesDocument.Type, SalesDocument.Status
TITLES = {
    Type.QUOTE: gettext_lazy("Sales quotes"),
    Type.ORDER: gettext_lazy("Sales orders"),
    Type.INVOICE: gettext_lazy("Sales invoices"),
    Type.CREDIT_MEMO: gettext_lazy("Sales credit memos"),
    Type.BLANKET_ORDER: gettext_lazy("Blanket orders"),
    Type.RETURN_ORDER: gettext_lazy("Return orders"),
}
AMOUNT = AmountField()
RELEASES = ("sales.view_salesdocument", "sales.release_salesdocument")
REOPENS = ("sales.view_salesdocument", "sales.reopen_salesdocument")


def salesperson_of(user) -> list[str]:
    """The code of the salesperson that somebody is."""
    rows = UserSalesSetup.objects.filter(user=user, salesperson__isnull=False)
    return list(rows.values_list("salesperson__code", flat=True))


register_person("salesperson", salesperson_of)


@may("sales.view_salesdocument")
def document_list(request: HttpRequest, type: str) -> HttpResponseBase:
    """Documents of a type, the newest first."""
    if type not in DOCUMENTS:
        raise Http404
    return show_list(request, DOCUMENTS[type])


def _worth(column: str):
    """What a document comes to, by its lines; worked out for a document, or in a query of many."""

    def expression(facts: Facts):
        lines = SalesLine.objects.filter(document=OuterRef("pk")).order_by().values("document_id")
        return Coalesce(
            Subquery(lines.annotate(sum=Sum(column)).values("sum")), Value(ZERO), output_field=AMOUNT
        )

    return expression


def _worth_in_lcy(column: str):
    """What documents come to in local currency; each line is converted, so that one query adds them all up."""

    def total(rows: QuerySet, facts: Facts):
        share = Round(F(column) / F("document__currency_factor"), precision=2)
        lines = SalesLine.objects.filter(document__in=rows.values("pk")).order_by()
        return lines.aggregate(sum=Sum(share, output_field=AMOUNT))["sum"]

    return total


def _fulfilment(facts: Facts) -> Case:
    return with_fulfilment(SalesDocument.objects.all()).query.annotations["fulfilment"]


def _fill_documents(documents: Sequence[SalesDocument], facts: Facts, names: frozenset[str]) -> None:
    """What documents come to, how far they have come, and what the job queue says of them: for one page."""
    keys = [document.pk for document in documents]
    if "worth" in names:
        worth = _sums(keys)
        for document in documents:
            document.net, document.gross, document.not_invoiced = worth.get(document.pk, (ZERO, ZERO, ZERO))
    if "fulfilment" in names:
        come = dict(
            with_fulfilment(SalesDocument.objects.filter(pk__in=keys)).values_list("pk", "fulfilment")
        )
        for document in documents:
            document.fulfilment = come.get(document.pk, "")
            document.reached = reached(document.fulfilment, receives=document.traits.receives)
    if "job" in names:
        jobs = job_states(keys)
        for document in documents:
            document.job = jobs.get(document.pk)


def _sums(keys: list[int]) -> dict[int, tuple]:
    """Net, gross, and net of what is shipped and not invoiced, of some documents."""
    share = F("amount") * (F("quantity_shipped") - F("quantity_invoiced")) / F("quantity")
    # Of a line of nothing, nothing is open.
    part = Case(
        When(~Q(quantity=0), then=Round(share, precision=2)), default=Value(ZERO), output_field=AMOUNT
    )
    rows = SalesLine.objects.filter(document_id__in=keys).order_by().values_list("document_id")
    sums = rows.annotate(Sum("amount"), Sum("amount_including_vat"), open=Sum(part))
    return {key: tuple(values) for key, *values in sums}


def _job_word(document: SalesDocument) -> str:
    return document.job.status if document.job else ""


def _release(document: SalesDocument, *, user, at, on) -> str:
    release(document, by=user, at=at)
    return _("Released")


def _reopen(document: SalesDocument, *, user, at, on) -> str:
    reopen(document, by=user, at=at)
    return _("Open")


def _delete(document: SalesDocument, *, user, at, on) -> str:
    # Where the set-up asks about quotes, a version is kept: of many at once nobody is asked one by one.
    delete(document, by=user, at=at, archive=True)
    return _("Deleted")


def _views(type: str) -> list[View]:
    views = [
        View("all", gettext_lazy("All")),
        View("open", gettext_lazy("Open"), lambda rows, facts: rows.filter(status=Status.OPEN)),
        View("released", gettext_lazy("Released"), lambda rows, facts: rows.filter(status=Status.RELEASED)),
    ]
    if TRAITS[type].in_steps:
        views += _views_in_steps(receives=TRAITS[type].receives)
    if type == Type.QUOTE:
        views += [
            View("sent", gettext_lazy("Sent"), lambda rows, facts: rows.filter(progress__stage=Stage.SENT)),
            View(
                "closed",
                gettext_lazy("Lost or cancelled"),
                lambda rows, facts: rows.filter(progress__stage__in=CLOSED),
            ),
            View("expiring", gettext_lazy("Expiring this week"), _expiring),
        ]
    return views


def _expiring(rows: QuerySet, facts: Facts) -> QuerySet:
    return rows.expiring(after=facts.work_date, until=facts.work_date + timedelta(days=7))


def _views_in_steps(*, receives: bool) -> list[View]:
    def word(shipped, received):
        return received if receives else shipped

    return [
        View(
            "ready",
            word(gettext_lazy("Ready to ship"), gettext_lazy("Ready to receive")),
            lambda rows, facts: rows.ready_to_ship(on=facts.work_date),
        ),
        View(
            "partly_shipped",
            word(gettext_lazy("Partly shipped"), gettext_lazy("Partly received")),
            lambda rows, facts: rows.partly_shipped(),
        ),
        View("delayed", gettext_lazy("Delayed"), lambda rows, facts: rows.delayed(on=facts.work_date)),
        View(
            "to_invoice",
            word(gettext_lazy("Shipped, not invoiced"), gettext_lazy("Received, not credited")),
            lambda rows, facts: rows.shipped_not_invoiced(),
        ),
        View(
            "completely_shipped",
            word(
                gettext_lazy("Completely shipped, not invoiced"),
                gettext_lazy("Completely received, not credited"),
            ),
            lambda rows, facts: rows.shipped_not_invoiced().completely_shipped(),
        ),
        View(
            "invoiced",
            word(gettext_lazy("Invoiced"), gettext_lazy("Credited")),
            lambda rows, facts: rows.invoiced(),
        ),
        View("cancelled", gettext_lazy("Cancelled"), lambda rows, facts: rows.cancelled()),
    ]


def _document_columns(type: str) -> list[Column]:
    traits, quote = TRAITS[type], type == Type.QUOTE
    columns = [
        Column("number", gettext_lazy("No."), Kind.CODE, "number", indexed=True, phone=True),
        Column(
            "customer",
            gettext_lazy("Customer No."),
            Kind.CODE,
            "customer__number",
            value=lambda document: document.customer_number,
        ),
        Column(
            "name",
            gettext_lazy("Customer"),
            expression="sell_to_name",
            indexed=True,
            phone=True,
            stretch=True,
        ),
        Column("external", gettext_lazy("External no."), Kind.CODE, "external_document_no", indexed=True),
        Column("reference", gettext_lazy("Your reference"), expression="your_reference", shown=False),
        Column("order_date", gettext_lazy("Order date"), Kind.DAY, "order_date", indexed=True),
    ]
    if quote:
        columns.append(Column("valid_until", gettext_lazy("Valid until"), Kind.DAY, "valid_until"))
    columns += [
        Column(
            "shipment_date",
            gettext_lazy("Shipment date"),
            Kind.DAY,
            "shipment_date",
            indexed=True,
            shown=not quote,
        ),
        Column("document_date", gettext_lazy("Document date"), Kind.DAY, "document_date", shown=False),
        Column("posting_date", gettext_lazy("Posting date"), Kind.DAY, "posting_date", shown=False),
        Column("due_date", gettext_lazy("Due date"), Kind.DAY, "due_date", shown=False),
        Column(
            "requested",
            gettext_lazy("Requested delivery"),
            Kind.DAY,
            "requested_delivery_date",
            shown=False,
        ),
        Column(
            "promised", gettext_lazy("Promised delivery"), Kind.DAY, "promised_delivery_date", shown=False
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            Kind.CHOICE,
            "status",
            phone=True,
            fills="job",
            template="sales/document/_list_status.html",
        ),
    ]
    if traits.in_steps:
        words = [(each.value, label_of(each, receives=False)) for each in Fulfilment]
        if traits.receives:
            words = [(each.value, RETURNED.get(each, each.label)) for each in Fulfilment]
        columns.append(
            Column(
                "fulfilment",
                gettext_lazy("Fulfilment"),
                Kind.CHOICE,
                _fulfilment,
                value=lambda document: document.fulfilment,
                fills="fulfilment",
                choices=words,
                status=lambda document: document.reached.look if document.reached else "",
            )
        )
    if quote:
        columns.append(
            Column(
                "stage",
                gettext_lazy("Stage"),
                Kind.CHOICE,
                "progress__stage",
                value=lambda document: "" if _stage(document) == Stage.CREATED else _stage(document),
            )
        )
    columns += [
        Column("location", gettext_lazy("Location"), Kind.CODE, "location_code", shown=False),
        Column(
            "salesperson",
            gettext_lazy("Salesperson"),
            Kind.CODE,
            "salesperson_code",
            shown=False,
            token="salesperson",
        ),
        Column("created_by", gettext_lazy("Created by"), Kind.CODE, "created_by", shown=False, token="user"),
        Column("created_at", gettext_lazy("Created at"), Kind.MOMENT, "created_at", shown=False),
        Column("bill_to", gettext_lazy("Bill-to name"), expression="bill_to_name", shown=False),
        Column("ship_to", gettext_lazy("Ship-to name"), expression="ship_to_name", shown=False),
        Column("ship_to_city", gettext_lazy("Ship-to city"), expression="ship_to_city", shown=False),
        Column(
            "ship_to_country",
            gettext_lazy("Ship-to country"),
            Kind.CODE,
            "ship_to_country_code",
            shown=False,
        ),
        Column("agent", gettext_lazy("Shipping agent"), Kind.CODE, "shipping_agent_code", shown=False),
        Column(
            "tracking", gettext_lazy("Package tracking no."), Kind.CODE, "package_tracking_no", shown=False
        ),
        Column("terms", gettext_lazy("Payment terms"), Kind.CODE, "payment_terms_code", shown=False),
        Column("currency", gettext_lazy("Currency"), Kind.CODE, "currency_code", shown=False),
        Column(
            "job",
            gettext_lazy("Job queue"),
            Kind.CHOICE,
            value=_job_word,
            fills="job",
            choices=PostingJob.Status.choices,
            shown=False,
        ),
        Column(
            "net",
            gettext_lazy("Net"),
            Kind.AMOUNT,
            _worth("amount"),
            value=lambda document: document.net,
            fills="worth",
            total=_worth_in_lcy("amount"),
        ),
        Column(
            "gross",
            gettext_lazy("Total"),
            Kind.AMOUNT,
            _worth("amount_including_vat"),
            value=lambda document: document.gross,
            fills="worth",
            total=_worth_in_lcy("amount_including_vat"),
            phone=True,
            prefix=lambda document: document.currency_code,
        ),
    ]
    if traits.in_steps:
        columns.append(
            Column(
                "not_invoiced",
                gettext_lazy("Shipped, not invoiced"),
                Kind.AMOUNT,
                value=lambda document: document.not_invoiced,
                fills="worth",
                shown=False,
                blank_zero=True,
            )
        )
    return columns


def _stage(document: SalesDocument) -> str:
    progress = getattr(document, "progress", None)
    return progress.stage if progress else ""


def _document_links(type: str) -> list[Link]:
    writes, deletes = ("sales.add_salesdocument", "sales.add_salesline"), (DELETE, SELL)

    def to(name: str, *args):
        return lambda facts: reverse(name, args=args)

    links = []
    if type == Type.QUOTE:
        links.append(Link(gettext_lazy("Delete expired"), to("sales:expired-quotes"), deletes))
    if type == Type.ORDER:
        links.append(Link(gettext_lazy("Combine shipments"), to("sales:combine", "shipments"), writes))
    if type == Type.RETURN_ORDER:
        links.append(Link(gettext_lazy("Combine return receipts"), to("sales:combine", "receipts"), writes))
    if type == Type.INVOICE:
        free = lambda facts: f"{reverse('sales:document-new', args=[type])}?free_text=1"  # noqa: E731
        links.append(Link(gettext_lazy("New free text invoice"), free, writes))
    if type in (Type.ORDER, Type.RETURN_ORDER):
        links.append(Link(gettext_lazy("Invoiced orders"), to("sales:invoiced-orders"), deletes))
    if TRAITS[type].invoices:
        links.append(Link(gettext_lazy("Posting runs"), to("sales:runs"), ("sales.view_salesdocument",)))
    new = Link(
        gettext_lazy("New"),
        to("sales:document-new", type),
        tuple(to_draft(type)),
        primary=True,
        key="Alt+N",
    )
    return [*links, new]


def _document_actions(type: str) -> list[BulkAction]:
    actions = [
        BulkAction("release", gettext_lazy("Release"), _release, permissions=RELEASES, key="Ctrl+F9"),
        BulkAction("reopen", gettext_lazy("Reopen"), _reopen, permissions=REOPENS),
    ]
    if TRAITS[type].invoices:
        actions.append(
            BulkAction(
                "post",
                gettext_lazy("Post selected"),
                url=lambda facts: reverse("sales:documents-post", args=[type]),
                any_permission=(goods_right(type), money_right(type)),
                key="F9",
            )
        )
    actions.append(
        BulkAction(
            "print", gettext_lazy("Print"), url=lambda facts: reverse("sales:documents-pdf", args=[type])
        )
    )
    actions.append(
        BulkAction(
            "delete",
            gettext_lazy("Delete"),
            _delete,
            permissions=("sales.view_salesdocument", *to_delete(SalesDocument(type=type))),
            question=gettext_lazy("Delete the chosen documents?"),
            danger=True,
            removes=True,
        )
    )
    return actions


def _documents(type: str) -> Listing:
    related = ("customer", "progress") if type == Type.QUOTE else ("customer",)
    title = TITLES[Type(type)]
    new = Link(
        gettext_lazy("Write the first one"),
        lambda facts: reverse("sales:document-new", args=[type]),
        tuple(to_draft(type)),
    )
    return Listing(
        key=f"sales.{type}",
        title=title,
        rows=lambda facts: SalesDocument.objects.filter(type=type).select_related(*related),
        columns=_document_columns(type),
        views=_views(type),
        search=lambda rows, text, facts: find_papers(rows, text),
        search_hint=gettext_lazy("Number, reference, customer"),
        row_key=lambda document: document.number,
        find=lambda rows, keys: rows.filter(number__in=list(keys)),
        row_url=lambda document: reverse("sales:document", args=[type, document.number]),
        fill=_fill_documents,
        links=_document_links(type),
        actions=_document_actions(type),
        empty=gettext_lazy("Documents that are being worked on will be listed here."),
        first_step=new,
    )


DOCUMENTS = {type: _documents(type) for type in TRAITS}
